"""How long customers stay and how often they buy, each with a propensity of their own.

*With* a contract a customer leaves at a known moment: the shifted-beta-geometric model (sBG; Fader & Hardie 2007,
"How to project customer retention"). *Without* one a customer simply stops buying: the BG/NBD model (Fader, Hardie &
Lee 2005, "Counting your customers the easy way"). In both, people differ and no one changes, so retention rises
through sorting alone. Satisfaction, trust and depth of the relationship, where they are linked, shift each customer's own odds.
Without the links the models are exactly the published ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.agents.newcomers import CHURN, DROPOUT, FEELINGS, PURCHASES, TRAITS, WAITING, welcome_customer
from sim.model.kernel import elementary_arrays
from sim.model.kernel.array_types import BoolArray, IntArray
from sim.model.kernel.columns import FLAG, WHOLE, customer_column, number, this_week
from sim.model.kernel.elementary_functions import exp, expm1, log, log1p, power
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.quantiles import beta_quantile, gamma_quantile
from sim.model.kernel.records import Block, Customers, OrganizationNumbers, Parameters, Scratch, Streams, Week
from sim.model.kernel.scalar_draws import block, exponential, uniform
from sim.model.kernel.sums import clip, count_of, positions_of
from sim.model.mechanisms.price import response_to_premium
from sim.model.mechanisms.recovery import binding_satisfaction
from sim.model.mechanisms.relationship import tie

WEEKS_A_YEAR = 52

_LARGEST_SHIFT = 700.0  # exp() of more overflows; long before, the probability is 0 or 1 to the last digit

_SBG = "Fader & Hardie 2007, High End cohort, maximum likelihood on years 1 to 7"

_CDNOW = "Fader, Hardie & Lee 2005, CDNOW, 2,357 customers over 39 weeks"

PARAMETERS = declare("""
lifetime.churn_alpha = 0.668; 0.01 to 100, plausible 0.5 to 1.5; own; tier 1
    First shape of the Beta distribution of customers' yearly probabilities of leaving a contract.
    Source: Fader & Hardie 2007, High End cohort, maximum likelihood on years 1 to 7; .704 for the Regular cohort
lifetime.churn_beta = 3.806; 0.01 to 1000, plausible 1 to 6; own; tier 1
    Second shape of the Beta distribution of customers' yearly probabilities of leaving a contract.
    Source: Fader & Hardie 2007, High End cohort, maximum likelihood on years 1 to 7; 1.182 for the Regular cohort
lifetime.retention_annual = 0.0 share; 0 to 0.995; own; tier 5
    Share of customers under contract who are still there a year later, from which churn_beta is solved (0: not given).
    Source: The user's own organization
lifetime.retention_of = book; one of book, newcomers; definition; tier 5
    Of whom retention_annual is: of the book as it stands, after customers.history years, or of newcomers in their first year.
    Source: Definition
lifetime.purchase_shape = 0.243; 0.01 to 100, plausible 0.2 to 1; own; tier 1
    Shape of the Gamma distribution of customers' purchase rates (small: a few buy most).
    Source: Fader, Hardie & Lee 2005, CDNOW, 2,357 customers over 39 weeks (r)
lifetime.purchase_scale = 4.414 weeks; 0.01 to 1000, plausible 2 to 10; own; tier 1
    Inverse scale of the Gamma distribution of purchase rates; the mean rate is shape / scale a week.
    Source: Fader, Hardie & Lee 2005, CDNOW, 2,357 customers over 39 weeks (alpha)
lifetime.dropout_a = 0.793; 0.01 to 100, plausible 0.5 to 1.5; own; tier 1
    First shape of the Beta distribution of the probability of never coming back after a purchase.
    Source: Fader, Hardie & Lee 2005, CDNOW, 2,357 customers over 39 weeks (a)
lifetime.dropout_b = 2.426; 0.01 to 1000, plausible 1.5 to 5; own; tier 1
    Second shape of the Beta distribution of the probability of never coming back after a purchase.
    Source: Fader, Hardie & Lee 2005, CDNOW, 2,357 customers over 39 weeks (b)
lifetime.satisfaction_link = 0.5 logit per standard deviation; 0 to 5, plausible 0.2 to 1; unknown; tier 5
    How far satisfaction above a customer's norm lowers the log-odds of leaving; 0 switches the link off.
    Source: Direction: Bolton 1998; size: behavior follows satisfaction weakly (about 8 % of repurchase variance)
""")

NEUTRAL: Mapping[str, ParameterValue] = {"lifetime.satisfaction_link": 0.0}
"""Customers leave by their own hazard, however satisfied they are."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""

