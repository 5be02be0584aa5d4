"""Ends or means: does service persist where it stops paying?

An organization for which customers are means serves whoever pays for it and cuts the rest; one for which they are ends
serves by need (seed text; Kant's formula of humanity). The difference shows only where the two part ways: among
customers whose margin does not carry the cost of serving them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "motive.means",
        0.5,
        "share",
        "How far customers are means: weight of what they bring in what they get (0: served by need alone).",
        "Conjecture; set by the user",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 1.0),
    ),
    Parameter(
        "motive.cut",
        0.5,
        "share",
        "Part of the service that is withheld from a customer who brings nothing, where customers are means alone.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 0.8),
    ),
    Parameter(
        "motive.hurdle",
        4.0,
        "ratio",
        "Margin over cost of service from which a customer is said to pay.",
        "Conjecture: service must also carry what it does not cause",
        Tier.CONJECTURE,
        0.01,
        1000.0,
        (1.0, 8.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"motive.means": 0.0}
"""Everyone is served by need, whatever they bring."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Private organizations serve partly by what customers bring: the middle of the range. An agency that
serves by law, and a champion, do not; their scenarios say so."""


def pays(worth: FloatArray, cost: FloatArray, hurdle: float) -> FloatArray:
    """How far each customer pays for service, 0 to 1: worth / (hurdle x cost), at most 1.

    Args:
        worth: Margin before service, currency per week.
        cost: Cost of serving this customer, currency per week; whoever costs nothing pays in full.
        hurdle: Margin over cost that is asked for.
    """
    asked = hurdle * cost
    free = asked <= 0.0
    return np.where(free, 1.0, np.minimum(worth / np.where(free, 1.0, asked), 1.0))


def serve_by_motive(served: FloatArray, paying: FloatArray, means: float, cut: float) -> FloatArray:
    """What customers get: served x (1 - means x cut x (1 - paying))."""
    result: FloatArray = served * (1.0 - means * cut * (1.0 - paying))
    return result
