"""Accounts, and customers who do not pay: arrears, dunning, and what dunning does to those who are dunned.

Without dunning the money stays out; dunning brings it in and drives people away, the harsher the more. Cash has its
optimum in between (seed text). Nothing quantitative was found on dunning and retention: all sizes are conjectures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "dues.arrears",
        0.0,
        "per week",
        "Chance that a customer under contract falls behind with payment.",
        "Conjecture; 0 where everybody pays in advance",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.02),
    ),
    Parameter(
        "dues.payment",
        0.04,
        "per week",
        "Chance that someone in arrears pays all of it without being dunned.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.01, 0.1),
    ),
    Parameter(
        "dues.dunning",
        0.3,
        "share",
        "How hard the organization duns those in arrears, from never to by all means.",
        "Set by the user",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 1.0),
    ),
    Parameter(
        "dues.collection",
        0.5,
        "per week",
        "How readily the hardest dunning makes people pay.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        5.0,
        (0.1, 1.0),
    ),
    Parameter(
        "dues.harshness",
        0.3,
        "share",
        "Satisfaction and trust lost in a week by someone dunned by all means; half as hard costs a quarter of it.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.5),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"dues.arrears": 0.0}
"""Everybody pays in time."""

ACTIVE: Mapping[str, ParameterValue] = {"dues.arrears": 0.01}
"""Off unless a scenario has dues: one customer in a hundred falls behind in a week."""


def payment_chance(dunning: float, payment: float, collection: float) -> float:
    """Chance that someone in arrears pays this week: 1 - (1 - payment) exp(-collection x dunning)."""
    return float(1.0 - (1.0 - payment) * np.exp(-collection * dunning))


def owe(dues: FloatArray, behind: BoolArray, margin: FloatArray) -> FloatArray:
    """Dues after a week: those behind owe this week's margin on top."""
    return np.where(behind, dues + margin, dues)


def dun(feeling: FloatArray, dunned: BoolArray, dunning: float, harshness: float) -> FloatArray:
    """Satisfaction or trust after being dunned: x (1 - harshness x dunning^2)."""
    return np.where(dunned, feeling * (1.0 - harshness * dunning * dunning), feeling)
