"""Departments' power: whose voice is heard where the line is drawn, and who gets hands.

Power explains budgets beyond workload, rank and size (Pfeffer & Salancik 1974), so a share of capacity follows power
instead of work. Voice follows power, too, although those who deal with customers know most of what they need: knowledge
of a department rises with the share of its seats that deal with customers, and nobody listens to it for that.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "power.voice",
        0.3,
        "share",
        "Share of the line that departments draw, each by its power, instead of executives alone.",
        "Conjecture; the seed's claim that power decides, not expertise",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.6),
    ),
    Parameter(
        "power.budget",
        0.2,
        "share",
        "Share of capacity that follows departments' power instead of their work.",
        "Direction: Pfeffer & Salancik 1974; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.4),
    ),
    Parameter(
        "power.skill",
        0.5,
        "share",
        "How much of what customers need people understand by dealing with them (empathy).",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 0.9),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"power.voice": 0.0, "power.budget": 0.0}
"""Executives draw the line alone, and capacity follows work."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. No organization is without it: departments have some voice, and some hands, by their power."""

KNOWN_TO_ALL = 0.3
"""Share of customers' needs that anybody knows without ever dealing with one (conjecture)."""


def knowledge(facing: FloatArray, skill: float) -> FloatArray:
    """Share of customers' needs that each department knows: what all know, and skill x facing share of the rest."""
    result: FloatArray = KNOWN_TO_ALL + (1.0 - KNOWN_TO_ALL) * skill * facing
    return result


def voiced_line(power: FloatArray, known: FloatArray, value: FloatArray) -> float:
    """Line that departments draw together: each stands for (known + value) / 2, and counts by its power.

    Args:
        power: Share of power, by department; sums to 1.
        known: Share of customers' needs that the department knows.
        value: Mean value of its people.
    """
    return float((power * 0.5 * (known + value)).sum())


def capacity(power: FloatArray, seats: FloatArray, budget: float) -> FloatArray:
    """Hands by department against what its work deserves: 1 - budget + budget x power / share of seats.

    Weighted by seats it is 1: what one department gains others lose. Never below a tenth: some work is done anyway.
    """
    return hands(power, seats / seats.sum(), budget)


def hands(power: FloatArray, share: FloatArray, budget: float) -> FloatArray:
    """Equation of :func:`capacity` for departments with these shares of power and of seats."""
    result: FloatArray = np.maximum(1.0 - budget + budget * power / np.maximum(share, 1e-12), 0.1)
    return result
