"""What a measure returns: a value with its 95 % interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

_CONFIDENCE = 0.975  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value with its 95 % interval; the two ends equal the value where nothing is random.

    Attributes:
        value: Best estimate (NaN if there is none).
        low, high: 95 % interval.
        runs: Independent runs behind it; 0 if nothing is random.
    """

    value: float
    low: float
    high: float
    runs: int = 0

    @classmethod
    def exact(cls, value: float) -> Measurement:
        """A value without chance."""
        return cls(float(value), float(value), float(value))

    @classmethod
    def of_runs(cls, values: ArrayLike) -> Measurement:
        """Mean of independent runs with its t interval; a single run gives an infinite interval."""
        sample = np.asarray(values, dtype=np.float64).ravel()
        mean = float(sample.mean())
        if sample.size < 2:
            return cls(mean, float("-inf"), float("inf"), sample.size)
        half = _half_width(float(sample.std(ddof=1)) / sqrt(sample.size), sample.size - 1)
        return cls(mean, mean - half, mean + half, sample.size)

    @classmethod
    def of_share(cls, hits: int, runs: int) -> Measurement:
        """Share of runs in which something happened, with Wilson's interval (valid for none and for all, too)."""
        z = float(student.ppf(_CONFIDENCE, 1e9))
        share, spread = hits / runs, z * z / runs
        middle = (share + spread / 2.0) / (1.0 + spread)
        half = z * sqrt(share * (1.0 - share) / runs + spread / (4.0 * runs)) / (1.0 + spread)
        return cls(share, max(0.0, middle - half), min(1.0, middle + half), runs)

    @classmethod
    def of_difference(cls, first: ArrayLike, second: ArrayLike) -> Measurement:
        """Mean of ``first`` minus mean of ``second``, independent runs (Welch)."""
        a, b = np.asarray(first, dtype=np.float64).ravel(), np.asarray(second, dtype=np.float64).ravel()
        if min(a.size, b.size) < 2:
            return cls(float(a.mean() - b.mean()), float("-inf"), float("inf"), a.size + b.size)
        error_a, error_b = a.var(ddof=1) / a.size, b.var(ddof=1) / b.size
        error = float(error_a + error_b)
        difference = float(a.mean() - b.mean())
        if error == 0.0:
            return cls(difference, difference, difference, a.size + b.size)
        freedom = error**2 / float(error_a**2 / (a.size - 1) + error_b**2 / (b.size - 1))
        half = _half_width(sqrt(error), freedom)
        return cls(difference, difference - half, difference + half, a.size + b.size)


def _half_width(standard_error: float, freedom: float) -> float:
    return float(student.ppf(_CONFIDENCE, freedom)) * standard_error


@dataclass(frozen=True, slots=True)
class RunBudget:
    """Number of runs that a measure may make.

    Attributes:
        quick: Fewer runs, wider intervals, more facts left undecided.
        minimal: The smallest number of runs that gives a value: one run where a quick budget has up to seven. For one point
            of many.
        seed: Seed of this fact's randomness; it does not depend on the other facts that are scored.
    """

    quick: bool = False
    seed: int = 0
    minimal: bool = False

    @classmethod
    def for_fact(cls, fact_id: str, quick: bool) -> RunBudget:
        """Budget for a fact, seeded by its id."""
        return cls(quick=quick, seed=crc32(fact_id.encode()))

    def runs(self, full: int, quick: int) -> int:
        """Number of runs: ``full``, or ``quick`` with a quick budget, or a quarter of that with a minimal one."""
        if self.minimal:
            return max(1, quick // 4)
        return quick if self.quick else full
