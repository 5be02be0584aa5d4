"""The weekly outcomes: the columns of the weekly table, one row per week.

An outcome is a function that is called when a week is over. Like a step, it names what it reads in its arguments
(:mod:`sim.model.kernel.records`). Its docstring is its meaning.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sim.model.kernel.amounts import largest_share
from sim.model.kernel.records import (
    Customers,
    Departments,
    Employees,
    Executives,
    OrganizationNumbers,
    Parameters,
    PolicyAmounts,
    Resources,
    Scratch,
    Week,
)
from sim.model.kernel.sums import (
    count_of,
    mean_of,
    mean_of_count,
    mean_where,
    sum_by_department,
    sum_of,
    sum_where,
)
from sim.model.mechanisms.failure_demand import needs_served
from sim.model.mechanisms.leadership import espoused_level

Function = TypeVar("Function", bound=Callable[..., float])


@dataclass(frozen=True, slots=True)
class Outcome:
    """One column of the weekly table.

    Attributes:
        name: Column name.
        unit: Unit; ``share`` and ``index`` run from 0 to 1.
        meaning: What it means, and when it is missing.
        measure: Function that computes it.
        needs: When it must be a number: always (``always``), where another outcome is above 0 (the name of that outcome), or
            never (empty).
    """

    name: str
    unit: str
    meaning: str
    measure: Callable[..., float]
    needs: str = ""


OUTCOMES: dict[str, Outcome] = {}
"""Outcomes by name, in the order of the columns."""


def outcome(unit: str, needs: str = "") -> Callable[[Function], Function]:
    """Declare an outcome: a function of this name, whose docstring says what it means.

    Args:
        unit: As of an :class:`Outcome`.
        needs: As of an :class:`Outcome`.
    """

    def declare(measure: Function) -> Function:
        name = measure.__name__
        OUTCOMES[name] = Outcome(name, unit, " ".join((measure.__doc__ or "").split()), measure, needs)
        return measure

    return declare


@outcome("index", needs="always")
def espoused(executives: Executives, organization: OrganizationNumbers) -> float:
    """What leadership says: stated weight on customers, raised by recent talk."""
    return espoused_level(mean_of(executives.stated), organization.talk)


@outcome("share")
def enacted(customers: Customers, scratch: Scratch, week: Week) -> float:
    """Share of what the customer needed that was served, mean over this week's service contacts that bring a new need.

    A need that comes back counts once, by its first contact. Refused conflicts count as not served. Missing in weeks without new
    needs. Only differences are meant: no data fix its level.
    """
    needs = week.contacts - week.repeats
    for position in range(customers.active.size):
        scratch.position_value[position] = 0.0 if customers.repeat[position] else customers.served[position]
    return sum_of(scratch.position_value, scratch.partial_sums) / needs if needs > 0 else math.nan


@outcome("needs per week")
def enacted_per_customer(customers: Customers, scratch: Scratch) -> float:
    """Needs served this week per active customer; of one that came back, the part still open. Missing without customers."""
    count = count_of(customers.active)
    return needs_served(customers, scratch) / count if count > 0 else math.nan


@outcome("index")
def reported(week: Week) -> float:
    """Score that the organization shows itself: mean satisfaction of those who answered its survey.

    Missing when nobody answered.
    """
    return week.reported


@outcome("share", needs="employees")
def practicing(employees: Employees, scratch: Scratch, week: Week) -> float:
    """Share of employees whose choice this week was for the customer. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.choice, scratch.partial_sums)


@outcome("index", needs="employees")
def internalization(employees: Employees, scratch: Scratch, week: Week) -> float:
    """Mean value of employees. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.value, scratch.partial_sums)


@outcome("index", needs="employees")
def salience(employees: Employees, scratch: Scratch, week: Week) -> float:
    """Mean salience of the topic among employees. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.salience, scratch.partial_sums)


