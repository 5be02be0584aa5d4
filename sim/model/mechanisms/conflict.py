"""Conflicts of interest: what would do the customer good would cost the organization money.

The *true* weights of those in power decide, not what they say (seed: only sacrifice reveals centricity). Random
utility without noise: the case is conceded when w_customer gain > (w_owner + w_self) cost.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.model.kernel.columns import FLAG, contact_column, customer_column, this_week
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Contacts, Customers, Executives, Parameters, Streams, Week
from sim.model.kernel.scalar_draws import block, normal, uniform
from sim.model.kernel.sums import mean_of

PARAMETERS = declare("""
conflict.rate = 0.06 per contact; 0 to 1, plausible 0.02 to 0.15; own; tier 5
    Share of contacts in which the two interests collide.
    Source: Conjecture
conflict.gain = 60.0 currency; 0 to 1e+06, plausible 30 to 90; own; tier 5
    Median gain of the customer when a conflict is decided for them.
    Source: Conjecture; scale of the scenario
conflict.cost = 30.0 currency; 0 to 1e+06, plausible 15 to 45; own; tier 5
    Median cost to the organization of deciding for the customer.
    Source: Conjecture: gains exceed costs by half or more, else there is nothing to sacrifice for
conflict.spread = 0.8 sd of log; 0 to 3, plausible 0.4 to 1.2; own; tier 5
    How much gains and costs vary from case to case.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"conflict.rate": 0.0}
"""Interests never collide."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    customer_column(
        "conflict",
        "Whether interests collide in this week's contact.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        lasting=False,
    ),
    customer_column(
        "conceded",
        "Whether this week's conflict is decided for the customer.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        lasting=False,
    ),
    contact_column("gain", "What a conflict would bring the customer.", "currency", bounds=(0.0, None)),
    contact_column("cost", "What a conflict would cost the organization.", "currency", bounds=(0.0, None)),
)

NUMBERS = (
    this_week("conceded_gain", "What conflicts decided for customers brought them.", "currency"),
    this_week("conceded_cost", "What conflicts decided for customers cost.", "currency"),
)

STREAMS = ("conflict", "stakes")


def stakes(normal: float, median: float, spread: float) -> float:
    """Money at stake in each case: lognormal, median x exp(spread x normal)."""
    return median * exp(spread * normal)


def is_conceded(gain: float, cost: float, customers: float, owners: float, own: float) -> bool:
    """Whether those in power decide for the customer: customers x gain > (owners + own) x cost.

    Args:
        gain: Customer's gain in each case, currency.
        cost: Organization's cost in each case, currency.
        customers, owners, own: True weights of those who decide (customers; owners or politicians; themselves).
    """
    return customers * gain > (owners + own) * cost


def decide_conflicts(
    customers: Customers,
    executives: Executives,
    contacts: Contacts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
) -> None:
    """Those in power decide conflicts, by the line if one is drawn, else case by case."""
    for_customers, for_owners = mean_of(executives.weight_customers), mean_of(executives.weight_owners)
    own = mean_of(executives.weight_self)
    if not math.isnan(week.decision_weight):
        for_customers, for_owners, own = week.decision_weight, 1.0 - week.decision_weight, 0.0
    collide, at_stake = block(streams.conflict, week.number, 0), block(streams.stakes, week.number, 0)
    rate, spread = parameters.conflict_rate, parameters.conflict_spread
    customers.conflict[:] = False
    customers.conceded[:] = False
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        customers.conflict[position] = uniform(collide, position) < rate
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        if customers.conflict[position]:
            gain = stakes(normal(at_stake, 2 * position), parameters.conflict_gain, spread)
            cost = stakes(normal(at_stake, 2 * position + 1), parameters.conflict_cost, spread)
            customers.conceded[position] = is_conceded(gain, cost, for_customers, for_owners, own)
            contacts.gain[contact], contacts.cost[contact] = gain, cost


def book_concessions(customers: Customers, contacts: Contacts, week: Week) -> None:
    """Gains and costs of conflicts decided for customers are added up."""
    for contact in range(week.contacts):
        if customers.conceded[contacts.customer[contact]]:
            week.conceded_gain += contacts.gain[contact]
            week.conceded_cost += contacts.cost[contact]
