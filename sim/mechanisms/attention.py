"""Attention is divided: over customers, colleagues, bosses and deadlines, and sums to at most one.

Whoever gives customers more takes it from the others; whoever leaves the internal demands unmet is dismissed. Scarce
attention: Simon 1971, Ocasio 1997; role demands: Katz & Kahn 1978. Shares by role are conjectures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

_ROLE = "Conjecture from role descriptions; sales and service deal with customers all day"

PARAMETERS = (
    Parameter(
        "attention.facing_customers",
        0.55,
        "share",
        "Attention to customers that a customer-facing role asks for.",
        _ROLE,
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.4, 0.7),
    ),
    Parameter(
        "attention.inner_customers",
        0.08,
        "share",
        "Attention to customers that any other role asks for.",
        _ROLE,
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.02, 0.15),
    ),
    Parameter(
        "attention.practice_shift",
        0.12,
        "share",
        "Attention moved to customers by someone who practises the norm.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.25),
    ),
    Parameter(
        "attention.reserve",
        0.1,
        "share",
        "Attention that full service would need beyond what a role and the norm give to customers.",
        "Conjecture: nobody's job leaves all the time that customers could use",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.3),
    ),
    Parameter(
        "attention.salience_shift",
        0.05,
        "share",
        "Attention moved to customers while the topic is fully salient.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.15),
    ),
    Parameter(
        "attention.customer_pull",
        0.0,
        "share",
        "Part of all other attention that everyone is told to give to customers instead (1: customers only).",
        "A lever for experiments; 0 is the neutral setting",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.5),
    ),
    Parameter(
        "attention.deadline_pull",
        0.5,
        "per unit of pressure",
        "Share of all attention that deadlines take for each unit by which work exceeds capacity.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        5.0,
        (0.2, 1.0),
    ),
    Parameter(
        "attention.internal_need",
        0.6,
        "share",
        "Part of a role's internal attention that must be given for colleagues' and bosses' work not to suffer.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.4, 0.8),
    ),
    Parameter(
        "attention.internal_weight",
        0.5,
        "exponent",
        "How strongly what customers get depends on internal work being done (Cobb-Douglas exponent).",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.3, 0.8),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {
    "attention.practice_shift": 0.0,
    "attention.reserve": 0.0,
    "attention.salience_shift": 0.0,
    "attention.customer_pull": 0.0,
    "attention.deadline_pull": 0.0,
    "attention.internal_weight": 0.0,
}
"""Customers get exactly the attention that each role asks for, and that is enough."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""

INTERNAL_PARTS = (0.45, 0.2, 0.35)
"""How a role's internal attention divides over colleagues, bosses and deadlines; order of the columns."""


class Attention(NamedTuple):
    """Shares of each employee's week; they sum to one."""

    customers: FloatArray
    colleagues: FloatArray
    bosses: FloatArray
    deadlines: FloatArray

    def scaled(self, kept: FloatArray) -> Attention:
        """The same division of a smaller whole: ``kept`` of each person's attention is left."""
        return Attention(*(kept * part for part in self))


def divide_attention(
    role_share: FloatArray,
    practice: FloatArray,
    salience: FloatArray,
    work_pressure: FloatArray,
    *,
    practice_shift: float,
    salience_shift: float,
    customer_pull: float,
    deadline_pull: float,
) -> Attention:
    """Divide each employee's attention; what one side gains the others lose one for one.

    customers = role + shifts by practice and salience, at most 1, plus ``customer_pull`` of the rest; then deadlines
    take ``deadline_pull`` x excess pressure of everything, at most all.
    """
    wish = np.minimum(role_share + practice_shift * practice + salience_shift * salience, 1.0)
    wish = wish + customer_pull * (1.0 - wish)
    pulled = np.minimum(deadline_pull * np.maximum(work_pressure - 1.0, 0.0), 1.0)
    customers = wish * (1.0 - pulled)
    internal = (1.0 - wish) * (1.0 - pulled)
    to_colleagues, to_bosses, to_deadlines = INTERNAL_PARTS
    return Attention(customers, to_colleagues * internal, to_bosses * internal, to_deadlines * internal + pulled)


def attention_factor(
    customers: FloatArray, role_share: FloatArray, practice_shift: float, reserve: float
) -> FloatArray:
    """Share of the attention that full service needs which customers really get: min(1, given / needed).

    needed = role + practice_shift + reserve, at most all: even someone who practises the norm could use some more.
    """
    needed = np.minimum(role_share + practice_shift + reserve, 1.0)
    return np.minimum(customers / np.maximum(needed, 1e-12), 1.0)


def internal_fulfilment(customers: FloatArray, role_share: FloatArray, internal_need: float) -> FloatArray:
    """Share of the needed internal attention that is given: min(1, (1 - customers) / (need x (1 - role share)))."""
    needed = internal_need * (1.0 - role_share)
    return np.where(needed > 0.0, np.minimum((1.0 - customers) / np.maximum(needed, 1e-12), 1.0), 1.0)


def internal_support(fulfilment: FloatArray, employed: BoolArray, weight: float) -> float:
    """Factor by which internal work left undone lowers what customers get: (mean fulfilment) ** weight; 1 if all done."""
    if not employed.any():
        return 0.0
    return float(fulfilment[employed].mean() ** weight)
