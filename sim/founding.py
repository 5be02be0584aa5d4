"""The organization before its first week: who works there, who their customers are, who leads.

The installed base starts tenured: people and customers are those who would be there had they come at a steady rate and
some had stayed. Otherwise sorting alone (the loyal remain) would move the baseline for years.
"""

from __future__ import annotations

import numpy as np

from sim.agents.customers import CustomerColumns
from sim.agents.departments import DepartmentColumns
from sim.agents.employees import EmployeeColumns
from sim.agents.executives import ExecutiveColumns
from sim.agents.network import tie_colleagues
from sim.agents.series import Series
from sim.agents.surroundings import Surroundings
from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.kernel.random import Streams
from sim.mechanisms import norm, partners
from sim.mechanisms.attention import INTERNAL_PARTS
from sim.mechanisms.credit import ORDINARY
from sim.mechanisms.definitions import bring
from sim.mechanisms.leadership import true_weights
from sim.mechanisms.staffing import reports_to, weekly_from_monthly
from sim.newcomers import FEELING_DRAWS, KIND_DRAWS, arrive, hired_values, remembered_elsewhere
from sim.organization import Organization, WeekFacts
from sim.policies.bundle import Bundle
from sim.policies.plan import Plan
from sim.policies.resources import RESOURCE_NAMES
from sim.scenario import Scenario

_WEEKS_A_YEAR = 52.0
_TRIES = 200  # arrivals tried for one position; the least loyal markets need a few dozen
_NEVER = np.inf


def found(scenario: Scenario, bundle: Bundle, streams: Streams) -> Organization:
    """Organization at the beginning of its burn-in."""
    p = scenario.parameters
    week = -int(p["run.burn_in"])
    departments = _departments(scenario)
    employees = _employees(scenario, departments, streams, week)
    customers, expected = _customers(scenario, streams, week)
    executives = _executives(scenario, streams, week)
    facing = employees.facing
    role_share = np.where(facing, float(p["attention.facing_customers"]), float(p["attention.inner_customers"]))
    employees.attention_colleagues = INTERNAL_PARTS[0] * (1.0 - role_share)  # nobody has been let down yet
    return Organization(
        scenario=scenario,
        parameters=dict(p),  # a plain dictionary: it is asked a hundred times a week
        streams=streams,
        plan=Plan(bundle, [department.name for department in scenario.departments]),
        customers=customers,
        employees=employees,
        departments=departments,
        executives=executives,
        surroundings=_surroundings(scenario, streams, week),
        week=week,
        market=float(p["expectation.market"]),
        contacts_expected=expected,
        facing_seats=np.flatnonzero(facing),
        role_share=role_share,
        now=WeekFacts(amounts=np.zeros((len(departments), len(RESOURCE_NAMES)))),
        nothing=np.zeros(len(employees)),
        series=Series(engagement=float(p["moments.first_engagement"])),
        customers_seen=int(customers.active.sum()),
        employees_seen=len(employees),
        executives_seen=len(executives),
    )


def _departments(scenario: Scenario) -> DepartmentColumns:
    """Departments with seats by largest remainder, so that they add up to the number of employees."""
    total = int(scenario.parameters["employees.number"])
    shares = np.array([department.share for department in scenario.departments])
    exact = shares / shares.sum() * total
    seats = np.floor(exact).astype(np.int64)
    for index in np.argsort(seats - exact, kind="stable")[: total - int(seats.sum())]:
        seats[index] += 1
    power = np.array([department.power for department in scenario.departments])
    count = len(seats)
    return DepartmentColumns(
        identity=np.arange(count),
        seats=seats,
        facing=np.array([department.facing for department in scenario.departments]),
        power=power / power.sum() if power.sum() > 0 else np.full(count, 1.0 / count),
        load=np.full(count, float(scenario.parameters["workload.baseline"])),
        work_pressure=np.full(count, float(scenario.parameters["workload.baseline"])),
        adopted=np.zeros(count),
        importance=np.full(count, ORDINARY),
    )


def _facing_seats(department: IntArray, facing: FloatArray) -> BoolArray:
    """The last seats of each department face customers (managers sit first); at least one in the organization."""
    result = np.zeros(department.size, dtype=np.bool_)
    for label in range(facing.size):
        seats = np.flatnonzero(department == label)
        count = round(float(facing[label]) * seats.size)
        if count:
            result[seats[-count:]] = True
    if not result.any():
        result[np.flatnonzero(department == department[np.argmax(facing[department])])[-1]] = True
    return result


