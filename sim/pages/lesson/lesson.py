"""Definition of a lesson: controls with a few settings each, what each combination sets in the model, and its texts.

A lesson stands in a TOML file (``docs/lessons.md``); :func:`sim.pages.lesson.loading.load_lesson` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

from sim.lab.evidence_settings import DEFAULT, parameters_in
from sim.model.policies.policy import NONE, FrozenMapping, Phase, Policy
from sim.model.scenario import Event, Scenario

Indices = tuple[int, ...]
"""Index of a setting for each of several controls, in their order."""

SIZES: Mapping[str, object] = {
    "employees.number": 120,
    "customers.initial": 1000,
    "customers.market": 1250,
    "customers.represented": 1.0,
}
"""Size of the organization of a lesson unless its file says otherwise: small enough to be drawn."""

STAYING: Mapping[str, object] = {"executives.succession": 0.0, "executives.dismissal": 0.0}
"""In a world that is not the scenario as it ships, executives stay unless the lesson says otherwise."""

START = 13
"""Week in which every policy of a lesson begins, after a quarter without policy."""


@dataclass(frozen=True)
class Setting:
    """One stop of a slider, and what it sets.

    Attributes:
        label: What the page calls it; scenes name it by this.
        amounts: Resources that it buys, in the units of the resources.
        times: Factor for all amounts of the policy.
        weeks: Weeks that the policy lasts; None where another setting or the lesson says it.
        nothing: Whether nothing at all is bought, whatever the other controls say.
        parameters: Parameters of the model that it sets.
        events: What happens to the organization.
    """

    label: str
    amounts: Mapping[str, float] = FrozenMapping()
    times: float = 1.0
    weeks: int | None = None
    nothing: bool = False
    parameters: Mapping[str, Any] = FrozenMapping()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Control:
    """Something that the reader can set, to simulated settings only.

    Attributes:
        name: Key of its texts. The address of the page uses its position, not its name.
        settings: Its settings, in order.
        first: Index of the setting with which the lesson opens; for an assumption, its initial value.
    """

    name: str
    settings: tuple[Setting, ...]
    first: int = 0


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
class Point:
    """A line of a scene, and a week: a mean over the 13 weeks that end with it.

    Attributes:
        line: ``a`` or ``b``; with `` initial``, the same policy under the initial assumptions.
        week: The week before which the 13 weeks end.
        curve: Outcome.
    """

    line: str
    week: int
    curve: str


@dataclass(frozen=True)
class Claim:
    """What a scene's text says and its runs must show: ``high`` exceeds ``low`` by so much at least."""

    high: Point
    low: Point
    by: float


@dataclass(frozen=True)
class Figure:
    """A number that a scene's text takes from its runs: the value of ``point``, less that of ``minus`` if there is one."""

    point: Point
    minus: Point | None = None


