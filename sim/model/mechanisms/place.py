"""Decoupling: executives choose how much of a program ends as talk instead of work (Meyer & Rowan 1977).

Each compares what work and talk promise within their own horizon. Work costs owners now. Later it serves customers and
owners, if the executive is still there and sees a gap to close. Talk brings applause now, and a reckoning if someone can
hold executives to their word. Horizon, power and results have no sign of their own in the choice: horizon and results act
through the probability of still being there, power through the reckoning. Evidence: decoupling is more frequent
with power and poor prior performance (Westphal & Zajac 1994; 2001), and poor results cost executives their posts
(Warner, Watts & Wruck 1988).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Executives, OrganizationNumbers, Parameters, PolicyAmounts, Resources
from sim.model.kernel.sums import clip
from sim.model.mechanisms.line import slack

PARAMETERS = declare("""
place.decoupling = 0.4 share; 0 to 1, plausible 0 to 0.8; unknown; tier 5
    Share of a program that executives who expect much more of talk than of work turn into talk.
    Source: Conjecture; decoupling is partial where it is found (Westphal & Zajac 1994)
place.power = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    Executives' power over those who could hold them to their word.
    Source: Conjecture
place.horizon_weeks = 208.0 weeks; 4 to 2600, plausible 52 to 520; unknown; tier 3
    Time over which executives expect to reap what they sow.
    Source: Tenure of departing S&P 500 executives 7 to 11 years; half of it lies ahead on average
place.payback_weeks = 104.0 weeks; 0 to 1040, plausible 26 to 156; unknown; tier 5
    Time that work on centricity takes to pay.
    Source: Conjecture; capability traps take half a year to two years to pay (Repenning & Sterman 2002)
place.pressure = 0.01 per week; 0 to 1, plausible 0.003 to 0.03; unknown; tier 5
    Further hazard of losing one's post that executives see in the worst results.
    Source: Direction: Warner, Watts & Wruck 1988; a quarter of exits are dismissals; size is a conjecture
place.cost = 0.3 ratio; 0 to 10, plausible 0.1 to 1; unknown; tier 5
    What executives think work costs owners now, over what it would give them later.
    Source: Conjecture
place.reckoning = 0.3 ratio; 0 to 10, plausible 0.1 to 1; unknown; tier 5
    What being held to their word would cost executives without power, over what work would give later.
    Source: Conjecture
place.sharpness = 6.0 per unit of worth; 0 to 100, plausible 2 to 12; unknown; tier 5
    How surely executives take what they expect more of.
    Source: Conjecture: logit choice, as sharp as the middle of employees'
place.talk = 1.0 speeches per week; 0 to 5, plausible 0.3 to 2; unknown; tier 5
    Speeches a week, and share of sites with posters, that a full program turned to talk comes to.
    Source: Conjecture: as much as the symbolic bundle
""")

NEUTRAL: Mapping[str, ParameterValue] = {"place.decoupling": 0.0}
"""A program is what was adopted."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Executives everywhere have a choice between saying and doing."""


def retention_probability(payback: float, horizon: float, poor: float, pressure: float) -> float:
    """Probability of still being there when work pays: exp(-payback (1 / horizon + pressure x poor)).

    Args:
        payback, horizon: Weeks that work takes to pay, and that executives expect to stay in ordinary times.
        poor: How poor recent results are, 0 to 1.
        pressure: Further hazard at the worst results, per week.
    """
    return exp(-payback * (1.0 / horizon + pressure * poor))


def expected_payoff_of_work(customers: float, owners: float, assessment: float, staying: float, cost: float) -> float:
    """What each executive expects of work: staying x gap x (customers + owners) - cost x owners.

    Args:
        customers, owners: True weights of customers, and of owners or politicians.
        assessment: How good each thinks the organization is already; the gap is what is missing to 1.
        staying: Probability of still being there when it pays.
        cost: Cost now over worth later.
    """
    return staying * (1.0 - assessment) * (customers + owners) - cost * owners


def expected_payoff_of_talk(own: float, assessment: float, power: float, reckoning: float) -> float:
    """What each executive expects of talk: applause now, less a reckoning, which is smaller for those with power.

    own x (1 - assessment) - reckoning x (1 - power). Applause, too, counts only as far as the executive sees a gap.
    """
    return own * (1.0 - assessment) - reckoning * (1.0 - power)


def talk_probability(work: float, talk: float, sharpness: float) -> float:
    """Logit choice of each executive between what talk and work promise: 1 / (1 + exp(-sharpness x (talk - work)))."""
    return 1.0 / (1.0 + exp(clip(sharpness * (work - talk), -50.0, 50.0)))


def decouple_talk_from_work(
    executives: Executives,
    policy: PolicyAmounts,
    resources: Resources,
    parameters: Parameters,
    organization: OrganizationNumbers,
) -> None:
    """Executives choose how much of the program's work ends as talk, by what work and talk promise within their horizon."""
    if parameters.place_decoupling == 0.0 or not has_work(policy, resources):
        return
    poor = max(-slack(organization.recent_profit, organization.normal_profit), 0.0)
    staying = retention_probability(
        parameters.place_payback_weeks, parameters.place_horizon_weeks, poor, parameters.place_pressure
    )
    chosen = 0.0
    for row in range(executives.tenure.size):
        view = executives.self_assessment[row]
        customers, owners = executives.weight_customers[row], executives.weight_owners[row]
        worth = expected_payoff_of_work(customers, owners, view, staying, parameters.place_cost)
        applause = expected_payoff_of_talk(
            executives.weight_self[row], view, parameters.place_power, parameters.place_reckoning
        )
        chosen += talk_probability(worth, applause, parameters.place_sharpness)
    turned = parameters.place_decoupling * (chosen / executives.tenure.size)
    for department in range(policy.speeches.size):
        program = largest_work_share(policy, resources, department)
        for resource in range(len(policy)):
            if resources[resource].is_work:
                policy[resource][department] *= 1.0 - turned
            elif resources[resource].is_talk:
                said = policy[resource][department] + turned * program * parameters.place_talk
                policy[resource][department] = min(said, resources[resource].limit)


def has_work(policy: PolicyAmounts, resources: Resources) -> bool:
    """Whether the program has any work in it."""
    for department in range(policy.speeches.size):
        if largest_work_share(policy, resources, department) != 0.0:
            return True
    return False


def largest_work_share(policy: PolicyAmounts, resources: Resources, department: int) -> float:
    """Largest amount of work in a department, each against its limit."""
    largest = 0.0
    for resource in range(len(policy)):
        if resources[resource].is_work:
            largest = max(largest, policy[resource][department] / resources[resource].limit)
    return largest
