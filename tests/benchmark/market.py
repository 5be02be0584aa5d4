"""The fused kernel's customers, and the week's accounts."""

from __future__ import annotations

import numpy as np

from benchmark import names as n
from benchmark.curves import exp
from benchmark.draws import compiled, fill, key, normals, take, uniform

_TRIES = 3


@compiled
def call(seed, week, c, contact):
    """Who comes forward this week."""
    start, count = key(seed, week, n.CONTACT), 0.0
    for j in range(c.active.size):
        contact[j] = c.active[j] * (uniform(start, j) < c.contact_rate[j])
    for j in range(c.active.size):
        count += contact[j]
    return count


@compiled
def serve(seed, week, lavish, p, org, d, s, c, spent, contact, behind, support, now, blocks):
    """Contacts: whom customers meet, whether interests collide, what goes wrong, and what they make of it."""
    market = c.active.size
    meets, collides = key(seed, week, n.ASSIGNMENT), key(seed, week, n.CONFLICT)
    stakes, fails, amends = key(seed, week, n.STAKES), key(seed, week, n.FAILURE), key(seed, week, n.AMENDS)
    if lavish:
        for row, start in enumerate((meets, collides, stakes, stakes + np.uint64(1), fails, amends)):
            fill(blocks[row][:market], start)
    own_weight = org.customers_weight.mean()
    for j in range(market):
        if contact[j] == 0.0:
            continue
        seat = -1
        for attempt in range(_TRIES):
            draw = take(blocks[0], meets, j, lavish) if attempt == 0 else uniform(meets, market + 3 * j + attempt)
            candidate = org.facing_seats[int(draw * org.facing_seats.size)]
            if s.there[candidate] > 0.0:
                seat = candidate
                break
        served = 0.0
        if seat >= 0:
            served = ((1.0 - p.delivery_support) * s.delivery[seat] + p.delivery_support * behind) * support
        refused = False
        if take(blocks[1], collides, j, lavish) < p.conflict_rate:
            one, other = take(blocks[2], stakes, j, lavish), take(blocks[3], stakes + np.uint64(1), j, lavish)
            refused = _refuse(p, own_weight, one, other, now)
        if refused:
            served = 0.0
        broken = False
        if seat >= 0 and take(blocks[4], fails, j, lavish) < p.service_failure * (1.0 - served):
            now[n.FAILURES] += 1.0
            left = (1.0 - p.recovery_base) * (1.0 - p.recovery_practice * s.choice[seat])
            left *= 1.0 - spent[s.department[seat], n.AUTHORITY]
            broken = take(blocks[5], amends, j, lavish) >= 1.0 - left
            if broken:
                served *= 1.0 - p.service_severity
            else:
                now[n.RECOVERED] += 1.0
        c.contacts[j] += 1
        now[n.ENACTED] += served
        _experience(p, c, j, served, broken, refused)


@compiled
def _refuse(p, own_weight, one, other, now):
    """Whether a conflict is decided against the customer, by true weights and what is at stake."""
    one, other = normals(one, other)
    gain = p.conflict_gain * exp(p.conflict_spread * one)
    cost = p.conflict_cost * exp(p.conflict_spread * other)
    now[n.CONFLICTS] += 1.0
    if own_weight * gain <= (1.0 - own_weight) * cost:
        return True
    now[n.REVEALED] += 1.0
    now[n.CUSTOMER_VALUE] += gain
    now[n.SERVICE_COST] += cost
    return False


@compiled
def _experience(p, c, j, served, broken, refused):
    """Satisfaction, expectation, trust, depth and loyalty after a contact."""
    surprise = served - c.expectation[j]
    surprise *= p.satisfaction_loss_aversion if surprise < 0.0 else 1.0
    target = p.satisfaction_reference + p.satisfaction_performance * (served - p.expectation_market)
    target = min(max(target + p.satisfaction_disconfirmation * surprise, 0.0), 1.0)
    weight = p.satisfaction_weight / (1.0 + (c.tenure[j] + 1.0) / p.satisfaction_anchor_weeks)
    c.satisfaction[j] += weight * (target - c.satisfaction[j])
    c.expectation[j] += p.expectation_weight * (served - c.expectation[j])
    trust = c.trust[j] + p.trust_gain * served * (1.0 - c.trust[j])
    if broken:
        trust *= 1.0 - p.trust_loss
        c.depth[j] *= 1.0 - 2.0 * min(p.relationship_growth, 0.5)
    else:
        c.depth[j] += p.relationship_growth * served * (1.0 - c.depth[j])
    c.trust[j] = trust * (1.0 - p.trust_refusal) if refused else trust
    said = 0.5 * c.satisfaction[j] + 0.3 * c.trust[j] + 0.2 * c.depth[j]
    c.loyalty[j] += p.loyalty_weight * (said - c.loyalty[j])


@compiled
def stay_or_go(seed, week, p, org, c, now, blocks):
    """Customers talk, then stay or go."""
    start, odds, market = key(seed, week, n.CUSTOMER_LEAVES), blocks[0], c.active.size
    reference, sd, link = p.satisfaction_reference, p.satisfaction_sd, p.lifetime_satisfaction_link
    praise, complaint, count, revenue, lost = 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(market):
        deviation = (c.satisfaction[j] - reference) / sd
        praise += c.active[j] * max(deviation, 0.0)
        complaint += c.active[j] * max(-deviation, 0.0)
        count += c.active[j]
        revenue += c.active[j] * c.spending[j]
    for j in range(market):
        odds[j] = (1.0 - c.hazard[j]) * exp(link / sd * (c.satisfaction[j] - reference))
    for j in range(market):
        c.gone[j] = c.active[j] * (uniform(start, j) * (c.hazard[j] + odds[j]) < c.hazard[j])
    for j in range(market):
        c.tenure[j] += c.active[j]
    for j in range(market):
        c.active[j] -= c.gone[j]
        lost += c.gone[j]
    now[n.REVENUE], now[n.LOST] = revenue, lost
    share = p.word_of_mouth_positive_share
    said = 2.0 * (share * praise - (1.0 - share) * complaint) / max(count, 1.0)
    org.reputation[0] += (said - org.reputation[0]) * p.reputed
    now[n.RETENTION] = (count - lost) / max(count, 1.0)


