"""Staffing: people leave of their own accord, are dismissed for unmet internal demands, and are hired through a filter.

Separations of about 3.5 % a month: US JOLTS. Attraction-selection-attrition: Schneider 1987. Turnover is given per
month; weekly = 1 - (1 - m)^(12/52).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.agents.newcomers import welcome_employee
from sim.model.kernel import elementary_arrays
from sim.model.kernel.array_types import BoolArray, FloatArray, IntArray
from sim.model.kernel.columns import (
    FLAG,
    WHOLE,
    department_column,
    employee_column,
    environment_column,
    number,
    this_week,
)
from sim.model.kernel.elementary_functions import exp, expm1, log, log1p
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.quantiles import beta_quantile
from sim.model.kernel.records import (
    Contacts,
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
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import clip, headcount_by_department
from sim.model.kernel.time_constants import closed_in_a_week
from sim.model.mechanisms.attention import internal_fulfillment
from sim.model.mechanisms.standing import demands_met_with_favor

PARAMETERS = declare("""
employees.number = 500 seats; 1 to 200000; own; tier 5
    Employees at full staff.
    Source: The user's own organization
employees.span = 10 people; 1 to 100, plausible 5 to 15; own; tier 4
    People who report to one manager.
    Source: Common span of control 5-12 (practitioner)
employees.turnover = 0.02 per month; 0 to 0.5, plausible 0.01 to 0.1; own; tier 3
    Share of employees who leave of their own accord in a month.
    Source: US JOLTS separations about 3.5 % a month, quits about 2 %
employees.dismissal = 0.002 per month; 0 to 0.5, plausible 0.001 to 0.01; own; tier 3
    Share dismissed in a month although internal demands are met.
    Source: JOLTS layoffs and discharges about 1 % a month; for cause only a part of it
employees.dismissal_steepness = 3.0 log odds; 0 to 10, plausible 1.1 to 5; unknown; tier 5
    How much the hazard of dismissal rises when no internal demand is met at all (3: twenty times).
    Source: Conjecture: at least three times the base when internal demands go unmet
employees.satisfaction_link = 1.0 log odds per unit; 0 to 10, plausible 0 to 3; unknown; tier 2
    How much one unit of lost employee satisfaction raises the hazard of leaving.
    Source: Harter et al. 2002: engagement and turnover r = -.30
employees.satisfaction_initial = 0.7 index; 0 to 1, plausible 0.5 to 0.8; own; tier 4
    Employee satisfaction at the outset and of newcomers.
    Source: Typical engagement survey level
employees.satisfaction_weeks = 13.0 weeks; 1 to 520, plausible 4 to 52; unknown; tier 5
    Time constant with which satisfaction follows working life.
    Source: Conjecture
staffing.follows_volume = 0.0 share; 0 to 1, plausible 0 to 1; lever; tier 5
    How far the staff of departments that face customers follows the number of contacts (0: it stays; 1: in full).
    Source: A decision of the organization; 0 is the neutral setting
staffing.volume_weeks = 26.0 weeks; 1 to 520, plausible 8 to 104; own; tier 5
    Time constant with which it follows: until a change is believed, budgeted and hired for.
    Source: Conjecture: budgets are revised once or twice a year
hiring.delay_weeks = 8.0 weeks; 1 to 104, plausible 4 to 26; own; tier 4
    Mean time for which a vacated seat stands empty.
    Source: Hiring delays of 8 to 26 weeks (prior of the literature reviewed)
hiring.onboarding_weeks = 0.0 weeks; 0 to 260, plausible 0 to 26; own; tier 5
    Weeks until a newcomer does a full share of the work (0: at once).
    Source: Conjecture: a quarter of a year is common; the user's own organization
hiring.value_mean = 0.4 index; 0.01 to 0.99, plausible 0.3 to 0.5; unknown; tier 5
    Mean value that people bring from outside.
    Source: Conjecture: most people put their own organization's demands first
hiring.value_concentration = 2.0 Beta a + b; 0.5 to 1000, plausible 1 to 5; unknown; tier 5
    How alike people from outside are (larger: more alike).
    Source: Conjecture
