"""Customer centricity delegated to an office of its own: meetings, reports and a better score (seed text 003).

The office owns the survey, asks at good moments and reminds those who are pleased; it calls everybody to meetings.
What others do it cannot change, unless it is given power over where the line is drawn, or a budget (other resources).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "delegation.polish",
        0.15,
        "share",
        "How much of what is missing from a perfect score a full office's way of asking adds.",
        "Direction: gaming by selection (Bevan & Hood 2006); size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.4),
    ),
    Parameter(
        "delegation.meetings",
        0.5,
        "hours per week",
        "Hours a week for which a full office calls each person to meetings.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        20.0,
        (0.2, 2.0),
    ),
    Parameter(
        "delegation.influence",
        1.0,
        "share",
        "How far power that is given to the office on paper is power in fact.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.3, 1.0),
    ),
    Parameter(
        "delegation.weight",
        0.7,
        "share",
        "Weight that the office gives to customers.",
        "Conjecture: speaking for customers is its job",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.5, 0.9),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {
    "delegation.polish": 0.0,
    "delegation.meetings": 0.0,
    "delegation.influence": 0.0,
}
"""An office that asks as everybody does, calls no meetings and is not listened to."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On wherever a policy sets up an office."""


def polished(score: float, office: float, polish: float) -> float:
    """Score as a full office (``office`` = 1) presents it: score + polish x office x (1 - score)."""
    return score + polish * office * (1.0 - score)


def heeded(line: float, office: float, power: float, influence: float, weight: float) -> float:
    """Line when the office has power: moved toward the office's own by influence x office x power."""
    share = influence * office * power
    return line if share == 0.0 else line + share * (weight - line)
