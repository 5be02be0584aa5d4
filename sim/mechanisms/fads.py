"""The next fad: attention moves on when another arrives, the sooner the more the current one disappoints.

Adaptive emulation (Strang & Macy 2001): what disappoints is dropped with (1 - outcome) (1 - I^(lambda n)), n quarters of
use, and the success story of the day is believed with 1 - S^(lambda N), N stories told; lambda = 1/4. Arrivals are a
Poisson stream. What talk and example had built falls to the newcomer; what people have learned to value does not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

_SOURCE = "Strang & Macy 2001, as quoted in a public re-implementation"

PARAMETERS = (
    Parameter(
        "fads.rate",
        0.5,
        "per year",
        "Fads that come up in a year.",
        "Conjecture; waves of fashion every one to three years (Abrahamson & Fairchild 1999)",
        Tier.CONJECTURE,
        0.0,
        12.0,
        (0.0, 1.0),
    ),
    Parameter(
        "fads.inertia",
        0.5,
        "share",
        "Reluctance to give up what has been used for a while (1: nothing is ever given up).",
        _SOURCE,
        Tier.REPLICATION,
        0.0,
        1.0,
        (0.2, 0.8),
    ),
    Parameter(
        "fads.skepticism",
        0.5,
        "share",
        "Reluctance to believe others' success stories (0: naive).",
        _SOURCE,
        Tier.REPLICATION,
        0.0,
        1.0,
        (0.2, 0.8),
    ),
    Parameter(
        "fads.stories",
        8,
        "stories",
        "Success stories told about a fad when it arrives.",
        "Conjecture",
        Tier.CONJECTURE,
        0,
        100,
        (2, 20),
    ),
    Parameter(
        "fads.displacement",
        0.3,
        "share",
        "Share of people's attention to the current topic that a new one takes at once.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.6),
    ),
    Parameter(
        "fads.novelty",
        0.1,
        "share",
        "How far a new fad lifts what executives think of their organization.",
        "Conjecture; emotional upswing of fashions (Abrahamson & Fairchild 1999)",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.3),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {
    "fads.rate": 0.0,
    "fads.inertia": 1.0,
    "fads.displacement": 0.0,
    "fads.novelty": 0.0,
}
"""None comes up, and one that strikes takes nothing."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Fads come to every organization: one in two years."""

_CALIBRATION = 0.25  # lambda
_WEEKS_A_QUARTER = 13.0
_WEEKS_A_YEAR = 52.0


def arrival_chance(rate: float) -> float:
    """Chance that a fad comes up this week: 1 - exp(-rate / 52)."""
    return -math.expm1(-rate / _WEEKS_A_YEAR)


def given_up_chance(
    outcome: float, weeks: float, appeal: float, *, inertia: float, skepticism: float, stories: float
) -> float:
    """Chance that the current topic is given up for the new one.

    appeal (1 - outcome) (1 - I^(lambda weeks / 13)) (1 - S^(lambda stories)).

    Args:
        outcome: How well executives think things go, 0 to 1.
        weeks: Weeks for which the current topic has been talked about.
        appeal: Appeal of the newcomer, 0 to 1.
    """
    used: float = inertia ** (_CALIBRATION * weeks / _WEEKS_A_QUARTER)
    doubted: float = skepticism ** (_CALIBRATION * stories)
    return appeal * (1.0 - outcome) * (1.0 - used) * (1.0 - doubted)


def displace(salience: FloatArray, displacement: float, appeal: float) -> FloatArray:
    """Attention left to the current topic: salience x (1 - displacement x appeal)."""
    result: FloatArray = salience * (1.0 - displacement * appeal)
    return result
