"""Structure: departments organized by customer instead of by function.

This raises satisfaction and coordination cost at once (Lee, Sridhar, Henderson & Palmatier 2015, Fortune 500, 1998-2010).
Less is lost between departments, and more has to be agreed between them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import this_week
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Contacts, Departments, Parameters, Week

_LEE = "Lee et al. 2015 for direction; size is a conjecture"

PARAMETERS = declare("""
structure.by_customer = 0.0 share; 0 to 1, plausible 0 to 1; lever; tier 5
    Share of the organization that is organized by customer.
    Source: Set by the user; 22 % of large firms changed over within a decade (Lee et al. 2015)
structure.alignment = 0.2 share; 0 to 1, plausible 0.05 to 0.4; unknown; tier 5
    Part of what is lost between departments that organizing by customer saves.
    Source: Lee et al. 2015 for direction; size is a conjecture
structure.coordination = 20.0 currency per head and week; 0 to 100000, plausible 10 to 30; own; tier 5
    Cost of coordination in an organization that is all organized by customer.
    Source: Lee et al. 2015 for direction; size is a conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"structure.by_customer": 0.0}
"""Organized by function throughout."""

ACTIVE: Mapping[str, ParameterValue] = {"structure.by_customer": 0.5}
"""Off unless a scenario is organized so: half of the organization is organized by customer."""


NUMBERS = (this_week("coordination_cost", "Cost of coordination.", "currency"),)


def reduce_loss(served: float, by_customer: float, alignment: float) -> float:
    """What reaches customers when less is lost between departments: served + by_customer x alignment x served (1 - served)."""
    return served + by_customer * alignment * served * (1.0 - served)


def coordination_cost(heads: float, by_customer: float, cost: float) -> float:
    """Cost of coordination this week: heads x by_customer x cost."""
    return heads * by_customer * cost


def add_coordination_cost(departments: Departments, parameters: Parameters, week: Week) -> None:
    """Organizing by customer costs coordination."""
    if parameters.structure_by_customer > 0.0:
        heads = 0.0
        for department in range(departments.headcount.size):
            heads += departments.headcount[department] * departments.people_per_seat[department]
        week.coordination_cost = coordination_cost(
            heads, parameters.structure_by_customer, parameters.structure_coordination
        )


def reduce_coordination_loss(contacts: Contacts, parameters: Parameters, week: Week) -> None:
    """Less of the service is lost between departments that are organized by customer."""
    by_customer = parameters.structure_by_customer
    if by_customer == 0.0:
        return
    for contact in range(week.contacts):
        contacts.service[contact] = reduce_loss(contacts.service[contact], by_customer, parameters.structure_alignment)
