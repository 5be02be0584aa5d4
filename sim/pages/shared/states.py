"""The state of a person or a customer in a week, as a number from 0 to 15.

- seat: 0 vacant; else 1 + level of delivery, or of another column (0 to 4), plus 5 if the person chose for the customer,
  plus 10 if only because of monitoring.
- customer: 0 no customer; else 1 + level of satisfaction (0 to 4), plus 5 if served this week, plus 10 if in that contact
  something went wrong for good or was refused.
"""

from __future__ import annotations

import numpy as np

from sim.model.kernel.array_types import IntArray
from sim.model.mechanisms.norm import MONITORED
from sim.model.organization import Organization

LEVELS = (0.3, 0.45, 0.6, 0.75)
"""Limits between levels of delivery and of satisfaction."""

FAINT_LEVELS = (0.1, 0.2, 0.35, 0.5)
"""Limits between levels of what people feel, which is faint in most: attention, cynicism."""


def spread(count: int, size: int) -> IntArray:
    """At most ``count`` positions out of ``size``, at equal distances."""
    count = min(count, size)
    return (np.arange(count) * size) // max(count, 1)


def seat_states(organization: Organization, rows: IntArray, shade: str = "delivery") -> IntArray:
    """States of these seats; ``shade`` is the column whose level they show."""
    employees = organization.employees
    levels = LEVELS if shade == "delivery" else FAINT_LEVELS
    level = np.searchsorted(levels, getattr(employees, shade)[rows], side="right")
    chose = employees.choice[rows].astype(np.int64) * np.where(employees.prompted_by[rows] == MONITORED, 10, 5)
    states: IntArray = np.where(employees.employed[rows], 1 + level + chose, 0)
    return states


def customer_states(organization: Organization, rows: IntArray) -> IntArray:
    """States of these positions of the market; at initialization there have been no contacts."""
    customers = organization.customers
    level = np.searchsorted(LEVELS, customers.satisfaction[rows], side="right")
    hurt = (customers.failed & ~customers.recovered) | (customers.conflict & ~customers.conceded)
    met: IntArray = np.where(customers.contact, np.where(hurt, 10, 5), 0)[rows]
    states: IntArray = np.where(customers.active[rows], 1 + level + met, 0)
    return states
