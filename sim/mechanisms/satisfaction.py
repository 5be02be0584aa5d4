"""Expectation, satisfaction, trust and attitudinal loyalty of individual customers.

Expectation-disconfirmation: Oliver 1980; losses weigh more: Kahneman & Tversky 1979, Mittal, Ross & Baldasare 1998;
tenure anchors: Bolton 1998; performance and disconfirmation both matter: Szymanski & Henard 2001 (.34 and .46).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "satisfaction.reference",
        0.7,
        "index",
        "Satisfaction of a customer who gets what the market offers and expected it; the survey score of the outset.",
        "Typical national satisfaction index, about 70 of 100 (ACSI)",
        Tier.OBSERVATION,
        0.0,
        1.0,
        (0.6, 0.8),
    ),
    Parameter(
        "satisfaction.sd",
        0.15,
        "index",
        "Spread of satisfaction between customers; the unit of its links.",
        "Conjecture: a point and a half on a ten-point scale",
        Tier.CONJECTURE,
        0.01,
        1.0,
        (0.1, 0.25),
    ),
    Parameter(
        "satisfaction.performance",
        0.34,
        "per share",
        "Satisfaction gained per unit of service above what the market offers.",
        "Szymanski & Henard 2001: mean correlation of performance .34",
        Tier.EXPERIMENT,
        0.0,
        2.0,
        (0.1, 0.6),
    ),
    Parameter(
        "satisfaction.disconfirmation",
        0.46,
        "per share",
        "Satisfaction gained per unit of service above expectation.",
        "Szymanski & Henard 2001: mean correlation of disconfirmation .46",
        Tier.EXPERIMENT,
        0.0,
        2.0,
        (0.2, 0.8),
    ),
    Parameter(
        "satisfaction.loss_aversion",
        1.8,
        "ratio",
        "How much more a shortfall weighs than a surplus of equal size.",
        "1.5 to 2.25 (Kahneman & Tversky 1979; Mittal et al. 1998 for services)",
        Tier.EXPERIMENT,
        1.0,
        5.0,
        (1.5, 2.5),
    ),
    Parameter(
        "satisfaction.weight",
        0.25,
        "per contact",
        "Weight of one experience in a new customer's satisfaction.",
        "Range .1 to .3 per encounter",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.3),
    ),
    Parameter(
        "satisfaction.anchor_weeks",
        104.0,
        "weeks",
        "Tenure at which the weight of one experience has halved.",
        "Bolton 1998 for the effect; size is a conjecture",
        Tier.CONJECTURE,
        1.0,
        5000.0,
        (52.0, 260.0),
    ),
    Parameter(
        "expectation.weight",
        0.15,
        "per contact",
        "How fast expectations follow experience.",
        "Oliver 1980; range .1 to .3 per encounter",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.3),
    ),
    Parameter(
        "expectation.market",
        0.42,
        "share",
        "Share of needs that customers find served elsewhere in the market.",
        "Conjecture: about what the organization itself serves at the outset",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.4, 0.6),
    ),
    Parameter(
        "trust.gain",
        0.04,
        "per contact",
        "Trust gained by a contact in which all of the need was served.",
        "Direction: Morgan & Hunt 1994; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.01, 0.1),
    ),
    Parameter(
        "trust.loss",
        0.25,
        "share",
        "Trust lost by a failure that nobody makes right.",
        "Slovic 1993: trust is lost faster than gained; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.5),
    ),
    Parameter(
        "trust.refusal",
        0.1,
        "share",
        "Trust lost when a conflict of interest is decided against the customer.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.3),
    ),
    Parameter(
        "trust.initial",
        0.5,
        "index",
        "Trust of new customers.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.3, 0.7),
    ),
    Parameter(
        "loyalty.weight",
        0.1,
        "per contact",
        "How fast attitudinal loyalty follows satisfaction and trust.",
        "Dick & Basu 1994 for the construct; rate is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.2),
    ),
    Parameter(
        "relationship.growth",
        0.03,
        "per contact",
        "How fast a relationship deepens with good contacts.",
        "Dwyer, Schurr & Oh 1987 for the stages; rate is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.01, 0.1),
    ),
    Parameter(
        "relationship.client_depth",
        0.5,
        "index",
        "Depth of relationship from which a customer counts as a client.",
        "Definition",
        Tier.CONJECTURE,
        0.0,
        1.0,
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {
    "satisfaction.weight": 0.0,
    "trust.gain": 0.0,
    "trust.loss": 0.0,
    "trust.refusal": 0.0,
    "relationship.growth": 0.0,
    "loyalty.weight": 0.0,
}
"""Customers feel today what they felt at first, whatever they get."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def disconfirmation(performance: FloatArray, expectation: FloatArray, loss_aversion: float) -> FloatArray:
    """How far experience beat or missed expectation, losses weighing more: D if D >= 0 else loss_aversion x D."""
    difference = performance - expectation
    return np.where(difference >= 0.0, difference, loss_aversion * difference)


def experience_weight(weight: float, tenure: FloatArray, anchor_weeks: float) -> FloatArray:
    """Weight of one experience for a customer of given tenure (weeks): weight / (1 + tenure / anchor) (Bolton 1998)."""
    return weight / (1.0 + tenure / anchor_weeks)


def update_satisfaction(
    satisfaction: FloatArray,
    performance: FloatArray,
    surprise: FloatArray,
    weight: FloatArray,
    *,
    reference: float,
    market: float,
    by_performance: float,
    by_disconfirmation: float,
) -> FloatArray:
    """Satisfaction after an encounter, 0 to 1.

    S <- S + w (target - S), target = reference + b_p (performance - market) + b_d surprise, kept in [0, 1].
    Since expectation follows performance, a lasting improvement lifts satisfaction at first by both terms and in the
    end by the first alone.
    """
    target = reference + by_performance * (performance - market) + by_disconfirmation * surprise
    result: FloatArray = satisfaction + weight * (np.clip(target, 0.0, 1.0) - satisfaction)
    return result


def update_expectation(expectation: FloatArray, performance: FloatArray, weight: float) -> FloatArray:
    """Expectation follows experience: E <- E + weight (P - E)."""
    return expectation + weight * (performance - expectation)


def update_trust(
    trust: FloatArray,
    performance: FloatArray,
    broken: BoolArray,
    refused: BoolArray,
    *,
    gain: float | FloatArray,
    loss: float | FloatArray,
    refusal: float,
) -> FloatArray:
    """Trust grows slowly with service and falls fast with failures left as they are and with refusals.

    T <- T + gain P (1 - T); then T <- T (1 - loss) where broken, T (1 - refusal) where refused.
    """
    grown = trust + gain * performance * (1.0 - trust)
    grown = np.where(broken, grown * (1.0 - loss), grown)
    return np.where(refused, grown * (1.0 - refusal), grown)


def update_loyalty(
    loyalty: FloatArray, satisfaction: FloatArray, trust: FloatArray, depth: FloatArray, weight: float
) -> FloatArray:
    """Attitudinal loyalty (what they would say): L <- L + weight (.5 S + .3 T + .2 depth - L); weights a conjecture."""
    return loyalty + weight * (0.5 * satisfaction + 0.3 * trust + 0.2 * depth - loyalty)


def deepen(depth: FloatArray, performance: FloatArray, failed: BoolArray, growth: float) -> FloatArray:
    """Depth of the relationship: grows with good contacts, shrinks by failures at twice the rate; 0 to 1."""
    return np.where(failed, depth * (1.0 - 2.0 * min(growth, 0.5)), depth + growth * performance * (1.0 - depth))
