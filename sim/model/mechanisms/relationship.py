"""Relationship: trust, depth and attitudinal loyalty act: on who stays, forgives, spends more and recommends.

Trust and commitment carry what satisfaction does: in a bank panel over two years commitment kept customers, trust made them
use and buy more, and together they mediated all of satisfaction's effect (Aurier & N'Goala 2010). Share of wallet follows
changes in satisfaction (Cooil, Keiningham, Aksoy & Hsu 2007). A good relationship buffers failures (Hess, Ganesan & Klein
2003). What counts is not the level but its distance from what is *usual*: the trust and depth that an ordinary customer would
have after as many contacts with the service that the market offers. So a customer served as usual stays and spends exactly as
the models of lifetime and ledger say, at any tenure, and nothing is counted twice that sorting already explains.

The usual path is no parameter. It follows from the rules of trust and depth (:mod:`sim.model.mechanisms.satisfaction`), averaged
over a contact: T <- T + pace_T (level_T - T), D <- D + pace_D (level_D - D).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.kernel import elementary_arrays
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import customer_column, number
from sim.model.kernel.elementary_functions import exp, log
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Contacts, Customers, OrganizationNumbers, Parameters, Week
from sim.model.kernel.special_functions import complementary_error
from sim.model.kernel.sums import clip
from sim.model.mechanisms.failure_demand import weekly_contacts
from sim.model.mechanisms.service import recovery_probability

PARAMETERS = declare("""
relationship.stay_trust = 0.4 log odds per unit; 0 to 20, plausible 0 to 0.8; unknown; tier 5
    How far trust above what is usual lowers the log-odds of leaving.
    Source: Conjecture: half of `stay_depth`, since Aurier & N'Goala 2010 found retention to hang on commitment and not on trust,
    and Morgan & Hunt 1994 on both
relationship.stay_depth = 0.8 log odds per unit; 0 to 20, plausible 0 to 1.6; unknown; tier 5
    How far a relationship deeper than usual lowers the log-odds of leaving.
    Source: Aurier & N'Goala 2010 for the direction (commitment keeps customers of a bank); sized with the other links so that
    service which lifts satisfaction by 10 points keeps about 2 in 100 customers more a year (Ittner & Larcker 1998)
relationship.forgiveness = 0.5 share per unit; 0 to 5, plausible 0 to 1; unknown; tier 5
    Share of a shortfall of service that is not felt, per unit of trust above what is usual; below it, more is felt.
    Source: Hess, Ganesan & Klein 2003 for the direction; size is a conjecture
relationship.wallet_trust = 0.1 log per unit; 0 to 5, plausible 0 to 0.2; unknown; tier 5
    How far trust above what is usual raises the log of what a customer spends.
    Source: Aurier & N'Goala 2010 for the direction (trust leads to cross-buying and usage a year later); sized with
    `wallet_depth` so that service which lifts satisfaction by 10 points (and trust by .2) brings 3 % more spending: at one
    retailer 1.3 points of customers' impression went with .5 % of revenue (Rucci, Kirn & Quinn 1998)
relationship.wallet_depth = 0.05 log per unit; 0 to 5, plausible 0 to 0.1; unknown; tier 5
    How far a relationship deeper than usual raises the log of what a customer spends.
    Source: Aurier & N'Goala 2010 for the direction (commitment leads to fewer other banks); size as of `wallet_trust`
