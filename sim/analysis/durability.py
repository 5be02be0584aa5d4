"""Durability: how much of a lift is left after sponsorship, and how fast it disappears.

No policy has a decay constant among its inputs. So these measures show what the organization made of the policy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.intervals import MISSING, Interval, mean_interval, paired_bootstrap
from sim.analysis.missing import BoolArray, FloatArray, or_none
from sim.analysis.survival import median_survival

NEGLIGIBLE = 0.02
"""A single run whose lift is at or below this has no half-life: in one run it may be noise."""

_ROUNDING = 1e-9

PATIENCE = 4
"""Weeks for which a lift has to stay under half, so that a single bad week does not count."""


@dataclass(frozen=True, slots=True)
class HalfLife:
    """Weeks until a lift has halved, over the runs of one policy.

    Attributes:
        median: Kaplan-Meier median over the runs in which it is defined; NaN if fewer than half of them halve.
        low, high: Its 95 % limits; NaN where a limit does not exist.
        censored: Share of all runs whose lift is defined and had not halved when the run ended.
        undefined: Share of all runs without a lift to halve: there is no starting week (no end of sponsorship), or
            the run's own lift there is missing or not above :data:`NEGLIGIBLE`.
    """

    median: float
    low: float
    high: float
    censored: float
    undefined: float

    def to_entry(self) -> dict[str, float | None]:
        """The entry of ``summary.json``: ``None`` for what is missing."""
        return {name: or_none(getattr(self, name)) for name in self.__slots__}


def residual(at_end: FloatArray, later: FloatArray) -> Interval:
    """Share of the lift that is left two years after sponsorship ended: mean L104 over mean L0.

    It is a ratio of means over replicates. A mean of ratios could be decided by a single replicate with a lift near
    zero. Missing unless L0 is surely above zero: its 95 % interval lies there, however small it is. Only runs that were
    followed for two years count: in the numerator, in the denominator and in the condition. It may exceed 1 (the lift went
    on growing) or be negative (below the twin).

    Args:
        at_end, later: [replicate] L0 and L104.
    """
    followed = np.isfinite(at_end) & np.isfinite(later)
    base = mean_interval(at_end[followed])
    if not base.low > _ROUNDING:  # also when it is missing
        return MISSING
    return paired_bootstrap(np.stack([at_end[followed], later[followed]]), lambda means: means[1] / means[0])


def weeks_until_halved(curves: FloatArray, origin: FloatArray, level: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Weeks from each run's week of origin until its lift has halved.

    The lift has halved in the first week from which its 13-week mean stays under half of ``level`` for four weeks.
    A missing mean does not count as under half. A run whose lift does not halve was followed up to the last week from
    which four known weeks remained.

    Args:
        curves: [replicate, week] 13-week trailing means of the lift.
        origin: [replicate] week from which weeks are counted; finite.
        level: [replicate] lift that has to halve; finite.

    Returns:
        ``weeks, halved``: weeks to the halving where ``halved``, else the weeks for which it was followed (negative
        if fewer than four known weeks remained).
    """
    replicates, weeks = curves.shape
    if replicates == 0 or weeks < PATIENCE:
        return weeks - PATIENCE - origin, np.zeros(replicates, dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        under = curves < level[:, np.newaxis] / 2.0
    stays = np.lib.stride_tricks.sliding_window_view(under, PATIENCE, axis=1).all(axis=2)
    stays &= np.arange(stays.shape[1]) >= origin[:, np.newaxis]
    halved = np.asarray(stays.any(axis=1))
    known = np.isfinite(curves)
    last_known = np.where(known.any(axis=1), weeks - 1 - known[:, ::-1].argmax(axis=1), -1)
    followed = last_known - (PATIENCE - 1)
    return np.where(halved, stays.argmax(axis=1), followed) - origin, halved


def half_life(curves: FloatArray, origin: FloatArray, level: FloatArray, done: BoolArray | None = None) -> HalfLife:
    """Median weeks until the lift has halved, and the shares of runs that did not halve or had no lift.

    For ``half_life_weeks`` the origin is the end of sponsorship and the level L0; for ``half_life_from_peak`` the
    origin is the week of ``lift_peak`` (the top of the replicates' mean curve, one week for all) and the level each
    run's own 13-week mean in that week.

    Args:
        curves: [replicate, week] 13-week trailing means of the lift.
        origin, level: [replicate]; NaN where there is none.
        done: [replicate] which runs count; all if not given.
    """
    counts = np.ones(level.shape, dtype=np.bool_) if done is None else done
    with np.errstate(invalid="ignore"):
        defined = counts & np.isfinite(origin) & (level > NEGLIGIBLE)
    number = int(counts.sum())
    if number == 0:
        return HalfLife(*[np.nan] * 5)
    weeks, halved = weeks_until_halved(curves[defined], origin[defined], level[defined])
    median = median_survival(weeks, halved)
    return HalfLife(
        median=median.median,
        low=median.low,
        high=median.high,
        censored=float((~halved).sum()) / number,
        undefined=float(number - defined.sum()) / number,
    )
