"""What a page needs of a run: its weekly outcomes, and every week's picture of the organization in a few bytes.

A frame holds half a byte a seat, half a byte for each of some customers, and a byte an executive:

- seat: 0 vacant; else 1 + level of delivery (0 to 4), plus 5 if the person chose for the customer, plus 10 if only
  because somebody watched.
- customer: 0 nobody; else 1 + level of satisfaction (0 to 4), plus 5 if served this week, plus 10 if in that contact
  something went wrong for good or was refused.
- executive: sixteenths of self-assessment (low half) and of the true weight on customers (high half).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine import live_through
from sim.kernel.arrays import FloatArray, IntArray
from sim.organization import Organization

Bytes = NDArray[np.uint8]

LEVELS = (0.3, 0.45, 0.6, 0.75)
"""Where one level of delivery, or of satisfaction, ends and the next begins."""

CUSTOMERS_DRAWN = 60
"""Customers in the picture: positions of the market at equal distances."""


@dataclass(frozen=True)
class Recording:
    """One run as a page keeps it.

    Attributes:
        outcomes: Weekly outcomes in the order asked for, shape (outcomes, weeks); NaN where missing.
        frames: Pictures, shape (weeks, bytes a frame); empty if none were wanted.
    """

    outcomes: FloatArray
    frames: Bytes


def record(organization: Organization, weeks: int, outcomes: list[str], pictures: bool) -> Recording:
    """Live through ``weeks`` weeks and keep what a page needs. Changes ``organization``."""
    values = np.empty((len(outcomes), weeks))
    frames = []
    for week in range(weeks):
        live_through(organization)
        values[:, week] = [organization.outcomes[name] for name in outcomes]
        if pictures:
            frames.append(frame(organization))
    return Recording(values, np.stack(frames) if frames else np.zeros((0, 0), dtype=np.uint8))


def frame(organization: Organization) -> Bytes:
    """This week's picture."""
    executives = organization.executives
    mirror, weight = _sixteenths(executives.self_assessment), _sixteenths(executives.weight_customers)
    return np.concatenate(
        [pack(_seats(organization)), pack(_customers(organization)), (mirror | (weight << 4)).astype(np.uint8)]
    )


def drawn_customers(market: int) -> IntArray:
    """Positions of the market that are in the picture."""
    count = min(CUSTOMERS_DRAWN, market)
    return (np.arange(count) * market) // max(count, 1)


def pack(states: IntArray) -> Bytes:
    """Two states of 0 to 15 a byte, the first in the low half; an odd one is followed by 0."""
    padded = np.append(states, np.zeros(states.size % 2, dtype=states.dtype)).astype(np.uint8)
    return (padded[0::2] | (padded[1::2] << 4)).astype(np.uint8)


def _seats(organization: Organization) -> IntArray:
    employees = organization.employees
    level = np.searchsorted(LEVELS, employees.delivery, side="right")
    chose = employees.choice.astype(np.int64) * np.where(employees.surveilled, 10, 5)
    result: IntArray = np.where(employees.employed, 1 + level + chose, 0)
    return result


def _customers(organization: Organization) -> IntArray:
    customers, now = organization.customers, organization.now
    rows = drawn_customers(len(customers))
    level = np.searchsorted(LEVELS, customers.satisfaction[rows], side="right")
    hurt = (now.failed & ~now.recovered) | (now.conflict & ~now.conceded)
    met = np.where(now.contact, np.where(hurt, 10, 5), 0)[rows]
    result: IntArray = np.where(customers.active[rows], 1 + level + met, 0)
    return result


def _sixteenths(values: FloatArray) -> IntArray:
    return np.minimum((values * 16.0).astype(np.int64), 15)
