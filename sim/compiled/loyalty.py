"""Customers who leave, stop buying or come, in compiled loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.compiled.amounts import OF, overall
from sim.compiled.service import covered_by_promises
from sim.compiled.streams import KEY
from sim.compiled.sums import count_of, positions_of
from sim.kernel.compiling import inlined
from sim.kernel.draws import block, exponential, normal, uniform
from sim.kernel.one import for_one
from sim.mechanisms import ledger, lifetime, word_of_mouth
from sim.newcomers import CONTACT_SPREAD, FEELING_DRAWS, KIND_DRAWS

if FEELING_DRAWS != 3 or KIND_DRAWS != 5:
    raise ImportError("sim.compiled.loyalty makes a customer of five uniform and three normal draws")

_ROUNDING = 1.0 + 1e-12

_leaving_probability = for_one(lifetime.leaving_probability)
_waiting_time = for_one(lifetime.waiting_time)
_annual_churn = for_one(lifetime.annual_churn)
_hazard_a_week = for_one(lifetime.hazard_a_week)
_purchase_rate = for_one(lifetime.purchase_rate)
_dropout_probability = for_one(lifetime.dropout_probability)
_spending = for_one(ledger.spending)
_acquire = for_one(word_of_mouth.acquire)


@inlined
def stay_or_go(c: Any, m: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.service.stay_or_go`."""
    for row in range(c.active.size):
        if m.lost[row]:
            m.lost_identity[row] = -1  # of last week; all others are so already
    under_contract = _leave_contracts(c, m, keys, p, s)
    contracts_kept = under_contract - count_of(m.lost)
    others, expected_before, expected_after = 0, 0.0, 0.0
    if count_of(c.contract) < c.contract.size:
        others, expected_before, expected_after = _stop_buying(c, m, keys, p, s)
    for row in range(c.active.size):
        if m.lost[row]:
            m.lost_identity[row] = c.identity[row]
            c.active[row] = False
            c.identity[row] = -1
            s.customers_lost += 1.0
    s.retention = np.nan
    if under_contract + others > 0:
        kept = float(contracts_kept)
        if others > 0:
            kept += others * (expected_after / expected_before if expected_before > 0.0 else 1.0)
        s.retention = kept / (under_contract + others)


@inlined
def _leave_contracts(c: Any, m: Any, keys: Any, p: Any, s: Any) -> int:
    """Customers under contract who leave, into ``m.lost``; how many had a contract."""
    leaves = block(keys[KEY.customer_leaves], int(s.week), 0)
    reference, per_sd, link = p.satisfaction_reference, 1.0 / p.satisfaction_sd, p.lifetime_satisfaction_link
    under_contract = 0
    # Most draws are far above the probability of leaving, h / (h + (1 - h) exp(x)): it is at most h for x >= 0 and at
    # most h / (1 + x) for -1 < x < 0, since exp(x) >= 1 + x. It is worked out for the few others only.
    for row in range(c.active.size):
        m.leaving_draw[row] = uniform(leaves, row)
        shift = link * (c.satisfaction[row] - c.redress[row] - reference) * per_sd
        near = m.leaving_draw[row] * (1.0 + min(shift, 0.0)) <= c.hazard[row] * _ROUNDING
        m.lost[row] = c.active[row] & c.contract[row] & near
    for index in range(positions_of(m.lost, m.asked)):
        row = m.asked[index]
        deviation = (c.satisfaction[row] - c.redress[row] - reference) * per_sd
        m.lost[row] = m.leaving_draw[row] < _leaving_probability(c.hazard[row], deviation, link)
    for row in range(c.active.size):
        under_contract += c.active[row] & c.contract[row]
    return under_contract


@inlined
def _stop_buying(c: Any, m: Any, keys: Any, p: Any, s: Any) -> tuple[int, float, float]:
    """Customers without contract who stop, into ``m.lost``; how many there were, purchases expected of all and of who stay."""
    week = int(s.week)
    reference, per_sd, link = p.satisfaction_reference, 1.0 / p.satisfaction_sd, p.lifetime_satisfaction_link
    others, before, after = 0, 0.0, 0.0
    for row in range(c.active.size):
        if c.contract[row]:
            continue
        m.purchases[row] = 0
        if not c.active[row]:
            continue
        others += 1
        before += c.rate[row]
        if c.next_purchase[row] < week + 1.0:
            deviation = (c.satisfaction[row] - c.redress[row] - reference) * per_sd
            m.lost[row] = _buy(c, m, row, _leaving_probability(c.dropout[row], deviation, link), keys, week)
        if not m.lost[row]:
            after += c.rate[row]
    return others, before, after


