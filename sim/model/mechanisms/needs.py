"""What customers need, what employees believe they need, and what the organization officially believes: empathy.

Needs are signs on a number of dimensions (March 1991). They drift, and jump when the market shifts. Employees who meet
customers learn their needs. Without contact beliefs fade, half of them in 6.5 to 13 months (Arthur
et al. 1998; Tatel & Ackerman 2025). All are socialized to the organizational code, which learns from those
whose beliefs work better, and from feedback. Rules of learning: :mod:`sim.model.mechanisms.learning`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.amounts import mean_over_seats
from sim.model.kernel.array_types import SmallIntArray
from sim.model.kernel.columns import SMALL, WHOLE, employee_column, environment_column, this_week
from sim.model.kernel.elementary_functions import exp, power
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import (
    Block,
    Contacts,
    Customers,
    Departments,
    Employees,
    Environment,
    Parameters,
    PolicyAmounts,
    Scratch,
    Streams,
    Week,
)
from sim.model.kernel.scalar_draws import block, state_at, state_increment, uniform, uniform_from
from sim.model.kernel.time_constants import kept_after_a_week
from sim.model.mechanisms.learning import adoption_probability, chosen_action, step_toward

PARAMETERS = declare("""
needs.weight = 0.4 share; 0 to 1, plausible 0 to 0.8; unknown; tier 5
    How much of the worth of service hangs on its being what the customer needs.
    Source: Conjecture
needs.dimensions = 20 dimensions; 1 to 200, plausible 10 to 50; definition; tier 5
    Number of things about which customers need one way or the other.
    Source: Conjecture; March (1991) has 30
needs.drift = 0.002 per week; 0 to 1, plausible 0 to 0.02; unknown; tier 5
    Chance that one dimension of needs turns round.
    Source: Conjecture; March (1991) varies turbulence from 0 to .1 a period
needs.upheaval = 3.0 ratio; 0 to 10, plausible 0 to 5; unknown; tier 5
    Share of needs that turn round when the market shifts, per size of the shift.
    Source: Conjecture
needs.empathy = 0.001 per contact; 0 to 1, plausible 0.0002 to 0.005; unknown; tier 5
    Chance that a real customer's contact moves the employee's belief on one dimension a step toward what is needed.
    Source: Conjecture: someone who serves a hundred customers a week learns in months what they need
needs.forgetting_weeks = 60.0 weeks; 1 to 5200, plausible 40 to 80; unknown; tier 2
    Time constant with which beliefs fade in weeks without contact.
    Source: Arthur et al. 1998; Tatel & Ackerman 2025: half of a gain lost in 6.5 to 13 months without use
needs.socialization = 0.02 per week; 0 to 1, plausible 0.005 to 0.2; unknown; tier 5
    Chance that a belief moves a step toward the organizational code.
    Source: March 1991, p1 (.1 to .9 a period); a week is shorter than a period
needs.learning = 0.05 per week; 0 to 1, plausible 0.005 to 0.2; unknown; tier 5
    How readily the organizational code follows people whose beliefs work better.
    Source: March 1991, p2 (.1 to .9 a period); a week is shorter than a period
needs.sensing = 0.1 per week; 0 to 1, plausible 0.02 to 0.3; unknown; tier 5
    Chance that full feedback puts a dimension of the organizational code right.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"needs.weight": 0.0}
"""Service is worth the same whatever is needed; no one has beliefs about needs."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. What customers need is never quite known: four tenths of the worth of service depend on whether it is what
they need."""


COLUMNS = (
    employee_column(
        "beliefs",
        "What this person believes that customers need, shape (seats, dimensions); 0: no belief.",
        "sign",
        bounds=(-1, 1),
        dtype=SMALL,
        width="needs.dimensions",
        by_column=True,
    ),
    employee_column(
        "actions",
        "What this person does by that belief this week, shape (seats, dimensions).",
        "sign",
        bounds=(-1, 1),
        dtype=SMALL,
        width="needs.dimensions",
        by_column=True,
        lasting=False,
    ),
    environment_column(
        "needs",
        "What customers need.",
        "sign",
        bounds=(-1, 1),
        dtype=SMALL,
        rows="needs.dimensions",
        initial="initial_needs",
    ),
    environment_column(
        "organizational_code",
        "What the organization officially believes that they need; 0 where it has no opinion.",
        "sign",
        bounds=(-1, 1),
        dtype=SMALL,
        rows="needs.dimensions",
    ),
    environment_column(
        "margin",
        "Margin of the majority among those who do better than the organizational code.",
        "people",
        bounds=(None, None),
        dtype=WHOLE,
        rows="needs.dimensions",
        lasting=False,
    ),
)

