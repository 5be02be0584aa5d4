"""The fused kernel's employees and executives."""

from __future__ import annotations

import math

import numpy as np

from benchmark import names as n
from benchmark.curves import exp, log
from benchmark.draws import compiled, fill, key, normals, take, uniform


@compiled
def succeed(seed, week, p, org, forced):
    """Executives leave and are succeeded; a sponsor's successor goes on with the program or ends it."""
    start = key(seed, week, n.SUCCESSION)
    count = org.customers_weight.size
    for index in range(count):
        if index < math.ceil(forced * count) or uniform(start, index) < p.succeeded:
            one, other = normals(uniform(start, 100 + 2 * index), uniform(start, 101 + 2 * index))
            spread = p.executives_weight_spread
            customers = p.executives_customer_weight * exp(spread * one - 0.5 * spread * spread)
            own = p.executives_self_weight * exp(spread * other - 0.5 * spread * spread)
            org.customers_weight[index] = customers / max(customers + own, 1.0)
            org.assessment[index] = p.satisfaction_reference
            if index == 0 and org.begun[0] and uniform(start, 99) >= p.executives_successor_keeps:
                org.program[0] = 0.0


@compiled
def open_week(p, org, d, spent):
    """Amounts and talk; nobody has been counted yet."""
    seats, messages = d.seats.sum(), 0.0
    for at in range(d.seats.size):
        messages += (spent[at, n.SPEECHES] + spent[at, n.POSTERS]) * d.seats[at] / seats
    org.begun[0] = org.begun[0] or spent.any()
    kept = org.talk[0] * p.talk_kept
    org.talk[0] = kept - (1.0 - kept) * math.expm1(-2.0 * messages / p.espoused_memory_weeks)
    d.heads[:] = 0
    d.delivered[:] = 0.0
    d.managers_gone[:] = 0
    return messages


@compiled
def come_and_go(seed, week, lavish, p, d, s, spent, tables, now, blocks):
    """People leave, are dismissed, are hired; what colleagues will see of each is noted."""
    leave, hire, seats = key(seed, week, n.LEAVE), key(seed, week, n.HIRE), s.choice.size
    stays, gone = blocks[1], blocks[2]
    link, usual, steepness = (
        p.employees_satisfaction_link,
        p.employees_satisfaction_initial,
        p.employees_dismissal_steepness,
    )
    log_stays, log_kept_on = p.log_stays, p.log_kept_on
    for i in range(seats):
        stays[i] = log_stays * exp(link * (usual - s.satisfaction[i]))
    for i in range(seats):
        kept = exp(stays[i] + log_kept_on * exp(steepness * (1.0 - s.fulfilled[i])))
        gone[i] = s.there[i] * (1.0 - uniform(leave, i) > kept)
    if lavish:
        fill(blocks[0][:seats], hire)
    for i in range(seats):
        s.tenure[i] += 1.0
    for i in range(seats):
        at = s.department[i]
        if s.there[i] == 0.0:
            if take(blocks[0], hire, i, lavish) < p.hired:
                join(seed, week, p, s, i, spent[at, n.HIRING_FILTER], tables)
                now[n.HIRED] += 1.0
        elif gone[i] > 0.0:
            now[n.LEFT if 1.0 - uniform(leave, i) > exp(stays[i]) else n.DISMISSED] += 1.0
            s.there[i] = 0.0
            s.choice[i] = 0.0
            d.managers_gone[at] += s.manages[i]
        d.heads[at] += s.there[i]
        d.delivered[at] += s.there[i] * s.delivery[i]
    for i in range(seats):
        s.exemplified[i] = s.choice[i]
    watched = p.watched_practice
    for i in range(seats):
        s.shown[i] = s.choice[i] * (watched if s.surveilled[i] else 100.0)


@compiled
def join(seed, week, p, s, i, picky, tables):
    """Somebody new in a seat."""
    start, size = key(seed, week, n.CANDIDATES, i), s.memory.shape[1]
    best = first = uniform(start, 0)
    for candidate in range(1, int(p.hiring_candidates)):
        best = max(best, uniform(start, candidate))
    quantile = best if uniform(start, 50) < picky else first
    s.value[i] = tables.value[int(quantile * tables.value.size)]
    s.memory_total[i] = s.memory_cursor[i] = 0
    for slot in range(size):
        s.memory[i, slot] = 100 if uniform(start, 100 + slot) < p.hiring_outside_practice else 0
        s.memory_total[i] += s.memory[i, slot]
    s.definition[i] = uniform(start, 51)
    s.there[i], s.choice[i], s.surveilled[i] = 1.0, 0.0, False
    s.salience[i] = s.exposure[i] = s.compliance[i] = s.habit[i] = s.crowding[i] = s.tenure[i] = 0.0
    s.standard[i], s.energy[i], s.fulfilled[i] = p.hiring_standard, 1.0, 1.0
    s.cynicism[i], s.satisfaction[i] = p.cynicism_initial, p.employees_satisfaction_initial


