"""The line: the weight of customers' gain against the organization's cost in a conflict, and who sets it.

The texts ask where the line is drawn. Here it is this weight, the decision weight, 0 to 1. *Discretion*: those in power
weigh each case by their true weights. *Convenience*: the same, but cost weighs less while it is convenient and more when
it is not (seed: "wherever it happens to be politically or financially convenient"). *Fixed*: drawn once and kept, under any
successor and whatever happens. *Negotiated*: moves slowly between what those who set the criteria want and what is convenient.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.model.kernel.columns import number, this_week
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, choice_code, declare
from sim.model.kernel.records import Contacts, Customers, Executives, OrganizationNumbers, Parameters, Week
from sim.model.kernel.sums import mean_of
from sim.model.kernel.time_constants import closed_in_a_week
from sim.model.mechanisms.audit import deterred_weight
from sim.model.mechanisms.interest import convenience

PARAMETERS = declare("""
line.rule = convenience; one of discretion, convenience, fixed, negotiated; lever; tier 5
    By which rule the line between customers' and the organization's interest is drawn.
    Source: Conjecture; the questions are the seed's: where do we draw the line, and why
line.convenience = 2.0 log odds per unit; 0 to 10, plausible 0.5 to 4; unknown; tier 5
    How far the line moves when profit is twice its normal, or when an election is due.
    Source: Conjecture; direction: shareholder pressure lowers lived values (Guiso, Sapienza & Zingales 2015)
line.slack_weeks = 13.0 weeks; 1 to 260, plausible 4 to 26; unknown; tier 3
    Over how many weeks those in power look at profit.
    Source: Quarterly reporting
line.normal_weeks = 156.0 weeks; 4 to 2600, plausible 104 to 260; unknown; tier 5
    Time constant with which a level of profit comes to be taken as normal.
    Source: Conjecture
line.negotiation_weeks = 26.0 weeks; 1 to 520, plausible 13 to 104; unknown; tier 5
    Time constant with which a negotiated line moves toward what both sides press for.
    Source: Conjecture
line.bargaining = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    Share in a negotiated line of those who set the criteria; the rest is what is convenient.
    Source: Conjecture: equal bargaining power
line.ordinary = 0.5 per unit of weight; 0 to 2, plausible 0 to 1; unknown; tier 5
    How far the line also decides what is good enough in ordinary service.
    Source: Conjecture: what is conceded in open conflicts is conceded in staffing and rules as well
