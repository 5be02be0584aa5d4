"""Identification: messages raise attention for a few weeks, and cynicism where staff see that they are untrue.

Terms: *identification* (Kelman 1958), *espoused* and *enacted* (Argyris & Schoen 1974), cynicism about organizational
change (Reichers, Wanous & Austin 1997).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import employee_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters, PolicyAmounts, Scratch, Week
from sim.model.kernel.sums import headcount_by_department, sum_by_department
from sim.model.kernel.time_constants import kept_after_a_week, saturating

PARAMETERS = declare("""
salience.gain = 0.5 per speech; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    How far the first, believed speech lifts attention toward its ceiling.
    Source: Conjecture; no field measurement of a speech's lift is known
salience.forgetting_weeks = 4.0 weeks; 0.5 to 52, plausible 2 to 6; unknown; tier 5
    Time constant with which attention to a message is forgotten.
    Source: Range 2-6 weeks assumed from forgetting curves; no organizational measurement
salience.habituation = 0.5 per speech; 0 to 5, plausible 0.2 to 1; unknown; tier 5
    How much each message still remembered weakens the next one.
    Source: Habituation: Rankin et al. 2009 for the form; size is a conjecture
salience.habituation_weeks = 52.0 weeks; 1 to 520, plausible 26 to 104; unknown; tier 5
    Time constant with which having heard it all before wears off.
    Source: Conjecture
salience.value_effect = 0.002 per week; 0 to 1, plausible 0 to 0.005; unknown; tier 5
    How far a week in which the topic is fully present moves a receptive person's value toward 1 (0: talk moves no value).
    Source: Range: from nothing to what an hour of training does (training.effect), taken as .7 of it, since lectures teach
    conduct somewhat less well than training in general (Arthur et al. 2003: d = .45 against .62), for a speech a week
cynicism.gain = 0.05 per message; 0 to 1, plausible 0.02 to 0.12; unknown; tier 5
    How much one message raises cynicism for each unit by which what is espoused exceeds what staff see enacted.
    Source: Direction: Simons 2002 (behavioral integrity); size is a conjecture
cynicism.tolerance = 0.2 share; 0 to 1, plausible 0.1 to 0.3; unknown; tier 5
    Gap between espoused and enacted that staff let pass as ordinary talk.
    Source: Conjecture
cynicism.fading_weeks = 104.0 weeks; 1 to 2000, plausible 52 to 208; unknown; tier 5
    Time constant with which cynicism fades when nothing feeds it.
    Source: Conjecture: trust in management recovers over years
cynicism.blunting = 0.7 share; 0 to 1, plausible 0.3 to 1; unknown; tier 5
    How much full cynicism takes from whatever comes next, the genuine included.
    Source: Direction: Reichers et al. 1997, Bernerth et al. 2011; size is a conjecture
