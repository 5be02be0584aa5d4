"""Employees' week: coming and going, hearing, learning, complying, choosing, agreeing on what it all means."""

from __future__ import annotations

import numpy as np

from sim.agents.network import meet
from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.mechanisms import compliance, definitions, gaming, norm, salience, staffing, training
from sim.mechanisms.attention import internal_fulfilment
from sim.mechanisms.leadership import espouse, espoused_level
from sim.newcomers import join
from sim.organization import Organization

_ENCOUNTERS_A_WEEK = 12.0 / 52.0  # from encounters a month


def staff(org: Organization) -> None:
    """People leave or are dismissed; seats vacant since before this week are filled through the hiring filter."""
    employees = org.employees
    seats = len(employees)
    vacant = ~employees.employed
    satisfaction_link = org.number("employees.satisfaction_link")
    base = staffing.weekly_from_monthly(org.number("employees.turnover"))
    own_accord = staffing.leaving_odds(
        base, employees.satisfaction, org.number("employees.satisfaction_initial"), satisfaction_link
    )
    by_boss = staffing.dismissal_odds(
        staffing.weekly_from_monthly(org.number("employees.dismissal")),
        _internal_fulfilment(org),
        org.number("employees.dismissal_steepness"),
    )
    leaving, dismissed = staffing.leave(employees.employed, org.uniform("leave", seats), own_accord, by_boss)
    leaving |= _forced_exits(org)
    merged = np.zeros(seats, dtype=np.bool_)
    if org.now.forced_merger > 0.0:
        merged = employees.employed & (org.uniform("merger", seats) < org.now.forced_merger)
        leaving |= merged
    dismissed &= ~leaving
    org.now.left, org.now.dismissed = employees.identity[leaving], employees.identity[dismissed]
    gone = leaving | dismissed
    manages = np.zeros(seats, dtype=np.bool_)
    manages[employees.manager] = True
    _managers_leave(org, gone & manages, manages)
    employees.employed &= ~gone
    employees.identity[gone] = -1
    employees.choice[gone] = 0
    employees.tenure += 1.0
    hired = vacant & (org.uniform("hire", seats) < 1.0 / org.number("hiring.delay_weeks"))
    filled = np.flatnonzero(hired | merged)  # the other organization's people come with the merger
    if filled.size:
        join(employees, filled, org.employees_seen, org.amount("hiring_filter"), org.parameters, org.streams, org.week)
        org.employees_seen += filled.size
    org.now.hired = filled.size


def _internal_fulfilment(org: Organization) -> FloatArray:
    """How far each employee met internal demands last week (newcomers and the first week: fully)."""
    given = org.employees.attention_customers
    return internal_fulfilment(given, org.role_share, org.number("attention.internal_need"))


def _forced_exits(org: Organization) -> BoolArray:
    """Managers who leave because an event says so, by keyed draw and the event's share."""
    employees = org.employees
    none = np.zeros(len(employees), dtype=np.bool_)
    if org.now.forced_manager_exit is None:
        return none
    manages = none.copy()
    manages[employees.manager] = True
    share = org.now.forced_manager_exit[employees.department]
    result: BoolArray = manages & employees.employed & (org.uniform("manager exit", len(employees)) < share)
    return result


def _managers_leave(org: Organization, gone: BoolArray, manages: BoolArray) -> None:
    """With its managers, a department loses the share of adopted procedures that those who left had carried."""
    if not gone.any():
        return
    department = org.employees.department
    count = len(org.departments)
    carriers = np.bincount(department[manages], minlength=count)
    lost = np.bincount(department[gone], minlength=count)
    org.departments.adopted *= 1.0 - lost / np.maximum(carriers, 1)


def speak(org: Organization) -> None:
    """Messages are heard: salience rises and fades, cynicism grows where staff see that what is espoused is not done."""
    employees = org.employees
    speeches, posters = org.amount("speeches"), org.amount("posters")
    receptive = salience.receptiveness(employees.cynicism, org.number("cynicism.blunting"))
    employees.salience, employees.exposure = salience.hear_speeches(
        employees.salience,
        employees.exposure,
        speeches,
        receptive,
        gain=org.number("salience.gain"),
        forgetting_weeks=org.number("salience.forgetting_weeks"),
        habituation=org.number("salience.habituation"),
        habituation_weeks=org.number("salience.habituation_weeks"),
    )
    overall = org.amount_overall("speeches") + org.amount_overall("posters")
    org.talk = espouse(org.talk, overall, org.number("espoused.memory_weeks"))
    org.now.messages = speeches + posters
    employees.cynicism = salience.grow_cynical(
        employees.cynicism,
        org.now.messages,
        espoused_level(float(org.executives.stated.mean()), org.talk),
        _witnessed(org),
        gain=org.number("cynicism.gain"),
        tolerance=org.number("cynicism.tolerance"),
        fading_weeks=org.number("cynicism.fading_weeks"),
    )
    org.now.receptive = salience.receptiveness(employees.cynicism, org.number("cynicism.blunting"))


