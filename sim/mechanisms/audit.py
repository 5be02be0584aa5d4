"""Oversight: independence x probability x consequence. Without any one of the three there is none.

Auditors whom the audited choose and pay report what is wanted; assigned at random and paid centrally, they report the
truth, and what they report on gets better (Duflo, Greenstone, Pande & Ryan 2013, 473 plants in Gujarat). Announcing audits
with certainty instead of 4 % cut missing expenditure from about 28 % by 8 points; inviting villagers to take part
changed little (Olken 2007, 608 villages). Those who take part borrow both independence and consequence from those in
power, who care as much as they care already: participation works through the *square* of executives' true weight.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "audit.truthfulness",
        0.8,
        "share",
        "Share of the gap between reported and true score that full oversight closes.",
        "Direction: Duflo et al. 2013, reports of independent auditors equal the truth, and far fewer plants pass falsely; that "
        "this carries over to the share of a score's gap, and its size, are conjectures",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.5, 1.0),
    ),
    Parameter(
        "audit.deterrence",
        0.3,
        "share",
        "Share of the weight that those in power withhold from customers which full oversight moves to them.",
        "Olken 2007: 8 of some 28 points of missing expenditure; from leakage to weights is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.6),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"audit.truthfulness": 0.0, "audit.deterrence": 0.0}
"""Nobody minds being found out."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On wherever a policy spends on it."""


def oversight(independence: FloatArray, probability: FloatArray, consequence: FloatArray, seats: FloatArray) -> float:
    """Strength of oversight, 0 to 1: independence x probability x consequence by department, mean over seats."""
    strength = independence * probability * consequence
    return float((strength * seats).sum() / seats.sum())


def with_participation(strength: float, participation: float, executives: float) -> float:
    """Oversight with customers taking part: 1 - (1 - strength) (1 - participation x executives' weight squared)."""
    if participation == 0.0:
        return strength
    return 1.0 - (1.0 - strength) * (1.0 - participation * executives * executives)


def deter(line: float, strength: float, deterrence: float) -> float:
    """Line under oversight: customers + deterrence x strength x (1 - customers)."""
    return line + deterrence * strength * (1.0 - line)


def report_truly(claimed: float, true: float, strength: float, truthfulness: float) -> float:
    """Score that is reported under oversight: the gap to the truth closes by truthfulness x strength."""
    return claimed + truthfulness * strength * (true - claimed)