@compiled
def see(d, s, p, org, spent):
    """What departments have seen and adopted; gives the mean of definitions where anybody is taught."""
    espoused = p.executives_stated + (1.0 - p.executives_stated) * org.talk[0]
    for at in range(d.seats.size):
        d.adopted[at] *= 1.0 - d.managers_gone[at] / max(d.managing[at], 1)
        procedures, monitoring = spent[at, n.PROCEDURES], spent[at, n.MONITORING]
        d.gap[at] = max(espoused - d.delivered[at] / max(d.heads[at], 1) - p.cynicism_tolerance, 0.0)
        d.adopted[at] += max(procedures - d.adopted[at], 0.0) * p.adopted
        overload = max(d.load[at] - 1.0, 0.0)
        loss = (1.0 + (p.habit_orphaned_decay - 1.0) * (1.0 - d.adopted[at])) / p.habit_decay_weeks
        d.habit_lost[at] = -math.expm1(-loss * (1.0 + p.habit_load_decay * overload))
        d.under_load[at] = max(0.0, 1.0 - p.compliance_shortcut * overload)
        d.unwatched[at] = procedures * (1.0 - monitoring) * p.compliance_unwatched * d.adopted[at]
    total, heads = 0.0, 0
    if spent[:, n.TRAINING].any() or spent[:, n.COACHING].any():
        for i in range(s.choice.size):
            total += s.definition[i] * s.there[i]
            heads += s.there[i]
    return total / max(heads, 1)


@compiled
def hear_learn_choose(seed, week, p, d, s, spent, common, blocks):
    """All that employees take in and decide: messages, training, procedures, colleagues, the choice."""
    hear(p, d, s, spent)
    learn(p, s, spent, common)
    comply(p, d, s, spent)
    encounter, seats = key(seed, week, n.ENCOUNTER), s.choice.size
    for i in range(seats):
        meet(p, s, i, encounter, seats)
    choose(seed, week, p, s, spent, blocks)


@compiled
def hear(p, d, s, spent):
    """Messages raise salience, and cynicism where they are plainly untrue."""
    blunting, gain, habituation = p.cynicism_blunting, p.salience_gain, p.salience_habituation
    kept, exposed, forgiven, suspicion = p.salience_kept, p.exposure_kept, p.cynicism_kept, p.cynicism_gain
    said = spent[:, n.SPEECHES] + spent[:, n.POSTERS]
    if not said.any():
        for i in range(s.choice.size):
            s.salience[i] *= kept
        for i in range(s.choice.size):
            s.cynicism[i] *= forgiven
        for i in range(s.choice.size):
            s.exposure[i] *= exposed
        return
    for i in range(s.choice.size):
        speeches = spent[s.department[i], n.SPEECHES]
        dose = gain * speeches * (1.0 - blunting * s.cynicism[i]) / (1.0 + habituation * s.exposure[i])
        s.salience[i] = 1.0 - (1.0 - s.salience[i] * kept) * exp(-dose)
    for i in range(s.choice.size):
        gap = said[s.department[i]] * d.gap[s.department[i]]
        s.cynicism[i] = 1.0 - (1.0 - s.cynicism[i] * forgiven) * exp(-suspicion * gap)
    for i in range(s.choice.size):
        s.exposure[i] = s.exposure[i] * exposed + spent[s.department[i], n.SPEECHES]


@compiled
def learn(p, s, spent, common):
    """Training moves values, and with coaching restores standards."""
    hours = spent[:, n.TRAINING] + p.coaching_hours * spent[:, n.COACHING]
    if not hours.any():
        return
    restored = 1.0 - np.exp(-p.training_standard_effect * hours)
    blunting, ambiguity, effect = p.cynicism_blunting, p.training_ambiguity, p.training_effect
    for i in range(s.choice.size):
        understood = (1.0 - blunting * s.cynicism[i]) * (1.0 - ambiguity * abs(s.definition[i] - common))
        taught = effect * spent[s.department[i], n.TRAINING]
        s.value[i] = 1.0 - (1.0 - s.value[i]) * exp(-taught * understood)
    for i in range(s.choice.size):
        s.standard[i] += max(1.0 - s.standard[i], 0.0) * restored[s.department[i]]


