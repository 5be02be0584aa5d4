"""Motive: whether service persists where it does not pay.

An organization for which customers are means serves those who pay and cuts the rest. One for which they are ends
serves by need (seed text; Kant's formula of humanity). The two differ only for customers whose margin does not cover the
cost of serving them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Contacts, Customers, Parameters, Week

PARAMETERS = declare("""
motive.means = 0.5 share; 0 to 1, plausible 0 to 1; lever; tier 5
    How far customers are means: weight of what they bring in what they get (0: served by need alone).
    Source: Conjecture; set by the user
motive.cut = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    Part of the service that is withheld from a customer who brings nothing, where customers are means alone.
    Source: Conjecture
motive.hurdle = 4.0 ratio; 0.01 to 1000, plausible 1 to 8; unknown; tier 5
    Margin over cost of service from which a customer is said to pay.
    Source: Conjecture: service must also carry what it does not cause
""")

NEUTRAL: Mapping[str, ParameterValue] = {"motive.means": 0.0}
"""All customers are served by need, whatever they pay."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Private organizations serve partly by what customers bring: the middle of the range. An agency that
serves by law, and a champion, do not; their scenarios say so."""


def payment_ratio(worth: float, cost: float, hurdle: float) -> float:
    """How far a customer pays for service, 0 to 1: worth / (hurdle x cost), at most 1.

    Args:
        worth: Margin before service, currency per week.
        cost: Cost of serving this customer, currency per week; a customer who costs nothing pays in full.
        hurdle: Margin over cost that is asked for.
    """
    asked = hurdle * cost
    free = asked <= 0.0
    paid = min(worth / (1.0 if free else asked), 1.0)
    return 1.0 if free else paid


def service_by_payment(served: float, paying: float, means: float, cut: float) -> float:
    """What customers get: served x (1 - means x cut x (1 - paying))."""
    return served * (1.0 - means * cut * (1.0 - paying))


def favor_paying_customers(customers: Customers, contacts: Contacts, parameters: Parameters, week: Week) -> None:
    """Where customers are means, those who do not cover the cost of their service get less of it."""
    if parameters.motive_means == 0.0:
        return
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        if customers.contract[position]:
            visits, times = customers.contact_rate[position], 1.0
        else:
            visits, times = customers.rate[position], customers.rate[position]
        cost = visits * (parameters.money_contact_cost + parameters.money_served_cost)
        paying = payment_ratio(customers.spending[position] * times, cost, parameters.motive_hurdle)
        contacts.service[contact] = service_by_payment(
            contacts.service[contact], paying, parameters.motive_means, parameters.motive_cut
        )
