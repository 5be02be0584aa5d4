"""Which factors move the whole distribution of an outcome: PAWN indices (Pianosi & Wagener 2015, 2018), from any sample.

Shares of variance describe an outcome well that spreads around one level. Where runs either hold or collapse, they say
mostly how often it tips. PAWN compares distributions instead: that of all runs with that of the runs in which a factor lies
in one slice of its range. It needs no special design.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from sim.analysis.convergence import find_split
from sim.analysis.intervals import BOOTSTRAP_SEED
from sim.analysis.missing import FloatArray, mean_where_known
from sim.analysis.sensitivity import constant, same_everywhere
from sim.analysis.sweeps import ResultKey, Sweep

LEAST_ROWS = 40
"""With fewer rows than this nothing is estimated."""

MOST_SLICES, ROWS_IN_SLICE = 10, 10
"""The range of a factor is cut into as many slices with equally many rows as leave this many in each, at most ten."""

TWO_GROUPS = 0.85
"""An outcome falls into two groups if one split explains this share of the variance of the rows' means. A normal spread
reaches 64 %, an even one 75 %, and in 40 rows by chance 84 % (in 1 of 100 samples)."""

_LEAST_GROUP = 0.1
_MOST_VALUES = 20_000_000


@dataclass(frozen=True)
class Pawn:
    """PAWN indices of one outcome.

    Attributes:
        table: One row a factor: ``factor``; ``index``, the median over slices of the Kolmogorov-Smirnov distance, 0 to 1;
            ``largest``, that of the slice that differs most; ``chance``, below which 95 % of indices lie if the factor
            does not matter.
        rows: Rows that are used.
        split: Share of the variance of the rows' means that the best split into two groups explains; NaN if not known.
        groups: Means of these groups, if the outcome falls into two; else empty.
        reason: Why there are no indices; empty where there are.
    """

    table: pd.DataFrame
    rows: int
    split: float = float("nan")
    groups: tuple[float, ...] = ()
    reason: str = ""

    def describe(self, format_value: Callable[[float], str], most: int = 3) -> str:
        """The strongest factors in words; ``format_value`` writes a value with its unit."""
        if self.reason:
            return f"no PAWN indices: {self.reason}."
        ranked = self.table.sort_values("index", ascending=False, kind="stable")
        clear, quiet = ranked[ranked["index"] > ranked["chance"]], ranked[ranked["index"] <= ranked["chance"]]
        lead = [
            f"{name} {index:.2f} (by chance up to {chance:.2f})"
            for name, index, chance in clear.head(most)[["factor", "index", "chance"]].itertuples(index=False)
        ]
        text = f"distance between distributions (PAWN, 0 to 1): {'; '.join(lead) or 'no factor is above chance'}."
        if lead and len(quiet):
            text += f" Not above chance: {', '.join(quiet['factor'])}."
        if self.groups:
            low, high = (format_value(value) for value in self.groups)
            text += (
                f" The rows fall into two groups, about {low} and {high} (one split explains {100.0 * self.split:.0f} % of their "
                f"variance; from {100.0 * TWO_GROUPS:.0f} % on they count as two). Shares of variance mislead here: they say "
                "mostly how often a row tips."
            )
        return f"{text} From {self.rows:,} rows."


def pawn_indices(slices: Sequence[NDArray[np.int64]], values: FloatArray, names: Sequence[str]) -> Pawn:
    """PAWN indices of factors whose ranges are cut into slices.

    Every run counts, and every row counts alike however many runs it has.

    Args:
        slices: For each factor, [row] the number of the slice that a row lies in, from 0.
        values: [row, replicate]; NaN is missing.
        names: The factors.
    """
    known = np.isfinite(values)
    used = known.any(axis=1)
    rows = int(used.sum())
    if rows < LEAST_ROWS:
        return Pawn(pd.DataFrame(), rows, reason=f"{rows} rows are too few, at least {LEAST_ROWS} are needed")
    if constant(values):
        return Pawn(pd.DataFrame(), rows, reason=same_everywhere(values))
    distances = _Distances(values[used])
    table = []
    for name, every in zip(names, slices, strict=True):
        _, codes = np.unique(every[used], return_inverse=True)
        found = distances.of(codes)
        table.append((name, float(np.median(found)), float(found.max()), distances.by_chance(codes)))
    split, groups = _two_groups(values[used])
    return Pawn(pd.DataFrame(table, columns=["factor", "index", "largest", "chance"]), rows, split, groups)


class _Distances:
    """Kolmogorov-Smirnov distances between all runs of [row, replicate] and those of some rows, each row weighed alike."""

    def __init__(self, values: FloatArray) -> None:
        known = np.isfinite(values)
        row, _ = np.nonzero(known)
        order = np.argsort(values[known], kind="stable")
        ordered = values[known][order]
        self._rows = len(values)
        self._row = row[order]
        self._weight = 1.0 / known.sum(axis=1)[self._row]
        self._steps = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)  # the last of equal values
        self._all = self._weight.cumsum()[self._steps] / self._rows
        self._chances: dict[tuple[int, ...], float] = {}

    def of(self, codes: NDArray[np.int64]) -> FloatArray:
        """[slice] distances, for the slice of each row."""
        found = []
        for code, size in enumerate(np.bincount(codes)):
            inside = (codes[self._row] == code) * self._weight
            found.append(np.abs(inside.cumsum()[self._steps] / size - self._all).max())
        return np.array(found)

    def by_chance(self, codes: NDArray[np.int64]) -> float:
        """95 % quantile of the index over rows that are dealt out to slices of the same sizes at random."""
        sizes = tuple(sorted(np.bincount(codes).tolist()))
        if sizes not in self._chances:
            generator = np.random.default_rng(BOOTSTRAP_SEED)
            number = int(np.clip(_MOST_VALUES // (len(self._row) * len(sizes)), 40, 200))
            dealt = np.repeat(np.arange(len(sizes)), sizes)
            indices = [np.median(self.of(generator.permutation(dealt))) for _ in range(number)]
            self._chances[sizes] = float(np.quantile(indices, 0.95))
        return self._chances[sizes]


def _two_groups(values: FloatArray) -> tuple[float, tuple[float, ...]]:
    """Share of the variance of rows' means that a split explains, and the means of both groups if it is large enough."""
    ordered = np.sort(mean_where_known(values))
    if constant(ordered):
        return float("nan"), ()
    position, explained = find_split(ordered)
    smaller = min(position, len(ordered) - position)
    if explained < TWO_GROUPS or smaller < _LEAST_GROUP * len(ordered):
        return explained, ()
    return explained, (float(ordered[:position].mean()), float(ordered[position:].mean()))