relationship.recommendation = 0.3 share; 0 to 1, plausible 0 to 0.6; unknown; tier 5
    Share of what a customer says of the organization that follows attitudinal loyalty; the rest follows satisfaction.
    Source: Conjecture; loyalty is what customers say of recommending (Dick & Basu 1994), so that some of it is said
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "relationship.stay_trust": 0.0,
    "relationship.stay_depth": 0.0,
    "relationship.forgiveness": 0.0,
    "relationship.wallet_trust": 0.0,
    "relationship.wallet_depth": 0.0,
    "relationship.recommendation": 0.0,
}
"""Trust, depth and loyalty are felt and change nothing that customers do."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    customer_column(
        "usual_trust",
        "Trust of an ordinary customer after as many contacts.",
        newcomer="trust.initial",
        initial="initial_usual_trust",
    ),
    customer_column(
        "usual_depth",
        "Depth of an ordinary customer's relationship after as many contacts.",
        initial="initial_usual_depth",
    ),
)

NUMBERS = (
    number("usual_trust_pace", "Share of the way to its level that usual trust goes in a contact.", "per contact",
           start="usual_trust_pace"),
    number("usual_trust_level", "Level that an ordinary customer's trust approaches.", start="usual_trust_level"),
    number("usual_depth_pace", "Share of the way to its level that usual depth goes in a contact.", "per contact",
           start="usual_depth_pace"),
    number("usual_depth_level", "Level that the depth of an ordinary relationship approaches.",
           start="usual_depth_level"),
)  # fmt: skip


def tie(trust: float, usual_trust: float, depth: float, usual_depth: float, by_trust: float, by_depth: float) -> float:
    """What trust and depth add, against what is usual: b_T (T - T*) + b_D (D - D*)."""
    return by_trust * (trust - usual_trust) + by_depth * (depth - usual_depth)


def felt_surprise(surprise: float, trust: float, usual_trust: float, forgiveness: float) -> float:
    """Surprise after forgiveness: a shortfall times 1 - forgiveness (T - T*), at least 0; a surplus stays."""
    felt = surprise * max(1.0 - forgiveness * (trust - usual_trust), 0.0)
    return felt if surprise < 0.0 else surprise


def share_of_wallet(tie: float) -> float:
    """What a customer spends against an ordinary one of the same kind: exp(tie), tie as far as it moves spending."""
    return exp(clip(tie, -50.0, 50.0))


def recommendation(satisfied: float, loyalty: float, usual_loyalty: float, per_sd: float, share: float) -> float:
    """What a customer says, in standard deviations: (1 - share) z + share (L - L*) / sd, z = satisfaction in sd."""
    return satisfied + share * ((loyalty - usual_loyalty) * per_sd - satisfied)


def approach(level: float, target: float, pace: float) -> float:
    """One contact on the usual path: x + pace (target - x)."""
    return level + pace * (target - level)


def after_contacts(first: float, target: float, pace: float, contacts: FloatArray) -> FloatArray:
    """The usual path after many contacts: target + (first - target) (1 - pace)^contacts."""
    return np.asarray(target + (first - target) * elementary_arrays.power(1.0 - pace, contacts))


def share_refused(customers: float, gain: float, cost: float, spread: float) -> float:
    """Share of conflicts decided against the customer, case by case: P(w G < (1 - w) C), G and C lognormal.

    log(G / C) is normal with mean log(gain / cost) and sd sqrt(2) spread.
    """
    ours, theirs = customers * gain, (1.0 - customers) * cost
    if min(ours, theirs, spread) == 0.0:
        return 0.0 if ours > theirs else 1.0
    return 0.5 * complementary_error(log(ours / theirs) / (2.0 * spread))


def service_before_failures(performance: float, failure: float, severity: float) -> float:
    """Mean service S of which failures leave P: P = S (1 - severity x failure (1 - S)), ``failure`` the chance of one left so.

    The root of a S^2 + (1 - a) S - P = 0 with a = severity x failure: 2 P / (1 - a + sqrt((1 - a)^2 + 4 a P)).
    """
    if performance == 0.0:
        return 0.0
    a = severity * failure
    return 2.0 * performance / (1.0 - a + math.sqrt((1.0 - a) * (1.0 - a) + 2.0 * 2.0 * a * performance))


def trust_path(gain: float, performance: float, lost: float) -> tuple[float, float]:
    """Pace and level of usual trust: T <- (T + gain P (1 - T)) (1 - lost), ``lost`` the mean share lost in a contact.

    pace = 1 - (1 - lost)(1 - gain P), level = (1 - lost) gain P / pace.
    """
    gained = (1.0 - lost) * gain * performance
    pace = lost + gained
    return pace, gained / pace if pace > 0.0 else 0.0


def depth_path(growth: float, good: float, shrinking: float, broken: float) -> tuple[float, float]:
    """Pace and level of usual depth: D <- D + growth x good (1 - D) - shrinking x broken D.

    Args:
        growth: Growth by a contact in which all is served.
        good: Mean of what is served in contacts that are not broken, times their share.
        shrinking: Share of depth that a broken contact takes.
        broken: Share of contacts with a failure left as it is.
    """
    pace = growth * good + shrinking * broken
    return pace, growth * good / pace if pace > 0.0 else 0.0


def _paths(initial: InitialState) -> tuple[tuple[float, float], tuple[float, float]]:
    """Pace and level of usual trust and depth, with the service that the market offers and nobody practicing but by habit.

    Conflicts are decided case by case, crises stay away, and apologies are first ones.
    """
    value = initial.number
    right = recovery_probability(
        value("hiring.outside_practice"), 0.0, value("recovery.base"), value("recovery.practice")
    )
    right *= value("recovery.notice")
    left = value("service.failure") * (1.0 - right)
    served = service_before_failures(value("expectation.market"), left, value("service.severity"))
    fails = value("service.failure") * (1.0 - served)
    noticed = value("recovery.notice") - right
    spared = value("recovery.words") * value("recovery.apology") * noticed
    lost = value("trust.loss") * fails * (1.0 - (1.0 - value("recovery.residual_loss")) * right - spared)
    refused = value("conflict.rate") * share_refused(
        value("executives.customer_weight"), value("conflict.gain"), value("conflict.cost"), value("conflict.spread")
    )
    lost = 1.0 - (1.0 - lost) * (1.0 - value("trust.refusal") * refused)
    broken, growth = fails * (1.0 - right), value("relationship.growth")
    shrinking = min(value("relationship.failure_ratio") * growth, 1.0)
    return (
        trust_path(value("trust.gain"), value("expectation.market"), lost),
        depth_path(growth, served * (1.0 - broken), shrinking, broken),
    )


def usual_trust_pace(initial: InitialState) -> float:
    """How fast usual trust approaches its level."""
    return _paths(initial)[0][0]


def usual_trust_level(initial: InitialState) -> float:
    """Level of usual trust."""
    return _paths(initial)[0][1]


def usual_depth_pace(initial: InitialState) -> float:
    """How fast usual depth approaches its level."""
    return _paths(initial)[1][0]


def usual_depth_level(initial: InitialState) -> float:
    """Level of usual depth."""
    return _paths(initial)[1][1]


def contacts_so_far(initial: InitialState) -> FloatArray:
    """Contacts that customers of the outset have had, on average for their kind and tenure."""
    customers = initial.customers
    own = np.where(customers.contract, customers.contact_rate, customers.rate)
    unserved, returns = 1.0 - initial.number("expectation.market"), initial.number("failure_demand.returns")
    return np.asarray(weekly_contacts(own, unserved, returns) * customers.tenure)


def initial_usual_trust(initial: InitialState) -> FloatArray:
    """Usual trust of customers of the outset, after the contacts that they have had; 0 where there is no customer."""
    pace, level = _paths(initial)[0]
    trust = after_contacts(initial.number("trust.initial"), level, pace, contacts_so_far(initial))
    return np.where(initial.customers.active, trust, 0.0)


def initial_usual_depth(initial: InitialState) -> FloatArray:
    """Usual depth of relationships of the outset, after the contacts that customers have had; 0 where there is none."""
    pace, level = _paths(initial)[1]
    return np.where(initial.customers.active, after_contacts(0.0, level, pace, contacts_so_far(initial)), 0.0)


def update_usual_relationship(
    customers: Customers, contacts: Contacts, week: Week, organization: OrganizationNumbers
) -> None:
    """What would be usual moves on with each contact, however the customer was served."""
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        customers.usual_trust[position] = approach(
            customers.usual_trust[position], organization.usual_trust_level, organization.usual_trust_pace
        )
        customers.usual_depth[position] = approach(
            customers.usual_depth[position], organization.usual_depth_level, organization.usual_depth_pace
        )


def usual_loyalty(customers: Customers, position: int, parameters: Parameters) -> float:
    """Attitudinal loyalty of an ordinary customer after as many contacts: b_S reference + b_T T* + b_D D*, at most 1."""
    usual = parameters.loyalty_by_satisfaction * parameters.satisfaction_reference
    usual += parameters.loyalty_by_trust * customers.usual_trust[position]
    return min(usual + parameters.loyalty_by_depth * customers.usual_depth[position], 1.0)
