"""Executives' calendars and the moments that find a place in them."""

from __future__ import annotations

import numpy as np

from sim.agents.series import Appointment
from sim.kernel.arrays import FloatArray
from sim.mechanisms import calendar, moments
from sim.organization import Organization

_FARTHEST = 78  # weeks ahead beyond which nobody makes an appointment


def keep_calendars(org: Organization) -> None:
    """Executives' half days go to whoever asked and counts; customers get a sliver of them."""
    executives = org.executives
    shape = (len(executives), int(org.number("calendar.slots")))
    share = calendar.customer_share(executives.weight_customers, org.number("calendar.customer_requests"))
    busy = max(org.number("calendar.busy"), org.number("calendar.standing"))
    met = org.uniform("who is met", shape) < busy * share[:, None]
    executives.customer_time = met.mean(axis=1)


def _appointments(org: Organization, week: int) -> FloatArray:
    """One draw for each executive's half day of a week: it is taken while the share booked exceeds it."""
    shape = (len(org.executives), int(org.number("calendar.slots")))
    return org.streams.uniform("appointments", week, shape)


def make_moments(org: Organization) -> None:
    """Moments are given the first half day that all their executives have free, and carry their steps as far as time lasts."""
    series = org.series
    wanted = org.amount_overall("moments")
    if wanted == 0.0 or series.ended:
        series.credit, series.agreed = 0.0, []
        return
    series.credit += wanted
    while series.credit >= 1.0 - 1e-12:
        series.credit -= 1.0
        _ask_for(org)
    due = [appointment for appointment in series.agreed if appointment.week <= org.week]
    series.agreed = [appointment for appointment in series.agreed if appointment.week > org.week]
    for number, appointment in enumerate(due):
        if not series.ended:
            _hold(org, number, org.week - appointment.requested)


def _ask_for(org: Organization) -> None:
    """Find the first joint half day from next week on; without one within a year and a half the moment is given up."""
    attendees = min(int(org.number("moments.attendees")), len(org.executives))
    agreed = org.series.agreed
    found = calendar.first_joint_slot(
        lambda ahead: _appointments(org, org.week + ahead)[:attendees],
        lambda ahead: frozenset(each.slot for each in agreed if each.week == org.week + ahead),
        _FARTHEST,
        busy=org.number("calendar.busy"),
        standing=org.number("calendar.standing"),
        lead_weeks=org.number("calendar.lead_weeks"),
    )
    if found is not None:
        agreed.append(Appointment(org.week + found[0], found[1], org.week))


def _hold(org: Organization, number: int, waited: int) -> None:
    """A moment takes place: its steps, what people learn from it, and what it does to leaders' engagement."""
    series, employees = org.series, org.employees
    skill = moments.team_skill(org.number("moments.breadth"), org.number("moments.substitution"))
    speed = moments.pace(skill, series.engagement, org.number("moments.engagement"))
    needed = moments.time_needed(
        org.normal("steps of a moment", moments.STEPS, number),
        org.number("moments.step_hours"),
        org.number("moments.uncertainty"),
    )
    completed = moments.carry_through(org.number("moments.hours") * speed, needed)
    paid = moments.payoff(completed)
    employees.insight = np.where(
        employees.employed, moments.learn_from(employees.insight, paid, org.number("moments.learning")), 0.0
    )
    _share_empathy(org, number, float(completed[:2].prod()))
    series.waits.append(waited)
    series.payoffs.append(paid)
    series.engagement += org.number("moments.engagement_weight") * (paid - series.engagement)
    lost = org.number("moments.impatience") * (1.0 - series.engagement)
    series.ended = bool(org.uniform("leaders lose patience", 1, number)[0] < lost)


def _share_empathy(org: Organization, number: int, felt: float) -> None:
    """Those who take part have customers on their minds, as far as the first two steps got; it fades like all salience."""
    employees = org.employees
    keys = np.where(employees.employed, org.uniform("team of a moment", len(employees), number), np.inf)
    size = min(int(org.number("moments.team")), int(employees.employed.sum()))
    team = np.argsort(keys, kind="stable")[:size]
    employees.salience[team] += (1.0 - employees.salience[team]) * felt
