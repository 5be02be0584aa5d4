"""Expectation, satisfaction, trust and attitudinal loyalty of individual customers.

Expectation-disconfirmation: Oliver 1980; losses weigh more: Kahneman & Tversky 1979, Mittal, Ross & Baldasare 1998;
tenure anchors: Bolton 1998; performance and disconfirmation both matter: Szymanski & Henard 2001 (.34 and .46).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.agents.newcomers import EXPECTATION, SATISFACTION
from sim.model.kernel import elementary_arrays
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import contact_column, customer_column, number
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Block, Contacts, Customers, OrganizationNumbers, Parameters, Week
from sim.model.kernel.scalar_draws import normal
from sim.model.kernel.sums import clip
from sim.model.mechanisms.recovery import loss_left
from sim.model.mechanisms.relationship import felt_surprise, initial_usual_depth, initial_usual_trust

PARAMETERS = declare("""
satisfaction.reference = 0.7 index; 0 to 1, plausible 0.6 to 0.8; own; tier 3
    Satisfaction of a customer who gets what the market offers and expected it; the survey score of the outset.
    Source: Typical national satisfaction index, about 70 of 100 (ACSI)
satisfaction.sd = 0.15 index; 0.01 to 1, plausible 0.1 to 0.25; own; tier 5
    Spread of satisfaction between customers; the unit of its links.
    Source: Conjecture: a point and a half on a ten-point scale
satisfaction.performance = 0.34 per share; 0 to 2, plausible 0.1 to 0.6; unknown; tier 2
    Satisfaction gained per unit of service above what the market offers.
    Source: Szymanski & Henard 2001: mean correlation of performance .34
satisfaction.disconfirmation = 0.46 per share; 0 to 2, plausible 0.2 to 0.8; unknown; tier 2
    Satisfaction gained per unit of service above expectation.
    Source: Szymanski & Henard 2001: mean correlation of disconfirmation .46
satisfaction.loss_aversion = 1.8 ratio; 1 to 5, plausible 1.5 to 2.5; unknown; tier 2
    How much more a shortfall weighs than a surplus of equal size.
    Source: 1.5 to 2.25 (Kahneman & Tversky 1979; Mittal et al. 1998 for services)
satisfaction.weight = 0.25 per contact; 0 to 1, plausible 0.1 to 0.3; unknown; tier 5
    Weight of one experience in a new customer's satisfaction.
    Source: Range .1 to .3 per encounter
satisfaction.anchor_weeks = 104.0 weeks; 1 to 5000, plausible 52 to 260; unknown; tier 5
    Tenure at which the weight of one experience has halved.
    Source: Bolton 1998 for the effect; size is a conjecture
expectation.weight = 0.15 per contact; 0 to 1, plausible 0.1 to 0.3; unknown; tier 5
    How fast expectations follow experience.
    Source: Oliver 1980; range .1 to .3 per encounter
expectation.market = 0.4 share; 0 to 1, plausible 0.35 to 0.55; own; tier 5
    Share of needs that customers find served elsewhere in the market.
    Source: Conjecture: about what the organization itself serves at the outset
trust.gain = 0.04 per contact; 0 to 1, plausible 0.01 to 0.1; unknown; tier 5
    Trust gained by a contact in which all of the need was served.
    Source: Direction: Morgan & Hunt 1994; size is a conjecture
trust.loss = 0.25 share; 0 to 1, plausible 0.1 to 0.5; unknown; tier 5
    Trust lost by a failure that nobody makes right.
    Source: Slovic 1993: trust is lost faster than gained; size is a conjecture
trust.refusal = 0.1 share; 0 to 1, plausible 0.05 to 0.3; unknown; tier 5
    Trust lost when a conflict of interest is decided against the customer.
    Source: Conjecture
trust.initial = 0.5 index; 0 to 1, plausible 0.3 to 0.7; unknown; tier 5
    Trust of new customers.
    Source: Conjecture
loyalty.weight = 0.1 per contact; 0 to 1, plausible 0.05 to 0.2; unknown; tier 5
    How fast attitudinal loyalty follows satisfaction and trust.
    Source: Dick & Basu 1994 for the construct; rate is a conjecture
