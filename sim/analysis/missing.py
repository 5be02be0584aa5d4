"""Means and sums with missing values: a value that could not be observed is NaN, and is left out of every mean.

NumPy's own ``nanmean`` warns when no value is left to average. Here the mean is then missing, without a warning.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def mean_where_known(values: FloatArray, axis: int = -1, among: BoolArray | None = None) -> FloatArray:
    """Mean over the known values along ``axis``; NaN where none is known.

    Args:
        values: Any shape; NaN is missing.
        axis: The axis to average over.
        among: Optional mask of the same shape: only these values count.
    """
    known = np.isfinite(values) if among is None else np.isfinite(values) & among
    total = np.where(known, values, 0.0).sum(axis=axis)
    number = known.sum(axis=axis)
    mean: FloatArray = np.divide(total, number, out=np.full(np.shape(total), np.nan), where=number > 0)
    return mean


def total_if_complete(values: FloatArray, axis: int = -1) -> FloatArray:
    """Sum along ``axis``; missing if one term is, because a sum without that term would be wrong."""
    complete = np.isfinite(values).all(axis=axis)
    return np.where(complete, np.where(np.isfinite(values), values, 0.0).sum(axis=axis), np.nan)


def or_none(value: float) -> float | None:
    """A plain float for JSON; ``None`` if the value is missing or not finite."""
    number = float(value)
    return number + 0.0 if math.isfinite(number) else None  # + 0.0 turns -0.0 into 0.0
