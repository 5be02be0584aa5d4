"""What a parameter is: a name, a default, a range and the source of its number.

Parameters are declared beside the code that uses them and gathered in :mod:`sim.model.registry`. One registry feeds
validation, ``centricity list parameters``, the documentation and sweeps. :func:`declare` reads them from a text
for people: a line with the numbers, and below it the meaning and the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, get_args

ParameterValue = float | int | str | bool
ParameterType = Literal["number", "integer", "choice", "switch"]
ParameterKind = Literal["unknown", "own", "lever", "definition"]
"""Who knows the value. ``unknown``: no one; uncertainty analysis draws these. ``own``: the user's organization knows it.
``lever``: someone decides it. ``definition``: a convention of the model or of its measures."""

KINDS: tuple[ParameterKind, ...] = get_args(ParameterKind)


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
        default: Value unless the user sets another. Its type decides the type of the parameter.
        unit: Unit in words (``per month``, ``weeks``, ``share``, ``1`` for a pure number).
        meaning: One sentence: what it means in the organization.
        source: Publication or data from which it comes; for a conjecture, the reasoning.
        tier: Quality of that source.
        low, high: Legal range, both ends included; ``None`` for choices and switches.
        plausible: Range that a reader of the literature would accept; sensitivity analyses draw from it.
        choices: Legal words when the parameter is a choice.
        kind: Who knows the value (:data:`ParameterKind`).
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
    kind: ParameterKind = "unknown"

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself."""
        if self.type in ("number", "integer"):
            if self.low is None or self.high is None:
                raise ValueError(f"{self.name}: a number needs low and high")
            if not self.low <= float(self.default) <= self.high:
                raise ValueError(f"{self.name}: default {self.default} lies outside {self.low} to {self.high}")
            if self.plausible and not self.low <= self.plausible[0] <= self.plausible[1] <= self.high:
                raise ValueError(f"{self.name}: plausible {self.plausible} lies outside {self.low} to {self.high}")
        elif self.type == "choice" and self.default not in self.choices:
            raise ValueError(f"{self.name}: default {self.default!r} is not one of {self.choices}")

    @property
    def type(self) -> ParameterType:
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
        if self.type in ("number", "integer"):
            return f"{self.low:g} to {self.high:g}"
        return "true or false" if self.type == "switch" else ", ".join(self.choices)

    @property
    def record_name(self) -> str:
        """Its name in the record that steps read: ``norm_sharpness`` for ``norm.sharpness``."""
        return self.name.replace(".", "_")

    def encode(self, value: ParameterValue) -> float:
        """A value as the record holds it: a choice as its place among the choices, a switch as 0 or 1."""
        return float(self.choices.index(str(value))) if self.type == "choice" else float(value)


_HEAD = re.compile(r"(?P<name>[a-z_0-9]+\.[a-z_0-9]+) = (?P<default>\S+)(?: (?P<unit>[^;]+))?")
_RANGE = re.compile(r"(?P<low>\S+) to (?P<high>\S+?)(?:, plausible (?P<least>\S+) to (?P<most>\S+))?")
_FORM = "NAME = DEFAULT UNIT; LOW to HIGH, plausible LOW to HIGH; KIND; tier N"


def declare(text: str) -> tuple[Parameter, ...]:
    """Read parameters from a text.

    Each begins with a line of numbers. Below it, indented, follow its meaning and, after ``Source:``, its source::

        norm.memory = 12 observations; 1 to 100, plausible 5 to 30; unknown; tier 1
            How many observed choices of colleagues an employee remembers.
            Source: Centola et al. 2018 (memory 12 tips at .25)

    A choice has ``one of FIRST, SECOND`` instead of a range. A default without a decimal point is an integer.

    Raises:
        ValueError: If a declaration does not have this form, or contradicts itself.
    """
    entries: list[list[str]] = []
    for line in text.splitlines():
        if line.strip() and not line[0].isspace():
            entries.append([line.strip()])
        elif line.strip():
            if not entries:
                raise ValueError(f"a parameter begins with a line {_FORM}, got {line.strip()!r}")
            entries[-1].append(line.strip())
    return tuple(_named(head, words) for head, *words in entries)


def _named(head: str, words: list[str]) -> Parameter:
    """One declaration; its faults are reported with its name."""
    try:
        return _read(head, " ".join(words))
    except ValueError as error:
        name = head.split(" ", 1)[0]
        said = str(error)
        raise ValueError(said if said.startswith((name, "a parameter")) else f"{name}: {said}") from error


def _read(head: str, words: str) -> Parameter:
    """One declaration from its line of numbers and its words."""
    name, *fields = (field.strip() for field in head.split(";"))
    start, meaning = _HEAD.fullmatch(name), words.partition(" Source: ")
    if start is None or len(fields) != 3 or not fields[2].startswith("tier ") or not meaning[2]:
        raise ValueError(f"a parameter is declared as {_FORM}, with its meaning and `Source: ...` below, got {head!r}")
    limits, kind, tier = fields[0], fields[1], Tier(int(fields[2].removeprefix("tier ")))
    if kind not in KINDS:
        raise ValueError(f"{start['name']}: kind must be one of {', '.join(KINDS)}, got {kind!r}")
    about = (start["unit"] or "1", meaning[0], meaning[2], tier)
    if limits.startswith("one of "):
        choices = tuple(choice.strip() for choice in limits.removeprefix("one of ").split(","))
        return Parameter(start["name"], start["default"], *about, choices=choices, kind=kind)
    if limits == "true or false":
        return Parameter(start["name"], start["default"] == "true", *about, kind=kind)
    found = _RANGE.fullmatch(limits)
    if found is None:
        raise ValueError(f"{start['name']}: a range is written LOW to HIGH, plausible LOW to HIGH, got {limits!r}")
    low, high, least, most = (None if end is None else float(end) for end in found.groups())
    plausible = None if least is None or most is None else (least, most)
    return Parameter(start["name"], _number(start["default"]), *about, low, high, plausible, kind=kind)


def _number(text: str) -> float | int:
    """An integer unless it has a decimal point or an exponent."""
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)


def choice_code(parameters: tuple[Parameter, ...], name: str, choice: str) -> float:
    """Number under which the record of parameters holds a choice."""
    return next(parameter for parameter in parameters if parameter.name == name).encode(choice)