def _tenure(draw: FloatArray, stay: FloatArray, years: float) -> FloatArray:
    """Tenure in weeks of people who came at a steady rate over ``years`` and left at weekly rate 1 - ``stay``."""
    weeks = years * _WEEKS_A_YEAR
    if weeks == 0.0:
        return np.zeros_like(draw)
    rate = -np.log(np.clip(stay, 1e-12, 1.0))
    flat = rate * weeks < 1e-9
    safe = np.where(flat, 1.0, rate)
    curved = -np.log1p(draw * np.expm1(-safe * weeks)) / safe
    return np.where(flat, draw * weeks, curved)


def _employees(scenario: Scenario, departments: DepartmentColumns, streams: Streams, week: int) -> EmployeeColumns:
    """Everyone at work; values have drifted toward old practice with tenure, memory holds old practice."""
    p = scenario.parameters
    seats = int(departments.seats.sum())
    department = np.repeat(np.arange(len(departments)), departments.seats)
    degree, memory_size = int(p["network.degree"]), int(p["norm.memory"])
    value = hired_values(p, streams, week, np.zeros(seats), np.arange(seats))
    stay = np.full(seats, 1.0 - weekly_from_monthly(float(p["employees.turnover"])))
    tenure = _tenure(streams.uniform("founding tenure", week, seats), stay, float(p["employees.history"]))
    practice = float(p["hiring.outside_practice"])
    wearing = float(p["norm.value_drift"]) * float(p["norm.omission_weight"])  # few practised
    value = practice + (value - practice) * np.exp(-wearing * tenure)
    memory = remembered_elsewhere(p, streams, week, seats)
    share = memory.sum(axis=1) / (norm.SEEN * memory_size)
    chance = norm.practice_probability(share, value, float(p["norm.sharpness"]), float(p["norm.value_weight"]))
    if p["norm.rule"] == "averaging":
        chance = value
    choice = (streams.uniform("founding choice", week, seats) < chance).astype(np.int64)
    if p["norm.rule"] == "majority":
        choice = np.zeros(seats, dtype=np.int64)
    zeros = np.zeros(seats)
    energy = float(p["energy.recovery"]) / (float(p["energy.recovery"]) + float(p["energy.depletion"]))
    return EmployeeColumns(
        identity=np.arange(seats),
        employed=np.ones(seats, dtype=np.bool_),
        department=department,
        manager=reports_to(department, int(p["employees.span"])),
        facing=_facing_seats(department, departments.facing),
        colleagues=tie_colleagues(
            department,
            degree,
            float(p["network.closure"]),
            streams.uniform("founding tie kind", week, (seats, degree)),
            streams.uniform("founding tie", week, (seats, degree)),
        ),
        choice=choice,
        surveilled=np.zeros(seats, dtype=np.bool_),
        memory=memory,
        memory_total=memory.sum(axis=1, dtype=np.int64),
        memory_cursor=np.zeros(seats, dtype=np.int64),
        value=value,
        salience=zeros.copy(),
        exposure=zeros.copy(),
        compliance=zeros.copy(),
        habit=zeros.copy(),
        crowding=zeros.copy(),
        standard=np.full(seats, float(p["hiring.standard"])),
        energy=np.full(seats, energy),
        cynicism=np.full(seats, float(p["cynicism.initial"])),
        satisfaction=np.full(seats, float(p["employees.satisfaction_initial"])),
        attention_customers=zeros.copy(),
        attention_colleagues=zeros.copy(),
        attention_bosses=zeros.copy(),
        attention_deadlines=zeros.copy(),
        delivery=np.full(seats, float(p["delivery.routine"])),
        definition=bring(streams.uniform("founding definition", week, seats), float(p["definitions.spread"])),
        justice=np.full(seats, float(p["justice.initial"])),
        gaming=zeros.copy(),
        insight=zeros.copy(),
        tenure=tenure,
        picture=np.zeros((seats, int(p["needs.dimensions"])), dtype=np.int16),
    )


