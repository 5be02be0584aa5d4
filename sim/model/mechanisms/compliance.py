"""Compliance: procedures and monitoring change what people do while someone looks; habit keeps part of it.

Terms: *compliance* (Kelman 1958). Monitoring raises compliance, which falls below its starting level when monitoring
stops: field evidence from hand hygiene in 71 hospital units (Staats, Dai, Hofmann & Milkman 2017); crowding-out of
intrinsic motivation: Frey & Jegen 2001. Dropped practices follow managers' exits: Bloom et al. 2020 (India).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import department_column, employee_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Departments, Employees, Parameters, PolicyAmounts, Scratch
from sim.model.kernel.sums import mean_where
from sim.model.kernel.time_constants import closed_in_a_week, saturating
from sim.model.mechanisms.definitions import shared_understanding

PARAMETERS = declare("""
compliance.adoption_weeks = 4.0 weeks; 0.5 to 52, plausible 2 to 12; unknown; tier 5
    Time constant with which conduct follows what is demanded.
    Source: Improvement half-lives of 1-3 months for simple changes (Schneiderman 1988)
compliance.unwatched = 0.25 share; 0 to 1, plausible 0.1 to 0.5; unknown; tier 5
    Share of a procedure that people follow when nobody monitors but their manager stands behind it.
    Source: Conjecture
compliance.shortcut = 1.5 per unit of excess load; 0 to 20, plausible 0.5 to 3; unknown; tier 5
    Share of the procedure dropped for each unit by which work exceeds capacity.
    Source: Oliva & Sterman 2001 for the mechanism (cutting corners); size is a conjecture
habit.formation_weeks = 26.0 weeks; 1 to 520, plausible 10 to 52; unknown; tier 5
    Time constant with which what is done becomes habit.
    Source: Lally et al. 2010: median 66 days for a simple daily act; weekly work practices slower (conjecture)
habit.decay_weeks = 86.0 weeks; 2 to 2000, plausible 40 to 200; unknown; tier 5
    Time constant with which an unsupported habit wears off.
    Source: Conjecture: as what was learned fades without use (learning.unused_weeks); no measurement of work habits known
habit.orphaned_decay = 3.0; 1 to 20, plausible 2 to 5; unknown; tier 5
    How many times faster habits wear off under a manager who did not adopt them.
    Source: Bloom et al. 2020: managers' turnover is the first stated reason for dropping a practice; ratio >= 2
habit.load_decay = 2.0 per unit of excess load; 0 to 20, plausible 0 to 5; unknown; tier 5
    How much each unit of excess load speeds the loss of habits.
    Source: Conjecture after Oliva & Sterman 2001
manager.adoption_weeks = 13.0 weeks; 1 to 520, plausible 6 to 26; unknown; tier 5
    Time constant with which a manager makes the procedures their own.
    Source: Conjecture
crowding.strength = 0.25 share; 0 to 1, plausible 0 to 0.3; unknown; tier 2
    Share of discretionary effort that full crowding-out takes once nobody monitors any more.
    Source: Set so that conduct falls below its earlier level once monitoring stops, as in Staats et al. 2017; prior 0 to
    .3
crowding.weeks = 52.0 weeks; 1 to 520, plausible 13 to 104; unknown; tier 5
    Time constant with which monitoring crowds out, and its absence restores.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"delivery.compliance": 0.0, "crowding.strength": 0.0}
"""Conduct under procedures reaches no customer, and being watched crowds nothing out."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    employee_column("compliance", "Share of procedures followed (compliance)."),
    employee_column("habit", "Share of procedures that have become habit."),
    employee_column("crowding", "How far monitoring has crowded out one's own reasons."),
    employee_column(
        "followed", "Share of procedures followed this week, by demand or habit, load taken off.", lasting=False
    ),
    employee_column("discretion", "Discretionary effort that crowding-out has left this week.", lasting=False),
    department_column("adopted", "How far its managers have made the procedures their own."),
)


def share_followed_under_load(load: float, sensitivity: float) -> float:
    """Share of the procedure that is still followed when work exceeds capacity: max(0, 1 - k max(0, load - 1))."""
    return max(0.0, 1.0 - sensitivity * max(load - 1.0, 0.0))


def unwatched_conduct(
    procedures: float, monitoring: float, adopted: float, discretion: float, unwatched: float
) -> float:
    """Share of procedures followed of one's own accord, 0 to 1: unmonitored, where the manager has adopted them.

    procedures x (1 - m) x unwatched x adopted x discretion.
    """
    return procedures * (1.0 - monitoring) * unwatched * adopted * discretion


def update_compliance(compliance: float, demand: float, adoption_weeks: float) -> float:
    """Conduct follows what is demanded with time constant ``adoption_weeks``."""
    return compliance + (demand - compliance) * closed_in_a_week(adoption_weeks)


def update_habit(
    habit: float,
    practiced: float,
    adopted: float,
    load: float,
    formation_weeks: float,
    decay_weeks: float,
    orphaned_decay: float,
    load_decay: float,
) -> float:
    """Habit follows what is practiced. It wears off faster without the manager and under load.

    Toward more practice: rate 1/formation_weeks. Toward less: rate
    (1 + (orphaned - 1)(1 - adopted)) (1 + load_decay max(0, load - 1)) / decay_weeks.

    Args:
        practiced: Share of procedures practiced in a way that forms a habit. What monitoring prompts counts less
            (:func:`habit_forming_share`).
    """
    loss = (1.0 + (orphaned_decay - 1.0) * (1.0 - adopted)) / decay_weeks
    loss = loss * (1.0 + load_decay * max(load - 1.0, 0.0))
    gain = 1.0 / formation_weeks
    rate = gain if practiced > habit else loss
    return habit + (practiced - habit) * saturating(rate)


def habit_forming_share(compliance: float, own: float, watched: float, monitored_weight: float) -> float:
    """Part of this week's compliance that can become habit: all that is own, and part of what monitoring prompts.

    compliance x (own + weight x watched) / (own + watched); 0 where nothing is demanded. Acts put down to being watched
    say little about oneself (Kelley 1973) and control weakens the forming of habits (Gardner & Lally 2013).
    """
    demand = own + watched
    counts = (own + monitored_weight * watched) / (demand if demand > 0.0 else 1.0)
    return compliance * (counts if demand > 0.0 else 0.0)


def update_adoption(adopted: float, procedures: float, adoption_weeks: float) -> float:
    """A department's manager adopts the procedures in force. What is adopted stays until the manager leaves."""
    return adopted + max(procedures - adopted, 0.0) * closed_in_a_week(adoption_weeks)


