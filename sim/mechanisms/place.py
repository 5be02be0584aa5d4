"""Executives choose their place on the continuum from talk to work, and decouple the two (Meyer & Rowan 1977).

Each weighs what either promises within their own horizon. Work costs owners now, and serves customers and owners once it
pays, if the executive is still there to reap it and sees a gap to close; talk brings applause now, and a reckoning if
somebody can hold executives to their word. No sign of horizon, power or results is put on the choice itself: horizon and
results act through the chance to reap, power through the reckoning. Found of executives: decoupling is more frequent
with power and poor prior performance (Westphal & Zajac 1994; 2001), and poor results cost executives their posts
(Warner, Watts & Wruck 1988).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "place.decoupling",
        0.4,
        "share",
        "Share of a program that executives who expect much more of talk than of work turn into talk.",
        "Conjecture; decoupling is partial where it is found (Westphal & Zajac 1994)",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.8),
    ),
    Parameter(
        "place.power",
        0.5,
        "share",
        "Executives' power over those who could hold them to their word.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 0.8),
    ),
    Parameter(
        "place.horizon_weeks",
        208.0,
        "weeks",
        "Time over which executives expect to reap what they sow.",
        "Tenure of departing S&P 500 executives 7 to 11 years; half of it lies ahead on average",
        Tier.OBSERVATION,
        4.0,
        2600.0,
        (52.0, 520.0),
    ),
    Parameter(
        "place.payback_weeks",
        104.0,
        "weeks",
        "Time that work on centricity takes to pay.",
        "Conjecture; capability traps take half a year to two years to pay (Repenning & Sterman 2002)",
        Tier.CONJECTURE,
        0.0,
        1040.0,
        (26.0, 156.0),
    ),
    Parameter(
        "place.pressure",
        0.01,
        "per week",
        "Further hazard of losing one's post that executives see in the worst results.",
        "Direction: Warner, Watts & Wruck 1988; a quarter of exits are dismissals; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.003, 0.03),
    ),
    Parameter(
        "place.cost",
        0.3,
        "ratio",
        "What executives think work costs owners now, over what it would give them later.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        10.0,
        (0.1, 1.0),
    ),
    Parameter(
        "place.reckoning",
        0.3,
        "ratio",
        "What being held to their word would cost executives without power, over what work would give later.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        10.0,
        (0.1, 1.0),
    ),
    Parameter(
        "place.sharpness",
        6.0,
        "per unit of worth",
        "How surely executives take what they expect more of.",
        "Conjecture: logit choice, as sharp as the middle of employees'",
        Tier.CONJECTURE,
        0.0,
        100.0,
        (2.0, 12.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"place.decoupling": 0.0}
"""A program is what was adopted."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Executives everywhere have a choice between saying and doing."""


def chance_to_reap(payback: float, horizon: float, poor: float, pressure: float) -> float:
    """Chance still to be there when work pays: exp(-payback (1 / horizon + pressure x poor)).

    Args:
        payback, horizon: Weeks that work takes to pay, and that executives expect to stay in ordinary times.
        poor: How poor results are lately, 0 to 1.
        pressure: Further hazard at the worst results, per week.
    """
    return math.exp(-payback * (1.0 / horizon + pressure * poor))


def worth_of_work(
    customers: FloatArray, owners: FloatArray, assessment: FloatArray, staying: float, cost: float
) -> FloatArray:
    """What each executive expects of work: staying x gap x (customers + owners) - cost x owners.

    Args:
        customers, owners: True weights of customers, and of owners or politicians.
        assessment: How good each thinks the organization is already; the gap is what is missing to 1.
        staying: Chance still to be there when it pays.
        cost: Cost now over worth later.
    """
    result: FloatArray = staying * (1.0 - assessment) * (customers + owners) - cost * owners
    return result


def worth_of_talk(own: FloatArray, assessment: FloatArray, power: float, reckoning: float) -> FloatArray:
    """What each executive expects of talk: applause for themselves now, less the reckoning that power spares them.

    own x (1 - assessment) - reckoning x (1 - power): applause, too, is for closing a gap in what one thinks of oneself.
    """
    result: FloatArray = own * (1.0 - assessment) - reckoning * (1.0 - power)
    return result


def turned_to_talk(work: FloatArray, talk: FloatArray, most: float, sharpness: float) -> float:
    """Share of the program's work that ends as talk: logit choice of each executive, mean over those who decide together.

    most x mean(1 / (1 + exp(-sharpness x (talk - work)))).
    """
    return most * float(chooses_talk(work, talk, sharpness).mean())


def chooses_talk(work: FloatArray, talk: FloatArray, sharpness: float) -> FloatArray:
    """Logit choice of each executive between what talk and work promise: 1 / (1 + exp(-sharpness x (talk - work)))."""
    result: FloatArray = 1.0 / (1.0 + np.exp(np.clip(sharpness * (work - talk), -50.0, 50.0)))
    return result