_SLOWEST_RATE = 1e-300  # less is the same as never, and its reciprocal would overflow


COLUMNS = (
    customer_column(
        "identity",
        "Number of this customer in order of arrival; -1 for a prospect.",
        "number",
        bounds=(-1, None),
        dtype=WHOLE,
        newcomer=None,
        initial="initial_identities",
    ),
    customer_column(
        "active",
        "Whether the position is taken by a customer.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        initial=lambda initial: initial.customers.identity >= 0,
    ),
    customer_column(
        "contract",
        "Under contract (leaves) or not (simply stops buying).",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        initial="initial_contracts",
    ),
    customer_column(
        "hazard",
        "Own baseline probability of leaving in a week, under contract.",
        "per week",
        newcomer="newcomer_hazard",
    ),
    customer_column(
        "rate",
        "Purchases per week while buying, without contract.",
        "per week",
        bounds=(0.0, None),
        newcomer="newcomer_rate",
    ),
    customer_column(
        "dropout", "Own baseline chance of stopping after a purchase.", "per purchase", newcomer="newcomer_dropout"
    ),
    customer_column(
        "next_purchase",
        "Time of the next purchase; far away under contract.",
        "weeks",
        bounds=(None, None),
        newcomer="newcomer_first_purchase",
        initial=np.inf,
    ),
    customer_column("tenure", "Weeks since becoming a customer.", "weeks", bounds=(0.0, None)),
    customer_column(
        "purchases", "Purchases this week.", "count", bounds=(0, None), dtype=WHOLE, newcomer=None, lasting=False
    ),
    customer_column(
        "leaving_draw", "Draw that decides whether a contract is left this week.", lasting=False, newcomer=None
    ),
    customer_column(
        "lost",
        "Whether the customer left or stopped buying this week.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        lasting=False,
    ),
    customer_column(
        "lost_identity",
        "Number of the customer who left this week; -1 where nobody did.",
        "number",
        bounds=(-1, None),
        dtype=WHOLE,
        newcomer=None,
        initial=-1.0,
        lasting=False,
    ),
)

NUMBERS = (
    number("customers_ever_lost", "Customers who have ever gone.", "count", dtype=WHOLE),
    this_week("retention", "Weekly retention; missing without customers.", start=math.nan),
)

STREAMS = (
    "customer leaves",
    "stops buying",
    "next purchase",
    "founding kind",
    "founding feeling",
    "founding age",
    "founding stay",
)

_SECANTS, _SAME = 100, 1e-11  # a step this small is the last: its own error is far smaller

INITIALIZATION_TRIES = 200
"""Arrivals to try for a position at the outset. The least loyal markets need a few dozen."""

ROUNDING = 1.0 + 1e-12
"""Margin for rounding where a bound is used instead of the exact value."""


def book_retention(alpha: float, beta: float, years: float) -> float:
    """Share of a standing book of contracts that is kept for a year: sum of S(t + 1) over sum of S(t), over the ages t in weeks.

    Customers came at a steady rate for so many years. S(t) = B(alpha, beta + t) / B(alpha, beta) of them are still there at
    age t (Fader & Hardie 2007, with t in years). Without a past all are new: beta / (alpha + beta).
    """
    weeks = round(years * WEEKS_A_YEAR)
    if weeks == 0:
        return beta / (alpha + beta)
    ages = (np.arange(weeks + WEEKS_A_YEAR) + 0.5) / WEEKS_A_YEAR
    staying = elementary_arrays.exp(
        elementary_arrays.log_beta(alpha, beta + ages) - elementary_arrays.log_beta(alpha, beta)
    )
    return float(staying[WEEKS_A_YEAR:].sum() / staying[:weeks].sum())


def churn_beta_for(retention: float, alpha: float, years: float) -> float:
    """Second shape of the Beta distribution at which a book of so many years keeps ``retention`` in a year.

    Of newcomers (0 years) it is alpha r / (1 - r). Else the log odds of retention rise with its logarithm, in nearly a straight
    line, so that secants find it. Missing (NaN) where no legal value gives this retention.
    """
    least, most = reachable_retention(alpha, years)
    if not least <= retention <= most:
        return math.nan
    smallest, largest = _legal_churn_beta()
    odds = retention / (1.0 - retention)
    if years == 0.0:
        return min(max(alpha * odds, smallest), largest)
    low, high = log(smallest), log(largest)
    place, slope, before, off_before = clip(log(alpha * odds), low, high), 1.0, 0.0, 0.0
    for attempt in range(_SECANTS):
        kept = book_retention(alpha, exp(place), years)
        off = log(kept / (1.0 - kept)) - log(odds)
        if attempt > 0 and place != before and off != off_before:
            slope = (off - off_before) / (place - before)
        low, high = (place, high) if off < 0.0 else (low, place)
        before, off_before = place, off
        place = place - off / slope
        if not low <= place <= high:
            place = 0.5 * (low + high)
        if abs(place - before) < _SAME:
            break
    return clip(exp(place), smallest, largest)


