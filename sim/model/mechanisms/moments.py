"""Moments: workshops in which a team shares what customers go through and makes it pay, in six steps and limited time.

The six steps: align managers; understand what customers go through; identify opportunities; resolve misalignments; frame
and prioritize; plan and implement. A team works on one step until it is done, so that lack of time cuts the last ones. The
payoff is the product of how far each step got. The team's pace depends on a mix of skills that can hardly replace one
another (constant elasticity of substitution: Arrow, Chenery, Minhas & Solow 1961), and on engaged leaders, whom early wins
keep engaged. The chain is the seed's; all sizes are conjectures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.model.kernel.amounts import mean_over_seats
from sim.model.kernel.columns import FLAG, WHOLE, employee_column, environment_column, number, this_week
from sim.model.kernel.elementary_functions import exp, power
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import (
    Departments,
    Employees,
    Environment,
    Executives,
    OrganizationNumbers,
    Parameters,
    PolicyAmounts,
    Scratch,
    Streams,
    Week,
)
from sim.model.kernel.scalar_draws import block, normal, uniform
from sim.model.kernel.sums import any_of, rank
from sim.model.mechanisms.calendar import share_booked
from sim.model.mechanisms.delivery import raised_delivery

STEPS = 6

EMPATHIC_STEPS = 2
"""Steps in which people come to share what customers go through."""

SKILLS = 4
"""Customer research, change management, strategic planning, design of work."""

PARAMETERS = declare("""
moments.hours = 40.0 hours; 0 to 400, plausible 20 to 60; lever; tier 5
    Working time that a moment has for its six steps.
    Source: Conjecture for the seed's claim: a workshop and what is done around it
moments.step_hours = 5.0 hours; 0.1 to 100, plausible 4 to 7; unknown; tier 5
    Time that a step takes a well mixed team with engaged leaders.
    Source: Conjecture for the seed's claim: such a team just gets through in the time it has
moments.uncertainty = 0.3 sd of log; 0 to 2, plausible 0.1 to 0.6; unknown; tier 5
    How much the time that a step takes varies.
    Source: Conjecture for the seed's claim
moments.breadth = 0.8 share; 0 to 1, plausible 0.2 to 1; lever; tier 5
    Share of the team's skill that is spread evenly over the skills needed (0: one skill only).
    Source: Conjecture for the seed's claim
moments.substitution = 0.5 elasticity; 0.1 to 0.95, plausible 0.2 to 0.9; unknown; tier 5
    How easily one skill stands in for another (below 1: hardly).
    Source: Conjecture for the seed's claim; low by the seed's argument that several are needed at once
moments.engagement = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    Part of the team's pace that hangs on leaders' engagement.
    Source: Conjecture for the seed's claim
moments.attendees = 3 executives; 1 to 100, plausible 2 to 5; lever; tier 5
    Executives who must be there (all of them, if there are fewer).
    Source: Conjecture for the seed's claim
moments.team = 12 people; 0 to 1000, plausible 6 to 25; lever; tier 4
    Employees who take part in a moment.
    Source: Common size of a workshop (practitioner)
moments.learning = 0.15 share; 0 to 1, plausible 0.05 to 0.3; unknown; tier 5
    Share of what there is to improve that everyone learns from a moment carried through to its end.
    Source: Conjecture for the seed's claim
moments.effect = 0.3 share; 0 to 1, plausible 0.1 to 0.5; unknown; tier 5
    Share of unserved needs that someone serves who has learned all that moments can teach.
    Source: Conjecture for the seed's claim
moments.first_engagement = 0.8 index; 0 to 1, plausible 0.5 to 1; unknown; tier 5
    Engagement of leaders before the first moment.
    Source: Conjecture for the seed's claim: they began it
moments.engagement_weight = 0.3 share; 0 to 1, plausible 0.1 to 0.5; unknown; tier 5
    Weight of the last moment's payoff in leaders' engagement.
    Source: Conjecture for the seed's claim
