"""The work of the week: who needs service, how hard it presses, where attention goes, what each would deliver."""

from __future__ import annotations

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.mechanisms import attention, delivery, energy, gaming, justice, moments, power, standard
from sim.mechanisms.staffing import employee_satisfaction
from sim.organization import Organization

_EFFECTS_OF_JUSTICE = ("justice.energy_effect", "justice.attention_effect", "justice.satisfaction_effect")
_PRESSURE_LIMITS = (0.05, 5.0)  # below, people fill their time; above, the rest is left lying


def need_service(org: Organization) -> None:
    """Customers who need service this week come forward: by own contact rate, or because they buy."""
    customers = org.customers
    calls = org.uniform("contact", len(customers)) < customers.contact_rate
    buys = customers.next_purchase < org.week + 1.0
    org.now.contact = customers.active & np.where(customers.contract, calls, buys)


def press(org: Organization) -> None:
    """Work against capacity presses on each person; standards erode under it, energy is spent."""
    employees, departments = org.employees, org.departments
    departments.load = np.clip(_load(org), *_PRESSURE_LIMITS)
    load = departments.load[employees.department]
    pressure = np.clip(standard.work_pressure(load, employees.standard, np.ones_like(load)), *_PRESSURE_LIMITS)
    given, eroded = standard.erode_standard(
        employees.standard,
        pressure,
        alpha=org.number("standard.sensitivity"),
        tau_down=org.number("standard.erosion_weeks"),
        tau_up=org.number("standard.recovery_weeks"),
    )
    org.now.pressure, org.now.quality = pressure, given
    employees.standard = np.where(employees.employed, eroded, employees.standard)
    relief = org.amount("relief")
    _feel_justice(org, relief)
    employees.energy = energy.spend_energy(
        employees.energy,
        pressure,
        relief,
        depletion=org.number("energy.depletion"),
        recovery=justice.rest_under_justice(
            org.number("energy.recovery"),
            employees.justice,
            org.number("justice.initial"),
            org.number("justice.energy_effect"),
        ),
        load_exponent=org.number("energy.load_exponent"),
        relief_effect=org.number("energy.relief_effect"),
    )
    employees.satisfaction = employee_satisfaction(
        employees.satisfaction,
        employees.energy,
        employees.cynicism,
        relief,
        org.number("employees.satisfaction_weeks"),
        justice=employees.justice,
        justice_weight=org.number("justice.satisfaction_effect"),
    )
    heads = np.bincount(employees.department[employees.employed], minlength=len(departments))
    total = np.bincount(
        employees.department[employees.employed], weights=pressure[employees.employed], minlength=len(departments)
    )
    departments.work_pressure = np.where(heads > 0, total / np.maximum(heads, 1), departments.work_pressure)


def _feel_justice(org: Organization, relief: FloatArray) -> None:
    """How colleagues had attention for each other last week, who bears the load, and whether fatigue is tended."""
    employees = org.employees
    present = employees.employed
    if not present.any() or not any(org.number(name) for name in _EFFECTS_OF_JUSTICE):
        return
    served = justice.served_by_colleagues(
        employees.attention_colleagues,
        attention.INTERNAL_PARTS[0] * (1.0 - org.role_share),
        employees.colleagues,
        present & (employees.tenure > 0.0),
    )
    felt = justice.feel_justice(
        employees.justice,
        served,
        org.now.pressure,
        float(org.now.pressure[present].mean()),
        relief,
        org.number("justice.weeks"),
    )
    employees.justice = np.where(present, felt, employees.justice)


def _load(org: Organization) -> FloatArray:
    """Work against working time in each department at a standard of 1.

    baseline x noise x (facing contacts / expected + rest) x (1 + burdens) x (1 - relief) / staffing, where hands may
    follow departments' power.
    """
    departments, employees = org.departments, org.employees
    noise = org.number("workload.noise")
    variation = np.exp(noise * org.normal("workload", len(departments)) - 0.5 * noise * noise)
    contacts = int(org.now.contact.sum())
    demand = contacts / org.contacts_expected if org.contacts_expected > 0.0 else 1.0
    facing = departments.facing
    work = facing * demand + (1.0 - facing)
    hours = org.amount_by_department("training")
    hours = hours + org.number("coaching.hours") * org.amount_by_department("coaching")
    hours = hours + org.number("delegation.meetings") * org.amount_overall("delegation")  # everybody is called
    burden = hours / org.number("workload.hours")
    burden = burden + org.number("workload.procedure_burden") * org.amount_by_department("procedures")
    relief = 1.0 - org.number("workload.relief_effect") * org.amount_by_department("relief")
    heads = np.bincount(employees.department[employees.employed], minlength=len(departments))
    staffing = np.maximum(heads, 0.5) / np.maximum(departments.seats, 1)
    budget = org.number("power.budget")
    if budget > 0.0:
        staffing = staffing * power.capacity(departments.power, departments.seats.astype(np.float64), budget)
    result: FloatArray = org.number("workload.baseline") * variation * work * (1.0 + burden) * relief / staffing
    return result


def attend(org: Organization) -> None:
    """Each employee divides attention over customers, colleagues, bosses and deadlines."""
    employees = org.employees
    divided = attention.divide_attention(
        org.role_share,
        employees.choice.astype(np.float64),
        employees.salience,
        org.now.pressure,
        practice_shift=org.number("attention.practice_shift"),
        salience_shift=org.number("attention.salience_shift"),
        customer_pull=org.number("attention.customer_pull"),
        deadline_pull=org.number("attention.deadline_pull"),
    )
    org.now.fulfilment = attention.internal_fulfilment(
        divided.customers, org.role_share, org.number("attention.internal_need")
    )
    brooding = org.number("justice.attention_effect")
    if brooding > 0.0:
        kept = justice.attention_kept(employees.justice, org.number("justice.initial"), brooding)
        divided = divided.scaled(kept)
        org.now.fulfilment = org.now.fulfilment * kept
    employees.attention_customers = divided.customers
    employees.attention_colleagues = divided.colleagues
    employees.attention_bosses = divided.bosses
    employees.attention_deadlines = divided.deadlines
    org.now.support = attention.internal_support(
        org.now.fulfilment, employees.employed, org.number("attention.internal_weight")
    )


def prepare_delivery(org: Organization) -> None:
    """What each employee would give a customer this week: choice x attention x energy x standard, and what is added."""
    employees = org.employees
    employees.delivery = delivery.deliver(
        employees.choice,
        attention.attention_factor(
            employees.attention_customers,
            org.role_share,
            org.number("attention.practice_shift"),
            org.number("attention.reserve"),
        ),
        employees.energy,
        org.now.quality,
        employees.salience,
        org.now.compliance,
        org.now.discretion,
        routine=org.number("delivery.routine"),
        practice=org.number("delivery.practice"),
        salience_effect=org.number("delivery.salience"),
        compliance_effect=org.number("delivery.compliance"),
    )
    if employees.insight.any():
        employees.delivery = moments.deliver_with_insight(
            employees.delivery, employees.insight, org.number("moments.effect")
        )
    bonus = org.amount("score_bonus")
    if bonus.any() or employees.gaming.any():
        employees.delivery = gaming.deliver_under_bonus(
            employees.delivery, bonus, employees.gaming, org.number("gaming.effort"), org.number("gaming.distraction")
        )
