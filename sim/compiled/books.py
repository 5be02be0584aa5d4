"""The week's end in compiled loops: the survey, the ledger, what goes on record."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled.amounts import largest_share
from sim.compiled.streams import KEY
from sim.compiled.sums import (
    any_of,
    by_department,
    count_of,
    mean_of,
    mean_of_some,
    positions_of,
    sum_of,
    sum_where,
)
from sim.kernel.compiling import inlined
from sim.kernel.draws import block, uniform
from sim.kernel.one import for_one
from sim.mechanisms import gaming, leadership

_response_chance = for_one(leadership.response_chance)
_talk_up = for_one(gaming.talk_up)
_espoused_level = for_one(leadership.espoused_level)


@inlined
def survey(e: Any, c: Any, m: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.books.survey`."""
    s.reported = np.nan
    count = count_of(c.active)
    if count == 0:
        return
    asked = min(p.survey_sample / count, 1.0)
    gamed = 0.0
    if any_of(e.gaming):
        total, people = 0.0, 0
        for seat in range(e.gaming.size):
            if e.facing[seat] and e.employed[seat]:
                total += e.gaming[seat]
                people += 1
        gamed = total / people if people > 0 else 0.0
    bias, rate = p.survey_response_bias + gamed * p.gaming_selection, p.survey_response_rate
    reference, per_sd = p.satisfaction_reference, 1.0 / p.satisfaction_sd
    start = block(keys[KEY.survey], int(s.week), 0)
    for row in range(c.active.size):
        m.chosen[row] = c.active[row] & (uniform(start, row) < asked)  # nobody answers unasked
    total, answers = 0.0, 0
    for index in range(positions_of(m.chosen, m.asked)):
        row = m.asked[index]
        said = c.satisfaction[row]
        chance = asked * _response_chance((said - reference) * per_sd, rate, bias)
        answered = uniform(start, row) < chance
        said = _talk_up(said, gamed, p.gaming_inflation) if gamed > 0.0 else said
        total += said if answered else 0.0
        answers += answered
    if answers > 0:
        s.reported = total / answers


@inlined
def keep_accounts(
    e: Any, c: Any, d: Any, m: Any, b: Any, squeezes: Any, amounts: Any, prices: Any, p: Any, s: Any
) -> None:
    """As :func:`sim.week.books.keep_accounts`."""
    late = p.dues_arrears != 0.0
    for row in range(c.active.size):
        pays = (c.active[row] | m.lost[row]) & (not m.acquired[row]) & (not (late & m.behind[row]))
        # Without contract, becoming a customer is a purchase.
        times = m.purchases[row] + (pays if c.contract[row] else m.acquired[row])
        m.aside[row] = c.spending[row] * times
    served, recovered = sum_of(m.served, b.lanes), count_of(m.recovered)
    s.revenue = sum_of(m.aside, b.lanes) + s.promoted + s.collected
    for squeeze in range(squeezes.shape[0]):
        if s.week < squeezes[squeeze, 1]:
            s.revenue *= 1.0 - squeezes[squeeze, 0]
    s.service_cost = p.money_contact_cost * s.contacts + p.money_served_cost * served
    s.service_cost += p.recovery_cost * recovered + s.conceded_cost
    s.service_cost += s.complexity * p.money_contact_cost * s.contacts
    s.customer_value = p.money_need_value * served + s.conceded_gain
    s.revenue *= p.customers_represented
    s.service_cost *= p.customers_represented
    s.service_cost += s.coordination_cost  # of people who are all there, and stand for nobody else
    s.customer_value *= p.customers_represented
    s.policy_cost = _pay_for_policy(e, d, b, amounts, prices)


@inlined
def _pay_for_policy(e: Any, d: Any, b: Any, amounts: Any, prices: Any) -> float:
    """As :func:`sim.week.shocks_and_funds.pay_for_policy`."""
    if largest_share(amounts) == 0.0:
        return 0.0
    seats, total = count_of(d.seats), 0.0
    for resource in range(amounts.shape[1]):
        spent = 0.0
        for department in range(d.seats.size):
            reached = b.heads[department] if prices[resource].by_head else d.seats[department] / seats
            spent += amounts[department, resource] * reached
        total += prices[resource].price * spent
    return total


