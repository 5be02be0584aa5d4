"""Oversight: independence x probability x consequence. Without any one of the three there is none.

Auditors whom the audited choose and pay report what is wanted; assigned at random and paid centrally, they report the
truth, and what they report on gets better (Duflo, Greenstone, Pande & Ryan 2013, 473 plants in Gujarat). Announcing audits
with certainty instead of 4 % cut missing expenditure from about 28 % by 8 points; inviting villagers to take part
changed little (Olken 2007, 608 villages). Those who take part get both independence and consequence from those in
power, who grant them as far as they care. So participation works through the *square* of executives' true weight.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.model.kernel.amounts import mean_over_seats
from sim.model.kernel.columns import this_week
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Customers, Departments, Executives, Parameters, PolicyAmounts, Scratch, Week
from sim.model.kernel.sums import mean_of, mean_where

PARAMETERS = declare("""
audit.truthfulness = 0.8 share; 0 to 1, plausible 0.5 to 1; unknown; tier 5
    Share of the gap between reported and true score that full oversight closes.
    Source: Direction: Duflo et al. 2013, reports of independent auditors equal the truth, and far fewer plants pass
    falsely; that this carries over to the share of a score's gap, and its size, are conjectures
audit.deterrence = 0.3 share; 0 to 1, plausible 0.1 to 0.6; unknown; tier 5
    Share of the weight that those in power withhold from customers which full oversight moves to them.
    Source: Olken 2007: 8 of some 28 points of missing expenditure; from leakage to weights is a conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"audit.truthfulness": 0.0, "audit.deterrence": 0.0}
"""Nobody minds being found out."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On wherever a policy spends on it."""


NUMBERS = (this_week("oversight", "Independence x probability x consequence, and what participation borrows of them."),)


def oversight(independence: float, probability: float, consequence: float) -> float:
    """Strength of oversight over a department, 0 to 1: independence x probability x consequence."""
    return independence * probability * consequence


def oversight_with_participation(strength: float, participation: float, executives: float) -> float:
    """Oversight with customers taking part: 1 - (1 - strength) (1 - participation x executives' weight squared)."""
    if participation == 0.0:
        return strength
    return 1.0 - (1.0 - strength) * (1.0 - participation * executives * executives)


def deterred_weight(line: float, strength: float, deterrence: float) -> float:
    """Line under oversight: customers + deterrence x strength x (1 - customers)."""
    return line + deterrence * strength * (1.0 - line)


def corrected_score(claimed: float, true: float, strength: float, truthfulness: float) -> float:
    """Score that is reported under oversight: the gap to the truth closes by truthfulness x strength."""
    return claimed + truthfulness * strength * (true - claimed)


def update_oversight(executives: Executives, departments: Departments, policy: PolicyAmounts, week: Week) -> None:
    """Auditors, and customers who take part, look at what is done. Oversight is a mean over seats."""
    total, seats = 0.0, 0
    for department in range(departments.seats.size):
        strength = oversight(
            policy.audit_independence[department],
            policy.audit_probability[department],
            policy.audit_consequence[department],
        )
        total += strength * departments.seats[department]
        seats += departments.seats[department]
    participation = mean_over_seats(policy.participation, departments.seats)
    week.oversight = oversight_with_participation(total / seats, participation, mean_of(executives.weight_customers))


def correct_reported_score(customers: Customers, scratch: Scratch, parameters: Parameters, week: Week) -> None:
    """Oversight corrects the score that is reported."""
    if math.isnan(week.reported) or week.oversight == 0.0:
        return
    true = mean_where(customers.active, customers.satisfaction, scratch.partial_sums)
    week.reported = corrected_score(week.reported, true, week.oversight, parameters.audit_truthfulness)
