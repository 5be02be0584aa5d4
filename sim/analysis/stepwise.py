"""Which of many factors move an outcome: rank regression on those that can be told from chance.

With nearly as many factors as rows an ordinary regression explains chance. So factors enter one at a time, the one first
that goes best with what is not explained yet (stepwise rank regression, Helton & Davis 2003), and the rest stay out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import stdtrit
from scipy.stats import rankdata

from sim.analysis.missing import FloatArray
from sim.analysis.tornado import Regression, rank_regression

ENTRY = 0.01
"""Chance with which a factor without effect may enter: two of two hundred."""

_ROWS_PER_FACTOR = 5


def stepwise_rank_regression(
    encoded: FloatArray, values: FloatArray, names: Sequence[str], entry: float = ENTRY
) -> Regression:
    """Standardized rank regression coefficients of those factors that can be told from chance.

    Args:
        encoded: [row, factor] numbers that can be ranked.
        values: [row]; NaN is missing.
        names: Factors, in the order of the columns.
        entry: Chance with which a factor without effect may enter.
    """
    used = np.isfinite(values)
    chosen: list[int] = []
    if int(used.sum()) >= 2 * _ROWS_PER_FACTOR and np.ptp(values[used]) > 0.0:
        factors = _standardized(encoded[used])
        outcome = _standardized(values[used][:, np.newaxis])[:, 0]
        chosen = _enter(factors, outcome, entry)
    result = rank_regression(encoded[:, chosen], values[:, np.newaxis], [names[index] for index in chosen])
    if not chosen and not result.reason.startswith("the outcome"):
        return replace(result, reason=f"no factor can be told from chance in {int(used.sum())} rows")
    return result


def _standardized(columns: FloatArray) -> FloatArray:
    """Ranks of each column with mean 0 and length 1; 0 where all are equal."""
    ranks = rankdata(columns, axis=0)
    ranks = ranks - ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    standardized: FloatArray = np.divide(ranks, length, out=np.zeros_like(ranks), where=length > 0.0)
    return standardized


def _enter(factors: FloatArray, outcome: FloatArray, entry: float) -> list[int]:
    """Factors in the order in which they enter."""
    rows, number = factors.shape
    chosen: list[int] = []
    rest, left = (
        factors.copy(),
        outcome.copy(),
    )  # what the chosen factors do not explain, of the others and of the outcome
    while len(chosen) < min(number, rows // _ROWS_PER_FACTOR):
        length = np.sqrt((rest**2).sum(axis=0) * (left**2).sum())
        product = np.einsum("rf,r->f", rest, left)
        together = np.divide(product, length, out=np.zeros(number), where=length > 1e-9)
        together[chosen] = 0.0
        best = int(np.abs(together).argmax())
        freedom = rows - len(chosen) - 2
        share = together[best] ** 2
        if share <= 0.0 or np.sqrt(freedom * share / max(1.0 - share, 1e-12)) < stdtrit(freedom, 1.0 - entry / 2.0):
            break
        chosen.append(best)
        direction = rest[:, best] / np.sqrt((rest[:, best] ** 2).sum())
        left = left - direction * np.einsum("r,r->", direction, left)
        rest = rest - direction[:, np.newaxis] * np.einsum("r,rf->f", direction, rest)
    return chosen
