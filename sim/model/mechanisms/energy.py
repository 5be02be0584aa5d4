"""Energy: it falls under load, recovers with rest and relief, and is behind fatigue and leaving.

Depletion .06 and recovery .3 per week: Homer 1985. Fatigue within the shift: Dai et al. 2015 (hand hygiene). Acting against
what one values costs energy, whichever way: surface acting goes with exhaustion (meta-analysis: Hülsheger & Schewe 2011).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import employee_column
from sim.model.kernel.elementary_functions import exp, power
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters, PolicyAmounts
from sim.model.mechanisms.justice import rest_under_justice

PARAMETERS = declare("""
energy.depletion = 0.06 per week; 0 to 1, plausible 0.03 to 0.12; unknown; tier 1
    Energy used up in a week whose work equals capacity.
    Source: Homer 1985
energy.recovery = 0.3 per week; 0.001 to 1, plausible 0.15 to 0.45; unknown; tier 1
    Share of lost energy that a week's rest restores.
    Source: Homer 1985
energy.load_exponent = 2.0 exponent; 0 to 6, plausible 1 to 3; unknown; tier 5
    How steeply depletion rises with work pressure.
    Source: Conjecture: convex, as in Homer's table functions
energy.relief_effect = 1.0; 0 to 10, plausible 0.5 to 2; unknown; tier 5
    How much full relief speeds recovery (1: twice as fast).
    Source: Conjecture; longer breaks restore compliance (Dai et al. 2015)
energy.dissonance = 0.03 per week; 0 to 1, plausible 0 to 0.06; unknown; tier 5
    Energy used up in a week by someone who acts wholly against what they value.
    Source: Direction: Hülsheger & Schewe 2011 (surface acting and exhaustion); size is a conjecture: up to as much as
    ordinary work
""")

NEUTRAL: Mapping[str, ParameterValue] = {"energy.depletion": 0.0, "energy.dissonance": 0.0}
"""Nobody ever tires."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    employee_column("energy", "Energy left for work: 1 rested, 0 exhausted.", newcomer=1.0, initial="initial_energy"),
)


def energy_after_week(
    energy: float,
    work_pressure: float,
    relief: float,
    depletion: float,
    recovery: float,
    load_exponent: float,
    relief_effect: float,
    dissonance: float,
) -> float:
    """One week: E moves toward r / (r + d) at rate r + d, so that it stays in [0, 1] whatever the load.

    d = depletion x pressure ** exponent + dissonance, r = recovery (1 + relief_effect relief); the exact solution of
    dE/dt = r (1 - E) - d E over one week.
    """
    drain = depletion * power(work_pressure, load_exponent) + dissonance
    rest = recovery * (1.0 + relief_effect * relief)
    target = rest / (rest + drain)
    return target + (energy - target) * exp(-(rest + drain))


def dissonance_drain(choice: int, value: float, effect: float) -> float:
    """Energy that acting against one's value takes in a week: effect |choice - value|."""
    return effect * abs(choice - value)


def initial_energy(initial: InitialState) -> FloatArray:
    """Energy at which an ordinary week's work and rest balance, for someone who does not practice."""
    recovery, effect = initial.number("energy.recovery"), initial.number("energy.dissonance")
    depletion = initial.number("energy.depletion")
    drains = [depletion + dissonance_drain(0, value, effect) for value in initial.employees.value.tolist()]
    return np.array([recovery / (recovery + drain) for drain in drains])


def update_energy(employees: Employees, policy: PolicyAmounts, parameters: Parameters) -> None:
    """Energy is spent under this week's pressure, and restored by rest, relief and felt justice."""
    depletion, recovery = parameters.energy_depletion, parameters.energy_recovery
    exponent, relief_effect = parameters.energy_load_exponent, parameters.energy_relief_effect
    felt, initial = parameters.justice_energy_effect, parameters.justice_initial
    dissonance = parameters.energy_dissonance
    for seat in range(employees.value.size):
        employees.energy[seat] = energy_after_week(
            employees.energy[seat],
            employees.pressure[seat],
            policy.relief[employees.department[seat]],
            depletion,
            rest_under_justice(recovery, employees.justice[seat], initial, felt),
            exponent,
            relief_effect,
            dissonance_drain(employees.choice[seat], employees.value[seat], dissonance),
        )
