"""Internalization: a norm carried by what people see their colleagues choose.

Each employee remembers the last ``memory`` observed choices of colleagues and each week answers them by noisy best
response. Memory is kept in integers (:data:`SEEN` for a free choice of 1, less for one made under surveillance, 0 for
a 0), so that the limit without noise is exact majority on counts, ties included.

Sources: Centola, Becker, Brackbill & Baronchelli (2018), Science 360:1116, for memory and majority; logit response:
McFadden (1974), Blume (1993); discounting of what is done under surveillance: Kelley (1973).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray, IntArray, SmallIntArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

SEEN = 100
"""Integer weight of one freely made choice of 1 in memory; exact, so that majorities are compared without rounding."""

Ties = Literal["previous", "random", "one"]

_CENTOLA = "Centola et al. 2018 (memory 12 tips at .25); range science of conventions: M 3-100"

PARAMETERS = (
    Parameter(
        "norm.rule",
        "best-response",
        "rule",
        "How employees answer what they remember: noisy best response, exact majority, or averaging of values.",
        "Best response: Centola et al. 2018; averaging: DeGroot 1974, Harrison & Carroll 1991",
        Tier.CONJECTURE,
        choices=("best-response", "majority", "averaging"),
    ),
    Parameter(
        "norm.memory",
        12,
        "observations",
        "How many observed choices of colleagues an employee remembers.",
        _CENTOLA,
        Tier.REPLICATION,
        1,
        100,
        (5, 30),
    ),
    Parameter(
        "norm.encounters",
        4.0,
        "per month",
        "How often an employee sees a colleague in a situation where the customer's interest is at stake.",
        "Science of the frontier in 6.10: 4 a month; no field measurement known",
        Tier.CONJECTURE,
        0.0,
        60.0,
        (1.0, 8.0),
    ),
    Parameter(
        "norm.sharpness",
        7.0,
        "logit per share",
        "How decisively people follow the majority they remember (eta); 0 is a coin flip.",
        "Logit response; 6 to 12 lets values and coaching carry a norm over its threshold",
        Tier.CONJECTURE,
        0.0,
        100.0,
        (6.0, 12.0),
    ),
    Parameter(
        "norm.value_weight",
        1.0,
        "1",
        "Weight of a person's own value against the majority they remember (beta).",
        "Conjecture: of the same order as the norm itself",
        Tier.CONJECTURE,
        0.0,
        10.0,
        (0.6, 1.4),
    ),
    Parameter(
        "norm.surveillance_weight",
        0.3,
        "share",
        "How much practice under surveillance counts in a colleague's memory against practice by free choice.",
        "Kelley 1973 (discounting); size is a conjecture. At 1, monitoring alone can tip a norm",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.6),
    ),
    Parameter(
        "norm.averaging_rate",
        0.1,
        "per encounter",
        "Under the averaging rule: how far one's value moves toward the colleague's in one encounter.",
        "Deffuant and DeGroot models use .1 to .5",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.02, 0.3),
    ),
    Parameter(
        "norm.value_drift",
        0.01,
        "per week",
        "How fast values move toward one's own free choices (self-perception).",
        "Bem 1972 for the direction; the rate is a conjecture",
        Tier.CONJECTURE,
        0.0,
        0.2,
        (0.004, 0.02),
    ),
    Parameter(
        "norm.omission_weight",
        0.25,
        "share",
        "How much not practising says to a person about their own values, against practising.",
        "Feature-positive effect in self-perception: Fazio, Sherman & Herr 1982; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.5),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"norm.encounters": 0.0}
"""Nobody sees what colleagues choose: people act on their values and on what they remember from before."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def remember(memory: SmallIntArray, total: IntArray, cursor: IntArray, observed: IntArray, seen: BoolArray) -> None:
    """Write this encounter's observation over each observer's oldest one.

    Args:
        memory: Ring buffers, shape (people, memory size), entries 0 to :data:`SEEN`. Changed in place.
        total: Sum of each row of ``memory``. Changed in place.
        cursor: Index of the oldest entry of each row. Changed in place.
        observed: What each person would observe, 0 to :data:`SEEN`.
        seen: Whether the encounter took place.
    """
    rows = np.flatnonzero(seen)
    slot = cursor[rows]
    new = observed[rows]
    total[rows] += new - memory[rows, slot]
    memory[rows, slot] = new
    cursor[rows] = (slot + 1) % memory.shape[1]


def majority_choice(
    total: IntArray, memory_size: int, previous: IntArray, ties: Ties = "previous", coin: FloatArray | None = None
) -> IntArray:
    """Choose what the majority of memory chose (Centola et al. 2018).

    c = 1 if 2 total > SEEN memory_size, 0 if less. A tie keeps the previous choice (``previous``), is decided by
    ``coin`` < 1/2 (``random``), or goes to 1 (``one``, as the published program does).
    """
    doubled = 2 * total
    tie_value: IntArray
    if ties == "previous":
        tie_value = previous
    elif ties == "one":
        tie_value = np.ones_like(previous)
    else:
        if coin is None:
            raise ValueError("ties='random' needs coin: one uniform draw a person")
        tie_value = (coin < 0.5).astype(previous.dtype)
    threshold = SEEN * memory_size
    return np.where(doubled == threshold, tie_value, (doubled > threshold).astype(previous.dtype))


def practice_probability(share: FloatArray, value: FloatArray, sharpness: float, value_weight: float) -> FloatArray:
    """Probability of choosing the customer's interest by noisy best response.

    P(c = 1) = 1 / (1 + exp(-eta s)), s = share - 1/2 + beta (value - 1/2).

    Args:
        share: Share of ones in memory, 0 to 1.
        value: What the person values, 0 to 1.
        sharpness: eta, logit per unit of s.
        value_weight: beta.
    """
    support = share - 0.5 + value_weight * (value - 0.5)
    result: FloatArray = 1.0 / (1.0 + np.exp(-np.clip(sharpness * support, -700.0, 700.0)))
    return result


def drift_values(
    value: FloatArray, choice: IntArray, weight: FloatArray, rate: float, omission_weight: float
) -> FloatArray:
    """Move values toward one's own choices: v <- v + rate w (c - v) (Bem 1972).

    w = ``weight`` for a choice of 1: 1 where it was free and less under surveillance, which people put down to being
    watched. w = ``omission_weight`` for a choice of 0: what one did not do says less of oneself (Fazio et al. 1982).
    """
    return value + rate * np.where(choice == 1, weight, omission_weight) * (choice - value)


def average_values(value: FloatArray, observed_value: FloatArray, seen: BoolArray, rate: float) -> FloatArray:
    """Rival rule: values move toward the values of the colleague met (DeGroot 1974, Harrison & Carroll 1991).

    v <- v + rate (v_colleague - v) where an encounter took place. Linear: it has no threshold, and dilutes at the rate
    of turnover when newcomers differ.
    """
    return np.where(seen, value + rate * (observed_value - value), value)


def witnessed(choice: IntArray, surveilled: BoolArray, surveillance_weight: float) -> IntArray:
    """What a colleague who sees this person will remember, in integer units of :data:`SEEN`."""
    discounted = round(SEEN * surveillance_weight)
    return np.where(surveilled, discounted, SEEN) * choice
