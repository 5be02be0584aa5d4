"""The claims of the texts, row by row, and the part of the model that represents each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of the texts.

    Attributes:
        row: Number of the claim, in the order of the texts.
        text: The text that makes it.
        claim: The claim itself.
        served_by: Mechanisms, policies, kinds of events and scenarios that represent it.
    """

    row: int
    text: str
    claim: str
    served_by: tuple[str, ...]


@cache
def load_texts() -> Mapping[str, str]:
    """How each text is cited, by its number: author and title, or its first words where it has none."""
    table = tomllib.loads((files("sim.evidence") / "claims.toml").read_text(encoding="utf-8"))
    return {str(one["id"]): str(one["cited"]) for one in table["texts"]}


@cache
def load_claims() -> tuple[Claim, ...]:
    """All claims, in order."""
    table = tomllib.loads((files("sim.evidence") / "claims.toml").read_text(encoding="utf-8"))
    return tuple(
        Claim(int(one["row"]), str(one["text"]), str(one["claim"]), tuple(one["served_by"])) for one in table["claims"]
    )
