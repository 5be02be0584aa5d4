"""Policies: which resources a policy spends, how much of each, when and where.

A policy is nothing but amounts of resources over time. Its name is for people; no mechanism reads it. Nothing in a policy
says how long an effect lasts: what lasts, lasts in people.

Phases add up: where several run in the same week and department, their amounts are added, each resource up to its legal
maximum (:mod:`sim.model.policies.schedule`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

Value_co = TypeVar("Value_co", covariant=True)

NO_POLICY = "none"
"""Name of the empty policy, which the twin of every run has. No file may redefine it."""


class FrozenMapping(Mapping[str, Value_co]):
    """A mapping that cannot be changed, can be pickled, and is hashed by its content.

    It iterates in alphabetical order of keys, so that two files with the same content give the same run to the last bit.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Value_co] | None = None) -> None:
        self._items: dict[str, Value_co] = {key: items[key] for key in sorted(items)} if items else {}

    def __getitem__(self, key: str) -> Value_co:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._items!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self._items,))


@dataclass(frozen=True, slots=True)
class Condition:
    """A weekly outcome that crosses a limit: such a condition may end a phase.

    Attributes:
        outcome: Name of a weekly outcome, for example ``practicing``.
        above, below: The limit, in the unit of the outcome; exactly one of the two.
    """

    outcome: str
    above: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        """Refuse a condition with no limit or with two."""
        if (self.above is None) == (self.below is None):
            raise ValueError(f"a condition on {self.outcome} needs either above or below: {self.above}, {self.below}")

    def to_dict(self) -> dict[str, Any]:
        """Table as it stands in a file."""
        line = {"above": self.above} if self.above is not None else {"below": self.below}
        return {"outcome": self.outcome, **line}


@dataclass(frozen=True, slots=True)
class Phase:
    """Constant amounts of resources over a stretch of weeks.

    Attributes:
        start: First week, counted from 0 after the burn-in.
        end: First week after it; with ``None`` it lasts to the end of the run.
        departments: Names of the departments that get the resources; ``None`` for all.
        amounts: Resource name -> amount, in the unit of the resource.
        stop_when: The phase ends for good in the first week in which this holds.
    """

    start: int = 0
    end: int | None = None
    departments: tuple[str, ...] | None = None
    amounts: Mapping[str, float] = field(default_factory=FrozenMapping)
    stop_when: Condition | None = None

    def __post_init__(self) -> None:
        """Freeze the amounts; refuse a phase that ends before it begins."""
        if self.start < 0:
            raise ValueError(f"a phase must not start before week 0, got {self.start}")
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"a phase must end after it starts in week {self.start}, got {self.end}")
        object.__setattr__(self, "amounts", FrozenMapping(self.amounts))

    def reaches(self, department: str) -> bool:
        """Whether the department with this name gets the resources."""
        return self.departments is None or department in self.departments

    def to_dict(self) -> dict[str, Any]:
        """Table as it stands in a file."""
        table: dict[str, Any] = {"from": self.start}
        if self.end is not None:
            table["until"] = self.end
        if self.departments is not None:
            table["departments"] = list(self.departments)
        if self.stop_when is not None:
            table["stop_when"] = self.stop_when.to_dict()
        return {**table, **self.amounts}


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy: its phases decide what happens; its name and texts are for people.

    Attributes:
        name: Its name.
        phases: Any number of phases, one after the other or at the same time.
        about: What it is; ``notice``: what to look at in a run; ``suggestion``: what to try next.
    """

    name: str
    phases: tuple[Phase, ...] = ()
    about: str = ""
    notice: str = ""
    suggestion: str = ""

    @property
    def resources(self) -> tuple[str, ...]:
        """Names of the resources that the policy spends, in alphabetical order."""
        return tuple(sorted({name for phase in self.phases for name, amount in phase.amounts.items() if amount}))

    @property
    def departments(self) -> frozenset[str]:
        """Departments that the policy names; empty if every phase is for all of them."""
        return frozenset(name for phase in self.phases for name in phase.departments or ())

    def scaled(self, factor: float) -> Policy:
        """The same policy with every amount times ``factor``. The caller must keep each resource in its range."""
        phases = (
            replace(phase, amounts={name: amount * factor for name, amount in phase.amounts.items()})
            for phase in self.phases
        )
        return replace(self, phases=tuple(phases))

    def to_dict(self) -> dict[str, Any]:
        """Table as it stands in a file, always with its phases spelled out."""
        texts = {"about": self.about, "notice": self.notice, "try": self.suggestion}
        table: dict[str, Any] = {key: text for key, text in texts.items() if text}
        return {**table, "phases": [phase.to_dict() for phase in self.phases]}


NONE = Policy(NO_POLICY, about="No resources at all: the organization as it is.")
"""The empty policy."""
