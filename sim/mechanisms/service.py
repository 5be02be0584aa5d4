"""Service encounters: which customer meets which employee this week, what goes wrong, and what is made right."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "service.contacts",
        0.25,
        "per week",
        "Mean service contacts of a customer under contract in a week.",
        "Conjecture: about one a month; scenario dependent",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.5),
    ),
    Parameter(
        "service.failure",
        0.12,
        "share",
        "Chance that a contact goes wrong when nothing of the need is served.",
        "Service failures are frequent and never zero; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.25),
    ),
    Parameter(
        "service.severity",
        0.8,
        "share",
        "Part of the service that a failure destroys.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.4, 1.0),
    ),
    Parameter(
        "recovery.base",
        0.2,
        "share",
        "Chance that a failure is made right without special authority or the norm.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.5),
    ),
    Parameter(
        "recovery.practice",
        0.4,
        "share",
        "Chance added when the employee practises the norm.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.7),
    ),
    Parameter(
        "recovery.cost",
        15.0,
        "currency",
        "Cost of making one failure right.",
        "Conjecture; scale of the scenario",
        Tier.CONJECTURE,
        0.0,
        1e5,
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"service.failure": 0.0}
"""No contact goes wrong, so nothing has to be made right."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def assign(seats: IntArray, employed: BoolArray, draws: FloatArray) -> IntArray:
    """Employee whom each customer meets: a facing seat drawn for the customer.

    Args:
        seats: Customer-facing seats (a fixed list, so that who leaves shifts nobody's draw).
        employed: Whether each seat is taken.
        draws: Uniform, one a customer.

    Returns:
        Seat for each customer, or -1 where the seat is vacant.
    """
    drawn = seats[(draws * seats.size).astype(np.int64)]
    return np.where(employed[drawn], drawn, -1)


def failure_odds(served: FloatArray, failure: float) -> FloatArray:
    """Chance of failure: ``failure`` x share of the need not served."""
    return failure * (1.0 - served)


def odds_in_crisis(odds: FloatArray, share: float) -> FloatArray:
    """Chance of failure in a service crisis, which makes a ``share`` of contacts fail by itself: 1 - (1 - p)(1 - share)."""
    return odds if share == 0.0 else 1.0 - (1.0 - odds) * (1.0 - share)


def recovery_odds(practice: FloatArray, authority: FloatArray, *, base: float, by_practice: float) -> FloatArray:
    """Chance that a failure is made right: independent chances by base, practice of the norm, and authority to act."""
    return 1.0 - (1.0 - base) * (1.0 - by_practice * practice) * (1.0 - authority)