def update_crowding(crowding: float, monitoring: float, weeks: float) -> float:
    """Monitoring replaces own reasons (Frey & Jegen 2001): crowding follows monitoring with time constant ``weeks``."""
    return crowding + (monitoring - crowding) * closed_in_a_week(weeks)


def discretionary_effort(crowding: float, monitoring: float, strength: float) -> float:
    """Share of discretionary effort left: 1 - strength x crowding x (1 - monitoring); 1 while still fully watched."""
    return 1.0 - strength * crowding * (1.0 - monitoring)


def lose_adoption_of_departed_managers(employees: Employees, departments: Departments, scratch: Scratch) -> None:
    """What managers had adopted leaves with them."""
    carriers, lost = scratch.department_value, scratch.second_department_value
    carriers[:] = 0.0
    lost[:] = 0.0
    for seat in range(employees.value.size):
        if employees.is_manager[seat]:
            carriers[employees.department[seat]] += 1.0
            lost[employees.department[seat]] += employees.leaving[seat]
    for department in range(departments.seats.size):
        departments.adopted[department] *= 1.0 - lost[department] / max(carriers[department], 1.0)


def update_compliance_and_habits(
    employees: Employees, departments: Departments, scratch: Scratch, policy: PolicyAmounts, parameters: Parameters
) -> None:
    """Conduct follows procedures and monitoring; then habit, managers' adoption and crowding-out are updated."""
    for department in range(departments.seats.size):
        departments.adopted[department] = update_adoption(
            departments.adopted[department], policy.procedures[department], parameters.manager_adoption_weeks
        )
    misalignment_loss = parameters.definitions_discord
    mean = (
        mean_where(employees.employed, employees.definition, scratch.partial_sums) if misalignment_loss > 0.0 else 0.0
    )
    crowding_weeks, crowding = parameters.crowding_weeks, parameters.crowding_strength
    unwatched, adoption = parameters.compliance_unwatched, parameters.compliance_adoption_weeks
    monitored, sensitivity = parameters.norm_monitored_weight, parameters.compliance_shortcut
    formation, decay = parameters.habit_formation_weeks, parameters.habit_decay_weeks
    orphaned, loaded = parameters.habit_orphaned_decay, parameters.habit_load_decay
    for seat in range(employees.value.size):
        department = employees.department[seat]
        monitoring, adopted = policy.monitoring[department], departments.adopted[department]
        load = departments.load[department]
        employees.crowding[seat] = update_crowding(employees.crowding[seat], monitoring, crowding_weeks)
        discretion = discretionary_effort(employees.crowding[seat], monitoring, crowding)
        procedures = policy.procedures[department]
        if misalignment_loss > 0.0:
            procedures = procedures * shared_understanding(employees.definition[seat], mean, misalignment_loss)
        own = unwatched_conduct(procedures, monitoring, adopted, discretion, unwatched)
        watched = procedures * monitoring
        employees.compliance[seat] = update_compliance(employees.compliance[seat], own + watched, adoption)
        employees.habit[seat] = update_habit(
            employees.habit[seat],
            habit_forming_share(employees.compliance[seat], own, watched, monitored),
            adopted,
            load,
            formation,
            decay,
            orphaned,
            loaded,
        )
        conduct = max(employees.compliance[seat], employees.habit[seat] * discretion)
        employees.followed[seat] = conduct * share_followed_under_load(load, sensitivity)
        employees.discretion[seat] = discretion
