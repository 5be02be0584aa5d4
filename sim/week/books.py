"""The week ends: the survey, the executives' view of themselves, the ledger, and what goes on record."""

from __future__ import annotations

import numpy as np

from sim.kernel.arrays import FloatArray, IntArray
from sim.mechanisms import calendar, gaming, leadership, ledger
from sim.mechanisms.definitions import agreement
from sim.organization import Organization
from sim.outcomes.weekly import OUTCOME_NAMES
from sim.policies.resources import RESOURCES
from sim.week.shocks_and_funds import pay_for_policy

_LIMITS = np.array([resource.high for resource in RESOURCES.values()])
_MISSING = float("nan")


def survey(org: Organization) -> None:
    """Some customers are asked, the satisfied answer more readily, and the organization shows itself their score."""
    customers = org.customers
    market = len(customers)
    count = int(customers.active.sum())
    if count == 0:
        return
    asked = min(org.number("survey.sample") / count, 1.0)
    deviation = (customers.satisfaction - org.number("satisfaction.reference")) / org.number("satisfaction.sd")
    employees = org.employees
    gamed = gaming.mean_gaming(employees.gaming, employees.facing & employees.employed)
    bias = org.number("survey.response_bias") + gamed * org.number("gaming.selection")
    chance = leadership.response_chance(deviation, org.number("survey.response_rate"), bias)
    answered = customers.active & (org.uniform("survey", market) < asked * chance)
    if answered.any():
        answers = customers.satisfaction[answered]
        if gamed > 0.0:
            answers = gaming.talk_up(answers, gamed, org.number("gaming.inflation"))
        org.now.reported = float(answers.mean())


def look_in_the_mirror(org: Organization) -> None:
    """Executives judge themselves by what they are told of the reported score, and applaud their own messages."""
    messages = org.amount_overall("speeches") + org.amount_overall("posters")
    org.executives.self_assessment = leadership.assess_oneself(
        org.executives.self_assessment,
        org.now.told,
        messages,
        applause=org.number("executives.applause"),
        weeks=org.number("executives.assessment_weeks"),
        flattery=org.number("executives.flattery"),
    )
    listening = org.number("calendar.listening")
    active = org.customers.active
    if listening > 0.0 and active.any():
        org.executives.self_assessment = calendar.see_for_oneself(
            org.executives.self_assessment,
            float(org.customers.satisfaction[active].mean()),
            org.executives.customer_time,
            listening,
        )


def keep_accounts(org: Organization) -> None:
    """Revenue, cost of service and of the policy, and worth to customers are booked; a simulated customer stands for many."""
    customers, now = org.customers, org.now
    paying = (customers.active | now.lost) & customers.contract & ~now.acquired
    if now.behind is not None:
        paying &= ~now.behind
    now.revenue = float(customers.spending[paying].sum())
    now.revenue += float((customers.spending * now.purchases).sum())
    first = now.acquired & ~customers.contract
    now.revenue += float(customers.spending[first].sum())  # without contract, becoming a customer is a purchase
    now.revenue += now.promoted + now.collected
    for share, until in org.governance.squeezes:
        if org.week < until:
            now.revenue *= 1.0 - share
    now.service_cost = ledger.service_cost(
        now.served, now.contact, org.number("money.contact_cost"), org.number("money.served_cost")
    )
    now.service_cost += org.number("recovery.cost") * float(now.recovered.sum()) + now.conceded_cost
    now.service_cost += now.complexity * org.number("money.contact_cost") * float(now.contact.sum())
    now.customer_value = org.number("money.need_value") * float(now.served.sum()) + now.conceded_gain
    represented = org.number("customers.represented")
    now.revenue *= represented
    now.service_cost *= represented
    now.service_cost += now.coordination_cost  # of people who are all there, and stand for nobody else
    now.customer_value *= represented
    now.policy_cost = pay_for_policy(org)


def record(org: Organization) -> None:
    """The week's outcomes go on record, and the policy's conditions are looked at."""
    found = _staff_outcomes(org) | _customer_outcomes(org) | _ledger_outcomes(org)
    org.outcomes = {name: found[name] for name in OUTCOME_NAMES}
    if org.week >= 0:
        org.plan.observe(org.week, org.outcomes)


def _staff_outcomes(org: Organization) -> dict[str, float]:
    """Outcomes that employees and executives show."""
    employees, executives = org.employees, org.executives
    averaged: dict[str, FloatArray | IntArray] = {
        "practicing": employees.choice,
        "internalization": employees.value,
        "salience": employees.salience,
        "compliance": org.now.compliance,
        "standard": employees.standard,
        "cynicism": employees.cynicism,
        "energy": employees.energy,
        "employee_satisfaction": employees.satisfaction,
        "attention_customer": employees.attention_customers,
        "work_pressure": org.now.pressure,
    }
    return org.means_over_staff(averaged) | {
        "espoused": leadership.espoused_level(float(executives.stated.mean()), org.talk),
        "reach": _MISSING,
        "definition_agreement": agreement(employees.definition, employees.employed),
        "department_gap": _department_gap(org),
        "executive_self_assessment": float(executives.self_assessment.mean()),
        "employees": float(employees.employed.sum()),
        "hired": float(org.now.hired),
        "left": float(org.now.left.size),
        "dismissed": float(org.now.dismissed.size),
        "sponsored": float((org.now.amounts / _LIMITS).max()),
    }


def _department_gap(org: Organization) -> float:
    """Largest minus smallest share of practicing among departments with anyone at work."""
    employees = org.employees
    present = employees.employed
    if not present.any():
        return _MISSING
    count = len(org.departments)
    heads = np.bincount(employees.department[present], minlength=count)
    ones = np.bincount(employees.department[present], weights=employees.choice[present], minlength=count)
    shares = ones[heads > 0] / heads[heads > 0]
    return float(shares.max() - shares.min())


def _customer_outcomes(org: Organization) -> dict[str, float]:
    """Outcomes that customers and contacts show."""
    customers, now = org.customers, org.now
    active = customers.active
    count = int(active.sum())
    contacts, conflicts = int(now.contact.sum()), int(now.conflict.sum())
    client = active & (customers.depth >= org.number("relationship.client_depth"))
    served = float(now.served.sum())
    return {
        "enacted": served / contacts if contacts else _MISSING,
        "enacted_per_customer": served / count if count else _MISSING,
        "reported": now.reported,
        "satisfaction": float(customers.satisfaction[active].mean()) if count else _MISSING,
        "trust": float(customers.trust[active].mean()) if count else _MISSING,
        "attitudinal_loyalty": float(customers.loyalty[active].mean()) if count else _MISSING,
        "active_customers": float(count),
        "active_clients": float(client.sum()),
        "acquired": float(now.acquired.sum()),
        "lost": float(now.lost.sum()),
        "retention": now.retention,
        "contacts": float(contacts),
        "failures": float(now.failed.sum()),
        "recovered": float(now.recovered.sum()),
        "conflicts": float(conflicts),
        "revealed": float(now.conceded.sum()) / conflicts if conflicts else _MISSING,
    }


def _ledger_outcomes(org: Organization) -> dict[str, float]:
    """Outcomes in money."""
    now = org.now
    return {
        "revenue": now.revenue,
        "service_cost": now.service_cost,
        "policy_cost": now.policy_cost,
        "profit": now.revenue - now.service_cost - now.policy_cost,
        "customer_value": now.customer_value,
    }
