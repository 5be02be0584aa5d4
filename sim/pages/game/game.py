"""Definition of the game: the organization, what teams decide each quarter, under which budget, and what is looked at afterward.

Every decision is amounts of resources for a quarter, every incident an event of the model. The board's temper is the model's own
hazard of dismissal, raised; an executive who is dismissed is succeeded by the model's own rule.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import sha256
from itertools import product

from sim.lab.budget import weekly_plan
from sim.model.policies.policy import Phase, Policy
from sim.model.scenario import Event, Scenario

QUARTERS = 16
"""Quarters that teams decide."""

WEEKS = 13
"""Weeks of a quarter."""

IN_OFFICE = QUARTERS * WEEKS
"""Weeks for which teams decide. After them all executives leave, and no resource is in force any more."""

AFTERWARD = 104
"""Weeks that run on without the team."""

WORLD: Mapping[str, object] = {
    "weeks": IN_OFFICE + AFTERWARD,
    "executives.succession": 0.0,
    "executives.successor_keeps": 1.0,
    "executives.dismissal": 5.0,
    "place.pressure": 0.08,
}
"""What the game sets in a scenario: nobody leaves but by dismissal, and successors go on with what the team decides. The board
has a temper: the hazard of dismissal is raised beyond what is plausible (``executives.dismissal``, ``place.pressure``), so that
weak profits cost a chief executive the post about once in four years, and one who spends all the budget more often. Executives
know it, and expect less of work that pays late."""

PART_OF_EVERYTHING = 0.42
"""Budget, as a part of what the most of every decision together would cost."""

Decisions = tuple[int, ...]
"""Place among the options, by quarter."""


@dataclass(frozen=True)
class Level:
    """One answer to a decision.

    Attributes:
        label: What the team reads.
        amounts: Resources that it asks for, in all departments.
    """

    label: str
    amounts: Mapping[str, float]


@dataclass(frozen=True)
class Decision:
    """Something to decide each quarter.

    Attributes:
        name: Short name.
        question: What is decided.
        levels: Answers; the first is nothing.
    """

    name: str
    question: str
    levels: tuple[Level, ...]


DECISIONS = (
    Decision(
        "Talk",
        "Speeches and posters: the customer comes first",
        (
            Level("none", {}),
            Level("every other week", {"speeches": 0.5, "posters": 0.5}),
            Level("every week", {"speeches": 1.0, "posters": 1.0}),
        ),
    ),
    Decision(
        "Training",
        "Hours a week in which people learn to see their work with the customer's eyes",
        (
            Level("none", {}),
            Level("half an hour", {"training": 0.5}),
            Level("1 hour", {"training": 1.0}),
            Level("2 hours", {"training": 2.0}),
        ),
    ),
    Decision(
        "Checking",
        "Procedures for good service, and watching that they are followed",
        (
            Level("none", {}),
            Level("4 of 10 tasks", {"procedures": 0.4, "monitoring": 0.4}),
            Level("8 of 10 tasks", {"procedures": 0.8, "monitoring": 0.8}),
        ),
    ),
    Decision(
        "Relief",
        "Extra hands and time to recover",
        (Level("none", {}), Level("a little", {"relief": 0.25}), Level("much", {"relief": 0.5})),
    ),
    Decision(
        "Hiring",
        "Whom to hire",
        (Level("by skill", {}), Level("also by values", {"hiring_filter": 1.0})),
    ),
    Decision(
        "The line",
        "Who decides when a customer's interest costs money",
        (
            Level("the executives", {}),
            Level("they and an office for customers", {"delegation": 0.5, "delegated_power": 0.5}),
            Level("an office for customers", {"delegation": 1.0, "delegated_power": 1.0}),
        ),
    ),
)
"""What teams decide."""


@dataclass(frozen=True)
class Incident:
    """Something that happens to every team.

    Attributes:
        kind: Kind of event.
        week: Week in which it happens.
        fields: Fields of the event that are not the default's.
        news: What a team is told after the quarter.
        short: What a chart says.
    """

    kind: str
    week: int
    fields: Mapping[str, float]
    news: str
    short: str


INCIDENTS = (
    Incident(
        "service_crisis",
        57,
        {"share": 0.3, "weeks": 6},
        "Service broke down for six weeks. Many contacts went wrong that would have gone well.",
        "service crisis",
    ),
    Incident(
        "market_shift",
        109,
        {"size": 0.1},
        "Rivals have become better: customers find more of what they need elsewhere.",
        "better rivals",
    ),
    Incident(
        "margin_squeeze",
        157,
        {"share": 0.1, "weeks": 26},
        "Margins are squeezed: for half a year, a tenth of revenue is lost.",
        "lower margins",
    ),
    Incident("executive_succession", IN_OFFICE, {"share": 1.0}, "", "you leave"),
)
"""What happens, to all teams alike."""


@dataclass(frozen=True)
class Measure:
    """What the debrief compares teams by, each as the difference from the organization without any decision.

    Attributes:
        name: Key.
        title: Heading.
        outcome: Weekly outcome.
        how: ``sum`` or ``mean`` over weeks.
        first, end: First week, and first week after the last.
        points: Whether it is a share, shown in points of a hundred; else money.
    """

    name: str
    title: str
    outcome: str
    how: str
    first: int
    end: int
    points: bool


MEASURES = (
    Measure("customers", "What customers got", "customer_value", "sum", 0, IN_OFFICE, False),
    Measure("profit", "Profit", "profit", "sum", 0, IN_OFFICE, False),
    Measure("left", "Left two years later", "enacted", "mean", IN_OFFICE + AFTERWARD - 26, IN_OFFICE + AFTERWARD, True),
    Measure("mirror", "Mirror, last year", "executive_self_assessment", "mean", IN_OFFICE - 52, IN_OFFICE, True),
    Measure("truth", "Needs served, last year", "enacted", "mean", IN_OFFICE - 52, IN_OFFICE, True),
)
"""What the debrief compares teams by."""

TRUE, MIRRORED = "enacted", "executive_self_assessment"
"""Outcomes whose curves the debrief shows: what customers get, and what executives see in the mirror."""

COMPARED = tuple(dict.fromkeys((TRUE, MIRRORED, *(measure.outcome for measure in MEASURES))))
"""Outcomes that the debrief needs of each team."""


@dataclass(frozen=True)
class Game:
    """The game for one organization.

    Attributes:
        scenario: The organization, as it runs for every team (:func:`game_of`).
        seed: Its random numbers, the same for all teams.
    """

    scenario: Scenario
    seed: int

    @cached_property
    def costs(self) -> tuple[tuple[float, ...], ...]:
        """Planned cost of each level of each decision, at full staff, in currency per week."""
        return tuple(tuple(self._cost(level.amounts) for level in decision.levels) for decision in DECISIONS)

    @cached_property
    def budget(self) -> float:
        """What a team may plan to spend, in currency per week, in round thousands where it can be."""
        amount = PART_OF_EVERYTHING * sum(max(costs) for costs in self.costs)
        return round(amount, -3) if amount >= 10_000.0 else amount

    @cached_property
    def options(self) -> tuple[tuple[int, ...], ...]:
        """All combinations of levels that the budget allows, the first of which is nothing at all."""
        levels = product(*(range(len(decision.levels)) for decision in DECISIONS))
        return tuple(each for each in levels if self.cost(each) <= self.budget)

    @cached_property
    def key(self) -> str:
        """What tells this game from any other."""
        content = [self.scenario.hash, self.seed, QUARTERS, self.options, [asdict(each) for each in DECISIONS]]
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

    def cost(self, levels: Sequence[int]) -> float:
        """Planned cost of a combination of levels, in currency per week."""
        return sum(costs[level] for costs, level in zip(self.costs, levels, strict=True))

    def policy(self, name: str, decisions: Decisions) -> Policy:
        """The decisions of a team as a policy: a phase for each quarter in which it spends anything."""
        phases = []
        for quarter, option in enumerate(decisions):
            amounts = amounts_of(self.options[option])
            if amounts:
                phases.append(Phase(WEEKS * quarter, WEEKS * (quarter + 1), None, amounts))
        return Policy(name, tuple(phases), about=f"Decisions of {name}, quarter by quarter.")

    def _cost(self, amounts: Mapping[str, float]) -> float:
        by_head, once = weekly_plan(Policy("plan", (Phase(0, WEEKS, None, amounts),)), self.scenario)
        return float(by_head[0] + once[0])


def amounts_of(levels: Sequence[int]) -> dict[str, float]:
    """Amounts of resources that a combination of levels asks for."""
    return {
        resource: amount
        for decision, level in zip(DECISIONS, levels, strict=True)
        for resource, amount in decision.levels[level].amounts.items()
    }


def game_of(scenario: Scenario, seed: int) -> Game:
    """The game for a scenario: its events give way to those of the game.

    Raises:
        ScenarioError: If the scenario cannot be set as the game needs it.
    """
    plain = replace(scenario, events=()).override(WORLD)
    kinds = scenario.registry.event_kinds
    events = tuple(
        Event(
            each.kind,
            each.week,
            {name: each.fields.get(name, field.default) for name, field in kinds[each.kind].fields.items()},
        )
        for each in INCIDENTS
    )
    return Game(replace(plain, events=events), seed)
