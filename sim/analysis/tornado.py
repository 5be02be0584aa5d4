"""Tornados: the effect of each factor by itself.

Where rows differ from a base row in one factor only (one at a time, slices of a grid, a list), the difference is the
effect of that factor there, in the unit of the outcome. Where all factors were drawn together, a regression of ranks
shows how strongly and in which direction the outcome follows each of them, in standard deviations.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr
from scipy.stats import false_discovery_control, rankdata

from sim.analysis.intervals import LEVEL, mean_interval, percentile_limits, resampling_weights, student_quantile
from sim.analysis.missing import BoolArray, FloatArray, mean_where_known
from sim.analysis.sensitivity import constant, same_everywhere, samples_for
from sim.analysis.sweeps import ResultKey, Sweep
from sim.analysis.wording import format_share

BASE = "base"
"""Label of the base row of a one-at-a-time design."""


@dataclass(frozen=True)
class Swings:
    """Effects of single factors.

    Attributes:
        table: One row a factor and value: ``factor, value, end`` (``low``, ``high``, ``between``, or ``word`` where
            values have no order), ``effect`` against the base, with ``low`` and ``high``, and ``replicates``.
        base: Settings of the base row.
        level: Mean outcome of the base row.
        missing: Rows of the tornado that have no replicate in common with the base.
        reason: Why there is no table; empty where there is one.
    """

    table: pd.DataFrame
    base: dict[str, Any]
    level: float = float("nan")
    missing: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Regression:
    """Regression of ranks.

    Attributes:
        table: One row a factor: ``factor, coefficient, low, high``, standardized.
        explained: Share of the variance of the ranks that the regression explains.
        rows, dropped: Rows that are used, and rows left out because they have no value.
        reason: Why there is no table; empty where there is one.
        unranked: Factors left out because their values have no order.
    """

    table: pd.DataFrame
    explained: float = float("nan")
    rows: int = 0
    dropped: int = 0
    reason: str = ""
    unranked: tuple[str, ...] = ()

    def describe(self, most: int = 3) -> str:
        """The strongest factors in words."""
        rest = f" {self.dropped:,} rows have no value." if self.dropped else ""
        if self.unranked:
            rest += f" Without {', '.join(self.unranked)}, whose values have no order."
        if self.reason:
            return f"no rank regression: {self.reason}.{rest}"
        ranked = self.table.sort_values("coefficient", key=np.abs, ascending=False, kind="stable").head(most)
        lead = [
            f"{name} {value:+.2f} ({low:+.2f} to {high:+.2f})"
            for name, value, low, high in ranked[["factor", "coefficient", "low", "high"]].itertuples(index=False)
        ]
        text = f"the outcome follows, in standard deviations of ranks: {'; '.join(lead)}"
        return (
            f"{text}; all factors together explain {format_share(self.explained)} of it. From {self.rows:,} rows.{rest}"
        )


def find_base(factor_values: pd.DataFrame, bases: dict[str, Any], labels: Sequence[str] = ()) -> int:
    """The row that the others are compared with: the one labeled base, or at the base of all factors, or in the middle.

    Args:
        factor_values: One row a row, one column a factor.
        bases: Factor -> value where it is not varied; factors without one are ignored.
        labels: Labels of the rows.
    """
    if BASE in labels:
        return labels.index(BASE)
    codes = factor_values.apply(_rank_values)
    known = {name: value for name, value in bases.items() if name in factor_values and value is not None}
    if known:
        at_base = np.all([_same(factor_values[name], value) for name, value in known.items()], axis=0)
        if at_base.any():
            return int(at_base.argmax())
    middle = (codes.max() / 2.0).to_numpy()
    return int(np.abs(codes.to_numpy() - middle).sum(axis=1).argmin())


def one_at_a_time(factor_values: pd.DataFrame, base: int, values: FloatArray) -> Swings:
    """The effect of each factor when only that factor is changed.

    Args:
        factor_values: One row a row, one column a factor.
        base: Number of the row that the others are compared with.
        values: [row, replicate]; NaN is missing. Rows are compared replicate by replicate.
    """
    stands: dict[Hashable, Any] = factor_values.iloc[base].to_dict()
    at_base = {str(name): value for name, value in stands.items()}
    level = float(mean_where_known(values[base]))
    if not np.isfinite(level):
        return Swings(pd.DataFrame(), at_base, reason="the base row has no value")
    if constant(values):
        return Swings(pd.DataFrame(), at_base, level, reason=same_everywhere(values))
    differs = np.stack([~_same(factor_values[name], stands[name]) for name in factor_values], axis=1)
    alone = differs.sum(axis=1) == 1
    found, missing = [], 0
    for column, name in enumerate(factor_values):
        rows = np.flatnonzero(alone & differs[:, column])
        ranks = _rank_values(factor_values[name]).to_numpy()
        rows = rows[np.argsort(ranks[rows], kind="stable")]
        ends = _ends(
            ranks[rows], ranks[base], bool(factor_values[name].map(lambda value: isinstance(value, str)).any())
        )
        for row, end in zip(rows, ends, strict=True):
            effect = values[row] - values[base]
            interval, number = mean_interval(effect), int(np.isfinite(effect).sum())
            missing += not number
            if number:
                value = str(factor_values[name].iloc[row])
                found.append((str(name), value, end, interval.mean, interval.low, interval.high, number))
    if not found:
        return Swings(pd.DataFrame(), at_base, level, missing, reason="no row differs from the base in one factor only")
    table = pd.DataFrame(found, columns=["factor", "value", "end", "effect", "low", "high", "replicates"])
    return Swings(table, at_base, level, missing)


def surely_differs(swings: pd.DataFrame) -> BoolArray:
    """Which effects of a tornado are more than chance: one in twenty of those that are named may be chance.

    The largest of many effects is large by chance too, so an interval of its own does not do. This is the rule of Benjamini &
    Hochberg (1995) over all rows, for the tests of which :attr:`Swings.table` has the intervals.

    Args:
        swings: Columns ``effect, low, high, replicates``.
    """
    freedom = np.maximum(swings["replicates"].to_numpy(dtype=np.float64) - 1.0, 1.0)
    effect = np.abs(swings["effect"].to_numpy(dtype=np.float64))
    error = (swings["high"] - swings["low"]).to_numpy(dtype=np.float64) / 2.0 / student_quantile(freedom)
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = 2.0 * stdtr(freedom, -effect / error)
    chance = np.where(np.isfinite(chance), chance, 1.0)  # one replicate, or an effect of exactly 0
    return np.asarray(false_discovery_control(chance) <= 1.0 - LEVEL)


def _ends(ranks: FloatArray, base: float, words: bool) -> list[str]:
    """Which values of a factor, in order, are the lowest and the highest; a single value gets its side of the base."""
    if words:
        return ["word"] * len(ranks)
    ends = ["between"] * len(ranks)
    if len(ranks) and (ranks[0] < base or (base < 0 and len(ranks) > 1)):
        ends[0] = "low"
    if len(ranks) and ranks[-1] > base:
        ends[-1] = "high"
    return ends


def _same(column: pd.Series, value: Any) -> BoolArray:
    """Where a column has a value; a missing one (a lever that leaves the policy as it is) equals itself."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 (a missing number is not itself)
        return column.isna().to_numpy(dtype=bool)
    same: BoolArray = (column == value).fillna(False).to_numpy(dtype=np.bool_)
    return same


