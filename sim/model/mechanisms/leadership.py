"""Executives: what they say, what they weigh, how they see themselves, and how they come and go.

Gap between self-view and customers' view: 80 % of firms believe their experience superior, 8 % of customers agree (Bain
2005, consultancy). Proclaimed values do not predict lived ones: Guiso, Sapienza & Zingales 2015; Sull et al. 2020.
Succession about 10 to 11 % a year: S&P 500, 2000-2012.
"""

from __future__ import annotations

import math

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.amounts import mean_over_seats
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import WHOLE, executive_column, number, this_week
from sim.model.kernel.elementary_functions import exp, expm1, log1p
from sim.model.kernel.parameters import declare
from sim.model.kernel.records import (
    Departments,
    Executives,
    OrganizationNumbers,
    Parameters,
    PolicyAmounts,
    Streams,
    Week,
)
from sim.model.kernel.scalar_draws import block, normal, uniform
from sim.model.kernel.sums import mean_of
from sim.model.kernel.time_constants import closed_in_a_week, kept_after_a_week
from sim.model.mechanisms.line import slack

PARAMETERS = declare("""
executives.number = 5 people; 1 to 100; own; tier 5
    Executives who decide together.
    Source: The user's own organization
executives.customer_weight = 0.3 share; 0 to 1, plausible 0.05 to 0.4; unknown; tier 5
    Mean true weight that executives give to customers' interest.
    Source: Conjecture; proclaimed weight is set apart from it
executives.self_weight = 0.15 share; 0 to 1, plausible 0.05 to 0.4; unknown; tier 5
    Mean true weight that executives give to themselves.
    Source: Conjecture
executives.weight_spread = 0.3 share of mean; 0 to 1, plausible 0.1 to 0.6; unknown; tier 5
    How much executives differ in their true weights.
    Source: Conjecture
executives.stated = 0.6 share; 0 to 1, plausible 0.4 to 0.95; own; tier 3
    Weight on customers that executives state in public, independent of the true.
    Source: 85 % of S&P 500 proclaim such values (Guiso et al. 2015)
executives.succession = 0.1 per year; 0 to 1, plausible 0.05 to 0.2; own; tier 3
    Chance that an executive leaves in a year.
    Source: S&P 500: 10.9 % in 2012, in line with 2000-2011
executives.successor_keeps = 0.5 share; 0 to 1, plausible 0 to 1; unknown; tier 5
    Chance that a sponsor's successor goes on with the program.
    Source: Conjecture
executives.dismissal = 1.0 ratio; 0 to 5, plausible 0.5 to 2; unknown; tier 5
    Hazard with which poor results do cost executives their posts, against the hazard that they expect (place.pressure).
    Source: Conjecture: they expect it rightly; poor results do cost posts (Warner, Watts & Wruck 1988)
executives.applause = 0.06 per message; 0 to 1, plausible 0.02 to 0.2; unknown; tier 5
    How much a week of speaking and posting lifts the view of oneself.
    Source: Conjecture; the seed's claim that executives congratulate themselves
executives.assessment_weeks = 26.0 weeks; 1 to 520, plausible 13 to 104; unknown; tier 5
    Time constant with which self-assessment follows the reported score.
    Source: Conjecture
executives.flattery = 0.1 index; 0 to 1, plausible 0 to 0.3; unknown; tier 4
    How much better than the reported score executives think they are.
    Source: Self-enhancement; Bain 80/8 (consultancy) for the direction
espoused.memory_weeks = 13.0 weeks; 1 to 520, plausible 4 to 26; unknown; tier 5
    For how long what was said still counts as what leadership says.
    Source: Conjecture
executives.founding_succession = 0.02 per year; 0.001 to 1; definition; tier 5
    Least rate of succession that the tenure of the outset's executives is drawn for.
    Source: Definition: else nobody would have a tenure where nobody ever leaves
espoused.per_message = 2.0; 0 to 20, plausible 1 to 4; unknown; tier 5
    How much a message a week refreshes talk, in weeks of memory.
    Source: Conjecture
""")


