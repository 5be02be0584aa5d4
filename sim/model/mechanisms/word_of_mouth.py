"""Word of mouth: what customers say brings new ones or keeps them away.

Positive word of mouth is about three times as frequent as negative (East, Hammond & Wright 2007); its effect on
acquisition is not smaller. New customers come from the part of the market that is not yet a customer (Bass 1969).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.agents.newcomers import welcome_customer
from sim.model.kernel.columns import FLAG, WHOLE, customer_column, number
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Customers, OrganizationNumbers, Parameters, Scratch, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import clip, count_of, mean_where
from sim.model.kernel.time_constants import closed_in_a_week
from sim.model.mechanisms.focus import segment_coverage
from sim.model.mechanisms.price import coming_at_premium
from sim.model.mechanisms.recovery import binding_satisfaction
from sim.model.mechanisms.relationship import recommendation, usual_loyalty

PARAMETERS = declare("""
customers.initial = 2000 customers; 0 to 1e+07; own; tier 5
    Customers at the outset.
    Source: The user's own organization
customers.market = 2500 people; 1 to 2e+07, plausible 2000 to 10000; own; tier 5
    People in the market: customers and those who could become so.
    Source: The user's own organization
customers.represented = 1.0 customers; 0.001 to 1e+06; own; tier 5
    Real customers for whom each simulated one stands in the ledger.
    Source: The user's own organization
customers.contract_share = 1.0 share; 0 to 1; own; tier 5
    Share of customers under contract (they leave; the others stop buying).
    Source: The user's own organization
customers.acquisition = 0.0075 per week; 0 to 1, plausible 0.001 to 0.05; own; tier 5
    Chance that someone of the market who is no customer becomes one.
    Source: Conjecture: balances leaving at the outset
word_of_mouth.strength = 0.3 log odds per sd; 0 to 5, plausible 0 to 0.8; unknown; tier 5
    How much one standard deviation of reputation raises or lowers acquisition.
    Source: Conjecture; East et al. for direction
word_of_mouth.positive_share = 0.75 share; 0 to 1, plausible 0.5 to 0.85; unknown; tier 3
    Share of all word of mouth that is positive at equal feelings.
    Source: East, Hammond & Wright 2007: about three to one
word_of_mouth.memory_weeks = 13.0 weeks; 1 to 520, plausible 4 to 52; unknown; tier 5
    Time constant with which a reputation follows what is said.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"word_of_mouth.strength": 0.0}
"""Reputation neither brings customers nor keeps them away."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    customer_column(
        "acquired", "Whether the customer came this week.", "yes or no", dtype=FLAG, newcomer=None, lasting=False
    ),
)

NUMBERS = (
    number("reputation", "Word of mouth, in standard deviations of satisfaction.", "sd"),
    number(
        "customers_ever_acquired",
        "Customers who have ever come, which numbers the next one.",
        "count",
        dtype=WHOLE,
        start="customers.initial",
    ),
)

STREAMS = ("acquisition", "newcomer kind", "newcomer feeling")


def balance_of_opinion(praise: float, complaint: float, positive_share: float) -> float:
    """Balance of what is said this week, in standard deviations of satisfaction: 2 [q praise - (1 - q) complaint].

    Args:
        praise, complaint: Mean of max(z, 0) and of max(-z, 0) over customers, z = (S - reference) / sd.
        positive_share: q.
    """
    return 2.0 * (positive_share * praise - (1.0 - positive_share) * complaint)


def update_reputation(reputation: float, said: float, memory_weeks: float) -> float:
    """Reputation follows what is said with time constant ``memory_weeks``."""
    return reputation + (said - reputation) * closed_in_a_week(memory_weeks)


def is_acquired(prospect: bool, draw: float, base: float, reputation: float, strength: float) -> bool:
    """Whether a prospect of the market becomes a customer: probability base x exp(strength x reputation), at most 1."""
    chance = base
    if strength != 0.0:
        chance = min(base * exp(clip(strength * reputation, -50.0, 50.0)), 1.0)
    return prospect & (draw < chance)


def spread_word_of_mouth(
    customers: Customers, scratch: Scratch, parameters: Parameters, organization: OrganizationNumbers
) -> None:
    """Customers talk; the organization's reputation follows what is said."""
    reference, per_sd = parameters.satisfaction_reference, 1.0 / parameters.satisfaction_sd
    praise, complaint = scratch.position_value, scratch.second_position_value
    share, binding = parameters.relationship_recommendation, parameters.recovery_binding
    for position in range(customers.active.size):
        satisfied = binding_satisfaction(
            customers.satisfaction[position], customers.recovery_satisfaction[position], binding
        )
        standardized = (satisfied - reference) * per_sd
        if share != 0.0:
            usual = usual_loyalty(customers, position, parameters)
            standardized = recommendation(standardized, customers.loyalty[position], usual, per_sd, share)
        praise[position] = max(standardized, 0.0)
        complaint[position] = max(-standardized, 0.0)
    said = 0.0
    if count_of(customers.active) > 0:
        said = balance_of_opinion(
            mean_where(customers.active, praise, scratch.partial_sums),
            mean_where(customers.active, complaint, scratch.partial_sums),
            parameters.word_of_mouth_positive_share,
        )
    organization.reputation = update_reputation(organization.reputation, said, parameters.word_of_mouth_memory_weeks)


def acquire_customers(
    customers: Customers, parameters: Parameters, streams: Streams, week: Week, organization: OrganizationNumbers
) -> None:
    """Prospects of the market become customers, more of them where the organization is well spoken of."""
    draws = block(streams.acquisition, week.number, 0)
    base, strength = parameters.customers_acquisition, parameters.word_of_mouth_strength
    if parameters.price_premium != 0.0:
        base = min(base * coming_at_premium(parameters.price_premium, parameters.price_sensitivity), 1.0)
    reputation = organization.reputation
    # No prospect comes whose draw lies above the largest probability of all.
    readiest = base * (1.0 + parameters.focus_reach * (week.promised > 0.0))
    most = readiest * exp(clip(strength * reputation, -50.0, 50.0)) * (1.0 + 1e-12)
    for position in range(customers.active.size):
        free = (not customers.active[position]) & (not customers.lost[position])
        customers.acquired[position] = (uniform(draws, position) <= most) & free
    for position in range(customers.active.size):
        if not customers.acquired[position]:
            continue
        ready = base
        if week.promised != 0.0:
            share = segment_coverage(position, week.promised, int(parameters.focus_market_segments))
            ready = base * (1.0 + parameters.focus_reach * share)
        customers.acquired[position] = is_acquired(True, uniform(draws, position), ready, reputation, strength)
        if customers.acquired[position]:
            # Only a small number of positions are taken in a week, so each has its own block, and the others draw nothing.
            traits = block(streams.newcomer_kind, week.number, position)
            feelings = block(streams.newcomer_feeling, week.number, position)
            welcome_customer(position, traits, 0, feelings, 0, customers, parameters)
            customers.next_purchase[position] += week.number + 1.0  # they come at the week's end
            customers.active[position] = True
            customers.identity[position] = organization.customers_ever_acquired
            organization.customers_ever_acquired += 1