@inlined
def record(e: Any, c: Any, d: Any, x: Any, f: Any, m: Any, b: Any, amounts: Any, p: Any, s: Any, o: Any) -> None:
    """As :func:`sim.week.books.record`, but for the policy's conditions, which are looked at outside."""
    s.sponsored = largest_share(amounts)
    _record_staff(e, d, f, b, o)
    o.espoused = _espoused_level(mean_of(x.stated), s.talk)
    o.reach = np.nan
    o.executive_self_assessment = mean_of(x.self_assessment)
    o.hired, o.left, o.dismissed, o.sponsored = s.hired, s.left_count, s.dismissed_count, s.sponsored
    _record_customers(c, m, b, p, s, o)
    o.reported, o.retention = s.reported, s.retention
    o.revenue, o.service_cost, o.policy_cost = s.revenue, s.service_cost, s.policy_cost
    o.profit, o.customer_value = s.revenue - s.service_cost - s.policy_cost, s.customer_value


@inlined
def _record_staff(e: Any, d: Any, f: Any, b: Any, o: Any) -> None:
    """Outcomes that employees show."""
    count, there = count_of(e.employed), e.employed
    o.practicing = mean_of_some(count, there, e.choice, b.lanes)
    o.internalization = mean_of_some(count, there, e.value, b.lanes)
    o.salience = mean_of_some(count, there, e.salience, b.lanes)
    o.compliance = mean_of_some(count, there, f.compliance, b.lanes)
    o.standard = mean_of_some(count, there, e.standard, b.lanes)
    o.cynicism = mean_of_some(count, there, e.cynicism, b.lanes)
    o.energy = mean_of_some(count, there, e.energy, b.lanes)
    o.employee_satisfaction = mean_of_some(count, there, e.satisfaction, b.lanes)
    o.attention_customer = mean_of_some(count, there, e.attention_customers, b.lanes)
    o.work_pressure = mean_of_some(count, there, f.pressure, b.lanes)
    mean = mean_of_some(count, there, e.definition, b.lanes)
    heads, ones = b.heads, b.total
    by_department(e.employed, e.department, e.choice, ones)
    for seat in range(e.value.size):
        f.aside[seat] = (e.definition[seat] - mean) ** 2
    apart = sum_where(e.employed, f.aside, b.lanes)
    o.employees = float(count)
    o.definition_agreement = o.department_gap = np.nan
    if count > 0:
        o.definition_agreement = min(max(1.0 - 2.0 * np.sqrt(apart / count), 0.0), 1.0)
        most, least = 0.0, 1.0
        for department in range(d.seats.size):
            if heads[department] > 0.0:
                most = max(most, ones[department] / heads[department])
                least = min(least, ones[department] / heads[department])
        o.department_gap = most - least


@inlined
def _record_customers(c: Any, m: Any, b: Any, p: Any, s: Any, o: Any) -> None:
    """Outcomes that customers and contacts show."""
    close, clients = p.relationship_client_depth, 0
    for row in range(c.active.size):
        clients += c.active[row] & (c.depth[row] >= close)
    count, served, conflicts = count_of(c.active), sum_of(m.served, b.lanes), count_of(m.conflict)
    o.satisfaction = mean_of_some(count, c.active, c.satisfaction, b.lanes)
    o.trust = mean_of_some(count, c.active, c.trust, b.lanes)
    o.attitudinal_loyalty = mean_of_some(count, c.active, c.loyalty, b.lanes)
    o.enacted = served / s.contacts if s.contacts > 0.0 else np.nan
    o.enacted_per_customer = served / count if count > 0 else np.nan
    o.revealed = count_of(m.conceded) / conflicts if conflicts > 0 else np.nan
    o.active_customers, o.active_clients = float(count), float(clients)
    o.acquired, o.lost = float(count_of(m.acquired)), float(count_of(m.lost))
    o.contacts, o.conflicts = s.contacts, float(conflicts)
    o.failures, o.recovered = float(count_of(m.failed)), float(count_of(m.recovered))
