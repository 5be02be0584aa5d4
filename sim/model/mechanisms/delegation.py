"""Customer centricity delegated to an office of its own: meetings, reports and a better score (seed text 003).

The office owns the survey, asks at good moments and reminds those who are pleased. It calls all employees to meetings. It
cannot change what others do, unless it gets power over the line, or a budget (other resources).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.model.kernel.amounts import mean_over_seats
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Departments, Parameters, PolicyAmounts, Week

PARAMETERS = declare("""
delegation.polish = 0.15 share; 0 to 1, plausible 0.05 to 0.4; unknown; tier 5
    How much of what is missing from a perfect score a full office's way of asking adds.
    Source: Direction: gaming by selection (Bevan & Hood 2006); size is a conjecture
delegation.meetings = 0.5 hours per week; 0 to 20, plausible 0.2 to 2; unknown; tier 5
    Hours a week for which a full office calls each person to meetings.
    Source: Conjecture
delegation.influence = 1.0 share; 0 to 1, plausible 0.3 to 1; unknown; tier 5
    How far power that is given to the office on paper is power in fact.
    Source: Conjecture
delegation.weight = 0.7 share; 0 to 1, plausible 0.5 to 0.9; unknown; tier 5
    Weight that the office gives to customers.
    Source: Conjecture: speaking for customers is its job
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "delegation.polish": 0.0,
    "delegation.meetings": 0.0,
    "delegation.influence": 0.0,
}
"""An office that asks as everybody does, calls no meetings and is not listened to."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On wherever a policy sets up an office."""


def polished_score(score: float, office: float, polish: float) -> float:
    """Score as a full office (``office`` = 1) presents it: score + polish x office x (1 - score)."""
    return score + polish * office * (1.0 - score)


def weight_with_office(line: float, office: float, power: float, influence: float, weight: float) -> float:
    """The line when the office has power: it moves toward the office's own by influence x office x power."""
    share = influence * office * power
    return line if share == 0.0 else line + share * (weight - line)


def apply_office_influence(departments: Departments, policy: PolicyAmounts, parameters: Parameters, week: Week) -> None:
    """An office for customers that has power moves the line toward its own."""
    week.proposed_weight = weight_with_office(
        week.proposed_weight,
        mean_over_seats(policy.delegation, departments.seats),
        mean_over_seats(policy.delegated_power, departments.seats),
        parameters.delegation_influence,
        parameters.delegation_weight,
    )


def polish_reported_score(departments: Departments, policy: PolicyAmounts, parameters: Parameters, week: Week) -> None:
    """The office presents the score at its best."""
    office = mean_over_seats(policy.delegation, departments.seats)
    if office > 0.0 and not math.isnan(week.reported):
        week.reported = polished_score(week.reported, office, parameters.delegation_polish)
