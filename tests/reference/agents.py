"""Copies an organization in columns into agents, one per person: all that the reference reads from the model's objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from reference import customer, employee
from reference.customer import Customer
from reference.employee import Employee
from reference.environment import Environment
from reference.events import Events
from reference.governance import Board
from reference.moments import Moments
from reference.numbers import Numbers
from reference.offices import Department, Executive
from reference.schedule import Schedule
from sim.model.kernel.random import Streams
from sim.model.organization import Organization
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario

if TYPE_CHECKING:
    from reference.model import ReferenceModel

_DEPARTMENT = (
    "seats", "facing", "power", "load", "work_pressure", "adopted", "importance", "turnover",
    "people_per_seat", "capability",
)  # fmt: skip
_EXECUTIVE = (
    "identity", "stated", "weight_customers", "weight_owners", "weight_self", "self_assessment", "customer_time", "tenure",
)  # fmt: skip
_OWN = (
    "week", "reputation", "talk", "program", "begun", "customers_ever_acquired", "employees_ever_hired",
    "executives_ever_appointed", "usual_customer_weight", "volume", "usual_trust_pace", "usual_trust_level",
    "usual_depth_pace", "usual_depth_level", "contacts_scale", "repeats_expected",
)  # fmt: skip
_BOARD = ("decision_weight", "reference_weight", "recent_profit", "normal_profit", "talk_left", "talk_weeks")
_ENVIRONMENT = ("needs", "organizational_code", "partners_alone", "partners")
_MOMENTS = {"engagement": "engagement", "credit": "moments_due", "ended": "moments_ended"}
"""Attributes of the series of moments, each with the organization's number that it holds."""


def asked_for(organization: Organization) -> tuple[Scenario, Policy]:
    """The scenario of the organization, and the policy that it has adopted."""
    return organization.scenario, organization.schedule.policy


def read_setup(model: ReferenceModel, organization: Organization) -> None:
    """What does not change from week to week: parameters, random numbers, the policy and the events to come."""
    scenario, policy = asked_for(organization)
    names = [department.name for department in scenario.departments]
    model.numbers = Numbers(organization.parameters)
    model.streams = Streams(organization.streams.seed)
    phases = zip(policy.phases, organization.phases.ended, strict=True)
    model.schedule = Schedule([phase for phase, ended in phases if not ended], names)
    model.events = Events(model, scenario.events, names)


def read_state(model: ReferenceModel, organization: Organization) -> None:
    """State of the organization as a whole, and all agents, as the organization has them now."""
    for name in _OWN:
        setattr(model, name, getattr(organization, name))
    model.budget_cuts = _in_force(organization, "budget_cuts")
    model.contacts_expected = organization.contacts_expected
    model.board = _board(model, organization)
    model.environment = _environment(model, organization)
    model.moments = _moments(model, organization)
    model.departments = _departments(model, organization)
    model.staff = _staff(model, organization)
    model.market = _market(model, organization)
    model.executives = _executives(model, organization)


