"""What the texts claim, row by row, and what in the model answers for each of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of the texts.

    Attributes:
        row: Its number, in the order of the texts.
        text: The text that makes it.
        claim: What it says.
        served_by: Mechanisms, policies, kinds of events and scenarios that answer for it.
    """

    row: int
    text: str
    claim: str
    served_by: tuple[str, ...]


@cache
def load_claims() -> tuple[Claim, ...]:
    """All of them, in order."""
    table = tomllib.loads((files("sim.evidence") / "claims.toml").read_text(encoding="utf-8"))
    return tuple(
        Claim(int(one["row"]), str(one["text"]), str(one["claim"]), tuple(one["served_by"])) for one in table["claims"]
    )