def _rank_values(column: pd.Series) -> pd.Series:
    """Rank of every value among the distinct ones, in their order; -1 for missing ones."""
    codes, _ = pd.factorize(column, sort=True)
    return pd.Series(codes.astype(np.float64), index=column.index)


def row_means(values: FloatArray) -> FloatArray:
    """Mean of every row over replicates, corrected for the replicates that are missing.

    Shared random numbers make a replicate high or low in all rows. A row that lacks it is compared as if it had an
    average one. Row and replicate means are fitted together (alternating least squares). Complete rows are plain means.

    Args:
        values: [row, replicate]; NaN is missing.
    """
    means = mean_where_known(values)
    known = np.isfinite(values)
    if not (known.any(axis=1) & ~known.all(axis=1)).any():
        return means
    for _ in range(30):
        replicate_effect = mean_where_known(values - means[:, np.newaxis], axis=0)
        replicate_effect -= replicate_effect[np.isfinite(replicate_effect)].mean()
        means = mean_where_known(values - replicate_effect)
    return means


def rank_regression(encoded: FloatArray, values: FloatArray, names: Sequence[str]) -> Regression:
    """Standardized rank regression coefficients (Saltelli & Marivoet 1990) with bootstrap intervals over rows.

    A coefficient says by how many standard deviations the rank of the outcome moves when that of the factor moves by
    one and the others stay. Coefficients can be trusted as far as the share of variance that they explain together.

    Args:
        encoded: [row, factor] numbers that can be ranked.
        values: [row, replicate]; NaN is missing.
        names: Factors, in the order of the columns.
    """
    means = row_means(values)
    used = np.isfinite(means) & np.isfinite(encoded).all(axis=1)
    counts: dict[str, Any] = {"rows": int(used.sum()), "dropped": int((~used).sum())}
    if constant(means):
        return Regression(pd.DataFrame(), **counts, reason=same_everywhere(means))
    least = 3 * (len(names) + 1)
    if not names or counts["rows"] < least:
        return Regression(
            pd.DataFrame(),
            **counts,
            reason=f"{counts['rows']} rows with a value are too few, at least {least} are needed",
        )
    ranks = np.column_stack([rankdata(encoded[used], axis=0), rankdata(means[used])])
    varied = np.ptp(ranks[:, :-1], axis=0) > 0
    ranks = ranks[:, [*varied, True]]
    weights = resampling_weights(counts["rows"], samples_for(counts["rows"] * len(names)))
    estimate, explained = _coefficients(ranks, np.ones((1, counts["rows"])))
    draws, _ = _coefficients(ranks, weights)
    limits = [percentile_limits(draws[:, column], counts["rows"]) for column in range(int(varied.sum()))]
    table = pd.DataFrame(
        {
            "factor": [name for name, varies in zip(names, varied, strict=True) if varies],
            "coefficient": estimate[0],
            "low": [low for low, _ in limits],
            "high": [high for _, high in limits],
        }
    )
    return Regression(table, float(explained[0]), **counts)


