"""The programs that a budget can buy: a point of the unit cube for each, and none that costs more than the ceiling.

A program is resources with their amounts, a start, a duration, and the departments that it reaches. A coordinate for each
resource says whether it is bought, and how large its part of the money is; the others say how much of the budget is
spent, when, for how long, and where. Amounts follow from the money. So every point is a program that the budget pays for,
and the search never has to be told what is too dear.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor, log10
from typing import TYPE_CHECKING

import numpy as np

from sim.lab.budget import planned_cost
from sim.model.policies.policy import NONE, Phase, Policy

if TYPE_CHECKING:
    from sim.model.kernel.array_types import FloatArray
    from sim.model.policies.resources import Resource
    from sim.model.scenario import Scenario

BOUGHT_FROM = 0.75
"""Coordinate of a resource above which it is bought: most programs have a few resources, not all of them."""

QUARTER = 13
"""Weeks that starts and durations are multiples of: finer calendars are not kept."""

_LEVEL, _START, _LENGTH, _WHERE, _OTHERS = 0, 1, 2, 3, 4
_FIGURES = 3


@dataclass(frozen=True)
class ProgramSpace:
    """What may be bought, and for how much.

    Attributes:
        scenario: Prices, people, departments, length of the run.
        resources: Those that may be bought.
        budget: The most that a program may be planned to cost, in the scenario's currency.
    """

    scenario: Scenario
    resources: tuple[Resource, ...]
    budget: float
    _prices: dict[object, float] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Number of coordinates of a point."""
        return len(self.resources) + _OTHERS

    @property
    def places(self) -> tuple[tuple[str, ...] | None, ...]:
        """Where a program may reach: everywhere, or one department alone."""
        names = [department.name for department in self.scenario.departments]
        return (None, *((name,) for name in names if len(names) > 1))

    def program(self, point: FloatArray) -> Policy:
        """The program at a point; its name says nothing. ``none`` where nothing is bought."""
        number = len(self.resources)
        weights = np.maximum(point[:number] - BOUGHT_FROM, 0.0) / (1.0 - BOUGHT_FROM)
        others = point[number:]
        weeks = self.scenario.weeks
        start = _to_quarters(others[_START] ** 2 * weeks / 2.0)  # earlier starts are tried more often
        longest = weeks - start
        length = max(QUARTER, _to_quarters(QUARTER * (max(longest, QUARTER) / QUARTER) ** others[_LENGTH]))
        where = self._place(others[_WHERE])
        end = None if length > longest - QUARTER / 2 else start + length
        money = self.budget * others[_LEVEL] / max(float(weights.sum()), 1e-12)
        amounts: dict[str, float] = {}
        for resource, weight in zip(self.resources, weights, strict=True):
            if weight > 0.0:
                price = self._price(resource, start, end, where)
                amount = weight * resource.high if price == 0.0 else weight * money / price
                amounts[resource.name] = _round_down(min(amount, resource.high))
        amounts = {name: amount for name, amount in amounts.items() if amount > 0.0}
        return Policy("program", (Phase(start, end, where, amounts),)) if amounts else NONE

    def starts(self) -> list[FloatArray]:
        """Points to begin with: each resource by itself for all of the money, for a year and for as long as possible."""
        points = []
        year = np.log(min(52.0, self.scenario.weeks) / QUARTER) / np.log(max(self.scenario.weeks / QUARTER, 1.0 + 1e-9))
        for length in (float(np.clip(year, 0.0, 1.0)), 1.0):
            for position in range(len(self.resources)):
                point = np.full(self.size, 0.3)
                point[position] = 1.0
                point[-_OTHERS:] = (1.0, 0.0, length, 0.0)
                points.append(point)
        return points

    def _place(self, coordinate: float) -> tuple[str, ...] | None:
        """Half of the coordinate is the whole organization; departments share the other half."""
        places = self.places[1:]
        if coordinate < 0.5 or not places:
            return None
        return places[min(int((coordinate - 0.5) * 2.0 * len(places)), len(places) - 1)]

    def _price(self, resource: Resource, start: int, end: int | None, where: tuple[str, ...] | None) -> float:
        """Planned cost of one unit, at these times and places."""
        key = (resource.name, start, end, where)
        if key not in self._prices:
            unit = min(1.0, resource.high)
            alone = Policy("unit", (Phase(start, end, where, {resource.name: unit}),))
            self._prices[key] = planned_cost(alone, self.scenario) / unit
        return self._prices[key]


def limits_met(program: Policy, cost: float, space: ProgramSpace) -> list[str]:
    """Which limits of the space a program runs into, in words: those that would have to give way for a better one."""
    found = []
    if cost > 0.98 * space.budget:
        found.append(f"budget: {space.scenario.currency} {cost:,.0f} of {space.budget:,.0f} are planned")
    for phase in program.phases:
        for name, amount in phase.amounts.items():
            resource = space.scenario.registry.resources[name]
            if amount >= resource.high * 0.999:
                found.append(f"{name}: at its maximum of {resource.high:g} {resource.unit}")
        if phase.start == 0:
            found.append("start: in the first week")
        if phase.end is None or phase.end >= space.scenario.weeks:
            found.append("duration: to the end of the run")
    return list(dict.fromkeys(found))


def describe_program(program: Policy, scenario: Scenario) -> str:
    """A program in one sentence without a verb: ``coaching .58, hiring filter 1; weeks 0 to 52; branches``."""
    if not program.phases:
        return "nothing"
    parts = [
        "; ".join(
            (
                ", ".join(f"{name.replace('_', ' ')} {amount:g}" for name, amount in phase.amounts.items()),
                f"weeks {phase.start} to {min(phase.end or scenario.weeks, scenario.weeks)}",
                *([" and ".join(phase.departments)] if phase.departments else []),
            )
        )
        for phase in program.phases
    ]
    return " | ".join(parts)


def _to_quarters(weeks: float) -> int:
    return round(weeks / QUARTER) * QUARTER


def _round_down(amount: float) -> float:
    """An amount with as many figures as people can act on, never more than it was."""
    if amount <= 0.0:
        return 0.0
    digits = _FIGURES - 1 - floor(log10(amount))
    return floor(amount * 10.0**digits + 1e-9) / 10.0**digits
