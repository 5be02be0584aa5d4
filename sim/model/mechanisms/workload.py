"""Workload: work against the hours of the people at work, by department and person.

Facing departments get work from the contacts of the week, the others evenly. Training, coaching, meetings and procedures take
hours; relief gives some back. Noise of 5 to 20 % a week: Oliva & Sterman 2001.
"""

from __future__ import annotations

import math

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.amounts import mean_over_seats
from sim.model.kernel.columns import department_column, employee_column, number, this_week
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import declare
from sim.model.kernel.records import (
    Customers,
    Departments,
    Employees,
    OrganizationNumbers,
    Parameters,
    PolicyAmounts,
    Scratch,
    Streams,
    Week,
)
from sim.model.kernel.scalar_draws import block, normal
from sim.model.kernel.sums import count_of, sum_by_department, sum_of
from sim.model.kernel.time_constants import closed_in_a_week
from sim.model.mechanisms.direction import work_under_direction
from sim.model.mechanisms.failure_demand import weekly_contacts
from sim.model.mechanisms.power import capacity_share
from sim.model.mechanisms.service import need_probability
from sim.model.mechanisms.standard import work_pressure

PARAMETERS = declare("""
workload.baseline = 0.9 ratio; 0 to 3, plausible 0.8 to 1.05; own; tier 5
    Work against capacity in an ordinary week, fully staffed.
    Source: Conjecture: organizations run a little below capacity
workload.noise = 0.08 sd of log; 0 to 1, plausible 0.03 to 0.2; own; tier 5
    Week-to-week variation of a department's work.
    Source: Oliva & Sterman 2001 used noise of 5 to 20 %
workload.hours = 38.0 hours per week; 10 to 80, plausible 35 to 42; own; tier 3
    Working week, against which training and coaching hours count.
    Source: OECD average usual weekly hours, about 37-40
workload.procedure_burden = 0.05 share; 0 to 1, plausible 0 to 0.15; unknown; tier 5
    Extra work that full procedures and their records cause.
    Source: Conjecture
workload.relief_effect = 0.15 share; 0 to 1, plausible 0.05 to 0.3; unknown; tier 5
    Part of the work that full relief takes off people.
    Source: Conjecture
workload.least = 0.05 ratio; 0 to 1; definition; tier 5
    Least load and pressure: with less to do, people fill their time.
    Source: Definition
workload.most = 5.0 ratio; 1 to 100; definition; tier 5
    Largest load and pressure: beyond, the rest is left lying.
    Source: Definition
""")


COLUMNS = (
    department_column(
        "load",
        "Work against working time at the organization's own standard, last week.",
        "ratio",
        bounds=(0.0, None),
        newcomer="workload.baseline",
    ),
    department_column(
        "work_pressure", "Work against capacity this week.", "ratio", bounds=(0.0, None), newcomer="workload.baseline"
    ),
    employee_column(
        "pressure",
        "Work against capacity at this person's own standard, this week.",
        "ratio",
        bounds=(0.0, None),
        lasting=False,
    ),
)

NUMBERS = (
    number(
        "contacts_expected",
        "Contacts of an ordinary week, to which the facing departments are staffed.",
        "per week",
        start="initial_contacts",
    ),
    number(
        "contacts_scale",
        "Contacts that load people, for each contact of a simulated customer; 1 where each stands for one.",
        "ratio",
        start=1.0,
    ),
    number("volume", "Contacts against those of an ordinary week, smoothed.", "ratio", start=1.0),
    this_week("headcount", "People at work.", "people"),
    this_week("pressure", "Sum of work pressure over people at work.", "ratio"),
)

STREAMS = ("workload",)


def initial_contacts(initial: InitialState) -> float:
    """Expected contacts per week of the customers of the outset, repeats included, with the service that the market offers."""
    customers = initial.customers
    again = (1.0 - initial.number("expectation.market"), initial.number("failure_demand.returns"))
    buying, calling = customers.active & ~customers.contract, customers.active & customers.contract
    by_purchase = float(weekly_contacts(customers.rate[buying], *again).sum())
    return by_purchase + float(weekly_contacts(customers.contact_rate[calling], *again).sum())


