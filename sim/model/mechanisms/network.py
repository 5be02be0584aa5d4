"""The network: informal ties beside the hierarchy. Ties belong to seats, so that a newcomer inherits them."""

from __future__ import annotations

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.kernel.columns import WHOLE, employee_column
from sim.model.kernel.parameters import declare
from sim.model.kernel.records import Employees

PARAMETERS = declare("""
network.degree = 12 colleagues; 1 to 200, plausible 6 to 30; unknown; tier 5
    Colleagues whom a person sees informally.
    Source: Conjecture: close working ties number about ten
network.by_department = 0.6 share; 0 to 1, plausible 0.3 to 0.9; unknown; tier 5
    Share of these ties that stay inside the department.
    Source: Homophily of working ties (McPherson et al. 2001); size is a conjecture
network.mixing = 0.1 share; 0 to 1, plausible 0 to 0.3; unknown; tier 5
    Share of encounters with anyone in the organization instead of a tie.
    Source: Conjecture; 1 is the well-mixed limit
network.manager_share = 0.15 share; 0 to 1, plausible 0.05 to 0.3; unknown; tier 5
    Share of encounters that are with one's manager.
    Source: Conjecture
""")


COLUMNS = (
    employee_column(
        "colleagues",
        "Seats of the colleagues seen informally, shape (seats, degree).",
        "seat",
        bounds=(0, None),
        dtype=WHOLE,
        newcomer=None,
        initial="initial_ties",
        width="network.degree",
    ),
)


def initial_ties(initial: InitialState) -> IntArray:
    """Ties at the outset, which belong to seats and stay."""
    shape = (initial.rows("employees"), initial.whole("network.degree"))
    return tie_colleagues(
        initial.employees.department,
        shape[1],
        initial.number("network.by_department"),
        initial.uniform("founding tie kind", shape),
        initial.uniform("founding tie", shape),
    )


def tie_colleagues(
    department: IntArray, degree: int, by_department: float, inside: FloatArray, partner: FloatArray
) -> IntArray:
    """Draw each seat's colleagues: inside the department with probability ``by_department``, else from all; never oneself.

    Args:
        department: Department of each seat; seats of a department are contiguous.
        degree: Colleagues per seat.
        by_department: Share of ties inside.
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
    result: IntArray = np.where((inside < by_department) & (size > 1), within, anyone)
    return result


def draw_colleague(seat: int, kind: float, partner: float, employees: Employees, mixing: float, vertical: float) -> int:
    """The colleague whom a person sees in one encounter: anyone at all, the manager, or one of their ties.

    Args:
        seat: Seat of the person who sees.
        kind, partner: Uniform draws.
        mixing: Share of encounters with anyone in the organization.
        vertical: Share of encounters with anyone or with the manager. Heads of departments see a tie instead of a manager.
    """
    seats, degree = employees.colleagues.shape
    anybody = seat + 1 + int(partner * max(seats - 1, 1))
    anybody = anybody - seats if anybody >= seats else anybody
    manager, colleague = employees.manager[seat], employees.colleagues[seat, int(partner * degree)]
    seen = manager if (kind < vertical) & (manager != seat) else colleague
    return anybody if kind < mixing else seen
