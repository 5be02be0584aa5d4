"""An organization in columns, copied into one agent a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference import customer, employee
from reference.customer import Customer
from reference.employee import Employee
from reference.offices import Department, Executive
from sim.organization import Organization

if TYPE_CHECKING:
    from reference.model import ReferenceModel


def _rows(columns: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Columns as one dictionary of attributes a row."""
    lists = [getattr(columns, name).tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True)]


def make_departments(model: ReferenceModel, organization: Organization) -> list[Department]:
    """One agent a department."""
    names = ("seats", "facing", "load", "adopted")
    return [Department(model, index, **row) for index, row in enumerate(_rows(organization.departments, names))]


def make_staff(model: ReferenceModel, organization: Organization) -> list[Employee]:
    """One agent a seat, with manager and ties."""
    columns = organization.employees
    places = zip(columns.department.tolist(), columns.facing.tolist(), strict=True)
    staff = [Employee(model, seat, model.departments[index], facing) for seat, (index, facing) in enumerate(places)]
    ties = zip(columns.manager.tolist(), columns.colleagues.tolist(), strict=True)
    for person, row, (manager, colleagues) in zip(staff, _rows(columns, employee.STATE), ties, strict=True):
        for name, value in row.items():
            setattr(person, name, value)
        person.manager = staff[manager]
        person.manager.manages = True
        person.colleagues = [staff[seat] for seat in colleagues]
        person.fulfil()
    for person in staff:
        person.department.managing_seats += person.manages
    return staff


def make_market(model: ReferenceModel, organization: Organization) -> list[Customer]:
    """One agent a position in the market."""
    market = []
    for position, row in enumerate(_rows(organization.customers, customer.STATE)):
        each = Customer(model, position)
        for name, value in row.items():
            setattr(each, name, value)
        each.left_in = model.week - 1
        market.append(each)
    return market


def make_executives(model: ReferenceModel, organization: Organization) -> list[Executive]:
    """One agent an executive."""
    names = ("stated", "weight_customers", "weight_owners", "weight_self", "self_assessment", "tenure")
    people = []
    for row in _rows(organization.executives, names):
        executive = Executive(model, row["stated"], (row["weight_customers"], row["weight_owners"], row["weight_self"]))
        executive.self_assessment, executive.tenure = row["self_assessment"], row["tenure"]
        people.append(executive)
    return people