cynicism.initial = 0.05 index; 0 to 1, plausible 0 to 0.3; unknown; tier 5
    Cynicism of staff at the outset and of newcomers.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "salience.gain": 0.0,
    "salience.value_effect": 0.0,
    "cynicism.gain": 0.0,
    "cynicism.initial": 0.0,
    "delivery.salience": 0.0,
    "attention.salience_shift": 0.0,
}
"""Messages are neither remembered nor resented, and salience from any source changes nothing."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    employee_column("salience", "How present the topic is in this person's mind (identification)."),
    employee_column("exposure", "Messages heard and not yet worn off.", "messages", bounds=(0.0, None)),
    employee_column("cynicism", "Cynicism about what leadership says.", newcomer="cynicism.initial"),
    employee_column("messages", "Messages met this week.", "messages", bounds=(0.0, None), lasting=False),
    employee_column(
        "receptiveness",
        "How far this week's training, coaching and examples get through to this person.",
        "ratio",
        bounds=(0.0, None),
        lasting=False,
    ),
)


def receptiveness(cynicism: float, blunting: float) -> float:
    """Share of a message, training or coaching that gets through: 1 - blunting x cynicism."""
    return 1.0 - blunting * cynicism


def update_salience(
    salience: float,
    exposure: float,
    speeches: float,
    reception: float,
    gain: float,
    forgetting_weeks: float,
    habituation: float,
    habituation_weeks: float,
) -> tuple[float, float]:
    """One week of hearing and forgetting.

    a <- a exp(-1/tau) + (1 - a) (1 - exp(-gain speeches reception / (1 + habituation exposure)));
    exposure <- exposure exp(-1/tau_h) + speeches.

    Args:
        salience: How present the topic is in a person's mind, 0 to 1.
        exposure: Messages heard and not yet worn off.
        speeches: Messages this week.
        reception: Share of messages that gets through.

    Returns:
        New salience and new exposure. Without speeches salience only fades.
    """
    kept = salience * kept_after_a_week(forgetting_weeks)
    dose = gain * speeches * reception / (1.0 + habituation * exposure)
    risen = kept + (1.0 - kept) * saturating(dose)
    return risen, exposure * kept_after_a_week(habituation_weeks) + speeches


def value_after_salience(value: float, salience: float, receptiveness: float, effect: float) -> float:
    """What is salient moves values toward 1: v <- v + (1 - v)(1 - exp(-effect salience receptiveness))."""
    return value + (1.0 - value) * saturating(effect * salience * receptiveness)


def update_cynicism(
    cynicism: float,
    messages: float,
    espoused: float,
    witnessed: float,
    gain: float,
    tolerance: float,
    fading_weeks: float,
) -> float:
    """Messages that staff can see are untrue make them cynical; otherwise cynicism fades.

    y <- y exp(-1/tau) + (1 - y) (1 - exp(-gain messages max(0, espoused - witnessed - tolerance))).

    Args:
        cynicism: 0 to 1.
        messages: Speeches and posters met this week.
        espoused: What leadership says, 0 to 1.
        witnessed: What the person sees done around them, 0 to 1.
    """
    gap = max(espoused - witnessed - tolerance, 0.0)
    kept = cynicism * kept_after_a_week(fading_weeks)
    return kept + (1.0 - kept) * saturating(gain * messages * gap)


def update_salience_and_cynicism(
    employees: Employees, scratch: Scratch, policy: PolicyAmounts, parameters: Parameters, week: Week
) -> None:
    """Messages are heard. Salience rises and fades; cynicism grows where staff see that what is espoused is not enacted.

    What is salient may move values a little; what it moved counts as learned.
    """
    done, headcount = scratch.department_value, scratch.second_department_value
    for seat in range(employees.value.size):  # newcomers of this week have not yet done anything
        scratch.seat_flag[seat] = employees.employed[seat] & (employees.tenure[seat] > 0.0)
    headcount_by_department(scratch.seat_flag, employees.department, headcount)
    sum_by_department(scratch.seat_flag, employees.department, employees.delivery, done)
    gain, forgetting = parameters.salience_gain, parameters.salience_forgetting_weeks
    habituation, habituation_weeks = parameters.salience_habituation, parameters.salience_habituation_weeks
    resentment, tolerance = parameters.cynicism_gain, parameters.cynicism_tolerance
    fading, blunting = parameters.cynicism_fading_weeks, parameters.cynicism_blunting
    espoused, by_salience = week.espoused, parameters.salience_value_effect
    for seat in range(employees.value.size):
        department = employees.department[seat]
        speeches = policy.speeches[department]
        employees.messages[seat] = speeches + policy.posters[department]
        employees.salience[seat], employees.exposure[seat] = update_salience(
            employees.salience[seat],
            employees.exposure[seat],
            speeches,
            receptiveness(employees.cynicism[seat], blunting),
            gain,
            forgetting,
            habituation,
            habituation_weeks,
        )
        employees.cynicism[seat] = update_cynicism(
            employees.cynicism[seat],
            employees.messages[seat],
            espoused,
            done[department] / max(headcount[department], 1.0),
            resentment,
            tolerance,
            fading,
        )
        employees.receptiveness[seat] = (
            receptiveness(employees.cynicism[seat], blunting) * employees.susceptibility[seat]
        )
        if by_salience > 0.0:
            before = employees.value[seat]
            employees.value[seat] = value_after_salience(
                before, employees.salience[seat], employees.receptiveness[seat], by_salience
            )
            employees.learned[seat] += employees.value[seat] - before
