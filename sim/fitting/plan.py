"""What a history of this length and these respondents could tell, before anything is fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.fitting.table import Observed, ReferenceTable


@dataclass(frozen=True)
class Plan:
    """What could be told.

    Attributes:
        names: Parameters that would be fitted.
        lines: The plan in words.
    """

    names: tuple[str, ...]
    lines: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {"parameters": list(self.names)}


def plan_fit(table: ReferenceTable, observed: Observed, seed: int) -> Plan:
    """Plan a fit.

    Args:
        table: The reference table, perhaps with more columns and rows than the history.
        observed: The history; missing where the table has more.
        seed: Seed of the fit.
    """
    return Plan(table.priors.names, (f"A history of {len(observed.rows)} periods, seed {seed}.",))
