"""What compiled loops work on: the organization's own columns, its parameters as a record, its numbers as a record."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass, fields
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.customers import CustomerColumns
from sim.agents.departments import DepartmentColumns
from sim.agents.employees import EmployeeColumns
from sim.agents.executives import ExecutiveColumns
from sim.compiled.streams import STREAM_NAMES
from sim.compiled.sums import LANES
from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue
from sim.kernel.random import Streams
from sim.organization import Organization, WeekFacts
from sim.outcomes.weekly import OUTCOME_NAMES
from sim.policies.resources import RESOURCES
from sim.registry import PARAMETERS
from sim.scenario import Scenario

# Numba needs named tuples whose class it finds by name in a module; typing.NamedTuple cannot take names from elsewhere.
Employees = namedtuple("Employees", [item.name for item in fields(EmployeeColumns)])
Customers = namedtuple("Customers", [item.name for item in fields(CustomerColumns)])
Departments = namedtuple("Departments", [item.name for item in fields(DepartmentColumns)])
Executives = namedtuple("Executives", [item.name for item in fields(ExecutiveColumns)])

_SEATS: dict[str, Any] = {
    "messages": float,
    "receptive": float,
    "pressure": float,
    "quality": float,
    "fulfilment": float,
    "compliance": float,
    "discretion": float,
}
_SEATS_ASIDE: dict[str, Any] = {
    "role_share": float,
    "manages": bool,
    "gone": bool,
    "left": np.int64,
    "dismissed": np.int64,
    "next_choice": np.int64,
    "aside": float,
    "service": float,
    "keys": float,
    "meeting": np.int64,
    "order": np.int64,
    "starts": np.int64,
    "met": np.int64,
    "performance": np.int64,
    "chosen": bool,
    "agreed": np.int64,
    "match": float,
}
_MARKET: dict[str, Any] = {
    "contact": bool,
    "met": np.int64,
    "served": float,
    "conflict": bool,
    "conceded": bool,
    "failed": bool,
    "recovered": bool,
    "apologized": bool,
    "purchases": np.int64,
    "leaving_draw": float,
    "lost": bool,
    "lost_identity": np.int64,
    "acquired": bool,
}
_MARKET_ASIDE: dict[str, Any] = {
    "behind": bool,
    "rows": np.int64,
    "chosen": bool,
    "aside": float,
    "other": float,
    "asked": np.int64,
}

_BINS: dict[str, Any] = {"heads": float, "total": float, "other": float}

SeatFacts = namedtuple("SeatFacts", [*_SEATS, *_SEATS_ASIDE])
"""This week's facts of every seat (what :class:`~sim.organization.WeekFacts` has of them), and room to work in."""

Bins = namedtuple("Bins", [*_BINS, "lanes"])
"""Room to add up, by department and over all; ``heads`` are those of the week, counted once people have come and gone."""

MarketFacts = namedtuple("MarketFacts", [*_MARKET, *_MARKET_ASIDE])
"""This week's facts of every position in the market, and room to work in."""

Around = namedtuple(
    "Around",
    [
        "needs",
        "official",
        "margin",
        "acted",
        "partners_alone",
        "partners",
        "facing_seats",
        "crises",
        "squeezes",
        "cuts",
        "manager_exit",
    ],
)
"""What surrounds the organization; a row of crises, squeezes and cuts is size and the week in which it is over."""

ORGANIZATION = (
    "week", "market", "reputation", "talk", "program", "begun", "customers_seen", "employees_seen", "executives_seen",
    "customers_lost", "contacts_expected",
)  # fmt: skip
GOVERNANCE = ("line", "benchmark", "recent_profit", "normal_profit", "talk_left", "talk_weeks")
FORCED = ("forced_succession", "forced_merger", "upheaval", "fad")
FACTS = (
    "hired", "support", "permitted", "retention", "conceded_gain", "conceded_cost", "promoted", "collected", "complexity",
    "coordination_cost", "oversight", "reported", "told", "revenue", "service_cost", "policy_cost", "customer_value",
)  # fmt: skip
MEASURED = ("line_now", "left_count", "dismissed_count", "contacts", "sponsored", "political_attention", "exits_forced")

