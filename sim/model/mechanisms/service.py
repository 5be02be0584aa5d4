"""Service: which customer meets which employee this week, which contacts go wrong, and which failures are made right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.model.agents.newcomers import CONTACTS
from sim.model.kernel.columns import FLAG, WHOLE, contact_column, customer_column, effect_column, this_week
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import (
    Block,
    Contacts,
    Customers,
    Employees,
    Environment,
    Parameters,
    PolicyAmounts,
    Scratch,
    Streams,
    Week,
)
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import count_of, positions_of

PARAMETERS = declare("""
service.contacts = 0.25 per week; 0 to 1, plausible 0.05 to 0.5; own; tier 5
    Mean new needs that bring a customer under contract into contact in a week; needs that come back come on top.
    Source: Conjecture: about one a month; scenario dependent
service.failure = 0.12 share; 0 to 1, plausible 0.05 to 0.25; own; tier 5
    Chance that a contact goes wrong when nothing of the need is served.
    Source: Service failures are frequent and never zero; size is a conjecture
service.severity = 0.8 share; 0 to 1, plausible 0.4 to 1; unknown; tier 5
    Part of the service that a failure destroys.
    Source: Conjecture
recovery.base = 0.2 share; 0 to 1, plausible 0.05 to 0.5; unknown; tier 5
    Chance that a failure is made right without special authority or the norm.
    Source: Conjecture
recovery.practice = 0.4 share; 0 to 1, plausible 0.1 to 0.7; unknown; tier 5
    Chance added when the employee practices the norm.
    Source: Conjecture
recovery.cost = 15.0 currency; 0 to 100000, plausible 7.5 to 22.5; own; tier 5
    Cost of making one failure right.
    Source: Conjecture; scale of the scenario
service.contact_spread = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    Half-width of the even spread of customers' contact rates around their mean, under contract.
    Source: Conjecture
service.tries = 3 employees; 1 to 20; definition; tier 5
    Employees whom a customer tries to reach before the contact is left without anybody.
    Source: Definition
""")

NEUTRAL: Mapping[str, ParameterValue] = {"service.failure": 0.0}
"""No contact goes wrong, so that none has to be made right."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    customer_column(
        "contact_rate",
        "Chance of a service contact in a week, under contract.",
        "per week",
        newcomer="newcomer_contact_rate",
    ),
    customer_column("contacts", "Service contacts so far.", "count", bounds=(0, None), dtype=WHOLE),
    customer_column(
        "contact", "Whether there is a contact this week.", "yes or no", dtype=FLAG, newcomer=None, lasting=False
    ),
    customer_column(
        "met",
        "Seat that the customer meets this week; -1 nobody.",
        "seat",
        bounds=(-1, None),
        dtype=WHOLE,
        newcomer=None,
        lasting=False,
    ),
    customer_column("served", "Share of the need that is served in this week's contact.", newcomer=None, lasting=False),
    customer_column(
        "failed", "Whether this week's contact went wrong.", "yes or no", dtype=FLAG, newcomer=None, lasting=False
    ),
    customer_column(
        "recovered",
        "Whether what went wrong this week was made right.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        lasting=False,
    ),
    contact_column("customer", "Position of the customer.", "position", dtype=WHOLE),
    contact_column("risk", "Probability that the contact goes wrong."),
    effect_column("crises", "Service crises in force: the probability of failure that each adds."),
)

NUMBERS = (this_week("contacts", "Service contacts.", "count", dtype=WHOLE),)

STREAMS = ("contact", "assignment", "failure")


def failure_probability(served: float, failure: float) -> float:
    """Probability of failure: ``failure`` x share of the need not served."""
    return failure * (1.0 - served)


def failure_probability_in_crisis(risk: float, share: float) -> float:
    """Probability of failure in a service crisis, which by itself makes a ``share`` of contacts fail: 1 - (1 - p)(1 - share)."""
    more = 1.0 - (1.0 - risk) * (1.0 - share)
    return risk if share == 0.0 else more


def recovery_probability(practice: float, authority: float, base: float, by_practice: float) -> float:
    """Probability that a failure is made right: independent chances by base, practice of the norm, and authority to act."""
    return 1.0 - (1.0 - base) * (1.0 - by_practice * practice) * (1.0 - authority)