relationship.growth = 0.03 per contact; 0 to 1, plausible 0.01 to 0.1; unknown; tier 5
    How fast a relationship deepens with good contacts.
    Source: Dwyer, Schurr & Oh 1987 for the stages; rate is a conjecture
relationship.client_depth = 0.5 index; 0 to 1; definition; tier 5
    Depth of relationship from which a customer counts as a client.
    Source: Definition
loyalty.by_satisfaction = 0.5 share; 0 to 1, plausible 0.3 to 0.7; unknown; tier 5
    Weight of satisfaction in what a customer says of staying and recommending.
    Source: Conjecture; Dick & Basu 1994 for the ingredients
loyalty.by_trust = 0.3 share; 0 to 1, plausible 0.1 to 0.5; unknown; tier 5
    Weight of trust in what a customer says of staying and recommending.
    Source: Conjecture; Morgan & Hunt 1994 for the ingredient
loyalty.by_depth = 0.2 share; 0 to 1, plausible 0.1 to 0.4; unknown; tier 5
    Weight of the relationship's depth in what a customer says of staying and recommending.
    Source: Conjecture
relationship.failure_ratio = 2.0 ratio; 0 to 20, plausible 1 to 4; unknown; tier 5
    How many times faster a failure shrinks a relationship than a good contact deepens it.
    Source: Conjecture; losses weigh about twice as much (Kahneman & Tversky 1979)
relationship.founding = derived; one of derived, given; definition; tier 5
    Where relationships of the outset stand: where the rules of trust and depth lead after as many contacts, or as given below.
    Source: Definition; derived, they neither rise nor fall without a cause
relationship.founding_depth = 0.7 index; 0 to 1, plausible 0.4 to 0.9; unknown; tier 5
    Depth that relationships of the outset approach with tenure, where it is given.
    Source: Conjecture: about where the bank's relationships end up
relationship.founding_weeks = 150.0 weeks; 1 to 2600, plausible 52 to 300; unknown; tier 5
    Time constant with which relationships of the outset had approached it, where it is given.
    Source: Conjecture: contacts about once a month, each deepening by a few hundredths
expectation.spread = 0.5 ratio; 0 to 2, plausible 0.2 to 1; unknown; tier 5
    Spread of newcomers' expectations, as a share of that of satisfaction.
    Source: Conjecture: what the market offers is better known than what one will feel
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "satisfaction.weight": 0.0,
    "trust.gain": 0.0,
    "trust.loss": 0.0,
    "trust.refusal": 0.0,
    "relationship.growth": 0.0,
    "loyalty.weight": 0.0,
}
"""Customers keep the feelings with which they came, whatever they get."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    customer_column(
        "expectation", "Share of needs that the customer expects to have served.", newcomer="newcomer_expectation"
    ),
    customer_column(
        "satisfaction", "Satisfaction with what the customer got so far.", newcomer="newcomer_satisfaction"
    ),
    customer_column(
        "trust",
        "Trust that the organization keeps its word and makes right what went wrong.",
        newcomer="trust.initial",
        initial="initial_trust",
    ),
    customer_column(
        "depth", "Depth of the relationship, from one-time buyer to close client.", initial="initial_depth"
    ),
    customer_column(
        "loyalty",
        "Attitudinal loyalty: what the customer says of staying and recommending.",
        newcomer="newcomer_loyalty",
        initial="initial_loyalty",
    ),
    contact_column("performance", "Service as the customer perceives it."),
    contact_column("expected", "Service that the customer expects."),
    contact_column("weight", "Weight of this experience in the customer's satisfaction."),
    contact_column("trust_gain", "Trust that the contact earns if all is served."),
    contact_column("trust_loss", "Share of trust that a failure left as it is costs."),
)

NUMBERS = (
    number("market", "Share of needs that customers find served elsewhere.", "share", start="expectation.market"),
)


def disconfirmation(performance: float, expectation: float, loss_aversion: float) -> float:
    """Gap between experience and expectation, with more weight on losses: D if D >= 0 else loss_aversion x D."""
    difference = performance - expectation
    felt = loss_aversion * difference
    return difference if difference >= 0.0 else felt


def experience_weight(weight: float, tenure: float, anchor_weeks: float) -> float:
    """Weight of one experience for a customer of given tenure (weeks): weight / (1 + tenure / anchor) (Bolton 1998)."""
    return weight / (1.0 + tenure / anchor_weeks)


def update_satisfaction(
    satisfaction: float,
    performance: float,
    surprise: float,
    weight: float,
    reference: float,
    market: float,
    by_performance: float,
    by_disconfirmation: float,
) -> float:
    """Satisfaction after an encounter, 0 to 1.

    S <- S + w (target - S), target = reference + b_p (performance - market) + b_d surprise, kept in [0, 1].
    Since expectation follows performance, a lasting improvement lifts satisfaction by both terms at first, and by the
    first term alone in the end.
    """
    target = reference + by_performance * (performance - market) + by_disconfirmation * surprise
    return satisfaction + weight * (clip(target, 0.0, 1.0) - satisfaction)


def update_expectation(expectation: float, performance: float, weight: float) -> float:
    """Expectation follows experience: E <- E + weight (P - E)."""
    return expectation + weight * (performance - expectation)


def update_trust(
    trust: float,
    performance: float,
    broken: bool,
    refused: bool,
    gain: float,
    loss: float,
    refusal: float,
) -> float:
    """Trust grows slowly with service and falls fast with failures left as they are and with refusals.

    T <- T + gain P (1 - T); then T <- T (1 - loss) where broken, T (1 - refusal) where refused.
    """
    grown = trust + gain * performance * (1.0 - trust)
    lost = grown * (1.0 - loss)
    grown = lost if broken else grown
    put_off = grown * (1.0 - refusal)
    return put_off if refused else grown


def felt_loyalty(
    satisfaction: float, trust: float, depth: float, by_satisfaction: float, by_trust: float, by_depth: float
) -> float:
    """Loyalty that follows from a customer's feelings: b_S S + b_T T + b_d depth."""
    return by_satisfaction * satisfaction + by_trust * trust + by_depth * depth