def reachable_retention(alpha: float, years: float) -> tuple[float, float]:
    """Smallest and largest retention of a book that a legal second shape gives."""
    low, high = _legal_churn_beta()
    return book_retention(alpha, low, years), book_retention(alpha, high, years)


def _legal_churn_beta() -> tuple[float, float]:
    """Legal range of the second shape."""
    legal = next(parameter for parameter in PARAMETERS if parameter.name == "lifetime.churn_beta")
    return float(legal.low or 0.0), float(legal.high or 0.0)


def years_of_book(parameters: Mapping[str, ParameterValue]) -> float:
    """Years over which the customers came of whom a scenario gives the retention; 0 for newcomers."""
    of_book = parameters["lifetime.retention_of"] == "book"
    return float(parameters["customers.history"]) if of_book else 0.0


def churn_beta_of(parameters: Mapping[str, ParameterValue]) -> float:
    """Second shape that a scenario's parameters ask for: solved from retention where that is given, else as it stands.

    Missing (NaN) where no legal value gives the retention.
    """
    retention = float(parameters["lifetime.retention_annual"])
    if retention == 0.0:
        return float(parameters["lifetime.churn_beta"])
    return churn_beta_for(retention, float(parameters["lifetime.churn_alpha"]), years_of_book(parameters))


def annual_churn(uniform: float, alpha: float, beta: float) -> float:
    """A customer's own probability of leaving within a year: the Beta(alpha, beta) quantile of a keyed uniform.

    Source: Fader & Hardie (2007), ``theta ~ Beta(alpha, beta)``. Equal uniforms give the same kind of customer under
    every policy.
    """
    return beta_quantile(alpha, beta, uniform)


def weekly_hazard(annual_churn: float) -> float:
    """Probability of leaving in one week that gives ``annual_churn`` in 52: ``1 - (1 - theta)**(1/52)``."""
    return -expm1(log1p(-annual_churn) / WEEKS_A_YEAR)


def leaving_probability(hazard: float, deviation: float, link: float) -> float:
    """Hazard after satisfaction has shifted its odds: ``logistic(logit(hazard) - link * deviation)``.

    Source: science notes on sBG with covariates (proportional odds); direction as in Bolton (1998). The mean over
    customers is not kept: shifted odds of small hazards average to a little more than the unshifted ones.

    Args:
        hazard: Own baseline probability in [0, 1] (weekly hazard, or dropout after a purchase).
        deviation: Satisfaction above (+) or below (-) its norm, in standard deviations.
        link: Log-odds per standard deviation; at 0 the hazard is returned itself, bit for bit.

    Returns:
        Probability in [0, 1]; hazards of 0 and 1, and those with no deviation, stay exactly as they are.
    """
    if link == 0:
        return hazard
    return shifted_hazard(hazard, link * deviation)


def shifted_hazard(hazard: float, shift: float) -> float:
    """Hazard after everything that ties the customer has lowered its log-odds by ``shift``: logistic(logit(hazard) - shift)."""
    shift = clip(shift, -_LARGEST_SHIFT, _LARGEST_SHIFT)
    neutral = (shift == 0) | (hazard <= 0) | (hazard >= 1)
    inside = 0.5 if neutral else hazard
    shifted = inside / (inside + (1.0 - inside) * exp(shift))
    return hazard if neutral else shifted


def purchase_rate(uniform: float, shape: float, scale_weeks: float) -> float:
    """A customer's own purchases per week: the Gamma quantile of a keyed uniform; mean ``shape / scale_weeks``.

    Source: Fader, Hardie & Lee (2005), ``lambda ~ Gamma(r, alpha)`` with ``alpha`` in weeks.
    """
    return gamma_quantile(shape, uniform) / scale_weeks


def dropout_probability(uniform: float, first_shape: float, second_shape: float) -> float:
    """A customer's own probability of never coming back after a purchase: the quantile of Beta(first shape, second shape).

    Source: Fader, Hardie & Lee (2005), ``p ~ Beta(a, b)``.
    """
    return beta_quantile(first_shape, second_shape, uniform)


