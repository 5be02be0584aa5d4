"""Delivery: what an employee would give a customer this week, as a share of what the customer needs.

Delivery = choice x attention x energy x standard, plus what salience and compliance add to what is served as a
matter of course. Channels add as independent chances to notice and serve a need, so that delivery stays below 1.
"""

from __future__ import annotations

import numpy as np

from sim.kernel.arrays import FloatArray, IntArray
from sim.kernel.parameters import Parameter, Tier

PARAMETERS = (
    Parameter(
        "delivery.routine",
        0.85,
        "share",
        "Share of needs that full attention serves as a matter of course, without the norm.",
        "Conjecture; the level cancels in differences from the twin",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.5, 1.0),
    ),
    Parameter(
        "delivery.practice",
        0.75,
        "share",
        "Share of the remaining needs that full practice of the norm serves.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.5, 0.9),
    ),
    Parameter(
        "delivery.salience",
        0.15,
        "share",
        "Share of the remaining needs that full salience serves.",
        "Conjecture: attention without means helps a little",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.3),
    ),
    Parameter(
        "delivery.compliance",
        0.4,
        "share",
        "Share of the remaining needs that full compliance serves.",
        "Conjecture: procedures cover what could be foreseen",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 0.6),
    ),
    Parameter(
        "delivery.support",
        0.3,
        "share",
        "How much of what a customer gets depends on departments behind the scenes.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.5),
    ),
)


def deliver(
    choice: IntArray,
    attention: FloatArray,
    energy: FloatArray,
    quality: FloatArray,
    salience: FloatArray,
    compliance: FloatArray,
    discretion: FloatArray,
    *,
    routine: float,
    practice: float,
    salience_effect: float,
    compliance_effect: float,
) -> FloatArray:
    """Share of a customer's need that each employee would serve this week.

    D = R q a g + (1 - R q a g) [1 - (1 - p c a e q g)(1 - s_w s a e g)(1 - h_w h)], with routine share R, choice c, attention
    a, energy e, quality of execution q (standard under this week's pressure, at most 1), discretionary effort g,
    salience s and compliance h (habit included, load already taken off).
    """
    execution = np.minimum(quality, 1.0)
    effort = attention * energy * discretion
    by_course = routine * execution * attention * discretion
    missed = (1.0 - practice * choice * effort * execution) * (1.0 - salience_effect * salience * effort)
    missed = missed * (1.0 - compliance_effect * compliance)
    result: FloatArray = by_course + (1.0 - by_course) * (1.0 - missed)
    return result


def with_support(front: FloatArray, behind: float, internal: float, share: float) -> FloatArray:
    """What reaches the customer: ``share`` of it hangs on the departments behind (``behind``), all on internal work.

    ((1 - share) front + share behind) x internal; ``internal`` is 1 while internal work is done.
    """
    return ((1.0 - share) * front + share * behind) * internal
