"""Empathy: a momentary, shared state. Those who were there share it; it fades in days unless it is used.

People who take part in a moment (:mod:`sim.model.mechanisms.moments`) come out of it with a sense of what customers go through.
Serving customers keeps it up, else it is gone within weeks. While it lasts they serve more of what is needed. What the team has
*learned* stays; this does not. The claim is the seed's. That empathy passes and wears off without contact is common experience;
induced empathy was measured over minutes and hours only, so that all sizes are conjectures.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import employee_column
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Contacts, Customers, Employees, Parameters, Scratch, Week
from sim.model.kernel.sums import any_of
from sim.model.mechanisms.delivery import raised_delivery

PARAMETERS = declare("""
empathy.effect = 0.3 share; 0 to 1, plausible 0.1 to 0.5; unknown; tier 5
    Share of unserved needs that someone serves who fully shares what customers go through.
    Source: Conjecture: as much as all that moments can teach (moments.effect)
empathy.fading_days = 5.0 days; 0.5 to 365, plausible 2 to 14; unknown; tier 5
    Time constant with which empathy fades in people who meet no customer.
    Source: Conjecture for the seed's claim of a momentary state
empathy.kept_by_use = 0.5 share; 0 to 1, plausible 0 to 0.9; unknown; tier 5
    Part of the fading that a week with customers prevents.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"empathy.effect": 0.0}
"""What people feel in a moment changes nothing that they do."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults are plausible; without moments they do nothing."""

COLUMNS = (employee_column("empathy", "How far this person shares, for the moment, what customers go through."),)


def empathy_after_week(empathy: float, used: bool, fading_days: float, kept_by_use: float) -> float:
    """Empathy after a week: E exp(-7 / days); of what would fade, ``kept_by_use`` stays in those who met customers."""
    left = empathy * exp(-7.0 / fading_days)
    return left + kept_by_use * (empathy - left) if used else left


def serve_with_empathy(employees: Employees, parameters: Parameters) -> None:
    """Those who still share what customers go through serve more of what is needed."""
    if parameters.empathy_effect == 0.0 or not any_of(employees.empathy):
        return
    for seat in range(employees.value.size):
        employees.delivery[seat] = raised_delivery(
            employees.delivery[seat], employees.empathy[seat], parameters.empathy_effect
        )


def fade_empathy(
    employees: Employees, customers: Customers, contacts: Contacts, scratch: Scratch, parameters: Parameters, week: Week
) -> None:
    """Empathy fades within days, less in those who met a customer this week."""
    if not any_of(employees.empathy):
        return
    scratch.seat_flag[:] = False
    for contact in range(week.contacts):
        seat = customers.met[contacts.customer[contact]]
        if seat >= 0:
            scratch.seat_flag[seat] = True
    for seat in range(employees.value.size):
        employees.empathy[seat] = empathy_after_week(
            employees.empathy[seat],
            scratch.seat_flag[seat],
            parameters.empathy_fading_days,
            parameters.empathy_kept_by_use,
        )
