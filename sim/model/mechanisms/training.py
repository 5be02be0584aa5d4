"""Training and coaching: they change what people value, and make them practice it this week.

Transfer of training and its decay: Arthur et al. 1998; Saks & Belcourt 2006 (62, 44, 34 % in use at 0, 6, 12 months).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.amounts import any_amount
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters, PolicyAmounts, Scratch
from sim.model.kernel.sums import mean_where
from sim.model.kernel.time_constants import saturating
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
    "coaching.effect": 0.0,
    "example.effect": 0.0,
    "monitoring.practice": 0.0,
}
"""Hours of training and coaching are spent and change no one. No one responds to an example or to monitoring."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def value_after_training(value: float, hours: float, receptiveness: float, effect: float) -> float:
    """Hours of training move values toward 1: v <- v + (1 - v)(1 - exp(-effect hours receptiveness))."""
    return value + (1.0 - value) * saturating(effect * hours * receptiveness)


def restore_standard(standard: float, hours: float, effect: float) -> float:
    """Training and coaching lift an eroded standard back toward 1. A standard above 1 stays as it is."""
    return standard + max(1.0 - standard, 0.0) * saturating(effect * hours)


def prompt_probability(
    coaching: float,
    example: float,
    receptiveness: float,
    coaching_effect: float,
    example_effect: float,
) -> float:
    """Probability that coaching or a leader's example makes a person practice this week (independent prompts)."""
    by_coaching = coaching * coaching_effect * receptiveness
    by_example = example * example_effect * receptiveness
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
        employees.value[seat] = value_after_training(employees.value[seat], hours, taken_in, effect)
        coached = policy.coaching[department] * coaching_hours
        employees.standard[seat] = restore_standard(employees.standard[seat], hours + coached, lifting)