""")

NEUTRAL: Mapping[str, ParameterValue] = {"line.rule": "discretion", "line.ordinary": 0.0}
"""Each case is decided by the true weights of those in power, and ordinary service does not depend on them."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Drawn where it is convenient, which the seed finds everywhere, unless a scenario says who draws it once
and for all."""


NUMBERS = (
    number(
        "decision_weight",
        "Weight of customers at which the line was drawn last; missing before the first time.",
        start=math.nan,
    ),
    number(
        "reference_weight",
        "Executives' true weight of customers when the rule came into force; missing before.",
        start=math.nan,
    ),
    number(
        "recent_profit",
        "Recent profit, smoothed; missing before the first accounts.",
        "currency per week",
        start=math.nan,
    ),
    number(
        "normal_profit", "Profit that those in power are used to; missing before.", "currency per week", start=math.nan
    ),
    this_week(
        "decision_weight",
        "Weight of customers in conflicts; missing where executives weigh case by case.",
        start=math.nan,
    ),
    this_week("service_factor", "Factor on ordinary service that the line leaves.", "ratio", start=1.0),
)

DISCRETION = choice_code(PARAMETERS, "line.rule", "discretion")
CONVENIENCE = choice_code(PARAMETERS, "line.rule", "convenience")
FIXED, NEGOTIATED = choice_code(PARAMETERS, "line.rule", "fixed"), choice_code(PARAMETERS, "line.rule", "negotiated")


def smooth_exponentially(level: float, value: float, weeks: float) -> float:
    """Smoothed level after one more week: x <- x + (value - x) (1 - exp(-1 / weeks)); begins at the first value."""
    if math.isnan(level):
        return value
    return level + (value - level) * closed_in_a_week(weeks)


def slack(recent: float, normal: float) -> float:
    """How much better recent profit is than normal: recent / normal - 1, from -1 to 1; 0 while nothing is known.

    Where normal profit is not above 0 there is no slack: -1 below normal, else 0.
    """
    if math.isnan(recent) or math.isnan(normal):
        return 0.0
    if normal <= 0.0:
        return -1.0 if recent < normal else 0.0
    return min(max(recent / normal - 1.0, -1.0), 1.0)


def shift_log_odds(line: float, push: float) -> float:
    """The line after a move by ``push`` on the log odds: cost counts exp(-push) times as much. Lines of 0 and 1 stay."""
    if push == 0.0:
        return line
    customers, organization = line * exp(0.5 * push), (1.0 - line) * exp(-0.5 * push)
    return customers / (customers + organization)


def negotiated_weight(line: float, proposed: float, convenient: float, bargaining: float, weeks: float) -> float:
    """Negotiated line after one more week: it moves toward bargaining x proposed + (1 - bargaining) x convenient."""
    return smooth_exponentially(line, bargaining * proposed + (1.0 - bargaining) * convenient, weeks)


def service_factor(line: float, reference: float, ordinary: float) -> float:
    """Factor on ordinary service of a line that has moved: 1 + ordinary (line - reference), at least 0."""
    return max(1.0 + ordinary * (line - reference), 0.0)


def set_decision_weight(
    executives: Executives, parameters: Parameters, week: Week, organization: OrganizationNumbers
) -> None:
    """The line between customers' and the organization's interest is drawn by its rule and by those who have a say."""
    own = mean_of(executives.weight_customers)
    rule, proposed = parameters.line_rule, week.proposed_weight
    drawn = proposed
    if rule == FIXED:
        drawn = proposed if math.isnan(organization.decision_weight) else organization.decision_weight
    elif rule in (CONVENIENCE, NEGOTIATED):
        room = slack(organization.recent_profit, organization.normal_profit)
        convenient = convenience(room, week.political_attention, parameters.interest_political)
        drawn = shift_log_odds(proposed if rule == CONVENIENCE else own, parameters.line_convenience * convenient)
        if rule == NEGOTIATED:
            drawn = negotiated_weight(
                organization.decision_weight,
                proposed,
                drawn,
                parameters.line_bargaining,
                parameters.line_negotiation_weeks,
            )
    organization.decision_weight = drawn
    if rule == DISCRETION or math.isnan(organization.reference_weight):
        organization.reference_weight = own
    if week.oversight > 0.0:
        drawn = deterred_weight(drawn, week.oversight, parameters.audit_deterrence)
    if drawn != own or rule != DISCRETION:
        week.decision_weight = drawn
        week.service_factor = service_factor(drawn, organization.reference_weight, parameters.line_ordinary)


def adjust_ordinary_service(customers: Customers, contacts: Contacts, week: Week) -> None:
    """Ordinary service goes as far as the line permits. A customer who meets no one gets none."""
    factor = week.service_factor
    for contact in range(week.contacts):
        served = contacts.service[contact] if customers.met[contacts.customer[contact]] >= 0 else 0.0
        contacts.service[contact] = served if factor == 1.0 else min(max(served * factor, 0.0), 1.0)


def update_profit_reference(parameters: Parameters, week: Week, organization: OrganizationNumbers) -> None:
    """Those in power compare profit before wages with what they are used to, so that what people cost moves no line."""
    profit = week.revenue - week.service_cost - week.policy_cost
    organization.recent_profit = smooth_exponentially(organization.recent_profit, profit, parameters.line_slack_weeks)
    organization.normal_profit = smooth_exponentially(organization.normal_profit, profit, parameters.line_normal_weeks)
