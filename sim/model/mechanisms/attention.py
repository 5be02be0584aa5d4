"""Attention is divided over customers, colleagues, bosses and deadlines, and sums to at most one.

An employee who gives customers more takes it from the others. One who leaves internal demands unmet may be dismissed. Scarce
attention: Simon 1971, Ocasio 1997; role demands: Katz & Kahn 1978. Shares by role are conjectures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import employee_column, this_week
from sim.model.kernel.elementary_functions import power
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters, Scratch, Week
from sim.model.kernel.sums import mean_where
from sim.model.mechanisms.direction import attention_under_direction
from sim.model.mechanisms.justice import attention_kept

_ROLE = "Conjecture from role descriptions; sales and service deal with customers all day"

PARAMETERS = declare("""
attention.facing_customers = 0.55 share; 0 to 1, plausible 0.4 to 0.7; unknown; tier 5
    Attention to customers that a customer-facing role asks for.
    Source: Conjecture from role descriptions; sales and service deal with customers all day
attention.inner_customers = 0.08 share; 0 to 1, plausible 0.02 to 0.15; unknown; tier 5
    Attention to customers that any other role asks for.
    Source: Conjecture from role descriptions; sales and service deal with customers all day
attention.practice_shift = 0.12 share; 0 to 1, plausible 0.05 to 0.25; unknown; tier 5
    Attention moved to customers by someone who practices the norm.
    Source: Conjecture
attention.reserve = 0.1 share; 0 to 1, plausible 0 to 0.3; unknown; tier 5
    Attention that full service would need beyond what a role and the norm give to customers.
    Source: Conjecture: nobody's job leaves all the time that customers could use
attention.salience_shift = 0.05 share; 0 to 1, plausible 0 to 0.15; unknown; tier 5
    Attention moved to customers while the topic is fully salient.
    Source: Conjecture
attention.customer_pull = 0.0 share; 0 to 1, plausible 0 to 0.5; lever; tier 5
    Part of all other attention that everyone is told to give to customers instead (1: customers only).
    Source: A lever for experiments; 0 is the neutral setting
attention.deadline_pull = 0.5 per unit of pressure; 0 to 5, plausible 0.2 to 1; unknown; tier 5
    Share of all attention that deadlines take for each unit by which work exceeds capacity.
    Source: Conjecture
attention.internal_need = 0.6 share; 0 to 1, plausible 0.4 to 0.8; unknown; tier 5
    Part of a role's internal attention that must be given for colleagues' and bosses' work not to suffer.
    Source: Conjecture
attention.internal_weight = 0.5 exponent; 0 to 1, plausible 0.3 to 0.8; unknown; tier 5
    How strongly what customers get depends on internal work being done (Cobb-Douglas exponent).
    Source: Conjecture
attention.to_colleagues = 0.45 share; 0.01 to 1, plausible 0.3 to 0.6; unknown; tier 5
    Part of a role's internal attention that is for colleagues.
    Source: Conjecture from role descriptions
attention.to_bosses = 0.2 share; 0.01 to 1, plausible 0.1 to 0.3; unknown; tier 5
    Part of a role's internal attention that is for bosses.
    Source: Conjecture from role descriptions