moments.impatience = 0.2 share; 0 to 1, plausible 0.05 to 0.5; unknown; tier 5
    Chance that leaders without any engagement left end the series after a moment.
    Source: Conjecture for the seed's claim; programs that get worse before better are abandoned (Repenning & Sterman
    2002)
""")

NEUTRAL: Mapping[str, ParameterValue] = {"moments.effect": 0.0, "moments.team": 0}
"""Moments take place and change nothing."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults are plausible; without moments they do nothing."""

COLUMNS = (
    employee_column("insight", "What this person has learned in moments shared with customers in mind."),
    environment_column(
        "appointments",
        "Moments agreed on: the week in which each half day was asked for, -1 where none is; a row a week, in turn.",
        "week",
        bounds=(-1, None),
        dtype=WHOLE,
        initial=-1.0,
        rows="calendar.farthest_weeks + 1",
        width="calendar.slots",
    ),
)

NUMBERS = (
    number("engagement", "How engaged leaders are.", start="moments.first_engagement"),
    number("moments_due", "Moments paid for and not yet asked for.", "moments"),
    number("moments_ended", "Whether leaders have lost patience.", "yes or no", dtype=FLAG),
    this_week("moments_held", "Moments held.", "count", dtype=WHOLE),
    this_week("moments_wait", "Weeks from asking to meeting, sum over moments held.", "weeks", dtype=WHOLE),
    this_week("moments_payoff", "Payoff, sum over moments held."),
)

STREAMS = ("appointments", "steps of a moment", "team of a moment", "leaders lose patience")


def team_skill(breadth: float, substitution: float) -> float:
    """Skill of a team of given headcount against an evenly mixed one: constant elasticity of substitution, 0 to 1.

    Q = [(1/K) sum (K a_k)^rho]^(1/rho), rho = (sigma - 1)/sigma < 0; shares a_k are breadth/K, the first skill has the
    rest as well. A team without one of the skills gets nowhere.
    """
    if breadth == 0.0:
        return 0.0
    rho = (substitution - 1.0) / substitution
    share = max(breadth / SKILLS, 1e-12)
    total = power(SKILLS * (share + 1.0 - breadth), rho)
    for _ in range(1, SKILLS):
        total += power(SKILLS * share, rho)
    return power(total / SKILLS, 1.0 / rho)


def team_pace(skill: float, engagement: float, weight: float) -> float:
    """Pace of a team: skill x (1 - weight (1 - engagement))."""
    return skill * (1.0 - weight * (1.0 - engagement))


def step_hours(normal: float, hours: float, uncertainty: float) -> float:
    """Hours that a step takes at full pace: lognormal with the given mean."""
    return hours * exp(uncertainty * normal - 0.5 * uncertainty * uncertainty)


def share_completed(hours: float, needed: float) -> float:
    """How far a step gets in the hours that earlier steps have left, 0 to 1."""
    return min(max(hours, 0.0) / max(needed, 1e-12), 1.0)


def update_insight(insight: float, paid: float, learning: float) -> float:
    """Insight of people after a moment: I <- I + (1 - I) learning x payoff. They keep it, and take it along when they leave."""
    return insight + (1.0 - insight) * learning * paid