NUMBERS = (this_week("upheaval", "Size of this week's shift of the market."),)

STREAMS = ("needs", "picture")


def contacts_beside(answered: int, facing: int, represented: float) -> float:
    """Real contacts of a seat beside those of the simulated customers whom it met: (k - 1) A / F, none where k is below 1.

    Each simulated customer stands for k real ones. One of these meets the seat that the simulated customer meets, the
    others meet any of the F seats at work that face customers. So a seat has k A / F real contacts on average, however
    many customers are simulated.

    Args:
        answered: A, contacts of simulated customers that somebody answered this week.
        facing: F, people at work who face customers.
        represented: k.
    """
    return max(represented - 1.0, 0.0) * answered / facing if facing > 0 else 0.0


def real_contacts(simulated: int, beside: float, represented: float) -> float:
    """Real contacts of a seat: n min(k, 1) + those beside, given n contacts with simulated customers, who stand for k each."""
    return simulated * min(represented, 1.0) + beside


def empathy_probability(contacts: float, rate: float) -> float:
    """Probability that a belief moves a step toward what is needed, given real contacts: 1 - (1 - rate)^contacts."""
    return 1.0 - power(1.0 - rate, float(contacts))


def no_contact_probability(simulated: int, beside: float, represented: float) -> float:
    """Probability that a seat met no real customer at all: (1 - min(k, 1))^n exp(-those beside), the Poisson probability of 0.

    0 with a simulated customer who stands for at least one real one, 1 without any contact.
    """
    if simulated > 0:
        return power(1.0 - represented, float(simulated)) if represented < 1.0 else 0.0
    return exp(-beside) if beside > 0.0 else 1.0


def belief_kept_probability(kept: float, alone: float) -> float:
    """Probability that a belief does not fade this week: it fades only without contact, kept + (1 - kept)(1 - alone).

    Args:
        kept: Probability in a week without contact.
        alone: Probability that there was no contact.
    """
    return kept + (1.0 - kept) * (1.0 - alone)


def match_with_needs(agreed: float, dimensions: int) -> float:
    """Share of dimensions on which beliefs meet needs; where there is no belief, half: (1 + agreed / dimensions) / 2.

    Args:
        agreed: Dimensions on which beliefs are right less those on which they are wrong.
        dimensions: Number of dimensions.
    """
    return 0.5 * (1.0 + agreed / dimensions)


def value_with_match(served: float, match: float, weight: float) -> float:
    """What service is worth when part of it is not what was needed: served x (1 - weight (1 - match))."""
    return served * (1.0 - weight * (1.0 - match))


def change_probability(size: float, upheaval: float, drift: float) -> float:
    """Probability that a dimension changes sign this week: by drift, or because the market shifted by ``size``."""
    return 1.0 - (1.0 - drift) * (1.0 - min(size * upheaval, 1.0))


def initial_needs(initial: InitialState) -> SmallIntArray:
    """Needs at the outset, about which no one in the organization has beliefs yet."""
    sign = initial.uniform("founding needs", initial.whole("needs.dimensions")) < 0.5
    return np.where(sign, -1, 1).astype(np.int16)


def match_service_to_needs(
    employees: Employees,
    customers: Customers,
    environment: Environment,
    contacts: Contacts,
    scratch: Scratch,
    parameters: Parameters,
    week: Week,
) -> None:
    """Service is worth less the less the beliefs of those who serve meet customers' needs."""
    weight, agreed = parameters.needs_weight, scratch.seat_count
    if weight == 0.0:
        return
    agreed[:] = 0
    for dimension in range(environment.needs.size):
        needed = environment.needs[dimension]
        for seat in range(employees.value.size):
            agreed[seat] += employees.beliefs[seat, dimension] * needed
    for seat in range(employees.value.size):
        scratch.seat_value[seat] = match_with_needs(agreed[seat], environment.needs.size)
    for contact in range(week.contacts):
        seat = max(customers.met[contacts.customer[contact]], 0)
        contacts.service[contact] = value_with_match(contacts.service[contact], scratch.seat_value[seat], weight)


