"""Executives in compiled loops: they come and go, resources are set, credit is taken, calendars are kept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.compiled.amounts import OF, largest_share, overall
from sim.compiled.streams import KEY
from sim.compiled.sums import mean_where
from sim.kernel.compiling import inlined
from sim.kernel.draws import block, normal, uniform
from sim.kernel.one import for_one
from sim.mechanisms import calendar, credit, leadership

_WEEKS_A_YEAR = 52.0

_true_weights = for_one(leadership.true_weights)
_feel_important = for_one(credit.feel_important)
_get_through = for_one(credit.get_through)
_customer_share = for_one(calendar.customer_share)
_assess_oneself = for_one(leadership.assess_oneself)
_see_for_oneself = for_one(calendar.see_for_oneself)


@inlined
def succeed(x: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.shocks_and_funds.succeed`."""
    count = x.tenure.size
    week = int(s.week)
    weekly = -math.expm1(math.log1p(-min(p.executives_succession, 1.0 - 1e-12)) / _WEEKS_A_YEAR)
    forced = math.ceil(s.forced_succession * count)
    leaves = block(keys[KEY.executive_leaves], week, 0)
    weights = block(keys[KEY.successor_weights], week, 0)
    sponsor_left = False
    for row in range(count):
        x.tenure[row] += 1.0
        if not (row < forced or uniform(leaves, row) < weekly):
            continue
        sponsor_left |= row == 0
        x.weight_customers[row], x.weight_owners[row], x.weight_self[row] = _true_weights(
            normal(weights, 2 * row),
            normal(weights, 2 * row + 1),
            p.executives_customer_weight,
            p.executives_self_weight,
            p.executives_weight_spread,
        )
        x.self_assessment[row] = p.satisfaction_reference
        x.tenure[row] = 0.0
        x.identity[row] = int(s.executives_seen)
        s.executives_seen += 1.0
    if sponsor_left and s.begun != 0.0:
        keeps = uniform(block(keys[KEY.successor_keeps], week, 0), 0) < p.executives_successor_keeps
        if not keeps:
            s.program = 0.0


@inlined
def fund(amounts: Any, wanted: Any, cuts: Any, s: Any) -> None:
    """As :func:`sim.week.shocks_and_funds.fund`."""
    amounts[:] = 0.0
    if s.week < 0.0:
        return
    for department in range(wanted.shape[0]):
        open_to_cuts = 1.0 - wanted[department, OF.protected_budget]
        kept = 1.0 - (1.0 - s.program) * open_to_cuts
        for cut in range(cuts.shape[0]):
            if s.week < cuts[cut, 1]:
                kept *= 1.0 - cuts[cut, 0] * open_to_cuts
        for resource in range(wanted.shape[1]):
            asked = wanted[department, resource]
            amounts[department, resource] = asked * kept
            if asked != 0.0:
                s.begun = 1.0


@inlined
def take_credit(d: Any, amounts: Any, p: Any) -> None:
    """As :func:`sim.week.governance.take_credit`; what gets through is taken off where people learn to listen."""
    program = largest_share(amounts)
    seats, facing = 0, 0.0
    for department in range(d.seats.size):
        seats += d.seats[department]
        facing += d.facing[department] * d.seats[department]
    mean = facing / seats
    for department in range(d.seats.size):
        earned = program * (1.0 - p.credit_shared) * (d.facing[department] - mean)
        d.importance[department] = _feel_important(d.importance[department], earned, p.credit_weeks)


@inlined
def hear_less(e: Any, d: Any, f: Any, p: Any) -> None:
    """Second half of :func:`sim.week.governance.take_credit`."""
    threat = p.credit_threat
    if threat > 0.0:
        for seat in range(e.value.size):
            f.receptive[seat] *= _get_through(d.importance[e.department[seat]], threat)


@inlined
def keep_calendars(x: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.moments.keep_calendars`."""
    slots = int(p.calendar_slots)
    busy = max(p.calendar_busy, p.calendar_standing)
    start = block(keys[KEY.who_is_met], int(s.week), 0)
    for row in range(x.tenure.size):
        chance = busy * _customer_share(x.weight_customers[row], p.calendar_customer_requests)
        met = 0
        for slot in range(slots):
            met += uniform(start, row * slots + slot) < chance
        x.customer_time[row] = met / slots


@inlined
def look_in_the_mirror(c: Any, d: Any, x: Any, b: Any, amounts: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.books.look_in_the_mirror`."""
    messages = overall(amounts, d.seats, OF.speeches) + overall(amounts, d.seats, OF.posters)
    listening = p.calendar_listening
    mean = mean_where(c.active, c.satisfaction, b.lanes) if listening > 0.0 else np.nan
    for row in range(x.tenure.size):
        view = _assess_oneself(
            x.self_assessment[row],
            s.told,
            messages,
            applause=p.executives_applause,
            weeks=p.executives_assessment_weeks,
            flattery=p.executives_flattery,
        )
        if not math.isnan(mean):
            view = _see_for_oneself(view, mean, x.customer_time[row], listening)
        x.self_assessment[row] = view
