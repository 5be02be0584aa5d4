"""Whose interest counts as the organization's: that of owners (the margin) or of politicians (elections).

Private and public organizations differ in nothing else (seed). Attention of politicians rises toward an election and is
gone after it: political business cycle (Nordhaus 1975; Rogoff 1990), here exp(-weeks to go / campaign) less its mean.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import effect_column, this_week
from sim.model.kernel.elementary_functions import exp, expm1
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Environment, Parameters, Week

PARAMETERS = declare("""
interest.political = 0.0 share; 0 to 1; own; tier 5
    Share of the organization's interest that politicians hold instead of owners: 0 private, 1 public.
    Source: Definition of the scenario
interest.cycle_weeks = 208 weeks; 4 to 1040, plausible 208 to 260; own; tier 3
    Weeks from one election to the next.
    Source: Legislatures of four or five years
interest.first_election = 104 weeks; 0 to 1000; own; tier 5
    Week of the first regular election; it may lie before or after the run.
    Source: Set by the scenario
interest.campaign_weeks = 26.0 weeks; 1 to 260, plausible 13 to 52; unknown; tier 5
    Time constant with which attention to voters rises toward an election.
    Source: Conjecture; political budget cycles are found in the year of the election and the one before
""")

NEUTRAL: Mapping[str, ParameterValue] = {"interest.political": 0.0}
"""Owners alone."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""A scenario says whose interest counts; it matters where the line follows convenience."""


COLUMNS = (
    effect_column(
        "campaigns", "Early elections called: the attention paid on their eve; over is the week of the vote."
    ),
)

NUMBERS = (
    this_week("political_attention", "Attention that politicians pay to voters, less its mean over a regular cycle."),
)


def attention_before_vote(weeks: float, campaign: float) -> float:
    """Attention that politicians pay to voters a number of weeks before a vote: exp(-weeks / campaign)."""
    return exp(-weeks / campaign)


def mean_attention(cycle: float, campaign: float) -> float:
    """Mean of that attention over a regular cycle of a number of weeks."""
    return -expm1(-cycle / campaign) / (-expm1(-1.0 / campaign) * cycle)


def convenience(slack: float, attention: float, political: float) -> float:
    """How convenient generosity is: owners' slack and politicians' attention, each by its share."""
    return (1.0 - political) * slack + political * attention


def update_political_attention(environment: Environment, parameters: Parameters, week: Week) -> None:
    """Politicians pay attention to voters, the more the nearer the vote."""
    if parameters.interest_political == 0.0:
        return
    first, cycle = int(parameters.interest_first_election), int(parameters.interest_cycle_weeks)
    campaign = parameters.interest_campaign_weeks
    attention = attention_before_vote((first - week.number) % cycle, campaign)
    for early in range(environment.campaigns.shape[0]):
        vote = environment.campaigns[early, 1]
        if week.number <= vote:
            attention = max(
                attention, environment.campaigns[early, 0] * attention_before_vote(vote - week.number, campaign)
            )
    week.political_attention = attention - mean_attention(cycle, campaign)
