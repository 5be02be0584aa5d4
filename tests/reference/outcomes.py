"""Weekly outcomes of the reference."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import TYPE_CHECKING

from reference.numbers import mean
from sim.model.policies.resources import RESOURCES

if TYPE_CHECKING:
    from reference.employee import Employee
    from reference.model import ReferenceModel

_STAFF = {
    "practicing": attrgetter("choice"),
    "internalization": attrgetter("value"),
    "salience": attrgetter("salience"),
    "compliance": attrgetter("conduct"),
    "standard": attrgetter("standard"),
    "cynicism": attrgetter("cynicism"),
    "energy": attrgetter("energy"),
    "employee_satisfaction": attrgetter("satisfaction"),
    "attention_customer": attrgetter("attention_customers"),
    "work_pressure": attrgetter("pressure"),
}
_CUSTOMERS = {
    "satisfaction": attrgetter("satisfaction"),
    "trust": attrgetter("trust"),
    "attitudinal_loyalty": attrgetter("loyalty"),
}


def weekly_outcomes(model: ReferenceModel, contacts: int) -> dict[str, float]:
    """Every weekly outcome; missing (NaN) where there is nothing to measure."""
    return _of_staff(model) | _of_customers(model, contacts) | _of_money(model, contacts)


def _of_staff(model: ReferenceModel) -> dict[str, float]:
    """Outcomes that employees and executives show."""
    present, executives = model.present, model.executives
    limits = {name: resource.high for name, resource in RESOURCES.items()}
    outcomes = {name: mean(list(map(read, present))) for name, read in _STAFF.items()}
    return outcomes | {
        "espoused": model.espoused(),
        "reach": math.nan,
        "definition_agreement": _agreement([person.definition for person in present]),
        "department_gap": _department_gap(present),
        "executive_self_assessment": mean([each.self_assessment for each in executives]),
        "employees": len(present),
        "hired": model.hired,
        "left": model.left,
        "dismissed": model.dismissed,
        "sponsored": max(amount / limits[name] for row in model.amounts for name, amount in row.items()),
    }


def _of_customers(model: ReferenceModel, contacts: int) -> dict[str, float]:
    """Outcomes that customers and contacts show."""
    customers = model.customers
    service = model.service
    count, conflicts = len(customers), service.conflicts
    client = model.numbers.relationship_client_depth
    return {name: mean(list(map(read, customers))) for name, read in _CUSTOMERS.items()} | {
        "enacted": service.first_served / (contacts - service.repeats) if contacts > service.repeats else math.nan,
        "failure_demand": service.repeats / contacts if contacts else math.nan,
        "enacted_per_customer": service.served / count if count else math.nan,
        "reported": model.reported,
        "active_customers": count,
        "active_clients": sum(each.depth >= client for each in customers),
        "acquired": model.clientele.acquired,
        "lost": model.clientele.lost,
        "retention": _retention(model),
        "contacts": contacts,
        "failures": service.failures,
        "recovered": service.recovered,
        "conflicts": conflicts,
        "revealed": service.conceded / conflicts if conflicts else math.nan,
    }


def _of_money(model: ReferenceModel, contacts: int) -> dict[str, float]:
    """Outcomes in money; a simulated customer stands for many, an employee for one, paid by the week and dear to replace."""
    p, service, clientele = model.numbers, model.service, model.clientele
    revenue = clientele.revenue + clientele.promoted + clientele.collected
    revenue *= model.board.margin_left() * p.customers_represented
    complexity = p.focus_complexity * service.promised
    cost = p.money_contact_cost * (1.0 + complexity) * contacts + p.money_served_cost * service.served
    cost = (cost + p.recovery_cost * service.recovered + service.conceded_cost) * p.customers_represented
    people = sum(each.heads * each.people_per_seat for each in model.departments)
    cost += people * p.structure_by_customer * p.structure_coordination
    spent = _policy_cost(model)
    wages = p.money_wage * people
    came = sum(each.newcomers * each.people_per_seat + each.people_added for each in model.departments)
    replaced = 52.0 * p.money_wage * p.money_replacement * came
    return {
        "revenue": revenue,
        "service_cost": cost,
        "policy_cost": spent,
        "wages": wages,
        "replacement_cost": replaced,
        "profit": revenue - cost - spent - wages - replaced,
        "customer_value": (p.money_need_value * service.served + service.conceded_gain) * p.customers_represented,
    }


def _policy_cost(model: ReferenceModel) -> float:
    """Cost of the amounts in force: per head reached, or for the organization by share of seats reached."""
    total = 0.0
    for name, resource in RESOURCES.items():
        price = getattr(model.numbers, f"cost_{name}")
        for amounts, department in zip(model.amounts, model.departments, strict=True):
            people = department.heads * department.people_per_seat
            reached = people if resource.per == "head" else department.seats / model.seats
            total += price * amounts[name] * reached
    return total


def _retention(model: ReferenceModel) -> float:
    """Share kept: of customers under contract, of expected purchases of the others, by their numbers."""
    clientele = model.clientele
    count = clientele.under_contract + clientele.buyers
    if not count:
        return math.nan
    kept: float = clientele.under_contract - clientele.contracts_lost
    if clientele.buyers:
        expected = clientele.purchases_expected
        kept += clientele.buyers * (clientele.purchases_kept / expected if expected > 0.0 else 1.0)
    return kept / count


def _department_gap(present: list[Employee]) -> float:
    """Largest minus smallest share of practicing among departments with anyone at work."""
    choices: dict[int, list[int]] = {}
    for person in present:
        choices.setdefault(person.department.index, []).append(person.choice)
    shares = [sum(each) / len(each) for each in choices.values()]
    return max(shares) - min(shares) if shares else math.nan


def _agreement(definitions: list[float]) -> float:
    """How far people mean the same: 1 - 2 standard deviations, at least 0."""
    if not definitions:
        return math.nan
    middle = mean(definitions)
    variance = sum((each - middle) ** 2 for each in definitions) / len(definitions)
    return min(max(1.0 - 2.0 * math.sqrt(variance), 0.0), 1.0)
