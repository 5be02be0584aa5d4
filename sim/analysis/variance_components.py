"""How much of the variance of an outcome is chance, and how much comes from unknown parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.missing import FloatArray, mean_where_known


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Components of the variance of an outcome, as standard deviations; NaN where they cannot be estimated.

    Attributes:
        aleatory: Chance: the spread between runs that differ only by their seed.
        epistemic: Parameter uncertainty: the spread between points of the parameter space, less the chance in their means.
        epistemic_share: Share of the total variance that is epistemic.
        points: Number of points.
    """

    aleatory: float
    epistemic: float
    epistemic_share: float
    points: int


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
    within = float(squares.sum() / (number - 1).sum())
    between = max(float(means.var(ddof=1)) - within * float((1.0 / number).mean()), 0.0)
    total = within + between
    return VarianceComponents(within**0.5, between**0.5, between / total if total > 0.0 else np.nan, len(whole))
