"""Customers' week: they are served, something goes wrong, they feel it, they talk, they stay or go, others come."""

from __future__ import annotations

import numpy as np

from sim.kernel.arrays import FloatArray, IntArray
from sim.mechanisms import arbitration, conflict, delivery, gaming, lifetime, satisfaction, service, word_of_mouth
from sim.newcomers import FEELING_DRAWS, KIND_DRAWS, arrive
from sim.organization import Organization
from sim.week.offer import arriving, covered_by_promises
from sim.week.openness import expected, perceived, please, respond_to_failures, trust_earned, trust_lost

_TRIES = 3  # facing seats that a customer tries before giving up for this week


def serve(org: Organization) -> None:
    """Each customer in need meets an employee; conflicts are decided, some contacts go wrong, some are made right."""
    now, employees = org.now, org.employees
    market = len(org.customers)
    now.met = np.full(market, -1, dtype=np.int64)
    for attempt in range(_TRIES):
        seeking = np.flatnonzero(now.contact & (now.met < 0))
        if seeking.size:
            draws = org.uniform("assignment", market, attempt)[seeking]
            now.met[seeking] = service.assign(org.facing_seats, employees.employed, draws)
    seat = np.maximum(now.met, 0)
    found = now.contact & (now.met >= 0)
    served = np.where(found, arriving(org, _reaching(org)[seat], seat), 0.0)
    if now.permitted != 1.0:
        served = np.clip(served * now.permitted, 0.0, 1.0)
    _decide_conflicts(org)
    served = np.where(now.conflict & ~now.conceded, 0.0, served)
    draws = org.uniform("failure", (market, 2))
    odds = service.failure_odds(served, org.number("service.failure"))
    for share, until in org.surroundings.crises:
        if org.week < until:
            odds = service.odds_in_crisis(odds, share)
    now.failed = found & (draws[:, 0] < odds)
    odds = service.recovery_odds(
        employees.choice[seat].astype(np.float64),
        org.amount("recovery_authority")[seat],
        base=org.number("recovery.base"),
        by_practice=org.number("recovery.practice"),
    )
    now.recovered = respond_to_failures(org, now.failed & (draws[:, 1] < odds))
    broken = now.failed & ~now.recovered
    now.served = np.where(broken, served * (1.0 - org.number("service.severity")), served)
    org.customers.contacts += now.contact


def _reaching(org: Organization) -> FloatArray:
    """What would reach a customer through each seat: its own delivery and that of the departments behind it."""
    employees = org.employees
    behind = employees.employed & ~employees.facing
    share = org.number("delivery.support") if behind.any() else 0.0
    support = float(employees.delivery[behind].mean()) if behind.any() else 0.0
    return delivery.with_support(employees.delivery, support, org.now.support, share)


def _decide_conflicts(org: Organization) -> None:
    """Interests collide in some contacts; those in power decide by their true weights, or by where the line stands."""
    now, executives = org.now, org.executives
    market = len(org.customers)
    now.conflict = now.contact & (org.uniform("conflict", market) < org.number("conflict.rate"))
    now.conceded = np.zeros(market, dtype=np.bool_)
    rows = np.flatnonzero(now.conflict)
    normal = org.normal("stakes", (market, 2))[rows]
    gain = conflict.stakes(normal[:, 0], org.number("conflict.gain"), org.number("conflict.spread"))
    cost = conflict.stakes(normal[:, 1], org.number("conflict.cost"), org.number("conflict.spread"))
    if now.line is None:
        conceded = conflict.concede(
            gain,
            cost,
            float(executives.weight_customers.mean()),
            float(executives.weight_owners.mean()),
            float(executives.weight_self.mean()),
        )
    else:
        conceded = conflict.concede(gain, cost, now.line, 1.0 - now.line, 0.0)
    rule = str(org.parameters["arbitration.rule"])
    if rule != "hierarchy":
        conceded = arbitration.resolve(
            conceded,
            gain,
            cost,
            org.uniform("arbitration", market)[rows],
            rule,
            org.number("arbitration.appeals"),
            org.number("arbitration.covered"),
        )
    now.conceded[rows] = conceded
    now.conceded_gain = float(gain[conceded].sum())
    now.conceded_cost = float(cost[conceded].sum())


def experience(org: Organization) -> None:
    """Those who were in contact compare what they got with what they expected; satisfaction, trust and loyalty move."""
    customers, now = org.customers, org.now
    rows = np.flatnonzero(now.contact)
    customers.tenure[customers.active] += 1.0
    if rows.size == 0:
        return
    performance = perceived(org, rows)
    surprise = satisfaction.disconfirmation(performance, expected(org, rows), org.number("satisfaction.loss_aversion"))
    weight = satisfaction.experience_weight(
        org.number("satisfaction.weight"), customers.tenure[rows], org.number("satisfaction.anchor_weeks")
    )
    customers.satisfaction[rows] = satisfaction.update_satisfaction(
        customers.satisfaction[rows],
        performance,
        surprise,
        weight,
        reference=org.number("satisfaction.reference"),
        market=org.market,
        by_performance=org.number("satisfaction.performance"),
        by_disconfirmation=org.number("satisfaction.disconfirmation"),
    )
    please(org, rows, weight)
    customers.expectation[rows] = satisfaction.update_expectation(
        customers.expectation[rows], performance, org.number("expectation.weight")
    )
    if org.employees.gaming.any():
        gamed = np.where(now.met[rows] >= 0, org.employees.gaming[np.maximum(now.met[rows], 0)], 0.0)
        customers.expectation[rows] = gaming.talk_down(
            customers.expectation[rows], gamed, org.number("gaming.expectation")
        )
    _relate(org, rows, performance)


