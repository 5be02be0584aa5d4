"""Contacts with customers in compiled loops: who meets whom, what arrives, who decides, what goes wrong."""

from __future__ import annotations

import math
from typing import Any

from sim.compiled.amounts import OF, overall
from sim.compiled.streams import KEY
from sim.compiled.sums import count_of, mean_of, smallest
from sim.compiled.world import place
from sim.kernel.compiling import inlined
from sim.kernel.draws import block, normal, uniform
from sim.kernel.dynamics import kept_after_a_week
from sim.kernel.one import for_one
from sim.mechanisms import conflict, delivery, focus, motive, needs, partners, service, structure

_TRIES = 3  # as in sim.week.service
OMBUDSMAN = place("arbitration.rule", "ombudsman")
CONTRACT = place("arbitration.rule", "contract")

_with_support = for_one(delivery.with_support)
_align = for_one(structure.align)
_coordination_cost = for_one(structure.coordination_cost)
_covered = for_one(focus.covered)
_serve_segments = for_one(focus.serve_segments)
_pays = for_one(motive.pays)
_serve_by_motive = for_one(motive.serve_by_motive)
_through_partners = for_one(partners.through_partners)
_fit = for_one(needs.fit)
_stakes = for_one(conflict.stakes)
_concede = for_one(conflict.concede)
_failure_odds = for_one(service.failure_odds)
_odds_in_crisis = for_one(service.odds_in_crisis)
_recovery_odds = for_one(service.recovery_odds)
_kept_after_a_week = for_one(kept_after_a_week)


