"""Definition of a lesson: controls with a few values each, and what each combination sets in the model. No texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

from sim.lab.evidence_settings import ISOLATED, parameters_in
from sim.model.policies.policy import NONE, Policy
from sim.model.scenario import Event, Scenario

Combination = tuple[float, ...]
"""A value for each of several controls, in their order."""

ORGANIZATION: Mapping[str, object] = {
    **parameters_in(ISOLATED),
    "employees.number": 120,
    "customers.initial": 1000,
    "customers.market": 1250,
    "customers.represented": 1.0,
    "executives.succession": 0.0,
    "executives.dismissal": 0.0,
}
"""The retail bank of the lessons: small enough to be drawn, one mechanism at a time, with executives who stay."""

START = 13
"""Week in which every policy of a lesson begins, after a quarter without policy."""


@dataclass(frozen=True)
class Control:
    """A setting that the reader can change, to simulated values only.

    Attributes:
        name: Key of its texts. The address of the page uses its position, not its name.
        values: Values that were simulated, rising.
        first: Index of the value with which the lesson opens; for an assumption, its initial value.
        parameter: For an assumption: the parameter of the model that it sets; empty if the lesson does something else.
    """

    name: str
    values: tuple[float, ...]
    first: int = 0
    parameter: str = ""


@dataclass(frozen=True)
class Curve:
    """A weekly outcome that the page can draw.

    Attributes:
        outcome: Column of the weekly table.
        step: Smallest difference that the page keeps; numbers are rounded to a multiple of it.
        percent: Whether the page shows it times 100.
    """

    outcome: str
    step: float = 0.001
    percent: bool = True


@dataclass(frozen=True)
class Scene:
    """One picture of the explanation: what the page shows beside its text.

    Attributes:
        name: Key of its text.
        curve: Outcome that is drawn.
        first, second: Index of each policy control, for policy A and policy B.
        assumptions: Index of each assumption; empty for the initial ones.
    """

    name: str
    curve: str
    first: tuple[int, ...]
    second: tuple[int, ...]
    assumptions: tuple[int, ...] = ()


def _nothing_happens(_: Combination) -> tuple[Event, ...]:
    return ()


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes:
        name: Key of its texts, and name on the command line.
        weeks: Length of each run.
        replicates: Runs of each point of the grid, seeds 1, 2, ...
        policy_controls: What is bought; policy A and policy B have their own settings.
        assumptions: What is assumed; both policies share the settings.
        curves: Outcomes to draw, the lesson's own first.
        policy: Policy of a combination of the policy controls.
        events: What happens to the organization under a combination of the assumptions.
        first, second: Indices of policy A and policy B when the lesson opens.
        scenes: Pictures of the explanation.
        expected: Which of the choices offered (see :func:`sim.pages.lesson.answer.find_answer`) the runs are expected to show.
        organization: Values of parameters on top of :data:`ORGANIZATION`.
        smooth: Whether curves open as 13-week means.
    """

    name: str
    weeks: int
    replicates: int
    policy_controls: tuple[Control, ...]
    assumptions: tuple[Control, ...]
    curves: tuple[Curve, ...]
    policy: Callable[[Combination], Policy]
    first: tuple[int, ...]
    second: tuple[int, ...]
    scenes: tuple[Scene, ...]
    expected: str
    events: Callable[[Combination], tuple[Event, ...]] = _nothing_happens
    organization: Mapping[str, object] = field(default_factory=dict)
    smooth: bool = False

    def scenario(self, combination: Combination) -> Scenario:
        """The organization under a combination of the assumptions."""
        values: dict[str, object] = {**ORGANIZATION, **self.organization, "weeks": self.weeks}
        for control, value in zip(self.assumptions, combination, strict=True):
            if control.parameter:
                values[control.parameter] = value
        plain = replace(Scenario.load("retail-bank"), events=()).override(values)
        return replace(plain, events=tuple(event for event in self.events(combination) if event.week < self.weeks))

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """All distinct policies of the grid; the first is no policy. Equal policies are run once."""
        different: dict[Policy, None] = {NONE: None}
        for combination in list_combinations(self.policy_controls):
            different.setdefault(self._canonical(combination))
        return tuple(different)

    @cached_property
    def assumption_sets(self) -> tuple[Combination, ...]:
        """Every combination of the assumptions, the last control changing fastest."""
        return list_combinations(self.assumptions)

    @cached_property
    def policy_numbers(self) -> tuple[int, ...]:
        """For every combination of the policy controls (the last changing fastest), the index of its policy."""
        return tuple(
            self.policies.index(self._canonical(combination)) for combination in list_combinations(self.policy_controls)
        )

    def _canonical(self, combination: Combination) -> Policy:
        """The policy of a combination; one that spends nothing is no policy."""
        policy = self.policy(combination)
        return policy if policy.resources else NONE

    def policy_number(self, indices: Sequence[int]) -> int:
        """Index of the policy at these indices of the policy controls."""
        return self.policy_numbers[position(self.policy_controls, indices)]

    def assumption_set_number(self, indices: Sequence[int] = ()) -> int:
        """Index of the set of assumptions at these indices of the assumptions; the initial set if there are none."""
        return position(self.assumptions, indices or [control.first for control in self.assumptions])


def list_combinations(controls: Sequence[Control]) -> tuple[Combination, ...]:
    """Every combination of values, the last control changing fastest."""
    return tuple(product(*(control.values for control in controls)))


def position(controls: Sequence[Control], indices: Sequence[int]) -> int:
    """Position of a combination in :func:`list_combinations`."""
    number = 0
    for control, index in zip(controls, indices, strict=True):
        number = number * len(control.values) + index
    return number
