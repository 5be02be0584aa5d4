"""The organization and its market: everything that changes from week to week, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.events import event_columns, in_order
from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.kernel.columns import Column, Columns
from sim.model.kernel.parameters import ParameterValue
from sim.model.kernel.random import Streams
from sim.model.kernel.records import TABLES
from sim.model.policies.policy import FrozenMapping, Policy
from sim.model.policies.schedule import Schedule

if TYPE_CHECKING:
    from sim.model.registry import Registry
    from sim.model.scenario import Scenario


class Organization:
    """State of one run between two weeks.

    Numbers of the organization as a whole (:class:`sim.model.kernel.columns.Number`: ``market``, ``reputation``,
    ``decision_weight`` ...) are attributes. ``this_week`` holds the numbers of the last week that ran.

    Args:
        scenario: The scenario of the run.
        policy: The policy.
        streams: Random numbers by purpose, week and position.
        week: Week that runs next; negative during the burn-in.

    Attributes:
        scenario: Another one may take its place, with other events in weeks to come (:mod:`sim.pages.live`).
        registry: Parameters, columns, steps and the rest of what this model has.
        parameters: Dotted name -> value, complete. They cannot be changed; see :meth:`sim.model.scenario.Scenario.override`.
        schedule: What the policy asks for, week by week.
        employees, customers, departments, executives: Columns of the agents.
        environment: Needs of the market, the organizational code of them, partners, and effects in force.
        contacts, scratch: This week's contacts, and working memory.
        policy, requested: Amounts of resources by department: in force, and asked for by the policy.
        events: Events of the scenario, in the order in which they happen.
        outcomes: Outcomes of the last week.
    """

    employees: Columns
    customers: Columns
    departments: Columns
    executives: Columns
    environment: Columns
    contacts: Columns
    scratch: Columns
    policy: Columns
    requested: Columns
    events: Columns
    amounts: dict[str, FloatArray]

    def __init__(self, scenario: Scenario, policy: Policy, streams: Streams, week: int) -> None:
        own = vars(self)
        own["scenario"], own["events"] = scenario, event_columns(scenario)
        self.registry, self.streams = scenario.registry, streams
        self.parameters: Mapping[str, ParameterValue] = FrozenParameters(scenario.parameters)
        self.schedule = Schedule(policy, scenario)
        self.outcomes: dict[str, float] = {}
        for name in TABLES:
            columns = self.registry.table(name)
            own[name] = Columns(columns, {column.name: self._allocate(column) for column in columns})
        shape = (len(self.registry.resources), len(scenario.departments))
        own["amounts"] = {name: np.zeros(shape) for name in ("policy", "requested")}
        self._bind_amounts()
        persistent = [number for number in self.registry.numbers if not number.weekly]
        weekly = [number for number in self.registry.numbers if number.weekly]
        own["numbers"] = np.zeros(1, dtype=[(number.name, number.dtype) for number in persistent])
        own["week_numbers"] = np.zeros(1, dtype=[("number", np.int64), *((each.name, each.dtype) for each in weekly)])
        own["bound_records"] = own["agents"] = None
        self.week = week

    def _allocate(self, column: Column) -> np.ndarray:
        """An array for a column, all zeros."""
        rows = self.count(str(column.rows) if column.rows else column.table)
        shape = (rows, self.count(str(column.width))) if column.width else rows
        return np.zeros(shape, dtype=column.dtype, order="F" if column.by_column else "C")

    def count(self, what: str) -> int:
        """Number of rows from its declaration: a table, a parameter, a number, or one of these ``+ 1``."""
        name, _, more = what.partition(" + ")
        own = {
            "employees": "employees.number",
            "customers": "customers.market",
            "contacts": "customers.market",
            "executives": "executives.number",
        }
        found = {"departments": len(self.scenario.departments), "events": len(self.scenario.events), "environment": 0}
        if name not in found:
            found[name] = int(name) if name.isdigit() else int(self.parameters[own.get(name, name)])
        return found[name] + int(more or 0)

    def _bind_amounts(self) -> None:
        """Amounts of resources by department as columns: one array per resource, each a row of one table."""
        declared = _columns_of_amounts(self.registry)
        for name, table in self.amounts.items():
            vars(self)[name] = Columns(declared, {column.name: table[row] for row, column in enumerate(declared)})

    @property
    def phases(self) -> Columns:
        """Phases of the policy."""
        return self.schedule.phases

    @property
    def this_week(self) -> Any:
        """Numbers of this week, or of the last one: ``this_week.revenue``; ``this_week.number`` is the week that runs next."""
        return self.week_numbers.view(np.recarray)[0]

    @property
    def week(self) -> int:
        """Week that runs now or runs next; negative during the burn-in."""
        return int(self.week_numbers["number"][0])

    @week.setter
    def week(self, value: int) -> None:
        self.week_numbers["number"] = value

    def __getattr__(self, name: str) -> Any:
        own = vars(self)
        numbers = own.get("numbers")
        if numbers is None or name not in (numbers.dtype.names or ()):
            raise AttributeError(f"an organization has no attribute {name}")
        return numbers[name][0].item()

    def __setattr__(self, name: str, value: Any) -> None:
        numbers = vars(self).get("numbers")
        if numbers is not None and name in (numbers.dtype.names or ()):
            numbers[name] = value
            return
        if name == "parameters" and name in vars(self):
            raise TypeError(
                "parameters of an organization cannot be changed: they are set when it is initialized. Make another one with "
                "scenario.override(...)."
            )
        if name == "scenario":
            self._take_events(value)
        if name in _BOUND:
            vars(self)["bound_records"] = None  # compiled loops must see the new array
        object.__setattr__(self, name, value)

    def _take_events(self, scenario: Scenario) -> None:
        """Events of another scenario take the place of those to come.

        Raises:
            ValueError: If events of weeks that are over differ; their effects may still be in force.
        """
        over = [
            [event for event in in_order(each.events) if event.week < self.week] for each in (self.scenario, scenario)
        ]
        if over[0] != over[1]:
            raise ValueError(
                f"events of weeks before {self.week} are over and cannot change. Change those from this week on, or run "
                "from the beginning."
            )
        vars(self)["events"] = event_columns(scenario)
        for column in self.registry.table("environment"):
            if column.rows == "events":
                effects = np.zeros((len(scenario.events), getattr(self.environment, column.name).shape[1]))
                effects[: len(over[0])] = getattr(self.environment, column.name)[: len(over[0])]
                self.environment.replace(column.name, effects)

    def number(self, name: str) -> float:
        """Value of a numeric parameter."""
        return float(self.parameters[name])

    def amount(self, resource: str) -> FloatArray:
        """Amount of a resource in force at each seat."""
        amounts: FloatArray = getattr(self.policy, resource)[self.employees.department]
        return amounts

    def amount_overall(self, resource: str) -> float:
        """Amount of a resource in force, mean over seats."""
        seats = self.departments.seats
        return float((getattr(self.policy, resource) * seats).sum() / seats.sum())

    def copy(self) -> Organization:
        """Independent copy. Scenario, registry, parameters and streams are shared, since nothing changes them."""
        copy = object.__new__(type(self))
        vars(copy).update({name: _copied(value) for name, value in vars(self).items()})
        vars(copy)["bound_records"] = vars(copy)["agents"] = None
        copy._bind_amounts()
        return copy

    def __getstate__(self) -> dict[str, Any]:
        """Pickles leave out the registry, which the scenario knows, and the records of compiled loops."""
        state = {name: value for name, value in vars(self).items() if name not in _NOT_PICKLED}
        return state | {name: state[name].arrays() for name in TABLES}

    def __setstate__(self, state: dict[str, Any]) -> None:
        own = vars(self)
        own.update(state)
        own["registry"] = self.scenario.registry
        own["bound_records"] = own["agents"] = None
        own["events"] = event_columns(self.scenario)
        for name in TABLES:
            columns = self.registry.table(name)
            arrays = zip(columns, state[name], strict=True)
            own[name] = Columns(columns, {column.name: array for column, array in arrays})
        self._bind_amounts()

    def mean_over_staff(self, values: FloatArray | IntArray) -> float:
        """Mean over the seats that are taken; missing (NaN) when none is."""
        employed = self.employees.employed
        return float(values[employed].mean()) if employed.any() else float("nan")


_BOUND = frozenset({*TABLES, "policy", "requested", "streams", "schedule", "scenario"})
"""Attributes that compiled loops see."""

_NOT_PICKLED = ("registry", "bound_records", "agents", "policy", "requested", "events")
"""Attributes that a pickle leaves out."""


class FrozenParameters(FrozenMapping[ParameterValue]):
    """Parameters of an organization, which cannot be changed."""

    __slots__ = ()

    def __setitem__(self, name: str, value: object) -> None:
        raise TypeError(
            f"parameters of an organization cannot be changed: they are set when it is initialized. Make another one with "
            f'scenario.override({{"{name}": {value!r}}}), or CentricityModel(..., {name.replace(".", "__")}={value!r}).'
        )


def _copied(value: Any) -> Any:
    """A copy of a value that may change; any other value itself."""
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return value.copy() if isinstance(value, Columns | np.ndarray | Schedule) else value


@cache
def _columns_of_amounts(registry: Registry) -> tuple[Column, ...]:
    """One column per resource."""
    return tuple(
        Column("policy", name, resource.meaning, resource.unit, (resource.low, resource.high))
        for name, resource in registry.resources.items()
    )