def real_contacts_of_a_week(contacts: float, needs: float, repeats: float, scale: float, represented: float) -> float:
    """Contacts that load people: E + s R + (contacts - E - R) / sqrt(k), at least 0; simply the contacts where k is 1 or less.

    Each of k real customers calls by a chance of their own, so that the contacts of all deviate from what is expected by
    1 / sqrt(k) of what those of the simulated customers do: the load of people has the mean and the variance of the real
    organization, however many of its customers are simulated.

    Args:
        contacts: Contacts of simulated customers this week.
        needs: E, new needs that are expected of them.
        repeats: R, contacts that were expected to come back from last week's.
        scale: s, contacts that loaded people last week, for each contact of a simulated customer.
        represented: k, real customers for whom each simulated one stands.
    """
    if represented <= 1.0:
        return contacts
    chance = contacts - needs - repeats
    return max(needs + scale * repeats + chance / math.sqrt(represented), 0.0)


def load_of_contacts(
    customers: Customers, scratch: Scratch, parameters: Parameters, week: Week, organization: OrganizationNumbers
) -> float:
    """Contacts of the week that load people, per simulated customer's share of the real ones."""
    represented = parameters.customers_represented
    if represented <= 1.0:
        return float(week.contacts)
    needs = scratch.position_value
    for position in range(customers.active.size):
        probability = need_probability(
            customers.contract[position], customers.contact_rate[position], customers.rate[position]
        )
        needs[position] = probability if customers.active[position] else 0.0
    real = real_contacts_of_a_week(
        float(week.contacts),
        sum_of(needs, scratch.partial_sums),
        organization.repeats_expected,
        organization.contacts_scale,
        represented,
    )
    organization.contacts_scale = real / week.contacts if week.contacts > 0 else 1.0
    return real


def update_workload(
    departments: Departments,
    customers: Customers,
    scratch: Scratch,
    policy: PolicyAmounts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """Work comes up in each department and is set against the hours of its people.

    load = baseline x noise x (facing contacts / expected + rest) x (1 + burdens) x (1 - relief) / staffing, where newcomers may
    not yet count in full, and capacity may follow departments' power.
    """
    start = block(streams.workload, week.number, 0)
    expected = organization.contacts_expected
    contacts = load_of_contacts(customers, scratch, parameters, week, organization)
    demand = contacts / expected if expected > 0.0 else 1.0
    organization.volume += (demand - organization.volume) * closed_in_a_week(parameters.staffing_volume_weeks)
    meetings = parameters.delegation_meetings * mean_over_seats(
        policy.delegation, departments.seats
    )  # all are called to meetings
    all_seats = count_of(departments.seats)
    noise, least, most = parameters.workload_noise, parameters.workload_least, parameters.workload_most
    for department in range(departments.seats.size):
        variation = exp(noise * normal(start, department) - 0.5 * noise * noise)
        facing = departments.facing[department]
        work = facing * demand + (1.0 - facing)
        coached = parameters.coaching_hours * policy.coaching[department]
        hours = policy.training[department] + coached + meetings
        burden = hours / parameters.workload_hours
        burden = burden + parameters.workload_procedure_burden * policy.procedures[department]
        relief = 1.0 - parameters.workload_relief_effect * policy.relief[department]
        staffing = max(departments.capacity[department], 0.5) / max(departments.seats[department], 1)
        if parameters.power_budget > 0.0:
            share = departments.seats[department] / all_seats
            staffing = staffing * capacity_share(
                departments.power[department], share, parameters.power_budget, parameters.power_least_capacity
            )
        if parameters.direction_hours > 0.0:
            work = work * work_under_direction(week.direction, parameters.direction_hours)
        load = parameters.workload_baseline * variation * work * (1.0 + burden) * relief / staffing
        departments.load[department] = min(max(load, least), most)


def update_work_pressure(
    employees: Employees, departments: Departments, scratch: Scratch, parameters: Parameters, week: Week
) -> None:
    """Work pressure of each person follows from their own standard; that of a department from its people."""
    least, most = parameters.workload_least, parameters.workload_most
    for seat in range(employees.value.size):
        pressed = work_pressure(departments.load[employees.department[seat]], employees.standard[seat], 1.0)
        employees.pressure[seat] = min(max(pressed, least), most)
    headcount, total = departments.headcount, scratch.department_value
    sum_by_department(employees.employed, employees.department, employees.pressure, total)
    for department in range(departments.seats.size):
        week.headcount += headcount[department]
        week.pressure += total[department]
        if headcount[department] > 0.0:
            departments.work_pressure[department] = total[department] / headcount[department]
