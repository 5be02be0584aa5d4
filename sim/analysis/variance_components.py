"""How much of the variance of an outcome is chance, and how much comes from unknown parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.intervals import BOOTSTRAP_SAMPLES, percentile_limits, resampling_weights
from sim.analysis.missing import FloatArray, mean_where_known

_MOST_NUMBERS = 2_000_000  # of weights of a bootstrap


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Components of the variance of an outcome, as standard deviations; NaN where they cannot be estimated.

    Attributes:
        aleatory: Chance: the spread between runs that differ only by their seed.
        epistemic: Parameter uncertainty: the spread between points of the parameter space, less the chance in their means.
        epistemic_share: Share of the total variance that is epistemic.
        points: Number of points.
        low, high: 95 % limits of the share, from resampling points; NaN where there are none.
    """

    aleatory: float
    epistemic: float
    epistemic_share: float
    points: int
    low: float = np.nan
    high: float = np.nan


def decompose_variance(values: FloatArray) -> VarianceComponents:
    """Components of variance by the analysis of variance of one factor (Searle et al. 1992).

    The mean of a few replicates still contains chance, so that part is subtracted from the variance between points.

    Args:
        values: [point, replicate]; NaN is missing, and a point without two values does not count.
    """
    whole = values[np.isfinite(values).sum(axis=1) >= 2]
    if len(whole) < 2:
        return VarianceComponents(np.nan, np.nan, np.nan, len(whole))
    number = np.isfinite(whole).sum(axis=1)
    means = mean_where_known(whole, axis=1)
    squares = np.nansum((whole - means[:, np.newaxis]) ** 2, axis=1)
    within, between = _components(np.ones((1, len(whole))), number, means, squares)
    total = float((within + between)[0])
    share = float(between[0]) / total if total > 0.0 else np.nan
    samples = min(BOOTSTRAP_SAMPLES, max(1, _MOST_NUMBERS // len(whole)))
    drawn_within, drawn_between = _components(resampling_weights(len(whole), samples), number, means, squares)
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = percentile_limits(drawn_between / (drawn_within + drawn_between), len(whole))
    return VarianceComponents(float(within[0]) ** 0.5, float(between[0]) ** 0.5, share, len(whole), low, high)


def _components(
    weights: FloatArray, number: FloatArray, means: FloatArray, squares: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Variances within and between points, for each row of weights [sample, point]."""
    points = weights.sum(axis=1)
    within = (weights * squares).sum(axis=1) / (weights * (number - 1)).sum(axis=1)
    center = (weights * means).sum(axis=1) / points
    spread = (weights * (means - center[:, np.newaxis]) ** 2).sum(axis=1) / (points - 1)
    return within, np.maximum(spread - within * (weights / number).sum(axis=1) / points, 0.0)