def _customers(scenario: Scenario, streams: Streams, week: int) -> tuple[CustomerColumns, float]:
    """Positions of the market, the first of them taken by those who stayed, and their expected contacts a week."""
    p = scenario.parameters
    market = int(p["customers.market"])
    initial = int(p["customers.initial"])
    columns = empty_market(market, float(p["customers.contract_share"]), streams, week)
    position = np.arange(market) < initial
    weeks = float(p["customers.history"]) * _WEEKS_A_YEAR
    pending = position.copy()
    for attempt in range(_TRIES):
        rows = np.flatnonzero(pending)
        kind = streams.uniform("founding kind", week, (market, KIND_DRAWS), attempt)
        feeling = streams.normal("founding feeling", week, (market, FEELING_DRAWS), attempt)
        arrive(columns, rows, p, kind[rows], feeling[rows])
        age = weeks * streams.uniform("founding age", week, market, attempt)
        stayed = _stayed(columns, age, streams.uniform("founding stay", week, market, attempt))
        columns.tenure = np.where(pending, age, columns.tenure)
        pending &= ~stayed
        if not pending.any():
            break
    columns.next_purchase += week
    columns.identity[:initial] = np.arange(initial)
    columns.active[:] = position
    columns.agreed[:] = streams.uniform("founding agreement", week, market) < float(p["promotion.wanted"])
    columns.depth = np.where(position, 0.7 * -np.expm1(-columns.tenure / 150.0), 0.0)
    columns.loyalty = 0.5 * columns.satisfaction + 0.3 * columns.trust + 0.2 * columns.depth
    by_purchase = float(columns.rate[position & ~columns.contract].sum())
    return columns, by_purchase + float(columns.contact_rate[position & columns.contract].sum())


def _stayed(customers: CustomerColumns, age: FloatArray, draw: FloatArray) -> BoolArray:
    """Whether a customer who came ``age`` weeks ago is still there: by own hazard, or by own purchases and dropout.

    Without contract, purchases of someone who stays are Poisson(rate age), each survived with 1 - dropout, so that the
    chance of being there is exp(-rate age dropout).
    """
    under_contract = (1.0 - customers.hazard) ** age
    chance = np.where(customers.contract, under_contract, np.exp(-customers.rate * age * customers.dropout))
    result: BoolArray = draw < chance
    return result


def empty_market(market: int, contract_share: float, streams: Streams, week: int) -> CustomerColumns:
    """A market of prospects; which positions are under contract is settled once and for all."""

    def zeros() -> FloatArray:
        return np.zeros(market)

    contract = streams.uniform("founding contract", week, market) < contract_share
    return CustomerColumns(
        identity=np.full(market, -1, dtype=np.int64),
        active=np.zeros(market, dtype=np.bool_),
        contract=contract,
        hazard=zeros(),
        rate=zeros(),
        dropout=zeros(),
        next_purchase=np.full(market, _NEVER),
        contact_rate=zeros(),
        spending=zeros(),
        expectation=zeros(),
        satisfaction=zeros(),
        trust=zeros(),
        loyalty=zeros(),
        depth=zeros(),
        tenure=zeros(),
        contacts=np.zeros(market, dtype=np.int64),
        redress=zeros(),
        apologies=zeros(),
        agreed=np.zeros(market, dtype=np.bool_),
        irritation=zeros(),
        blocked=np.zeros(market, dtype=np.bool_),
        dues=zeros(),
    )


def _surroundings(scenario: Scenario, streams: Streams, week: int) -> Surroundings:
    """Needs that nobody in the organization has a picture of yet, and partners left alone."""
    p = scenario.parameters
    dimensions = int(p["needs.dimensions"])
    sign = streams.uniform("founding needs", week, dimensions) < 0.5
    alone = partners.own_quality(
        streams.uniform("founding partners", week, int(p["partners.number"])),
        float(p["partners.quality"]),
        float(p["partners.spread"]),
    )
    return Surroundings(
        needs=np.where(sign, -1, 1).astype(np.int16),
        official=np.zeros(dimensions, dtype=np.int16),
        partners_alone=alone,
        partners=alone.copy(),
    )


def _executives(scenario: Scenario, streams: Streams, week: int) -> ExecutiveColumns:
    """Executives with true weights of their own; what they state is one number of the scenario, independent of them."""
    p = scenario.parameters
    count = int(p["executives.number"])
    normal = streams.normal("executive weights", week, (count, 2))
    customers, owners, own = true_weights(
        normal[:, 0],
        normal[:, 1],
        float(p["executives.customer_weight"]),
        float(p["executives.self_weight"]),
        float(p["executives.weight_spread"]),
    )
    years = streams.exponential("executive tenure", week, count) / max(float(p["executives.succession"]), 0.02)
    return ExecutiveColumns(
        identity=np.arange(count),
        stated=np.full(count, float(p["executives.stated"])),
        weight_customers=customers,
        weight_owners=owners,
        weight_self=own,
        self_assessment=np.full(count, float(p["satisfaction.reference"])),
        customer_time=np.zeros(count),
        tenure=np.floor(years * _WEEKS_A_YEAR),
    )
