"""Failure demand: what was left unserved comes back, and costs another contact (Seddon 2003).

A need that was not served in whole may be brought again the next week: chance = returns x share of what was brought that was
not served. A failure left as it is destroys service, so that it comes back in this way, too. The further contact costs money
and work like any other, and serves only what is still open. A customer who has a new need that week brings the old along in
the same contact, which then counts as one for a new need.

*Counted once:* a need counts in ``enacted`` in the contact in which it was first brought, with what that contact served. A
repeated contact is no need of its own there. What it serves of the part still open counts in ``enacted_per_customer``, in
worth to customers and in the cost of serving.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import FLAG, WHOLE, customer_column, number, this_week
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Contacts, Customers, OrganizationNumbers, Parameters, Scratch, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import sum_of
from sim.model.mechanisms.service import need_probability

PARAMETERS = declare("""
failure_demand.returns = 0.6 share; 0 to 1, plausible 0.35 to 1; unknown; tier 4
    Chance that a need of which nothing was served comes back the next week; of one served in part, in proportion.
    Source: Practitioners: call centers resolve about 70 % at the first call, in 1.5 calls each (SQM Group), which is .5 to .6
    where 42 % is served; 40 % of calls in finance could be prevented (CCL 2009), 20 to 60 % elsewhere (Seddon 2003): .35 to 1
""")

NEUTRAL: Mapping[str, ParameterValue] = {"failure_demand.returns": 0.0}
"""Whatever is left unserved is left."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    customer_column(
        "open_need", "What of a need is still open and comes back in the week to come; 0 when nothing does."
    ),
    customer_column(
        "need",
        "Need brought to this week's contact: 1 a new one, less what of one is still open; 0 without contact.",
        newcomer=None,
        lasting=False,
    ),
    customer_column(
        "repeat",
        "Whether this week's contact brings nothing but what was left open.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        lasting=False,
    ),
)

NUMBERS = (
    this_week("repeats", "Contacts that bring nothing but what was left open.", "count", dtype=WHOLE),
    number("repeats_expected", "Contacts that this week's contacts bring next week, on average.", "per week"),
)

STREAMS = ("need comes back",)


def return_probability(served: float, returns: float) -> float:
    """Probability that what was left unserved comes back: returns x (1 - served)."""
    return returns * (1.0 - served)


def still_open(need: float, served: float) -> float:
    """What of a need is open after a contact: need x (1 - served)."""
    return need * (1.0 - served)


def weekly_contacts(own: FloatArray, unserved: float, returns: float) -> FloatArray:
    """Contacts a week of customers with ``own`` new needs a week, repeats included: c / (1 - (1 - c) returns x unserved).

    Of the weeks after a contact a share returns x unserved brings the rest of it back, unless there is a new need (c) as well.
    """
    return np.asarray(own / (1.0 - (1.0 - np.minimum(own, 1.0)) * returns * unserved))


def needs_served(customers: Customers, scratch: Scratch) -> float:
    """Needs served this week; of one that came back, the part that was still open."""
    for position in range(customers.active.size):
        scratch.second_position_value[position] = customers.served[position] * customers.need[position]
    return sum_of(scratch.second_position_value, scratch.partial_sums)


def bring_needs_back(
    customers: Customers,
    contacts: Contacts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """Some of those who did not get all that they needed will be back next week with what is open."""
    returns = parameters.failure_demand_returns
    if returns == 0.0:
        return
    draws = block(streams.need_comes_back, week.number, 0)
    customers.open_need[:] = 0.0
    expected = 0.0
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        served = customers.served[position]
        probability = return_probability(served, returns)
        back = uniform(draws, position) < probability
        customers.open_need[position] = still_open(customers.need[position], served) if back else 0.0
        need = need_probability(
            customers.contract[position], customers.contact_rate[position], customers.rate[position]
        )
        expected += probability * (1.0 - need)
    organization.repeats_expected = expected
