"""Hold-out: the history without its last rows foretells them, and "as in the row before" does so too.

What the rows before say about a later cell is learned like what they say about a parameter (:mod:`sim.fitting.summaries`), and
the later cells of the table's draws are moved to the observed history in the same way (:mod:`sim.fitting.posterior`). So the
forecast has everything that the model knows, chance and sampling error included. "As in the row before" is a normal distribution
around the last known value, as wide as the history's own changes from row to row, growing with the square root of the rows
ahead (a random walk). Both are scored by the continuous ranked probability score (Gneiting & Raftery 2007, Journal of the
American Statistical Association 102:359).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtr

from sim.analysis.missing import or_none
from sim.fitting.posterior import kernel_weights, leave_out, move
from sim.fitting.summaries import Summaries, learn_summaries
from sim.fitting.table import MEAN, SHARE, Observed, ReferenceTable
from sim.model.kernel.array_types import BoolArray, FloatArray, IntArray

_NEAREST = 0.5
_OTHERS = 100


@dataclass(frozen=True)
class Holdout:
    """How well the last rows were foretold from those before.

    Attributes:
        rows: Labels of the rows that were held out.
        scores: Column -> mean score of the model and of "as in the row before", in the column's unit; smaller is better.
        ratio: The model's score as a multiple of the other one, averaged over columns (geometric mean).
        ratios: (histories,) the same of histories that the model made itself.
        median, low, high: (rows, columns) what was foretold, and 80 % intervals; NaN where nothing was to be foretold.
    """

    rows: tuple[str, ...]
    scores: Mapping[str, tuple[float, float]]
    ratio: float
    ratios: FloatArray
    median: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def usual(self) -> float:
        """What is usual of histories that the model made itself: the median of their ratios."""
        return float(np.nanmedian(self.ratios))

    @property
    def better(self) -> bool:
        """Whether the model foretold better."""
        return self.ratio < 1.0

    def sentence(self) -> str:
        """What came of it, in words."""
        much = 100.0 * abs(1.0 - self.ratio)
        rows = f"the last {len(self.rows)} rows" if len(self.rows) > 1 else "the last row"
        comparison = (
            f"Fitted without {rows}, the model foretells them {{}} than “as in the row before” does: its error is"
        )
        if self.better:
            return f"{comparison.format('better')} {much:.0f} % smaller."
        return f"{comparison.format('worse')} {much:.0f} % larger. Do not use it to foretell what comes next."

    def usual_in_words(self) -> str:
        """What to expect if the model were right, in words."""
        much = 100.0 * abs(1.0 - self.usual)
        side = "smaller" if self.usual < 1.0 else "larger"
        return f"In histories that the model makes itself its error is {much:.0f} % {side} (median)."

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "rows": list(self.rows),
            "better": self.better,
            "ratio": or_none(self.ratio),
            "usual_ratio": or_none(self.usual),
            "scores": {
                name: {"model": or_none(own), "as_in_the_row_before": or_none(other)}
                for name, (own, other) in self.scores.items()
            },
            "sentence": self.sentence(),
        }


def foretell_last(
    table: ReferenceTable, observed: Observed, simulated: FloatArray, seed: int, hold_out: int
) -> Holdout | None:
    """Foretell the last rows of a history from those before; ``None`` if nothing can be held out or foretold.

    Args:
        table: The reference table.
        observed: The history.
        simulated: (draws, rows, columns) histories of the table with sampling error.
        seed: Of learning.
        hold_out: How many rows.
    """
    first = len(observed.rows) - hold_out
    if hold_out < 1 or first < 1:
        return None
    before = replace(observed, values=np.where(np.arange(len(observed.rows))[:, None] < first, observed.values, np.nan))
    later = np.isfinite(observed.values)
    later[:first] = False
    later &= np.isfinite(before.values).any(axis=0)  # "as in the row before" needs one
    later &= np.isfinite(simulated).mean(axis=0) > 0.5
    later &= np.nanstd(np.where(later, simulated, 0.0), axis=0) > 0.0
    if not later.any():
        return None
    cells = simulated[:, later]
    middle, spread = np.nanmean(cells, axis=0), np.nanstd(cells, axis=0)
    targets = np.where(np.isfinite(cells), (cells - middle) / spread, 0.0)
    summaries = learn_summaries(table, simulated, before, seed, targets, networks=False)
    draws, weights = _foretell(targets, summaries.distance(before.values))
    foretold = _in_range(draws * spread + middle, observed, later)
    scores = _score(foretold, weights, observed.values, before.values, later)
    rng = np.random.default_rng([seed, 20_070_301])
    columns = np.where(later)[1]
    ratios = []
    for row in rng.permutation(len(targets))[:_OTHERS]:
        known = _score_known(int(row), summaries, targets, simulated, first, later, middle, spread)
        ratios.append(_ratio(known, columns))
    ends = np.full((3, *later.shape), np.nan)
    ends[:, later] = [
        np.quantile(foretold, share, axis=0, weights=weights, method="inverted_cdf") for share in (0.5, 0.1, 0.9)
    ]
    by_column = {
        name: (float(scores[0, columns == at].mean()), float(scores[1, columns == at].mean()))
        for at, name in enumerate(observed.columns)
        if (columns == at).any()
    }
    median, low, high = ends[:, first:]
    ratio = _ratio(scores, columns)
    return Holdout(observed.rows[first:], by_column, ratio, np.array(ratios), median, low, high)


def _foretell(targets: FloatArray, distance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Later cells of all draws, moved to the observed history, and their weights."""
    weights = kernel_weights(distance, _NEAREST)
    weights = weights / weights.sum()
    return move(targets, distance, weights), weights