def _witnessed(org: Organization) -> FloatArray:
    """What each person saw being done around them last week: mean delivery of the department, 0 where nobody worked."""
    employees = org.employees
    count = len(org.departments)
    present = employees.employed & (employees.tenure > 0.0)  # who comes this week has not yet done anything
    heads = np.bincount(employees.department[present], minlength=count)
    done = np.bincount(employees.department[present], weights=employees.delivery[present], minlength=count)
    return (done / np.maximum(heads, 1))[employees.department]


def learn(org: Organization) -> None:
    """Training moves values, less where people mean something else by centricity; it also restores standards."""
    employees = org.employees
    hours = org.amount("training")
    coached_hours = org.amount("coaching") * org.number("coaching.hours")
    if not hours.any() and not coached_hours.any():
        return
    apart = (
        np.abs(employees.definition - org.mean_over_staff(employees.definition)) if employees.employed.any() else 0.0
    )
    understood = org.now.receptive * (1.0 - org.number("training.ambiguity") * apart)
    employees.value = training.train(employees.value, hours, understood, org.number("training.effect"))
    employees.standard = training.restore_standard(
        employees.standard, hours + coached_hours, org.number("training.standard_effect")
    )


def work_on_the_score(org: Organization) -> None:
    """Where pay hangs on the score, those who value customers less learn to work on the score itself."""
    employees = org.employees
    bonus = org.amount("score_bonus")
    if not bonus.any() and not employees.gaming.any():
        return
    gamed = gaming.learn_to_game(
        employees.gaming, bonus, employees.value, org.number("gaming.temptation"), org.number("gaming.weeks")
    )
    employees.gaming = np.where(employees.employed, gamed, 0.0)


def comply(org: Organization) -> None:
    """Procedures and monitoring bring conduct about; habit, managers' adoption and crowding-out follow."""
    employees, departments = org.employees, org.departments
    procedures, monitoring = org.amount("procedures"), org.amount("monitoring")
    departments.adopted = compliance.adopt_procedures(
        departments.adopted, org.amount_by_department("procedures"), org.number("manager.adoption_weeks")
    )
    adopted = departments.adopted[employees.department]
    employees.crowding = compliance.crowd_out(employees.crowding, monitoring, org.number("crowding.weeks"))
    discretion = compliance.discretionary(employees.crowding, monitoring, org.number("crowding.strength"))
    discord = org.number("definitions.discord")
    if discord > 0.0:
        procedures = procedures * definitions.understood(employees.definition, employees.employed, discord)
    own = compliance.unwatched_conduct(procedures, monitoring, adopted, discretion, org.number("compliance.unwatched"))
    watched = procedures * monitoring
    employees.compliance = compliance.comply(
        employees.compliance, own + watched, org.number("compliance.adoption_weeks")
    )
    # Procedures ask for the organization's own standard, whatever standard people have come to live with.
    load = departments.load[employees.department]
    employees.habit = compliance.form_habit(
        employees.habit,
        compliance.habitual(employees.compliance, own, watched, org.number("norm.surveillance_weight")),
        adopted,
        load,
        formation_weeks=org.number("habit.formation_weeks"),
        decay_weeks=org.number("habit.decay_weeks"),
        orphaned_decay=org.number("habit.orphaned_decay"),
        load_decay=org.number("habit.load_decay"),
    )
    followed = np.maximum(employees.compliance, employees.habit * discretion)
    org.now.compliance = followed * compliance.shortcut(load, org.number("compliance.shortcut"))
    org.now.discretion = discretion