hiring.candidates = 4 candidates; 1 to 50, plausible 2 to 8; own; tier 5
    Candidates from whom a full hiring filter takes the one with most value.
    Source: Conjecture
hiring.outside_practice = 0.05 share; 0 to 1, plausible 0 to 0.2; unknown; tier 5
    Share of ones that newcomers remember from where they worked before.
    Source: Conjecture: near the baseline
hiring.standard = 1.0 ratio; 0.1 to 2, plausible 0.9 to 1.1; unknown; tier 5
    Standard that newcomers bring, against the organization's own.
    Source: Conjecture: newcomers arrive with the standard they were taught
employees.satisfaction_energy = 0.6 share; 0 to 1, plausible 0.4 to 0.8; unknown; tier 5
    Weight of energy in satisfaction with working life.
    Source: Conjecture; job demands-resources (Bakker & Demerouti 2007) for the ingredient
employees.satisfaction_cynicism = 0.25 share; 0 to 1, plausible 0.1 to 0.4; unknown; tier 5
    Weight of not being cynical about leadership in satisfaction with working life.
    Source: Conjecture
employees.satisfaction_relief = 0.15 share; 0 to 1, plausible 0.05 to 0.3; unknown; tier 5
    Weight of relief in satisfaction with working life.
    Source: Conjecture; job demands-resources (Bakker & Demerouti 2007) for the ingredient
