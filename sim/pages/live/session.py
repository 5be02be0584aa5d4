"""A session: one organization, lived through twice side by side, with the same random numbers and what somebody does to both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from sim.model.engine import run_week
from sim.model.organization import Organization
from sim.model.policies.policy import Policy
from sim.model.scenario import Event, Scenario
from sim.model.simulation import burn_in, with_policy
from sim.pages.live.picture import frame, layout

_GENERATIONS = count(1)


@dataclass(frozen=True)
class Setup:
    """What a session is made from.

    Attributes:
        source: Name or path of the scenario, as somebody gave it.
        scenario: As it runs, every change included.
        changes: Dotted name -> value as typed, where it differs from the source.
        loaded_policies: The two policies.
        seed: Seed of both runs.
    """

    source: str
    scenario: Scenario
    changes: Mapping[str, str]
    loaded_policies: tuple[Policy, Policy]
    seed: int


@dataclass
class Side:
    """One of the two runs: its organization, and a row of outcomes for every week so far (``None`` where missing)."""

    organization: Organization
    rows: list[list[float | None]] = field(default_factory=list)

    def step(self) -> None:
        """Live through one week."""
        run_week(self.organization)
        outcomes = self.organization.outcomes
        self.rows.append([None if math.isnan(outcomes[name]) else float(outcomes[name]) for name in outcomes])


class Session:
    """Two runs from the same start under common random numbers.

    The organization settles once. A policy is all that differs: draws belong to their stream, week and position, so that
    both meet the same customers, leavers and accidents; what is pressed strikes both in the same week. Each is, to the
    last bit, what ``centricity run`` gives for this seed.

    Args:
        setup: What to found.
        before: Events that have been pressed earlier and happen again.
    """

    def __init__(self, setup: Setup, before: tuple[Event, ...] = ()) -> None:
        self.setup = setup
        self._burned_in = burn_in(setup.scenario, setup.seed)
        self._begin(before)

    def _begin(self, pressed: tuple[Event, ...]) -> None:
        """Stand at the beginning of week 0."""
        self.generation = next(_GENERATIONS)
        self.pressed: list[Event] = []
        self.scenario = self.setup.scenario
        self.sides = tuple(Side(with_policy(self._burned_in, policy)) for policy in self.setup.loaded_policies)
        for event in pressed:
            self._schedule(event)

    @property
    def week(self) -> int:
        """Week that comes next; as many have been lived through."""
        return len(self.sides[0].rows)

    @property
    def over(self) -> bool:
        """Whether the last week is behind us."""
        return self.week >= self.scenario.weeks

    def step(self, weeks: int) -> None:
        """Live through up to ``weeks`` weeks, no further than the last."""
        for _ in range(min(weeks, self.scenario.weeks - self.week)):
            for side in self.sides:
                side.step()

    def add_event(self, event: Event) -> None:
        """Let something happen in the coming week."""
        self._schedule(event)

    def _schedule(self, event: Event) -> None:
        """Put an event behind those of its week: the order in which a file with the same events has them."""
        self.pressed.append(event)
        events = sorted([*self.scenario.events, event], key=lambda each: each.week)
        self.scenario = replace(self.scenario, events=tuple(events))
        for side in self.sides:
            side.organization.scenario = self.scenario

    def reset(self, keep: bool) -> None:
        """Go back to week 0 of the same run.

        Args:
            keep: Whether what has been pressed happens again, in the weeks in which it did.
        """
        self._begin(tuple(self.pressed) if keep else ())

    def since(self, generation: int, week: int) -> dict[str, Any]:
        """What a page that has seen ``week`` weeks of ``generation`` does not know yet; everything, if of another one."""
        known = generation == self.generation and 0 <= week <= self.week
        first = week if known else 0
        answer: dict[str, Any] = {
            "generation": self.generation,
            "week": self.week,
            "first": first,
            "over": self.over,
            "rows": [side.rows[first:] for side in self.sides],
            "frames": [frame(side.organization) for side in self.sides],
            "events": self.events(),
        }
        return answer if known else {**answer, "setup": self.describe_setup()}

    def describe_setup(self) -> dict[str, Any]:
        """What the session was made from, for the page; the seed as text, since scripts round large numbers."""
        scenario = self.setup.scenario
        return {
            "source": self.setup.source,
            "name": scenario.name,
            "about": " ".join(scenario.about.split()),
            "currency": scenario.currency,
            "weeks": scenario.weeks,
            "seed": str(self.setup.seed),
            "policies": [policy.name for policy in self.setup.loaded_policies],
            "starts": [_start(policy) for policy in self.setup.loaded_policies],
            "changes": dict(self.setup.changes),
            "layout": layout(self.sides[0].organization),
        }

    def events(self) -> list[dict[str, Any]]:
        """Everything that happens to both, in order; ``pressed`` tells what somebody did from what was planned."""
        planned = list(self.setup.scenario.events)
        entries = []
        for event in self.scenario.events:
            own = event in planned
            if own:
                planned.remove(event)
            entries.append({**event.to_dict(), "pressed": not own})
        return entries


def _start(policy: Policy) -> list[list[int | None]]:
    """First and last week (exclusive) of every phase with resources."""
    return [[phase.start, phase.end] for phase in policy.phases if any(phase.amounts.values())]
