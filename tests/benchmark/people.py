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
    leave, hire = key(seed, week, n.LEAVE), key(seed, week, n.HIRE)
    if lavish:
        fill(blocks[0][: s.choice.size], hire)
    for i in range(s.choice.size):
        at = s.department[i]
        s.tenure[i] += 1.0
        if not s.employed[i]:
            if take(blocks[0], hire, i, lavish) < p.hired:
                join(seed, week, p, s, i, spent[at, n.HIRING_FILTER], tables)
                now[n.HIRED] += 1.0
        else:
            missing = p.employees_satisfaction_initial - s.satisfaction[i]
            stays = p.log_stays * exp(p.employees_satisfaction_link * missing)
            kept_on = p.log_kept_on * exp(p.employees_dismissal_steepness * (1.0 - s.fulfilled[i]))
            draw = 1.0 - uniform(leave, i)
            if draw > exp(stays + kept_on):
                now[n.LEFT if draw > exp(stays) else n.DISMISSED] += 1.0
                s.employed[i] = False
                s.choice[i] = 0
                d.managers_gone[at] += s.manages[i]
        if s.employed[i]:
            d.heads[at] += 1
            d.delivered[at] += s.delivery[i]
        s.exemplified[i] = s.choice[i]
        s.shown[i] = s.choice[i] * (p.watched_practice if s.surveilled[i] else 100)


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
    s.employed[i], s.choice[i], s.surveilled[i] = True, 0, False
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
            total += s.definition[i] * s.employed[i]
            heads += s.employed[i]
    return total / max(heads, 1)


@compiled
def hear_learn_choose(seed, week, p, d, s, spent, common):
    """All that an employee takes in and decides: messages, training, procedures, colleagues, the choice."""
    encounter, choice_key = key(seed, week, n.ENCOUNTER), key(seed, week, n.CHOICE)
    seats = s.choice.size
    for i in range(seats):
        at = s.department[i]
        speeches, messages = spent[at, n.SPEECHES], spent[at, n.SPEECHES] + spent[at, n.POSTERS]
        receptive = 1.0 - p.cynicism_blunting * s.cynicism[i]
        kept = s.salience[i] * p.salience_kept
        cynicism = s.cynicism[i] * p.cynicism_kept
        if messages > 0.0:
            dose = p.salience_gain * speeches * receptive / (1.0 + p.salience_habituation * s.exposure[i])
            kept = 1.0 - (1.0 - kept) * exp(-dose)
            cynicism = 1.0 - (1.0 - cynicism) * exp(-p.cynicism_gain * messages * d.gap[at])
        s.salience[i], s.cynicism[i] = kept, cynicism
        s.exposure[i] = s.exposure[i] * p.exposure_kept + speeches
        receptive = 1.0 - p.cynicism_blunting * cynicism
        training, coaching = spent[at, n.TRAINING], spent[at, n.COACHING]
        if training > 0.0 or coaching > 0.0:
            understood = receptive * (1.0 - p.training_ambiguity * abs(s.definition[i] - common))
            s.value[i] = 1.0 - (1.0 - s.value[i]) * exp(-p.training_effect * training * understood)
            hours = training + p.coaching_hours * coaching
            s.standard[i] += max(1.0 - s.standard[i], 0.0) * (1.0 - exp(-p.training_standard_effect * hours))
        comply(p, d, s, i, at, spent)
        meet(p, s, i, encounter, seats)
        choose(
            p,
            s,
            i,
            choice_key,
            coaching,
            spent[at, n.SPONSOR],
            spent[at, n.PROCEDURES] * spent[at, n.MONITORING],
            receptive,
        )


@compiled
def comply(p, d, s, i, at, spent):
    """Follow procedures of one's own accord, because somebody looks, or by habit."""
    monitoring, procedures = spent[at, n.MONITORING], spent[at, n.PROCEDURES]
    s.crowding[i] += (monitoring - s.crowding[i]) * p.crowded
    s.discretion[i] = 1.0 - p.crowding_strength * s.crowding[i] * (1.0 - monitoring)
    own, watched = d.unwatched[at] * s.discretion[i], procedures * monitoring
    demand = own + watched
    s.compliance[i] += (demand - s.compliance[i]) * p.complied
    practised = s.compliance[i] * (own + p.norm_surveillance_weight * watched) / demand if demand > 0.0 else 0.0
    s.habit[i] += (practised - s.habit[i]) * (p.habit_formed if practised > s.habit[i] else d.habit_lost[at])
    s.conduct[i] = max(s.compliance[i], s.habit[i] * s.discretion[i]) * d.under_load[at]


@compiled
def meet(p, s, i, start, seats):
    """Remember what one colleague chose last week."""
    kind, partner, occasion = uniform(start, 3 * i), uniform(start, 3 * i + 1), uniform(start, 3 * i + 2)
    if not s.employed[i] or occasion >= p.encounter:
        return
    if kind < p.network_mixing:
        other = (i + 1 + int(partner * (seats - 1))) % seats
    elif kind < p.manager_met and s.manager[i] != i:
        other = s.manager[i]
    else:
        other = s.colleagues[i, int(partner * s.colleagues.shape[1])]
    if s.employed[other] and other != i:
        slot = s.memory_cursor[i]
        s.memory_total[i] += s.shown[other] - s.memory[i, slot]
        s.memory[i, slot] = s.shown[other]
        s.memory_cursor[i] = 0 if slot + 1 == s.memory.shape[1] else slot + 1


