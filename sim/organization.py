"""The organization and its market: everything that changes from week to week, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.customers import CustomerColumns
from sim.agents.departments import DepartmentColumns
from sim.agents.employees import EmployeeColumns
from sim.agents.executives import ExecutiveColumns
from sim.agents.governance import GovernanceState
from sim.agents.series import Series
from sim.agents.surroundings import Surroundings
from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.kernel.parameters import ParameterValue
from sim.kernel.random import Streams
from sim.policies.plan import Plan
from sim.policies.resources import RESOURCE_NAMES

if TYPE_CHECKING:
    from sim.scenario import Scenario

_RESOURCE_INDEX = {name: index for index, name in enumerate(RESOURCE_NAMES)}


@dataclass
class WeekFacts:
    """What happened this week: filled step by step, read by later steps, outcomes and traces; empty every Monday."""

    amounts: FloatArray  # (departments, resources) in force
    forced_succession: float = 0.0
    forced_manager_exit: FloatArray | None = None  # share by department
    forced_merger: float = 0.0  # share of seats taken over by people of the other organization
    fad: float = 0.0  # appeal of a fad that strikes this week
    messages: FloatArray = field(default_factory=lambda: np.zeros(0))  # by seat
    receptive: FloatArray = field(default_factory=lambda: np.zeros(0))
    pressure: FloatArray = field(default_factory=lambda: np.zeros(0))
    quality: FloatArray = field(default_factory=lambda: np.zeros(0))
    fulfilment: FloatArray = field(default_factory=lambda: np.zeros(0))
    compliance: FloatArray = field(default_factory=lambda: np.zeros(0))  # in force: demand or habit, load taken off
    discretion: FloatArray = field(default_factory=lambda: np.zeros(0))  # effort that crowding-out has left
    support: float = 1.0
    line: float | None = None  # weight of customers in conflicts, where executives do not simply weigh case by case
    permitted: float = 1.0  # factor on ordinary service that the line leaves
    hired: int = 0
    left: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # identities
    dismissed: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    # One position a customer:
    contact: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    met: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # seat, -1 nobody
    served: FloatArray = field(default_factory=lambda: np.zeros(0))
    conflict: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    conceded: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    failed: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    recovered: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    apologized: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    behind: BoolArray | None = None  # with payment; None where nobody can be
    purchases: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    leaving_draw: FloatArray = field(default_factory=lambda: np.zeros(0))
    lost: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    lost_identity: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    acquired: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    retention: float = float("nan")
    conceded_gain: float = 0.0
    conceded_cost: float = 0.0
    promoted: float = 0.0  # margin that promotional contacts brought
    collected: float = 0.0  # dues paid
    complexity: float = 0.0  # extra cost of a contact, as a share
    coordination_cost: float = 0.0
    upheaval: float = 0.0  # size of this week's shift of the market
    oversight: float = 0.0  # independence x probability x consequence, and what participation borrows of them
    reported: float = float("nan")
    told: float = float("nan")  # what of it arrives at the top
    revenue: float = 0.0
    service_cost: float = 0.0
    policy_cost: float = 0.0
    customer_value: float = 0.0


@dataclass
class Organization:
    """State of one run between two weeks.

    Attributes:
        scenario: What the run was made from.
        parameters: Dotted name -> value, complete.
        streams: Random numbers by purpose, week and position.
        plan: The policy.
        week: Week that runs now or runs next; negative during the burn-in.
        market: Share of needs that customers find served elsewhere.
        reputation: Word of mouth, in standard deviations of satisfaction.
        talk: Recent talk of leadership, 0 to 1.
        program: Share of the program that is still sponsored (1 until a successor ends it).
        begun: Whether the policy has spent anything yet; until then nobody sponsors it.
        customers_seen: Number of customers who have ever come, which numbers the next one.
        employees_seen: Number of people who have ever been hired.
        executives_seen: Number of executives who have ever been appointed.
        customers_lost: Number of customers who have ever gone.
        budget_cuts: Cuts in force: part of amounts cut, and the week in which the cut is over.
        governance: Where the line was drawn, what counts as normal profit, and what later fads have left of the program.
        contacts_expected: Contacts of an ordinary week, to which the facing departments are staffed.
        facing_seats: Seats that deal with customers.
        role_share: Attention to customers that each seat's role asks for.
        surroundings: Needs of the market and the official picture of them, partners, crises.
        now: What happened this week.
        nothing: Zero at every seat.
        series: Moments with customers in mind: agreed on, held, and what leaders make of them.
        world: How compiled loops see it (:mod:`sim.compiled.world`); made when they are first asked, never copied.
    """

    scenario: Scenario
    parameters: Mapping[str, ParameterValue]
    streams: Streams
    plan: Plan
    customers: CustomerColumns
    employees: EmployeeColumns
    departments: DepartmentColumns
    executives: ExecutiveColumns
    surroundings: Surroundings
    week: int
    market: float
    contacts_expected: float
    facing_seats: IntArray
    role_share: FloatArray
    now: WeekFacts
    nothing: FloatArray
    series: Series
    reputation: float = 0.0
    talk: float = 0.0
    program: float = 1.0
    begun: bool = False
    budget_cuts: list[tuple[float, int]] = field(default_factory=list)
    governance: GovernanceState = field(default_factory=GovernanceState)
    customers_seen: int = 0
    employees_seen: int = 0
    executives_seen: int = 0
    customers_lost: int = 0
    outcomes: dict[str, float] = field(default_factory=dict)
    world: Any = field(default=None, repr=False, compare=False)

    def number(self, name: str) -> float:
        """Value of a numeric parameter."""
        return float(self.parameters[name])

    def amount(self, resource: str) -> FloatArray:
        """Amount of a resource in force at each seat; not to be changed in place."""
        by_department = self.amount_by_department(resource)
        if not by_department.any():  # most resources, most weeks
            return self.nothing
        return by_department[self.employees.department]

    def amount_by_department(self, resource: str) -> FloatArray:
        """Amount of a resource in force in each department."""
        amounts: FloatArray = self.now.amounts[:, _RESOURCE_INDEX[resource]]
        return amounts

    def amount_overall(self, resource: str) -> float:
        """Amount of a resource in force, mean over seats."""
        by_department = self.amount_by_department(resource)
        if not by_department.any():  # most resources, most weeks
            return 0.0
        seats = self.departments.seats
        return float((by_department * seats).sum() / seats.sum())

    def uniform(self, stream: str, size: int | tuple[int, ...], round_: int = 0) -> FloatArray:
        """This week's uniform draws of a stream, one a position."""
        return self.streams.uniform(stream, self.week, size, round_)

    def normal(self, stream: str, size: int | tuple[int, ...], round_: int = 0) -> FloatArray:
        """This week's standard normal draws of a stream, one a position."""
        return self.streams.normal(stream, self.week, size, round_)

    def start_week(self) -> None:
        """Empty last week's facts."""
        shape = (len(self.departments), len(RESOURCE_NAMES))
        self.now = WeekFacts(amounts=np.zeros(shape))

    def copy(self) -> Organization:
        """Independent copy; scenario, parameters and streams are shared since nothing changes them."""
        shared = (self.scenario, self.parameters, self.streams)
        return deepcopy(self, {id(item): item for item in shared} | {id(self.world): None})

    def __getstate__(self) -> dict[str, Any]:
        """Pickles do without the view of compiled loops, which is made anew."""
        return vars(self) | {"world": None}

    def means_over_staff(self, values: Mapping[str, FloatArray | IntArray]) -> dict[str, float]:
        """Mean of each of several attributes over the seats that are taken; all missing (NaN) when none is."""
        employed = self.employees.employed
        if not employed.any():
            return dict.fromkeys(values, float("nan"))
        table = np.array(list(values.values()), dtype=np.float64)
        return dict(zip(values, table[:, employed].mean(axis=1).tolist(), strict=True))

    def mean_over_staff(self, values: FloatArray | IntArray) -> float:
        """Mean over the seats that are taken; missing (NaN) when none is."""
        employed = self.employees.employed
        return float(values[employed].mean()) if employed.any() else float("nan")
