"""Lift: what a policy adds to what would have happened anyway.

The *twin* of a run is the same scenario with the same seed, events and ablations and no resources; lift is policy
minus twin, week by week. Because both share their random numbers, a policy that does nothing has a lift of exactly 0.

Weeks count from 0 (the first after the burn-in). The *end* of sponsorship is the first week in which the last
resource is back at zero. A permanent policy has no end, so its lift *at the end* and *later* does not exist: it is
missing, not zero and not the lift in the last weeks of the run. What such a policy does in its last year is reported by
the measures called ``_change`` (:mod:`sim.analysis.change`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.analysis.intervals import MISSING, Interval, mean_interval, mean_limits
from sim.analysis.missing import FloatArray, mean_where_known

if TYPE_CHECKING:
    import pandas as pd

QUARTER = 13
"""Weeks over which lifts and choices are averaged."""

LATER = (98, 111)
"""Weeks after the end of sponsorship that L104 averages: the quarter around two years (last one excluded)."""


_ROUNDING = 1e-9


class Peak(NamedTuple):
    """The top of a curve: its height with interval, and its week (-1 when the curve is missing altogether)."""

    height: Interval
    week: int


def trailing_mean(values: FloatArray, window: int = QUARTER) -> FloatArray:
    """Mean of each week and the ``window`` - 1 weeks before it, along the last axis.

    Missing weeks (no service contacts, say) are left out; a window without any known week is missing, and so are the
    first ``window`` - 1 weeks. Each window is summed afresh: a running sum would leave rounding errors where the lift has
    gone back to exactly 0.
    """
    result = np.full(values.shape, np.nan)
    if values.shape[-1] >= window:
        windows = np.lib.stride_tricks.sliding_window_view(values, window, axis=-1)
        result[..., window - 1 :] = mean_where_known(windows)
    return result


def mean_between(values: FloatArray, first: FloatArray, last: FloatArray) -> FloatArray:
    """Mean over the weeks ``first`` <= week < ``last``, one pair of limits a run.

    Args:
        values: [..., week].
        first, last: [...]; the mean is missing where one is NaN, and where ``last`` lies beyond the run (half a quarter
            is not a quarter).
    """
    weeks = np.arange(values.shape[-1])
    inside = (weeks >= first[..., np.newaxis]) & (weeks < last[..., np.newaxis])
    return np.where(last <= weeks.size, mean_where_known(values, among=inside), np.nan)


def lift_at_end(lift: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    """L0: mean lift over the last 13 sponsored weeks of each run (all of them, if sponsorship was shorter).

    Args:
        lift: [..., week].
        start, end: [...] first sponsored week and first week after; NaN where there is none, which makes L0 missing
            (a permanent policy has no end).
    """
    first = np.fmax(np.fmax(end - QUARTER, start), 0.0)
    return mean_between(lift, first, end)


def lift_later(lift: FloatArray, end: FloatArray) -> FloatArray:
    """L104: mean lift over weeks 98 to 110 after the end of sponsorship; missing if the run does not last that long."""
    return mean_between(lift, end + LATER[0], end + LATER[1])


def peak_of_mean_curve(curves: FloatArray) -> Peak:
    """Top of the replicates' mean curve.

    The mean is taken first. Averaging each replicate's own maximum would reward noise: a policy that only reshuffles
    random numbers would get a positive peak. The interval is that of the mean in the week of the peak.

    Args:
        curves: [replicate, week], already averaged over 13 weeks.
    """
    mean = mean_where_known(curves, axis=0)
    if not np.isfinite(mean).any():
        return Peak(MISSING, -1)
    # the first week of a plateau, even if rounding makes a later one slightly higher
    week = int(np.argmax(mean >= np.nanmax(mean) - _ROUNDING))
    return Peak(mean_interval(curves[:, week]), week)


def lift_curves(
    weekly: pd.DataFrame,
    runs: pd.DataFrame,
    outcome: str,
    policies: Sequence[str] | None = None,
    window: int = QUARTER,
) -> pd.DataFrame:
    """Mean lift of an outcome over time with its 95 % interval, for figures.

    Args:
        weekly, runs: As :meth:`Panel.from_tables` takes them.
        outcome: Column of ``weekly``.
        policies: Which policies; all if not given.
        window: Weeks to average over, backwards (1: no smoothing).

    Returns:
        Columns ``policy, week, mean, low, high``; NaN is missing.
    """
    import pandas as pd  # imported here because workers need this module without pandas

    from sim.analysis.panel import Panel

    panel = Panel.from_tables(weekly, runs, policies)
    selected = panel.policies if policies is None else tuple(policies)
    mean, low, high = mean_limits(trailing_mean(panel.lift(outcome), window), axis=1)
    rows = [panel.policies.index(policy) for policy in selected]
    return pd.DataFrame(
        {
            "policy": np.repeat(np.array(selected, dtype=object), panel.weeks),
            "week": np.tile(np.arange(panel.weeks), len(selected)),
            "mean": mean[rows].ravel(),
            "low": low[rows].ravel(),
            "high": high[rows].ravel(),
        }
    )
