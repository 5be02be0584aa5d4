"""How long something lasts when some runs end before it does: the Kaplan-Meier estimate and its median.

Two shortcuts would make durable policies look short-lived: to leave out the runs whose lift had not halved, and to count
the end of the run as the halving.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from sim.analysis.intervals import LEVEL, normal_quantile
from sim.analysis.missing import BoolArray, FloatArray

FEWEST_RUNS = 6
"""Fewest runs for an interval: with five no distribution-free 95 % interval of a median exists (2 x 0.5 ** 5 > 0.05)."""

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Share of runs without the event so far, with 95 % limits, after each distinct time."""

    times: FloatArray
    at_risk: FloatArray
    events: FloatArray
    survival: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Median:
    """Time by which half of the runs have had the event; NaN where the curve does not come down to one half."""

    median: float
    low: float
    high: float


def kaplan_meier(durations: FloatArray, observed: BoolArray, level: float = LEVEL) -> SurvivalCurve:
    """Product-limit estimate (Kaplan & Meier 1958) with log-log Greenwood limits.

    Where no run is left, the log-log limits do not exist. The upper limit there is the exact one for no survivor among
    the runs that had the event.

    Args:
        durations: [run] time of the event, or the last time at which it was known not to have happened.
        observed: [run] whether the event was seen.
    """
    # scipy.stats.ecdf gives the same (a test compares them), but to import it takes longer than all measures of a comparison
    times, position = np.unique(durations, return_inverse=True)
    events = np.asarray(
        np.bincount(position, weights=observed.astype(np.float64), minlength=times.size), dtype=np.float64
    )
    leaving = np.bincount(position, minlength=times.size)
    gone = np.concatenate([[0], np.cumsum(leaving)[:-1]])
    at_risk = np.asarray(durations.size - gone, dtype=np.float64)[: times.size]
    survival = np.asarray(np.cumprod((at_risk - events) / at_risk), dtype=np.float64)
    inside = (survival > 0.0) & (survival < 1.0)
    low, high = survival.copy(), survival.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        hazard = -np.log(survival)
        factor = np.exp(normal_quantile(level) * spread / hazard)
        low[inside] = np.exp(-hazard * factor)[inside]
        high[inside] = np.exp(-hazard / factor)[inside]
    high[survival == 0.0] = 1.0 - (0.5 - level / 2.0) ** (1.0 / max(events.sum(), 1.0))
    return SurvivalCurve(times, at_risk, events, survival, low, np.minimum.accumulate(high))


def median_survival(durations: FloatArray, observed: BoolArray, level: float = LEVEL) -> Median:
    """First time at which at most half of the runs are left, with limits (Brookmeyer & Crowley 1982).

    The limits are the first times at which the lower and the upper limit of the curve come down to one half; NaN
    when they do not (the upper one often: more than half of the runs were still going), and with fewer than
    :data:`FEWEST_RUNS` runs.
    """
    if durations.size == 0:
        return Median(nan, nan, nan)
    curve = kaplan_meier(durations, observed, level)
    median = _first_at_half(curve.times, curve.survival)
    if durations.size < FEWEST_RUNS:
        return Median(median, nan, nan)
    return Median(median, _first_at_half(curve.times, curve.low), _first_at_half(curve.times, curve.high))


def _first_at_half(times: FloatArray, curve: FloatArray) -> float:
    """First time at which a falling curve is at most one half, NaN if it never is."""
    down = np.flatnonzero(curve <= 0.5 + _ROUNDING)
    return float(times[down[0]]) if down.size else nan