@inlined
def _buy(c: Any, m: Any, row: int, chance: float, keys: Any, week: int) -> bool:
    """As :func:`sim.mechanisms.lifetime.buy_within_week`, of one customer: whether they stop buying."""
    round_ = 0
    while c.next_purchase[row] < week + 1.0:
        m.purchases[row] += 1
        if uniform(block(keys[KEY.stops_buying], week, round_), row) < chance:
            c.next_purchase[row] = np.inf
            return True
        waits = exponential(block(keys[KEY.next_purchase], week, round_), row)
        c.next_purchase[row] += _waiting_time(c.rate[row], waits)
        round_ += 1
    return False


@inlined
def come(c: Any, d: Any, m: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.service.come`."""
    week = int(s.week)
    draws = block(keys[KEY.acquisition], week, 0)
    promised = overall(amounts, d.seats, OF.segments)
    base, strength, reputation = p.customers_acquisition, p.word_of_mouth_strength, s.reputation
    # Nobody comes whose draw lies above the chance of the readiest.
    most = base * (1.0 + p.focus_reach * (promised > 0.0)) * math.exp(min(max(strength * reputation, -50.0), 50.0))
    most *= 1.0 + 1e-12
    for row in range(c.active.size):
        m.acquired[row] = (uniform(draws, row) <= most) & (not c.active[row]) & (not m.lost[row])
    for row in range(c.active.size):
        if not m.acquired[row]:
            continue
        ready = base
        if promised != 0.0:
            ready = base * (1.0 + p.focus_reach * covered_by_promises(row, promised, p))
        m.acquired[row] = _acquire(True, uniform(draws, row), ready, reputation, strength)
        if m.acquired[row]:
            _arrive(c, row, keys, week, p)
            c.next_purchase[row] += week + 1.0  # they come at the week's end
            c.active[row] = True
            c.identity[row] = int(s.customers_seen)
            s.customers_seen += 1.0


@inlined
def _arrive(c: Any, row: int, keys: Any, week: int, p: Any) -> None:
    """As :func:`sim.newcomers.arrive`, of one customer, whose position has a block of its own."""
    kind = block(keys[KEY.newcomer_kind], week, row)
    feeling = block(keys[KEY.newcomer_feeling], week, row)
    if c.contract[row]:
        churn = _annual_churn(uniform(kind, 0), p.lifetime_churn_alpha, p.lifetime_churn_beta)
        c.hazard[row] = _hazard_a_week(churn)
        c.rate[row] = c.dropout[row] = 0.0
        c.next_purchase[row] = np.inf
        spread = 1.0 + CONTACT_SPREAD * (2.0 * uniform(kind, 4) - 1.0)
        c.contact_rate[row] = min(p.service_contacts * spread, 1.0)
    else:
        c.hazard[row] = c.contact_rate[row] = 0.0
        c.rate[row] = _purchase_rate(uniform(kind, 1), p.lifetime_purchase_shape, p.lifetime_purchase_scale)
        c.dropout[row] = _dropout_probability(uniform(kind, 2), p.lifetime_dropout_a, p.lifetime_dropout_b)
        c.next_purchase[row] = _waiting_time(c.rate[row], -math.log1p(-uniform(kind, 3)))
    mean = p.money_margin if c.contract[row] else p.money_purchase
    c.spending[row] = mean * _spending(normal(feeling, 0), 1.0, p.money_margin_spread)
    sd = p.satisfaction_sd
    c.satisfaction[row] = min(max(p.satisfaction_reference + sd * normal(feeling, 1), 0.0), 1.0)
    c.expectation[row] = min(max(p.expectation_market + 0.5 * sd * normal(feeling, 2), 0.0), 1.0)
    c.trust[row] = p.trust_initial
    c.loyalty[row] = 0.5 * c.satisfaction[row] + 0.3 * c.trust[row]
    c.depth[row] = c.tenure[row] = 0.0
    c.contacts[row] = 0
    c.redress[row] = c.apologies[row] = c.irritation[row] = c.dues[row] = 0.0
    c.blocked[row] = False
    c.agreed[row] = uniform(kind, KIND_DRAWS) < p.promotion_wanted