@inlined
def serve(e: Any, c: Any, d: Any, x: Any, f: Any, m: Any, around: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.service.serve`, contact by contact in the order of ``m.rows``."""
    week, contacts = int(s.week), int(s.contacts)
    m.met[:] = -1
    m.served[:] = 0.0
    m.conflict[:] = m.conceded[:] = m.failed[:] = m.recovered[:] = m.apologized[:] = False
    s.conceded_gain = s.conceded_cost = 0.0
    promised = _set_up(e, d, amounts, p, s)
    _meet(e, m, around.facing_seats, contacts, keys, week)
    _decide(x, m, contacts, keys, week, p, s)
    _arrive(e, c, f, m, contacts, promised, around, p, s)
    for index in range(contacts):
        row = m.rows[index]
        m.served[row] = 0.0 if m.conflict[row] and not m.conceded[row] else m.aside[index]
        c.contacts[row] += 1
    _fail(e, m, around.crises, contacts, amounts, keys, p, s)
    _respond_to_failures(c, m, contacts, keys, week, p)


@inlined
def _fail(e: Any, m: Any, crises: Any, contacts: int, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As ``_fail`` of :mod:`sim.week.service`: what goes wrong, and what is made right at once."""
    failing, failure = block(keys[KEY.failure], int(s.week), 0), p.service_failure
    base, by_practice = p.recovery_base, p.recovery_practice
    for index in range(contacts):
        m.other[index] = _failure_odds(m.served[m.rows[index]], failure)
    for crisis in range(crises.shape[0]):
        if s.week < crises[crisis, 1]:
            for index in range(contacts):
                m.other[index] = _odds_in_crisis(m.other[index], crises[crisis, 0])
    for index in range(contacts):
        row = m.rows[index]
        m.chosen[index] = (m.met[row] >= 0) & (uniform(failing, 2 * row) < m.other[index])
    for index in range(contacts):
        if m.chosen[index]:
            row = m.rows[index]
            seat = m.met[row]
            m.failed[row] = True
            authority = amounts[e.department[seat], OF.recovery_authority]
            mended = _recovery_odds(float(e.choice[seat]), authority, base=base, by_practice=by_practice)
            m.recovered[row] = uniform(failing, 2 * row + 1) < mended


@inlined
def _support(e: Any, p: Any) -> tuple[float, float]:
    """Share of what reaches customers that hangs on the departments behind, and what those deliver, as ``_reaching``."""
    total, count = 0.0, 0
    for seat in range(e.delivery.size):
        if e.employed[seat] and not e.facing[seat]:
            total += e.delivery[seat]
            count += 1
    if count == 0:
        return 0.0, 0.0
    return p.delivery_support, total / count


@inlined
def _match(e: Any, f: Any, reality: Any) -> None:
    """As :func:`sim.mechanisms.needs.match`: share of what customers need that each person has a picture of."""
    f.agreed[:] = 0
    for dimension in range(reality.size):
        needed = reality[dimension]
        for seat in range(e.value.size):
            f.agreed[seat] += e.picture[seat, dimension] * needed
    for seat in range(e.value.size):
        f.match[seat] = 0.5 * (1.0 + f.agreed[seat] / reality.size)


@inlined
def _set_up(e: Any, d: Any, amounts: Any, p: Any, s: Any) -> float:
    """Costs of how the organization is set up, as :mod:`sim.week.offer` books them; segments promised."""
    if p.structure_by_customer > 0.0:
        heads = count_of(e.employed)
        s.coordination_cost += _coordination_cost(heads, p.structure_by_customer, p.structure_coordination)
    promised = overall(amounts, d.seats, OF.segments)
    if promised != 0.0:
        s.complexity = p.focus_complexity * promised
    return promised


@inlined
def covered_by_promises(row: int, promised: float, p: Any) -> float:
    """As :func:`sim.week.offer.covered_by_promises`, of one position."""
    return _covered(row, promised, int(p.focus_market_segments))


@inlined
def _arrive(e: Any, c: Any, f: Any, m: Any, contacts: int, promised: float, around: Any, p: Any, s: Any) -> None:
    """What reaches the customer of each contact, into ``m.aside``, as ``arriving`` of :mod:`sim.week.offer`."""
    front_share, behind = _support(e, p)
    for seat in range(e.value.size):
        f.aside[seat] = _with_support(e.delivery[seat], behind, s.support, front_share)
    for index in range(contacts):
        m.aside[index] = f.aside[max(m.met[m.rows[index]], 0)]
    if p.structure_by_customer > 0.0:
        for index in range(contacts):
            m.aside[index] = _align(m.aside[index], p.structure_by_customer, p.structure_alignment)
    if promised != 0.0:
        for index in range(contacts):
            covered = covered_by_promises(m.rows[index], promised, p)
            m.aside[index] = _serve_segments(
                m.aside[index], covered, promised, fit=p.focus_fit, dilution=p.focus_dilution
            )
    if p.motive_means > 0.0:
        _favor_who_pays(c, m, contacts, p)
    if p.partners_dependence > 0.0:
        weakest = smallest(around.partners)
        for index in range(contacts):
            m.aside[index] = _through_partners(m.aside[index], weakest, p.partners_dependence)
    if p.needs_weight > 0.0:
        _match(e, f, around.needs)
        for index in range(contacts):
            m.aside[index] = _fit(m.aside[index], f.match[max(m.met[m.rows[index]], 0)], p.needs_weight)
    for index in range(contacts):
        served = m.aside[index] if m.met[m.rows[index]] >= 0 else 0.0
        m.aside[index] = served if s.permitted == 1.0 else min(max(served * s.permitted, 0.0), 1.0)


@inlined
def _favor_who_pays(c: Any, m: Any, contacts: int, p: Any) -> None:
    """Service by motive, as in ``arriving`` of :mod:`sim.week.offer`."""
    for index in range(contacts):
        row = m.rows[index]
        visits, times = (c.contact_rate[row], 1.0) if c.contract[row] else (c.rate[row], c.rate[row])
        cost = visits * (p.money_contact_cost + p.money_served_cost)
        paying = _pays(c.spending[row] * times, cost, p.motive_hurdle)
        m.aside[index] = _serve_by_motive(m.aside[index], paying, p.motive_means, p.motive_cut)


@inlined
def _meet(e: Any, m: Any, facing_seats: Any, contacts: int, keys: Any, week: int) -> None:
    """Customers find somebody, or nobody after a few tries."""
    first = block(keys[KEY.assignment], week, 0)
    for index in range(contacts):
        row = m.rows[index]
        seat = facing_seats[int(uniform(first, row) * facing_seats.size)]
        m.met[row] = seat if e.employed[seat] else -1
    for attempt in range(1, _TRIES):
        again = block(keys[KEY.assignment], week, attempt)
        for index in range(contacts):
            row = m.rows[index]
            if m.met[row] < 0:
                seat = facing_seats[int(uniform(again, row) * facing_seats.size)]
                m.met[row] = seat if e.employed[seat] else -1


@inlined
def _decide(x: Any, m: Any, contacts: int, keys: Any, week: int, p: Any, s: Any) -> None:
    """Where interests collide, those in power decide, as ``_decide_conflicts`` of :mod:`sim.week.service`."""
    customers, owners, own = mean_of(x.weight_customers), mean_of(x.weight_owners), mean_of(x.weight_self)
    if not math.isnan(s.line_now):
        customers, owners, own = s.line_now, 1.0 - s.line_now, 0.0
    collide, stakes = block(keys[KEY.conflict], week, 0), block(keys[KEY.stakes], week, 0)
    rate, by_rule = p.conflict_rate, block(keys[KEY.arbitration], week, 0)
    for index in range(contacts):
        m.chosen[index] = uniform(collide, m.rows[index]) < rate
    for index in range(contacts):
        if not m.chosen[index]:
            continue
        row = m.rows[index]
        m.conflict[row] = True
        gain = _stakes(normal(stakes, 2 * row), p.conflict_gain, p.conflict_spread)
        cost = _stakes(normal(stakes, 2 * row + 1), p.conflict_cost, p.conflict_spread)
        conceded = _concede(gain, cost, customers, owners, own)
        if p.arbitration_rule == OMBUDSMAN:
            conceded = conceded or (gain > cost and uniform(by_rule, row) < p.arbitration_appeals)
        elif p.arbitration_rule == CONTRACT and uniform(by_rule, row) < p.arbitration_covered:
            conceded = gain > cost
        m.conceded[row] = conceded
        if conceded:
            s.conceded_gain += gain
            s.conceded_cost += cost


@inlined
def _respond_to_failures(c: Any, m: Any, contacts: int, keys: Any, week: int, p: Any) -> None:
    """As :func:`sim.week.openness.respond_to_failures`; what failed and was not made right is worth less."""
    notices = block(keys[KEY.noticed], week, 0)
    apologies = block(keys[KEY.apology], week, 0)
    wordy = p.recovery_words > 0.0
    if wordy:
        kept = _kept_after_a_week(p.recovery_memory_weeks)
        for row in range(c.apologies.size):
            c.apologies[row] *= kept
    for index in range(contacts):
        row = m.rows[index]
        if not m.failed[row]:
            continue
        noticed = p.recovery_notice >= 1.0 or uniform(notices, row) < p.recovery_notice
        m.recovered[row] &= noticed
        if not m.recovered[row]:
            m.apologized[row] = wordy and noticed and uniform(apologies, row) < p.recovery_apology
            m.served[row] *= 1.0 - p.service_severity
