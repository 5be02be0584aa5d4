"""What a parameter is: a name, a default, a range, and above all where its number comes from.

Parameters are declared beside the code that uses them and gathered in :mod:`sim.registry`. One registry feeds
validation, ``centricity list parameters``, the documentation and sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

ParameterValue = float | int | str | bool
ParameterKind = Literal["number", "integer", "choice", "switch"]


class Tier(IntEnum):
    """How good the evidence behind a number is (1 is best)."""

    REPLICATION = 1
    EXPERIMENT = 2
    OBSERVATION = 3
    SURVEY = 4
    CONJECTURE = 5


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number (or choice) of the model that a user may set.

    Attributes:
        name: Dotted name, section first: ``norm.sharpness``.
        default: Value when nobody says otherwise. Its type decides the kind of the parameter.
        unit: Unit in words (``per month``, ``weeks``, ``share``, ``1`` for a pure number).
        meaning: One sentence: what it means in the organization.
        source: Publication or data it comes from; for a conjecture, the reasoning.
        tier: Quality of that source.
        low, high: Legal range, both ends included; ``None`` for choices and switches.
        plausible: Range that a reader of the literature would accept; sensitivity analyses draw from it.
        choices: Legal words when the parameter is a choice.
    """

    name: str
    default: ParameterValue
    unit: str
    meaning: str
    source: str
    tier: Tier
    low: float | None = None
    high: float | None = None
    plausible: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself."""
        if self.kind in ("number", "integer"):
            if self.low is None or self.high is None:
                raise ValueError(f"{self.name}: a number needs low and high")
            if not self.low <= float(self.default) <= self.high:
                raise ValueError(f"{self.name}: default {self.default} lies outside {self.low} to {self.high}")
            if self.plausible and not self.low <= self.plausible[0] <= self.plausible[1] <= self.high:
                raise ValueError(f"{self.name}: plausible {self.plausible} lies outside {self.low} to {self.high}")
        elif self.kind == "choice" and self.default not in self.choices:
            raise ValueError(f"{self.name}: default {self.default!r} is not one of {self.choices}")

    @property
    def kind(self) -> ParameterKind:
        """Whether the value is a number, an integer, one of several words, or a switch."""
        if isinstance(self.default, bool):
            return "switch"
        if isinstance(self.default, int):
            return "integer"
        if isinstance(self.default, float):
            return "number"
        return "choice"

    @property
    def section(self) -> str:
        """First part of the name: the table of a scenario file that it belongs to."""
        return self.name.split(".", 1)[0]

    @property
    def legal(self) -> str:
        """Legal values in words, for messages and tables."""
        if self.kind in ("number", "integer"):
            return f"{self.low:g} to {self.high:g}"
        return "true or false" if self.kind == "switch" else ", ".join(self.choices)