STATE = np.dtype([(name, np.float64) for name in (*ORGANIZATION, *GOVERNANCE, *FACTS, *FORCED, *MEASURED)])
"""Numbers of the organization and of its week; whole numbers are kept exactly up to 2^53."""

VALUES = np.dtype([(name, np.float64) for name in OUTCOME_NAMES])
"""The week's outcomes."""

SETTINGS = np.dtype([(name.replace(".", "_"), np.float64) for name in PARAMETERS])
"""Every parameter; a choice is its place among the choices, a switch 0 or 1."""

PRICES = np.dtype([("price", np.float64), ("by_head", np.bool_)])


def place(name: str, choice: str) -> float:
    """Number under which compiled loops know a choice of a parameter."""
    return float(PARAMETERS[name].choices.index(choice))


def _as_number(parameter: Parameter, value: ParameterValue) -> float:
    """A parameter's value as compiled loops know it."""
    return float(parameter.choices.index(str(value))) if parameter.kind == "choice" else float(value)


@dataclass
class World:
    """An organization as compiled loops see it. Its arrays are the organization's own as long as :meth:`fits` says so.

    Attributes:
        columns: Employees, customers, departments, executives.
        facts: Facts of seats, facts of the market, room to add up.
        around: What surrounds the organization.
        settings, state: One record each.
        numbers: The state as a plain array.
        amounts, wanted: Resources in force and asked for, shape (departments, resources).
        keys: Keys of the random streams, in the order of :data:`~sim.compiled.streams.STREAM_NAMES`.
        prices: Cost of each resource.
        now: The facts of the week as the rest of the model reads them; its arrays are those of ``facts``.
        parameters, streams, scenario: What settings, keys and eventful weeks were made of.
        eventful: Weeks in which something is scheduled.
    """

    columns: tuple[Any, Any, Any, Any]
    facts: tuple[Any, Any, Any]
    around: Any
    settings: NDArray[np.void]
    state: NDArray[np.void]
    numbers: FloatArray
    amounts: FloatArray
    wanted: FloatArray
    keys: NDArray[np.uint64]
    prices: NDArray[np.void]
    now: WeekFacts
    parameters: Mapping[str, ParameterValue]
    streams: Streams
    scenario: Scenario
    eventful: frozenset[int]

    def fits(self, org: Organization) -> bool:
        """Whether the organization still has the arrays and the parameters that this world was made of."""
        kept = (org.employees, org.customers, org.departments, org.executives)
        around, now = self.around, org.surroundings
        return (
            self.parameters is org.parameters
            and self.streams is org.streams
            and self.scenario is org.scenario
            and self.facts[0].role_share is org.role_share
            and around.facing_seats is org.facing_seats
            and around.needs is now.needs
            and around.official is now.official
            and around.partners is now.partners
            and all(
                all(map(is_, known, vars(columns).values())) for known, columns in zip(self.columns, kept, strict=True)
            )
        )

    def look_again(self, org: Organization) -> None:
        """Take up the arrays that an original step has put in place of others, and what is in force for a while."""
        self.columns = _all_columns(org)
        self.around = _around(org, self.around.manager_exit)


