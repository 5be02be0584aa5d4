"""The work of the week in compiled loops."""

from __future__ import annotations

import math
from typing import Any

from sim.compiled.amounts import OF, overall, some
from sim.compiled.streams import KEY
from sim.compiled.sums import any_of, by_department, count_of, mean_where, positions_of
from sim.kernel.compiling import inlined
from sim.kernel.draws import block, normal, uniform
from sim.kernel.one import for_one
from sim.mechanisms import attention, delivery, energy, gaming, justice, moments, power, staffing, standard

_PRESSURE_LIMITS = (0.05, 5.0)  # as in sim.week.work
_TO_COLLEAGUES = attention.INTERNAL_PARTS[0]

_work_pressure = for_one(standard.work_pressure)
_erode_standard = for_one(standard.erode_standard)
_spend_energy = for_one(energy.spend_energy)
_rest_under_justice = for_one(justice.rest_under_justice)
_feel_justice = for_one(justice.feel_justice)
_attention_kept = for_one(justice.attention_kept)
_employee_satisfaction = for_one(staffing.employee_satisfaction)
_divide_attention = for_one(attention.divide_attention)
_attention_factor = for_one(attention.attention_factor)
_internal_fulfilment = for_one(attention.internal_fulfilment)
_deliver = for_one(delivery.deliver)
_deliver_with_insight = for_one(moments.deliver_with_insight)
_deliver_under_bonus = for_one(gaming.deliver_under_bonus)
_hands = for_one(power.hands)


@inlined
def need_service(c: Any, m: Any, keys: Any, s: Any) -> None:
    """As :func:`sim.week.work.need_service`; the rows of those who come forward are kept in ``m.rows``."""
    start = block(keys[KEY.contact], int(s.week), 0)
    end = s.week + 1.0
    for row in range(c.active.size):
        calls, buys = uniform(start, row) < c.contact_rate[row], c.next_purchase[row] < end
        m.contact[row] = c.active[row] & ((c.contract[row] & calls) | (buys & (not c.contract[row])))
    s.contacts = float(positions_of(m.contact, m.rows))


