"""Credit and status: departments that get no credit feel less important and stop listening (seed text 004).

The felt importance of a department follows its share of the credit for a program. People whose group's standing is
threatened reject what threatens it (social identity: Tajfel & Turner 1979): less of training, coaching and talk gets
through to them, so that departments drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.amounts import largest_share
from sim.model.kernel.columns import department_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Departments, Employees, Parameters, PolicyAmounts, Resources
from sim.model.kernel.sums import clip
from sim.model.kernel.time_constants import closed_in_a_week

PARAMETERS = declare("""
credit.threat = 0.5 share; 0 to 1, plausible 0 to 0.8; unknown; tier 5
    How much of a program fails to get through to people who feel quite unimportant.
    Source: Direction: Tajfel & Turner 1979; size is a conjecture
credit.shared = 0.0 share; 0 to 1, plausible 0 to 1; lever; tier 5
    Share of the credit that is given to all alike instead of to those who deal with customers.
    Source: Conjecture; the seed's claim that facing departments take it
credit.weeks = 26.0 weeks; 1 to 520, plausible 8 to 52; unknown; tier 5
    Time constant with which felt importance follows credit.
    Source: Conjecture
credit.ordinary = 0.5 index; 0.05 to 0.95; definition; tier 5
    Felt importance of a department to which nobody pays attention, nor to others.
    Source: Definition: the middle of the scale
""")

NEUTRAL: Mapping[str, ParameterValue] = {"credit.threat": 0.0}
"""Nobody minds who gets the credit."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Every organization has departments that meet customers and others that do not: half of a program fails
to get through to people who feel quite unimportant."""


COLUMNS = (
    department_column(
        "importance",
        "How important its people feel in the organization (1/2: as important as others).",
        newcomer="credit.ordinary",
    ),
)


def credit_of_department(facing: float, mean: float, program: float, shared: float) -> float:
    """Credit of a department, above (+) or below (-) an equal share: program (1 - shared) (facing - mean facing).

    Args:
        facing: Share of the department's seats that deal with customers.
        mean: The same of all seats.
        program: Size of the program for which there is credit, 0 to 1.
        shared: Share of the credit that goes to all alike.
    """
    return program * (1.0 - shared) * (facing - mean)


def update_importance(importance: float, credit: float, weeks: float, ordinary: float) -> float:
    """Felt importance after one more week: it moves toward ordinary + credit / 2, within 0 and 1."""
    target = clip(ordinary + 0.5 * credit, 0.0, 1.0)
    return importance + (target - importance) * closed_in_a_week(weeks)


def reception_under_threat(importance: float, threat: float, ordinary: float) -> float:
    """Share of a program that gets through: 1 - threat x (how far felt importance lies below ordinary, 0 to 1)."""
    below = clip((ordinary - importance) / ordinary, 0.0, 1.0)
    return 1.0 - threat * below


def allocate_credit(
    employees: Employees, departments: Departments, policy: PolicyAmounts, resources: Resources, parameters: Parameters
) -> None:
    """Departments that deal with customers get the credit for the program. Less gets through to those that feel unimportant."""
    program = largest_share(policy, resources)
    seats, facing = 0, 0.0
    for department in range(departments.seats.size):
        seats += departments.seats[department]
        facing += departments.facing[department] * departments.seats[department]
    for department in range(departments.seats.size):
        earned = credit_of_department(departments.facing[department], facing / seats, program, parameters.credit_shared)
        departments.importance[department] = update_importance(
            departments.importance[department], earned, parameters.credit_weeks, parameters.credit_ordinary
        )
    threat, ordinary = parameters.credit_threat, parameters.credit_ordinary
    if threat > 0.0:
        for seat in range(employees.value.size):
            importance = departments.importance[employees.department[seat]]
            employees.receptiveness[seat] *= reception_under_threat(importance, threat, ordinary)
