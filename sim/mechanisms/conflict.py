"""Conflicts of interest: what would do the customer good would cost the organization money. Who decides, and for whom?

Decided by the *true* weights of those in power, whatever they say (seed: only sacrifice reveals centricity). Random
utility without noise: the case is conceded when w_customer gain > (w_owner + w_self) cost.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "conflict.rate",
        0.06,
        "per contact",
        "Share of contacts in which the two interests collide.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.02, 0.15),
    ),
    Parameter(
        "conflict.gain",
        60.0,
        "currency",
        "Median gain of the customer when a conflict is decided for them.",
        "Conjecture; scale of the scenario",
        Tier.CONJECTURE,
        0.0,
        1e6,
    ),
    Parameter(
        "conflict.cost",
        30.0,
        "currency",
        "Median cost to the organization of deciding for the customer.",
        "Conjecture: gains exceed costs by half or more, else there is nothing to sacrifice for",
        Tier.CONJECTURE,
        0.0,
        1e6,
    ),
    Parameter(
        "conflict.spread",
        0.8,
        "sd of log",
        "How much gains and costs vary from case to case.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        3.0,
        (0.4, 1.2),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"conflict.rate": 0.0}
"""Interests never collide."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def stakes(normal: FloatArray, median: float, spread: float) -> FloatArray:
    """Money at stake in each case: lognormal, median x exp(spread x normal)."""
    result: FloatArray = median * np.exp(spread * normal)
    return result


def concede(gain: FloatArray, cost: FloatArray, customers: float, owners: float, own: float) -> BoolArray:
    """Whether those in power decide for the customer: customers x gain > (owners + own) x cost.

    Args:
        gain: Customer's gain in each case, currency.
        cost: Organization's cost in each case, currency.
        customers, owners, own: True weights of those who decide (customers; owners or politicians; themselves).
    """
    result: BoolArray = customers * gain > (owners + own) * cost
    return result
