"""The net promoter score that goes with a mean satisfaction: nobody simulates the question, so this is a mapping.

The score asks how likely one is to recommend, on a scale of 0 to 10, and is the per cent who answer 9 or 10 less the per cent
who answer 0 to 6 (Reichheld 2003). Here everybody answers as satisfied as they are, and answers spread normally around the mean:

.. math:: NPS = 100 (P(answer > .85) - P(answer < .65)), answer ~ Normal(satisfaction, .2)

where .85 and .65 are the middles between 8 and 9, and between 6 and 7. The spread of .2 is that of single answers in
national satisfaction indices, about 20 points of 100. That people recommend as they are satisfied is a conjecture
(tier 5): levels may be off by tens of points, so read differences.
"""

from __future__ import annotations

import math

import numpy as np

from sim.analysis.missing import FloatArray

PROMOTERS_FROM, DETRACTORS_BELOW, SPREAD = 0.85, 0.65, 0.2
"""Satisfaction above which people recommend, below which they warn, and the spread of single answers."""

_erf = np.vectorize(math.erf, otypes=[np.float64])


def net_promoter_score(satisfaction: FloatArray | float) -> FloatArray:
    """The score, -100 to 100, at a mean satisfaction of 0 to 1; NaN is missing."""
    promoters, detractors = promoters_and_detractors(satisfaction)
    score: FloatArray = 100.0 * (promoters - detractors)
    return score


def promoters_and_detractors(satisfaction: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    """Shares of those who recommend and of those who warn at a mean satisfaction of 0 to 1; NaN is missing."""
    mean = np.asarray(satisfaction, dtype=np.float64)
    return _below(mean - PROMOTERS_FROM), _below(DETRACTORS_BELOW - mean)


def _below(distance: FloatArray) -> FloatArray:
    """Share of a normal distribution with the spread of answers that lies below a distance from its mean."""
    share: FloatArray = 0.5 * (1.0 + _erf(distance / (SPREAD * math.sqrt(2.0))))
    return share
