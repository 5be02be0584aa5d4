"""What every part of a fit stands on: prior ranges, the reference table of simulated histories, the observed history.

One table serves the plan, the fit and all checks. The table holds what a survey of everybody would have seen; :func:`observe`
adds what a survey of some people adds to that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.missing import BoolArray, FloatArray
from sim.analysis.net_promoter import SPREAD, net_promoter_score, promoters_and_detractors

SHARE, MEAN, NET_PROMOTER, COUNT, MONEY = "share", "mean of index", "net promoter", "count", "money"
"""Kinds of columns: what a sampling error is made of."""

_GRID = np.linspace(-1.0, 2.0, 1201)
"""Mean satisfactions between which the error of a net promoter score is interpolated."""


@dataclass(frozen=True)
class Priors:
    """What is plausible before the history is seen: uniform ranges.

    Attributes:
        names: Dotted names of the parameters that are fitted.
        low, high: (parameters,) ends of their plausible ranges, each in its parameter's unit.
    """

    names: tuple[str, ...]
    low: FloatArray
    high: FloatArray

    def values(self, unit: FloatArray) -> FloatArray:
        """Values in the parameters' units of positions (..., parameters) in [0, 1]."""
        values: FloatArray = self.low + np.asarray(unit, dtype=np.float64) * (self.high - self.low)
        return values

    def unit(self, values: FloatArray) -> FloatArray:
        """Positions in [0, 1] of values (..., parameters) in the parameters' units."""
        unit: FloatArray = (np.asarray(values, dtype=np.float64) - self.low) / (self.high - self.low)
        return unit


@dataclass(frozen=True)
class ReferenceTable:
    """Histories that the model makes at points drawn from the priors.

    Attributes:
        priors: Ranges of the parameters that are fitted.
        unit: (draws, parameters) in [0, 1], Sobol' points. Parameters that are integrated over are drawn too, and not in here.
        columns: Columns of the history, in its order.
        expected: (draws, rows, columns) what a survey of everybody would have seen in the history's windows; NaN where the
            model has no value.
    """

    priors: Priors
    unit: FloatArray
    columns: tuple[str, ...]
    expected: FloatArray


@dataclass(frozen=True)
class Observed:
    """The history of an organization.

    Attributes:
        columns: What is observed.
        rows: Labels of the periods, such as ``2021-Q3``.
        values: (rows, columns); NaN where missing.
        respondents: (rows, columns) people who answered; NaN where it is not a survey, and has no sampling error.
        kinds: What each column is: :data:`SHARE` (binomial error), :data:`MEAN` (error by the deviation of answers),
            :data:`NET_PROMOTER`, :data:`COUNT`, :data:`MONEY`.
        deviations: (columns,) standard deviation of one answer, for means; NaN for all other kinds.
        changes: Whether the column holds changes since the first row that has a value, and not levels.
    """

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    values: FloatArray
    respondents: FloatArray
    kinds: tuple[str, ...]
    deviations: FloatArray
    changes: tuple[bool, ...]


def observe(expected: FloatArray, observed: Observed, rng: np.random.Generator) -> FloatArray:
    """What surveys like those of a history would have seen: (draws, rows, columns).

    Each survey draws its respondents anew. That some of the same people answer twice, or that nearly everybody does, is not
    taken off the error: people also misjudge what they do.

    Args:
        expected: (draws, rows, columns) what a survey of everybody would have seen.
        observed: Which values are missing, how many answered, and whether changes were written down.
        rng: Draws the respondents; it draws the same number of times whatever is missing.

    Returns:
        Values with sampling error; NaN where the history has none or the model has none; changes where it has changes.
    """
    seen = np.array(expected, dtype=np.float64)
    for column, kind in enumerate(observed.kinds):
        people = observed.respondents[:, column]
        level = seen[:, :, column]
        if kind == SHARE:
            noisy = _counted(level, people, rng)
        else:
            error = _error_of_mean(level, kind, float(observed.deviations[column]), people)
            noisy = level + error * rng.standard_normal(level.shape)
            if kind == MEAN:
                noisy = np.clip(noisy, 0.0, 1.0)
        seen[:, :, column] = np.where(np.isfinite(people) & np.isfinite(level), noisy, level)
        seen[:, ~np.isfinite(observed.values[:, column]), column] = np.nan
        if observed.changes[column]:
            seen[:, :, column] = since_first(seen[:, :, column], np.isfinite(observed.values[:, column]))
    return seen


def since_first(levels: FloatArray, known: BoolArray) -> FloatArray:
    """Changes (draws, rows) since the first row that has a value; all missing if none has."""
    rows = np.flatnonzero(known)
    if not rows.size:
        return np.full_like(levels, np.nan)
    changes: FloatArray = levels - levels[:, rows[:1]]
    return changes


def _counted(share: FloatArray, people: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Shares among so many people, each of whom says yes with the probability ``share``."""
    number = np.broadcast_to(np.where(np.isfinite(people), np.maximum(people, 1.0), 1.0), share.shape)
    chance = np.where(np.isfinite(share), np.clip(share, 0.0, 1.0), 0.0)
    counted: FloatArray = rng.binomial(number.astype(np.int64), chance) / number
    return counted


def _error_of_mean(level: FloatArray, kind: str, deviation: float, people: FloatArray) -> FloatArray:
    """Standard error of a mean of so many answers; 0 where it is no survey."""
    one = np.full(level.shape, deviation if kind == MEAN else 0.0)
    if kind == NET_PROMOTER:
        promoters, detractors = promoters_and_detractors(_GRID)
        spread = 100.0 * np.sqrt(promoters + detractors - (promoters - detractors) ** 2)
        one = np.interp(level, net_promoter_score(_GRID), spread)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = one / np.sqrt(people)
    return np.where(np.isfinite(error), error, 0.0)


ANSWERS = SPREAD
"""Standard deviation of one answer about satisfaction, 0 to 1, where a history does not say: that of national indices."""