COLUMNS = (
    executive_column(
        "identity",
        "Number of this executive in order of appointment.",
        "number",
        bounds=(0, None),
        dtype=WHOLE,
        newcomer=None,
        initial=lambda initial: np.arange(initial.rows("executives")),
    ),
    executive_column(
        "stated",
        "Weight on customers that the executive states in public.",
        newcomer=None,
        initial="executives.stated",
    ),
    executive_column(
        "weight_customers",
        "True weight on customers' interest.",
        newcomer=None,
        initial=lambda initial: initial_weights(initial)[0],
    ),
    executive_column(
        "weight_owners",
        "True weight on owners' interest.",
        newcomer=None,
        initial=lambda initial: initial_weights(initial)[1],
    ),
    executive_column(
        "weight_self",
        "True weight on the executive's own interest.",
        newcomer=None,
        initial=lambda initial: initial_weights(initial)[2],
    ),
    executive_column(
        "self_assessment",
        "How customer-centric the executive thinks the organization is.",
        newcomer="satisfaction.reference",
    ),
    executive_column("tenure", "Weeks in office.", "weeks", bounds=(0.0, None), initial="initial_tenure_in_office"),
)

NUMBERS = (
    number("talk", "Recent talk of leadership."),
    number(
        "executives_ever_appointed",
        "Executives who have ever been appointed, which numbers the next one.",
        "count",
        dtype=WHOLE,
        start="executives.number",
    ),
    this_week("forced_succession", "Share of executives whom an event has leave."),
    this_week(
        "forced_weight",
        "Mean weight on customers of successors whom an event brings, against the usual.",
        "ratio",
        start=1.0,
    ),
    this_week("espoused", "What leadership says."),
)

STREAMS = ("executive leaves", "successor weights", "successor keeps")

_WEEKS_A_YEAR = 52.0


def update_talk(talk: float, messages: float, memory_weeks: float, per_message: float) -> float:
    """Recent talk, 0 to 1: it fades with time constant ``memory_weeks`` and is refreshed by messages (speeches and posters)."""
    kept = talk * kept_after_a_week(memory_weeks)
    return kept + (1.0 - kept) * -expm1(-per_message * messages / memory_weeks)


def espoused_level(stated: float, talk: float) -> float:
    """What leadership espouses: the stated weight, raised toward 1 by recent talk."""
    return stated + (1.0 - stated) * talk


def update_assessment(
    assessment: float, reported: float, messages: float, applause: float, weeks: float, flattery: float
) -> float:
    """Executives' view of their organization: it follows the reported score plus flattery, and applause for own messages.

    C <- C + (min(1, reported + flattery) - C)/weeks, then C <- C + applause messages (1 - C). Without a reported
    score (nan) the first step is left out.
    """
    result = assessment
    if not math.isnan(reported):
        result = result + (min(1.0, reported + flattery) - result) * closed_in_a_week(weeks)
    return result + (1.0 - result) * -expm1(-applause * messages)


def true_weights(
    for_customers: float, for_self: float, customer: float, own: float, spread: float
) -> tuple[float, float, float]:
    """Weights of customers, owners (or politicians) and self of an executive; they sum to 1.

    The first and last are mean x exp(spread z - spread^2/2), scaled back together where they exceed 1.

    Args:
        for_customers, for_self: Standard normal draws.
    """
    customers = customer * exp(spread * for_customers - 0.5 * spread * spread)
    selves = own * exp(spread * for_self - 0.5 * spread * spread)
    total = max(customers + selves, 1.0)
    customers, selves = customers / total, selves / total
    return customers, max(1.0 - customers - selves, 0.0), selves


