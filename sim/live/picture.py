"""What the page draws of an organization: a character for each seat and customer, a few for each executive.

- seat: hexadecimal digit; 0 vacant, else 1 + level of delivery (0 to 4), plus 5 if the person chose for the customer, plus
  10 if only because somebody watched.
- customer: hexadecimal digit; 0 nobody, else 1 + level of satisfaction (0 to 4), plus 5 if served this week, plus 10 if in
  that contact something went wrong for good or was refused.
- executive: share of self-assessment and true weight on customers, as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.kernel.arrays import FloatArray, IntArray
from sim.organization import Organization

LEVELS = (0.3, 0.45, 0.6, 0.75)
"""Where one level of delivery, or of satisfaction, ends and the next begins."""

SEATS_DRAWN, CUSTOMERS_DRAWN = 600, 300
"""Most seats and customers in the picture: every department in proportion, positions at equal distances."""

_DIGITS = np.array(list("0123456789abcdef"))


def drawn_seats(organization: Organization) -> list[IntArray]:
    """Seats in the picture, department by department; at least one of each."""
    department = organization.employees.department
    keep = min(1.0, SEATS_DRAWN / max(len(department), 1))
    return [
        seats[spread(max(1, round(keep * seats.size)), seats.size)]
        for seats in (np.flatnonzero(department == index) for index in range(len(organization.departments)))
    ]


def spread(count: int, size: int) -> IntArray:
    """At most ``count`` positions out of ``size``, at equal distances."""
    count = min(count, size)
    return (np.arange(count) * size) // max(count, 1)


def layout(organization: Organization) -> dict[str, Any]:
    """What stays the same from week to week: departments with their seats in the picture, and what they stand for."""
    rooms = [
        {"name": department.name, "facing": department.facing, "drawn": int(seats.size), "seats": int(total)}
        for department, seats, total in zip(
            organization.scenario.departments, drawn_seats(organization), organization.departments.seats, strict=True
        )
    ]
    market = len(organization.customers)
    return {"departments": rooms, "customers": min(CUSTOMERS_DRAWN, market), "market": market}


def frame(organization: Organization) -> dict[str, Any]:
    """The picture of the week just lived through; of the founding, in which nobody has met a customer yet."""
    executives = organization.executives
    return {
        "seats": _text(_seats(organization)),
        "customers": _text(_customers(organization)),
        "mirrors": _shares(executives.self_assessment),
        "weights": _shares(executives.weight_customers),
    }


def _seats(organization: Organization) -> IntArray:
    employees = organization.employees
    rows = np.concatenate(drawn_seats(organization))
    level = np.searchsorted(LEVELS, employees.delivery[rows], side="right")
    chose = employees.choice[rows].astype(np.int64) * np.where(employees.surveilled[rows], 10, 5)
    states: IntArray = np.where(employees.employed[rows], 1 + level + chose, 0)
    return states


def _customers(organization: Organization) -> IntArray:
    customers, now = organization.customers, organization.now
    rows = spread(CUSTOMERS_DRAWN, len(customers))
    level = np.searchsorted(LEVELS, customers.satisfaction[rows], side="right")
    met: IntArray = np.zeros(rows.size, dtype=np.int64)
    if now.contact.size:
        hurt = (now.failed & ~now.recovered) | (now.conflict & ~now.conceded)
        met = np.where(now.contact, np.where(hurt, 10, 5), 0)[rows]
    states: IntArray = np.where(customers.active[rows], 1 + level + met, 0)
    return states


def _text(states: IntArray) -> str:
    return "".join(_DIGITS[states])


def _shares(values: FloatArray) -> list[float]:
    return [round(float(value), 3) for value in values]