def see(org: Organization) -> World:
    """An organization's world: its columns in contiguous arrays of the types that the loops were compiled for."""
    seats, market = len(org.employees), len(org.customers)
    org.role_share = np.ascontiguousarray(org.role_share, dtype=np.float64)
    org.facing_seats = np.ascontiguousarray(org.facing_seats, dtype=np.int64)
    manages = np.zeros(seats, dtype=np.bool_)
    manages[org.employees.manager] = True
    own: dict[str, Any] = {"role_share": org.role_share, "manages": manages}
    own["starts"] = np.zeros(seats + 1, dtype=np.int64)
    seat_facts = SeatFacts(**_room(_SEATS | _SEATS_ASIDE, seats) | own)
    market_facts = MarketFacts(**_room(_MARKET | _MARKET_ASIDE, market))
    market_facts.lost_identity[:] = -1
    settings = np.zeros(1, dtype=SETTINGS)
    for name, parameter in PARAMETERS.items():
        settings[name.replace(".", "_")] = _as_number(parameter, org.parameters[name])
    prices = np.zeros(len(RESOURCES), dtype=PRICES)
    for index, resource in enumerate(RESOURCES.values()):
        prices[index] = (org.number(f"cost.{resource.name}"), resource.per == "head")
    shape = (len(org.departments), len(RESOURCES))
    amounts, state = np.zeros(shape), np.zeros(1, dtype=STATE)
    now = WeekFacts(
        amounts,
        **{name: getattr(seat_facts, name) for name in _SEATS},
        **{name: getattr(market_facts, name) for name in _MARKET},
    )
    now.behind = market_facts.behind if org.number("dues.arrears") > 0.0 else None
    return World(
        columns=_all_columns(org),
        facts=(seat_facts, market_facts, Bins(**_room(_BINS, len(org.departments)), lanes=np.zeros(LANES))),
        around=_around(org, np.zeros(len(org.departments))),
        settings=settings,
        state=state,
        numbers=state.view(np.float64),
        amounts=amounts,
        wanted=np.zeros(shape),
        keys=np.array([org.streams.key(name) for name in STREAM_NAMES], dtype=np.uint64),
        prices=prices,
        now=now,
        parameters=org.parameters,
        streams=org.streams,
        scenario=org.scenario,
        eventful=frozenset(event.week for event in org.scenario.events),
    )


def _all_columns(org: Organization) -> tuple[Any, Any, Any, Any]:
    """Columns of every kind of agent."""
    return (
        _columns(Employees, org.employees),
        _columns(Customers, org.customers),
        _columns(Departments, org.departments),
        _columns(Executives, org.executives),
    )


def _around(org: Organization, manager_exit: FloatArray) -> Any:
    """What surrounds the organization now."""
    around, governance = org.surroundings, org.governance
    in_force = (around.crises, governance.squeezes, org.budget_cuts)
    return Around(
        around.needs,
        around.official,
        np.zeros(around.needs.size, dtype=np.int64),
        np.zeros_like(org.employees.picture, order="F"),
        around.partners_alone,
        around.partners,
        org.facing_seats,
        *(np.array(each, dtype=np.float64).reshape(-1, 2) for each in in_force),
        manager_exit,
    )


def _room(kinds: dict[str, Any], size: int) -> dict[str, Any]:
    """Empty arrays of these kinds."""
    return {name: np.zeros(size, dtype=kind) for name, kind in kinds.items()}


def _columns(kind: Any, columns: Any) -> Any:
    """Columns as a named tuple; one that a step has left in another layout or type is put right in place."""
    for name in kind._fields:
        array = getattr(columns, name)
        wanted, flags, by_column = _TYPES[kind].get(name, np.dtype(np.float64)), array.flags, name in _BY_COLUMN
        contiguous = flags.f_contiguous if by_column else flags.c_contiguous
        if array.dtype != wanted or not contiguous or not flags.writeable:
            setattr(columns, name, np.array(array, dtype=wanted, order="F" if by_column else "C"))
    return kind(*(getattr(columns, name) for name in kind._fields))


def _types(columns: Any) -> dict[str, np.dtype[Any]]:
    """Types of the columns that are not plain numbers, as they are declared."""
    words = {"IntArray": np.int64, "BoolArray": np.bool_, "SmallIntArray": np.int16}
    return {item.name: np.dtype(words[item.type]) for item in fields(columns) if item.type in words}


_BY_COLUMN = ("picture",)
"""Tables whose columns lie one after the other, since loops go through everybody's entry in one column."""

_TYPES = {
    Employees: _types(EmployeeColumns),
    Customers: _types(CustomerColumns),
    Departments: _types(DepartmentColumns),
    Executives: _types(ExecutiveColumns),
}