def initial_weights(initial: InitialState) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Weights of the executives at the outset."""
    count, value = initial.rows("executives"), initial.number
    normal = initial.normal("executive weights", (count, 2))
    settings = (value("executives.customer_weight"), value("executives.self_weight"), value("executives.weight_spread"))
    weights = np.array([true_weights(one, other, *settings) for one, other in normal])
    return weights[:, 0], weights[:, 1], weights[:, 2]


def initial_tenure_in_office(initial: InitialState) -> FloatArray:
    """Weeks in office at the outset, for executives who are succeeded at a steady rate."""
    leave = max(initial.number("executives.succession"), initial.number("executives.founding_succession"))
    years = initial.exponential("executive tenure", initial.rows("executives")) / leave
    return np.floor(years * _WEEKS_A_YEAR)


def hazard_of_leaving(weekly: float, poor: float, pressure: float, dismissal: float) -> float:
    """Weekly probability that an executive leaves: 1 - (1 - weekly)(1 - dismissal pressure poor).

    Args:
        weekly: Probability in ordinary times.
        poor: How poor recent results are, 0 to 1.
        pressure: Further hazard at the worst results, as executives expect it.
        dismissal: The hazard that there is, against the one expected.
    """
    further = min(dismissal * pressure * poor, 1.0)
    return weekly if further == 0.0 else 1.0 - (1.0 - weekly) * (1.0 - further)


def replace_executives(
    executives: Executives, parameters: Parameters, streams: Streams, week: Week, organization: OrganizationNumbers
) -> None:
    """Executives leave or are dismissed for poor results, and are succeeded at once.

    A sponsor's successor continues the program or ends it. An event may bring successors of another weight on customers.
    """
    count = executives.tenure.size
    poor = max(-slack(organization.recent_profit, organization.normal_profit), 0.0)
    weekly = -expm1(log1p(-min(parameters.executives_succession, 1.0 - 1e-12)) / _WEEKS_A_YEAR)
    weekly = hazard_of_leaving(weekly, poor, parameters.place_pressure, parameters.executives_dismissal)
    forced = math.ceil(week.forced_succession * count)
    leaves = block(streams.executive_leaves, week.number, 0)
    weights = block(streams.successor_weights, week.number, 0)
    sponsor_left = False
    for row in range(count):
        executives.tenure[row] += 1.0
        if not (row < forced or uniform(leaves, row) < weekly):
            continue
        sponsor_left |= row == 0
        weight = parameters.executives_customer_weight
        if row < forced:
            weight = min(weight * week.forced_weight, 1.0)
        executives.weight_customers[row], executives.weight_owners[row], executives.weight_self[row] = true_weights(
            normal(weights, 2 * row),
            normal(weights, 2 * row + 1),
            weight,
            parameters.executives_self_weight,
            parameters.executives_weight_spread,
        )
        executives.self_assessment[row] = parameters.satisfaction_reference
        executives.tenure[row] = 0.0
        executives.identity[row] = organization.executives_ever_appointed
        organization.executives_ever_appointed += 1
    # A chief executive who comes before the program begins is its sponsor, not a successor who could end it.
    if sponsor_left and organization.begun:
        keeps = uniform(block(streams.successor_keeps, week.number, 0), 0) < parameters.executives_successor_keeps
        if not keeps:
            organization.program = 0.0


def update_espoused_values(
    executives: Executives,
    departments: Departments,
    policy: PolicyAmounts,
    parameters: Parameters,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """Leaders speak: remembered talk raises what leadership espouses above the weight that it states."""
    messages = mean_over_seats(policy.speeches, departments.seats) + mean_over_seats(policy.posters, departments.seats)
    organization.talk = update_talk(
        organization.talk, messages, parameters.espoused_memory_weeks, parameters.espoused_per_message
    )
    week.espoused = espoused_level(mean_of(executives.stated), organization.talk)


def update_self_assessment(
    executives: Executives, departments: Departments, policy: PolicyAmounts, parameters: Parameters, week: Week
) -> None:
    """Executives judge their organization by the score that reaches them, and applaud their own messages."""
    messages = mean_over_seats(policy.speeches, departments.seats) + mean_over_seats(policy.posters, departments.seats)
    for row in range(executives.tenure.size):
        executives.self_assessment[row] = update_assessment(
            executives.self_assessment[row],
            week.score_at_top,
            messages,
            parameters.executives_applause,
            parameters.executives_assessment_weeks,
            parameters.executives_flattery,
        )
