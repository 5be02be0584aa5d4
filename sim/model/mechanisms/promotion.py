"""Promotional contact (mail, messages, targeted ads): it sells a little, it intrudes, and customers block it.

Targeting and obtrusiveness each raise purchase intent; together they do less than either (Goldfarb & Tucker 2011).
Unwanted contact irritates. Irritation blunts later contacts, wears down trust, and leads to blocking, which is permanent
(reactance: Brehm 1966). The cost of the nuisance to customers shows in trust and blocking, not in money: customer_value
counts needs served, so that a campaign looks better by it than customers would say.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.agents.newcomers import AGREEMENT
from sim.model.kernel.amounts import mean_over_seats
from sim.model.kernel.array_types import BoolArray
from sim.model.kernel.columns import FLAG, customer_column, this_week
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Block, Customers, Departments, Parameters, PolicyAmounts, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import any_of
from sim.model.kernel.time_constants import kept_after_a_week, saturating

_FIELD = "Goldfarb & Tucker 2011 for direction (field tests of 2,892 campaigns); size is a conjecture"

PARAMETERS = declare("""
promotion.sales = 0.02 share; 0 to 1, plausible 0.005 to 0.05; unknown; tier 5
    Extra margin that plain contacts bring in a week, as a share of the customer's own.
    Source: Conjecture
promotion.targeting = 0.5 share; 0 to 1, plausible 0 to 1; lever; tier 5
    Share of contacts that use what is known of the person.
    Source: Conjecture; set by the user
promotion.obtrusiveness = 0.5 share; 0 to 1, plausible 0 to 1; lever; tier 5
    Share of contacts that interrupt.
    Source: Conjecture; set by the user
promotion.interaction = 1.5 ratio; 0 to 3, plausible 1 to 2; unknown; tier 2
    How much targeting and obtrusiveness together take away from what each brings alone (above 1: worse than either).
    Source: Goldfarb & Tucker 2011 for direction (field tests of 2,892 campaigns); size is a conjecture
promotion.intrusion = 0.03 per contact; 0 to 5, plausible 0.005 to 0.1; unknown; tier 5
    Trust lost by one unwanted contact that both interrupts and knows too much.
    Source: Conjecture
promotion.reactance = 0.05 per contact; 0 to 5, plausible 0.01 to 0.2; unknown; tier 5
    Irritation raised by one such contact.
    Source: Conjecture; Brehm 1966 for reactance
promotion.irritation_weeks = 26.0 weeks; 1 to 520, plausible 8 to 52; unknown; tier 5
    Time constant with which a customer left alone calms down.
    Source: Conjecture
promotion.blocking = 0.03 per week; 0 to 1, plausible 0.005 to 0.1; unknown; tier 5
    Chance that a fully irritated customer blocks all promotional contact, for good.
    Source: Conjecture; 11 % of people online blocked ads in 2016, 30 % more each year (PageFair 2017)
promotion.wanted = 0.2 share; 0 to 1, plausible 0.05 to 0.5; unknown; tier 5
    Share of customers who agree to promotional contact when they are asked.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "promotion.sales": 0.0,
    "promotion.intrusion": 0.0,
    "promotion.reactance": 0.0,
    "promotion.blocking": 0.0,
}
"""Contacts sell nothing and annoy no one."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""Nothing to set: the mechanism works wherever the organization spends on promotion."""


COLUMNS = (
    customer_column(
        "agreed",
        "Whether the customer agrees to promotional contact when asked.",
        "yes or no",
        dtype=FLAG,
        newcomer="newcomer_agreement",
        initial="initial_agreements",
    ),
    customer_column("irritation", "Irritation at unwanted contact."),
    customer_column(
        "blocked", "Whether the customer has blocked promotional contact, for good.", "yes or no", dtype=FLAG
    ),
)

NUMBERS = (this_week("promoted", "Margin that promotional contacts brought.", "currency"),)

STREAMS = ("blocks",)


