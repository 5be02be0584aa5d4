"""Credit and status: departments that get none feel less important, and stop listening (seed text 004).

Felt importance of a department follows its share in the credit that a program brings. People whose group's standing is
threatened reject what threatens it (social identity: Tajfel & Turner 1979): less of training, coaching and talk gets
through to them, so that departments drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.dynamics import closed_in_a_week
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "credit.threat",
        0.5,
        "share",
        "How much of a program fails to get through to people who feel quite unimportant.",
        "Direction: Tajfel & Turner 1979; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.8),
    ),
    Parameter(
        "credit.shared",
        0.0,
        "share",
        "Share of the credit that is given to all alike instead of to those who deal with customers.",
        "Conjecture; the seed's claim that facing departments take it",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 1.0),
    ),
    Parameter(
        "credit.weeks",
        26.0,
        "weeks",
        "Time constant with which felt importance follows credit.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (8.0, 52.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"credit.threat": 0.0}
"""Nobody minds who gets the credit."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Every organization has departments that meet customers and others that do not: half of a program fails
to get through to people who feel quite unimportant."""

ORDINARY = 0.5
"""Felt importance of a department to which nobody pays attention, nor to others."""


def give_credit(facing: FloatArray, seats: FloatArray, program: float, shared: float) -> FloatArray:
    """Credit of each department, above (+) or below (-) an equal share: program (1 - shared) (facing - mean facing).

    Args:
        facing: Share of seats that deal with customers, by department.
        seats: Seats by department.
        program: How much of a program there is to take credit for, 0 to 1.
        shared: Share of the credit that all get alike.
    """
    mean = (facing * seats).sum() / seats.sum()
    result: FloatArray = program * (1.0 - shared) * (facing - mean)
    return result


def feel_important(importance: FloatArray, credit: FloatArray, weeks: float) -> FloatArray:
    """Felt importance after one more week: it closes in on 1/2 + credit / 2, within 0 and 1."""
    target = np.clip(ORDINARY + 0.5 * credit, 0.0, 1.0)
    result: FloatArray = importance + (target - importance) * closed_in_a_week(weeks)
    return result


def get_through(importance: FloatArray, threat: float) -> FloatArray:
    """Share of a program that gets through: 1 - threat x (how far felt importance lies below ordinary, 0 to 1)."""
    below = np.clip((ORDINARY - importance) / ORDINARY, 0.0, 1.0)
    result: FloatArray = 1.0 - threat * below
    return result
