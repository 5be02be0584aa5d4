"""State in columns: one array per attribute, one position per agent. An agent object is a live view of its row.

A million agent objects cost ten seconds and most of a gigabyte. So the week works on columns, and objects are made only when
they are asked for (see :mod:`sim.model.agents.views`). Mechanisms declare the columns that they add, with their values at
the outset and for newcomers. :mod:`sim.model.registry` gathers them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

Start = float | str | Callable[..., Any] | None
"""A starting value: a number, a parameter (by its dotted name), a function (or its name in the declaring module), or ``None``
where nothing is set."""

FLAG, WHOLE, SMALL, FLOAT = (np.dtype(kind) for kind in (np.bool_, np.int64, np.int16, np.float64))
"""Types of columns: yes or no, whole numbers, small whole numbers, and any number."""


@dataclass(frozen=True, slots=True)
class Column:
    """An attribute of every agent of a kind (or of every need, partner or contact).

    Attributes:
        table: Table to which it belongs: ``employees``, ``customers``, ``departments``, ``executives``, ``environment``,
            ``contacts`` or ``scratch``.
        name: Name of the attribute.
        meaning, unit: What it means, and its unit.
        bounds: Least and largest value; ``None`` for no bound.
        dtype: One of :data:`FLAG`, :data:`WHOLE`, :data:`SMALL`, :data:`FLOAT`.
        newcomer: What it holds for a newcomer: a number, a parameter's name, or a function of one newcomer (a rule,
            whose arguments are named after what steps may read). ``None`` where it belongs to the position and stays.
        initial: What it holds at the outset: a number, a parameter's name, a function of the
            :class:`~sim.model.agents.initial_state.InitialState`, or a step of the initialization that fills it; like
            ``newcomer`` unless given.
        rows: For the environment: how many there are, a number, a parameter's name or ``events``; else the table says.
        width: Second dimension, a number or a parameter's name; 0 without one.
        by_column: Whether the entries of one column of a table lie side by side, for loops over all agents.
        lasting: Whether it is state. A column that is written anew every week is not.
    """

    table: str
    name: str
    meaning: str
    unit: str = "index"
    bounds: tuple[float | None, float | None] = (0.0, 1.0)
    dtype: np.dtype[Any] = FLOAT
    newcomer: Start = 0.0
    initial: Start = None
    rows: int | str = 0
    width: int | str = 0
    by_column: bool = False
    lasting: bool = True

    @property
    def has_fixed_length(self) -> bool:
        """Whether its length is fixed from the start. Some lists are found later."""
        return self.table != "environment" or bool(self.rows)

    @property
    def low(self) -> float | None:
        """Least legal value, if there is one."""
        return self.bounds[0]

    @property
    def high(self) -> float | None:
        """Largest legal value, if there is one."""
        return self.bounds[1]


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the organization as a whole.

    Attributes:
        name, meaning, unit: Its name, what it means, and its unit.
        start: What it is at the outset (a number, a parameter's name, a function of the
            :class:`~sim.model.agents.initial_state.InitialState`), or at the beginning of a week (a number).
        weekly: Whether it is set to ``start`` every week; else it is state.
        dtype: As of a column.
    """

    name: str
    meaning: str
    unit: str = "index"
    start: Start = 0.0
    weekly: bool = False
    dtype: np.dtype[Any] = FLOAT


def employee_column(name: str, meaning: str, unit: str = "index", **more: Any) -> Column:
    """Declare an attribute of every employee; a share unless another is given."""
    return Column("employees", name, meaning, unit, **more)


def customer_column(name: str, meaning: str, unit: str = "index", **more: Any) -> Column:
    """Declare an attribute of every position in the market."""
    return Column("customers", name, meaning, unit, **more)


def department_column(name: str, meaning: str, unit: str = "index", **more: Any) -> Column:
    """Declare an attribute of every department."""
    return Column("departments", name, meaning, unit, **more)


def executive_column(name: str, meaning: str, unit: str = "index", **more: Any) -> Column:
    """Declare an attribute of every executive."""
    return Column("executives", name, meaning, unit, **more)