def _relate(org: Organization, rows: IntArray, performance: FloatArray) -> None:
    """Trust, depth of the relationship and attitudinal loyalty after this week's contacts."""
    customers, now = org.customers, org.now
    broken = now.failed[rows] & ~now.recovered[rows]
    refused = now.conflict[rows] & ~now.conceded[rows]
    customers.trust[rows] = satisfaction.update_trust(
        customers.trust[rows],
        performance,
        broken,
        refused,
        gain=trust_earned(org, rows),
        loss=trust_lost(org, rows),
        refusal=org.number("trust.refusal"),
    )
    customers.depth[rows] = satisfaction.deepen(
        customers.depth[rows], performance, broken, org.number("relationship.growth")
    )
    customers.loyalty[rows] = satisfaction.update_loyalty(
        customers.loyalty[rows],
        customers.satisfaction[rows],
        customers.trust[rows],
        customers.depth[rows],
        org.number("loyalty.weight"),
    )


def talk(org: Organization) -> None:
    """Customers talk; the organization's reputation follows what is said."""
    customers = org.customers
    said = word_of_mouth.voice(
        (customers.satisfaction - customers.redress)[customers.active],
        org.number("satisfaction.reference"),
        org.number("satisfaction.sd"),
        org.number("word_of_mouth.positive_share"),
    )
    org.reputation = word_of_mouth.update_reputation(org.reputation, said, org.number("word_of_mouth.memory_weeks"))


def leaving_chance(org: Organization) -> FloatArray:
    """Chance of each position's customer to leave this week, or to stop buying after a purchase."""
    customers = org.customers
    binding = customers.satisfaction - customers.redress
    deviation = (binding - org.number("satisfaction.reference")) / org.number("satisfaction.sd")
    own = np.where(customers.contract, customers.hazard, customers.dropout)
    return lifetime.leaving_probability(own, deviation, org.number("lifetime.satisfaction_link"))


def stay_or_go(org: Organization) -> None:
    """Customers under contract leave by own hazard, the others stop buying after a purchase; satisfaction shifts both."""
    customers, now = org.customers, org.now
    market = len(customers)
    chance = leaving_chance(org)
    now.leaving_draw = org.uniform("customer leaves", market)
    leaves = customers.active & customers.contract & (now.leaving_draw < chance)
    buying = customers.active & ~customers.contract
    expected_before = float(customers.rate[buying].sum())
    now.purchases = np.zeros(market, dtype=np.int64)
    stops = np.zeros(market, dtype=np.bool_)
    if buying.any():
        bought = lifetime.buy_within_week(
            customers.next_purchase,
            buying,
            customers.rate,
            chance,
            org.week + 1.0,
            lambda round_: _purchase_draws(org, round_),
        )
        now.purchases = bought.purchases
        stops = buying & ~bought.alive
        customers.next_purchase = np.where(buying, bought.next_purchase, customers.next_purchase)
    now.lost = leaves | stops
    _measure_retention(org, expected_before)
    now.lost_identity = np.where(now.lost, customers.identity, -1)
    customers.active &= ~now.lost
    customers.identity[now.lost] = -1
    org.customers_lost += int(now.lost.sum())


def _purchase_draws(org: Organization, round_: int) -> tuple[FloatArray, FloatArray]:
    """Draws for the ``round_``-th purchase of the week of every position."""
    market = len(org.customers)
    exponential = org.streams.exponential("next purchase", org.week, market, round_)
    return org.uniform("stops buying", market, round_), exponential


def _measure_retention(org: Organization, expected_before: float) -> None:
    """Share kept this week: of customers under contract, of expected purchases of the others, weighted by their numbers."""
    customers, lost = org.customers, org.now.lost
    contract = customers.active & customers.contract
    buying = customers.active & ~customers.contract
    under_contract, others = int(contract.sum()), int(buying.sum())
    if under_contract + others == 0:
        return
    kept = 0.0
    if under_contract:
        kept += under_contract - int((contract & lost).sum())
    if others:
        expected_after = float(customers.rate[buying & ~lost].sum())
        kept += others * (expected_after / expected_before if expected_before > 0.0 else 1.0)
    org.now.retention = kept / (under_contract + others)


def _readiness(org: Organization) -> float | FloatArray:
    """Chance that a prospect becomes a customer, reputation aside: higher where an offer of their own is promised."""
    base = org.number("customers.acquisition")
    if org.amount_overall("segments") == 0.0:
        return base
    return base * (1.0 + org.number("focus.reach") * covered_by_promises(org))


def come(org: Organization) -> None:
    """Prospects of the market become customers, more of them where the organization is well spoken of."""
    customers, now = org.customers, org.now
    prospects = ~customers.active & ~now.lost
    now.acquired = word_of_mouth.acquire(
        prospects,
        org.uniform("acquisition", len(customers)),
        _readiness(org),
        org.reputation,
        org.number("word_of_mouth.strength"),
    )
    count = int(now.acquired.sum())
    if count == 0:
        return
    rows = np.flatnonzero(now.acquired)
    # Few positions are taken in a week, so each has a block of its own instead of all drawing for nothing.
    drawn = np.array([org.uniform("newcomer kind", KIND_DRAWS + 1, position) for position in rows.tolist()])
    kind, agree = drawn[:, :KIND_DRAWS], drawn[:, KIND_DRAWS]
    feeling = np.array([org.normal("newcomer feeling", FEELING_DRAWS, position) for position in rows.tolist()])
    arrive(customers, rows, org.parameters, kind, feeling)
    customers.next_purchase[rows] += org.week + 1.0  # they come at the week's end
    customers.agreed[rows] = agree < org.number("promotion.wanted")
    customers.active |= now.acquired
    customers.identity[now.acquired] = org.customers_seen + np.arange(count)
    org.customers_seen += count