def weeks_to_next_purchase(rate: float, standard_exponential: float) -> float:
    """Weeks to the next purchase at ``rate`` a week; infinite for those who never buy."""
    buys = rate > _SLOWEST_RATE
    waits = standard_exponential / (rate if buys else 1.0)
    return waits if buys else np.inf


def expected_purchases(rate: float, dropout: float, weeks: float) -> float:
    """Purchases that a customer who is still active will make within ``weeks``, on average.

    Source: Fader, Hardie & Lee (2005), ``E[X(t) | lambda, p] = (1 - exp(-lambda p t)) / p`` (``lambda t`` at p = 0).
    """
    certain = dropout <= 0
    safe = 1.0 if certain else dropout
    some_day = -expm1(-rate * safe * weeks) / safe
    return rate * weeks if certain else some_day


def initial_identities(initial: InitialState) -> IntArray:
    """Customers of the outset take the first positions of the market."""
    positions, number_of_customers = np.arange(initial.rows("customers")), initial.whole("customers.initial")
    return np.where(positions < number_of_customers, positions, -1)


def initial_contracts(initial: InitialState) -> BoolArray:
    """Which positions are under contract, decided once."""
    draws = initial.uniform("founding contract", initial.rows("customers"))
    return np.asarray(draws < initial.number("customers.contract_share"))


def newcomer_hazard(position: int, customers: Customers, traits: Block, trait: int, parameters: Parameters) -> float:
    """A newcomer's own probability of leaving a contract in a week."""
    if not customers.contract[position]:
        return 0.0
    draw = uniform(traits, trait + CHURN)
    return weekly_hazard(annual_churn(draw, parameters.lifetime_churn_alpha, parameters.lifetime_churn_beta))


def newcomer_rate(position: int, customers: Customers, traits: Block, trait: int, parameters: Parameters) -> float:
    """A newcomer's own purchases per week, without contract."""
    if customers.contract[position]:
        return 0.0
    draw = uniform(traits, trait + PURCHASES)
    return purchase_rate(draw, parameters.lifetime_purchase_shape, parameters.lifetime_purchase_scale)


def newcomer_dropout(position: int, customers: Customers, traits: Block, trait: int, parameters: Parameters) -> float:
    """A newcomer's own probability of never coming back after a purchase, without contract."""
    if customers.contract[position]:
        return 0.0
    draw = uniform(traits, trait + DROPOUT)
    return dropout_probability(draw, parameters.lifetime_dropout_a, parameters.lifetime_dropout_b)


def newcomer_first_purchase(position: int, customers: Customers, traits: Block, trait: int) -> float:
    """Weeks from a newcomer's arrival to the first purchase; never under contract."""
    if customers.contract[position]:
        return np.inf
    return weeks_to_next_purchase(customers.rate[position], exponential(traits, trait + WAITING))