def update_loyalty(loyalty: float, felt: float, weight: float) -> float:
    """Attitudinal loyalty (what they would say) follows what is felt: L <- L + weight (felt - L)."""
    return loyalty + weight * (felt - loyalty)


def update_depth(depth: float, performance: float, failed: bool, growth: float, failure_ratio: float) -> float:
    """Depth of the relationship: it grows with good contacts, and shrinks by failures at a multiple of the rate."""
    shallower = depth * (1.0 - min(failure_ratio * growth, 1.0))
    deeper = depth + growth * performance * (1.0 - depth)
    return shallower if failed else deeper


def initial_trust(initial: InitialState) -> FloatArray:
    """Trust at the outset: usual for a customer of that tenure, or as of a newcomer where it is given."""
    if initial.parameters["relationship.founding"] == "derived":
        return initial_usual_trust(initial)
    return np.where(initial.customers.active, initial.number("trust.initial"), 0.0)


def initial_depth(initial: InitialState) -> FloatArray:
    """Depth that relationships have reached with tenure: as is usual, or as given; 0 where there is no customer."""
    customers = initial.customers
    if initial.parameters["relationship.founding"] == "derived":
        return initial_usual_depth(initial)
    depth, weeks = initial.number("relationship.founding_depth"), initial.number("relationship.founding_weeks")
    return np.where(customers.active, depth * -elementary_arrays.expm1(-customers.tenure / weeks), 0.0)


def initial_loyalty(initial: InitialState) -> FloatArray:
    """Attitudinal loyalty at the outset, given what customers feel."""
    weights = [initial.number(f"loyalty.by_{name}") for name in ("satisfaction", "trust", "depth")]
    customers = initial.customers
    return np.minimum(felt_loyalty(customers.satisfaction, customers.trust, customers.depth, *weights), 1.0)


def newcomer_satisfaction(feelings: Block, feeling: int, parameters: Parameters) -> float:
    """A newcomer's satisfaction, spread around the usual level."""
    draw = normal(feelings, feeling + SATISFACTION)
    return min(max(parameters.satisfaction_reference + parameters.satisfaction_sd * draw, 0.0), 1.0)


