"""The picture of an organization for the page: one character a seat and customer, two numbers an executive.

- seats and customers: a hexadecimal digit each (:mod:`sim.pages.shared.states`).
- executive: self-assessment and true weight on customers, as shares.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.organization import Organization
from sim.pages.shared.states import customer_states, seat_states, spread

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


def layout(organization: Organization) -> dict[str, Any]:
    """The parts that stay the same from week to week: departments, their seats in the picture, and what they stand for."""
    rooms = [
        {"name": department.name, "facing": department.facing, "drawn": int(seats.size), "seats": int(total)}
        for department, seats, total in zip(
            organization.scenario.departments, drawn_seats(organization), organization.departments.seats, strict=True
        )
    ]
    market = len(organization.customers)
    return {"departments": rooms, "customers": min(CUSTOMERS_DRAWN, market), "market": market}


def frame(organization: Organization) -> dict[str, Any]:
    """The picture of the last week; before the first week that of the initialization, without any contacts."""
    executives = organization.executives
    return {
        "seats": _text(seat_states(organization, np.concatenate(drawn_seats(organization)))),
        "customers": _text(customer_states(organization, spread(CUSTOMERS_DRAWN, len(organization.customers)))),
        "mirrors": _shares(executives.self_assessment),
        "weights": _shares(executives.weight_customers),
    }


def _text(states: IntArray) -> str:
    return "".join(_DIGITS[states])


def _shares(values: FloatArray) -> list[float]:
    return [round(float(value), 3) for value in values]