def see_colleagues(org: Organization) -> None:
    """Employees see colleagues' choices of last week and remember them."""
    employees = org.employees
    seats = len(employees)
    weekly = org.number("norm.encounters") * _ENCOUNTERS_A_WEEK
    rounds = int(np.ceil(weekly))
    shown = norm.witnessed(employees.choice, employees.surveilled, org.number("norm.surveillance_weight"))
    for round_ in range(rounds):
        draws = org.uniform("encounter", (seats, 3), round_)
        seen = meet(
            employees.colleagues,
            employees.manager,
            draws[:, 0],
            draws[:, 1],
            mixing=org.number("network.mixing"),
            manager_share=org.number("network.manager_share"),
        )
        happens = (draws[:, 2] < weekly / rounds) & employees.employed & employees.employed[seen]
        happens &= seen != np.arange(seats)
        if org.parameters["norm.rule"] == "averaging":
            employees.value = norm.average_values(
                employees.value, employees.value[seen], happens, org.number("norm.averaging_rate")
            )
        norm.remember(employees.memory, employees.memory_total, employees.memory_cursor, shown[seen], happens)


def choose(org: Organization) -> None:
    """Each employee chooses by rule, or is prompted by coaching, example or monitoring; values follow free choices."""
    employees = org.employees
    seats = len(employees)
    draws = org.uniform("choice", (seats, 3))
    choice = _own_choice(org, draws[:, 0])
    choice, surveilled = _prompt(org, choice, draws[:, 1], draws[:, 2])
    employees.choice = np.where(employees.employed, choice, 0)
    employees.surveilled = surveilled & employees.employed
    weight = np.where(employees.surveilled, org.number("norm.surveillance_weight"), 1.0)
    drifted = norm.drift_values(
        employees.value,
        employees.choice,
        weight,
        org.number("norm.value_drift"),
        org.number("norm.omission_weight"),
    )
    employees.value = np.where(employees.employed, drifted, employees.value)


def _own_choice(org: Organization, draw: FloatArray) -> IntArray:
    """Choice by the rule of the norm, nobody prompting."""
    employees = org.employees
    rule = org.parameters["norm.rule"]
    size = employees.memory.shape[1]
    if rule == "majority":
        return norm.majority_choice(employees.memory_total, size, employees.choice)
    if rule == "averaging":
        return (draw < employees.value).astype(np.int64)
    chance = norm.practice_probability(
        employees.memory_total / (norm.SEEN * size),
        employees.value,
        org.number("norm.sharpness"),
        org.number("norm.value_weight"),
    )
    return (draw < chance).astype(np.int64)


def _prompt(
    org: Organization, choice: IntArray, draw: FloatArray, watched_draw: FloatArray
) -> tuple[IntArray, BoolArray]:
    """Practice brought about by coaching and example (free) and by monitoring (under surveillance)."""
    employees = org.employees
    surveilled = np.zeros(len(employees), dtype=np.bool_)
    coaching, sponsor = org.amount("coaching"), org.amount("sponsor_attention")
    if coaching.any() or sponsor.any():
        example = sponsor * employees.choice[employees.manager]  # what the manager did last week
        chance = training.prompted(
            coaching,
            example,
            org.now.receptive,
            coaching_effect=org.number("coaching.effect"),
            example_effect=org.number("example.effect"),
        )
        discord = org.number("definitions.discord")
        if discord > 0.0:
            chance = chance * definitions.understood(employees.definition, employees.employed, discord)
        choice = np.where(draw < chance, 1, choice)
    monitoring = org.amount("monitoring")
    if monitoring.any():
        watched = watched_draw < org.number("monitoring.practice") * monitoring * org.amount("procedures")
        surveilled = watched & (choice == 0)
        choice = np.where(surveilled, 1, choice)
    return choice, surveilled


def agree_on_terms(org: Organization) -> None:
    """Colleagues talk about what centricity is to mean, and move toward those who do not stand too far off."""
    employees = org.employees
    talks = org.amount_overall("alignment")
    meetings, confidence = org.number("definitions.meetings"), org.number("definitions.confidence")
    if talks > 0.0:
        meetings = min(meetings + talks * org.number("definitions.talk_meetings"), 1.0)
        confidence += talks * org.number("definitions.talk_listening")
    first, second = definitions.pair_up(org.uniform("definitions", len(employees)), meetings)
    both = employees.employed[first] & employees.employed[second]
    employees.definition = definitions.meet_and_adjust(
        employees.definition,
        first[both],
        second[both],
        confidence=confidence,
        convergence=org.number("definitions.convergence"),
    )
