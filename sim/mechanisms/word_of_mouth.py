"""Word of mouth: what customers say brings new ones or keeps them away.

Positive word of mouth is about three times as frequent as negative (East, Hammond & Wright 2007); its effect on
acquisition is not smaller. New customers come from those of the market who are not customers yet (Bass 1969).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.dynamics import closed_in_a_week
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "customers.initial",
        2000,
        "customers",
        "Customers at the outset.",
        "The user's own organization",
        Tier.CONJECTURE,
        0,
        10_000_000,
    ),
    Parameter(
        "customers.market",
        2500,
        "people",
        "People in the market: customers and those who could become so.",
        "The user's own organization",
        Tier.CONJECTURE,
        1,
        20_000_000,
    ),
    Parameter(
        "customers.represented",
        1.0,
        "customers",
        "Real customers for whom each simulated one stands in the ledger.",
        "The user's own organization",
        Tier.CONJECTURE,
        0.001,
        1e6,
    ),
    Parameter(
        "customers.contract_share",
        1.0,
        "share",
        "Share of customers under contract (they leave; the others stop buying).",
        "The user's own organization",
        Tier.CONJECTURE,
        0.0,
        1.0,
    ),
    Parameter(
        "customers.acquisition",
        0.0075,
        "per week",
        "Chance that someone of the market who is no customer becomes one.",
        "Conjecture: balances leaving at the outset",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.001, 0.05),
    ),
    Parameter(
        "word_of_mouth.strength",
        0.3,
        "log odds per sd",
        "How much one standard deviation of reputation raises or lowers acquisition.",
        "Conjecture; East et al. for direction",
        Tier.CONJECTURE,
        0.0,
        5.0,
        (0.0, 0.8),
    ),
    Parameter(
        "word_of_mouth.positive_share",
        0.75,
        "share",
        "Share of all word of mouth that is positive at equal feelings.",
        "East, Hammond & Wright 2007: about three to one",
        Tier.OBSERVATION,
        0.0,
        1.0,
        (0.5, 0.85),
    ),
    Parameter(
        "word_of_mouth.memory_weeks",
        13.0,
        "weeks",
        "Time constant with which a reputation follows what is said.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (4.0, 52.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"word_of_mouth.strength": 0.0}
"""Reputation brings nobody and keeps nobody away."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def voice(satisfaction: FloatArray, reference: float, sd: float, positive_share: float) -> float:
    """Balance of what is said this week, in standard deviations of satisfaction.

    2 [q mean(max(z, 0)) - (1 - q) mean(max(-z, 0))], z = (S - reference) / sd; 0 without customers.
    """
    if satisfaction.size == 0:
        return 0.0
    standardized = (satisfaction - reference) / sd
    praise = float(np.maximum(standardized, 0.0).mean())
    complaint = float(np.maximum(-standardized, 0.0).mean())
    return 2.0 * (positive_share * praise - (1.0 - positive_share) * complaint)


def update_reputation(reputation: float, said: float, memory_weeks: float) -> float:
    """Reputation follows what is said with time constant ``memory_weeks``."""
    return reputation + (said - reputation) * closed_in_a_week(memory_weeks)


def acquire(
    prospect: BoolArray, draw: FloatArray, base: float | FloatArray, reputation: float, strength: float
) -> BoolArray:
    """Who of the market becomes a customer: chance base x exp(strength x reputation), at most 1."""
    chance = base
    if strength != 0.0:
        chance = np.minimum(base * float(np.exp(np.clip(strength * reputation, -50.0, 50.0))), 1.0)
    result: BoolArray = prospect & (draw < chance)
    return result
