"""What a measure returns: a value with its 95 % interval."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from math import inf, nan
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike

from sim.analysis import intervals
from sim.analysis.intervals import LEVEL, Interval

_level: ContextVar[float] = ContextVar("level", default=LEVEL)


@contextmanager
def at_level(level: float) -> Iterator[None]:
    """Take measures whose intervals have another confidence."""
    token = _level.set(level)
    try:
        yield
    finally:
        _level.reset(token)


def level() -> float:
    """Confidence that the interval of a measure must have at present."""
    return _level.get()


def normal_quantile() -> float:
    """Half-width, in standard errors, of a two-sided interval by the normal distribution: 1.96 at 95 %.

    It is Student's with so many degrees of freedom that eight digits agree: what is on file was worked out with it.
    """
    return float(intervals.student_quantile(1e9, level()))


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value with its interval; the two ends equal the value where nothing is random.

    Attributes:
        value: Best estimate (NaN if there is none).
        low, high: Interval, of 95 % confidence unless :func:`at_level` asks for another.
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
    def of_interval(cls, interval: Interval, runs: int, enough: bool = True) -> Measurement:
        """An interval as a measurement; with too few runs for limits (``enough`` is false) it is infinite."""
        low, high = (interval.low, interval.high) if enough else (-inf, inf)
        return cls(interval.mean, low, high, runs)

    @classmethod
    def of_runs(cls, values: ArrayLike) -> Measurement:
        """Mean of independent runs with its t interval; a single run gives an infinite interval.

        A run without a value is not left out: it leaves the mean without one.
        """
        sample = np.asarray(values, dtype=np.float64).ravel()
        known = np.isfinite(sample).all()
        interval = intervals.mean_interval(sample, level()) if known else Interval(float(sample.mean()), nan, nan)
        return cls.of_interval(interval, sample.size, enough=sample.size > 1)

    @classmethod
    def of_share(cls, hits: int, runs: int) -> Measurement:
        """Share of runs in which something happened, with Wilson's interval (valid for none and for all, too)."""
        return cls(hits / runs, *intervals.share_limits(hits / runs, runs, normal_quantile()), runs)

    @classmethod
    def of_difference(cls, first: ArrayLike, second: ArrayLike) -> Measurement:
        """Mean of ``first`` minus mean of ``second``, independent runs (Welch)."""
        a, b = np.asarray(first, dtype=np.float64).ravel(), np.asarray(second, dtype=np.float64).ravel()
        interval = intervals.difference_interval(a, b, level())
        return cls.of_interval(interval, a.size + b.size, enough=min(a.size, b.size) > 1)


@dataclass(frozen=True, slots=True)
class RunBudget:
    """Number of runs that a measure may make.

    Attributes:
        quick: Fewer runs, wider intervals, more facts left undecided.
        minimal: The smallest number of runs that gives a value: one run where a quick budget has up to seven. For one point
            of many.
        seed: Seed of this fact's randomness; it does not depend on the other facts that are scored.
        times: How many times the usual runs, where those could not decide.
        asked: Numbers of runs that the measure has asked for; it stays empty where a measure has no use for more.
    """

    quick: bool = False
    seed: int = 0
    minimal: bool = False
    times: int = 1
    asked: list[int] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def for_fact(cls, fact_id: str, quick: bool, times: int = 1) -> RunBudget:
        """Budget for a fact, seeded by its id."""
        return cls(quick=quick, seed=crc32(fact_id.encode()), times=times)

    def runs(self, full: int, quick: int) -> int:
        """Number of runs: ``full``, or ``quick`` with a quick budget, or a quarter of that with a minimal one; so many times."""
        number = max(1, quick // 4) if self.minimal else self.times * (quick if self.quick else full)
        self.asked.append(number)
        return number