@dataclass(frozen=True)
class Scene:
    """One picture of the explanation: what the page shows beside its text.

    Attributes:
        name: Key of its text.
        curve: Outcome that is drawn.
        first, second: Index of each policy control, for policy A and policy B.
        assumptions: Index of each assumption.
        week: Week at which it opens.
        runs: Whether single runs are drawn.
        ships: Whether the scenario is shown as it ships.
        claims: What its text says.
        figures: Numbers in its text, by the words in braces.
    """

    name: str
    curve: str
    first: Indices
    second: Indices
    assumptions: Indices
    week: int
    runs: bool = False
    ships: bool = False
    claims: tuple[Claim, ...] = ()
    figures: Mapping[str, Figure] = FrozenMapping()


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes:
        name: Name of its file.
        base: Its scenario as it ships.
        world: Evidence setting on top of it (:mod:`sim.lab.evidence_settings`).
        weeks: Length of each run.
        replicates: Runs of each point of the grid, seeds 1, 2, ...
        policy_controls: What is bought; policy A and policy B have their own settings.
        assumptions: What is assumed; both policies share the settings.
        curves: Outcomes to draw, the lesson's own first.
        first, second: Indices of policy A and policy B when the lesson opens.
        scenes: Pictures of the explanation.
        expected: Which of the choices offered (see :mod:`sim.pages.lesson.answer`) the runs are expected to show.
        organization: Values of parameters in every world, on top of :data:`SIZES`.
        events: What happens to the organization in any case.
        policy_weeks: Weeks that a policy lasts unless a setting says otherwise; None for all weeks.
        people: Column of employees that gives people their shade.
        smooth: Whether curves open as 13-week means.
        questioned: Organizations in which the question is answered, in each of its worlds: seeds 1, 2, ...
        texts: Texts of the lesson, by key.
        words_of_curves: Texts of curves that the file itself gives.
    """

    name: str
    base: Scenario
    world: str
    weeks: int
    replicates: int
    policy_controls: tuple[Control, ...]
    assumptions: tuple[Control, ...]
    curves: tuple[Curve, ...]
    first: Indices
    second: Indices
    scenes: tuple[Scene, ...]
    expected: str
    organization: Mapping[str, object] = FrozenMapping()
    events: tuple[Event, ...] = ()
    policy_weeks: int | None = None
    people: str = "delivery"
    smooth: bool = False
    questioned: int = 16
    texts: Mapping[str, Any] = field(default_factory=dict)
    words_of_curves: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def initial(self) -> Indices:
        """Index of the initial setting of each assumption."""
        return tuple(control.first for control in self.assumptions)

    @property
    def ships(self) -> bool:
        """Whether the lesson also shows its scenario as it ships, under the initial assumptions."""
        return self.world != DEFAULT

    @cached_property
    def worlds(self) -> tuple[tuple[Indices, bool], ...]:
        """Every set of assumptions, the last control changing fastest; then the initial one in the scenario as it ships.

        Each with whether it is the scenario as it ships.
        """
        sets = list_indices(self.assumptions)
        return (*((each, False) for each in sets), *([(self.initial, True)] if self.ships else []))

    def scenario(self, number: int) -> Scenario:
        """The organization in the world of this number (:attr:`worlds`)."""
        indices, shipped = self.worlds[number]
        return self.scenario_of(indices, shipped)

    def scenario_of(self, indices: Indices, shipped: bool = False) -> Scenario:
        """The organization under these settings of the assumptions; in the world of the lesson, or as it ships."""
        chosen = [control.settings[index] for control, index in zip(self.assumptions, indices, strict=True)]
        stripped = {} if shipped or not self.ships else {**parameters_in(self.world), **STAYING}
        values: dict[str, object] = {**stripped, **SIZES, **self.organization, "weeks": self.weeks}
        for setting in chosen:
            values |= setting.parameters
        every = (*self.events, *(event for setting in chosen for event in setting.events))
        events = tuple(event for event in every if event.week < self.weeks)
        return replace(replace(self.base, events=()).override(values), events=events)

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """All distinct policies of the grid; the first is no policy. Equal policies are run once."""
        different: dict[Policy, None] = {NONE: None}
        for indices in list_indices(self.policy_controls):
            different.setdefault(self.policy(indices))
        return tuple(different)

    @cached_property
    def policy_numbers(self) -> tuple[int, ...]:
        """For every combination of the policy controls (the last changing fastest), the index of its policy."""
        return tuple(self.policies.index(self.policy(indices)) for indices in list_indices(self.policy_controls))

    def policy(self, indices: Indices) -> Policy:
        """The policy at these settings; one that spends nothing is no policy."""
        chosen = [control.settings[index] for control, index in zip(self.policy_controls, indices, strict=True)]
        if any(setting.nothing for setting in chosen):
            return NONE
        times = 1.0
        amounts: dict[str, float] = {}
        for setting in chosen:
            times *= setting.times
            amounts |= setting.amounts
        weeks = next((setting.weeks for setting in chosen if setting.weeks is not None), self.policy_weeks)
        end = None if weeks is None else START + weeks
        policy = Policy("program", (Phase(START, end, None, {name: times * one for name, one in amounts.items()}),))
        return policy if policy.resources else NONE

    def policy_number(self, indices: Sequence[int]) -> int:
        """Index of the policy at these indices of the policy controls."""
        return self.policy_numbers[position(self.policy_controls, indices)]

    def world_number(self, indices: Sequence[int] = (), shipped: bool = False) -> int:
        """Index of the world at these indices of the assumptions (the initial ones if there are none)."""
        return len(self.worlds) - 1 if shipped else position(self.assumptions, indices or self.initial)


def list_indices(controls: Sequence[Control]) -> tuple[Indices, ...]:
    """Every combination of settings, the last control changing fastest."""
    return tuple(product(*(range(len(control.settings)) for control in controls)))


def position(controls: Sequence[Control], indices: Sequence[int]) -> int:
    """Position of a combination in :func:`list_indices`."""
    number = 0
    for control, index in zip(controls, indices, strict=True):
        number = number * len(control.settings) + index
    return number
