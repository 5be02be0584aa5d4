"""An organization while it is initialized: what its first columns and numbers are computed from.

Mechanisms declare the first values of their columns as functions of :class:`InitialState`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

import numpy as np

from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import Column, Start
from sim.model.kernel.parameters import ParameterValue
from sim.model.kernel.random import Size, Streams
from sim.model.kernel.records import TABLES

Step = Callable[..., None]


class InitialState:
    """An organization that is being initialized: what its first columns and numbers are computed from.

    A column is filled when another one first asks for it.

    Args:
        organization: The organization.
        steps: Steps that a column may name as its start.
        run_step: Runs one of them alone.

    Attributes:
        scenario, parameters: What it is made from.
        employees, customers, departments, executives, environment: Columns, as far as they are filled.
    """

    def __init__(self, organization: Any, steps: Collection[Step], run_step: Callable[[Any, Step], None]) -> None:
        self.scenario = organization.scenario
        self.parameters: Mapping[str, ParameterValue] = organization.parameters
        self._streams: Streams = organization.streams
        self._organization = organization
        self._filled: set[tuple[str, str]] = set()
        self._steps, self._run_step = steps, run_step
        self._done: set[Step] = set()

    def __getattr__(self, table: str) -> Any:
        if table not in TABLES:
            raise AttributeError(f"an initial state has no {table}")
        return _Table(self, table)

    def rows(self, table: str) -> int:
        """Number of rows of a kind of agent, including vacant seats and positions."""
        return int(self._organization.count(table))

    def number(self, name: str) -> float:
        """Value of a numeric parameter."""
        return float(self.parameters[name])

    def whole(self, name: str) -> int:
        """Value of a parameter that is an integer."""
        return int(self.parameters[name])

    def uniform(self, stream: str, size: Size) -> FloatArray:
        """Uniform draws of a stream, one per position."""
        return self._streams.uniform(stream, self._organization.week, size)

    def normal(self, stream: str, size: Size) -> FloatArray:
        """Standard normal draws of a stream, one per position."""
        return self._streams.normal(stream, self._organization.week, size)

    def exponential(self, stream: str, size: Size) -> FloatArray:
        """Standard exponential draws of a stream, one per position."""
        return self._streams.exponential(stream, self._organization.week, size)

    def value(self, start: Start) -> Any:
        """The value of a declared start."""
        if isinstance(start, str):
            return self.parameters[start]
        return start(self) if callable(start) else start

    def run(self, step: Step) -> None:
        """Run a step of the initialization, unless it has run."""
        if step not in self._done:
            self._done.add(step)
            self._run_step(self._organization, step)

    def fill(self, table: str, again: bool = False) -> None:
        """Fill the columns of a table. With ``again``, compute derived columns anew for customers who came meanwhile."""
        for column in self._organization.registry.table(table):
            if not again:
                self.column(column)
            elif callable(column.initial) and column.initial not in self._steps:
                setattr(getattr(self._organization, table), column.name, column.initial(self))

    def column(self, column: Column) -> np.ndarray:
        """Array of a column, filled."""
        columns = getattr(self._organization, column.table)
        key = (column.table, column.name)
        if key not in self._filled:
            self._filled.add(key)
            start = column.initial
            if start is None and not callable(column.newcomer) and column.table != "customers":
                start = column.newcomer  # customers come one by one
            if start in self._steps:
                self.run(cast(Step, start))
            elif start is not None and column.has_fixed_length:
                setattr(columns, column.name, self.value(start))
            elif callable(start):
                columns.replace(column.name, self.value(start))
                vars(self._organization)["bound_records"] = None  # compiled loops must see the new array
        array: np.ndarray = getattr(columns, column.name)
        return array


class _Table:
    """Columns of a table, each filled when it is asked for."""

    def __init__(self, initial: InitialState, table: str) -> None:
        self._initial, self._table = initial, table

    def __getattr__(self, name: str) -> np.ndarray:
        columns = getattr(self._initial._organization, self._table)
        return self._initial.column(columns.declared[name])
