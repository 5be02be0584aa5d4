"""The next fad: attention moves on when another arrives, more readily if the current one disappoints.

Adaptive emulation (Strang & Macy 2001): a disappointing topic is dropped with (1 - outcome) (1 - I^(lambda n)), n quarters of
use, and the success story of the day is believed with 1 - S^(lambda N), N stories; lambda = 1/4. Arrivals are a
Poisson process. A new fad takes what talk and example had built, but not what people have learned to value.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import WHOLE, number, this_week
from sim.model.kernel.elementary_functions import expm1, power
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import (
    Employees,
    Executives,
    OrganizationNumbers,
    Parameters,
    PolicyAmounts,
    Resources,
    Streams,
    Week,
)
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.mechanisms.line import slack

_SOURCE = "Strang & Macy 2001, as quoted in a public re-implementation"

PARAMETERS = declare("""
fads.rate = 0.5 per year; 0 to 12, plausible 0 to 1; unknown; tier 5
    Fads that come up in a year.
    Source: Conjecture; waves of fashion every one to three years (Abrahamson & Fairchild 1999)
fads.inertia = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 1
    Reluctance to give up what has been used for a while (1: nothing is ever given up).
    Source: Strang & Macy 2001, as quoted in a public re-implementation
fads.skepticism = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 1
    Reluctance to believe others' success stories (0: naive).
    Source: Strang & Macy 2001, as quoted in a public re-implementation
fads.stories = 8 stories; 0 to 100, plausible 2 to 20; unknown; tier 5
    Success stories that go round about a fad when it arrives.
    Source: Conjecture
fads.displacement = 0.3 share; 0 to 1, plausible 0.1 to 0.6; unknown; tier 5
    Share of people's attention to the current topic that a new one takes at once.
    Source: Conjecture
fads.novelty = 0.1 share; 0 to 1, plausible 0 to 0.3; unknown; tier 5
    How far a new fad lifts what executives think of their organization.
    Source: Conjecture; emotional upswing of fashions (Abrahamson & Fairchild 1999)
fads.calibration = 0.25; 0.01 to 5, plausible 0.1 to 0.5; unknown; tier 1
    How fast use and stories add up in giving a topic up (lambda).
    Source: Strang & Macy 2001, as quoted in a public re-implementation
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "fads.rate": 0.0,
    "fads.inertia": 1.0,
    "fads.displacement": 0.0,
    "fads.novelty": 0.0,
}
"""No fad comes up, and one that an event brings takes nothing."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Fads come to every organization: one in two years."""


_WEEKS_A_QUARTER = 13.0

_WEEKS_A_YEAR = 52.0


NUMBERS = (
    number("talk_left", "Share of talk and example that later fads have left to the program.", "share", start=1.0),
    number("talk_weeks", "Weeks for which the program has been talked about.", "weeks", dtype=WHOLE),
    this_week("fad", "Appeal of a fad that an event brings."),
)

STREAMS = ("fad comes up", "topic given up")


def arrival_probability(rate: float) -> float:
    """Probability that a fad comes up this week: 1 - exp(-rate / 52)."""
    return -expm1(-rate / _WEEKS_A_YEAR)


def abandonment_probability(
    outcome: float, weeks: float, appeal: float, inertia: float, skepticism: float, stories: float, calibration: float
) -> float:
    """Probability that the current topic is given up for the new one.

    appeal (1 - outcome) (1 - I^(lambda weeks / 13)) (1 - S^(lambda stories)).

    Args:
        outcome: How well executives think things go, 0 to 1.
        weeks: Weeks for which the current topic has been talked about.
        appeal: Appeal of the newcomer, 0 to 1.
        inertia, skepticism, stories: I, S and N.
        calibration: lambda.
    """
    used = power(inertia, calibration * weeks / _WEEKS_A_QUARTER)
    disbelieved = power(skepticism, calibration * stories)
    return appeal * (1.0 - outcome) * (1.0 - used) * (1.0 - disbelieved)


def salience_after_displacement(salience: float, displacement: float, appeal: float) -> float:
    """Attention left to the current topic: salience x (1 - displacement x appeal)."""
    return salience * (1.0 - displacement * appeal)


def follow_fads(
    employees: Employees,
    executives: Executives,
    policy: PolicyAmounts,
    resources: Resources,
    parameters: Parameters,
    streams: Streams,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """Fads come up and take attention. Disappointed executives give up the current topic."""
    appeal = week.fad
    if parameters.fads_rate > 0.0 and week.number >= 0:
        comes_up = uniform(block(streams.fad_comes_up, week.number, 0), 0) < arrival_probability(parameters.fads_rate)
        appeal = 1.0 if comes_up else appeal
    shown = False
    for resource in range(len(policy)):
        for department in range(policy[resource].size):
            shown |= resources[resource].by_attention and policy[resource][department] != 0.0
    organization.talk_weeks += shown
    if appeal > 0.0:
        start_fad(employees, executives, appeal, parameters, streams, week, organization)
    if organization.talk_left < 1.0:
        for department in range(policy.protected_budget.size):
            protected = policy.protected_budget[department]
            kept = organization.talk_left + (1.0 - organization.talk_left) * protected
            for resource in range(len(policy)):
                if resources[resource].by_attention:
                    policy[resource][department] *= kept


def start_fad(
    employees: Employees,
    executives: Executives,
    appeal: float,
    parameters: Parameters,
    streams: Streams,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """A fad of this appeal arrives: attention moves to it, executives are pleased, and the current topic may be dropped."""
    for seat in range(employees.salience.size):
        employees.salience[seat] = salience_after_displacement(
            employees.salience[seat], parameters.fads_displacement, appeal
        )
    for row in range(executives.tenure.size):
        pleased = parameters.fads_novelty * appeal * (1.0 - executives.self_assessment[row])
        executives.self_assessment[row] += pleased
    chance = abandonment_probability(
        0.5 * (1.0 + slack(organization.recent_profit, organization.normal_profit)),
        organization.talk_weeks,
        appeal,
        parameters.fads_inertia,
        parameters.fads_skepticism,
        parameters.fads_stories,
        parameters.fads_calibration,
    )
    if uniform(block(streams.topic_given_up, week.number, 0), 0) < chance:
        organization.talk_left = 0.0