employees.satisfaction_customers = 0.2 share; 0 to 1, plausible 0 to 0.5; unknown; tier 5
    How far the satisfaction of the customers whom a person met, against the usual, adds to satisfaction with working life.
    Source: Schneider, White & Paul 1998 for the direction (134 bank branches, three years: climate and customers' view move each
    other); size is a conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "employees.turnover": 0.0,
    "employees.dismissal": 0.0,
    "hiring.onboarding_weeks": 0.0,
    "staffing.follows_volume": 0.0,
}
"""No one leaves or is dismissed, except by an event of the scenario; newcomers work like everybody else; staff does not grow."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    employee_column(
        "identity",
        "Number of this person in order of hiring; -1 while the seat is vacant.",
        "number",
        bounds=(-1, None),
        dtype=WHOLE,
        newcomer=None,
        initial=lambda initial: np.arange(initial.rows("employees")),
    ),
    employee_column("employed", "Whether the seat is taken.", "yes or no", dtype=FLAG, newcomer=None, initial=1.0),
    employee_column(
        "department",
        "Number of the department.",
        "number",
        bounds=(0, None),
        dtype=WHOLE,
        newcomer=None,
        initial=lambda initial: np.repeat(np.arange(initial.rows("departments")), initial.departments.seats),
    ),
    employee_column(
        "manager",
        "Seat of the manager; heads of departments report to themselves.",
        "seat",
        bounds=(0, None),
        dtype=WHOLE,
        newcomer=None,
        initial=lambda initial: managers_of(initial.employees.department, initial.whole("employees.span")),
    ),
    employee_column(
        "is_manager",
        "Whether somebody reports to this seat.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        initial=lambda initial: has_reports(initial.employees.manager),
        lasting=False,
    ),
    employee_column(
        "facing",
        "Whether the seat deals with customers.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        initial=lambda initial: facing_seats(initial.employees.department, initial.departments.facing),
    ),
    employee_column("satisfaction", "Satisfaction with working life.", newcomer="employees.satisfaction_initial"),
    employee_column(
        "met_satisfaction",
        "Satisfaction of the customers met last week, above (+) or below (-) the usual; 0 where none was met.",
        bounds=(-1.0, 1.0),
    ),
    employee_column("tenure", "Weeks in the organization.", "weeks", bounds=(0.0, None), initial="initial_tenure"),
    employee_column(
        "leaving",
        "Whether this seat's employee leaves this week.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        lasting=False,
    ),
    employee_column(
        "left",
        "Identities of those who left of their own accord this week, the first ``week.left``.",
        "number",
        bounds=(-1, None),
        dtype=WHOLE,
        newcomer=None,
        lasting=False,
    ),
    employee_column(
        "dismissed",
        "Identities of those dismissed this week, the first ``week.dismissed``.",
        "number",
        bounds=(-1, None),
        dtype=WHOLE,
        newcomer=None,
        lasting=False,
    ),
    department_column(
        "identity",
        "Number of the department, in the order of the scenario.",
        "number",
        bounds=(0, None),
        dtype=WHOLE,
        initial=lambda initial: np.arange(initial.rows("departments")),
    ),
    department_column(
        "seats", "Seats at full staff.", "seats", bounds=(0, None), dtype=WHOLE, initial="seats_by_department"
    ),
    department_column(
        "facing",
        "Share of seats that deal with customers.",
        initial=lambda initial: np.array([each.facing for each in initial.scenario.departments]),
    ),
    department_column(
        "turnover",
        "Share of its employees who leave of their own accord in a month, at ordinary satisfaction.",
        "per month",
        initial="turnover_by_department",
    ),
    department_column("leaving", "The same in a week.", "per week", lasting=False),
    department_column("newcomers", "People hired this week.", "people", bounds=(0.0, None), lasting=False),
    department_column(
        "people_per_seat",
        "People for whom each seat stands in the work done and in the wages: more where staff has grown with volume.",
        "people",
        bounds=(0.0, None),
        initial=1.0,
    ),
    department_column("headcount", "People at work this week.", "people", bounds=(0.0, None), lasting=False),
    department_column(
        "capacity",
        "Work that the people at work this week can do, in shares of a full one.",
        "people",
        bounds=(0.0, None),
        lasting=False,
    ),
    department_column("managers_leaving", "Share of managers whom an event has leave.", lasting=False),
    environment_column(
        "facing_seats",
        "Seats that deal with customers.",
        "seat",
        dtype=WHOLE,
        initial=lambda initial: np.flatnonzero(initial.employees.facing),
        lasting=False,
    ),
)

NUMBERS = (
    number(
        "employees_ever_hired",
        "People who have ever been hired, which numbers the next one.",
        "count",
        dtype=WHOLE,
        start="employees.number",
    ),
    this_week("hired", "People hired.", "count", dtype=WHOLE),
    this_week("left", "People who left of their own accord, by an event or by a merger.", "count", dtype=WHOLE),
    this_week("dismissed", "People dismissed.", "count", dtype=WHOLE),
    this_week("people_added", "People hired because staff grows with volume.", "people"),
    this_week("managers_forced", "Whether an event has managers leave.", "yes or no", dtype=FLAG),
    this_week("forced_merger", "Share of seats that people of another organization take over."),
)

STREAMS = ("leave", "manager exit", "merger", "hire", "candidates", "candidate picked")


def weekly_from_monthly(monthly: float) -> float:
    """Weekly share that compounds to ``monthly`` over a month of 52/12 weeks: 1 - (1 - m)^(12/52)."""
    return -expm1(log1p(-monthly) * 12.0 / 52.0) if monthly < 1.0 else 1.0


def leaving_probability(base: float, satisfaction: float, reference: float, link: float) -> float:
    """Weekly probability of leaving of one's own accord, by proportional hazards in satisfaction.

    1 - (1 - base)^(exp(link (reference - satisfaction))); exactly ``base`` where link is 0.
    """
    if link == 0.0:
        return base
    return -expm1(log1p(-base) * exp(link * (reference - satisfaction)))


def dismissal_probability(base: float, fulfillment: float, steepness: float) -> float:
    """Weekly probability of dismissal: 1 - (1 - base)^(exp(steepness x share of internal demands unmet))."""
    return -expm1(log1p(-base) * exp(steepness * (1.0 - fulfillment)))


def people_per_seat(volume: float, facing: float, follows: float) -> float:
    """People for whom a seat stands where staff follows volume: 1 + follows x facing x (volume - 1), at least 0.

    Only the share of a department's work that faces customers varies with their number. At ``follows`` of 1 work per person
    is what it was at the outset.

    Args:
        volume: Contacts against those expected at the outset, smoothed.
        facing: Share of the department's work that faces customers.
        follows: How far staff follows.
    """
    return max(1.0 + follows * facing * (volume - 1.0), 0.0)


def working_capacity(tenure: float, onboarding_weeks: float) -> float:
    """Share of the work of a fully trained person that someone does after ``tenure`` weeks: t / weeks, at most 1."""
    return 1.0 if tenure >= onboarding_weeks else tenure / onboarding_weeks


def draw_separation(employed: bool, draw: float, own_accord: float, dismissed: float) -> tuple[bool, bool]:
    """Decide by one draw per seat whether the employee leaves of their own accord or is dismissed."""
    leaving = employed & (draw < own_accord)
    sent_away = employed & (not leaving) & (draw < own_accord + (1.0 - own_accord) * dismissed)
    return leaving, sent_away


def update_satisfaction(
    satisfaction: float,
    energy: float,
    cynicism: float,
    relief: float,
    weeks: float,
    by_energy: float,
    by_trust: float,
    by_relief: float,
    justice: float,
    justice_weight: float,
    by_customers: float = 0.0,
) -> float:
    """Satisfaction follows working life: target b_E E + b_y (1 - y) + b_r relief + b_c c, in [0, 1]; time constant ``weeks``.

    ``by_customers`` is b_c c: the satisfaction c of the customers met, above or below the usual, with its weight. Where felt
    justice has a weight w, the target is (1 - w) of this and w J. Job demands-resources (Bakker & Demerouti 2007) for the
    ingredients; the weights are a conjecture.
    """
    target = clip(by_energy * energy + by_trust * (1.0 - cynicism) + by_relief * relief + by_customers, 0.0, 1.0)
    if justice_weight > 0.0:
        target = (1.0 - justice_weight) * target + justice_weight * justice
    return satisfaction + (target - satisfaction) * closed_in_a_week(weeks)


def managers_of(department: IntArray, span: int) -> IntArray:
    """Seat of each seat's manager: the first of its team of ``span``; team leads report to the department's head.

    Heads report to themselves. Shape (seats,).
    """
    manager = np.empty_like(department)
    for label in np.unique(department):
        seats = np.flatnonzero(department == label)
        rank = np.arange(seats.size)
        lead = seats[(rank // (span + 1)) * (span + 1)]
        manager[seats] = np.where(seats == lead, seats[0], lead)
    return manager


def seats_by_department(initial: InitialState) -> IntArray:
    """Number of seats of each department, by largest remainder, so that they add up to the number of employees."""
    total = initial.whole("employees.number")
    shares = np.array([department.share for department in initial.scenario.departments])
    exact = shares / shares.sum() * total
    seats = np.floor(exact).astype(np.int64)
    for index in np.argsort(seats - exact, kind="stable")[: total - int(seats.sum())]:
        seats[index] += 1
    return seats


def turnover_by_department(initial: InitialState) -> FloatArray:
    """Monthly turnover of each department: its own where the scenario gives one, else that of the organization.

    Where nobody leaves (``employees.turnover`` of 0), nobody leaves any department.
    """
    everywhere = initial.number("employees.turnover")
    own = [department.turnover for department in initial.scenario.departments]
    return np.array([everywhere if each is None or everywhere == 0.0 else each for each in own])


def initial_tenure(initial: InitialState) -> FloatArray:
    """Tenure in weeks, for people who came at a steady rate over the years and left at the rate of turnover."""
    draw = initial.uniform("founding tenure", initial.rows("employees"))
    weeks = initial.number("employees.history") * 52.0
    turnover, tenure = initial.departments.turnover[initial.employees.department], np.empty_like(draw)
    for monthly in np.unique(turnover).tolist():
        tenure[turnover == monthly] = tenure_at_turnover(draw, weeks, monthly)[turnover == monthly]
    return tenure


def tenure_at_turnover(draw: FloatArray, weeks: float, monthly: float) -> FloatArray:
    """Tenure of people who came at a steady rate over so many weeks and left at a monthly rate, from uniform draws."""
    rate = -log(min(max(1.0 - weekly_from_monthly(monthly), 1e-12), 1.0))
    if rate * weeks < 1e-9:
        return draw * weeks
    return -elementary_arrays.log1p(draw * expm1(-rate * weeks)) / rate


def has_reports(manager: IntArray) -> BoolArray:
    """Whether anyone reports to each seat."""
    found = np.zeros(manager.size, dtype=np.bool_)
    found[np.unique(manager)] = True
    return found


def facing_seats(department: IntArray, facing: FloatArray) -> BoolArray:
    """Whether a seat faces customers: the last seats of each department (managers come first), at least one in all."""
    result = np.zeros(department.size, dtype=np.bool_)
    for label in range(facing.size):
        seats = np.flatnonzero(department == label)
        count = round(float(facing[label]) * seats.size)
        if count:
            result[seats[-count:]] = True
    if not result.any():
        result[np.flatnonzero(department == department[np.argmax(facing[department])])[-1]] = True
    return result


def end_employment(
    employees: Employees, departments: Departments, parameters: Parameters, streams: Streams, week: Week
) -> None:
    """People leave of their own accord or are dismissed. An event or a merger takes others."""
    leaves = block(streams.leave, week.number, 0)
    exits = block(streams.manager_exit, week.number, 0)
    merges = block(streams.merger, week.number, 0)
    most_turnover = 0.0
    for department in range(departments.turnover.size):
        departments.leaving[department] = weekly_from_monthly(departments.turnover[department])
        most_turnover = max(most_turnover, departments.leaving[department])
    by_boss = weekly_from_monthly(parameters.employees_dismissal)
    reference, link = parameters.employees_satisfaction_initial, parameters.employees_satisfaction_link
    need, steepness = parameters.attention_internal_need, parameters.employees_dismissal_steepness
    # Upper bounds: the least satisfied are the readiest to leave, those who did nothing asked the likeliest to be dismissed.
    most = (
        leaving_probability(most_turnover, 0.0, reference, link)
        + dismissal_probability(by_boss, 0.0, steepness)
        + 1e-12
    )
    for seat in range(employees.value.size):
        employees.leaving[seat] = False
        if not employees.employed[seat]:
            continue
        draw, goes, sent = uniform(leaves, seat), False, False
        if draw < most:
            met = internal_fulfillment(employees.attention_customers[seat], employees.role_share[seat], need)
            met = demands_met_with_favor(met, employees.standing[seat], parameters.standing_protection)
            base = departments.leaving[employees.department[seat]]
            at_will = leaving_probability(base, employees.satisfaction[seat], reference, link)
            goes, sent = draw_separation(True, draw, at_will, dismissal_probability(by_boss, met, steepness))
        if week.managers_forced and employees.is_manager[seat]:
            goes |= uniform(exits, seat) < departments.managers_leaving[employees.department[seat]]
        if week.forced_merger > 0.0:
            goes |= uniform(merges, seat) < week.forced_merger
        if goes:
            employees.left[week.left] = employees.identity[seat]
            week.left += 1
        elif sent:
            employees.dismissed[week.dismissed] = employees.identity[seat]
            week.dismissed += 1
        employees.leaving[seat] = goes or sent


def hire_employees(
    employees: Employees,
    departments: Departments,
    policy: PolicyAmounts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """Seats that were vacant before this week are filled. A merger fills at once the seats that it takes over."""
    hires, merges = block(streams.hire, week.number, 0), block(streams.merger, week.number, 0)
    come = 1.0 / parameters.hiring_delay_weeks
    departments.newcomers[:] = 0.0
    for seat in range(employees.value.size):
        employees.tenure[seat] += 1.0
        if employees.leaving[seat]:
            # The other organization's people come with the merger.
            filled = week.forced_merger > 0.0 and uniform(merges, seat) < week.forced_merger
            employees.employed[seat] = False
            employees.identity[seat] = -1
            employees.choice[seat] = 0
        else:
            filled = not employees.employed[seat] and uniform(hires, seat) < come
        if filled:
            employees.employed[seat] = True
            employees.identity[seat] = organization.employees_ever_hired
            welcome_employee(seat, employees, policy, parameters, streams, week)
            organization.employees_ever_hired += 1
            departments.newcomers[employees.department[seat]] += 1.0
            week.hired += 1
    headcount_by_department(employees.employed, employees.department, departments.headcount)
    for department in range(departments.headcount.size):
        departments.capacity[department] = departments.headcount[department]
    weeks = parameters.hiring_onboarding_weeks
    if weeks > 0.0:
        for seat in range(employees.value.size):
            if employees.employed[seat]:
                missing = 1.0 - working_capacity(employees.tenure[seat], weeks)
                departments.capacity[employees.department[seat]] -= missing


def follow_volume(
    departments: Departments, parameters: Parameters, week: Week, organization: OrganizationNumbers
) -> None:
    """Staff grows and shrinks with contacts. There are as many seats as before, and each stands for more people or fewer."""
    follows = parameters.staffing_follows_volume
    if follows == 0.0:
        return
    for department in range(departments.seats.size):
        people = people_per_seat(organization.volume, departments.facing[department], follows)
        more = max(people - departments.people_per_seat[department], 0.0)
        week.people_added += more * departments.headcount[department]
        departments.people_per_seat[department] = people
        departments.capacity[department] *= people


def update_employee_satisfaction(employees: Employees, policy: PolicyAmounts, parameters: Parameters) -> None:
    """Satisfaction with working life follows energy, cynicism, relief, felt justice and that of the customers met."""
    weeks, weight = parameters.employees_satisfaction_weeks, parameters.justice_satisfaction_effect
    by_energy, by_trust = parameters.employees_satisfaction_energy, parameters.employees_satisfaction_cynicism
    by_relief, by_customers = parameters.employees_satisfaction_relief, parameters.employees_satisfaction_customers
    for seat in range(employees.value.size):
        employees.satisfaction[seat] = update_satisfaction(
            employees.satisfaction[seat],
            employees.energy[seat],
            employees.cynicism[seat],
            policy.relief[employees.department[seat]],
            weeks,
            by_energy,
            by_trust,
            by_relief,
            employees.justice[seat],
            weight,
            by_customers * employees.met_satisfaction[seat],
        )


def notice_customers(
    employees: Employees, customers: Customers, contacts: Contacts, scratch: Scratch, parameters: Parameters, week: Week
) -> None:
    """People notice how satisfied the customers are whom they met this week, and take that into the next."""
    if parameters.employees_satisfaction_customers == 0.0:
        return
    total, met, reference = scratch.seat_value, scratch.seat_count, parameters.satisfaction_reference
    total[:] = 0.0
    met[:] = 0
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        seat = customers.met[position]
        if seat >= 0:
            total[seat] += customers.satisfaction[position] - reference
            met[seat] += 1
    for seat in range(employees.value.size):
        employees.met_satisfaction[seat] = total[seat] / met[seat] if met[seat] > 0 else 0.0


def newcomer_value(
    seat: int, policy: PolicyAmounts, employees: Employees, parameters: Parameters, streams: Streams, week: Week
) -> float:
    """Value of the person hired: with a chance of the hiring filter the best of the candidates, else the first.

    The best candidate has the largest draw, so that one quantile is enough.
    """
    candidates = int(parameters.hiring_candidates)
    start = block(streams.candidates, week.number, 0)
    chosen = uniform(start, seat * candidates)
    hiring_filter = policy.hiring_filter[employees.department[seat]]
    if uniform(block(streams.candidate_picked, week.number, 0), seat) < hiring_filter:
        for candidate in range(1, candidates):
            chosen = max(chosen, uniform(start, seat * candidates + candidate))
    return candidate_value(chosen, parameters.hiring_value_mean, parameters.hiring_value_concentration)


def candidate_value(draw: float, mean: float, concentration: float) -> float:
    """Value of a candidate: the quantile of Beta(mean x concentration, (1 - mean) x concentration) at a uniform draw."""
    return beta_quantile(mean * concentration, (1.0 - mean) * concentration, draw)