def update_beliefs(
    employees: Employees,
    departments: Departments,
    customers: Customers,
    environment: Environment,
    contacts: Contacts,
    scratch: Scratch,
    policy: PolicyAmounts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
) -> None:
    """Needs drift. Those who met customers learn them, others forget. The organizational code is taught, and learns."""
    if parameters.needs_weight == 0.0:
        return
    needs, code, margin = environment.needs, environment.organizational_code, environment.margin
    start, dimensions = block(streams.needs, week.number, 0), environment.needs.size
    turns = change_probability(week.upheaval, parameters.needs_upheaval, parameters.needs_drift)
    for dimension in range(dimensions):
        if uniform(start, dimension) < turns:
            needs[dimension] = -needs[dimension]
    met, answered, facing = scratch.seat_count, 0, 0
    met[:] = 0
    for contact in range(week.contacts):
        seat = customers.met[contacts.customer[contact]]
        if seat >= 0:
            met[seat] += 1
            answered += 1
    for seat in range(employees.value.size):
        facing += employees.facing[seat] & employees.employed[seat]
    beside = contacts_beside(answered, facing, parameters.customers_represented)
    learn_beliefs(employees, environment, scratch, beside, block(streams.picture, week.number, 0), parameters)
    heard = mean_over_seats(policy.feedback, departments.seats) * parameters.needs_sensing
    for dimension in range(dimensions):
        adopts = uniform(start, dimensions + dimension) < adoption_probability(
            margin[dimension], parameters.needs_learning
        )
        if adopts and margin[dimension] != 0:
            code[dimension] = 1 if margin[dimension] > 0 else -1
        if uniform(start, 2 * dimensions + dimension) < heard:
            code[dimension] = needs[dimension]


def learn_beliefs(
    employees: Employees,
    environment: Environment,
    scratch: Scratch,
    beside: float,
    draws: Block,
    parameters: Parameters,
) -> None:
    """Update all beliefs, and the margin of the majority among those who do better than the code."""
    seats, dimensions = employees.beliefs.shape
    code, needs, margin = environment.organizational_code, environment.needs, environment.margin
    met, empathizes, performance = scratch.seat_count, scratch.seat_value, scratch.seat_list
    keeps, represented = scratch.second_seat_value, parameters.customers_represented
    kept = kept_after_a_week(parameters.needs_forgetting_weeks)
    own = 0
    for dimension in range(dimensions):
        own += code[dimension] * needs[dimension]
    for seat in range(seats):
        others = beside if employees.facing[seat] else 0.0
        contacts = real_contacts(met[seat], others, represented)
        empathizes[seat] = empathy_probability(contacts, parameters.needs_empathy)
        keeps[seat] = belief_kept_probability(kept, no_contact_probability(met[seat], others, represented))
    performance[:] = 0
    for dimension in range(dimensions):
        learn_dimension(
            employees,
            dimension,
            needs[dimension],
            code[dimension],
            met,
            empathizes,
            keeps,
            performance,
            draws,
            parameters,
        )
    for seat in range(seats):
        scratch.seat_flag[seat] = employees.employed[seat] & (performance[seat] > own)
    for dimension in range(dimensions):
        margin[dimension] = 0
        for seat in range(seats):
            margin[dimension] += employees.actions[seat, dimension] * scratch.seat_flag[seat]


def learn_dimension(
    employees: Employees,
    dimension: int,
    needed: int,
    taught: int,
    met: Any,
    empathizes: Any,
    keeps: Any,
    performance: Any,
    draws: Block,
    parameters: Parameters,
) -> None:
    """Update one dimension of all beliefs, what each person does by it, and how well that meets the need.

    Draws lie in four blocks, with one draw per belief in each: what becomes of it in someone whom a simulated customer
    met, what in someone whom none did, who is taught, and what those without belief guess. The lower end of the first two
    learns by contact, the upper end forgets. To go from seat to seat takes an addition; to ask for a position would take
    a multiplication.
    """
    seats, dimensions = employees.beliefs.shape
    teaching = parameters.needs_socialization
    state, next_block, next_seat = (
        state_at(draws, dimension),
        state_increment(seats * dimensions),
        state_increment(dimensions),
    )
    for seat in range(seats):
        belief = employees.beliefs[seat, dimension]
        draw = uniform_from(state if met[seat] > 0 else state + next_block)
        learned = draw < empathizes[seat]
        belief = belief + (step_toward(belief, needed) if learned else 0)
        belief = belief if learned | (draw < keeps[seat]) else 0
        act = chosen_action(belief, uniform_from(state + np.uint64(3) * next_block))
        employees.actions[seat, dimension] = act
        performance[seat] += act if needed > 0 else -act
        learns = (taught != 0) & (uniform_from(state + np.uint64(2) * next_block) < teaching)
        belief = belief + (step_toward(belief, taught) if learns else 0)
        employees.beliefs[seat, dimension] = belief if employees.employed[seat] else 0
        state += next_seat
