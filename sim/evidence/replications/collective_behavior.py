"""Granovetter (1978): who acts depends on how many others do, and small differences in thresholds decide everything.

"Threshold models of collective behavior", American Journal of Sociology 83(6).

Published: 100 people with thresholds 0, 1, ..., 99 all act; if the one with threshold 1 has 2 instead, one acts. With
thresholds that are normal around 25, the number of those who act rises slowly with their standard deviation up to 12.2,
about 6, and jumps there to nearly 100. (A threshold model was right on 96 % of the societies in the laboratory of
Andreoni, Nikiforakis & Siegenthaler 2021, PNAS 118(16).)

What we get: the same, with the jump at a standard deviation of 12.2. The model's own best response is this rule where it
has no noise: a person of value v acts when the share of others reaches 1/2 - beta (v - 1/2). At the sharpness that ships the
noise is itself a spread of thresholds, of 26 percentage points: people who all wait for a quarter of the others, none of
whom would begin, begin all the same and end near 100 %. A jump at that mean needs a sharpness of 15 and more.

What differs and why: the normal distribution is continuous, not of 100 people; the noise is of this model.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm as normal

from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.elementwise import elementwise
from sim.model.mechanisms.norm import practice_probability

_CLOSE = 1e-12
_ROUNDS = 100_000
_PEOPLE = 2001  # quantiles of the distribution of thresholds


def granovetter1978(thresholds: ArrayLike) -> int:
    """How many act in the end, if nobody does at first; a threshold is the number of others who must act before one does."""
    needed, acting = np.asarray(thresholds, dtype=np.float64), 0
    while (joined := int(np.count_nonzero(needed <= acting))) > acting:
        acting = joined
    return acting


def share_acting(deviation: float, mean: float = 0.25) -> float:
    """Share that acts in the end where thresholds are normal: the first r from 0 with ``r = F(r)``.

    Args:
        deviation: Standard deviation of thresholds, a share of the others.
        mean: Mean of thresholds.
    """
    share = 0.0
    for _ in range(_ROUNDS):
        moved = float(normal.cdf(share, mean, deviation))
        if abs(moved - share) < _CLOSE:
            break
        share = moved
    return share


def share_practicing(deviation: float, sharpness: float, mean: float = 0.25, value_weight: float = 1.0) -> float:
    """The same by the model's noisy best response, everyone seeing everyone; without noise it is :func:`share_acting`.

    A threshold t is the value ``v = 1/2 + (1/2 - t) / beta``.

    Args:
        deviation, mean: Of the thresholds.
        sharpness: eta.
        value_weight: beta.
    """
    quantiles = (np.arange(_PEOPLE) + 0.5) / _PEOPLE
    thresholds: FloatArray = mean + deviation * normal.ppf(quantiles)
    value, chance = 0.5 + (0.5 - thresholds) / value_weight, elementwise(practice_probability)
    share = 0.0
    for _ in range(_ROUNDS):
        moved = float(chance(share, value, 1.0, sharpness, value_weight).mean())
        if abs(moved - share) < _CLOSE:
            break
        share = moved
    return share


def critical_deviation(mean: float = 0.25, precision: float = 1e-4) -> float:
    """Standard deviation of thresholds at which the share that acts jumps, by halving: below it most do not act.

    For means below one half, where some deviation makes most act.
    """
    low, high = precision, mean
    while high - low > precision:
        middle = (low + high) / 2.0
        low, high = (low, middle) if share_acting(middle, mean) > 0.5 else (middle, high)
    return high


def noise_as_deviation(sharpness: float) -> float:
    """Standard deviation of thresholds that noise in choosing amounts to: that of the logistic, ``pi / (eta sqrt(3))``."""
    return math.pi / (sharpness * math.sqrt(3.0))
