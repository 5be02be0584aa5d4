"""Openness: work that customers can see, risks that are told before, dealings in which people are asked first.

Seeing the work moves perceived quality away from what the market offers, up where it is better (Buell, Kim & Tsay 2017:
22 % in a kitchen) and down where it is worse. A bad outcome that was told as a risk costs less trust than one that was
hidden. Informed consent is respect, and respect is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "disclosure.lift",
        0.5,
        "ratio",
        "How far full openness moves perceived service away from what the market offers, up or down.",
        "Buell, Kim & Tsay 2017: 22 % better perceived where the work was good (0.5 gives that at .8 of needs served)",
        Tier.EXPERIMENT,
        0.0,
        2.0,
        (0.2, 0.8),
    ),
    Parameter(
        "disclosure.forbearance",
        0.5,
        "share",
        "Part of the trust lost by a failure that is saved where the risk had been told.",
        "Conjecture: a violation that was hidden weighs at least twice",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 0.7),
    ),
    Parameter(
        "consent.respect",
        0.5,
        "ratio",
        "Extra trust that a contact earns where the customer is asked first, against one where not.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        5.0,
        (0.0, 1.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {
    "disclosure.lift": 0.0,
    "disclosure.forbearance": 0.0,
    "consent.respect": 0.0,
}
"""Openness changes neither what customers perceive nor what they forgive."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""Nothing to set: the mechanism works wherever the organization spends on disclosure or consent."""


def perceive(served: FloatArray, disclosure: FloatArray, market: float, lift: float) -> FloatArray:
    """Service as the customer perceives it, 0 to 1: P + lift x disclosure x (P - what the market offers)."""
    return np.clip(served + lift * disclosure * (served - market), 0.0, 1.0)


def forgive(loss: float | FloatArray, disclosed: BoolArray, forbearance: float) -> FloatArray:
    """Share of trust lost by a failure: less by ``forbearance`` where the risk had been told."""
    return np.where(disclosed, loss * (1.0 - forbearance), loss)


def earn_trust(gain: float, consent: FloatArray, respect: float) -> FloatArray:
    """Trust earned by a contact fully served: gain x (1 + respect x consent), at most 1."""
    return np.minimum(gain * (1.0 + respect * consent), 1.0)