def newcomer_expectation(feelings: Block, feeling: int, parameters: Parameters) -> float:
    """A newcomer's expectation, spread around what the market offers; the spread is smaller than that of satisfaction."""
    draw = normal(feelings, feeling + EXPECTATION)
    spread = parameters.expectation_spread * parameters.satisfaction_sd
    return min(max(parameters.expectation_market + spread * draw, 0.0), 1.0)


def newcomer_loyalty(position: int, customers: Customers, parameters: Parameters) -> float:
    """A newcomer's attitudinal loyalty, at no depth of the relationship yet."""
    felt = felt_loyalty(
        customers.satisfaction[position],
        customers.trust[position],
        customers.depth[position],
        parameters.loyalty_by_satisfaction,
        parameters.loyalty_by_trust,
        parameters.loyalty_by_depth,
    )
    return min(felt, 1.0)


def perceive_service(customers: Customers, contacts: Contacts, parameters: Parameters, week: Week) -> None:
    """Customers in contact perceive what they get, beside what they expect."""
    first, anchor = parameters.satisfaction_weight, parameters.satisfaction_anchor_weeks
    for position in range(customers.active.size):
        customers.tenure[position] += customers.active[position]
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        contacts.performance[contact] = customers.served[position]
        contacts.expected[contact] = customers.expectation[position]
        contacts.weight[contact] = experience_weight(first, customers.tenure[position], anchor)


def update_customer_satisfaction(
    customers: Customers, contacts: Contacts, parameters: Parameters, week: Week, organization: OrganizationNumbers
) -> None:
    """Customers in contact compare what they got with what they expected; satisfaction moves."""
    aversion, reference = parameters.satisfaction_loss_aversion, parameters.satisfaction_reference
    by_performance, by_surprise = parameters.satisfaction_performance, parameters.satisfaction_disconfirmation
    forgiveness = parameters.relationship_forgiveness
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        surprise = disconfirmation(contacts.performance[contact], contacts.expected[contact], aversion)
        if forgiveness != 0.0:
            surprise = felt_surprise(surprise, customers.trust[position], customers.usual_trust[position], forgiveness)
        customers.satisfaction[position] = update_satisfaction(
            customers.satisfaction[position],
            contacts.performance[contact],
            surprise,
            contacts.weight[contact],
            reference,
            organization.market,
            by_performance,
            by_surprise,
        )


def update_expectations(customers: Customers, contacts: Contacts, parameters: Parameters, week: Week) -> None:
    """Expectation follows what customers got, and the effect of a contact on trust is prepared."""
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        customers.expectation[position] = update_expectation(
            customers.expectation[position], contacts.performance[contact], parameters.expectation_weight
        )
        contacts.trust_gain[contact] = parameters.trust_gain
        contacts.trust_loss[contact] = parameters.trust_loss


def update_trust_and_loyalty(customers: Customers, contacts: Contacts, parameters: Parameters, week: Week) -> None:
    """Trust, depth of the relationship and loyalty move with what was served, what was broken and what was refused."""
    refusal, growth, shrinking = (
        parameters.trust_refusal,
        parameters.relationship_growth,
        parameters.relationship_failure_ratio,
    )
    by_satisfaction, by_trust = parameters.loyalty_by_satisfaction, parameters.loyalty_by_trust
    by_depth, rate = parameters.loyalty_by_depth, parameters.loyalty_weight
    residual = parameters.recovery_residual_loss
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        performance = contacts.performance[contact]
        broken = customers.failed[position] and not customers.recovered[position]
        refused = customers.conflict[position] and not customers.conceded[position]
        customers.trust[position] = update_trust(
            customers.trust[position],
            performance,
            broken or (residual > 0.0 and customers.failed[position]),
            refused,
            contacts.trust_gain[contact],
            loss_left(contacts.trust_loss[contact], customers.recovered[position], residual),
            refusal,
        )
        customers.depth[position] = update_depth(customers.depth[position], performance, broken, growth, shrinking)
        felt = felt_loyalty(
            customers.satisfaction[position],
            customers.trust[position],
            customers.depth[position],
            by_satisfaction,
            by_trust,
            by_depth,
        )
        customers.loyalty[position] = update_loyalty(customers.loyalty[position], min(felt, 1.0), rate)
