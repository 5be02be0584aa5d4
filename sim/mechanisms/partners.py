"""Suppliers, distributors and other partners: what passes through them is no better than the weakest of them.

Leontief: a chain serves no better than its weakest link. Above the bottleneck, what is spent on one's own service is
wasted; raising the partners' standards lifts it. No data were found on size (seed text: stakeholders).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.dynamics import closed_in_a_week
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "partners.dependence",
        0.0,
        "share",
        "Share of what customers get that passes through partners.",
        "Conjecture; 0 where the organization does everything itself",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.8),
    ),
    Parameter(
        "partners.number",
        4,
        "partners",
        "Number of partners that service depends on.",
        "Conjecture; set by the user",
        Tier.CONJECTURE,
        1,
        1000,
        (1, 20),
    ),
    Parameter(
        "partners.quality",
        0.6,
        "share",
        "Share of customers' needs that a partner of middling quality can serve.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.4, 0.9),
    ),
    Parameter(
        "partners.spread",
        0.2,
        "share",
        "How far the best and the worst of partners lie from the middle.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.3),
    ),
    Parameter(
        "partners.improvement",
        0.7,
        "share",
        "Part of what partners lack that full standards, with help to meet them, make good.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.3, 0.9),
    ),
    Parameter(
        "partners.weeks",
        26.0,
        "weeks",
        "Time constant with which partners follow the standards they are held to.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (8.0, 52.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"partners.dependence": 0.0}
"""Nothing that customers get passes through partners."""

ACTIVE: Mapping[str, ParameterValue] = {"partners.dependence": 0.5}
"""Off unless a scenario depends on partners: half of what customers get passes through them."""


def own_quality(draw: FloatArray, quality: float, spread: float) -> FloatArray:
    """Quality of each partner left alone: quality + spread (2 u - 1), kept in [0, 1]."""
    return np.clip(quality + spread * (2.0 * draw - 1.0), 0.0, 1.0)


def raise_quality(
    quality: FloatArray, own: FloatArray, standards: float, *, improvement: float, weeks: float
) -> FloatArray:
    """Quality after a week: it follows own + (1 - own) x improvement x standards with time constant ``weeks``."""
    target = own + (1.0 - own) * improvement * standards
    result: FloatArray = quality + (target - quality) * closed_in_a_week(weeks)
    return result


def through_partners(served: FloatArray, weakest: float, dependence: float) -> FloatArray:
    """What reaches the customer: the dependent share of it no better than the weakest partner.

    (1 - d) served + d min(served, weakest) = served - d max(served - weakest, 0).
    """
    result: FloatArray = served - dependence * np.maximum(served - weakest, 0.0)
    return result
