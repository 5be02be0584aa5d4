"""The curves behind the pictures, as arrays [policy, replicate, week]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.change import YEAR
from sim.analysis.intervals import mean_limits
from sim.analysis.lift import QUARTER, trailing_mean
from sim.analysis.missing import FloatArray
from sim.analysis.money import cumulative_gain
from sim.analysis.panel import TWIN, Panel
from sim.lab.comparison import Comparison

LEVELS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
"""Quantiles of a fan: the median, the middle half, the middle four fifths, and everything."""


@dataclass(frozen=True, slots=True)
class Fan:
    """Quantiles over replicates, each [week]; NaN where no replicate has a value."""

    least: FloatArray
    lowest: FloatArray
    low: FloatArray
    middle: FloatArray
    high: FloatArray
    highest: FloatArray
    most: FloatArray


def fan(values: FloatArray) -> Fan:
    """Quantiles over the first axis of [replicate, week], missing values left out."""
    result = np.full((len(LEVELS), values.shape[1]), np.nan)
    known = np.isfinite(values)
    whole = known.all(axis=0) & known.any(axis=0)
    if whole.any():
        result[:, whole] = np.quantile(values[:, whole], LEVELS, axis=0)
    for week in np.flatnonzero(known.any(axis=0) & ~whole):
        result[:, week] = np.quantile(values[known[:, week], week], LEVELS)
    return Fan(*result)


def fan_of_mean(values: FloatArray) -> Fan:
    """The mean over the first axis of [replicate, week] with its 95 % interval, as a fan of one band."""
    mean, low, high = mean_limits(values, axis=0)
    return Fan(low, low, low, mean, high, high, high)


class Curves:
    """Curves of one comparison.

    Args:
        comparison: The comparison.
    """

    def __init__(self, comparison: Comparison) -> None:
        scenario = comparison.plan.scenario
        self._panel = Panel.from_tables(comparison.weekly, comparison.runs, comparison.policies)
        self._rate = float(scenario.parameters["money.discount"])
        self.weeks = scenario.weeks
        self.replicates = comparison.plan.replicates

    def of(self, values: FloatArray, policy: str) -> FloatArray:
        """The part [replicate, week] of an array for one policy."""
        part: FloatArray = values[self._panel.policies.index(policy)]
        return part

    def level(self, outcome: str) -> FloatArray:
        """Weekly values of an outcome."""
        return self._whole(self._panel.level(outcome))

    def smooth_level(self, outcome: str) -> FloatArray:
        """Weekly values, averaged over 13 weeks."""
        return trailing_mean(self.level(outcome), QUARTER)

    def smooth_lift(self, outcome: str) -> FloatArray:
        """Policy minus twin, averaged over 13 weeks."""
        return trailing_mean(self._whole(self._panel.lift(outcome)), QUARTER)

    def retention_change(self) -> FloatArray:
        """Annual retention less the twin's, from the last 52 weeks, or from those so far and at least 13."""
        weekly = self.level("retention")
        with np.errstate(divide="ignore"):
            logs = np.log(np.where(weekly > 0.0, weekly, np.nan))
        before = [(0, 0), (0, 0), (YEAR - 1, 0)]
        kept = np.exp(YEAR * trailing_mean(np.pad(logs, before, constant_values=np.nan), YEAR)[..., YEAR - 1 :])
        kept[..., : QUARTER - 1] = np.nan
        change: FloatArray = kept - kept[self._panel.policies.index(TWIN)]
        return change

    def gained(self) -> FloatArray:
        """Discounted profit gained against the twin so far, over the whole run."""
        return cumulative_gain(self._whole(self._panel.lift("profit")), self._rate, self.weeks)

    def _whole(self, values: FloatArray) -> FloatArray:
        """The array extended to all weeks of the scenario, even if no run got that far."""
        lacking = self.weeks - values.shape[-1]
        return values if lacking <= 0 else np.pad(values, ((0, 0), (0, 0), (0, lacking)), constant_values=np.nan)


def within(fans: Sequence[Fan]) -> tuple[float, float] | None:
    """Smallest and largest value in any of the fans; ``None`` if there is none at all."""
    known = np.concatenate([np.concatenate([one.least, one.most]) for one in fans])
    known = known[np.isfinite(known)]
    return (float(known.min()), float(known.max())) if known.size else None
