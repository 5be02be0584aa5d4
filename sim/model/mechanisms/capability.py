"""Capability: adoption can improve the work itself, and what is improved erodes unless people keep it up.

Those who take up a better way of working, prompted or not, find out how to do it well: methods, tools, a process that works.
This is a stock of the department. It wears out, and is kept up by those who practice because they value it. So an improvement
may outlast a program where values carry it (seed text 001), and procedures may leave something behind.

The stock and its erosion: Repenning & Sterman (2002), Lyneis & Sterman (2016). That values slow its erosion is the seed's claim.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import department_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Departments, Employees, Parameters, Scratch
from sim.model.kernel.time_constants import saturating
from sim.model.mechanisms.delivery import raised_delivery
from sim.model.mechanisms.norm import value_at_rest

PARAMETERS = declare("""
capability.effect = 0.2 share; 0 to 1, plausible 0 to 0.4; unknown; tier 5
    Share of needs left unserved that a department with full capability serves by a better way of working.
    Source: Conjecture; that better processes raise what is served: Repenning & Sterman 2002
capability.build_weeks = 52.0 weeks; 1 to 1040, plausible 26 to 104; unknown; tier 5
    Time constant with which capability grows where everyone has taken up the better way.
    Source: Repenning & Sterman 2002: improvement takes half a year to two years to show
capability.erosion_weeks = 104.0 weeks; 1 to 2000, plausible 52 to 260; unknown; tier 5
    Time constant with which capability wears out where nobody keeps it up.
    Source: Conjecture; Lyneis & Sterman 2016 let it erode within a year or two
""")

NEUTRAL: Mapping[str, ParameterValue] = {"capability.effect": 0.0}
"""The work is what it is, however it is done."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default: people everywhere learn to do better what they do."""

COLUMNS = (
    department_column(
        "capability", "How far the department's way of working has been improved.", initial="initial_capability"
    ),
)


def capability_after_week(
    capability: float, adoption: float, upkeep: float, build_weeks: float, erosion_weeks: float
) -> float:
    """One week: K moves toward b / (b + e) at rate b + e, so that it stays in [0, 1].

    b = adoption / build_weeks, e = (1 - upkeep) / erosion_weeks; the exact solution of dK/dt = b (1 - K) - e K.

    Args:
        adoption: Share of the department's people who work in the better way, of their own accord or not.
        upkeep: Mean of practice times value: how far those who practice do so because they value it.
    """
    build, erosion = adoption / build_weeks, (1.0 - upkeep) / erosion_weeks
    rate = build + erosion
    if rate <= 0.0:
        return capability
    return capability + (build / rate - capability) * saturating(rate)


def initial_capability(initial: InitialState) -> FloatArray:
    """Capability that old practice has led to, the same in every department."""
    practice = initial.number("hiring.outside_practice")
    value = value_at_rest(
        initial.number("hiring.value_mean"),
        practice,
        initial.number("norm.value_drift"),
        initial.number("norm.omission_weight"),
        initial.number("norm.value_anchor"),
    )
    build = practice / initial.number("capability.build_weeks")
    erosion = (1.0 - practice * value) / initial.number("capability.erosion_weeks")
    level: FloatArray = initial.departments.seats * 0.0 + build / (build + erosion)
    return level


def improve_work(employees: Employees, departments: Departments, scratch: Scratch, parameters: Parameters) -> None:
    """Departments' capability grows with what people have taken up, wears out, and adds to what their people deliver."""
    effect = parameters.capability_effect
    if effect == 0.0:
        return
    adoption, upkeep = scratch.department_value, scratch.second_department_value
    adoption[:] = 0.0
    upkeep[:] = 0.0
    for seat in range(employees.value.size):
        if employees.employed[seat]:
            department = employees.department[seat]
            choice = float(employees.choice[seat])
            adoption[department] += max(choice, employees.followed[seat])
            upkeep[department] += choice * employees.value[seat]
    for department in range(departments.seats.size):
        people = max(departments.headcount[department], 1.0)
        departments.capability[department] = capability_after_week(
            departments.capability[department],
            adoption[department] / people,
            upkeep[department] / people,
            parameters.capability_build_weeks,
            parameters.capability_erosion_weeks,
        )
    for seat in range(employees.value.size):
        employees.delivery[seat] = raised_delivery(
            employees.delivery[seat], departments.capability[employees.department[seat]], effect
        )
