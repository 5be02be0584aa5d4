"""Coming and going of employees in compiled loops."""

from __future__ import annotations

from typing import Any

from sim.compiled.amounts import OF
from sim.compiled.streams import KEY
from sim.compiled.sums import heads_by_department
from sim.kernel.compiling import inlined
from sim.kernel.draws import block, uniform
from sim.kernel.one import betaincinv, for_one
from sim.mechanisms import attention, definitions, norm, staffing

SEEN = norm.SEEN

_weekly_from_monthly = for_one(staffing.weekly_from_monthly)
_leaving_odds = for_one(staffing.leaving_odds)
_dismissal_odds = for_one(staffing.dismissal_odds)
_leave = for_one(staffing.leave)
_fulfilment = for_one(attention.internal_fulfilment)
_bring = for_one(definitions.bring)


@inlined
def staff(e: Any, d: Any, f: Any, b: Any, around: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.people.staff`."""
    week, seats = int(s.week), e.value.size
    s.left_count = s.dismissed_count = 0.0
    _go(e, f, around, keys, p, s)
    _managers_leave(e, d, f, b)
    hires = block(keys[KEY.hire], week, 0)
    come = 1.0 / p.hiring_delay_weeks
    merges = block(keys[KEY.merger], week, 0)
    hired = 0
    for seat in range(seats):
        e.tenure[seat] += 1.0
        if f.gone[seat]:
            # The other organization's people come with the merger.
            filled = s.forced_merger > 0.0 and uniform(merges, seat) < s.forced_merger
            e.employed[seat] = False
            e.identity[seat] = -1
            e.choice[seat] = 0
        else:
            filled = not e.employed[seat] and uniform(hires, seat) < come
        if filled:
            _join(e, seat, int(s.employees_seen), amounts[e.department[seat], OF.hiring_filter], keys, week, p)
            s.employees_seen += 1.0
            hired += 1
    s.hired = float(hired)
    heads_by_department(e.employed, e.department, b.heads)


@inlined
def _go(e: Any, f: Any, around: Any, keys: Any, p: Any, s: Any) -> None:
    """Who leaves, of their own accord or sent away, by an event or by a merger."""
    week = int(s.week)
    leaves = block(keys[KEY.leave], week, 0)
    exits = block(keys[KEY.manager_exit], week, 0)
    merges = block(keys[KEY.merger], week, 0)
    base = _weekly_from_monthly(p.employees_turnover)
    by_boss = _weekly_from_monthly(p.employees_dismissal)
    reference, link = p.employees_satisfaction_initial, p.employees_satisfaction_link
    need, steepness = p.attention_internal_need, p.employees_dismissal_steepness
    # Nobody leaves more readily than the least satisfied, and nobody is dismissed before those who did nothing asked.
    most = _leaving_odds(base, 0.0, reference, link) + _dismissal_odds(by_boss, 0.0, steepness) + 1e-12
    left, dismissed = 0, 0
    for seat in range(e.value.size):
        f.gone[seat] = False
        if not e.employed[seat]:
            continue
        draw, goes, sent = uniform(leaves, seat), False, False
        if draw < most:
            met = _fulfilment(e.attention_customers[seat], f.role_share[seat], need)
            at_will = _leaving_odds(base, e.satisfaction[seat], reference, link)
            goes, sent = _leave(True, draw, at_will, _dismissal_odds(by_boss, met, steepness))
        if s.exits_forced != 0.0 and f.manages[seat]:
            goes |= uniform(exits, seat) < around.manager_exit[e.department[seat]]
        if s.forced_merger > 0.0:
            goes |= uniform(merges, seat) < s.forced_merger
        if goes:
            f.left[left] = e.identity[seat]
            left += 1
        elif sent:
            f.dismissed[dismissed] = e.identity[seat]
            dismissed += 1
        f.gone[seat] = goes or sent
    s.left_count, s.dismissed_count = float(left), float(dismissed)


@inlined
def _managers_leave(e: Any, d: Any, f: Any, b: Any) -> None:
    """As ``_managers_leave`` of :mod:`sim.week.people`."""
    count = d.seats.size
    carriers, lost = b.total, b.other
    carriers[:] = lost[:] = 0.0
    for seat in range(e.value.size):
        if f.manages[seat]:
            carriers[e.department[seat]] += 1.0
            lost[e.department[seat]] += f.gone[seat]
    for department in range(count):
        d.adopted[department] *= 1.0 - lost[department] / max(carriers[department], 1.0)


@inlined
def _join(e: Any, seat: int, identity: int, hiring_filter: float, keys: Any, week: int, p: Any) -> None:
    """As :func:`sim.newcomers.join`, of one person."""
    e.identity[seat] = identity
    e.employed[seat] = True
    e.value[seat] = _hired_value(seat, hiring_filter, keys, week, p)
    start = block(keys[KEY.remembered_elsewhere], week, 0)
    size = e.memory.shape[1]
    total = 0
    for entry in range(size):
        seen = SEEN if uniform(start, seat * size + entry) < p.hiring_outside_practice else 0
        e.memory[seat, entry] = seen
        total += seen
    e.memory_total[seat] = total
    e.memory_cursor[seat] = 0
    e.definition[seat] = _bring(uniform(block(keys[KEY.newcomer_definition], week, 0), seat), p.definitions_spread)
    e.salience[seat] = e.exposure[seat] = e.compliance[seat] = e.habit[seat] = e.crowding[seat] = 0.0
    e.gaming[seat] = e.insight[seat] = e.tenure[seat] = 0.0
    e.attention_customers[seat] = e.attention_colleagues[seat] = 0.0
    e.attention_bosses[seat] = e.attention_deadlines[seat] = 0.0
    e.picture[seat, :] = 0
    e.choice[seat] = 0
    e.surveilled[seat] = False
    e.standard[seat] = p.hiring_standard
    e.energy[seat] = 1.0
    e.cynicism[seat] = p.cynicism_initial
    e.satisfaction[seat] = p.employees_satisfaction_initial
    e.justice[seat] = p.justice_initial


@inlined
def _hired_value(seat: int, hiring_filter: float, keys: Any, week: int, p: Any) -> float:
    """As :func:`sim.newcomers.hired_values`, of one person: the best candidate has the largest draw."""
    candidates = int(p.hiring_candidates)
    start = block(keys[KEY.candidates], week, 0)
    chosen = uniform(start, seat * candidates)
    if uniform(block(keys[KEY.candidate_picked], week, 0), seat) < hiring_filter:
        for candidate in range(1, candidates):
            chosen = max(chosen, uniform(start, seat * candidates + candidate))
    mean, concentration = p.hiring_value_mean, p.hiring_value_concentration
    return betaincinv(mean * concentration, (1.0 - mean) * concentration, chosen)