attention.to_deadlines = 0.35 share; 0.01 to 1, plausible 0.2 to 0.5; unknown; tier 5
    Part of a role's internal attention that is for deadlines; the three parts are taken as shares of their sum.
    Source: Conjecture from role descriptions
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "attention.practice_shift": 0.0,
    "attention.reserve": 0.0,
    "attention.salience_shift": 0.0,
    "attention.customer_pull": 0.0,
    "attention.deadline_pull": 0.0,
    "attention.internal_weight": 0.0,
}
"""Customers get exactly the attention that each role asks for, and that is enough."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    employee_column("attention_customers", "Share of attention for customers."),
    employee_column("attention_colleagues", "Share of attention for colleagues.", initial="initial_attention"),
    employee_column("attention_bosses", "Share of attention for bosses."),
    employee_column("attention_deadlines", "Share of attention for deadlines."),
    employee_column(
        "role_share",
        "Attention to customers that the seat's role asks for.",
        newcomer=None,
        initial="role_shares",
        lasting=False,
    ),
    employee_column("fulfillment", "Share of the internal attention asked for that is given this week.", lasting=False),
)

NUMBERS = (
    this_week("internal_work_factor", "Factor that internal work left undone puts on what customers get.", start=1.0),
)


def divide_attention(
    role_share: float,
    practice: float,
    salience: float,
    work_pressure: float,
    practice_shift: float,
    salience_shift: float,
    customer_pull: float,
    deadline_pull: float,
    to_colleagues: float,
    to_bosses: float,
    to_deadlines: float,
) -> tuple[float, float, float, float]:
    """Divide a person's attention. What one side gains, the others lose.

    customers = role + shifts by practice and salience, at most 1, plus ``customer_pull`` of the rest; then deadlines
    take ``deadline_pull`` x excess pressure of everything, at most all. The rest divides over colleagues, bosses and
    deadlines as roles ask for.

    Returns:
        Shares for customers, colleagues, bosses and deadlines; they sum to one.
    """
    wish = min(role_share + practice_shift * practice + salience_shift * salience, 1.0)
    wish = wish + customer_pull * (1.0 - wish)
    pulled = min(deadline_pull * max(work_pressure - 1.0, 0.0), 1.0)
    customers = wish * (1.0 - pulled)
    internal = (1.0 - wish) * (1.0 - pulled)
    return customers, to_colleagues * internal, to_bosses * internal, to_deadlines * internal + pulled


def attention_factor(customers: float, role_share: float, practice_shift: float, reserve: float) -> float:
    """Attention that customers get, as a share of what full service needs: min(1, given / needed).

    needed = role + practice_shift + reserve, at most all: even someone who practices the norm could use some more.
    """
    needed = min(role_share + practice_shift + reserve, 1.0)
    return min(customers / max(needed, 1e-12), 1.0)


def internal_fulfillment(customers: float, role_share: float, internal_need: float) -> float:
    """Share of the needed internal attention that is given: min(1, (1 - customers) / (need x (1 - role share)))."""
    needed = internal_need * (1.0 - role_share)
    given = min((1.0 - customers) / max(needed, 1e-12), 1.0)
    return given if needed > 0.0 else 1.0


def role_shares(initial: InitialState) -> FloatArray:
    """Attention to customers that each seat's role asks for."""
    facing, inner = initial.number("attention.facing_customers"), initial.number("attention.inner_customers")
    return np.where(initial.employees.facing, facing, inner)


def initial_attention(initial: InitialState) -> FloatArray:
    """Attention to colleagues at the outset: all that roles ask for."""
    parts = [initial.number(f"attention.to_{side}") for side in ("colleagues", "bosses", "deadlines")]
    return np.asarray(parts[0] / sum(parts) * (1.0 - initial.employees.role_share))


def allocate_attention(employees: Employees, scratch: Scratch, parameters: Parameters, week: Week) -> None:
    """Each employee divides attention over customers, colleagues, bosses and deadlines."""
    practice, aware = parameters.attention_practice_shift, parameters.attention_salience_shift
    pull, deadline = parameters.attention_customer_pull, parameters.attention_deadline_pull
    total = parameters.attention_to_colleagues + parameters.attention_to_bosses + parameters.attention_to_deadlines
    to_colleagues, to_bosses = parameters.attention_to_colleagues / total, parameters.attention_to_bosses / total
    to_deadlines, need = parameters.attention_to_deadlines / total, parameters.attention_internal_need
    brooding, initial = parameters.justice_attention_effect, parameters.justice_initial
    turning = parameters.direction_bonus
    for seat in range(employees.value.size):
        role = employees.role_share[seat]
        if turning > 0.0:
            role = min(role * attention_under_direction(week.direction, turning), 1.0)
        customers, colleagues, bosses, deadlines = divide_attention(
            role,
            float(employees.choice[seat]),
            employees.salience[seat],
            employees.pressure[seat],
            practice,
            aware,
            pull,
            deadline,
            to_colleagues,
            to_bosses,
            to_deadlines,
        )
        done = internal_fulfillment(customers, employees.role_share[seat], need)
        kept = 1.0
        if brooding > 0.0:
            kept = attention_kept(employees.justice[seat], initial, brooding)
        employees.fulfillment[seat] = done * kept
        employees.attention_customers[seat] = kept * customers
        employees.attention_colleagues[seat] = kept * colleagues
        employees.attention_bosses[seat] = kept * bosses
        employees.attention_deadlines[seat] = kept * deadlines
    met = mean_where(employees.employed, employees.fulfillment, scratch.partial_sums)
    week.internal_work_factor = 0.0 if math.isnan(met) else power(met, parameters.attention_internal_weight)