@compiled
def comply(p, d, s, spent):
    """Follow procedures of one's own accord, because somebody looks, or by habit."""
    crowded, strength, complied, formed = p.crowded, p.crowding_strength, p.complied, p.habit_formed
    weight = p.norm_surveillance_weight
    monitoring, watched = spent[:, n.MONITORING].copy(), spent[:, n.PROCEDURES] * spent[:, n.MONITORING]
    for i in range(s.choice.size):
        s.crowding[i] += (monitoring[s.department[i]] - s.crowding[i]) * crowded
    for i in range(s.choice.size):
        s.discretion[i] = 1.0 - strength * s.crowding[i] * (1.0 - monitoring[s.department[i]])
    for i in range(s.choice.size):
        demand = d.unwatched[s.department[i]] * s.discretion[i] + watched[s.department[i]]
        s.compliance[i] += (demand - s.compliance[i]) * complied
    for i in range(s.choice.size):
        at = s.department[i]
        own = d.unwatched[at] * s.discretion[i]
        practised = s.compliance[i] * (own + weight * watched[at]) / max(own + watched[at], 1e-300)
        s.habit[i] += (practised - s.habit[i]) * (formed if practised > s.habit[i] else d.habit_lost[at])
    for i in range(s.choice.size):
        followed = max(s.compliance[i], s.habit[i] * s.discretion[i])
        s.conduct[i] = followed * d.under_load[s.department[i]]


@compiled
def meet(p, s, i, start, seats):
    """Remember what one colleague chose last week."""
    kind, partner, occasion = uniform(start, 3 * i), uniform(start, 3 * i + 1), uniform(start, 3 * i + 2)
    if s.there[i] == 0.0 or occasion >= p.encounter:
        return
    if kind < p.network_mixing:
        other = (i + 1 + int(partner * (seats - 1))) % seats
    elif kind < p.manager_met and s.manager[i] != i:
        other = s.manager[i]
    else:
        other = s.colleagues[i, int(partner * s.colleagues.shape[1])]
    if s.there[other] > 0.0 and other != i:
        slot, shown = s.memory_cursor[i], s.shown[other]
        s.memory_total[i] += shown - s.memory[i, slot]
        s.memory[i, slot] = shown
        s.memory_cursor[i] = 0 if slot + 1 == s.memory.shape[1] else slot + 1


@compiled
def choose(seed, week, p, s, spent, blocks):
    """Noisy best response, or prompted by coaching, example or monitoring; values follow."""
    start, seats = key(seed, week, n.CHOICE), s.choice.size
    sharpness, by_value, size = p.norm_sharpness, p.norm_value_weight, 100.0 * s.memory.shape[1]
    coaching, example = p.coaching_effect * spent[:, n.COACHING], p.example_effect * spent[:, n.SPONSOR]
    watching = p.monitoring_practice * spent[:, n.PROCEDURES] * spent[:, n.MONITORING]
    blunting, own, unmoved = p.cynicism_blunting, blocks[0], blocks[1]
    for i in range(seats):
        support = s.memory_total[i] / size - 0.5 + by_value * (s.value[i] - 0.5)
        own[i] = 1.0 / (1.0 + exp(-sharpness * support))
    for i in range(seats):
        at, receptive = s.department[i], 1.0 - blunting * s.cynicism[i]
        unmoved[i] = (1.0 - coaching[at] * receptive) * (1.0 - example[at] * s.exemplified[s.manager[i]] * receptive)
    for i in range(seats):
        free = (uniform(start, 3 * i) < own[i]) | (uniform(start, 3 * i + 1) < 1.0 - unmoved[i])
        caught = uniform(start, 3 * i + 2) < watching[s.department[i]]
        s.choice[i] = s.there[i] * (free | caught)
        own[i] = s.there[i] * (caught & ~free)
    for i in range(seats):
        s.surveilled[i] = own[i] > 0.0
    rate, omission, watched = p.norm_value_drift, p.norm_omission_weight, p.norm_surveillance_weight
    for i in range(seats):
        weight = omission if s.choice[i] == 0.0 else (watched if own[i] > 0.0 else 1.0)
        s.value[i] += s.there[i] * rate * weight * (s.choice[i] - s.value[i])


