"""Whose interest counts as the organization's: owners', who look at the margin, or politicians', who look at elections.

Private and public organizations differ in nothing else (seed). Attention of politicians rises toward an election and is
gone after it: political business cycle (Nordhaus 1975; Rogoff 1990), here exp(-weeks to go / campaign) less its mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "interest.political",
        0.0,
        "share",
        "Share of the organization's interest that politicians hold instead of owners: 0 private, 1 public.",
        "Definition of the scenario",
        Tier.CONJECTURE,
        0.0,
        1.0,
    ),
    Parameter(
        "interest.cycle_weeks",
        208,
        "weeks",
        "Weeks from one election to the next.",
        "Legislatures of four or five years",
        Tier.OBSERVATION,
        4,
        1040,
        (208, 260),
    ),
    Parameter(
        "interest.first_election",
        104,
        "weeks",
        "Week of the first regular election; it may lie before or after the run.",
        "Set by the scenario",
        Tier.CONJECTURE,
        0,
        1000,
    ),
    Parameter(
        "interest.campaign_weeks",
        26.0,
        "weeks",
        "Time constant with which attention to voters rises toward an election.",
        "Conjecture; political budget cycles are found in the year of the election and the one before",
        Tier.CONJECTURE,
        1.0,
        260.0,
        (13.0, 52.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"interest.political": 0.0}
"""Owners alone."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""A scenario says whose interest counts; it matters where the line follows convenience."""


def political_attention(
    week: int, first: int, cycle: int, campaign: float, early: Iterable[tuple[int, float]] = ()
) -> float:
    """Attention that politicians pay to voters this week, less its mean over a regular cycle (about -0.1 to 0.9).

    Args:
        week: This week.
        first, cycle: Week of a regular election, and weeks between two.
        campaign: Time constant with which attention rises toward the vote, weeks.
        early: Early elections: week of the vote and attention paid on its eve, 0 to 1.
    """
    usual = math.exp(-((first - week) % cycle) / campaign)
    called = [size * math.exp(-(vote - week) / campaign) for vote, size in early if week <= vote]
    mean = -math.expm1(-cycle / campaign) / (-math.expm1(-1.0 / campaign) * cycle)
    return max([usual, *called]) - mean


def convenience(slack: float, attention: float, political: float) -> float:
    """How convenient it is to be generous: owners' slack and politicians' attention, each by its share."""
    return (1.0 - political) * slack + political * attention
