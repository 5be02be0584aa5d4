"""Executives' calendars: they fill up weeks ahead, so that a joint free half day is rare.

The nearer a week, the more of its half days are taken. Standing appointments take their part at any distance.
Chief executives spend 72 % of their time in meetings, 75 % of it scheduled ahead, and 3 % with customers (Porter & Nohria
2018, 27 chief executives, 60,000 hours). Nothing quantitative on lead times of joint meetings is known: the one to three
months are the seed's, and follow here from how full calendars are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.model.kernel.columns import executive_column
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Customers, Executives, Parameters, Scratch, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import mean_where

PARAMETERS = declare("""
calendar.slots = 10 half days per week; 1 to 40, plausible 8 to 12; definition; tier 5
    Half days in an executive's week, the unit in which workshops are fixed.
    Source: Definition: five working days
calendar.busy = 0.95 share; 0 to 1, plausible 0.85 to 0.99; own; tier 5
    Share of half days that are taken when their week has come.
    Source: Porter & Nohria 2018: calendars of chief executives are full; the exact share is a conjecture
calendar.standing = 0.3 share; 0 to 1, plausible 0.15 to 0.45; own; tier 5
    Share of half days that standing appointments take, however far ahead.
    Source: Conjecture; 75 % of meetings are scheduled ahead (Porter & Nohria 2018)
calendar.lead_weeks = 6.0 weeks; 0.5 to 52, plausible 4 to 10; unknown; tier 5
    Time constant with which the rest of a week fills as it comes nearer.
    Source: Conjecture: appointments are made one to two months ahead
calendar.customer_requests = 0.1 share; 0 to 1, plausible 0.05 to 0.2; unknown; tier 5
    Share of requests for executives' time that come from customers.
    Source: Conjecture; what is granted of them follows executives' weights
calendar.listening = 0.5 per week; 0 to 1, plausible 0 to 1; unknown; tier 5
    How fast an executive who spent all time with customers would come to see the organization as they do.
    Source: Conjecture. 0 is the neutral setting
calendar.farthest_weeks = 78 weeks; 1 to 520; definition; tier 5
    Weeks ahead beyond which nobody makes an appointment.
    Source: Definition: a year and a half
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "calendar.busy": 0.0,
    "calendar.standing": 0.0,
    "calendar.listening": 0.0,
}
"""Executives are always free."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Every organization's executives have calendars. Where they meet customers, what they see there corrects
what they think."""


COLUMNS = (
    executive_column(
        "customer_time", "Share of this week's half days spent with customers.", newcomer=None, initial=0.0
    ),
)

STREAMS = ("who is met",)


def share_booked(weeks_ahead: float, busy: float, standing: float, lead_weeks: float) -> float:
    """Share of the half days of a week that are taken k weeks before: s + (b - s) exp(-k / tau), no less than s."""
    return standing + max(busy - standing, 0.0) * exp(-weeks_ahead / lead_weeks)


def customer_share(weight: float, requests: float) -> float:
    """Share of an executive's appointments that customers get: requests count by the weight of the party that asks.

    r w / (r w + (1 - r)(1 - w)), with the share r of requests that come from customers and the true weight w on them.
    """
    asked = requests * weight
    others = (1.0 - requests) * (1.0 - weight)
    total = asked + others
    known = total if total > 0.0 else 1.0
    return asked / known if total > 0.0 else 0.0


def assessment_after_visits(assessment: float, satisfaction: float, time: float, listening: float) -> float:
    """Self-assessment of an executive who meets customers, toward their satisfaction: C <- C + listening x time x (S - C)."""
    return assessment + listening * time * (satisfaction - assessment)


def allocate_executive_time(executives: Executives, parameters: Parameters, streams: Streams, week: Week) -> None:
    """Executives give their half days to those who ask, by the weight of each; customers get a small part."""
    slots = int(parameters.calendar_slots)
    busy = max(parameters.calendar_busy, parameters.calendar_standing)
    start = block(streams.who_is_met, week.number, 0)
    for row in range(executives.tenure.size):
        chance = busy * customer_share(executives.weight_customers[row], parameters.calendar_customer_requests)
        met = 0
        for slot in range(slots):
            met += uniform(start, row * slots + slot) < chance
        executives.customer_time[row] = met / slots


def learn_from_customer_visits(
    executives: Executives, customers: Customers, scratch: Scratch, parameters: Parameters
) -> None:
    """Executives who meet customers correct their self-assessment."""
    listening = parameters.calendar_listening
    if listening == 0.0:
        return
    mean = mean_where(customers.active, customers.satisfaction, scratch.partial_sums)
    if math.isnan(mean):
        return
    for row in range(executives.tenure.size):
        executives.self_assessment[row] = assessment_after_visits(
            executives.self_assessment[row], mean, executives.customer_time[row], listening
        )