@compiled
def agree(seed, week, p, s, blocks):
    """Pairs talk about what centricity is to mean."""
    start, keys = key(seed, week, n.DEFINITIONS), blocks[0]
    meeting = np.empty(s.choice.size, np.int64)
    count = 0
    for i in range(s.choice.size):
        draw = uniform(start, i)
        if draw < p.definitions_meetings:
            keys[count], meeting[count] = draw, i
            count += 1
    order = np.argsort(keys[:count])
    for pair in range(count // 2):
        one, other = meeting[order[2 * pair]], meeting[order[2 * pair + 1]]
        gap = s.definition[other] - s.definition[one]
        if s.there[one] * s.there[other] > 0.0 and abs(gap) < p.definitions_confidence:
            s.definition[one] += p.definitions_convergence * gap
            s.definition[other] -= p.definitions_convergence * gap


@compiled
def bear_load(seed, week, p, org, d, spent, contacts):
    """Work against working time in each department."""
    start = key(seed, week, n.WORKLOAD)
    for at in range(d.seats.size):
        normal, _ = normals(uniform(start, 2 * at), uniform(start, 2 * at + 1))
        variation = exp(p.workload_noise * normal - 0.5 * p.workload_noise * p.workload_noise)
        work = d.facing[at] * contacts / org.expected[0] + 1.0 - d.facing[at]
        burden = (spent[at, n.TRAINING] + p.coaching_hours * spent[at, n.COACHING]) / p.workload_hours
        burden += p.workload_procedure_burden * spent[at, n.PROCEDURES]
        eased = 1.0 - p.workload_relief_effect * spent[at, n.RELIEF]
        staffing = max(d.heads[at], 0.5) / d.seats[at]
        load = p.workload_baseline * variation * work * (1.0 + burden) * eased / staffing
        d.load[at] = min(max(load, 0.05), 5.0)
        d.rest[at] = p.energy_recovery * (1.0 + p.energy_relief_effect * spent[at, n.RELIEF])


@compiled
def work(p, d, s, spent, now, blocks):
    """Pressure, standard, energy, attention, delivery: one flat loop for each, so that all of them are vectorized."""
    seats = s.choice.size
    pressure, strain, quality = blocks[0][:seats], blocks[1][:seats], blocks[2][:seats]
    _press(p, d, s, pressure, strain, quality)
    _tire(p, d, s, spent, strain)
    _attend(p, s, pressure)
    _deliver(p, s, quality)
    up, down = p.standard_up, p.standard_down
    for i in range(seats):
        gap = quality[i] - s.standard[i]
        s.standard[i] += s.there[i] * gap * (up if gap > 0.0 else down)
    return _sum_up(p, d, s, now, pressure)


@compiled
def _press(p, d, s, pressure, strain, quality):
    """Work against time, its logarithm, and the quality of what is done under it."""
    sensitivity = p.standard_sensitivity
    for i in range(pressure.size):
        pressure[i] = min(max(d.load[s.department[i]] * s.standard[i], 0.05), 5.0)
    for i in range(pressure.size):
        strain[i] = log(pressure[i])
    for i in range(pressure.size):
        quality[i] = max(exp(sensitivity * strain[i]) * s.standard[i], 0.1)


@compiled
def _tire(p, d, s, spent, strain):
    """Energy and satisfaction with working life."""
    depletion, exponent, satisfied = p.energy_depletion, p.energy_load_exponent, p.satisfied
    for i in range(strain.size):
        drain, rest = depletion * exp(exponent * strain[i]), d.rest[s.department[i]]
        balance = rest / (rest + drain)
        s.energy[i] = balance + (s.energy[i] - balance) * exp(-(rest + drain))
    for i in range(strain.size):
        content = 0.6 * s.energy[i] + 0.25 * (1.0 - s.cynicism[i]) + 0.15 * spent[s.department[i], n.RELIEF]
        s.satisfaction[i] += (content - s.satisfaction[i]) * satisfied


@compiled
def _attend(p, s, pressure):
    """Attention to customers, colleagues, bosses and deadlines, and how far the inside gets what it needs."""
    shift, by_salience = p.attention_practice_shift, p.attention_salience_shift
    pull, by_deadlines, need = p.attention_customer_pull, p.attention_deadline_pull, p.attention_internal_need
    for i in range(pressure.size):
        wish = min(s.role[i] + shift * s.choice[i] + by_salience * s.salience[i], 1.0)
        wish += pull * (1.0 - wish)
        s.customers[i] = wish * (1.0 - min(by_deadlines * max(pressure[i] - 1.0, 0.0), 1.0))
    for i in range(pressure.size):
        pulled = min(by_deadlines * max(pressure[i] - 1.0, 0.0), 1.0)
        s.deadlines[i] = 0.35 * (1.0 - pulled - s.customers[i]) + pulled
    for i in range(pressure.size):
        s.bosses[i] = 0.2 / 0.65 * (1.0 - s.customers[i] - s.deadlines[i])
    for i in range(pressure.size):
        s.colleagues_share[i] = 0.45 / 0.2 * s.bosses[i]
    for i in range(pressure.size):
        s.fulfilled[i] = min((1.0 - s.customers[i]) / max(need * (1.0 - s.role[i]), 1e-12), 1.0)


@compiled
def _deliver(p, s, quality):
    """Choice x attention x energy x standard, and what is added."""
    reserve = p.attention_practice_shift + p.attention_reserve
    routine, practice, salience, compliance = (
        p.delivery_routine, p.delivery_practice, p.delivery_salience, p.delivery_compliance,
    )  # fmt: skip
    for i in range(quality.size):
        attention = min(s.customers[i] / max(min(s.role[i] + reserve, 1.0), 1e-12), 1.0) * s.discretion[i]
        execution, effort = min(quality[i], 1.0), attention * s.energy[i]
        missed = (1.0 - practice * s.choice[i] * effort * execution) * (1.0 - salience * s.salience[i] * effort)
        s.delivery[i] = 1.0 - (1.0 - routine * execution * attention) * missed * (1.0 - compliance * s.conduct[i])


@compiled
def _sum_up(p, d, s, now, pressure):
    """Sums over those who are there; gives what reaches customers from behind, and how far internal work is done."""
    ones, behind, hands, fulfilled = np.zeros(d.seats.size), 0.0, 0.0, 0.0
    meanings, squares, heads = 0.0, 0.0, 0.0
    value, salience, conduct, standard, cynicism = 0.0, 0.0, 0.0, 0.0, 0.0
    energy, content, customers, pressed = 0.0, 0.0, 0.0, 0.0
    for i in range(pressure.size):
        there = s.there[i]
        heads += there
        fulfilled += there * s.fulfilled[i]
        behind += there * (1.0 - s.facing[i]) * s.delivery[i]
        hands += there * (1.0 - s.facing[i])
        meanings += there * s.definition[i]
        squares += there * s.definition[i] * s.definition[i]
        value += there * s.value[i]
        salience += there * s.salience[i]
        conduct += there * s.conduct[i]
        standard += there * s.standard[i]
        cynicism += there * s.cynicism[i]
        energy += there * s.energy[i]
        content += there * s.satisfaction[i]
        customers += there * s.customers[i]
        pressed += there * pressure[i]
    for i in range(pressure.size):
        ones[s.department[i]] += s.choice[i]
    now[n.INTERNALIZATION], now[n.SALIENCE], now[n.COMPLIANCE], now[n.STANDARD] = value, salience, conduct, standard
    now[n.CYNICISM], now[n.ENERGY], now[n.CONTENT], now[n.ATTENTION] = cynicism, energy, content, customers
    now[n.PRESSURE] = pressed
    _note(now, ones, d.heads, heads, meanings, squares)
    return behind / max(hands, 1.0), (fulfilled / max(heads, 1.0)) ** p.attention_internal_weight


@compiled
def _note(now, ones, heads_by_department, heads, meanings, squares):
    """Means over staff."""
    low, high = 1.0, 0.0
    for at in range(ones.size):
        if heads_by_department[at] > 0:
            share = ones[at] / heads_by_department[at]
            low, high = min(low, share), max(high, share)
    now[n.GAP] = high - low
    now[n.PRACTICING] = ones.sum()
    now[n.EMPLOYEES] = heads
    for column in (
        n.PRACTICING, n.INTERNALIZATION, n.SALIENCE, n.COMPLIANCE, n.STANDARD, n.CYNICISM, n.ENERGY, n.CONTENT,
        n.ATTENTION, n.PRESSURE,
    ):  # fmt: skip
        now[column] /= max(heads, 1)
    mean = meanings / max(heads, 1)
    spread = math.sqrt(max(squares / max(heads, 1) - mean * mean, 0.0))
    now[n.AGREEMENT] = max(1.0 - 2.0 * spread, 0.0)
