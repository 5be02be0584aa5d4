"""Remote work: employees who work from home see less of what colleagues do, so that norms spread less.

A worked example of an extension (docs/extensions.md). Share of working days done from home: about .28 in the United States
since 2022 (Barrero, Bloom & Davis 2023). That norms spread by what people see one another do is part of this model. How
much less they see at a distance is a conjecture.
"""

from __future__ import annotations

from sim.model.events import EventKind, declare_fields, put_in_force
from sim.model.extensions import outcome, step
from sim.model.kernel.columns import FLAG, effect_column, employee_column
from sim.model.kernel.parameters import declare
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import mean_of_count
from sim.model.policies.resources import Resource

PARAMETERS = declare("""
remote.share = 0.0 share; 0 to 1, plausible 0 to 0.5; own; tier 3
    Share of weeks that each employee works from home.
    Source: Barrero, Bloom & Davis 2023: about .28 of days in the United States; 0 is the neutral setting
remote.invisibility = 0.7 share; 0 to 1, plausible 0.3 to 1; unknown; tier 5
    Share of encounters that come to nothing because one of the two works from home.
    Source: Conjecture
remote.return_effect = 0.8 share; 0 to 1, plausible 0.5 to 1; unknown; tier 5
    Share of remote weeks that full office days bring back.
    Source: Conjecture
""")

NEUTRAL = {"remote.share": 0.0}

RESOURCES = (
    Resource(
        name="office_days",
        unit="share of weeks",
        low=0.0,
        high=1.0,
        meaning="Office days: share of weeks in which all employees are asked to come in.",
        per="head",
        cost=10.0,
        channels=("norm",),
        source="Conjecture: price of the desks",
    ),
)

COLUMNS = (
    employee_column("remote", "Whether this person works from home this week.", "yes or no", dtype=FLAG),
    effect_column("office_closures", "Closures of offices in force: the share of weeks from home."),
)

STREAMS = ("works from home", "goes unseen")


def remote_probability(share: float, office_days: float, effect: float) -> float:
    """Probability of working from home this week: share x (1 - effect x office days)."""
    return share * (1.0 - effect * office_days)


def close_offices(event, share, weeks, environment, week):
    """Offices are closed from this week on."""
    put_in_force(environment.office_closures, event, share, week.number + weeks)


EVENT_KINDS = (
    EventKind(
        name="office_closure",
        meaning="Offices close for a time: employees work from home, whatever the policy asks for.",
        fields=declare_fields("""
office_closure.share = 1.0 share; 0 to 1; own; tier 5
    Share of weeks that each employee works from home at least.
    Source: Set by the scenario
office_closure.weeks = 8 weeks; 1 to 5200; own; tier 5
    How long the offices are closed.
    Source: Set by the scenario
"""),
        apply=close_offices,
    ),
)


@step(before="observe_colleagues")
def work_from_home(employees, environment, policy, parameters, streams, week):
    """Some employees work from home this week."""
    start = block(streams.works_from_home, week.number, 0)
    closed = 0.0
    for event in range(environment.office_closures.shape[0]):
        if week.number < environment.office_closures[event, 1]:
            closed = max(closed, environment.office_closures[event, 0])
    for seat in range(employees.value.size):
        office_days = policy.office_days[employees.department[seat]]
        chance = remote_probability(parameters.remote_share, office_days, parameters.remote_return_effect)
        chance = max(chance, closed)
        employees.remote[seat] = employees.employed[seat] & (uniform(start, seat) < chance)


@step(after="observe_colleagues")
def forget_what_went_unseen(employees, parameters, streams, week):
    """Employees who work from home have seen less: some of the latest observations are set to 0."""
    start = block(streams.goes_unseen, week.number, 0)
    for seat in range(employees.value.size):
        last = employees.memory_cursor[seat] - 1
        if employees.remote[seat] and uniform(start, seat) < parameters.remote_invisibility:
            employees.memory_total[seat] -= employees.memory[seat, last]
            employees.memory[seat, last] = 0


@outcome("share")
def working_from_home(employees, scratch, week) -> float:
    """Share of employees who work from home this week. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.remote, scratch.partial_sums)
