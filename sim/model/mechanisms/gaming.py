"""Gaming: a bonus on the measured score buys some service, and much work on the score itself.

Pay for the measured part of a job moves effort to it and away from the rest (Holmstrom & Milgrom 1991). The measured part
here is the score. It can be raised without serving anyone: by asking those who are pleased (sampling), by talking
answers up (inflation), and by promising less (expectation). English hospitals under a target reported 90 and 96 % where
patients' surveys found 69 and 77 % (Bevan & Hood 2006), a gap of about 20 points. Employees who value customers'
interest are less tempted, so how much of the bonus is gamed depends on who works there.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.amounts import any_amount
from sim.model.kernel.columns import employee_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Contacts, Customers, Employees, Parameters, PolicyAmounts, Week
from sim.model.kernel.sums import any_of
from sim.model.kernel.time_constants import closed_in_a_week

PARAMETERS = declare("""
gaming.temptation = 0.8 share; 0 to 1, plausible 0.3 to 1; unknown; tier 5
    How far a full bonus on the score draws someone to whom customers mean nothing into working on the score.
    Source: Conjecture; direction: Holmstrom & Milgrom 1991
gaming.weeks = 8.0 weeks; 1 to 520, plausible 4 to 26; unknown; tier 5
    Time constant with which people find out how the score is worked on, and let it be when it no longer pays.
    Source: Conjecture: within the two quarters for which such targets are set
gaming.inflation = 0.75 share; 0 to 1, plausible 0.5 to 0.9; unknown; tier 3
    Part of the way to full marks by which answers are talked up where everybody games.
    Source: Bevan & Hood 2006: 90 % official against 69 % surveyed is .68 of the way to 100, 96 against 77 % is .83
gaming.selection = 1.5 log odds per sd; 0 to 10, plausible 0.5 to 3; unknown; tier 5
    How much more the pleased are asked, per standard deviation of satisfaction, where everybody games.
    Source: Bevan & Hood 2006 for the practice; size is a conjecture
gaming.expectation = 0.05 per contact; 0 to 1, plausible 0.01 to 0.15; unknown; tier 5
    Part of what a customer expects that is talked away in a contact with someone who games fully.
    Source: Conjecture; lower expectations raise satisfaction (Oliver 1980)
gaming.distraction = 0.1 share; 0 to 1, plausible 0 to 0.3; unknown; tier 5
    Part of the service someone would give that full work on the score takes.
    Source: Direction: Holmstrom & Milgrom 1991 (effort leaves the unmeasured task); size is a conjecture
gaming.effort = 0.15 share; 0 to 1, plausible 0 to 0.3; unknown; tier 5
    Share of unserved needs that a full bonus has someone serve who does not game.
    Source: Conjecture; the national index never rose by more than .7 % in a quarter (ACSI 2023)
""")

NEUTRAL: Mapping[str, ParameterValue] = {"gaming.temptation": 0.0, "gaming.effort": 0.0}
"""The bonus is paid and changes nothing."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults are plausible; without a bonus on the score they do nothing."""


COLUMNS = (employee_column("gaming", "How far this person works on the score instead of on what it measures."),)


def update_gaming_of_person(gaming: float, bonus: float, value: float, temptation: float, weeks: float) -> float:
    """Gaming follows the bonus, less in those who value customers: G <- G + (temptation b (1 - v) - G)(1 - e^(-1/weeks))."""
    return gaming + (temptation * bonus * (1.0 - value) - gaming) * closed_in_a_week(weeks)


def delivery_under_bonus(delivery: float, bonus: float, gaming: float, effort: float, distraction: float) -> float:
    """Service under a bonus: D' = [D + (1 - D) effort b (1 - G)] (1 - distraction G); those who game serve less.

    Args:
        delivery: Share of a need that each person would serve without the bonus.
        bonus: Share of a full bonus at each seat.
        gaming: How far each person works on the score.
        effort, distraction: Of someone who does not game, and of someone who games fully.
    """
    chased = delivery + (1.0 - delivery) * effort * bonus * (1.0 - gaming)
    return chased * (1.0 - distraction * gaming)


def inflate_answers(answers: float, gaming: float, inflation: float) -> float:
    """Answers after an employee has talked them up: s + inflation G (1 - s), G the mean gaming at the counter."""
    return answers + inflation * gaming * (1.0 - answers)


def lower_expectation(expectation: float, gaming: float, rate: float) -> float:
    """Expectation after a contact in which less was promised: E (1 - rate G)."""
    return expectation * (1.0 - rate * gaming)


def update_gaming(employees: Employees, policy: PolicyAmounts, parameters: Parameters) -> None:
    """Where pay depends on the score, employees learn to work on the score itself, the less so the more they value customers."""
    if not any_amount(policy.score_bonus) and not any_of(employees.gaming):
        return
    temptation, weeks = parameters.gaming_temptation, parameters.gaming_weeks
    for seat in range(employees.value.size):
        bonus = policy.score_bonus[employees.department[seat]]
        gamed = update_gaming_of_person(employees.gaming[seat], bonus, employees.value[seat], temptation, weeks)
        employees.gaming[seat] = gamed if employees.employed[seat] else 0.0


def respond_to_bonus(employees: Employees, policy: PolicyAmounts, parameters: Parameters) -> None:
    """A bonus on the score buys some service, and those who work on the score serve less."""
    if not any_amount(policy.score_bonus) and not any_of(employees.gaming):
        return
    effort, distraction = parameters.gaming_effort, parameters.gaming_distraction
    for seat in range(employees.value.size):
        bonus = policy.score_bonus[employees.department[seat]]
        employees.delivery[seat] = delivery_under_bonus(
            employees.delivery[seat], bonus, employees.gaming[seat], effort, distraction
        )


def lower_expectations(
    employees: Employees, customers: Customers, contacts: Contacts, parameters: Parameters, week: Week
) -> None:
    """Employees who work on the score promise customers less, so that these expect less."""
    if not any_of(employees.gaming):
        return
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        seat = customers.met[position]
        work = employees.gaming[max(seat, 0)] if seat >= 0 else 0.0
        customers.expectation[position] = lower_expectation(
            customers.expectation[position], work, parameters.gaming_expectation
        )


def mean_gaming(employees: Employees) -> float:
    """Mean gaming of employees who face customers; 0 if there are none."""
    if not any_of(employees.gaming):
        return 0.0
    total, people = 0.0, 0
    for seat in range(employees.gaming.size):
        if employees.facing[seat] and employees.employed[seat]:
            total += employees.gaming[seat]
            people += 1
    return total / people if people > 0 else 0.0
