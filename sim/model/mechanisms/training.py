"""Training and coaching: they change what people value, and make them practice it this week.

What people have learned, no matter who taught it, is a stock of the person: it fades in weeks without use and is kept up by use.
Transfer of training and its decay: Arthur et al. 1998; Saks & Belcourt 2006 (62, 44, 34 % in use at 0, 6, 12 months).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.model.kernel.amounts import any_amount
from sim.model.kernel.columns import WHOLE, employee_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters, PolicyAmounts, Scratch
from sim.model.kernel.sums import mean_where
from sim.model.kernel.time_constants import kept_after_a_week, saturating
from sim.model.mechanisms.definitions import shared_understanding

PARAMETERS = declare("""
training.effect = 0.01 per hour; 0 to 1, plausible 0.003 to 0.03; unknown; tier 5
    How far one hour of training moves a receptive person's value toward 1.
    Source: Conjecture: a week's worth of hours (40) moves a person by a third of the way
training.ambiguity = 0.5 share; 0 to 1, plausible 0 to 1; unknown; tier 5
    Part of the training lost on someone whose definition of centricity stands a full range off the others' mean.
    Source: Conjecture for the seed's claim that all have to agree on the target first
training.standard_effect = 0.01 per hour; 0 to 1, plausible 0 to 0.03; unknown; tier 5
    How far one hour of training or coaching lifts an eroded standard back toward the organization's own.
    Source: Conjecture: names what raises a standard again, which Oliva & Sterman 2001 found load does not
learning.unused_weeks = 86.0 weeks; 0 to 2000, plausible 40 to 200; unknown; tier 4
    Time constant with which what was learned fades in weeks in which it is not practiced (0: it never fades).
    Source: Saks & Belcourt 2006: training in use 62, 44, 34 % at 0, 6, 12 months: half-life 13.8 months
coaching.span = 10.0 people; 1 to 100000, plausible 5 to 20; own; tier 5
    People whom one manager can coach in a week of full coaching; in larger teams each is coached in proportion.
    Source: Conjecture: as many as usually report to one manager (employees.span)
coaching.effect = 0.5 share; 0 to 1, plausible 0.3 to 0.9; unknown; tier 5
    Probability that a receptive person practices in a week of full coaching.
    Source: Conjecture
coaching.hours = 0.5 hours per week; 0 to 40, plausible 0.25 to 2; lever; tier 5
    Working time that full coaching takes from each person.
    Source: Conjecture
example.effect = 0.3 share; 0 to 1, plausible 0 to 0.6; unknown; tier 5
    Probability that a receptive person follows the example of a manager who practiced last week, when an executive gives
    the topic all attention.
    Source: Direction: Bandura 1977; size is a conjecture
monitoring.practice = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    Probability that full procedures under full monitoring make a person act for the customer in a given week.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "training.effect": 0.0,
    "training.standard_effect": 0.0,
    "learning.unused_weeks": 0.0,
    "coaching.effect": 0.0,
    "example.effect": 0.0,
    "monitoring.practice": 0.0,
}
"""Hours of training and coaching are spent and change no one. No one responds to an example or to monitoring."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""

COLUMNS = (
    employee_column(
        "learned", "Part of a person's value that they were taught and that has not faded.", bounds=(0.0, None)
    ),
    employee_column(
        "team",
        "People in this seat's team: all who report to the same manager.",
        "people",
        bounds=(1, None),
        dtype=WHOLE,
        newcomer=None,
        initial=lambda initial: np.bincount(initial.employees.manager)[initial.employees.manager],
    ),
)


def value_after_training(value: float, hours: float, receptiveness: float, effect: float) -> float:
    """Hours of training move values toward 1: v <- v + (1 - v)(1 - exp(-effect hours receptiveness))."""
    return value + (1.0 - value) * saturating(effect * hours * receptiveness)


def learned_after_week(learned: float, value: float, practiced: bool, weeks: float) -> float:
    """What is left of what a person learned after a week: all of it if they practiced; else learned x exp(-1 / weeks).

    It is never more than the value that it is a part of. With ``weeks`` of 0 nothing fades.
    """
    held = min(learned, value)
    if practiced or weeks == 0.0:
        return held
    return held * kept_after_a_week(weeks)


def restore_standard(standard: float, hours: float, effect: float) -> float:
    """Training and coaching lift an eroded standard back toward 1. A standard above 1 stays as it is."""
    return standard + max(1.0 - standard, 0.0) * saturating(effect * hours)


def coaching_received(coaching: float, team: int, span: float) -> float:
    """Coaching that reaches a person: all of it in teams within the coach's span, else coaching x span / team."""
    return coaching * min(span / max(team, 1), 1.0)


def coaching_probability(coaching: float, receptiveness: float, effect: float) -> float:
    """Probability that coaching makes a person practice this week: coaching x effect x receptiveness, at most 1."""
    return min(coaching * effect * receptiveness, 1.0)


def prompt_probability(by_coaching: float, example: float, receptiveness: float, example_effect: float) -> float:
    """Probability that coaching or a leader's example makes a person practice this week (independent prompts)."""
    by_example = min(example * example_effect * receptiveness, 1.0)
    return 1.0 - (1.0 - by_coaching) * (1.0 - by_example)


def train_employees(employees: Employees, scratch: Scratch, policy: PolicyAmounts, parameters: Parameters) -> None:
    """Training moves values, less where people mean something else by centricity. It also restores standards."""
    coaching_hours = parameters.coaching_hours
    if not any_amount(policy.training) and not (any_amount(policy.coaching) and coaching_hours > 0.0):
        return
    mean = mean_where(employees.employed, employees.definition, scratch.partial_sums)
    ambiguity, effect = parameters.training_ambiguity, parameters.training_effect
    lifting = parameters.training_standard_effect
    for seat in range(employees.value.size):
        department = employees.department[seat]
        hours = policy.training[department]
        taken_in = employees.receptiveness[seat] * shared_understanding(employees.definition[seat], mean, ambiguity)
        before = employees.value[seat]
        employees.value[seat] = value_after_training(before, hours, taken_in, effect)
        employees.learned[seat] += employees.value[seat] - before
        coached = policy.coaching[department] * coaching_hours
        employees.standard[seat] = restore_standard(employees.standard[seat], hours + coached, lifting)


def forget_unused_learning(employees: Employees, parameters: Parameters) -> None:
    """What people have learned fades in weeks in which they do not practice it, and their values with it."""
    weeks = parameters.learning_unused_weeks
    if weeks == 0.0:
        return
    for seat in range(employees.value.size):
        held = min(employees.learned[seat], employees.value[seat])
        kept = learned_after_week(employees.learned[seat], employees.value[seat], employees.choice[seat] == 1, weeks)
        employees.value[seat] -= held - kept
        employees.learned[seat] = kept
