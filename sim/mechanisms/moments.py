"""Moments of shared empathy with customers, made to pay by six steps, one after the other, in limited time.

The six steps: align managers; understand what customers go through; identify opportunities; resolve misalignments; frame
and prioritize; plan and implement. A team works on one step until it is done, so that lack of time cuts the last ones, and
the payoff is the product of how far all of them got. Its pace hangs on a mix of skills that can hardly stand in for one
another (constant elasticity of substitution: Arrow, Chenery, Minhas & Solow 1961) and on engaged leaders, who stay engaged
by early wins. The chain is the seed's; all sizes are conjectures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

STEPS = 6
SKILLS = 4
"""Customer research, change management, strategic planning, design of work."""

_SEED = "Conjecture for the seed's claim"

PARAMETERS = (
    Parameter(
        "moments.hours",
        40.0,
        "hours",
        "Working time that a moment has for its six steps.",
        _SEED + ": a workshop and what is done around it",
        Tier.CONJECTURE,
        0.0,
        400.0,
        (20.0, 60.0),
    ),
    Parameter(
        "moments.step_hours",
        5.0,
        "hours",
        "Time that a step takes a well mixed team with engaged leaders.",
        _SEED + ": such a team just gets through in the time it has",
        Tier.CONJECTURE,
        0.1,
        100.0,
        (4.0, 7.0),
    ),
    Parameter(
        "moments.uncertainty",
        0.3,
        "sd of log",
        "How much the time that a step takes varies.",
        _SEED,
        Tier.CONJECTURE,
        0.0,
        2.0,
        (0.1, 0.6),
    ),
    Parameter(
        "moments.breadth",
        0.8,
        "share",
        "Share of the team's skill that is spread evenly over the skills needed (0: one skill only).",
        _SEED,
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 1.0),
    ),
    Parameter(
        "moments.substitution",
        0.5,
        "elasticity",
        "How easily one skill stands in for another (below 1: hardly).",
        _SEED + "; low by the seed's argument that several are needed at once",
        Tier.CONJECTURE,
        0.1,
        0.95,
        (0.2, 0.9),
    ),
    Parameter(
        "moments.engagement",
        0.5,
        "share",
        "Part of the team's pace that hangs on leaders' engagement.",
        _SEED,
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 0.8),
    ),
    Parameter(
        "moments.attendees",
        3,
        "executives",
        "Executives who must be there (all of them, if there are fewer).",
        _SEED,
        Tier.CONJECTURE,
        1,
        100,
        (2, 5),
    ),
    Parameter(
        "moments.team",
        12,
        "people",
        "Employees who take part in a moment.",
        "Common size of a workshop (practitioner)",
        Tier.SURVEY,
        0,
        1000,
        (6, 25),
    ),
    Parameter(
        "moments.learning",
        0.15,
        "share",
        "Share of what there is to improve that everyone learns from a moment carried through to its end.",
        _SEED,
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.3),
    ),
    Parameter(
        "moments.effect",
        0.3,
        "share",
        "Share of unserved needs that someone serves who has learned all that moments can teach.",
        _SEED,
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.5),
    ),
    Parameter(
        "moments.first_engagement",
        0.8,
        "index",
        "Engagement of leaders before the first moment.",
        _SEED + ": they began it",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.5, 1.0),
    ),
    Parameter(
        "moments.engagement_weight",
        0.3,
        "share",
        "Weight of the last moment's payoff in leaders' engagement.",
        _SEED,
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.5),
    ),
    Parameter(
        "moments.impatience",
        0.2,
        "share",
        "Chance that leaders without any engagement left end the series after a moment.",
        _SEED + "; programs that get worse before better are abandoned (Repenning & Sterman 2002)",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.5),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"moments.effect": 0.0, "moments.team": 0}
"""Moments take place and change nothing."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults are plausible; without moments they do nothing."""


def team_skill(breadth: float, substitution: float) -> float:
    """Skill of a team of given headcount against an evenly mixed one: constant elasticity of substitution, 0 to 1.

    Q = [(1/K) sum (K a_k)^rho]^(1/rho), rho = (sigma - 1)/sigma < 0; shares a_k are breadth/K, the first skill has the
    rest as well. A team without one of the skills gets nowhere.
    """
    if breadth == 0.0:
        return 0.0
    shares = np.full(SKILLS, max(breadth / SKILLS, 1e-12))
    shares[0] += 1.0 - breadth
    rho = (substitution - 1.0) / substitution
    return float(np.mean((SKILLS * shares) ** rho) ** (1.0 / rho))


def pace(skill: float, engagement: float, weight: float) -> float:
    """Pace of a team: skill x (1 - weight (1 - engagement))."""
    return skill * (1.0 - weight * (1.0 - engagement))


def time_needed(normal: FloatArray, hours: float, uncertainty: float) -> FloatArray:
    """Hours that each step takes at full pace: lognormal with the given mean."""
    result: FloatArray = hours * np.exp(uncertainty * normal - 0.5 * uncertainty * uncertainty)
    return result


def carry_through(hours: float, needed: FloatArray) -> FloatArray:
    """How far each step gets, 0 to 1: the first take what they need, the last get what time is left.

    Args:
        hours: Time there is, at full pace.
        needed: Hours that each step needs.
    """
    left = np.maximum(hours - np.concatenate([[0.0], np.cumsum(needed)[:-1]]), 0.0)
    return np.minimum(left / np.maximum(needed, 1e-12), 1.0)


def payoff(completed: FloatArray) -> float:
    """Payoff of a moment: product of its steps. What was not carried to the end has not changed anything."""
    return float(np.prod(completed))


def learn_from(insight: FloatArray, paid: float, learning: float) -> FloatArray:
    """What people learn from a moment: I <- I + (1 - I) learning x payoff. They keep it, and take it along."""
    return insight + (1.0 - insight) * learning * paid


def deliver_with_insight(delivery: FloatArray, insight: FloatArray, effect: float) -> FloatArray:
    """Service by people who have learned from moments: D + (1 - D) effect I."""
    return delivery + (1.0 - delivery) * effect * insight
