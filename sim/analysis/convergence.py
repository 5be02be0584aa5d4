"""How many replicates are enough: how the interval narrows as replicates are added, and where more of them cannot help.

At some points runs either hold or collapse. The mean there is mostly the share of runs that hold: it describes no single
run, and its interval narrows as slowly as a share's. Such points are found and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from sim.analysis.intervals import LEVEL, half_width
from sim.analysis.missing import BoolArray, FloatArray, mean_where_known
from sim.analysis.sensitivity import constant
from sim.analysis.sweeps import ResultKey, Sweep
from sim.analysis.wording import format_share

SPLIT = 0.9
"""Share of a point's variance that a split must explain for its runs to count as two groups, in a large sample. The best
split of a normal distribution explains 64 %, of a uniform one 75 %. Small samples get higher by chance and need more."""

SPLIT_IN_SMALL = 0.4
"""This number divided by the number of replicates is added to that share. About 1 % of uniform samples of 10 then pass."""

LEAST_SPLIT = 10
"""Fewer replicates than this cannot distinguish two groups from two outliers."""

DEFAULT_TARGET = 0.1
"""The target half width if none is given, as a share of the range of the points' means."""

_LEAST_GROUP = 0.1
_MOST_NUMBERS = 40
_FEW = 3


_MANY = 10_000  # beyond this number of replicates only the order of magnitude matters


@dataclass(frozen=True)
class Convergence:
    """Intervals against the number of replicates.

    Attributes:
        table: One row a number of replicates: ``replicates``, ``points`` (how many have as many) and, over all points
            with an interval, ``half_width`` (median), ``low`` and ``high`` (10 % and 90 %). A point that has stopped
            keeps the width that it had; without it, only the points with wide intervals would be left.
        points: One row a point: ``replicates, mean, half_width, needed`` and, if its runs fall into two groups,
            ``two_groups`` (True), ``share_upper, lower_group, upper_group``.
        target: The target half width; NaN if there is none.
        enough: Share of the points that reach the target with the replicates they have.
        needed: Replicates with which 9 of 10 points reach it.
        bistable: Points whose runs fall into two groups, among the ``testable`` points: those with enough replicates.
        reason: Why there is no table; empty where there is one.
    """

    table: pd.DataFrame
    points: pd.DataFrame
    target: float = float("nan")
    enough: float = float("nan")
    needed: float = float("nan")
    bistable: int = 0
    testable: int = 0
    reason: str = ""

    def describe(self, format_value: Callable[[float], str]) -> str:
        """The result in words; ``format_value`` writes a value with its unit."""
        if self.reason:
            return f"{self.reason}."
        most = self.table.iloc[-1]
        several = self.points.loc[self.points["replicates"] > 1, "replicates"]
        number, short = int(most["replicates"]), int((several < most["replicates"]).sum())
        have = f"{int(several.min())} to {number}" if short else f"{number}"
        stopped = f" ({len(several) - short:,} of {len(several):,} rows have {number})" if short else ""
        text = (
            f"with {have} replicates{stopped} half of the 95 % interval is "
            f"{format_value(most['half_width'])} in the median "
            f"row, {format_value(most['high'])} or more in a tenth of the rows"
        )
        if np.isfinite(self.target):
            needed = f"{self.needed:,.0f}" if self.needed <= _MANY else f"more than {_MANY:,}"
            text += (
                f"; {format_value(self.target)} is reached in {format_share(self.enough)} "
                f"of the rows, and {needed} replicates would do in 9 of 10"
            )
        if self.bistable:
            groups = self.points[self.points["two_groups"]]
            low, high = (format_value(float(groups[name].median())) for name in ("lower_group", "upper_group"))
            text += f". In {self.bistable:,} of {self.testable:,} rows the runs fall into two groups, about {low} and {high}"
        return f"{text}."


def convergence(values: FloatArray, target: float = float("nan")) -> Convergence:
    """How the interval of every point narrows with replicates.

    Args:
        values: [point, replicate] in the order in which replicates are run; NaN is missing.
        target: Half width of the 95 % interval that would be narrow enough.
    """
    known = np.isfinite(values)
    number = known.sum(axis=1)
    if not (number > 1).any():
        return Convergence(
            pd.DataFrame(), pd.DataFrame(), target, reason="no row has two replicates, so there is no interval"
        )
    first = np.take_along_axis(values, np.argsort(~known, axis=1, kind="stable"), axis=1)
    rows = []
    for count in _replicate_counts(int(number.max())):
        widths = half_width(first[number > 1, :count])  # what has fewer replicates keeps its width
        low, middle, high = np.quantile(widths, [0.1, 0.5, 0.9])
        rows.append((count, int((number >= count).sum()), middle, low, high))
    table = pd.DataFrame(rows, columns=["replicates", "points", "half_width", "low", "high"])
    points = _describe_points(values, number, target)
    several = points["replicates"] > 1
    enough = float((points.loc[several, "half_width"] <= target).mean()) if np.isfinite(target) else float("nan")
    needed = points.loc[several, "needed"].to_numpy(dtype=np.float64)
    return Convergence(
        table,
        points,
        target,
        enough,
        float(np.quantile(needed, 0.9, method="inverted_cdf")) if np.isfinite(target) else float("nan"),
        int(points["two_groups"].sum()),
        int((points["replicates"] >= LEAST_SPLIT).sum()),
    )


