"""How long customers stay and how often they buy, each with a propensity of their own.

*With* a contract a customer leaves at a known moment: the shifted-beta-geometric model (sBG; Fader & Hardie 2007,
"How to project customer retention"). *Without* one a customer simply stops buying: the BG/NBD model (Fader, Hardie &
Lee 2005, "Counting your customers the easy way"). In both, people differ and nobody changes, so retention rises
through sorting alone. Satisfaction, where it is linked, shifts each customer's own odds; without the link the models
are exactly theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, gammaincinv

from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

WEEKS_A_YEAR = 52
_LARGEST_SHIFT = 700.0  # exp() of more overflows; the probability is 0 or 1 to the last digit long before

_SBG = "Fader & Hardie 2007, High End cohort, maximum likelihood on years 1 to 7"
_CDNOW = "Fader, Hardie & Lee 2005, CDNOW, 2,357 customers over 39 weeks"

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        name="lifetime.churn_alpha",
        default=0.668,
        unit="1",
        meaning="First shape of the Beta distribution of customers' yearly probabilities of leaving a contract.",
        source=f"{_SBG}; .704 for the Regular cohort",
        tier=Tier.REPLICATION,
        low=0.01,
        high=100.0,
        plausible=(0.5, 1.5),
    ),
    Parameter(
        name="lifetime.churn_beta",
        default=3.806,
        unit="1",
        meaning="Second shape of the Beta distribution of customers' yearly probabilities of leaving a contract.",
        source=f"{_SBG}; 1.182 for the Regular cohort",
        tier=Tier.REPLICATION,
        low=0.01,
        high=1000.0,
        plausible=(1.0, 6.0),
    ),
    Parameter(
        name="lifetime.purchase_shape",
        default=0.243,
        unit="1",
        meaning="Shape of the Gamma distribution of customers' purchase rates (small: a few buy most).",
        source=f"{_CDNOW} (r)",
        tier=Tier.REPLICATION,
        low=0.01,
        high=100.0,
        plausible=(0.2, 1.0),
    ),
    Parameter(
        name="lifetime.purchase_scale",
        default=4.414,
        unit="weeks",
        meaning="Inverse scale of the Gamma distribution of purchase rates; the mean rate is shape / scale a week.",
        source=f"{_CDNOW} (alpha)",
        tier=Tier.REPLICATION,
        low=0.01,
        high=1000.0,
        plausible=(2.0, 10.0),
    ),
    Parameter(
        name="lifetime.dropout_a",
        default=0.793,
        unit="1",
        meaning="First shape of the Beta distribution of the probability of never coming back after a purchase.",
        source=f"{_CDNOW} (a)",
        tier=Tier.REPLICATION,
        low=0.01,
        high=100.0,
        plausible=(0.5, 1.5),
    ),
    Parameter(
        name="lifetime.dropout_b",
        default=2.426,
        unit="1",
        meaning="Second shape of the Beta distribution of the probability of never coming back after a purchase.",
        source=f"{_CDNOW} (b)",
        tier=Tier.REPLICATION,
        low=0.01,
        high=1000.0,
        plausible=(1.5, 5.0),
    ),
    Parameter(
        name="lifetime.satisfaction_link",
        default=0.5,
        unit="logit per standard deviation",
        meaning="How far satisfaction above a customer's norm lowers the log-odds of leaving; 0 switches the link off.",
        source="Direction: Bolton 1998; size: behavior follows satisfaction weakly (about 8 % of repurchase variance)",
        tier=Tier.CONJECTURE,
        low=0.0,
        high=5.0,
        plausible=(0.2, 1.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"lifetime.satisfaction_link": 0.0}
"""Customers leave by their own hazard, however satisfied they are."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


_SLOWEST_RATE = 1e-300  # a purchase in longer than the universe: the same as never, and its reciprocal is no number


def annual_churn(uniform: FloatArray, alpha: float, beta: float) -> FloatArray:
    """Each customer's own probability of leaving within a year, the Beta(alpha, beta) quantile of a keyed uniform.

    Source: Fader & Hardie (2007), ``theta ~ Beta(alpha, beta)``. Equal uniforms give the same kind of customer under
    every policy.
    """
    return np.asarray(betaincinv(alpha, beta, uniform), dtype=np.float64)


def weekly_hazard(annual_churn: FloatArray) -> FloatArray:
    """Probability of leaving in one week that gives ``annual_churn`` in 52: ``1 - (1 - theta)**(1/52)``."""
    with np.errstate(divide="ignore"):  # a certain leaver: log(0) is the right answer here
        return np.asarray(hazard_a_week(annual_churn), dtype=np.float64)


def hazard_a_week(annual_churn: FloatArray) -> FloatArray:
    """Equation of :func:`weekly_hazard`, which leaves it to the caller what to say of a certain leaver's log(0)."""
    result: FloatArray = -np.expm1(np.log1p(-annual_churn) / WEEKS_A_YEAR)
    return result


