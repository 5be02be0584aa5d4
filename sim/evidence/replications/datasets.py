"""The two public data sets that customer models are fitted to; ``data/README.md`` names their origin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike

from sim.model.kernel.array_types import FloatArray, IntArray

_CDNOW_START = date(1997, 1, 1)
_CDNOW_WEEKS = 39


@dataclass(frozen=True, slots=True)
class PurchaseHistory:
    """Purchases of each customer since the first, in a calibration period and after it.

    Attributes:
        frequency: Repeat purchases in the calibration period.
        recency: Weeks from the first purchase to the last in that period; 0 without repeat purchase.
        age: Weeks from the first purchase to the end of that period.
        later: Purchases after that period (the hold-out).
    """

    frequency: IntArray
    recency: FloatArray
    age: FloatArray
    later: IntArray


def summarize_purchases(customer: ArrayLike, day: ArrayLike, calibration_end: float) -> PurchaseHistory:
    """Purchase histories from a log; several purchases of a customer on one day count as one.

    Args:
        customer: Whose purchase it was; any sortable ids.
        day: Day of the purchase, counted from any origin.
        calibration_end: Last day that belongs to the calibration; customers who first bought later are left out.
    """
    numbers = np.unique(np.asarray(customer), return_inverse=True)[1]
    visits = np.unique(np.stack([numbers, np.asarray(day, dtype=np.int64)], axis=1), axis=0)
    who, when = visits[:, 0], visits[:, 1]
    count = int(who.max()) + 1
    first = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first, who, when)
    early = when <= calibration_end
    last = first.copy()
    np.maximum.at(last, who[early], when[early])
    frequency = np.bincount(who[early], minlength=count) - 1
    later = np.bincount(who[~early], minlength=count)
    known = first <= calibration_end
    weeks = (last - first) / 7.0, (calibration_end - first) / 7.0
    return PurchaseHistory(frequency[known], weeks[0][known], weeks[1][known], later[known])


def cdnow() -> PurchaseHistory:
    """CDNOW: 2,357 customers who first bought in early 1997; 39 weeks of calibration, 39 weeks after."""
    lines = (files("sim.evidence.replications") / "data" / "cdnow_sample.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line.strip()]
    days = [(date(int(d[:4]), int(d[4:6]), int(d[6:8])) - _CDNOW_START).days for d in (row[2] for row in rows)]
    return summarize_purchases([int(row[1]) for row in rows], days, _CDNOW_WEEKS * 7 - 1)


def retention() -> dict[str, FloatArray]:
    """Percent of two cohorts of 1,000 customers under contract left after 0 to 12 years: ``regular``, ``high_end``."""
    lines = (files("sim.evidence.replications") / "data" / "retention.csv").read_text(encoding="utf-8").split()
    table = np.array([line.split(",") for line in lines[1:]], dtype=np.float64)
    return {name: table[:, column] for column, name in enumerate(lines[0].split(",")) if name != "year"}
