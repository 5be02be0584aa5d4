"""Structure is strategy: departments organized by customer instead of by function.

Raises satisfaction and coordination cost at once (Lee, Sridhar, Henderson & Palmatier 2015, Fortune 500, 1998-2010):
less is lost between departments, and more has to be agreed on between those who used to do one thing for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

_LEE = "Lee et al. 2015 for direction; size is a conjecture"

PARAMETERS = (
    Parameter(
        "structure.by_customer",
        0.0,
        "share",
        "Share of the organization that is organized by customer.",
        "Set by the user; 22 % of large firms changed over within a decade (Lee et al. 2015)",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 1.0),
    ),
    Parameter(
        "structure.alignment",
        0.2,
        "share",
        "Part of what is lost between departments that organizing by customer saves.",
        _LEE,
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.4),
    ),
    Parameter(
        "structure.coordination",
        20.0,
        "currency per head and week",
        "Cost of coordination in an organization that is all organized by customer.",
        _LEE,
        Tier.CONJECTURE,
        0.0,
        1e5,
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"structure.by_customer": 0.0}
"""Organized by function throughout."""

ACTIVE: Mapping[str, ParameterValue] = {"structure.by_customer": 0.5}
"""Off unless a scenario is organized so: half of the organization is organized by customer."""


def align(served: FloatArray, by_customer: float, alignment: float) -> FloatArray:
    """What reaches customers when less is lost in between: served + by_customer x alignment x served (1 - served)."""
    result: FloatArray = served + by_customer * alignment * served * (1.0 - served)
    return result


def coordination_cost(heads: int, by_customer: float, cost: float) -> float:
    """Cost of coordination this week: heads x by_customer x cost."""
    return heads * by_customer * cost