def _coefficients(ranks: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Standardized coefficients [sample, factor] and explained shares [sample] of the last column on the others."""
    total = weights.sum(axis=1)
    center = ranks.mean(axis=0)
    moved = ranks - center
    mean = np.einsum("br,rf->bf", weights, moved) / total[:, np.newaxis]
    products = np.einsum("br,rf,rg->bfg", weights, moved, moved, optimize=True) / total[:, np.newaxis, np.newaxis]
    covariance = products - mean[:, :, np.newaxis] * mean[:, np.newaxis, :]
    spread = np.sqrt(np.einsum("bff->bf", covariance))
    spread = np.where(spread > 0.0, spread, np.nan)
    correlation = covariance / spread[:, :, np.newaxis] / spread[:, np.newaxis, :]
    usable = np.isfinite(correlation).all(axis=(1, 2))
    found = np.full((len(weights), ranks.shape[1] - 1), np.nan)
    # the pseudoinverse also works if factors are copies of each other: they share what they explain
    found[usable] = np.einsum(
        "bfg,bg->bf", np.linalg.pinv(correlation[usable, :-1, :-1], hermitian=True), correlation[usable, :-1, -1]
    )
    return found, np.einsum("bf,bf->b", found, correlation[:, :-1, -1])


def swings_by_policy(sweep: Sweep, outcome: str) -> list[tuple[ResultKey, Swings]]:
    """One-at-a-time effects of every design with chosen rows, by policy and future."""
    found = []
    for design, key, values in sweep.results_by_policy(outcome, "one-at-a-time", "grid", "list"):
        factor_values = sweep.factor_values_of(design)[sweep.factors_concerning(design, key.policy)]
        if factor_values.empty or not design.over:
            continue
        labels = (
            sweep.factor_values.loc[sweep.factor_values["design"] == design.name].sort_values("row")["label"].tolist()
        )
        bases = {str(name): sweep.factors[str(name)].base for name in factor_values}
        found.append((key, one_at_a_time(factor_values, find_base(factor_values, bases, labels), values)))
    return found


def regressions_by_policy(sweep: Sweep, outcome: str) -> list[tuple[ResultKey, Regression]]:
    """Rank regression over the independent rows of every sampled design, by policy and future."""
    found = []
    for design, key, values in sweep.results_by_policy(outcome, "latin-hypercube", "sample", "sobol"):
        ranked = [name for name in sweep.factors_concerning(design, key.policy) if sweep.factors[name].ordered]
        factor_values = sweep.factor_values_of(design)
        columns = [sweep.factors[name].encode(factor_values[name]) for name in ranked]
        # a lever that leaves the policy as it is written has no number, and rows without one cannot be ranked
        usable = [(name, column) for name, column in zip(ranked, columns, strict=True) if np.isfinite(column).any()]
        encoded = np.stack([column for _, column in usable], axis=1) if usable else np.empty((design.rows, 0))
        rows = design.independent
        result = rank_regression(encoded[rows], values[rows], [name for name, _ in usable])
        unranked = tuple(name for name in sweep.factors_concerning(design, key.policy) if name not in dict(usable))
        found.append((key, replace(result, unranked=unranked)))
    return found
