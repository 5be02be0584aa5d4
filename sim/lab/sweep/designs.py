"""Designs: which values the dimensions take, row by row."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.lab.sweep.experiment import Design, Dimension
from sim.lab.sweep.extras import require
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.parameters import ParameterValue

Values = dict[str, NDArray[Any]]
"""A column of values for each dimension that a design varies."""


@dataclass(frozen=True)
class Rows:
    """The rows of a design.

    Attributes:
        values: A column for each of its dimensions; dtype ``object`` where a value may be missing.
        labels: What each row stands for; empty where nothing needs to be said.
        unit: Position of each row in the unit cube, shape (rows, dimensions); ``None`` where nothing was drawn.
    """

    values: Values
    labels: tuple[str, ...]
    unit: FloatArray | None = None

    @property
    def number(self) -> int:
        """Number of rows."""
        return len(self.labels)


def lay_out(design: Design, dimensions: Mapping[str, Dimension]) -> Rows:
    """Every row of a design, in order."""
    return _METHODS[design.kind](design, [dimensions[name] for name in design.over])


def count_rows(design: Design, dimensions: Mapping[str, Dimension]) -> int:
    """Number of rows, without laying them out."""
    over = [dimensions[name] for name in design.over]
    settings = design.settings
    match design.kind:
        case "grid":
            return math.prod(len(_levels(dimension, settings)) for dimension in over)
        case "list":
            return len(design.points)
        case "one-at-a-time":
            return 1 + sum(len(_swings(dimension)) for dimension in over)
        case "sobol":
            return int(settings["number"]) * ((2 if settings["second_order"] else 1) * len(over) + 2)
        case "morris":
            return int(settings["trajectories"]) * (len(over) + 1)
    return int(settings["number"])


def value_at(dimension: Dimension, position: FloatArray) -> NDArray[Any]:
    """Values of a dimension at positions in [0, 1]: words and whole numbers get equal parts of it."""
    if dimension.values:
        index = np.minimum((position * len(dimension.values)).astype(np.int64), len(dimension.values) - 1)
        return _column([dimension.values[number] for number in index])
    low, high = dimension.limits
    if dimension.kind == "integer":
        top = high + 1.0
        scaled = low * (top / low) ** position if dimension.log else low + position * (top - low)
        return np.clip(np.floor(scaled), low, high).astype(np.int64)
    scaled = low * (high / low) ** position if dimension.log else low + position * (high - low)
    return np.clip(scaled, low, high)


def _column(values: Sequence[ParameterValue | None]) -> NDArray[Any]:
    """Values as an array that keeps true, 1 and "1" apart."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _grid(design: Design, over: list[Dimension]) -> Rows:
    """Every combination; the last dimension changes fastest."""
    combinations = list(itertools.product(*(_levels(dimension, design.settings) for dimension in over)))
    values = {dimension.name: _column([row[index] for row in combinations]) for index, dimension in enumerate(over)}
    return Rows(values, ("",) * len(combinations))


def _levels(dimension: Dimension, settings: Mapping[str, Any]) -> list[ParameterValue]:
    """Values of a dimension in a grid: its own, or equally spaced over its range."""
    if dimension.values:
        return list(dimension.values)
    levels = settings["levels"]
    number = levels.get(dimension.name, 3) if isinstance(levels, Mapping) else levels
    positions = np.linspace(0.0, 1.0, number) if number > 1 else np.array([0.5])
    low, high = dimension.limits
    spaced = low * (high / low) ** positions if dimension.log else low + positions * (high - low)
    if dimension.kind == "integer":
        return [int(value) for value in dict.fromkeys(np.rint(spaced).astype(np.int64).tolist())]
    return [float(value) for value in np.clip(np.round(spaced, 12), low, high)]


def _list(design: Design, over: list[Dimension]) -> Rows:
    """The rows that the file spells out; what a row leaves out stands at its base."""
    values = {
        dimension.name: _column([{dimension.name: dimension.base, **point}[dimension.name] for point in design.points])
        for dimension in over
    }
    return Rows(values, tuple(str(point.get("label", "")) for point in design.points))


def _swings(dimension: Dimension) -> list[tuple[str, ParameterValue]]:
    """What a dimension is moved to while all others stand at their base, with a word for it."""
    if dimension.values:
        return [(f"= {_word(value)}", value) for value in dimension.values if value != dimension.base]
    low, high = dimension.limits
    whole = dimension.kind == "integer"
    ends = ("low", low), ("high", high)
    return [(word, int(value) if whole else value) for word, value in ends]


def _word(value: ParameterValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one_at_a_time(design: Design, over: list[Dimension]) -> Rows:
    """The base, then each dimension at each of its ends alone."""
    del design
    moves = [(index, word, value) for index, dimension in enumerate(over) for word, value in _swings(dimension)]
    labels = ["base", *(f"{over[index].name} {word}" for index, word, _ in moves)]
    columns = {}
    for index, dimension in enumerate(over):
        column = [dimension.base, *(value if moved == index else dimension.base for moved, _, value in moves)]
        columns[dimension.name] = _column(column)
    return Rows(columns, tuple(labels))


def _scaled(positions: FloatArray, over: list[Dimension]) -> Rows:
    """Rows at positions in the unit cube."""
    values = {dimension.name: value_at(dimension, positions[:, index]) for index, dimension in enumerate(over)}
    return Rows(values, ("",) * len(positions), positions)


def _latin_hypercube(design: Design, over: list[Dimension]) -> Rows:
    """Every dimension is cut into as many parts as there are rows, and each part is used once (McKay et al. 1979)."""
    number = int(design.settings["number"])
    generator = np.random.default_rng(design.seed)
    parts = np.stack([generator.permutation(number) for _ in over], axis=1)
    return _scaled((parts + generator.random((number, len(over)))) / number, over)


def _sobol(design: Design, over: list[Dimension]) -> Rows:
    """Saltelli's scheme on a Sobol' sequence (Saltelli et al. 2010), in the order that SALib's analysis expects."""
    sample = require("SALib.sample.sobol", f"the design {design.name} (sobol)")
    positions = sample.sample(
        _problem(over), int(design.settings["number"]), calc_second_order=bool(design.settings["second_order"]),
        seed=design.seed,
    )  # fmt: skip
    return _scaled(np.asarray(positions, dtype=np.float64), over)


def _morris(design: Design, over: list[Dimension]) -> Rows:
    """Trajectories that move one dimension at a time (Morris 1991), in the order that SALib's analysis expects."""
    sample = require("SALib.sample.morris", f"the design {design.name} (morris)")
    positions = sample.sample(
        _problem(over),
        int(design.settings["trajectories"]),
        num_levels=int(design.settings["levels"]),
        seed=design.seed,
    )
    return _scaled(np.asarray(positions, dtype=np.float64), over)


def _problem(over: list[Dimension]) -> dict[str, Any]:
    """The unit cube in SALib's words."""
    return {"num_vars": len(over), "names": [dimension.name for dimension in over], "bounds": [[0.0, 1.0]] * len(over)}


_METHODS: Mapping[str, Callable[[Design, list[Dimension]], Rows]] = {
    "grid": _grid,
    "list": _list,
    "one-at-a-time": _one_at_a_time,
    "latin-hypercube": _latin_hypercube,
    "sobol": _sobol,
    "morris": _morris,
}
