"""Who sees whom: informal ties beside the hierarchy. Ties belong to seats, so a newcomer inherits the place, not friends."""

from __future__ import annotations

import numpy as np

from sim.kernel.arrays import FloatArray, IntArray
from sim.kernel.parameters import Parameter, Tier

PARAMETERS = (
    Parameter(
        "network.degree",
        12,
        "colleagues",
        "Colleagues whom a person sees informally.",
        "Conjecture: close working ties number about ten",
        Tier.CONJECTURE,
        1,
        200,
        (6, 30),
    ),
    Parameter(
        "network.closure",
        0.6,
        "share",
        "Share of these ties that stay inside the department.",
        "Homophily of working ties (McPherson et al. 2001); size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.3, 0.9),
    ),
    Parameter(
        "network.mixing",
        0.1,
        "share",
        "Share of encounters with anyone in the organization instead of a tie.",
        "Conjecture; 1 is the well-mixed limit",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.3),
    ),
    Parameter(
        "network.manager_share",
        0.15,
        "share",
        "Share of encounters that are with one's manager.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.3),
    ),
)


def tie_colleagues(
    department: IntArray, degree: int, closure: float, inside: FloatArray, partner: FloatArray
) -> IntArray:
    """Draw each seat's colleagues: inside the department with probability ``closure``, else anyone; never oneself.

    Args:
        department: Index a seat; seats of a department are contiguous.
        degree: Colleagues a seat.
        closure: Share of ties inside.
        inside, partner: Uniform draws, shape (seats, degree).

    Returns:
        Seats, shape (seats, degree). Repeats are possible; someone alone in the organization sees only themselves.
    """
    seats = department.size
    first = np.searchsorted(department, department)[:, None]
    size = np.bincount(department)[department][:, None]
    position = np.arange(seats)[:, None]
    others_inside = np.maximum(size - 1, 1)
    within = first + (position - first + 1 + (partner * others_inside).astype(np.int64)) % size
    anyone = (position + 1 + (partner * max(seats - 1, 1)).astype(np.int64)) % seats
    result: IntArray = np.where((inside < closure) & (size > 1), within, anyone)
    return result


def meet(
    colleagues: IntArray,
    manager: IntArray,
    draw_kind: FloatArray,
    draw_partner: FloatArray,
    *,
    mixing: float,
    manager_share: float,
) -> IntArray:
    """Whom each person sees in one encounter: the manager, anyone at all, or one of their ties.

    Args:
        colleagues: Shape (seats, degree).
        manager: Shape (seats,).
        draw_kind, draw_partner: Uniform draws a seat.

    Returns:
        Seat seen, shape (seats,).
    """
    seats, degree = colleagues.shape
    position = np.arange(seats)
    tie = colleagues[position, (draw_partner * degree).astype(np.int64)]
    anyone = (position + 1 + (draw_partner * max(seats - 1, 1)).astype(np.int64)) % seats
    reports = manager != position
    seen = np.where(draw_kind < mixing, anyone, tie)
    by_manager = (draw_kind >= mixing) & (draw_kind < mixing + (1.0 - mixing) * manager_share) & reports
    result: IntArray = np.where(by_manager, manager, seen)
    return result