def environment_column(name: str, meaning: str, unit: str = "index", **more: Any) -> Column:
    """Declare an attribute of the environment: one row per need, partner or event."""
    return Column("environment", name, meaning, unit, **more)


def contact_column(name: str, meaning: str, unit: str = "index", **more: Any) -> Column:
    """Declare an attribute of every contact of a week, in the order of the customers' positions."""
    return Column("contacts", name, meaning, unit, lasting=False, **more)


def effect_column(name: str, meaning: str) -> Column:
    """Declare effects of events that last for a while: the size of each, and the week in which it is over.

    Every event of the scenario has a row, in the order of :mod:`sim.model.events`. Rows of events that have no such effect,
    or that have not happened yet, hold zeros and do nothing.
    """
    return Column("environment", name, meaning, "size, week", (None, None), rows="events", width=2)


def number(name: str, meaning: str, unit: str = "index", start: Start = 0.0, **more: Any) -> Number:
    """Declare a number of the organization that lasts from week to week."""
    return Number(name, meaning, unit, start, **more)


def this_week(name: str, meaning: str, unit: str = "index", start: Start = 0.0, **more: Any) -> Number:
    """Declare a number of the week: it is set to ``start`` at the beginning of every week."""
    return Number(name, meaning, unit, start, weekly=True, **more)


class Columns:
    """Arrays of equal length by name. An assignment copies values into the array; the array itself stays.

    Args:
        declared: The columns, in order.
        arrays: Their arrays.
    """

    def __init__(self, declared: Iterable[Column], arrays: Mapping[str, np.ndarray]) -> None:
        vars(self)["declared"] = {column.name: column for column in declared}
        vars(self).update({name: arrays[name] for name in self.declared})

    declared: dict[str, Column]

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"there is no column {name}. The columns are {', '.join(vars(self)['declared'])}.")

    def __setattr__(self, name: str, value: Any) -> None:
        getattr(self, name)[...] = value

    def described(self) -> dict[str, Column]:
        """Every column that is state, in order of declaration."""
        return {name: column for name, column in self.declared.items() if column.lasting}

    def arrays(self) -> tuple[np.ndarray, ...]:
        """The arrays, in order of declaration."""
        return tuple(vars(self)[name] for name in self.declared)

    def replace(self, name: str, array: np.ndarray) -> None:
        """Replace the array of a column whose length is not fixed from the start."""
        vars(self)[name] = np.ascontiguousarray(array, dtype=self.declared[name].dtype)

    def __len__(self) -> int:
        """Number of positions, vacant ones included."""
        return len(next(iter(self.arrays())))

    def copy(self) -> Self:
        """Independent copy: changing one leaves the other alone."""
        return type(self)(self.declared.values(), {name: vars(self)[name].copy("K") for name in self.declared})

    def __getstate__(self) -> dict[str, Any]:
        return dict(vars(self))

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)

    def __eq__(self, other: object) -> bool:
        """Whether all arrays hold the same; a missing number equals a missing one."""
        return isinstance(other, Columns) and all(
            np.array_equal(one, another, equal_nan=one.dtype.kind == "f")
            for one, another in zip(self.arrays(), other.arrays(), strict=True)
        )

    __hash__ = None  # type: ignore[assignment]  # it changes

    def violations(self) -> list[str]:
        """Columns whose values are not numbers or leave their bounds, in words; empty if there are none."""
        found = []
        for name, column in self.described().items():
            values: np.ndarray = getattr(self, name)
            if values.dtype.kind == "f" and np.isnan(values).any():
                found.append(f"{column.table}.{name} has values that are not numbers")
            elif column.low is not None and values.size and values.min() < column.low:
                found.append(f"{column.table}.{name} falls to {values.min():g}, below {column.low:g}")
            elif column.high is not None and values.size and values.max() > column.high:
                found.append(f"{column.table}.{name} rises to {values.max():g}, above {column.high:g}")
        return found