def leaving_probability(hazard: FloatArray, deviation: FloatArray, link: float) -> FloatArray:
    """Hazard after satisfaction has shifted its odds: ``logistic(logit(hazard) - link * deviation)``.

    Source: science notes on sBG with covariates (proportional odds); direction as in Bolton (1998). The mean over
    customers is not kept: shifted odds of small hazards average to a little more than the unshifted ones.

    Args:
        hazard: Own baseline probability in [0, 1] (weekly hazard, or dropout after a purchase); any shape.
        deviation: Satisfaction above (+) or below (-) its norm, in standard deviations; broadcasts.
        link: Log-odds per standard deviation; at 0 the hazard is returned itself, bit for bit.

    Returns:
        Probability in [0, 1]; hazards of 0 and 1, and those with no deviation, stay exactly as they are.
    """
    if link == 0:
        return hazard
    shift = np.clip(link * deviation, -_LARGEST_SHIFT, _LARGEST_SHIFT)
    neutral = (shift == 0) | (hazard <= 0) | (hazard >= 1)
    inside = np.where(neutral, 0.5, hazard)
    return np.where(neutral, hazard, inside / (inside + (1.0 - inside) * np.exp(shift)))


def purchase_rate(uniform: FloatArray, shape: float, scale_weeks: float) -> FloatArray:
    """Each customer's own purchases per week, the Gamma quantile of a keyed uniform; mean ``shape / scale_weeks``.

    Source: Fader, Hardie & Lee (2005), ``lambda ~ Gamma(r, alpha)`` with ``alpha`` in weeks.
    """
    return np.asarray(gammaincinv(shape, uniform) / scale_weeks, dtype=np.float64)


def dropout_probability(uniform: FloatArray, a: float, b: float) -> FloatArray:
    """Each customer's own probability of never coming back after a purchase, the Beta(a, b) quantile.

    Source: Fader, Hardie & Lee (2005), ``p ~ Beta(a, b)``.
    """
    return np.asarray(betaincinv(a, b, uniform), dtype=np.float64)


def waiting_time(rate: FloatArray, standard_exponential: FloatArray) -> FloatArray:
    """Weeks to the next purchase at ``rate`` a week; infinite for those who never buy."""
    buys = rate > _SLOWEST_RATE
    return np.where(buys, standard_exponential / np.where(buys, rate, 1.0), np.inf)


def expected_purchases(rate: FloatArray, dropout: FloatArray, weeks: float) -> FloatArray:
    """Purchases that a customer who is still active will make within ``weeks``, on average.

    Source: Fader, Hardie & Lee (2005), ``E[X(t) | lambda, p] = (1 - exp(-lambda p t)) / p`` (``lambda t`` at p = 0).
    """
    certain = dropout <= 0
    safe = np.where(certain, 1.0, dropout)
    return np.where(certain, rate * weeks, -np.expm1(-rate * safe * weeks) / safe)


@dataclass(frozen=True, slots=True)
class PurchaseResult:
    """What customers without contract did in one week.

    Attributes:
        purchases: Purchases in the week, per customer.
        alive: Whether the customer will ever come back (nobody in the organization can see this).
        next_purchase: Time of the next purchase in weeks; infinite for those who are gone.
    """

    purchases: IntArray
    alive: BoolArray
    next_purchase: FloatArray


def buy_within_week(
    next_purchase: FloatArray,
    alive: BoolArray,
    rate: FloatArray,
    dropout: FloatArray,
    week_end: float | FloatArray,
    draw: Callable[[int], tuple[FloatArray, FloatArray]],
) -> PurchaseResult:
    """Purchases up to ``week_end`` in continuous time, each followed at once by staying or dropping out.

    Source: BG/NBD (Fader, Hardie & Lee 2005): exponential times at the customer's own rate; after each repeat purchase
    the customer is gone with the own dropout probability. Nobody is gone before the first repeat purchase.

    Args:
        next_purchase: Time of each customer's next purchase, in weeks since the run began.
        alive: Customers not yet gone; others (and empty positions) buy nothing.
        rate: Own purchases per week; 0 for those who never buy.
        dropout: Own dropout probability, possibly shifted by satisfaction (:func:`leaving_probability`).
        week_end: Time at which the week ends (exclusive); one for all, or one a customer.
        draw: ``draw(k)`` gives a uniform and a standard exponential for the k-th purchase of the week of *every*
            position, so that who buys shifts nobody's draws.
    """
    purchases = np.zeros(next_purchase.shape, dtype=np.int64)
    alive = alive.copy()
    next_purchase = np.where(alive, next_purchase, np.inf)
    due = next_purchase < week_end
    round_ = 0
    while due.any():
        uniform, exponential = draw(round_)
        purchases += due
        gone = due & (uniform < dropout)
        alive &= ~gone
        following = np.where(gone, np.inf, next_purchase + waiting_time(rate, exponential))
        next_purchase = np.where(due, following, next_purchase)
        due = next_purchase < week_end
        round_ += 1
    return PurchaseResult(purchases, alive, next_purchase)
