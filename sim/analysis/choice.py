"""Choice: which policy to take when the future is not known.

A case is one replicate in one future. Replicates differ by chance, futures by what is assumed, such as a tight labor
market. Policies are compared in the *same* case: a case counts only if every policy has a value in it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.analysis.intervals import MISSING, Interval, percentile_limits, resampling_weights, share_interval
from sim.analysis.missing import BoolArray, FloatArray, mean_where_known

Better = Literal["higher", "lower"]


def _find_comparable(values: FloatArray, better: Better) -> tuple[FloatArray, BoolArray, BoolArray]:
    """Gains (higher is better) of the policies, which of them can be compared, and in which cases.

    Returns:
        ``gains`` [future, policy, replicate], ``comparable`` [policy], ``complete`` [future, replicate].
    """
    gains = values if better == "higher" else -values
    known = np.isfinite(gains)
    comparable = np.asarray(known.any(axis=(0, 2)))
    complete = np.asarray(known[:, comparable, :].all(axis=1) & bool(comparable.any()))
    return gains, comparable, complete


def probability_best(values: FloatArray, better: Better = "higher") -> list[Interval]:
    """Share of the cases in which each policy is best; in a tie, each of the tied policies gets an equal part.

    The interval is Wilson's, with the replicate as the unit: the futures of one replicate share their random
    numbers and are not independent.

    Args:
        values: [future, policy, replicate] the objective; NaN is missing.
        better: Whether more or less of it is better.

    Returns:
        One interval a policy; missing for a policy that has no value anywhere.
    """
    gains, comparable, complete = _find_comparable(values, better)
    number = int(complete.any(axis=0).sum())
    if number == 0:
        return [MISSING] * values.shape[1]
    cases = complete[:, np.newaxis, :]
    comparable_gains = np.where(cases & comparable[:, np.newaxis], gains, -np.inf)
    best = comparable_gains == comparable_gains.max(axis=1, keepdims=True)
    credit = best / best.sum(axis=1, keepdims=True)
    shares = np.where(cases, credit, 0.0).sum(axis=(0, 2)) / complete.sum()
    return [
        share_interval(float(share), number) if able else MISSING
        for share, able in zip(shares, comparable, strict=True)
    ]


def max_regret(values: FloatArray, better: Better = "higher") -> list[Interval]:
    """The largest regret of each policy: its mean regret in the future in which that mean is largest.

    Regret in a case is the objective of the best policy of that case minus the policy's own (Savage 1951). Its mean
    is taken over the replicates of a future, its maximum over futures. The best policy is found for each case, in
    hindsight, so even the policy that is best on average has some regret. The interval resamples replicates, the
    same ones in all futures.

    Args:
        values: [future, policy, replicate] the objective; NaN is missing.
        better: Whether more or less of it is better.

    Returns:
        One interval a policy, in units of the objective; missing for a policy that has no value anywhere.
    """
    gains, comparable, complete = _find_comparable(values, better)
    used = complete.any(axis=0)
    number = int(used.sum())
    if number == 0:
        return [MISSING] * values.shape[1]
    gains, complete = gains[complete.any(axis=1)][:, :, used], complete[complete.any(axis=1)][:, used]
    counted = complete[:, np.newaxis, :] & comparable[:, np.newaxis]
    comparable_gains = np.where(counted, gains, -np.inf)
    regret = np.where(counted, comparable_gains.max(axis=1, keepdims=True) - gains, np.nan)
    estimate = mean_where_known(regret).max(axis=0)
    weights = resampling_weights(number)
    drawn = np.einsum("br,fr->bf", weights, complete.astype(np.float64))[:, :, np.newaxis]
    total = np.einsum("br,fpr->bfp", weights, np.where(np.isfinite(regret), regret, 0.0))
    # a sample without a case of a future says nothing about that future; -1 never wins, since regret is never negative
    resampled = np.divide(total, drawn, out=np.full(total.shape, -1.0), where=drawn > 0.0).max(axis=1)
    intervals = []
    for policy, able in enumerate(comparable):
        low, high = percentile_limits(resampled[:, policy], number)
        intervals.append(Interval(float(estimate[policy]), low, high) if able else MISSING)
    return intervals
