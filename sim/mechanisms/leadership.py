"""Executives: what they say, what they weigh, how they see themselves, and how they come and go.

Gap of self-view and customers' view: 80 % of firms believe their experience superior, 8 % of customers agree (Bain
2005, consultancy). Proclaimed values do not predict lived ones: Guiso, Sapienza & Zingales 2015; Sull et al. 2020.
Succession about 10 to 11 % a year: S&P 500, 2000-2012.
"""

from __future__ import annotations

import math

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.dynamics import closed_in_a_week, kept_after_a_week
from sim.kernel.parameters import Parameter, Tier

PARAMETERS = (
    Parameter(
        "executives.number",
        5,
        "people",
        "Executives who decide together.",
        "The user's own organization",
        Tier.CONJECTURE,
        1,
        100,
    ),
    Parameter(
        "executives.customer_weight",
        0.3,
        "share",
        "Mean true weight that executives give to customers' interest.",
        "Conjecture; proclaimed weight is set apart from it",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.4),
    ),
    Parameter(
        "executives.self_weight",
        0.15,
        "share",
        "Mean true weight that executives give to themselves.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.4),
    ),
    Parameter(
        "executives.weight_spread",
        0.3,
        "share of mean",
        "How much executives differ in their true weights.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.6),
    ),
    Parameter(
        "executives.stated",
        0.6,
        "share",
        "Weight on customers that executives state in public, independent of the true.",
        "85 % of S&P 500 proclaim such values (Guiso et al. 2015)",
        Tier.OBSERVATION,
        0.0,
        1.0,
        (0.4, 0.95),
    ),
    Parameter(
        "executives.succession",
        0.1,
        "per year",
        "Chance that an executive leaves in a year.",
        "S&P 500: 10.9 % in 2012, in line with 2000-2011",
        Tier.OBSERVATION,
        0.0,
        1.0,
        (0.05, 0.2),
    ),
    Parameter(
        "executives.successor_keeps",
        0.5,
        "share",
        "Chance that a sponsor's successor goes on with the program.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 1.0),
    ),
    Parameter(
        "executives.applause",
        0.06,
        "per message",
        "How much a week of speaking and posting lifts the view of oneself.",
        "Conjecture; the seed's claim that executives congratulate themselves",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.02, 0.2),
    ),
    Parameter(
        "executives.assessment_weeks",
        26.0,
        "weeks",
        "Time constant with which self-assessment follows the reported score.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (13.0, 104.0),
    ),
    Parameter(
        "executives.flattery",
        0.1,
        "index",
        "How much better than the reported score executives think they are.",
        "Self-enhancement; Bain 80/8 (consultancy) for the direction",
        Tier.SURVEY,
        0.0,
        1.0,
        (0.0, 0.3),
    ),
    Parameter(
        "espoused.memory_weeks",
        13.0,
        "weeks",
        "For how long what was said still counts as what leadership says.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (4.0, 26.0),
    ),
    Parameter(
        "survey.sample",
        200,
        "customers",
        "Customers asked each week for the score that the organization shows itself.",
        "Conjecture",
        Tier.CONJECTURE,
        1,
        1_000_000,
    ),
    Parameter(
        "survey.response_bias",
        1.0,
        "log odds per sd",
        "How much readier to answer satisfied customers are.",
        "Nonresponse in satisfaction surveys favors the satisfied; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        5.0,
        (0.0, 2.0),
    ),
    Parameter(
        "survey.response_rate",
        0.2,
        "share",
        "Share of those asked who answer at reference satisfaction.",
        "Usual response rates of customer surveys 5-30 %",
        Tier.SURVEY,
        0.01,
        1.0,
        (0.05, 0.4),
    ),
)


def espouse(talk: float, messages: float, memory_weeks: float) -> float:
    """Recent talk: fades with time constant ``memory_weeks``, refreshed by messages (speeches and posters), 0 to 1."""
    kept = talk * kept_after_a_week(memory_weeks)
    return kept + (1.0 - kept) * -math.expm1(-2.0 * messages / memory_weeks)


def espoused_level(stated: float, talk: float) -> float:
    """What leadership says: the stated weight, raised toward 1 by recent talk."""
    return stated + (1.0 - stated) * talk


def assess_oneself(
    assessment: FloatArray, reported: float, messages: float, *, applause: float, weeks: float, flattery: float
) -> FloatArray:
    """Executives' view of their organization: follows the reported score plus flattery; own messages are applauded.

    C <- C + (min(1, reported + flattery) - C)/weeks, then C <- C + applause messages (1 - C). Without a reported
    score (nan) the first step is left out.
    """
    result = assessment
    if not np.isnan(reported):
        result = result + (min(1.0, reported + flattery) - result) * closed_in_a_week(weeks)
    return result + (1.0 - result) * -math.expm1(-applause * messages)


def true_weights(
    for_customers: FloatArray, for_self: FloatArray, customer: float, own: float, spread: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Weights of customers, owners (or politicians) and self for each executive; they sum to 1.

    The first and last are mean x exp(spread z - spread^2/2), scaled back together where they exceed 1.

    Args:
        for_customers, for_self: Standard normal draws, one an executive.
    """
    customers = customer * np.exp(spread * for_customers - 0.5 * spread * spread)
    selves = own * np.exp(spread * for_self - 0.5 * spread * spread)
    total = np.maximum(customers + selves, 1.0)
    customers, selves = customers / total, selves / total
    return customers, np.maximum(1.0 - customers - selves, 0.0), selves


def response_chance(deviation: FloatArray, rate: float, bias: float) -> FloatArray:
    """Chance that a customer who is asked answers: odds of ``rate`` shifted by bias x satisfaction deviation (in sd)."""
    if bias == 0.0 or rate >= 1.0:
        return np.full_like(deviation, rate)
    odds = rate / (1.0 - rate) * np.exp(np.clip(bias * deviation, -50.0, 50.0))
    result: FloatArray = odds / (1.0 + odds)
    return result