def _rows(columns: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Columns as dictionaries of attributes, one per row."""
    lists = [getattr(columns, name).tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True)]


def _give(agent: Any, row: dict[str, Any]) -> Any:
    """The agent, with the attributes of a row."""
    for name, value in row.items():
        setattr(agent, name, value)
    return agent


def _board(model: ReferenceModel, organization: Organization) -> Board:
    """Those in power, with what governance remembers."""
    board: Board = _give(Board(model), {name: getattr(organization, name) for name in _BOARD})
    board.squeezes = _in_force(organization, "squeezes")
    board.campaigns = [(vote, attention) for attention, vote in _in_force(organization, "campaigns")]
    return board


def _in_force(organization: Organization, effects: str) -> list[tuple[float, int]]:
    """Effects in force: size, and the week in which each is over."""
    return [(size, int(until)) for size, until in getattr(organization.environment, effects).tolist()]


def _agreed(organization: Organization) -> list[tuple[int, int]]:
    """Week and half day of each moment agreed on, in the order in which they were asked for."""
    appointments, week = organization.environment.appointments, organization.week
    rows = len(appointments)
    found = [
        (int(appointments[row, slot]), week + (row - week) % rows, int(slot))
        for row, slot in zip(*np.nonzero(appointments >= 0), strict=True)
    ]
    return [(due, slot) for _, due, slot in sorted(found)]


def _environment(model: ReferenceModel, organization: Organization) -> Environment:
    """The market around the organization."""
    around = organization.environment
    found = Environment(model)
    found.market = organization.market
    found.crises = _in_force(organization, "crises")
    return _give(found, {name: getattr(around, name).tolist() for name in _ENVIRONMENT})  # type: ignore[no-any-return]


def _moments(model: ReferenceModel, organization: Organization) -> Moments:
    """The series of moments so far."""
    moments = Moments(model)
    moments.agreed = _agreed(organization)
    return _give(moments, {name: getattr(organization, own) for name, own in _MOMENTS.items()})  # type: ignore[no-any-return]


def _departments(model: ReferenceModel, organization: Organization) -> list[Department]:
    """One agent per department."""
    rows = _rows(organization.departments, _DEPARTMENT)
    return [_give(Department(model, index), row) for index, row in enumerate(rows)]


def _staff(model: ReferenceModel, organization: Organization) -> list[Employee]:
    """One agent per seat, with manager and ties."""
    columns = organization.employees
    places = zip(columns.department.tolist(), columns.facing.tolist(), strict=True)
    staff = [Employee(model, seat, model.departments[index], facing) for seat, (index, facing) in enumerate(places)]
    ties = zip(columns.manager.tolist(), columns.colleagues.tolist(), strict=True)
    for person, row, (manager, colleagues) in zip(staff, _rows(columns, employee.STATE), ties, strict=True):
        _give(person, row)
        person.manager = staff[manager]
        person.manager.team += 1
        person.manager.is_manager = True
        person.colleagues = [staff[seat] for seat in colleagues]
    for person in staff:
        person.department.managing_seats += person.is_manager
    return staff


def _market(model: ReferenceModel, organization: Organization) -> list[Customer]:
    """One agent per position in the market."""
    rows = _rows(organization.customers, customer.STATE)
    market: list[Customer] = [_give(Customer(model, position), row) for position, row in enumerate(rows)]
    for each in market:
        each.left_in = model.week - 1
    return market


def _executives(model: ReferenceModel, organization: Organization) -> list[Executive]:
    """One agent per executive."""
    return [_give(Executive(model), row) for row in _rows(organization.executives, _EXECUTIVE)]


def far_apart(fast: npt.NDArray[np.float64], plain: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Where two arrays differ by more than a billionth of what they measure."""
    return ~np.isclose(fast, plain, rtol=1e-9, atol=1e-12, equal_nan=True)


def differing_states(organization: Organization, model: ReferenceModel) -> list[str]:
    """Attributes of agents, of the organization and of its environment that differ; vacant positions have none."""
    alone: list[tuple[Any, Any, tuple[str, ...]]] = [
        (organization, model, _OWN),
        (organization, model.environment, ("market",)),
        (organization, model.board, _BOARD),
        (organization.environment, model.environment, _ENVIRONMENT),
    ]
    wrong = [
        name
        for fast, plain, names in alone
        for name in names
        if far_apart(np.array(getattr(fast, name), float), np.array(getattr(plain, name), float)).any()
    ]
    wrong += [
        name
        for name, own in _MOMENTS.items()
        if far_apart(np.array(getattr(organization, own), float), np.array(getattr(model.moments, name), float)).any()
    ]
    if _agreed(organization) != model.moments.agreed:
        wrong.append("agreed")
    kinds: list[tuple[Any, list[Any], tuple[str, ...]]] = [
        (organization.employees, model.staff, employee.STATE),
        (organization.customers, model.market, customer.STATE),
        (organization.departments, model.departments, _DEPARTMENT),
        (organization.executives, model.executives, _EXECUTIVE),
    ]
    return wrong + [
        f"{next(iter(columns.declared.values())).table}.{name}"
        for columns, agents, names in kinds
        for name in names
        if _differ(columns, agents, name)
    ]


def _differ(columns: Any, agents: list[Any], name: str) -> bool:
    """Whether a column and an attribute are not the same for all who are there."""
    fast = getattr(columns, name).astype(np.float64)
    plain = np.array([getattr(agent, name) for agent in agents], dtype=np.float64).reshape(fast.shape)
    there = columns.identity >= 0 if hasattr(columns, "identity") else slice(None)
    if name == "identity":
        return bool((fast != plain).any())
    return bool(far_apart(fast[there], plain[there]).any())
