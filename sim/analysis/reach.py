"""Reach: which share of positions a policy moved toward practice, and how soon.

Reach compares the same position in a run and in its twin, so it counts people and not averages. A policy that moves as
many positions away as toward practice has a reach of zero.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.lift import QUARTER, mean_between
from sim.analysis.missing import FloatArray

VACANT = -1
"""Choice of a vacant position."""

_WORTH_HALVING = 0.1
"""Reach must peak above this for the weeks to half of its peak to be reported."""


def reach_curve(
    choices_policy: NDArray[np.integer],
    choices_twin: NDArray[np.integer],
    window: int = QUARTER,
    margin: float = 0.1,
) -> FloatArray:
    """Share of positions that a policy has moved, in each week.

    The share of positions whose mean choice over the last ``window`` weeks stands at least ``margin`` above the
    twin's, minus the share that stands at least ``margin`` below. A vacant week does not count; a position that is
    vacant for the whole window in either run is left out. The comparison is made in whole numbers, so that a
    difference of exactly .1 is never a matter of rounding and two equal runs give exactly 0.

    Args:
        choices_policy, choices_twin: [week, position] 1 practices, 0 does not, -1 vacant.
        window: Weeks over which choices are averaged.
        margin: How much a mean choice has to differ.

    Returns:
        [week] between -1 and 1; NaN before ``window`` weeks have passed and where no position can be compared.
    """
    if choices_policy.shape != choices_twin.shape or choices_policy.ndim != 2:
        raise ValueError(
            f"choices must be two arrays [week, position] of one shape, got {choices_policy.shape} and "
            f"{choices_twin.shape}; compare a run with its own twin"
        )
    weeks = choices_policy.shape[0]
    reach = np.full(weeks, np.nan)
    if weeks < window:
        return reach
    step = Fraction(margin).limit_denominator(10_000)
    largest = max(weeks, window**2 * max(step.denominator, step.numerator))
    whole = np.int32 if largest <= np.iinfo(np.int32).max else np.int64  # half as wide is almost twice as fast
    ones, held = _count_in_window(choices_policy, window, whole)
    twin_ones, twin_held = _count_in_window(choices_twin, window, whole)
    # ones / held - twin_ones / twin_held >= step, multiplied out
    difference = (ones * twin_held - twin_ones * held) * step.denominator
    threshold = held * twin_held * step.numerator
    compared = (held > 0) & (twin_held > 0)
    above = np.count_nonzero(compared & (difference >= threshold), axis=1)
    below = np.count_nonzero(compared & (-difference >= threshold), axis=1)
    number = np.count_nonzero(compared, axis=1)
    reach[window - 1 :] = np.divide(above - below, number, out=np.full(number.shape, np.nan), where=number > 0)
    return reach


def _count_in_window(
    choices: NDArray[np.integer], window: int, whole: type[np.signedinteger]
) -> tuple[NDArray[Any], ...]:
    """Weeks with choice 1, and weeks held, in each window of weeks: two arrays [week - window + 1, position]."""
    counts = []
    for mask in (choices == 1, choices != VACANT):
        running = np.cumsum(mask, axis=0, dtype=whole)
        running[window:] -= running[:-window].copy()
        counts.append(running[window - 1 :])
    return tuple(counts)


def reach_at_end(reach: FloatArray, end: FloatArray) -> FloatArray:
    """Reach in the last sponsored week; missing without an end of sponsorship (a permanent policy, the twin).

    Args:
        reach: [..., week].
        end: [...] first week after sponsorship, NaN if there is none.
    """
    return mean_between(reach, end - 1.0, end)


def weeks_to_half_reach(reach: FloatArray, start: FloatArray) -> FloatArray:
    """Weeks from the start of sponsorship until reach first attains half of the run's own peak.

    Missing where sponsorship never starts, and where the peak is not above .1: chance alone moves a few positions up
    and down, and half of that is attained at any time.

    Args:
        reach: [..., week].
        start: [...] first sponsored week, NaN if there is none.
    """
    if reach.shape[-1] == 0:
        return np.full(start.shape, np.nan)
    sponsored = np.arange(reach.shape[-1]) >= start[..., np.newaxis]
    known = np.where(sponsored & np.isfinite(reach), reach, -np.inf)
    peak = known.max(axis=-1)
    first = (known >= peak[..., np.newaxis] / 2.0).argmax(axis=-1)
    return np.where(peak > _WORTH_HALVING, first - start, np.nan)
