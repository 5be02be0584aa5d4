"""Executives' calendars: full long before the week comes, and a joint free half day is rare.

A half day is taken ever more surely as its week comes nearer; standing appointments take their part however far ahead.
Chief executives spend 72 % of their time in meetings, 75 % of it scheduled ahead, and 3 % with customers (Porter & Nohria
2018, 27 chief executives, 60,000 hours). Nothing quantitative on lead times of joint meetings is known: the one to three
months are the seed's, and follow here from how full calendars are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "calendar.slots",
        10,
        "half days per week",
        "Half days in an executive's week, the unit in which workshops are fixed.",
        "Definition: five working days",
        Tier.CONJECTURE,
        1,
        40,
        (8, 12),
    ),
    Parameter(
        "calendar.busy",
        0.95,
        "share",
        "Share of half days that are taken when their week has come.",
        "Porter & Nohria 2018: calendars of chief executives are full; the exact share is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.85, 0.99),
    ),
    Parameter(
        "calendar.standing",
        0.3,
        "share",
        "Share of half days that standing appointments take, however far ahead.",
        "Conjecture; 75 % of meetings are scheduled ahead (Porter & Nohria 2018)",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.15, 0.45),
    ),
    Parameter(
        "calendar.lead_weeks",
        6.0,
        "weeks",
        "Time constant with which the rest of a week fills as it comes nearer.",
        "Conjecture: appointments are made one to two months ahead",
        Tier.CONJECTURE,
        0.5,
        52.0,
        (4.0, 10.0),
    ),
    Parameter(
        "calendar.customer_requests",
        0.1,
        "share",
        "Share of requests for executives' time that come from customers.",
        "Conjecture; what is granted of them follows executives' weights",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.2),
    ),
    Parameter(
        "calendar.listening",
        0.5,
        "per week",
        "How fast an executive who spent all time with customers would come to see the organization as they do.",
        "Conjecture. 0 is the neutral setting",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 1.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {
    "calendar.busy": 0.0,
    "calendar.standing": 0.0,
    "calendar.listening": 0.0,
}
"""Executives are always free."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Every organization's executives have calendars. Where they meet customers, what they see there corrects
what they think."""


def booked_ahead(weeks_ahead: float, busy: float, standing: float, lead_weeks: float) -> float:
    """Share of half days of a week that are taken so many weeks before: s + (b - s) exp(-k / tau), no less than s."""
    return standing + max(busy - standing, 0.0) * float(np.exp(-weeks_ahead / lead_weeks))


def free(draws: FloatArray, booked: float) -> BoolArray:
    """Half days that are free while a share ``booked`` is taken, shape (executives, slots).

    A half day's draw stays the same from week to week, so that what is taken stays taken as the week comes nearer.
    """
    result: BoolArray = draws >= booked
    return result


def joint_slot(available: BoolArray, taken: frozenset[int]) -> int:
    """First half day in which all attendees are free; -1 if there is none.

    Args:
        available: Whether each attendee is free, shape (attendees, slots).
        taken: Half days that this series of moments has already.
    """
    together = np.flatnonzero(available.all(axis=0))
    return next((int(slot) for slot in together if int(slot) not in taken), -1)


def first_joint_slot(
    draws: Callable[[int], FloatArray],
    taken: Callable[[int], frozenset[int]],
    farthest: int,
    *,
    busy: float,
    standing: float,
    lead_weeks: float,
) -> tuple[int, int] | None:
    """Weeks ahead and half day of the first week in which all attendees have one free; ``None`` if none is in sight.

    Args:
        draws: Draws of the attendees' half days so many weeks ahead, shape (attendees, slots).
        taken: Half days so many weeks ahead that this series of moments has already.
        farthest: Weeks ahead beyond which nobody makes an appointment.
    """
    for ahead in range(1, farthest + 1):
        available = free(draws(ahead), booked_ahead(ahead, busy, standing, lead_weeks))
        slot = joint_slot(available, taken(ahead))
        if slot >= 0:
            return ahead, slot
    return None


def customer_share(weight: FloatArray, requests: float) -> FloatArray:
    """Share of an executive's appointments that customers get: requests count by the weight of who asks.

    r w / (r w + (1 - r)(1 - w)), with the share r of requests that come from customers and the true weight w on them.
    """
    asked = requests * weight
    others = (1.0 - requests) * (1.0 - weight)
    total = asked + others
    return np.where(total > 0.0, asked / np.where(total > 0.0, total, 1.0), 0.0)


def see_for_oneself(assessment: FloatArray, satisfaction: float, time: FloatArray, listening: float) -> FloatArray:
    """Executives who meet customers come to see what they see: C <- C + listening x time x (S - C)."""
    return assessment + listening * time * (satisfaction - assessment)
