"""Contacts with customers in compiled loops: who meets whom, what arrives, who decides, what goes wrong."""

from __future__ import annotations

import math
from typing import Any

from sim.compiled.amounts import OF, overall
from sim.compiled.streams import KEY
from sim.compiled.sums import mean_of, smallest
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
    """As :func:`sim.week.service.serve`."""
    week, contacts = int(s.week), int(s.contacts)
    m.met[:] = -1
    m.served[:] = 0.0
    m.conflict[:] = m.conceded[:] = m.failed[:] = m.recovered[:] = m.apologized[:] = False
    s.conceded_gain = s.conceded_cost = 0.0
    front_share, behind = _support(e, p)
    promised = _set_up(e, d, amounts, p, s)
    if p.needs_weight > 0.0:
        _match(e, f, around.needs)
    weakest = smallest(around.partners)
    customers, owners, own = mean_of(x.weight_customers), mean_of(x.weight_owners), mean_of(x.weight_self)
    if not math.isnan(s.line_now):
        customers, owners, own = s.line_now, 1.0 - s.line_now, 0.0
    _meet(e, m, around.facing_seats, contacts, keys, week)
    failing, failure = block(keys[KEY.failure], week, 0), p.service_failure
    base, by_practice = p.recovery_base, p.recovery_practice
    for index in range(contacts):
        row = m.rows[index]
        _decide(m, row, keys, week, customers, owners, own, p, s)
        seat = max(m.met[row], 0)
        found = m.met[row] >= 0
        served = 0.0
        if found:
            served = _with_support(e.delivery[seat], behind, s.support, front_share)
            served = _arrive(c, f, row, seat, served, promised, weakest, p)
        if s.permitted != 1.0:
            served = min(max(served * s.permitted, 0.0), 1.0)
        if m.conflict[row] and not m.conceded[row]:
            served = 0.0
        odds = _failure_odds(served, failure)
        for crisis in range(around.crises.shape[0]):
            if s.week < around.crises[crisis, 1]:
                odds = _odds_in_crisis(odds, around.crises[crisis, 0])
        if found and uniform(failing, 2 * row) < odds:
            m.failed[row] = True
            authority = amounts[e.department[seat], OF.recovery_authority]
            mended = _recovery_odds(float(e.choice[seat]), authority, base=base, by_practice=by_practice)
            m.recovered[row] = uniform(failing, 2 * row + 1) < mended
        m.served[row] = served
        c.contacts[row] += 1
    _respond_to_failures(c, m, contacts, keys, week, p)


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
        heads = 0
        for seat in range(e.employed.size):
            heads += e.employed[seat]
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
def _arrive(c: Any, f: Any, row: int, seat: int, served: float, promised: float, weakest: float, p: Any) -> float:
    """As :func:`sim.week.offer.arriving`, of one contact."""
    if p.structure_by_customer > 0.0:
        served = _align(served, p.structure_by_customer, p.structure_alignment)
    if promised != 0.0:
        covered = covered_by_promises(row, promised, p)
        served = _serve_segments(served, covered, promised, fit=p.focus_fit, dilution=p.focus_dilution)
    if p.motive_means > 0.0:
        visits = c.contact_rate[row] if c.contract[row] else c.rate[row]
        worth = c.spending[row] * (1.0 if c.contract[row] else c.rate[row])
        cost = visits * (p.money_contact_cost + p.money_served_cost)
        served = _serve_by_motive(served, _pays(worth, cost, p.motive_hurdle), p.motive_means, p.motive_cut)
    if p.partners_dependence > 0.0:
        served = _through_partners(served, weakest, p.partners_dependence)
    if p.needs_weight > 0.0:
        served = _fit(served, f.match[seat], p.needs_weight)
    return served


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
def _decide(
    m: Any,
    row: int,
    keys: Any,
    week: int,
    customers: float,
    owners: float,
    own: float,
    p: Any,
    s: Any,
) -> None:
    """Where interests collide, those in power decide, as ``_decide_conflicts`` of :mod:`sim.week.service`."""
    if uniform(block(keys[KEY.conflict], week, 0), row) >= p.conflict_rate:
        return
    m.conflict[row] = True
    stakes = block(keys[KEY.stakes], week, 0)
    gain = _stakes(normal(stakes, 2 * row), p.conflict_gain, p.conflict_spread)
    cost = _stakes(normal(stakes, 2 * row + 1), p.conflict_cost, p.conflict_spread)
    conceded = _concede(gain, cost, customers, owners, own)
    if p.arbitration_rule == OMBUDSMAN or p.arbitration_rule == CONTRACT:
        draw = uniform(block(keys[KEY.arbitration], week, 0), row)
        if p.arbitration_rule == OMBUDSMAN:
            conceded = conceded or (gain > cost and draw < p.arbitration_appeals)
        elif draw < p.arbitration_covered:
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
