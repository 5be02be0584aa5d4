"""Compliance: conduct follows what is watched, habit keeps part of it, load and leaving managers wear it off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.model.mechanisms import compliance as mechanism

rules = on_arrays(mechanism)

PRESSURE = st.floats(0.05, 5.0)


def test_shortcuts_are_taken_above_capacity_only() -> None:
    pressure = np.array([0.05, 0.9, 1.0, 1.2, 2.0])
    np.testing.assert_allclose(rules.share_followed_under_load(pressure, 1.5), [1.0, 1.0, 1.0, 0.7, 0.0], atol=1e-15)
    assert same_bits(rules.share_followed_under_load(pressure, 0.0), np.ones(5))


@given(vectors(PRESSURE), legal("compliance.shortcut"))
def test_what_is_still_followed_is_a_share_that_falls_with_pressure(pressure: Floats, sensitivity: float) -> None:
    followed = rules.share_followed_under_load(np.sort(pressure), sensitivity)
    assert in_unit_interval(followed)
    assert rising(-followed)


def test_unwatched_conduct_by_hand() -> None:
    arguments = (np.array([0.8]), np.array([0.6]), np.array([0.5]), np.array([0.9]))
    assert rules.unwatched_conduct(*arguments, 0.25)[0] == pytest.approx(0.8 * 0.4 * 0.25 * 0.5 * 0.9, rel=1e-15)


@pytest.mark.parametrize("absent", [0, 2, 3])
def test_nobody_follows_of_their_own_accord_without_procedures_manager_or_effort(absent: int) -> None:
    present = np.array([0.8, 0.2, 0.5, 0.9])
    present[absent] = 0.0
    procedures, monitoring, adopted, effort = present[:, None]
    assert rules.unwatched_conduct(procedures, monitoring, adopted, effort, 0.25)[0] == 0.0


@given(*(vectors(size=3) for _ in range(4)), legal("compliance.unwatched"))
def test_own_and_watched_conduct_together_stay_a_share(
    procedures: Floats, monitoring: Floats, adopted: Floats, effort: Floats, unwatched: float
) -> None:
    own = rules.unwatched_conduct(procedures, monitoring, adopted, effort, unwatched)
    assert in_unit_interval(own)
    assert np.all(own + procedures * monitoring <= 1.0 + 1e-15)


def test_conduct_follows_what_is_demanded() -> None:
    followed = rules.update_compliance(np.array([0.2, 0.6]), np.array([0.8, 0.0]), 4.0)
    closed = 1.0 - math.exp(-0.25)
    np.testing.assert_allclose(followed, [0.2 + 0.6 * closed, 0.6 - 0.6 * closed], rtol=1e-14)


@given(vectors(), vectors(), legal("compliance.adoption_weeks"))
def test_conduct_moves_toward_the_demand_and_not_beyond(before: Floats, demand: Floats, weeks: float) -> None:
    after = rules.update_compliance(before, demand, weeks)
    assert in_unit_interval(after)
    assert np.all(np.abs(demand - after) <= np.abs(demand - before) + 1e-15)
    assert same_bits(rules.update_compliance(before, before, weeks), before)


HABIT = {"formation_weeks": 26.0, "decay_weeks": 86.0, "orphaned_decay": 3.0, "load_decay": 2.0}


def one_habit(habit: float, practiced: float, adopted: float = 1.0, pressure: float = 1.0) -> float:
    before, done = np.array([habit]), np.array([practiced])
    return float(rules.update_habit(before, done, np.array([adopted]), np.array([pressure]), **HABIT)[0])


def test_habits_form_at_one_rate_and_wear_off_at_another() -> None:
    assert one_habit(0.2, 0.7) == pytest.approx(0.2 + 0.5 * (1.0 - math.exp(-1.0 / 26.0)), rel=1e-13)
    assert one_habit(0.7, 0.2) == pytest.approx(0.7 - 0.5 * (1.0 - math.exp(-1.0 / 86.0)), rel=1e-13)


def test_habits_wear_off_faster_without_the_manager_and_under_load() -> None:
    orphaned = 0.7 - 0.7 * (1.0 - math.exp(-3.0 / 86.0))
    assert one_habit(0.7, 0.0, adopted=0.0) == pytest.approx(orphaned, rel=1e-13)
    rate = (1.0 + 2.0 * 0.5) * (1.0 + 2.0 * 0.25) / 86.0
    both = 0.7 * math.exp(-rate)
    assert one_habit(0.7, 0.0, adopted=0.5, pressure=1.25) == pytest.approx(both, rel=1e-13)


def test_neither_manager_nor_load_changes_how_habits_form() -> None:
    assert one_habit(0.2, 0.7, adopted=0.0, pressure=3.0) == one_habit(0.2, 0.7)


def test_idle_capacity_saves_no_habit() -> None:
    assert one_habit(0.7, 0.2, pressure=0.3) == one_habit(0.7, 0.2, pressure=1.0)


@given(
    vectors(),
    vectors(),
    vectors(),
    vectors(PRESSURE),
    legal("habit.formation_weeks"),
    legal("habit.decay_weeks"),
    legal("habit.orphaned_decay"),
    legal("habit.load_decay"),
)
def test_habit_stays_between_what_it_was_and_what_is_done(
    habit: Floats,
    practiced: Floats,
    adopted: Floats,
    pressure: Floats,
    formation: float,
    decay: float,
    orphaned: float,
    load: float,
) -> None:
    after = rules.update_habit(
        habit,
        practiced,
        adopted,
        pressure,
        formation_weeks=formation,
        decay_weeks=decay,
        orphaned_decay=orphaned,
        load_decay=load,
    )
    assert in_unit_interval(after)
    assert np.all(after >= np.minimum(habit, practiced) - 1e-15)
    assert np.all(after <= np.maximum(habit, practiced) + 1e-15)
    assert np.array_equal(after[habit == practiced], habit[habit == practiced])


def test_what_is_watched_counts_less_toward_a_habit() -> None:
    counted = rules.habit_forming_share(
        np.full(4, 0.5), np.array([0.2, 0.2, 0.0, 0.0]), np.array([0.0, 0.6, 0.6, 0.0]), 0.3
    )
    np.testing.assert_allclose(counted, [0.5, 0.5 * (0.2 + 0.18) / 0.8, 0.5 * 0.3, 0.0], rtol=1e-14)


@given(vectors(), vectors(), vectors(), SHARES)
def test_what_becomes_habit_is_at_most_what_is_done(
    compliance: Floats, own: Floats, watched: Floats, weight: float
) -> None:
    counted = rules.habit_forming_share(compliance, own, watched, weight)
    assert in_unit_interval(counted)
    assert np.all(counted <= compliance * (1.0 + 1e-15))
    full = rules.habit_forming_share(compliance, own, watched, 1.0)
    demanded = own + watched > 0.0
    np.testing.assert_allclose(full[demanded], compliance[demanded], rtol=1e-14)


def test_a_manager_makes_procedures_their_own_and_keeps_them() -> None:
    adopted = rules.update_adoption(np.array([0.2, 0.9]), np.array([0.8, 0.5]), 13.0)
    np.testing.assert_allclose(adopted, [0.2 + 0.6 * (1.0 - math.exp(-1.0 / 13.0)), 0.9], rtol=1e-14)


@given(vectors(), vectors(), legal("manager.adoption_weeks"))
def test_adoption_never_falls_and_never_passes_the_procedures(
    adopted: Floats, procedures: Floats, weeks: float
) -> None:
    after = rules.update_adoption(adopted, procedures, weeks)
    assert in_unit_interval(after)
    assert np.all(after >= adopted)
    assert np.all(after <= np.maximum(adopted, procedures) + 1e-15)
    assert same_bits(rules.update_adoption(adopted, np.zeros(adopted.size), weeks), adopted)


def test_monitoring_crowds_out_and_its_absence_restores() -> None:
    closed = 1.0 - math.exp(-1.0 / 26.0)
    after = rules.update_crowding(np.array([0.1, 0.5]), np.array([0.6, 0.0]), 26.0)
    np.testing.assert_allclose(after, [0.1 + 0.5 * closed, 0.5 * (1.0 - closed)], rtol=1e-14)
    assert rules.update_crowding(np.zeros(1), np.zeros(1), 26.0)[0] == 0.0


@given(vectors(), vectors(), legal("crowding.weeks"), legal("crowding.strength"))
def test_effort_left_is_a_share(crowding: Floats, monitoring: Floats, weeks: float, strength: float) -> None:
    assert in_unit_interval(rules.update_crowding(crowding, monitoring, weeks))
    effort = rules.discretionary_effort(crowding, monitoring, strength)
    assert in_unit_interval(effort)
    assert np.all(effort >= 1.0 - strength - 1e-15)


def test_effort_falls_below_its_start_when_the_watching_ends() -> None:
    crowding = np.array([0.6])
    assert rules.discretionary_effort(crowding, np.ones(1), 0.25)[0] == 1.0
    assert rules.discretionary_effort(crowding, np.zeros(1), 0.25)[0] == pytest.approx(0.85)
    assert rules.discretionary_effort(crowding, np.array([0.5]), 0.25)[0] == pytest.approx(0.925)


def test_who_was_never_watched_gives_full_effort() -> None:
    assert same_bits(rules.discretionary_effort(np.zeros(4), np.linspace(0.0, 1.0, 4), 1.0), np.ones(4))
