"""The posterior by rejection: the draws whose histories are nearest to the observed one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.fitting.table import Observed, ReferenceTable
from sim.model.kernel.array_types import FloatArray, IntArray

_NEAREST = 0.1


@dataclass(frozen=True)
class Posterior:
    """Draws of the parameters, given the history.

    Attributes:
        unit: (kept, parameters) positions in the prior ranges, 0 to 1.
        weights: (kept,) of the draws; they sum to 1.
        predicted_rows: (kept,) the draws of the table that they come from.
    """

    unit: FloatArray
    weights: FloatArray
    predicted_rows: IntArray


def fit_posterior(table: ReferenceTable, simulated: FloatArray, observed: Observed, seed: int) -> Posterior:
    """The posterior of the parameters, given a history.

    Args:
        table: The reference table.
        simulated: (draws, rows, columns) its histories with the sampling error of the observed one.
        observed: The history.
        seed: Seed of the fit.
    """
    has = np.isfinite(observed.values)
    spread = np.nanstd(np.where(has, simulated, 0.0), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = (simulated - observed.values) / np.where(spread > 0.0, spread, np.nan)
    distance = np.nansum(away**2, axis=(1, 2))
    rows = np.argsort(distance, kind="stable")[: max(int(_NEAREST * len(distance)), 10)]
    return Posterior(table.unit[rows], np.full(len(rows), 1.0 / len(rows)), rows)
