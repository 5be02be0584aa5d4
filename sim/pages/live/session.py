"""A session: one organization, run twice side by side under two policies, with the same random numbers and events."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import numpy as np

from sim.lab.outcome_checks import NotANumberError, validate_outcomes
from sim.model.engine import run_week
from sim.model.organization import Organization
from sim.model.policies.policy import Policy
from sim.model.scenario import Event, Scenario, ScenarioError
from sim.model.simulation import burn_in, with_policy
from sim.pages.live.picture import frame, layout

_GENERATIONS = count(1)


@dataclass(frozen=True)
class SessionSetup:
    """The set-up of a session.

    Attributes:
        source: Name or path of the scenario, as it was given.
        scenario: The scenario as it runs, with every change.
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
    """One of the two runs: its organization, and one row of outcomes a week so far (``None`` where missing)."""

    organization: Organization
    rows: list[list[float | None]] = field(default_factory=list)

    def step(self) -> str:
        """Simulate one week; what is wrong with its outcomes, empty if nothing is."""
        week = self.organization.week
        run_week(self.organization)
        outcomes = self.organization.outcomes
        self.rows.append([float(outcomes[name]) if math.isfinite(outcomes[name]) else None for name in outcomes])
        try:
            validate_outcomes(np.array([list(outcomes.values())]), tuple(outcomes), week)
        except NotANumberError as error:
            return str(error)
        return ""


class Session:
    """Two runs from the same start under common random numbers.

    There is one burn-in for both. The runs differ only by the policy: draws belong to their stream, week and position, so
    that both meet the same customers, leavers and accidents. Events that are pressed happen to both in the same week.
    Each run equals the one of ``centricity run`` for this seed, to the last bit.

    Args:
        setup: What the session is made from.
        before: Events that were pressed before and happen again.
    """

    def __init__(self, setup: SessionSetup, before: tuple[Event, ...] = ()) -> None:
        self.setup = setup
        self._burned_in = burn_in(setup.scenario, setup.seed)
        self._begin(before)

    def _begin(self, pressed: tuple[Event, ...]) -> None:
        """Go to the beginning of week 0."""
        self.generation = next(_GENERATIONS)
        self.pressed: list[Event] = []
        self.scenario = self.setup.scenario
        self.sides = tuple(Side(with_policy(self._burned_in, policy)) for policy in self.setup.loaded_policies)
        for event in pressed:
            self._schedule(event)

    @property
    def week(self) -> int:
        """The next week, which is also the number of weeks so far."""
        return len(self.sides[0].rows)

    @property
    def over(self) -> bool:
        """Whether the last week is over."""
        return self.week >= self.scenario.weeks

    def step(self, weeks: int) -> None:
        """Simulate ``weeks`` weeks, or fewer if the run ends before.

        Raises:
            ScenarioError: After a week in which an outcome is not a number where it must be one.
        """
        for _ in range(min(weeks, self.scenario.weeks - self.week)):
            wrong = [said for side in self.sides if (said := side.step())]
            if wrong:
                raise ScenarioError(
                    [f"{wrong[0]}. Set up another run, with parameters that are less extreme together."]
                )

    def add_event(self, event: Event) -> None:
        """Add an event to the coming week."""
        self._schedule(event)

    def _schedule(self, event: Event) -> None:
        """Insert an event after those of its week, as in a file with the same events."""
        self.pressed.append(event)
        events = sorted([*self.scenario.events, event], key=lambda each: each.week)
        self.scenario = replace(self.scenario, events=tuple(events))
        for side in self.sides:
            side.organization.scenario = self.scenario

    def reset(self, keep: bool) -> None:
        """Go back to week 0 of the same run.

        Args:
            keep: Whether the events that were pressed happen again, in the same weeks.
        """
        self._begin(tuple(self.pressed) if keep else ())

    def since(self, generation: int, week: int) -> dict[str, Any]:
        """What is new to a page that has seen ``week`` weeks of ``generation``; everything if the generation is another one."""
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
        """The set-up of the session for the page; the seed is text, because scripts round large numbers."""
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
        """All events of both runs, in order; ``pressed`` marks those that were pressed and not planned."""
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