def _replicate_counts(most: int) -> list[int]:
    """Numbers of replicates to look at: each one if there are few, else evenly spaced on a log scale."""
    spread = np.geomspace(2, most, _MOST_NUMBERS) if most > _MOST_NUMBERS else np.arange(2, most + 1)
    return [int(count) for count in np.unique(np.round(spread))]


def _deviation(values: FloatArray) -> FloatArray:
    """Standard deviation of every row; NaN with fewer than two values."""
    number = np.isfinite(values).sum(axis=1)
    squares = mean_where_known((values - mean_where_known(values)[:, np.newaxis]) ** 2)
    widen = np.divide(number, number - 1, out=np.full(len(values), np.nan), where=number > 1)
    deviation: FloatArray = np.sqrt(squares * widen)
    return deviation


def replicates_needed(deviation: FloatArray, target: float) -> FloatArray:
    """Smallest number of replicates whose t interval is expected to be narrow enough, at this standard deviation."""
    if not target > 0.0:
        return np.full(deviation.shape, np.nan)
    level = 0.5 + LEVEL / 2.0
    known = np.isfinite(deviation)
    spread = np.where(known, deviation, 0.0)
    # from 8 replicates on, t differs from the normal quantile by less than the square root of 1.6
    enough = np.ceil(1.6 * (ndtri(level) * spread / target) ** 2) + 8.0
    short = np.ones(deviation.shape)
    while (enough - short > 1.0).any():
        middle = np.maximum(np.floor((enough + short) / 2.0), 2.0)
        narrow = stdtrit(middle - 1.0, level) * spread / np.sqrt(middle) <= target
        inside = enough - short > 1.0
        enough, short = np.where(narrow & inside, middle, enough), np.where(~narrow & inside, middle, short)
    return np.where(known, enough, np.nan)


def _describe_points(values: FloatArray, number: FloatArray, target: float) -> pd.DataFrame:
    """The table of points."""
    split = two_groups(values)
    return pd.DataFrame(
        {
            "replicates": number,
            "mean": mean_where_known(values),
            "half_width": half_width(values),
            "needed": replicates_needed(_deviation(values), target),
            **split,
        }
    )


def find_split(ordered: FloatArray) -> tuple[int, float]:
    """The split of sorted values, not all equal, into two groups with the least variance within groups (Otsu 1979).

    Returns:
        Number of values in the lower group, and the share of the variance that the split explains.
    """
    below = np.arange(1, len(ordered))
    total = np.cumsum(ordered - ordered.mean())[:-1]
    between = total**2 * (1.0 / below + 1.0 / (len(ordered) - below))
    position = int(between.argmax())
    return int(below[position]), float(between[position] / ((ordered - ordered.mean()) ** 2).sum())


def two_groups(values: FloatArray) -> dict[str, FloatArray | BoolArray]:
    """Whether the runs of a point fall into two groups, each of at least a tenth of them and of more than two.

    The best split (:func:`find_split`; k-means in one dimension) must explain the share :data:`SPLIT` of the variance.

    Args:
        values: [point, replicate]; NaN is missing.

    Returns:
        ``two_groups`` [point], ``share_upper``, and the means ``lower_group`` and ``upper_group`` (NaN without groups).
    """
    apart = np.zeros(len(values), dtype=np.bool_)
    share, lower, upper = np.full((3, len(values)), np.nan)
    for point, runs in enumerate(values):
        ordered = np.sort(runs[np.isfinite(runs)])
        number = len(ordered)
        if number < LEAST_SPLIT or constant(ordered):
            continue
        below, explained = find_split(ordered)
        smaller = min(below, number - below)
        if explained >= SPLIT + SPLIT_IN_SMALL / number and smaller >= max(_FEW, _LEAST_GROUP * number):
            apart[point] = True
            share[point] = 1.0 - below / number
            lower[point], upper[point] = ordered[:below].mean(), ordered[below:].mean()
    return {"two_groups": apart, "share_upper": share, "lower_group": lower, "upper_group": upper}


def convergence_by_policy(
    sweep: Sweep,
    outcome: str,
    pairs: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    target: float | None = None,
) -> list[tuple[ResultKey, Convergence]]:
    """Convergence of every design and policy, and of the difference of pairs of policies in the same cases.

    Args:
        sweep: The sweep.
        outcome: Which outcome is averaged.
        pairs: Design -> policies whose difference is looked at too; their key is ``FIRST - SECOND``.
        target: The target half width. If not given, it is the half width at which the sweep stopped, or else a tenth
            of the range of the points' means.
    """
    found = []
    for design in sweep.designs:
        cube = sweep.values(design, outcome)
        by_policy = dict(zip(design.policies, cube.reshape(len(cube), -1, cube.shape[-1]), strict=True))
        asked = sweep.stopping.get(outcome) if target is None else target
        if asked is None:
            means = mean_where_known(np.concatenate(list(by_policy.values())))
            known = means[np.isfinite(means)]
            asked = DEFAULT_TARGET * float(np.ptp(known)) if known.size > 1 and not constant(known) else float("nan")
        found += [(ResultKey(design.name, outcome, name), convergence(each, asked)) for name, each in by_policy.items()]
        for one, other in (pairs or {}).get(design.name, ()):
            if one in by_policy and other in by_policy:
                key = ResultKey(design.name, outcome, f"{one} - {other}")
                found.append((key, convergence(by_policy[one] - by_policy[other], asked)))
    return found
