"""Executives choose their place on the continuum from talk to work, and decouple the two (Meyer & Rowan 1977).

Decoupling is more frequent with powerful executives and poor prior performance (Westphal & Zajac 1994; 2001); work pays
only for those who will still be there when it does. Share of a program that ends as talk:
decoupling x (1 - (1 - power x impatience) (1 - poor results)), impatience = 1 - exp(-payback / horizon).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "place.decoupling",
        0.0,
        "share",
        "Share of a program that executives with every reason to do so turn into talk.",
        "Direction: Westphal & Zajac 1994, 2001; size is a conjecture",
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
)

NEUTRAL: Mapping[str, ParameterValue] = {"place.decoupling": 0.0}
"""A program is what was adopted."""

ACTIVE: Mapping[str, ParameterValue] = {"place.decoupling": 0.4}
"""Part of it ends as talk."""


def turned_to_talk(decoupling: float, power: float, horizon: float, payback: float, poor: float) -> float:
    """Share of the program's work that is turned into talk.

    Args:
        decoupling: Share at most.
        power: Executives' power over those who could hold them to their word.
        horizon, payback: Weeks that executives look ahead, and that work takes to pay.
        poor: How poor results are lately, 0 to 1.
    """
    impatience = -math.expm1(-payback / horizon)
    return decoupling * (1.0 - (1.0 - power * impatience) * (1.0 - poor))
