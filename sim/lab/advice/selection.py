"""Ranking and selection: finalists meet again on fresh replicates until one leads, or the runs are used up.

The procedure is KN++ of Kim & Nelson (2006, Handbooks in Operations Research 13, chapter 17; Kim & Nelson 2001, ACM
TOMACS 11:251 for KN): candidates are compared pair by pair after every batch of replicates, and one leaves when it is
behind another by more than chance explains. What is behind by no more than the indifference zone need not be told apart.
Variances are those of paired differences, since all candidates have the same replicates (common random numbers), and are
updated after every batch.

Why it is written here: ``sim-tools`` 1.3, the kept library that has KN++, adds up the variances of two candidates as if
they had nothing in common, which here makes them many times too large. It takes the absolute value of means in its
running variance, which is wrong for values below zero, such as losses, and it has no limit to the number of runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.intervals import LEVEL, Interval, mean_interval, mean_limits
from sim.analysis.missing import FloatArray

INDIFFERENCE = 0.025
"""Part of the leader's value that is not worth more runs."""

ERROR = 0.05
"""Chance, at most, that the best leaves too early."""


@dataclass(frozen=True)
class Standard:
    """What makes a candidate good: its mean value, as long as it meets every requirement often enough.

    Attributes:
        shares: For each requirement, the share of replicates that have to meet it.
    """

    shares: tuple[float, ...] = ()

    def violation(self, scores: FloatArray) -> FloatArray:
        """How far each candidate is from meeting all requirements, in shares of replicates; 0 where it does.

        One standard error is allowed for: else chance would choose among programs that all are near the line.

        Args:
            scores: [candidate, replicate, column]: the value, then 1 or 0 for each requirement. NaN where not run.
        """
        if not self.shares:
            return np.zeros(len(scores))
        passed = scores[:, :, 1 : 1 + len(self.shares)]
        met, number = np.nanmean(passed, axis=1), np.isfinite(passed).sum(axis=1)
        needed = np.array(self.shares)
        error = np.sqrt(needed * (1.0 - needed) / number)
        short: FloatArray = np.maximum(needed - error - met, 0.0).sum(axis=1)
        return short

    def order(self, scores: FloatArray) -> list[int]:
        """Candidates from best to worst: by mean value those that meet the requirements, then those that come near."""
        means = np.nanmean(scores[:, :, 0], axis=1)
        return [int(each) for each in np.lexsort((-means, self.violation(scores)))]


@dataclass(frozen=True)
class Selection:
    """What is left when finalists have met again.

    Attributes:
        scores: [candidate, replicate, column]; NaN after a candidate has left.
        order: Candidates from best to worst.
        left: Those that were still there at the end.
        gaps: How far each is behind the best on the replicates that both have, with simultaneous limits (Bonferroni).
    """

    scores: FloatArray
    order: tuple[int, ...]
    left: tuple[int, ...]
    gaps: tuple[Interval, ...]

    @property
    def best(self) -> int:
        """The candidate with the best mean among those that meet the requirements."""
        return self.order[0]

    @property
    def near(self) -> tuple[int, ...]:
        """Candidates that cannot be told apart from the best, itself first: the limits of their gaps hold zero."""
        alike = (each for each in self.order[1:] if not self.gaps[each].low > 0.0 and self.gaps[each].known)
        return (self.best, *alike)


def select(
    number: int,
    run: Callable[[Sequence[int], Sequence[int]], FloatArray],
    standard: Standard,
    most: int,
    first: int = 16,
    batch: int = 16,
) -> Selection:
    """Have candidates meet on the same replicates until all but one have left, or the next batch would be too much.

    Args:
        number: Number of candidates.
        run: Runs candidates at numbered replicates: scores [candidate, replicate, column]. A replicate in which a candidate has
            no value may be left out.
        standard: What makes a candidate good.
        most: Runs, at most; the first batch is run in any case.
        first: Replicates before anyone may leave.
        batch: Replicates between looks.
    """
    everyone = list(range(number))
    scores = run(everyone, range(first))
    inside, asked, used = everyone, first, number * first
    while True:
        inside = _screened(scores, inside, standard)
        if len(inside) < 2 or used + len(inside) * batch > most or _good_enough(scores[inside], standard):
            break
        found = run(inside, range(asked, asked + batch))
        more = np.full((number, *found.shape[1:]), np.nan)
        more[inside] = found
        scores = np.concatenate([scores, more], axis=1)
        asked, used = asked + batch, used + len(inside) * batch
    ranked = standard.order(scores[inside])
    outside = [each for each in everyone if each not in inside]
    order = [inside[each] for each in ranked] + [outside[each] for each in standard.order(scores[outside])]
    best = scores[order[0], :, 0]
    gaps = tuple(mean_interval(best - scores[each, :, 0], _simultaneous(number)) for each in everyone)
    return Selection(scores, tuple(order), tuple(inside), gaps)


def _good_enough(scores: FloatArray, standard: Standard) -> bool:
    """Whether nobody can be better than the leader by more than the indifference zone."""
    values = scores[:, :, 0]
    leader = standard.order(scores)[0]
    _, low, _ = mean_limits(values[leader] - values, level=_simultaneous(len(values)))
    zone = INDIFFERENCE * abs(float(values[leader].mean()))
    return bool((np.delete(low, leader) > -zone).all())


def _simultaneous(number: int) -> float:
    """Level of each interval, so that all comparisons with one of a number of candidates hold together (Bonferroni)."""
    return 1.0 - (1.0 - LEVEL) / max(number - 1, 1)


def _screened(scores: FloatArray, inside: Sequence[int], standard: Standard) -> list[int]:
    """Candidates that stay: no other one that meets the requirements is ahead by more than chance explains."""
    number = len(inside)
    if number < 2 or scores.shape[1] < 2:
        return list(inside)
    here = scores[list(inside)]
    values, violation = here[:, :, 0], standard.violation(here)
    done = values.shape[1]
    means = values.mean(axis=1)
    zone = INDIFFERENCE * float(np.abs(means).max())
    factor = (2.0 * (1.0 - (1.0 - ERROR) ** (1.0 / (len(scores) - 1)))) ** (-2.0 / (done - 1)) - 1.0  # 2 eta
    variance = (values[:, np.newaxis] - values[np.newaxis]).var(axis=2, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.maximum(0.0, zone / (2.0 * done) * (factor * (done - 1) * variance / zone**2 - done))
    if zone == 0.0:  # everyone's value is zero
        return list(inside)
    behind = means[np.newaxis, :] - means[:, np.newaxis] > distance
    behind &= violation[np.newaxis, :] <= violation[:, np.newaxis]  # who meets less cannot send others away
    return [each for each, beaten in zip(inside, behind.any(axis=1), strict=True) if not beaten]
