"""The ledger: what comes in, what service costs, what policies cost. Every amount is in currency per week."""

from __future__ import annotations

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.parameters import Parameter, Tier

_OWN = "The user's own organization"

PARAMETERS = (
    Parameter(
        "money.margin",
        8.0,
        "currency per week",
        "Mean margin before service of a customer under contract.",
        _OWN,
        Tier.CONJECTURE,
        0.0,
        1e6,
    ),
    Parameter(
        "money.margin_spread",
        0.6,
        "sd of log",
        "How much customers differ in margin or spending.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        3.0,
        (0.3, 1.0),
    ),
    Parameter(
        "money.purchase",
        20.0,
        "currency",
        "Mean margin of one purchase of a customer without contract.",
        _OWN,
        Tier.CONJECTURE,
        0.0,
        1e6,
    ),
    Parameter(
        "money.contact_cost",
        4.0,
        "currency",
        "Cost of a contact in which nothing beyond routine is served.",
        _OWN,
        Tier.CONJECTURE,
        0.0,
        1e6,
    ),
    Parameter(
        "money.served_cost",
        3.0,
        "currency",
        "Extra cost of a contact in which all of the need is served.",
        _OWN,
        Tier.CONJECTURE,
        0.0,
        1e6,
    ),
    Parameter(
        "money.need_value",
        12.0,
        "currency",
        "What having a need fully served is worth to a customer.",
        "Conjecture; scale of the scenario",
        Tier.CONJECTURE,
        0.0,
        1e6,
    ),
    Parameter(
        "money.discount",
        0.08,
        "per year",
        "Rate at which later money is discounted.",
        "Usual cost of capital 6-10 %",
        Tier.OBSERVATION,
        0.0,
        1.0,
        (0.04, 0.12),
    ),
    Parameter(
        "money.horizon",
        260,
        "weeks",
        "Weeks over which customers' value is counted.",
        "Definition",
        Tier.CONJECTURE,
        1,
        5200,
    ),
)


def spending(normal: FloatArray, mean: float, spread: float) -> FloatArray:
    """Margin of each customer: lognormal with the given mean, mean x exp(spread z - spread^2 / 2)."""
    result: FloatArray = mean * np.exp(spread * normal - 0.5 * spread * spread)
    return result


def service_cost(served: FloatArray, contact: BoolArray, contact_cost: float, served_cost: float) -> float:
    """Cost of this week's contacts: each costs ``contact_cost`` plus ``served_cost`` x share of the need served."""
    return float(contact_cost * contact.sum() + served_cost * served[contact].sum())
