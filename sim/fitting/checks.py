"""Checks of a fit that can fail: does the model reach the data, and does the posterior differ from the prior?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.fitting.posterior import Posterior
from sim.fitting.table import Observed, ReferenceTable, observe

_IDENTIFIED = 0.1


@dataclass(frozen=True)
class Conflict:
    """What the model cannot reach.

    Attributes:
        column: The column; empty if it is all columns together.
        what: One sentence.
    """

    column: str
    what: str


@dataclass(frozen=True)
class Checks:
    """What came of the checks.

    Attributes:
        conflicts: What the model cannot reach.
        coverage: How often intervals hold what they say.
        holdout: How well the last periods were foretold; ``None`` if none were held out.
        identified: Whether the data say anything about each parameter.
        contraction: By what share each parameter's spread is smaller than before.
    """

    conflicts: list[Conflict]
    coverage: Mapping[str, Any]
    holdout: Any
    identified: Mapping[str, bool]
    contraction: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {"coverage": dict(self.coverage), "holdout": self.holdout}


def check_fit(table: ReferenceTable, observed: Observed, posterior: Posterior, seed: int, hold_out: int) -> Checks:
    """Check a fit.

    Args:
        table: The reference table.
        observed: The history.
        posterior: What was fitted.
        seed: Seed of the fit.
        hold_out: Last periods by which the fit is judged.
    """
    simulated = observe(table.expected, observed, np.random.default_rng([seed, 1]))
    conflicts = []
    for column, name in enumerate(observed.columns):
        rises = _rise(simulated[:, :, column])
        own = float(_rise(observed.values[None, :, column])[0])
        if np.isfinite(own) and not np.nanmin(rises) <= own <= np.nanmax(rises):
            conflicts.append(Conflict(name, f"Your {name} changes by {own:.3g}; in no draw does the model's."))
    contraction = {
        name: 1.0 - float(posterior.unit[:, place].std() / table.unit[:, place].std())
        for place, name in enumerate(table.priors.names)
    }
    return Checks(conflicts, {}, None, {name: each > _IDENTIFIED for name, each in contraction.items()}, contraction)


def _rise(values: Any) -> Any:
    known = np.flatnonzero(np.isfinite(values).any(axis=0))
    if known.size < 2:
        return np.full(len(values), np.nan)
    return values[:, known[-1]] - values[:, known[0]]
