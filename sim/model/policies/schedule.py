"""A policy worked out for one organization: its phases as columns, and what it asks for, week by week.

The rules are part of the compiled week: it begins with :func:`request_amounts` and ends with :func:`end_phases`.
"""

from __future__ import annotations

from math import inf
from types import SimpleNamespace
from typing import Any, Self

import numpy as np

from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import FLAG, WHOLE, Column, Columns
from sim.model.kernel.records import Outcomes, Phases, PolicyAmounts, Resources, Week
from sim.model.policies.policy import Policy

NO_CONDITION = -1
"""Place of the outcome of a phase that no condition ends."""

_ENDLESS = np.iinfo(np.int64).max

PHASES = (
    Column("phases", "start", "First week.", "week", (0.0, None), WHOLE),
    Column("phases", "end", "First week after it.", "week", (0.0, None), WHOLE),
    Column("phases", "amounts", "What it asks for, by department and resource.", "unit of the resource", (0.0, None)),
    Column("phases", "outcome", "Place among the outcomes of the one that may end it.", "index", (-1.0, None), WHOLE),
    Column("phases", "above", "The phase ends where the outcome is above this.", "unit of the outcome", (None, None)),
    Column("phases", "below", "The phase ends where the outcome is below this.", "unit of the outcome", (None, None)),
    Column("phases", "ended", "Whether its condition has ended it, for good.", "yes or no", dtype=FLAG),
    Column("phases", "room", "Working memory, to sort amounts in.", "unit of the resource", (0.0, None)),
)
"""What is known of each phase of a policy."""


class Schedule:
    """A policy for the weeks of a run. A phase that a condition has ended stays ended.

    Args:
        policy: The policy.
        scenario: The scenario, which knows departments, resources and outcomes.

    Attributes:
        policy: The policy.
        phases: Its phases, as columns (:data:`PHASES`).

    Raises:
        ValueError: If a condition names what is no outcome.
    """

    def __init__(self, policy: Policy, scenario: Any) -> None:
        self.policy = policy
        resources, places = scenario.registry.resources, list(scenario.registry.outcomes)
        self._limits = [SimpleNamespace(limit=resource.high) for resource in resources.values()]
        count, conditions = len(policy.phases), [phase.stop_when for phase in policy.phases]
        for condition in conditions:
            if condition is not None and condition.outcome not in places:
                raise ValueError(
                    f"policy {policy.name}: stop_when must name a weekly outcome, got {condition.outcome}. "
                    f"Name one of {', '.join(places)}."
                )
        amounts = np.zeros((count, len(scenario.departments), len(resources)))
        for phase, of_phase in zip(policy.phases, amounts, strict=True):
            reached = [phase.reaches(department.name) for department in scenario.departments]
            of_phase[reached] = [float(phase.amounts.get(name, 0.0)) for name in resources]
        found: dict[str, Any] = {
            "start": [phase.start for phase in policy.phases],
            "end": [_ENDLESS if phase.end is None else phase.end for phase in policy.phases],
            "amounts": amounts,
            "outcome": [NO_CONDITION if each is None else places.index(each.outcome) for each in conditions],
            "above": [inf if each is None or each.above is None else each.above for each in conditions],
            "below": [-inf if each is None or each.below is None else each.below for each in conditions],
            "ended": [False] * count,
            "room": [0.0] * count,
        }
        self.phases = Columns(PHASES, {each.name: np.array(found[each.name], dtype=each.dtype) for each in PHASES})

    def amounts(self, week: int) -> FloatArray:
        """Amounts that the policy asks for in a week, shape (departments, resources)."""
        asked = np.zeros(self.phases.amounts.shape[:0:-1])
        request_amounts(self.phases, tuple(asked), self._limits, SimpleNamespace(number=week))
        return asked.T

    def copy(self) -> Self:
        """Independent copy: phases that end in one go on in the other. The policy is shared, since nothing changes it."""
        copy = object.__new__(type(self))
        vars(copy).update(vars(self), phases=self.phases.copy())
        return copy


def runs(phases: Phases, phase: int, week: int) -> bool:
    """Whether a phase runs in a week: it has begun, and neither its time nor a condition has ended it."""
    return bool((phases.start[phase] <= week) & (week < phases.end[phase]) & (not phases.ended[phase]))


def amount_requested(phases: Phases, department: int, resource: int, week: int, limit: float) -> float:
    """Amount of a resource that a department is to get in a week: phases that run add up, as far as the limit.

    Amounts are sorted before they are added, so that the order of phases in a file changes no bit of the sum.
    """
    count = 0
    for phase in range(phases.start.size):
        amount = phases.amounts[phase, department, resource]
        if amount != 0.0 and runs(phases, phase, week):
            place = count
            while place > 0 and phases.room[place - 1] > amount:
                phases.room[place] = phases.room[place - 1]
                place -= 1
            phases.room[place] = amount
            count += 1
    total = 0.0
    for place in range(count):
        total += phases.room[place]
    return min(total, limit)


def request_amounts(phases: Phases, requested: PolicyAmounts, resources: Resources, week: Week) -> None:
    """The policy asks for its amounts of this week, each resource up to its legal maximum."""
    for resource in range(len(requested)):
        for department in range(requested[resource].size):
            requested[resource][department] = amount_requested(
                phases, department, resource, week.number, resources[resource].limit
            )


def crosses(value: float, above: float, below: float) -> bool:
    """Whether an outcome has crossed a limit; a missing one (NaN) never has."""
    return (value > above) | (value < below)


def end_phases(phases: Phases, outcomes: Outcomes, week: Week) -> None:
    """Phases end for good whose condition holds in the outcomes of this week; a missing outcome (NaN) ends none."""
    for phase in range(phases.start.size):
        if phases.outcome[phase] != NO_CONDITION and runs(phases, phase, week.number):
            value = outcome_at(phases.outcome[phase], outcomes)
            phases.ended[phase] = crosses(value, phases.above[phase], phases.below[phase])


def outcome_at(place: int, outcomes: Outcomes) -> float:
    """Value of the outcome at a place among the outcomes of the model."""
    raise NotImplementedError("sim.model.engine puts a function made from the outcomes in place of this one")