def hold_moments(
    employees: Employees,
    departments: Departments,
    executives: Executives,
    environment: Environment,
    scratch: Scratch,
    policy: PolicyAmounts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """A moment gets the first half day that all its executives have free, and carries its steps as far as time lasts."""
    requested = mean_over_seats(policy.moments, departments.seats)
    appointments = environment.appointments
    if requested == 0.0 or organization.moments_ended:
        organization.moments_due = 0.0
        appointments[:] = -1
        return
    organization.moments_due += requested
    while organization.moments_due >= 1.0 - 1e-12:
        organization.moments_due -= 1.0
        schedule_moment(appointments, executives, parameters, streams, week)
    row = week.number % appointments.shape[0]
    number, slot = 0, earliest_request(appointments, row)
    while slot >= 0:
        if not organization.moments_ended:
            week.moments_wait += week.number - appointments[row, slot]
            hold_one_moment(number, employees, scratch, parameters, streams, week, organization)
        appointments[row, slot] = -1
        number, slot = number + 1, earliest_request(appointments, row)


def earliest_request(appointments: Any, row: int) -> int:
    """Half day of the moment that was asked for first, among those of a week; -1 if there is none."""
    found = -1
    for slot in range(appointments.shape[1]):
        asked = appointments[row, slot]
        if asked >= 0 and (found < 0 or asked < appointments[row, found]):
            found = slot
    return found


def schedule_moment(
    appointments: Any, executives: Executives, parameters: Parameters, streams: Streams, week: Week
) -> None:
    """Take the first joint half day from next week on. If there is none up to the farthest week, the moment is given up."""
    attendees = min(int(parameters.moments_attendees), executives.tenure.size)
    rows, slots = appointments.shape
    for ahead in range(1, rows):
        booked = share_booked(
            ahead, parameters.calendar_busy, parameters.calendar_standing, parameters.calendar_lead_weeks
        )
        # A half day's draw is the same from week to week, so that a taken half day stays taken as its week comes nearer.
        draws, row = block(streams.appointments, week.number + ahead, 0), (week.number + ahead) % rows
        for slot in range(slots):
            free = appointments[row, slot] < 0
            for attendee in range(attendees):
                free = free and uniform(draws, attendee * slots + slot) >= booked
            if free:
                appointments[row, slot] = week.number
                return


def hold_one_moment(
    number: int,
    employees: Employees,
    scratch: Scratch,
    parameters: Parameters,
    streams: Streams,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """A moment takes place: its steps, what people learn from it, and what it does to leaders' engagement."""
    skill = team_skill(parameters.moments_breadth, parameters.moments_substitution)
    left = parameters.moments_hours * team_pace(skill, organization.engagement, parameters.moments_engagement)
    draws = block(streams.steps_of_a_moment, week.number, number)
    paid, felt = 1.0, 1.0
    for step in range(STEPS):
        needed = step_hours(normal(draws, step), parameters.moments_step_hours, parameters.moments_uncertainty)
        done = share_completed(left, needed)
        left -= needed
        paid *= done
        felt *= done if step < EMPATHIC_STEPS else 1.0
    for seat in range(employees.insight.size):
        learned = update_insight(employees.insight[seat], paid, parameters.moments_learning)
        employees.insight[seat] = learned if employees.employed[seat] else 0.0
    raise_salience_of_team(number, felt, employees, scratch, parameters, streams, week)
    week.moments_held += 1
    week.moments_payoff += paid
    organization.engagement += parameters.moments_engagement_weight * (paid - organization.engagement)
    lost = parameters.moments_impatience * (1.0 - organization.engagement)
    organization.moments_ended = uniform(block(streams.leaders_lose_patience, week.number, number), 0) < lost


def raise_salience_of_team(
    number: int,
    felt: float,
    employees: Employees,
    scratch: Scratch,
    parameters: Parameters,
    streams: Streams,
    week: Week,
) -> None:
    """Salience and empathy rise in those who take part, as far as the first steps got. Both fade."""
    draws, count = block(streams.team_of_a_moment, week.number, number), 0
    for seat in range(employees.employed.size):
        if employees.employed[seat]:
            scratch.seat_value[count], scratch.seat_list[count] = uniform(draws, seat), seat
            count += 1
    rank(scratch.seat_value, scratch.seat_starts, scratch.seat_order, count, 1.0)
    for place in range(min(int(parameters.moments_team), count)):
        seat = scratch.seat_list[scratch.seat_order[place]]
        employees.salience[seat] += (1.0 - employees.salience[seat]) * felt
        employees.empathy[seat] += (1.0 - employees.empathy[seat]) * felt


def apply_insight(employees: Employees, parameters: Parameters) -> None:
    """Those who have learned from moments serve better."""
    if not any_of(employees.insight):
        return
    for seat in range(employees.value.size):
        employees.delivery[seat] = raised_delivery(
            employees.delivery[seat], employees.insight[seat], parameters.moments_effect
        )