@compiled
def come(seed, week, lavish, p, org, c, tables, now, blocks):
    """Prospects become customers."""
    start = key(seed, week, n.ACQUISITION)
    if lavish:
        fill(blocks[0][: c.active.size], start)
    readiness = min(p.customers_acquisition * exp(p.word_of_mouth_strength * org.reputation[0]), 1.0)
    for j in range(c.active.size):
        if c.active[j] + c.gone[j] > 0.0 or take(blocks[0], start, j, lavish) >= readiness:
            continue
        drawn = key(seed, week, n.NEWCOMER, j)
        worth, feels = normals(uniform(drawn, 0), uniform(drawn, 1))
        expects, _ = normals(uniform(drawn, 2), uniform(drawn, 3))
        c.active[j] = 1.0
        c.hazard[j] = tables.hazard[int(uniform(drawn, 4) * tables.hazard.size)]
        c.contact_rate[j] = min(p.service_contacts * (0.5 + uniform(drawn, 5)), 1.0)
        spread = p.money_margin_spread
        c.spending[j] = p.money_margin * exp(spread * worth - 0.5 * spread * spread)
        c.satisfaction[j] = min(max(p.satisfaction_reference + p.satisfaction_sd * feels, 0.0), 1.0)
        c.expectation[j] = min(max(p.expectation_market + 0.5 * p.satisfaction_sd * expects, 0.0), 1.0)
        c.trust[j], c.depth[j], c.tenure[j], c.contacts[j] = p.trust_initial, 0.0, 0.0, 0
        c.loyalty[j] = 0.5 * c.satisfaction[j] + 0.3 * p.trust_initial
        now[n.ACQUIRED] += 1.0


@compiled
def look_back(seed, week, lavish, p, org, d, c, spent, prices, messages, contacts, now, blocks):
    """The survey, executives' view of themselves, means over customers, and money."""
    _ask(seed, week, lavish, p, c, now, blocks)
    applause = 1.0 - exp(-p.executives_applause * messages)
    for index in range(org.assessment.size):
        view = org.assessment[index]
        if now[n.REPORTED] > 0.0:
            view += (min(1.0, now[n.REPORTED] + p.executives_flattery) - view) * p.assessed
        org.assessment[index] = view + (1.0 - view) * applause
    now[n.ESPOUSED] = p.executives_stated + (1.0 - p.executives_stated) * org.talk[0]
    now[n.ASSESSMENT] = org.assessment.mean()
    served = now[n.ENACTED]
    now[n.CONTACTS] = contacts
    now[n.ENACTED] = served / max(contacts, 1)
    now[n.PER_CUSTOMER] = served / max(now[n.ACTIVE], 1.0)
    now[n.REVEALED] /= max(now[n.CONFLICTS], 1.0)
    now[n.REVENUE] *= p.customers_represented
    cost = now[n.SERVICE_COST] + p.money_contact_cost * contacts + p.money_served_cost * served
    now[n.SERVICE_COST] = (cost + p.recovery_cost * now[n.RECOVERED]) * p.customers_represented
    now[n.CUSTOMER_VALUE] = (now[n.CUSTOMER_VALUE] + p.money_need_value * served) * p.customers_represented
    for resource in range(spent.shape[1]):
        for at in range(spent.shape[0]):
            reached = d.heads[at] if prices[resource, 1] > 0.0 else d.seats[at] / d.seats.sum()
            now[n.POLICY_COST] += prices[resource, 0] * spent[at, resource] * reached
    now[n.PROFIT] = now[n.REVENUE] - now[n.SERVICE_COST] - now[n.POLICY_COST]


@compiled
def _ask(seed, week, lavish, p, c, now, blocks):
    """Means over customers, and the score that those who answer give."""
    active, satisfaction, trust, loyalty, clients = 0.0, 0.0, 0.0, 0.0, 0.0
    deep = p.relationship_client_depth
    for j in range(c.active.size):
        active += c.active[j]
        satisfaction += c.active[j] * c.satisfaction[j]
        trust += c.active[j] * c.trust[j]
        loyalty += c.active[j] * c.loyalty[j]
        clients += c.active[j] * (c.depth[j] >= deep)
    count = max(active, 1.0)
    now[n.ACTIVE], now[n.CLIENTS] = active, clients
    now[n.SATISFACTION], now[n.TRUST], now[n.LOYALTY] = satisfaction / count, trust / count, loyalty / count
    start, answers = key(seed, week, n.SURVEY), 0
    asked = min(p.survey_sample / count, 1.0)
    if lavish:
        fill(blocks[0][: c.active.size], start)
    for j in range(c.active.size):
        draw = take(blocks[0], start, j, lavish)
        if draw < asked and c.active[j] > 0.0:
            deviation = (c.satisfaction[j] - p.satisfaction_reference) / p.satisfaction_sd
            odds = p.answer_odds * exp(p.survey_response_bias * deviation)
            if draw * (1.0 + odds) < asked * odds:
                now[n.REPORTED] += c.satisfaction[j]
                answers += 1
    now[n.REPORTED] /= max(answers, 1)
