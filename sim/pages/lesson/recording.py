"""The parts of a run that a page needs: its weekly outcomes, and a picture of the organization in a few bytes a week.

A frame holds half a byte a seat and half a byte for each of some customers (:mod:`sim.pages.shared.states`), and a byte an
executive: sixteenths of self-assessment (low half) and of the true weight on customers (high half).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.engine import run_week
from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.organization import Organization
from sim.pages.shared.states import customer_states, seat_states, spread

Bytes = NDArray[np.uint8]

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


def record_run(organization: Organization, weeks: int, outcomes: list[str], pictures: str | None) -> Recording:
    """Simulate ``weeks`` weeks and keep what a page needs. Changes ``organization``.

    Args:
        organization: The organization.
        weeks: Number of weeks.
        outcomes: Weekly outcomes to keep.
        pictures: Column of employees that gives people their shade in pictures; None for no pictures.
    """
    values = np.empty((len(outcomes), weeks))
    frames = []
    for week in range(weeks):
        run_week(organization)
        values[:, week] = [organization.outcomes[name] for name in outcomes]
        if pictures is not None:
            frames.append(frame(organization, pictures))
    return Recording(values, np.stack(frames) if frames else np.zeros((0, 0), dtype=np.uint8))


def frame(organization: Organization, shade: str = "delivery") -> Bytes:
    """This week's picture; ``shade`` is the column of employees that gives people their shade."""
    executives = organization.executives
    mirror, weight = _sixteenths(executives.self_assessment), _sixteenths(executives.weight_customers)
    seats = seat_states(organization, np.arange(len(organization.employees)), shade)
    customers = customer_states(organization, drawn_customers(len(organization.customers)))
    return np.concatenate([pack(seats), pack(customers), (mirror | (weight << 4)).astype(np.uint8)])


def drawn_customers(market: int) -> IntArray:
    """Positions of the market that are in the picture."""
    return spread(CUSTOMERS_DRAWN, market)


def pack(states: IntArray) -> Bytes:
    """Two states of 0 to 15 a byte, the first in the low half; an odd one is followed by 0."""
    padded = np.append(states, np.zeros(states.size % 2, dtype=states.dtype)).astype(np.uint8)
    return (padded[0::2] | (padded[1::2] << 4)).astype(np.uint8)


def _sixteenths(values: FloatArray) -> IntArray:
    return np.minimum((values * 16.0).astype(np.int64), 15)