def need_probability(contract: Any, contact_rate: float, rate: float) -> float:
    """Probability of a new need in a week: the contact rate of those with a contract, 1 - e^-rate of those who buy.

    Args:
        contract: Whether the customer has a contract.
        contact_rate: Contacts per week of a customer with a contract.
        rate: Purchases per week of the others; any number of them in a week is one contact.
    """
    return contact_rate if contract else 1.0 - exp(-rate)


def newcomer_contact_rate(
    position: int, customers: Customers, traits: Block, trait: int, parameters: Parameters
) -> float:
    """A newcomer's own probability of a contact in a week, uniform around the mean; 0 without contract."""
    if not customers.contract[position]:
        return 0.0
    spread = 1.0 + parameters.service_contact_spread * (2.0 * uniform(traits, trait + CONTACTS) - 1.0)
    return min(parameters.service_contacts * spread, 1.0)


def draw_contacts(customers: Customers, contacts: Contacts, streams: Streams, week: Week) -> None:
    """Some customers need service this week: by their own contact rate, because they buy, or since a need is still open."""
    start = block(streams.contact, week.number, 0)
    end = week.number + 1.0
    for position in range(customers.active.size):
        active, contract = customers.active[position], customers.contract[position]
        calls = uniform(start, position) < customers.contact_rate[position]
        buys = customers.next_purchase[position] < end
        new = active & (calls if contract else buys)
        repeat = active & (customers.open_need[position] > 0.0) & (not new)
        customers.contact[position] = new | repeat
        customers.repeat[position] = repeat
    for position in range(customers.active.size):
        new = customers.contact[position] & (not customers.repeat[position])
        customers.need[position] = new + customers.open_need[position] * customers.repeat[position]
    week.repeats = count_of(customers.repeat)
    week.contacts = positions_of(customers.contact, contacts.customer)


def assign_employees_to_contacts(
    employees: Employees,
    customers: Customers,
    environment: Environment,
    contacts: Contacts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
) -> None:
    """Each customer in need finds an employee who faces customers, or no one after a few tries."""
    seats = environment.facing_seats
    customers.met[:] = -1
    first = block(streams.assignment, week.number, 0)
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        seat = seats[int(uniform(first, position) * seats.size)]
        customers.met[position] = seat if employees.employed[seat] else -1
    for attempt in range(1, int(parameters.service_tries)):
        again = block(streams.assignment, week.number, attempt)
        for contact in range(week.contacts):
            position = contacts.customer[contact]
            if customers.met[position] < 0:
                seat = seats[int(uniform(again, position) * seats.size)]
                customers.met[position] = seat if employees.employed[seat] else -1


def serve_customers(customers: Customers, contacts: Contacts, week: Week) -> None:
    """Customers get what the employee delivers, and nothing where a conflict is decided against them."""
    customers.served[:] = 0.0
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        refused = customers.conflict[position] and not customers.conceded[position]
        customers.served[position] = 0.0 if refused else contacts.service[contact]
        customers.contacts[position] += 1


def draw_failures(
    employees: Employees,
    customers: Customers,
    environment: Environment,
    contacts: Contacts,
    scratch: Scratch,
    policy: PolicyAmounts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
) -> None:
    """Some contacts go wrong, the more the less is served. Some of the failures could be made right at once."""
    failing, failure = block(streams.failure, week.number, 0), parameters.service_failure
    customers.failed[:] = False
    customers.recovered[:] = False
    for contact in range(week.contacts):
        contacts.risk[contact] = failure_probability(customers.served[contacts.customer[contact]], failure)
    for crisis in range(environment.crises.shape[0]):
        if week.number < environment.crises[crisis, 1]:
            for contact in range(week.contacts):
                contacts.risk[contact] = failure_probability_in_crisis(
                    contacts.risk[contact], environment.crises[crisis, 0]
                )
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        wrong = uniform(failing, 2 * position) < contacts.risk[contact]
        scratch.position_flag[contact] = (customers.met[position] >= 0) & wrong
    for contact in range(week.contacts):
        if scratch.position_flag[contact]:
            position = contacts.customer[contact]
            seat = customers.met[position]
            customers.failed[position] = True
            authority = policy.recovery_authority[employees.department[seat]]
            mended = recovery_probability(
                float(employees.choice[seat]), authority, parameters.recovery_base, parameters.recovery_practice
            )
            customers.recovered[position] = uniform(failing, 2 * position + 1) < mended
