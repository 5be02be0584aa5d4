"""How sure a number is: 95 % intervals over replicates, bootstraps with a fixed seed, and a test of *no effect*.

Replicates are independent runs of the same scenario, so the replicate is the unit of every interval here: weeks,
employees and customers within a run are not independent and are never counted as a sample.

Every interval of the program is worked out here. Student's and Wilson's have a formula of our own, since thousands of them
are needed at once, and since Wilson's is asked for shares of which ties make a fraction; SciPy has neither. Welch's is
SciPy's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import nan, sqrt
from typing import Literal
from warnings import catch_warnings, simplefilter

import numpy as np

from sim.analysis.missing import FloatArray, mean_where_known, or_none

LEVEL = 0.95
"""Confidence level of every reported interval."""

BOOTSTRAP_SEED = 20_150_401
"""Fixed, so that the same tables give the same summary, bit for bit."""

BOOTSTRAP_SAMPLES = 2_000

EquivalenceResult = Literal["equivalent", "different", "inconclusive"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % limits; NaN is missing."""

    mean: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is an estimate at all."""
        return bool(np.isfinite(self.mean))

    @property
    def limited(self) -> bool:
        """Whether there are limits too (a single replicate gives none)."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))

    def to_entry(self) -> dict[str, float | None]:
        """The entry of ``summary.json``: ``None`` for what is missing."""
        return {"mean": or_none(self.mean), "low": or_none(self.low), "high": or_none(self.high)}


MISSING = Interval(nan, nan, nan)


def normal_quantile(level: float = LEVEL) -> float:
    """Half-width, in standard errors, of a two-sided interval by the normal distribution: 1.96 at 95 %."""
    from scipy.special import ndtri  # here and below: it takes a quarter of a second to import, and no worker needs it

    return float(ndtri(0.5 + level / 2.0))


def student_quantile(freedom: FloatArray | float, level: float = LEVEL) -> FloatArray:
    """The same by Student's t with these degrees of freedom."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.asarray(freedom, dtype=np.float64), 0.5 + level / 2.0), dtype=np.float64)


def mean_limits(values: FloatArray, axis: int = -1, level: float = LEVEL) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean with Student's t limits along ``axis`` (the replicates), missing values left out.

    Returns:
        ``mean, low, high`` without that axis. All NaN where nothing is known; limits NaN where one value is known.
    """
    mean = mean_where_known(values, axis)
    half = _half_width(values, mean, axis, level)
    return mean, mean - half, mean + half


def half_width(values: FloatArray, axis: int = -1, level: float = LEVEL) -> FloatArray:
    """Half width of Student's interval of the mean along ``axis``; NaN with fewer than two known values."""
    return _half_width(values, mean_where_known(values, axis), axis, level)


def _half_width(values: FloatArray, mean: FloatArray, axis: int, level: float) -> FloatArray:
    number = np.isfinite(values).sum(axis=axis)
    deviation = values - np.expand_dims(mean, axis)
    squares = np.where(np.isfinite(deviation), deviation, 0.0) ** 2
    freedom = np.maximum(number - 1, 1)
    error = np.sqrt(squares.sum(axis=axis) / freedom / np.maximum(number, 1))
    width: FloatArray = np.where(number > 1, student_quantile(freedom, level) * error, np.nan)
    return width


def mean_interval(values: FloatArray | Sequence[float], level: float = LEVEL) -> Interval:
    """Mean over replicates with its t interval. One replicate gives no limits; no replicate gives a missing mean."""
    mean, low, high = mean_limits(np.asarray(values, dtype=np.float64).ravel(), level=level)
    return Interval(float(mean), float(low), float(high))


def share_limits(share: float, number: int, quantile: float) -> tuple[float, float]:
    """Wilson's score limits (Wilson 1927) of a share of ``number`` independent trials.

    A bootstrap of 30 successes in 30 trials would claim a certainty of exactly 1; Wilson's limits do not.

    Args:
        share: 0 to 1; not a whole number of trials where some of them count in part.
        number: Trials, at least 1.
        quantile: Of the normal distribution, for the confidence that is wanted (:func:`normal_quantile`).
    """
    weight = quantile * quantile / number
    center = (share + weight / 2.0) / (1.0 + weight)
    half = quantile * sqrt(share * (1.0 - share) / number + weight / (4.0 * number)) / (1.0 + weight)
    return max(0.0, center - half), min(1.0, center + half)


def share_interval(share: float, number: int, level: float = LEVEL) -> Interval:
    """A share of ``number`` replicates with Wilson's limits; like a mean, it has none with a single one."""
    if number < 1 or not np.isfinite(share):
        return MISSING
    if number == 1:
        return Interval(share, nan, nan)
    low, high = share_limits(share, number, normal_quantile(level))
    # rounding alone must not push a limit past the share itself (at shares of 0 and 1 they coincide)
    return Interval(share, min(low, share), max(high, share))


def share_of_runs(happened: FloatArray, level: float = LEVEL) -> Interval:
    """Share of runs in which something happened (1) and did not (0), NaN left out, with Wilson's limits."""
    known = happened[np.isfinite(happened)]
    return share_interval(float(known.mean()), known.size, level) if known.size else MISSING


def correlation_limits(correlation: float, number: int, quantile: float) -> tuple[float, float]:
    """Limits of a correlation of ``number`` pairs, by Fisher's z (Fisher 1921); for ranks they are approximate.

    Args:
        correlation: -1 to 1.
        number: Pairs, more than 3.
        quantile: Of the normal distribution, for the confidence that is wanted (:func:`normal_quantile`).
    """
    inside = 1.0 - 1e-9  # z is infinite at the ends
    z, half = np.arctanh(np.clip(correlation, -inside, inside)), quantile / sqrt(number - 3)
    return float(np.tanh(z - half)), float(np.tanh(z + half))


