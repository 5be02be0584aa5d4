"""Grids: an outcome over two factors, how often single runs are good enough there, and where that changes.

Where runs either hold or fall back, a mean describes none of them. So if there is a target, the share of single runs that
meet it is reported. The line on which that share is one half is the critical mass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.missing import FloatArray, mean_where_known
from sim.analysis.sweep_format import format_factor_value
from sim.analysis.sweeps import Design, Factor, ResultKey, Sweep

HALF = 0.5
"""Share of runs that meet the target, on the line that is reported."""


@dataclass(frozen=True)
class Plane:
    """An outcome over two factors of a grid, the second numeric, averaged over everything else.

    Attributes:
        over: The two factors, the first across. ``across``, ``up``: their values; positions in ``labels`` for words.
        labels: The values across, in words.
        means: [up, across] mean outcome. ``shares``: [up, across] share of runs that meet the target; ``None`` if
            there is no target.
    """

    over: tuple[str, str]
    labels: tuple[str, ...]
    across: FloatArray
    up: FloatArray
    means: FloatArray
    shares: FloatArray | None = None

    @property
    def table(self) -> pd.DataFrame:
        """One row a cell: the two factors, ``mean``, and ``good_enough``, the share of runs that meet the target."""
        up, across = np.meshgrid(self.up, np.arange(len(self.across)), indexing="ij")
        shares = np.full(self.means.shape, np.nan) if self.shares is None else self.shares
        cells = {
            "across": self.over[0],
            "across_value": [self.labels[int(position)] for position in across.ravel()],
            "up": self.over[1],
            "up_value": up.ravel(),
        }
        return pd.DataFrame({**cells, "mean": self.means.ravel(), "good_enough": shares.ravel()})


@dataclass(frozen=True)
class Crossing:
    """Where the share of runs passes one half, at one value of the factor across.

    Attributes:
        at: Value of the factor across, in words.
        value: Value of the other factor, between two of its levels; NaN where the share does not pass one half.
        rising: Whether the share is above one half beyond it.
        above: Whether it is above one half throughout; only where ``value`` is NaN.
        times: How often it passes one half.
    """

    at: str
    value: float
    rising: bool
    above: bool
    times: int


def choose_axes(sweep: Sweep, design: Design) -> tuple[str, str] | None:
    """The two factors of a grid's plane: two numbers, or words and the only number; ``None`` if there are none."""
    numbers = [name for name in design.over if sweep.factors[name].numeric]
    words = [name for name in design.over if not sweep.factors[name].numeric]
    if design.kind != "grid" or not numbers or len(design.over) < 2:
        return None
    return (numbers[0], numbers[1]) if len(numbers) > 1 else (words[0], numbers[0])


def tabulate_planes(sweep: Sweep, outcome: str, target: float | None) -> Iterator[tuple[Design, ResultKey, Plane]]:
    """The planes of all grids, one a policy."""
    sign = -1.0 if sweep.better(outcome) == "lower" else 1.0
    for design in sweep.designs:
        over = choose_axes(sweep, design)
        if over is None:
            continue
        factor_values, cube = sweep.factor_values_of(design), sweep.values(design, outcome)
        factors = [sweep.factors[name] for name in over]
        columns = [factor.encode(factor_values[factor.name]) for factor in factors]
        (across, column), (up, row) = (np.unique(values, return_inverse=True) for values in columns)
        labels = tuple(_label(factors[0], value) for value in across)
        for policy, values in zip(design.policies, cube, strict=True):
            means = np.full((len(up), len(across)), np.nan)
            shares = means.copy()
            for y, x in np.ndindex(*means.shape):
                part = values[:, (row == y) & (column == x)].ravel()
                means[y, x] = mean_where_known(part)
                if target is not None:
                    met = np.where(np.isfinite(part), sign * part >= sign * target, np.nan)
                    shares[y, x] = mean_where_known(met)
            plane = Plane(over, labels, across, up, means, None if target is None else shares)
            yield design, ResultKey(design.name, outcome, policy), plane


def _label(factor: Factor, value: float) -> str:
    """A value of the factor across, in words."""
    return format_factor_value(factor, value) if factor.numeric else str((factor.values or (False, True))[int(value)])


def find_crossings(plane: Plane) -> list[Crossing]:
    """Where the share of runs that are good enough passes one half, at each value across; linear between levels."""
    found = []
    assert plane.shares is not None
    for at, shares in zip(plane.labels, plane.shares.T, strict=True):
        known = np.isfinite(shares)
        levels, here = plane.up[known], shares[known]
        over = here >= HALF
        passes = np.flatnonzero(over[1:] != over[:-1])
        if not passes.size:
            found.append(Crossing(at, float("nan"), False, bool(over.size and over[0]), 0))
            continue
        first = int(passes[0])
        low, high = here[first], here[first + 1]
        part = (HALF - low) / (high - low)
        value = levels[first] + part * (levels[first + 1] - levels[first])
        found.append(Crossing(at, float(value), bool(high > low), False, int(passes.size)))
    return found


def describe_crossings(sweep: Sweep, plane: Plane, target: str) -> str:
    """The line in words.

    Args:
        sweep: The sweep of the grid.
        plane: A plane with shares.
        target: The target, in words.
    """
    first, second = (sweep.factors[name] for name in plane.over)
    found = find_crossings(plane)
    half = f"half of the runs or more are good enough ({target})"
    if all(not each.times and each.above == found[0].above for each in found):
        return f"{half} {'everywhere' if found[0].above else 'nowhere'}."
    parts = []
    for number, each in enumerate(found):
        where = f"at {first.name} {each.at}" if number == 0 else f"at {each.at}"
        if each.times == 0:
            parts.append(f"{'throughout' if each.above else 'nowhere'} {where}")
            continue
        again = "" if each.times == 1 else f" (and {each.times - 1} more changes)"
        parts.append(f"{'from' if each.rising else 'up to'} {format_factor_value(second, each.value)} {where}{again}")
    return f"{half}, by {second.name}: {', '.join(parts)}."