def relative_appeal(targeting: float, obtrusiveness: float, interaction: float) -> float:
    """What a contact sells against a plain one: 1 + T + O - x T O, at least 0 (Goldfarb & Tucker 2011)."""
    return max(1.0 + targeting + obtrusiveness - interaction * targeting * obtrusiveness, 0.0)


def intrusiveness(targeting: float, obtrusiveness: float) -> float:
    """How far an unwanted contact intrudes, 0 to 1: (1 + O + T O) / 3; most if it is both obtrusive and targeted."""
    return (1.0 + obtrusiveness + targeting * obtrusiveness) / 3.0


def contacts_received(amount: float, consent: float, agreed: bool, blocked: bool) -> float:
    """Contacts that reach a customer this week: none after blocking; where consent is asked, only with agreement."""
    reached = amount * (1.0 - (0.0 if agreed else consent))
    return 0.0 if blocked else reached


def extra_margin(worth: float, contacts: float, irritation: float, rate: float) -> float:
    """Margin that contacts bring this week: worth x rate x (1 - exp(-n)) x (1 - irritation), by customer, in currency."""
    return worth * rate * saturating(contacts) * (1.0 - irritation)


def update_irritation(irritation: float, unwanted: float, reactance: float, weeks: float) -> float:
    """Irritation after a week: it fades with time constant ``weeks`` and grows with unwanted contacts u, 0 to 1.

    I' = I k + (1 - I k) (1 - exp(-reactance u)), k = exp(-1 / weeks).
    """
    left = irritation * kept_after_a_week(weeks)
    return left + (1.0 - left) * saturating(reactance * unwanted)


def trust_after_intrusion(trust: float, unwanted: float, intrusion: float) -> float:
    """Trust after a week of unwanted contacts u: T exp(-intrusion u)."""
    return trust * exp(-intrusion * unwanted)


def initial_agreements(initial: InitialState) -> BoolArray:
    """Whether customers of the outset agree to promotional contact when asked."""
    draws = initial.uniform("founding agreement", initial.rows("customers"))
    return np.asarray(draws < initial.number("promotion.wanted"))


def newcomer_agreement(traits: Block, trait: int, parameters: Parameters) -> bool:
    """Whether a newcomer agrees to promotional contact when asked."""
    return uniform(traits, trait + AGREEMENT) < parameters.promotion_wanted


def send_promotions(
    customers: Customers,
    departments: Departments,
    policy: PolicyAmounts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
) -> None:
    """Promotional contacts reach customers. They sell a little, irritate those who did not ask for them, and get blocked."""
    amount, consent = (
        mean_over_seats(policy.promotion, departments.seats),
        mean_over_seats(policy.consent, departments.seats),
    )
    if amount == 0.0 and not any_of(customers.irritation):
        return
    targeting, obtrusiveness = parameters.promotion_targeting, parameters.promotion_obtrusiveness
    rate = parameters.promotion_sales * relative_appeal(targeting, obtrusiveness, parameters.promotion_interaction)
    intrudes = intrusiveness(targeting, obtrusiveness)
    blocks = block(streams.blocks, week.number, 0)
    intrusion, reactance = parameters.promotion_intrusion, parameters.promotion_reactance
    weeks, blocking = parameters.promotion_irritation_weeks, parameters.promotion_blocking
    for position in range(customers.active.size):
        received, unwanted = 0.0, 0.0
        if customers.active[position]:
            agreed = customers.agreed[position]
            received = contacts_received(amount, consent, agreed, customers.blocked[position])
            unwanted = 0.0 if agreed else received * intrudes
        worth = customers.spending[position] * (1.0 if customers.contract[position] else customers.rate[position])
        week.promoted += extra_margin(worth, received, customers.irritation[position], rate)
        customers.trust[position] = trust_after_intrusion(customers.trust[position], unwanted, intrusion)
        customers.irritation[position] = update_irritation(customers.irritation[position], unwanted, reactance, weeks)
        if received > 0.0 and uniform(blocks, position) < blocking * customers.irritation[position]:
            customers.blocked[position] = True
