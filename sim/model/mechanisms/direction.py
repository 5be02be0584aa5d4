"""Direction: what changes when executives weigh customers otherwise than those before them did.

Successors act. Where executives' mean true weight on customers stands above what the organization was used to, their example
has some people choose for the customer who would not; where it stands below, it has some desist who would. One rule serves
both ways. The same difference gives people hours for customers or takes them, and bonuses turn attention to customers or
away from them. The line in conflicts follows executives' weights in any case (:mod:`sim.model.mechanisms.line`).

That new chief executives change conduct all over an organization is well attested, with either sign (Home Depot's scores
from 2001 to 2008; Bertrand & Schoar 2003 for the effect of managers on policies). All sizes are conjectures.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.columns import number, this_week
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Executives, OrganizationNumbers, Week
from sim.model.kernel.sums import mean_of

PARAMETERS = declare("""
direction.example = 0.1 share; 0 to 1, plausible 0 to 0.3; unknown; tier 5
    Probability that a receptive person follows executives' own example in a week, for or against the customer, where they
    weigh customers twice as much as before, or not at all.
    Source: Direction: Bandura 1977; size is a conjecture: a third of what a manager's example does close by
direction.hours = 0.1 share; 0 to 1, plausible 0 to 0.2; unknown; tier 5
    Part of the work that executives who weigh customers twice as much take off people, and that those who do not weigh
    them at all lay upon them.
    Source: Conjecture: hours were the first thing cut at Home Depot
direction.bonus = 0.1 share; 0 to 1, plausible 0 to 0.2; unknown; tier 5
    Part of the attention for customers that bonuses add, or take away, where executives weigh customers twice as much as
    before, or not at all.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"direction.example": 0.0, "direction.hours": 0.0, "direction.bonus": 0.0}
"""Executives of other weights change nothing but the line."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default: successors act everywhere."""

NUMBERS = (
    number(
        "usual_customer_weight",
        "Executives' mean true weight on customers that the organization is used to.",
        "share",
        start="initial_customer_weight",
    ),
    this_week(
        "direction", "How much more executives weigh customers than the organization is used to, -1 to 1.", "ratio"
    ),
)


def direction_of(weight: float, usual: float) -> float:
    """How much more executives weigh customers than was usual: weight / usual - 1, from -1 to 1; 0 if usual is 0."""
    if usual <= 0.0:
        return 0.0
    return min(max(weight / usual - 1.0, -1.0), 1.0)


def follow_probability(direction: float, receptiveness: float, effect: float) -> float:
    """Probability that a person follows executives' example in a week: effect |direction| receptiveness, at most 1."""
    return min(effect * abs(direction) * receptiveness, 1.0)


def work_under_direction(direction: float, effect: float) -> float:
    """Factor on work: 1 - effect direction. Executives who weigh customers less lay more on people."""
    return 1.0 - effect * direction


def attention_under_direction(direction: float, effect: float) -> float:
    """Factor on attention for customers: 1 + effect direction."""
    return 1.0 + effect * direction


def initial_customer_weight(initial: InitialState) -> float:
    """Mean weight of the executives of the outset."""
    return float(initial.executives.weight_customers.mean())


def set_direction(executives: Executives, week: Week, organization: OrganizationNumbers) -> None:
    """The executives of this week are held against those that the organization is used to."""
    week.direction = direction_of(mean_of(executives.weight_customers), organization.usual_customer_weight)
