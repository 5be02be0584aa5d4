"""How a conflict is resolved when a customer does not accept a refusal.

*Hierarchy*: those who decided decide again, and nothing changes. *Ombudsman*: some refused customers appeal, and whoever
hears them gives both sides equal weight. *Contract*: part of the cases is settled beforehand by terms that give both
sides equal weight, for whoever they speak; nobody has to appeal, and nobody may concede more.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "arbitration.rule",
        "hierarchy",
        "1",
        "Who resolves a conflict that a customer does not let rest.",
        "Conjecture; the question is the seed's: how do we resolve the conflict",
        Tier.CONJECTURE,
        choices=("hierarchy", "ombudsman", "contract"),
    ),
    Parameter(
        "arbitration.appeals",
        0.15,
        "share",
        "Share of refused customers who go to the ombudsman.",
        "Conjecture: few of those who are wronged complain, fewer still to a third party",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.02, 0.4),
    ),
    Parameter(
        "arbitration.covered",
        0.4,
        "share",
        "Share of conflicts that the terms of a contract foresee.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.8),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"arbitration.rule": "hierarchy"}
"""Whoever decided decides again."""

ACTIVE: Mapping[str, ParameterValue] = {"arbitration.rule": "contract"}
"""Off unless a scenario has it: terms settle part of the conflicts, or there is an ombudsman."""


def resolve(
    conceded: BoolArray, gain: FloatArray, cost: FloatArray, draw: FloatArray, rule: str, appeals: float, covered: float
) -> BoolArray:
    """Which conflicts end for the customer.

    Args:
        conceded: What those in power decided, by case.
        gain, cost: What is at stake for the customer and for the organization, currency.
        draw: Uniform draw by case: who appeals, or which cases the terms foresee.
        rule: ``hierarchy``, ``ombudsman`` or ``contract``.
        appeals, covered: Share of refused cases appealed, and of all cases foreseen by contract.
    """
    fair = gain > cost
    if rule == "ombudsman":
        result: BoolArray = conceded | (fair & (draw < appeals))
        return result
    if rule == "contract":
        foreseen = draw < covered
        return (foreseen & fair) | (~foreseen & conceded)
    return conceded