@compiled
def choose(p, s, i, start, coaching, sponsor, watching, receptive):
    """Noisy best response, or prompted by coaching, example or monitoring; values follow."""
    draw, prompt, watch = uniform(start, 3 * i), uniform(start, 3 * i + 1), uniform(start, 3 * i + 2)
    if not s.employed[i]:
        s.surveilled[i] = False
        return
    remembered = s.memory_total[i] / (100.0 * s.memory.shape[1])
    support = remembered - 0.5 + p.norm_value_weight * (s.value[i] - 0.5)
    choice = draw < 1.0 / (1.0 + exp(-p.norm_sharpness * support))
    unmoved = (1.0 - coaching * p.coaching_effect * receptive) * (
        1.0 - sponsor * s.exemplified[s.manager[i]] * p.example_effect * receptive
    )
    choice = choice or prompt < 1.0 - unmoved
    surveilled = not choice and watch < p.monitoring_practice * watching
    choice = choice or surveilled
    weight = p.norm_omission_weight if not choice else (p.norm_surveillance_weight if surveilled else 1.0)
    s.value[i] += p.norm_value_drift * weight * (choice - s.value[i])
    s.choice[i], s.surveilled[i] = choice, surveilled


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
        if s.employed[one] and s.employed[other] and abs(gap) < p.definitions_confidence:
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
def work(p, d, s, spent, now):
    """Pressure, standard, energy, attention, delivery; sums over those who are there."""
    ones, behind, hands, fulfilled = np.zeros(d.seats.size), 0.0, 0, 0.0
    meanings, squares, heads = 0.0, 0.0, 0
    for i in range(s.choice.size):
        at = s.department[i]
        standard = s.standard[i]
        pressure = min(max(d.load[at] * standard, 0.05), 5.0)
        strain = log(pressure)
        quality = max(exp(p.standard_sensitivity * strain) * standard, 0.1)
        drain = p.energy_depletion * exp(p.energy_load_exponent * strain)
        rate = d.rest[at] + drain
        balance = d.rest[at] / rate
        energy = balance + (s.energy[i] - balance) * exp(-rate)
        content = 0.6 * energy + 0.25 * (1.0 - s.cynicism[i]) + 0.15 * spent[at, n.RELIEF]
        s.energy[i] = energy
        s.satisfaction[i] += (content - s.satisfaction[i]) * p.satisfied
        role = p.attention_facing_customers if s.facing[i] else p.attention_inner_customers
        wish = min(role + p.attention_practice_shift * s.choice[i] + p.attention_salience_shift * s.salience[i], 1.0)
        wish += p.attention_customer_pull * (1.0 - wish)
        pulled = min(p.attention_deadline_pull * max(pressure - 1.0, 0.0), 1.0)
        customers, internal = wish * (1.0 - pulled), (1.0 - wish) * (1.0 - pulled)
        s.customers[i], s.colleagues_share[i] = customers, 0.45 * internal
        s.bosses[i], s.deadlines[i] = 0.2 * internal, 0.35 * internal + pulled
        s.fulfilled[i] = min((1.0 - customers) / max(p.attention_internal_need * (1.0 - role), 1e-12), 1.0)
        needed = min(role + p.attention_practice_shift + p.attention_reserve, 1.0)
        attention = min(customers / max(needed, 1e-12), 1.0)
        execution = min(quality, 1.0)
        effort = attention * energy * s.discretion[i]
        by_course = p.delivery_routine * execution * attention * s.discretion[i]
        missed = 1.0 - p.delivery_practice * s.choice[i] * effort * execution
        missed *= 1.0 - p.delivery_salience * s.salience[i] * effort
        missed *= 1.0 - p.delivery_compliance * s.conduct[i]
        s.delivery[i] = by_course + (1.0 - by_course) * (1.0 - missed)
        if not s.employed[i]:
            continue
        s.standard[i] += (quality - standard) * (p.standard_up if quality > standard else p.standard_down)
        heads += 1
        fulfilled += s.fulfilled[i]
        if not s.facing[i]:
            behind += s.delivery[i]
            hands += 1
        ones[at] += s.choice[i]
        meanings += s.definition[i]
        squares += s.definition[i] * s.definition[i]
        now[n.INTERNALIZATION] += s.value[i]
        now[n.SALIENCE] += s.salience[i]
        now[n.COMPLIANCE] += s.conduct[i]
        now[n.STANDARD] += s.standard[i]
        now[n.CYNICISM] += s.cynicism[i]
        now[n.ENERGY] += energy
        now[n.CONTENT] += s.satisfaction[i]
        now[n.ATTENTION] += customers
        now[n.PRESSURE] += pressure
    _note(now, ones, d.heads, heads, meanings, squares)
    return behind / max(hands, 1), (fulfilled / max(heads, 1)) ** p.attention_internal_weight


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