@outcome("share")
def compliance(employees: Employees, scratch: Scratch, week: Week) -> float:
    """Mean share of procedures followed, by demand or habit, load taken off. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.followed, scratch.partial_sums)


@outcome("share")
def reach() -> float:
    """Share of seats whose 13-week mean choice stands .1 above the twin's minus the share .1 below.

    Exists in pairs only: missing in a single run.
    """
    return math.nan


@outcome("ratio", needs="employees")
def standard(employees: Employees, scratch: Scratch, week: Week) -> float:
    """Mean standard that employees hold themselves to. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.standard, scratch.partial_sums)


@outcome("index", needs="employees")
def cynicism(employees: Employees, scratch: Scratch, week: Week) -> float:
    """Mean cynicism of employees. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.cynicism, scratch.partial_sums)


@outcome("index", needs="employees")
def energy(employees: Employees, scratch: Scratch, week: Week) -> float:
    """Mean energy of employees. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.energy, scratch.partial_sums)


@outcome("index", needs="employees")
def employee_satisfaction(employees: Employees, scratch: Scratch, week: Week) -> float:
    """Mean satisfaction of employees. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.satisfaction, scratch.partial_sums)


@outcome("index")
def definition_agreement(employees: Employees, scratch: Scratch, week: Week) -> float:
    """How far employees mean the same by centricity (1: all the same). Missing when nobody is employed."""
    count = week.headcount
    if count == 0.0:
        return math.nan
    mean = mean_of_count(count, employees.employed, employees.definition, scratch.partial_sums)
    for seat in range(employees.definition.size):
        away = employees.definition[seat] - mean
        scratch.seat_value[seat] = away * away
    apart = sum_where(employees.employed, scratch.seat_value, scratch.partial_sums)
    return min(max(1.0 - 2.0 * math.sqrt(apart / count), 0.0), 1.0)


@outcome("share")
def department_gap(employees: Employees, departments: Departments, scratch: Scratch, week: Week) -> float:
    """Largest minus smallest share of practicing among departments. Missing when nobody is employed."""
    if week.headcount == 0.0:
        return math.nan
    ones = scratch.department_value
    sum_by_department(employees.employed, employees.department, employees.choice, ones)
    most, least = 0.0, 1.0
    for department in range(departments.seats.size):
        if departments.headcount[department] > 0.0:
            most = max(most, ones[department] / departments.headcount[department])
            least = min(least, ones[department] / departments.headcount[department])
    return most - least


@outcome("share")
def attention_customer(employees: Employees, scratch: Scratch, week: Week) -> float:
    """Mean share of attention that employees give to customers. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.attention_customers, scratch.partial_sums)


@outcome("index", needs="active_customers")
def satisfaction(customers: Customers, scratch: Scratch) -> float:
    """Mean satisfaction of active customers. Missing without customers."""
    return mean_where(customers.active, customers.satisfaction, scratch.partial_sums)


@outcome("index", needs="active_customers")
def trust(customers: Customers, scratch: Scratch) -> float:
    """Mean trust of active customers. Missing without customers."""
    return mean_where(customers.active, customers.trust, scratch.partial_sums)


@outcome("index", needs="active_customers")
def attitudinal_loyalty(customers: Customers, scratch: Scratch) -> float:
    """Mean attitudinal loyalty of active customers: what they say. Missing without customers."""
    return mean_where(customers.active, customers.loyalty, scratch.partial_sums)


@outcome("count", needs="always")
def active_customers(customers: Customers) -> float:
    """Customers at the end of the week."""
    return float(count_of(customers.active))


@outcome("count")
def active_clients(customers: Customers, parameters: Parameters) -> float:
    """Customers whose relationship is deep enough to count as clients."""
    close, clients = parameters.relationship_client_depth, 0
    for position in range(customers.active.size):
        clients += customers.active[position] & (customers.depth[position] >= close)
    return float(clients)