def quantile_interval(values: FloatArray, share: float, level: float = LEVEL) -> Interval:
    """A quantile of a sample, with limits that assume no distribution: order statistics (Conover 1999, 3.2).

    Args:
        values: The sample, without missing values.
        share: Which quantile, 0 to 1.
        level: Confidence of the interval.
    """
    ordered = np.sort(values)
    number = len(ordered)
    estimate = float(np.quantile(ordered, share))
    from scipy.special import bdtrik

    low, high = (int(np.ceil(bdtrik(tail, number, share))) for tail in ((1.0 - level) / 2.0, (1.0 + level) / 2.0))
    if number < 2 or high >= number:  # too few rows for an upper limit at all
        return Interval(estimate, nan, nan)
    return Interval(estimate, float(ordered[max(low - 1, 0)]), float(ordered[high]))


def difference_interval(first: FloatArray, second: FloatArray, level: float = LEVEL) -> Interval:
    """Mean of ``first`` minus mean of ``second``, independent samples with variances of their own (Welch 1947).

    No limits where a sample has fewer than two values. Where neither varies, the limits are the difference.
    """
    difference = float(first.mean() - second.mean())
    if min(first.size, second.size) < 2:
        return Interval(difference, nan, nan)
    if first.var() == second.var() == 0.0:
        return Interval(difference, difference, difference)
    from scipy.stats import ttest_ind  # slow to import, and no worker needs it

    with catch_warnings():
        simplefilter("ignore", RuntimeWarning)  # values that differ in their last digits only
        limits = ttest_ind(first, second, equal_var=False).confidence_interval(level)
    return Interval(difference, float(limits.low), float(limits.high))


@lru_cache(maxsize=16)
def resampling_weights(number: int, samples: int = BOOTSTRAP_SAMPLES) -> FloatArray:
    """How often each of ``number`` replicates is drawn, a row per bootstrap sample; each row sums to ``number``.

    The matrix is the same every time, so two measures of the same replicates are resampled together and pairs stay
    paired. It is read-only because it is shared.
    """
    generator = np.random.default_rng([BOOTSTRAP_SEED, number])
    drawn = generator.integers(0, number, size=(samples, number))
    rows = np.arange(samples)[:, np.newaxis] * number
    counts = np.bincount((drawn + rows).ravel(), minlength=samples * number)
    weights = counts.reshape(samples, number).astype(np.float64)
    weights.setflags(write=False)
    return weights


def percentile_limits(resampled: FloatArray, number: int, level: float = LEVEL) -> tuple[float, float]:
    """Limits from a bootstrap distribution, widened for small samples.

    Plain percentiles are too narrow when replicates are few; the expanded percentile interval (Hesterberg 2015,
    The American Statistician 69:371) moves them out to where Student's t would put them for a mean.

    Args:
        resampled: The statistic in each bootstrap sample; samples in which it does not exist are left out.
        number: Number of replicates that were resampled.
    """
    known = resampled[np.isfinite(resampled)]
    if number < 2 or known.size == 0:
        return nan, nan
    from scipy.special import ndtr

    tail = float(ndtr(-sqrt(number / (number - 1)) * student_quantile(number - 1, level)))
    low, high = np.quantile(known, [tail, 1.0 - tail])
    return float(low), float(high)


def paired_bootstrap(
    columns: FloatArray, statistic: Callable[[FloatArray], FloatArray], level: float = LEVEL
) -> Interval:
    """A statistic of several means over replicates, with an interval from resampling whole replicates.

    Args:
        columns: Shape [measures, replicates]; a replicate in which any measure is missing is left out of all.
        statistic: Takes the means, shape [measures, ...], gives the statistic, shape [...].

    Example:
        >>> ratio = paired_bootstrap(np.array([[1.0, 2.0], [2.0, 4.0]]), lambda means: means[1] / means[0])
        >>> ratio.mean, ratio.low, ratio.high
        (2.0, 2.0, 2.0)
    """
    complete = columns[:, np.isfinite(columns).all(axis=0)]
    number = complete.shape[1]
    if number == 0:
        return MISSING
    # einsum, not @: a threaded BLAS may add up in another order on another machine
    means = np.einsum("br,mr->mb", resampling_weights(number), complete) / number
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = float(statistic(complete.mean(axis=1)))
        low, high = percentile_limits(np.asarray(statistic(means), dtype=np.float64), number, level)
    return Interval(estimate, low, high)


def equivalent(
    values: FloatArray | Sequence[float], margin: float, target: float = 0.0, level: float = LEVEL
) -> EquivalenceResult:
    """Whether a mean is as good as ``target``: two one-sided tests (Schuirmann 1987).

    A difference may be *not significant* only because the sample is small, so equivalence has to be shown. The verdict is

    - ``equivalent``: the 90 % interval lies within ``target`` +- ``margin`` (both one-sided 5 % tests reject);
    - ``different``: the 95 % interval lies wholly beyond the margin on one side;
    - ``inconclusive``: the sample could not decide (always so with fewer than two replicates).
    """
    if not margin > 0.0:
        raise ValueError(f"margin of an equivalence test must be above 0, got {margin}: it says how much is too much")
    narrow, wide = mean_interval(values, 2.0 * level - 1.0), mean_interval(values, level)
    if not narrow.limited:
        return "inconclusive"
    if target - margin < narrow.low and narrow.high < target + margin:
        return "equivalent"
    return "different" if wide.low > target + margin or wide.high < target - margin else "inconclusive"
