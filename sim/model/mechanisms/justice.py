"""Justice among colleagues: being served and treated fairly by one another feeds energy and attention.

Felt justice follows how one is treated: by the attention that colleagues have for each other (interactional justice), by
one's own share of the load (distributive justice, equity: Adams 1965), and by whether fatigue is noticed and tended.
Injustice at work goes with exhaustion (meta-analysis: Robbins, Ford & Tetrick 2012) and lower satisfaction (Colquitt et
al. 2001). The directions are theirs; all sizes are conjectures.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import employee_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters, PolicyAmounts, Scratch, Week
from sim.model.kernel.time_constants import closed_in_a_week

PARAMETERS = declare("""
justice.initial = 0.7 index; 0.05 to 1, plausible 0.5 to 0.9; unknown; tier 5
    Felt justice at the outset and of newcomers; at this level it neither feeds nor drains.
    Source: Conjecture: the level of ordinary employee surveys
justice.weeks = 13.0 weeks; 1 to 520, plausible 4 to 52; unknown; tier 5
    Time constant with which felt justice follows treatment.
    Source: Conjecture
justice.energy_effect = 0.5 per unit; 0 to 1, plausible 0 to 1; unknown; tier 5
    How much one unit of felt justice above the outset speeds the recovery of energy (1: twice as fast).
    Source: Direction: Robbins, Ford & Tetrick 2012; size is a conjecture
justice.attention_effect = 0.25 share; 0 to 1, plausible 0 to 0.5; unknown; tier 5
    Part of attention that brooding over injustice takes where no justice is felt at all.
    Source: Conjecture; withholding effort restores equity (Adams 1965)
justice.satisfaction_effect = 0.25 share; 0 to 1, plausible 0 to 0.5; unknown; tier 5
    Weight of felt justice in employee satisfaction.
    Source: Direction: Colquitt et al. 2001; size is a conjecture
""")

_EFFECTS = ("justice.energy_effect", "justice.attention_effect", "justice.satisfaction_effect")

NEUTRAL: Mapping[str, ParameterValue] = dict.fromkeys(_EFFECTS, 0.0)
"""Justice changes nothing, and is not followed."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. People everywhere judge how they are treated: the middle of the plausible ranges."""


COLUMNS = (employee_column("justice", "Justice felt among colleagues.", newcomer="justice.initial"),)


def attention_received(given: float, asked: float) -> float:
    """Attention to colleagues against what the role asks for: min(1, given / asked); 1 if it asks for none."""
    share = min(given / max(asked, 1e-12), 1.0)
    return share if asked > 0.0 else 1.0


def update_justice(
    justice: float, served: float, own_load: float, mean_load: float, relief: float, weeks: float
) -> float:
    """Felt justice moves toward treatment: J <- J + (T - J)(1 - e^(-1/weeks)).

    T = q + (1 - q) relief with q = served x min(1, mean load / own load): colleagues who serve one another, a load no
    heavier than others', and fatigue that is noticed and tended.
    """
    fair = min(mean_load / max(own_load, 1e-12), 1.0)
    treated = served * fair
    treated = treated + (1.0 - treated) * relief
    return justice + (treated - justice) * closed_in_a_week(weeks)


def rest_under_justice(recovery: float, justice: float, initial: float, effect: float) -> float:
    """Recovery of energy, faster where justice is felt: recovery (1 + effect (J - J_0))."""
    if effect == 0.0:
        return recovery
    return recovery * (1.0 + effect * (justice - initial))


def attention_kept(justice: float, initial: float, effect: float) -> float:
    """Part of attention that is not spent brooding: 1 - effect max(0, 1 - J / J_0)."""
    return 1.0 - effect * max(1.0 - justice / initial, 0.0)


def update_felt_justice(
    employees: Employees, scratch: Scratch, policy: PolicyAmounts, parameters: Parameters, week: Week
) -> None:
    """Felt justice follows colleagues' attention last week, the division of the load, and whether fatigue is tended."""
    acts = parameters.justice_energy_effect != 0.0 or parameters.justice_attention_effect != 0.0
    if week.headcount == 0.0 or not (acts or parameters.justice_satisfaction_effect != 0.0):
        return
    total = parameters.attention_to_colleagues + parameters.attention_to_bosses + parameters.attention_to_deadlines
    asked = parameters.attention_to_colleagues / total
    # What each person does for colleagues: computed once per person, since it is needed once per tie.
    for seat in range(employees.value.size):
        there = employees.employed[seat] and employees.tenure[seat] > 0.0
        scratch.seat_value[seat] = 1.0 if there else 0.0
        served = attention_received(employees.attention_colleagues[seat], asked * (1.0 - employees.role_share[seat]))
        scratch.second_seat_value[seat] = served if there else 0.0
    weeks = parameters.justice_weeks
    for seat in range(employees.value.size):
        if not employees.employed[seat]:
            continue
        served, people = 0.0, 0.0
        for tie in range(employees.colleagues.shape[1]):
            served += scratch.second_seat_value[employees.colleagues[seat, tie]]
            people += scratch.seat_value[employees.colleagues[seat, tie]]
        served = served / people if people > 0.0 else 1.0  # no colleague who could withhold attention
        relief = policy.relief[employees.department[seat]]
        mean_load = week.pressure / week.headcount
        employees.justice[seat] = update_justice(
            employees.justice[seat], served, employees.pressure[seat], mean_load, relief, weeks
        )
