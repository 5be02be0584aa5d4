"""Promotional contact in disguise: mail, messages, stalking ads. It sells a little, it intrudes, and people shut it out.

Targeting and obtrusiveness each raise purchase intent; together they do less than either (Goldfarb & Tucker 2011).
Unwanted contact irritates; irritation blunts what comes next, wears trust, and leads to blocking, which nobody takes
back (reactance: Brehm 1966). What the nuisance costs customers shows in trust and blocking, not in money: customer_value
counts needs served, so that a campaign looks better by it than customers would say.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.dynamics import kept_after_a_week, saturating
from sim.kernel.parameters import Parameter, ParameterValue, Tier

_FIELD = "Goldfarb & Tucker 2011 for direction (field tests of 2,892 campaigns); size is a conjecture"

PARAMETERS = (
    Parameter(
        "promotion.sales",
        0.02,
        "share",
        "Extra margin that plain contacts bring in a week, as a share of the customer's own.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.005, 0.05),
    ),
    Parameter(
        "promotion.targeting",
        0.5,
        "share",
        "Share of contacts that use what is known of the person.",
        "Conjecture; set by the user",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 1.0),
    ),
    Parameter(
        "promotion.obtrusiveness",
        0.5,
        "share",
        "Share of contacts that interrupt.",
        "Conjecture; set by the user",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 1.0),
    ),
    Parameter(
        "promotion.interaction",
        1.5,
        "ratio",
        "How much targeting and obtrusiveness together take away from what each brings alone (above 1: worse than either).",
        _FIELD,
        Tier.EXPERIMENT,
        0.0,
        3.0,
        (1.0, 2.0),
    ),
    Parameter(
        "promotion.intrusion",
        0.03,
        "per contact",
        "Trust lost by one unwanted contact that both interrupts and knows too much.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        5.0,
        (0.005, 0.1),
    ),
    Parameter(
        "promotion.reactance",
        0.05,
        "per contact",
        "Irritation raised by one such contact.",
        "Conjecture; Brehm 1966 for reactance",
        Tier.CONJECTURE,
        0.0,
        5.0,
        (0.01, 0.2),
    ),
    Parameter(
        "promotion.irritation_weeks",
        26.0,
        "weeks",
        "Time constant with which a customer left alone calms down.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (8.0, 52.0),
    ),
    Parameter(
        "promotion.blocking",
        0.03,
        "per week",
        "Chance that a fully irritated customer blocks all promotional contact, for good.",
        "Conjecture; 11 % of people online blocked ads in 2016, 30 % more each year (PageFair 2017)",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.005, 0.1),
    ),
    Parameter(
        "promotion.wanted",
        0.2,
        "share",
        "Share of customers who agree to promotional contact when they are asked.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.5),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {
    "promotion.sales": 0.0,
    "promotion.intrusion": 0.0,
    "promotion.reactance": 0.0,
    "promotion.blocking": 0.0,
}
"""Contacts sell nothing and annoy nobody."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""Nothing to set: the mechanism works wherever the organization spends on promotion."""


def appeal(targeting: float, obtrusiveness: float, interaction: float) -> float:
    """What a contact sells against a plain one: 1 + T + O - x T O, at least 0 (Goldfarb & Tucker 2011)."""
    return max(1.0 + targeting + obtrusiveness - interaction * targeting * obtrusiveness, 0.0)


def intrusiveness(targeting: float, obtrusiveness: float) -> float:
    """How far an unwanted contact intrudes, 0 to 1: (1 + O + T O) / 3; worst where it interrupts and knows too much."""
    return (1.0 + obtrusiveness + targeting * obtrusiveness) / 3.0


def contacts_received(amount: float, consent: float, agreed: BoolArray, blocked: BoolArray) -> FloatArray:
    """Contacts that reach each customer this week: nobody who blocked, and as far as consent is asked, who agreed."""
    withheld = consent * ~agreed
    return np.where(blocked, 0.0, amount * (1.0 - withheld))


def extra_margin(worth: FloatArray, contacts: FloatArray, irritation: FloatArray, rate: float) -> FloatArray:
    """Margin that contacts bring this week: worth x rate x (1 - exp(-n)) x (1 - irritation), by customer, in currency."""
    result: FloatArray = worth * rate * saturating(contacts) * (1.0 - irritation)
    return result


def irritate(irritation: FloatArray, unwanted: FloatArray, reactance: float, weeks: float) -> FloatArray:
    """Irritation after a week: it fades with time constant ``weeks`` and grows with unwanted contacts u, 0 to 1.

    I' = I k + (1 - I k) (1 - exp(-reactance u)), k = exp(-1 / weeks).
    """
    left = irritation * kept_after_a_week(weeks)
    result: FloatArray = left + (1.0 - left) * saturating(reactance * unwanted)
    return result


def wear_trust(trust: FloatArray, unwanted: FloatArray, intrusion: float) -> FloatArray:
    """Trust after a week of unwanted contacts u: T exp(-intrusion u)."""
    result: FloatArray = trust * np.exp(-intrusion * unwanted)
    return result
