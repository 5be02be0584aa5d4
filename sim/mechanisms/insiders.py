"""Evaluation by insiders: bad news is filtered on every level between customers and those who judge.

People keep bad news from their superiors (MUM effect: Rosen & Tesser 1970). With ``levels`` levels of hierarchy a share
(1 - filter)^levels of what is wrong arrives at the top. 80 % of 362 firms thought their customers' experience superior, 8 %
of customers agreed (Bain 2005, consultancy).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "insiders.filter",
        0.15,
        "share",
        "Share of bad news that each level of hierarchy keeps to itself.",
        "Direction: Rosen & Tesser 1970; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.4),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"insiders.filter": 0.0}
"""Bad news arrives."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Every organization of more than a few levels filters bad news: a seventh of it on each level."""


def levels(people: int, span: float) -> float:
    """Levels of hierarchy that so many people need when each manager leads ``span``: log people / log span."""
    return math.log(max(people, 1)) / math.log(max(span, 2.0))


def told(score: float, filtered: float, levels: float, oversight: float) -> float:
    """Score as it arrives at the top: what is missing shrinks by (1 - filtered x (1 - oversight)) on each level.

    Oversight goes round the hierarchy: at full strength nothing is filtered. A missing score stays missing.
    """
    through: float = (1.0 - filtered * (1.0 - oversight)) ** levels
    return 1.0 - (1.0 - score) * through
