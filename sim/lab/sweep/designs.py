"""Designs: which values the factors take, row by row."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.lab.extras import require
from sim.lab.latin_hypercube import latin_hypercube
from sim.lab.sweep.experiment import Design, Factor
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.parameters import ParameterValue

Values = dict[str, NDArray[Any]]
"""A column of values for each factor that a design varies."""


@dataclass(frozen=True)
class Rows:
    """The rows of a design.

    Attributes:
        values: A column for each of its factors; dtype ``object`` where a value may be missing.
        labels: What each row stands for; empty where no label is needed.
        unit: Position of each row in the unit cube, shape (rows, factors); ``None`` where nothing was drawn.
    """

    values: Values
    labels: tuple[str, ...]
    unit: FloatArray | None = None

    @property
    def number(self) -> int:
        """Number of rows."""
        return len(self.labels)


def list_rows(design: Design, factors: Mapping[str, Factor]) -> Rows:
    """Every row of a design, in order."""
    return _METHODS[design.kind](design, [factors[name] for name in design.over])


def count_rows(design: Design, factors: Mapping[str, Factor]) -> int:
    """Number of rows, without laying them out."""
    over = [factors[name] for name in design.over]
    options = design.options
    match design.kind:
        case "grid":
            return math.prod(len(_levels(factor, options)) for factor in over)
        case "list":
            return len(design.points)
        case "one-at-a-time":
            return 1 + sum(len(_values_beside_base(factor)) for factor in over)
        case "sobol":
            return int(options["number"]) * ((2 if options["second_order"] else 1) * len(over) + 2)
        case "morris":
            return int(options["trajectories"]) * (len(over) + 1)
    return int(options["number"])


def value_at(factor: Factor, position: FloatArray) -> NDArray[Any]:
    """Values of a factor at positions in [0, 1]: words and whole numbers get equal parts of it."""
    if factor.values:
        index = np.minimum((position * len(factor.values)).astype(np.int64), len(factor.values) - 1)
        return _column([factor.values[number] for number in index])
    low, high = factor.limits
    if factor.kind == "integer":
        top = high + 1.0
        scaled = low * (top / low) ** position if factor.log else low + position * (top - low)
        return np.clip(np.floor(scaled), low, high).astype(np.int64)
    scaled = low * (high / low) ** position if factor.log else low + position * (high - low)
    return np.clip(scaled, low, high)


def _column(values: Sequence[ParameterValue | None]) -> NDArray[Any]:
    """Values as an array that keeps true, 1 and "1" apart."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _grid(design: Design, over: list[Factor]) -> Rows:
    """Every combination; the last factor changes fastest."""
    combinations = list(itertools.product(*(_levels(factor, design.options) for factor in over)))
    values = {factor.name: _column([row[index] for row in combinations]) for index, factor in enumerate(over)}
    return Rows(values, ("",) * len(combinations))


def _levels(factor: Factor, options: Mapping[str, Any]) -> list[ParameterValue]:
    """Values of a factor in a grid: its own, or equally spaced over its range."""
    if factor.values:
        return list(factor.values)
    levels = options["levels"]
    number = levels.get(factor.name, 3) if isinstance(levels, Mapping) else levels
    positions = np.linspace(0.0, 1.0, number) if number > 1 else np.array([0.5])
    low, high = factor.limits
    spaced = low * (high / low) ** positions if factor.log else low + positions * (high - low)
    if factor.kind == "integer":
        return [int(value) for value in dict.fromkeys(np.rint(spaced).astype(np.int64).tolist())]
    return [float(value) for value in np.clip(np.round(spaced, 12), low, high)]


def _list(design: Design, over: list[Factor]) -> Rows:
    """The rows that the file spells out; factors that a row leaves out stand at their base."""
    values = {
        factor.name: _column([{factor.name: factor.base, **point}[factor.name] for point in design.points])
        for factor in over
    }
    return Rows(values, tuple(str(point.get("label", "")) for point in design.points))


def _values_beside_base(factor: Factor) -> list[tuple[str, ParameterValue]]:
    """Values to which a factor is moved while all others stand at their base, each with a label."""
    if factor.values:
        return [(f"= {_word(value)}", value) for value in factor.values if value != factor.base]
    low, high = factor.limits
    whole = factor.kind == "integer"
    ends = ("low", low), ("high", high)
    return [(word, int(value) if whole else value) for word, value in ends]


def _word(value: ParameterValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one_at_a_time(design: Design, over: list[Factor]) -> Rows:
    """The base, then each factor at each of its ends alone."""
    del design
    moves = [(index, word, value) for index, factor in enumerate(over) for word, value in _values_beside_base(factor)]
    labels = ["base", *(f"{over[index].name} {word}" for index, word, _ in moves)]
    columns = {}
    for index, factor in enumerate(over):
        column = [factor.base, *(value if moved == index else factor.base for moved, _, value in moves)]
        columns[factor.name] = _column(column)
    return Rows(columns, tuple(labels))


def _scaled(positions: FloatArray, over: list[Factor]) -> Rows:
    """Rows at positions in the unit cube."""
    values = {factor.name: value_at(factor, positions[:, index]) for index, factor in enumerate(over)}
    return Rows(values, ("",) * len(positions), positions)


def _latin_hypercube(design: Design, over: list[Factor]) -> Rows:
    """A Latin hypercube over the ranges of all factors."""
    generator = np.random.default_rng(design.seed)
    return _scaled(latin_hypercube(generator, int(design.options["number"]), len(over)), over)


def _sobol(design: Design, over: list[Factor]) -> Rows:
    """Saltelli's scheme on a Sobol' sequence (Saltelli et al. 2010), in the order that SALib's analysis expects."""
    sample = require("SALib.sample.sobol", f"the design {design.name} (sobol)", "lab")
    positions = sample.sample(
        _problem(over), int(design.options["number"]), calc_second_order=bool(design.options["second_order"]),
        seed=design.seed,
    )  # fmt: skip
    return _scaled(np.asarray(positions, dtype=np.float64), over)


def _morris(design: Design, over: list[Factor]) -> Rows:
    """Trajectories that move one factor at a time (Morris 1991), in the order that SALib's analysis expects."""
    sample = require("SALib.sample.morris", f"the design {design.name} (morris)", "lab")
    positions = sample.sample(
        _problem(over),
        int(design.options["trajectories"]),
        num_levels=int(design.options["levels"]),
        seed=design.seed,
    )
    return _scaled(np.asarray(positions, dtype=np.float64), over)


def _problem(over: list[Factor]) -> dict[str, Any]:
    """The unit cube as a SALib problem."""
    return {"num_vars": len(over), "names": [factor.name for factor in over], "bounds": [[0.0, 1.0]] * len(over)}


_METHODS: Mapping[str, Callable[[Design, list[Factor]], Rows]] = {
    "grid": _grid,
    "list": _list,
    "one-at-a-time": _one_at_a_time,
    "latin-hypercube": _latin_hypercube,
    "sobol": _sobol,
    "morris": _morris,
}