def _score_known(
    row: int,
    summaries: Summaries,
    targets: FloatArray,
    simulated: FloatArray,
    first: int,
    later: BoolArray,
    middle: FloatArray,
    spread: FloatArray,
) -> FloatArray:
    """Scores of a history of the table, foretold from the other draws."""
    draws, weights = _foretell(*leave_out(targets, summaries, row))
    history = np.where(np.isfinite(simulated[row]), simulated[row], np.nan)
    before = history.copy()
    before[first:] = np.nan
    return _score(draws * spread + middle, weights, history, before, later)


def _in_range(values: FloatArray, observed: Observed, later: BoolArray) -> FloatArray:
    """Shares and means of indices kept between 0 and 1, unless they are changes."""
    bounded = [
        kind in (SHARE, MEAN) and not change for kind, change in zip(observed.kinds, observed.changes, strict=True)
    ]
    clip = np.array(bounded)[np.where(later)[1]]
    return np.where(clip, np.clip(values, 0.0, 1.0), values)


def _score(
    draws: FloatArray, weights: FloatArray, history: FloatArray, before: FloatArray, later: BoolArray
) -> FloatArray:
    """Scores (2, cells) of the model and of "as in the row before"."""
    rows, columns = np.where(later)
    scores = np.full((2, len(rows)), np.nan)
    for cell, (row, column) in enumerate(zip(rows, columns, strict=True)):
        known = np.flatnonzero(np.isfinite(before[:, column]))
        if not known.size or not np.isfinite(history[row, column]):
            continue
        values = before[known, column]
        steps = np.diff(values) / np.sqrt(np.diff(known))
        step = float(np.sqrt(np.mean(steps**2))) if steps.size else 0.0
        truth = float(history[row, column])
        scores[0, cell] = score_draws(draws[:, cell], weights, truth)
        scores[1, cell] = score_normal(float(values[-1]), step * np.sqrt(row - known[-1]), truth)
    return scores


def _ratio(scores: FloatArray, columns: IntArray) -> float:
    """Score of the model as a multiple of the other's: the geometric mean over columns, each at most 20 times or a 20th."""
    found = []
    for column in np.unique(columns):
        own, other = scores[:, (columns == column) & np.isfinite(scores).all(axis=0)]
        if own.size:
            found.append(np.clip(own.mean() / max(float(other.mean()), 1e-300), 0.05, 20.0))
    return float(np.exp(np.mean(np.log(found)))) if found else float("nan")


def score_draws(draws: FloatArray, weights: FloatArray, truth: float) -> float:
    """Continuous ranked probability score of weighted draws."""
    order = np.argsort(draws, kind="stable")
    values, share = draws[order], weights[order]
    below = np.cumsum(share) - 0.5 * share
    spread = 2.0 * float(np.sum(share * values * (2.0 * below - 1.0)))  # mean difference of two draws
    return float(share @ np.abs(values - truth)) - 0.5 * spread


def score_normal(mean: float, deviation: float, truth: float) -> float:
    """Continuous ranked probability score of a normal distribution."""
    if deviation <= 0.0:
        return abs(truth - mean)
    away = (truth - mean) / deviation
    density = np.exp(-0.5 * away**2) / np.sqrt(2.0 * np.pi)
    return float(deviation * (away * (2.0 * ndtr(away) - 1.0) + 2.0 * density - 1.0 / np.sqrt(np.pi)))