@inlined
def press(e: Any, d: Any, f: Any, b: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.work.press`."""
    _set_load(e, d, b, amounts, keys, p, s)
    alpha, down, up = p.standard_sensitivity, p.standard_erosion_weeks, p.standard_recovery_weeks
    heads, total = b.heads, b.total
    for seat in range(e.value.size):
        pressed = _work_pressure(d.load[e.department[seat]], e.standard[seat], 1.0)
        pressed = min(max(pressed, _PRESSURE_LIMITS[0]), _PRESSURE_LIMITS[1])
        f.pressure[seat] = pressed
        f.quality[seat], eroded = _erode_standard(e.standard[seat], pressed, alpha=alpha, tau_down=down, tau_up=up)
        e.standard[seat] = eroded if e.employed[seat] else e.standard[seat]
    by_department(e.employed, e.department, f.pressure, total)
    everybody, pressure = 0.0, 0.0
    for department in range(d.seats.size):
        everybody += heads[department]
        pressure += total[department]
        if heads[department] > 0.0:
            d.work_pressure[department] = total[department] / heads[department]
    _feel_justice_of_all(e, f, amounts, everybody, pressure, p)
    _tire(e, f, amounts, p)


@inlined
def _tire(e: Any, f: Any, amounts: Any, p: Any) -> None:
    """Energy and satisfaction under this week's pressure."""
    depletion, recovery, exponent = p.energy_depletion, p.energy_recovery, p.energy_load_exponent
    relief_effect, felt, initial = p.energy_relief_effect, p.justice_energy_effect, p.justice_initial
    weeks, weight = p.employees_satisfaction_weeks, p.justice_satisfaction_effect
    for seat in range(e.value.size):
        relief = amounts[e.department[seat], OF.relief]
        e.energy[seat] = _spend_energy(
            e.energy[seat],
            f.pressure[seat],
            relief,
            depletion=depletion,
            recovery=_rest_under_justice(recovery, e.justice[seat], initial, felt),
            load_exponent=exponent,
            relief_effect=relief_effect,
        )
        e.satisfaction[seat] = _employee_satisfaction(
            e.satisfaction[seat],
            e.energy[seat],
            e.cynicism[seat],
            relief,
            weeks,
            justice=e.justice[seat],
            justice_weight=weight,
        )


@inlined
def _feel_justice_of_all(e: Any, f: Any, amounts: Any, heads: float, total: float, p: Any) -> None:
    """As ``_feel_justice`` of :mod:`sim.week.work`."""
    acts = p.justice_energy_effect != 0.0 or p.justice_attention_effect != 0.0 or p.justice_satisfaction_effect != 0.0
    if heads == 0.0 or not acts:
        return
    # What each does for colleagues, before anyone asks for it twelve times over.
    for seat in range(e.value.size):
        asked = _TO_COLLEAGUES * (1.0 - f.role_share[seat])
        there = e.employed[seat] and e.tenure[seat] > 0.0
        f.aside[seat] = 1.0 if there else 0.0
        f.service[seat] = min(e.attention_colleagues[seat] / max(asked, 1e-12), 1.0) if there else 0.0
    weeks = p.justice_weeks
    for seat in range(e.value.size):
        if not e.employed[seat]:
            continue
        served, people = 0.0, 0.0
        for tie in range(e.colleagues.shape[1]):
            served += f.service[e.colleagues[seat, tie]]
            people += f.aside[e.colleagues[seat, tie]]
        served = served / people if people > 0.0 else 1.0
        relief = amounts[e.department[seat], OF.relief]
        e.justice[seat] = _feel_justice(e.justice[seat], served, f.pressure[seat], total / heads, relief, weeks)


@inlined
def _set_load(e: Any, d: Any, b: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As ``_load`` of :mod:`sim.week.work`, within its limits."""
    start = block(keys[KEY.workload], int(s.week), 0)
    demand = s.contacts / s.contacts_expected if s.contacts_expected > 0.0 else 1.0
    meetings = p.delegation_meetings * overall(amounts, d.seats, OF.delegation)  # everybody is called
    all_seats = count_of(d.seats)
    noise = p.workload_noise
    for department in range(d.seats.size):
        variation = math.exp(noise * normal(start, department) - 0.5 * noise * noise)
        facing = d.facing[department]
        work = facing * demand + (1.0 - facing)
        hours = amounts[department, OF.training] + p.coaching_hours * amounts[department, OF.coaching] + meetings
        burden = hours / p.workload_hours + p.workload_procedure_burden * amounts[department, OF.procedures]
        relief = 1.0 - p.workload_relief_effect * amounts[department, OF.relief]
        staffing = max(b.heads[department], 0.5) / max(d.seats[department], 1)
        if p.power_budget > 0.0:
            share = d.seats[department] / all_seats
            staffing = staffing * _hands(d.power[department], share, p.power_budget)
        load = p.workload_baseline * variation * work * (1.0 + burden) * relief / staffing
        d.load[department] = min(max(load, _PRESSURE_LIMITS[0]), _PRESSURE_LIMITS[1])


@inlined
def attend(e: Any, f: Any, b: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.work.attend`."""
    practice, aware = p.attention_practice_shift, p.attention_salience_shift
    pull, deadline, need = p.attention_customer_pull, p.attention_deadline_pull, p.attention_internal_need
    brooding, initial = p.justice_attention_effect, p.justice_initial
    for seat in range(e.value.size):
        divided = _divide_attention(
            f.role_share[seat],
            float(e.choice[seat]),
            e.salience[seat],
            f.pressure[seat],
            practice_shift=practice,
            salience_shift=aware,
            customer_pull=pull,
            deadline_pull=deadline,
        )
        done = _internal_fulfilment(divided.customers, f.role_share[seat], need)
        kept = 1.0
        if brooding > 0.0:
            kept = _attention_kept(e.justice[seat], initial, brooding)
        f.fulfilment[seat] = done * kept
        e.attention_customers[seat] = kept * divided.customers
        e.attention_colleagues[seat] = kept * divided.colleagues
        e.attention_bosses[seat] = kept * divided.bosses
        e.attention_deadlines[seat] = kept * divided.deadlines
    met = mean_where(e.employed, f.fulfilment, b.lanes)
    s.support = 0.0 if math.isnan(met) else met**p.attention_internal_weight


@inlined
def prepare_delivery(e: Any, f: Any, amounts: Any, p: Any) -> None:
    """As :func:`sim.week.work.prepare_delivery`."""
    shift, reserve = p.attention_practice_shift, p.attention_reserve
    routine, practice = p.delivery_routine, p.delivery_practice
    by_salience, by_compliance = p.delivery_salience, p.delivery_compliance
    insightful = any_of(e.insight)
    paid = some(amounts, OF.score_bonus) or any_of(e.gaming)
    for seat in range(e.value.size):
        given = _deliver(
            e.choice[seat],
            _attention_factor(e.attention_customers[seat], f.role_share[seat], shift, reserve),
            e.energy[seat],
            f.quality[seat],
            e.salience[seat],
            f.compliance[seat],
            f.discretion[seat],
            routine=routine,
            practice=practice,
            salience_effect=by_salience,
            compliance_effect=by_compliance,
        )
        if insightful:
            given = _deliver_with_insight(given, e.insight[seat], p.moments_effect)
        if paid:
            bonus = amounts[e.department[seat], OF.score_bonus]
            given = _deliver_under_bonus(given, bonus, e.gaming[seat], p.gaming_effort, p.gaming_distraction)
        e.delivery[seat] = given