def cut_into_slices(column: pd.Series, numeric: bool) -> NDArray[np.int64]:
    """[row] number of the slice of a factor's values: each word or number by itself if they are few, else equal parts."""
    number = int(np.clip(len(column) // ROWS_IN_SLICE, 2, MOST_SLICES))
    if not numeric or column.nunique() <= number:
        return np.asarray(pd.factorize(column.astype("string").fillna("as written"), sort=True)[0], dtype=np.int64)
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(values)
    slices = np.full(len(values), number, dtype=np.int64)  # rows without a number, as a lever may have, by themselves
    slices[known] = ((rankdata(values[known]) - 0.5) * number / known.sum()).astype(np.int64)
    return slices


def pawn_by_policy(sweep: Sweep, outcome: str) -> list[tuple[ResultKey, Pawn]]:
    """PAWN indices over the independent rows of every sampled design, by policy and future."""
    found = []
    for design, key, values in sweep.results_by_policy(outcome, "latin-hypercube", "sample", "sobol"):
        rows = design.independent
        names = sweep.factors_concerning(design, key.policy)
        columns = sweep.factor_values_of(design)[rows]
        slices = [cut_into_slices(columns[name], sweep.factors[name].numeric) for name in names]
        found.append((key, pawn_indices(slices, values[rows], names)))
    return found