@outcome("count")
def acquired(customers: Customers) -> float:
    """Customers who came this week."""
    return float(count_of(customers.acquired))


@outcome("count")
def lost(customers: Customers) -> float:
    """Customers who left or stopped buying this week."""
    return float(count_of(customers.lost))


@outcome("share")
def retention(week: Week) -> float:
    """Share of customers who stay this week.

    Under contract, share of the week's first customers; without, share of their expected purchases. Missing without
    customers.
    """
    return week.retention


@outcome("count")
def contacts(week: Week) -> float:
    """Service contacts this week."""
    return float(week.contacts)


@outcome("share")
def failure_demand(week: Week) -> float:
    """Share of this week's contacts that bring nothing but what was left open. Missing in weeks without contacts."""
    return week.repeats / week.contacts if week.contacts > 0 else math.nan


@outcome("count")
def failures(customers: Customers) -> float:
    """Contacts that went wrong."""
    return float(count_of(customers.failed))


@outcome("count")
def recovered(customers: Customers) -> float:
    """Failures made right."""
    return float(count_of(customers.recovered))


@outcome("count")
def conflicts(customers: Customers) -> float:
    """Contacts in which interests collided."""
    return float(count_of(customers.conflict))


@outcome("share")
def revealed(customers: Customers) -> float:
    """Share of this week's conflicts decided for the customer. Missing without conflicts."""
    conflicts = count_of(customers.conflict)
    return count_of(customers.conceded) / conflicts if conflicts > 0 else math.nan


@outcome("index")
def executive_self_assessment(executives: Executives) -> float:
    """How customer-centric executives think the organization is."""
    return mean_of(executives.self_assessment)


@outcome("count", needs="always")
def employees(week: Week) -> float:
    """Employees at the end of the week."""
    return week.headcount


@outcome("count")
def hired(week: Week) -> float:
    """Employees hired this week."""
    return float(week.hired)


@outcome("count")
def left(week: Week) -> float:
    """Employees who left of their own accord this week."""
    return float(week.left)


@outcome("count")
def dismissed(week: Week) -> float:
    """Employees dismissed this week."""
    return float(week.dismissed)


@outcome("ratio")
def work_pressure(employees: Employees, scratch: Scratch, week: Week) -> float:
    """Mean of work against capacity. Missing when nobody is employed."""
    return mean_of_count(week.headcount, employees.employed, employees.pressure, scratch.partial_sums)


@outcome("share")
def sponsored(policy: PolicyAmounts, resources: Resources) -> float:
    """Largest amount of any resource this week, as share of its legal range."""
    return largest_share(policy, resources)


@outcome("currency", needs="always")
def revenue(week: Week) -> float:
    """Margin before service this week."""
    return week.revenue


@outcome("currency", needs="always")
def service_cost(week: Week) -> float:
    """Cost of service, recoveries and conceded conflicts this week."""
    return week.service_cost


@outcome("currency", needs="always")
def policy_cost(week: Week) -> float:
    """Cost of the policy's resources this week."""
    return week.policy_cost


@outcome("currency", needs="always")
def wages(week: Week) -> float:
    """Wages of the people at work this week."""
    return week.wages


@outcome("currency", needs="always")
def replacement_cost(week: Week) -> float:
    """Cost of leaving and hiring, for the people who came this week."""
    return week.replacement_cost


@outcome("currency", needs="always")
def profit(week: Week) -> float:
    """Revenue less service cost, policy cost, wages and cost of replacing people."""
    return week.revenue - week.service_cost - week.policy_cost - week.wages - week.replacement_cost


@outcome("currency", needs="always")
def customer_value(week: Week) -> float:
    """Worth to customers of needs served, and of conflicts decided for them."""
    return week.customer_value


OUTCOME_NAMES: tuple[str, ...] = tuple(OUTCOMES)
"""Names of the outcomes that the model has without any extension."""