def churn_customers(
    customers: Customers,
    scratch: Scratch,
    parameters: Parameters,
    streams: Streams,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """Customers under contract leave by their own hazard, the others stop buying after a purchase.

    Satisfaction, trust, depth of the relationship and price shift both.
    """
    for position in range(customers.active.size):
        if customers.lost[position]:
            customers.lost_identity[position] = -1  # only last week's: all others are -1 already
    under_contract = leave_contracts(customers, scratch, parameters, streams, week)
    contracts_kept = under_contract - count_of(customers.lost)
    others, expected_before, expected_after = 0, 0.0, 0.0
    if count_of(customers.contract) < customers.contract.size:
        others, expected_before, expected_after = stop_buying(customers, parameters, streams, week)
    for position in range(customers.active.size):
        if customers.lost[position]:
            customers.lost_identity[position] = customers.identity[position]
            customers.active[position] = False
            customers.identity[position] = -1
            organization.customers_ever_lost += 1
    if under_contract + others > 0:
        kept = float(contracts_kept)
        if others > 0:
            kept += others * (expected_after / expected_before if expected_before > 0.0 else 1.0)
        week.retention = kept / (under_contract + others)


def staying_shift(customers: Customers, position: int, parameters: Parameters) -> float:
    """How far a customer's log-odds of leaving are lowered: by satisfaction, trust and depth; a price premium raises them."""
    satisfied = binding_satisfaction(
        customers.satisfaction[position], customers.recovery_satisfaction[position], parameters.recovery_binding
    )
    deviation = (satisfied - parameters.satisfaction_reference) * (1.0 / parameters.satisfaction_sd)
    shift = parameters.lifetime_satisfaction_link * deviation
    shift += tie(
        customers.trust[position],
        customers.usual_trust[position],
        customers.depth[position],
        customers.usual_depth[position],
        parameters.relationship_stay_trust,
        parameters.relationship_stay_depth,
    )
    if parameters.price_premium != 0.0:
        shift -= response_to_premium(
            parameters.price_premium, shift, parameters.price_sensitivity, parameters.price_tolerance
        )
    return shift


def leave_contracts(
    customers: Customers, scratch: Scratch, parameters: Parameters, streams: Streams, week: Week
) -> int:
    """Mark customers under contract who leave in ``customers.lost``; return the number under contract.

    Most draws are far above the probability of leaving, h / (h + (1 - h) exp(x)): it is at most h for x >= 0 and at
    most h / (1 + x) for -1 < x < 0, since exp(x) >= 1 + x. It is computed only for the few other draws.
    """
    leaves = block(streams.customer_leaves, week.number, 0)
    under_contract = 0
    for position in range(customers.active.size):
        customers.leaving_draw[position] = uniform(leaves, position)
        scratch.position_value[position] = staying_shift(customers, position, parameters)
    for position in range(customers.active.size):
        near = customers.leaving_draw[position] * (1.0 + min(scratch.position_value[position], 0.0))
        bound = customers.hazard[position] * ROUNDING
        customers.lost[position] = customers.active[position] & customers.contract[position] & (near <= bound)
    for index in range(positions_of(customers.lost, scratch.position_list)):
        position = scratch.position_list[index]
        chance = shifted_hazard(customers.hazard[position], scratch.position_value[position])
        customers.lost[position] = customers.leaving_draw[position] < chance
    for position in range(customers.active.size):
        under_contract += customers.active[position] & customers.contract[position]
    return under_contract


def stop_buying(customers: Customers, parameters: Parameters, streams: Streams, week: Week) -> tuple[int, float, float]:
    """Mark customers without contract who stop buying in ``customers.lost``.

    Returns:
        Their number, and the purchases expected of all of them and of those who stay.
    """
    end = week.number + 1.0
    others, before, after = 0, 0.0, 0.0
    for position in range(customers.active.size):
        if customers.contract[position]:
            continue
        customers.purchases[position] = 0
        if not customers.active[position]:
            continue
        others += 1
        before += customers.rate[position]
        if customers.next_purchase[position] < end:
            chance = shifted_hazard(customers.dropout[position], staying_shift(customers, position, parameters))
            customers.lost[position] = make_purchases(customers, position, chance, end, streams, week)
        if not customers.lost[position]:
            after += customers.rate[position]
    return others, before, after


def make_purchases(
    customers: Customers, position: int, chance: float, end: float, streams: Streams, week: Week
) -> bool:
    """Purchases of one customer up to the week's end, and whether the customer stops buying.

    Source: BG/NBD (Fader, Hardie & Lee 2005): exponential times at the customer's own rate. After each repeat purchase
    the customer is gone with their own dropout probability.
    """
    round_ = 0
    while customers.next_purchase[position] < end:
        customers.purchases[position] += 1
        if uniform(block(streams.stops_buying, week.number, round_), position) < chance:
            customers.next_purchase[position] = np.inf
            return True
        waits = exponential(block(streams.next_purchase, week.number, round_), position)
        customers.next_purchase[position] += weeks_to_next_purchase(customers.rate[position], waits)
        round_ += 1
    return False


def initialize_customers(customers: Customers, parameters: Parameters, streams: Streams, week: Week) -> None:
    """Customers of the outset: those who would still be there if customers had come at a steady rate over the years.

    Each position tries one arrival after the other, until one has stayed since a uniformly drawn week: under contract by
    their own hazard, else by their own purchases and dropout. (Purchases of someone who stays are Poisson(rate age), each
    survived with 1 - dropout, so that the probability of being there is exp(-rate age dropout).)
    """
    weeks = parameters.customers_history * WEEKS_A_YEAR
    for position in range(customers.active.size):
        if not customers.active[position]:
            continue
        for attempt in range(INITIALIZATION_TRIES):
            traits = block(streams.founding_kind, week.number, attempt)
            feelings = block(streams.founding_feeling, week.number, attempt)
            welcome_customer(position, traits, position * TRAITS, feelings, position * FEELINGS, customers, parameters)
            age = weeks * uniform(block(streams.founding_age, week.number, attempt), position)
            customers.tenure[position] = age
            stayed = power(1.0 - customers.hazard[position], age)
            if not customers.contract[position]:
                stayed = exp(-customers.rate[position] * age * customers.dropout[position])
            if uniform(block(streams.founding_stay, week.number, attempt), position) < stayed:
                break
        customers.next_purchase[position] += week.number
