"""What customers need, what employees believe they need, and what the organization officially believes: empathy.

Needs are signs on a number of dimensions (March 1991). They drift, and jump when the market shifts. Whoever meets
customers comes to picture their needs better; without contact the picture fades, half of it in 6.5 to 13 months (Arthur
et al. 1998; Tatel & Ackerman 2025). Everyone is socialized to the official picture, which learns from those whose
picture works better, and from feedback. Rules of learning: :mod:`sim.mechanisms.learning`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray, IntArray, SmallIntArray
from sim.kernel.dynamics import kept_after_a_week
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "needs.weight",
        0.4,
        "share",
        "How much of the worth of service hangs on its being what the customer needs.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.8),
    ),
    Parameter(
        "needs.dimensions",
        20,
        "dimensions",
        "Number of things about which customers need one way or the other.",
        "Conjecture; March (1991) has 30",
        Tier.CONJECTURE,
        1,
        200,
        (10, 50),
    ),
    Parameter(
        "needs.drift",
        0.002,
        "per week",
        "Chance that one dimension of needs turns round.",
        "Conjecture; March (1991) varies turbulence from 0 to .1 a period",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.02),
    ),
    Parameter(
        "needs.upheaval",
        3.0,
        "ratio",
        "Share of needs that turn round when the market shifts, per size of the shift.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        10.0,
        (0.0, 5.0),
    ),
    Parameter(
        "needs.empathy",
        0.05,
        "per contact",
        "Chance that a contact moves the employee's picture of one dimension a step toward what is needed.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.01, 0.2),
    ),
    Parameter(
        "needs.forgetting_weeks",
        60.0,
        "weeks",
        "Time constant with which the picture fades in weeks without contact.",
        "Arthur et al. 1998; Tatel & Ackerman 2025: half of a gain lost in 6.5 to 13 months without use",
        Tier.EXPERIMENT,
        1.0,
        5200.0,
        (40.0, 80.0),
    ),
    Parameter(
        "needs.socialization",
        0.02,
        "per week",
        "Chance that a belief moves a step toward the official picture.",
        "March 1991, p1 (.1 to .9 a period); a week is shorter than a period",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.005, 0.2),
    ),
    Parameter(
        "needs.learning",
        0.05,
        "per week",
        "How readily the official picture follows people whose own picture works better.",
        "March 1991, p2 (.1 to .9 a period); a week is shorter than a period",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.005, 0.2),
    ),
    Parameter(
        "needs.sensing",
        0.1,
        "per week",
        "Chance that full feedback puts a dimension of the official picture right.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.02, 0.3),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"needs.weight": 0.0}
"""Service is worth the same whatever is needed; nobody pictures anything."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. What customers need is never quite known: four tenths of what service is worth hang on its being the
right one."""


def empathize(
    picture: SmallIntArray, needs: SmallIntArray, contacts: IntArray, draw: FloatArray, rate: float
) -> SmallIntArray:
    """Pictures after this week's contacts: each belief moves a step toward what is needed, chance 1 - (1 - rate)^contacts.

    Args:
        picture: Beliefs -1, 0 (none), 1 of each employee, shape (employees, dimensions).
        needs: What customers need, -1 or 1 a dimension.
        contacts: Customers that each employee met this week.
        draw: Uniform, one a belief.
        rate: Chance by one contact.
    """
    chance = 1.0 - np.power(1.0 - rate, contacts)
    moved = draw < chance[:, np.newaxis]
    result: SmallIntArray = (picture + np.sign(needs - picture) * moved).astype(picture.dtype)
    return result


def fade(picture: SmallIntArray, contacts: IntArray, draw: FloatArray, weeks: float) -> SmallIntArray:
    """Pictures after a week: without contact a belief is lost (0) with chance 1 - exp(-1 / weeks)."""
    lost = (draw >= kept_after_a_week(weeks)) & (contacts == 0)[:, np.newaxis]
    return np.where(lost, 0, picture).astype(picture.dtype)


def hear_feedback(official: SmallIntArray, needs: SmallIntArray, draw: FloatArray, chance: float) -> SmallIntArray:
    """Official picture after feedback: each dimension is put right with ``chance``."""
    return np.where(draw < chance, needs, official).astype(official.dtype)


def match(picture: SmallIntArray, needs: SmallIntArray) -> FloatArray:
    """Share of dimensions on which each picture meets needs; where there is no belief, half: (1 + mean(picture needs)) / 2."""
    result: FloatArray = 0.5 * (1.0 + (picture * needs).mean(axis=-1))
    return result


def fit(served: FloatArray, match: FloatArray, weight: float) -> FloatArray:
    """What service is worth when part of it is not what was needed: served x (1 - weight (1 - match))."""
    result: FloatArray = served * (1.0 - weight * (1.0 - match))
    return result


def turned(size: float, upheaval: float, drift: float) -> float:
    """Chance that a dimension turns round this week: by drift, or because the market shifted by ``size``."""
    return 1.0 - (1.0 - drift) * (1.0 - min(size * upheaval, 1.0))


def guesses(draw: FloatArray) -> SmallIntArray:
    """A fair -1 or 1 where someone has no belief to act on."""
    return np.where(draw < 0.5, -1, 1).astype(np.int16)
