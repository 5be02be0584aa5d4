"""Training moves values, coaching and example make people practice, and what was learned fades without use."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model.steps import STAYING, until
from rules import on_arrays
from support import SHARES, Floats, amounts, burned_in, in_unit_interval, legal, rising, same_bits, tiny, vectors

from sim.model.engine import run_step
from sim.model.mechanisms import training as mechanism
from sim.model.organization import Organization

rules = on_arrays(mechanism)

HOURS = st.sampled_from([0.0, 10.0]) | st.floats(0.0, 10.0)


def test_training_by_hand() -> None:
    trained = rules.value_after_training(
        np.array([0.4, 0.4, 1.0]), np.array([1.0, 10.0, 5.0]), np.array([1.0, 0.5, 1.0]), 0.02
    )
    expected = [0.4 + 0.6 * (1.0 - math.exp(-0.02)), 0.4 + 0.6 * (1.0 - math.exp(-0.1)), 1.0]
    np.testing.assert_allclose(trained, expected, rtol=1e-14)


def test_hours_add_up_over_the_weeks() -> None:
    once = rules.value_after_training(np.array([0.3]), np.array([10.0]), np.ones(1), 0.02)
    often = np.array([0.3])
    for _ in range(10):
        often = rules.value_after_training(often, np.ones(1), np.ones(1), 0.02)
    assert often[0] == pytest.approx(once[0], rel=1e-13)


@given(vectors(), vectors(HOURS), vectors(), legal("training.effect"))
def test_training_never_lowers_a_value_or_lifts_it_above_one(
    value: Floats, hours: Floats, receptiveness: Floats, effect: float
) -> None:
    trained = rules.value_after_training(value, hours, receptiveness, effect)
    assert in_unit_interval(trained)
    assert np.all(trained >= value)


@given(vectors(), legal("training.effect"))
def test_no_hours_and_no_ear_leave_every_bit(value: Floats, effect: float) -> None:
    nothing, something = np.zeros(value.size), np.full(value.size, 3.0)
    assert same_bits(rules.value_after_training(value, nothing, np.ones(value.size), effect), value)
    assert same_bits(rules.value_after_training(value, something, nothing, effect), value)


def test_more_hours_teach_more() -> None:
    assert rising(rules.value_after_training(np.full(5, 0.2), np.linspace(0.0, 10.0, 5), np.ones(5), 0.02))


def test_an_eroded_standard_is_lifted_and_a_high_one_left_alone() -> None:
    lifted = rules.restore_standard(np.array([0.5, 1.0, 1.7]), np.full(3, 2.0), 0.1)
    assert lifted[0] == pytest.approx(0.5 + 0.5 * (1.0 - math.exp(-0.2)), rel=1e-14)
    assert lifted[1:].tolist() == [1.0, 1.7]


@given(vectors(st.floats(0.0, 400.0)), vectors(HOURS), legal("training.standard_effect"))
def test_a_standard_is_never_lowered_or_lifted_beyond_the_organizations(
    standard: Floats, hours: Floats, effect: float
) -> None:
    lifted = rules.restore_standard(standard, hours, effect)
    assert np.all(lifted >= standard)
    assert np.all(lifted <= np.maximum(standard, 1.0) + 1e-15)
    assert same_bits(rules.restore_standard(standard, np.zeros(standard.size), effect), standard)


def test_prompts_are_independent_chances() -> None:
    coached = rules.coaching_probability(0.5, 0.9, 0.6)
    assert coached == pytest.approx(0.27, rel=1e-14)
    chance = rules.prompt_probability(coached, 0.2, 0.9, example_effect=0.3)
    assert chance == pytest.approx(1.0 - (1.0 - 0.5 * 0.6 * 0.9) * (1.0 - 0.2 * 0.3 * 0.9), rel=1e-14)


SUSCEPTIBLE = SHARES | st.floats(0.0, 6.0)
"""Receptiveness: above 1 in those whom much moves."""


@given(vectors(), vectors(), vectors(SUSCEPTIBLE), SHARES, SHARES)
def test_being_prompted_is_a_probability(
    coaching: Floats, example: Floats, receptiveness: Floats, by_coach: float, by_example: float
) -> None:
    coached = rules.coaching_probability(coaching, receptiveness, by_coach)
    chance = rules.prompt_probability(coached, example, receptiveness, by_example)
    assert in_unit_interval(coached) and in_unit_interval(chance)
    assert np.all(chance >= coached - 1e-15), "an example beside it takes nothing away"
    none = np.zeros(coaching.size)
    assert same_bits(rules.prompt_probability(none, none, receptiveness, by_example), none)


@given(vectors(), vectors(SUSCEPTIBLE), SHARES)
def test_coaching_alone_and_an_example_alone_prompt_alike(amount: Floats, receptiveness: Floats, effect: float) -> None:
    coached = rules.prompt_probability(
        rules.coaching_probability(amount, receptiveness, effect), np.zeros(amount.size), receptiveness, effect
    )
    by_example = rules.prompt_probability(np.zeros(amount.size), amount, receptiveness, effect)
    np.testing.assert_allclose(coached, by_example, rtol=1e-14)


def test_coaching_example_and_receptiveness_each_help() -> None:
    steps, half = np.linspace(0.0, 1.0, 5), np.full(5, 0.5)
    for coaching, example, receptiveness in ((steps, half, half), (half, steps, half), (half, half, steps)):
        coached = rules.coaching_probability(coaching, receptiveness, 0.6)
        chance = rules.prompt_probability(coached, example, receptiveness, 0.3)
        assert rising(chance) and chance[-1] > chance[0]


def test_a_coach_reaches_as_many_as_the_span() -> None:
    received = rules.coaching_received(np.full(4, 0.8), np.array([1, 10, 20, 0]), 10.0)
    assert received.tolist() == [0.8, 0.8, 0.4, 0.8]


@given(vectors(), st.integers(0, 500), legal("coaching.span"))
def test_coaching_received_is_never_more_than_what_is_given(coaching: Floats, team: int, span: float) -> None:
    received = rules.coaching_received(coaching, team, span)
    assert in_unit_interval(received) and np.all(received <= coaching)
    if team <= span:
        assert same_bits(received, coaching)
    else:
        np.testing.assert_allclose(received * team, coaching * span, rtol=1e-14)


# --- what was learned -----------------------------------------------------------------------------------------------


def test_what_is_not_used_fades() -> None:
    assert rules.learned_after_week(0.3, 0.5, False, 86.0) == pytest.approx(0.3 * math.exp(-1.0 / 86.0), rel=1e-14)
    assert rules.learned_after_week(0.3, 0.5, True, 86.0) == 0.3
    assert rules.learned_after_week(0.3, 0.2, True, 86.0) == 0.2, "no more than the value that it is a part of"
    assert rules.learned_after_week(0.3, 0.5, False, 0.0) == 0.3


def test_unused_training_halves_in_the_time_that_was_measured() -> None:
    """62, 44 and 34 % at 0, 6 and 12 months (Saks & Belcourt 2006): a half-life of about 14 months."""
    learned = 0.4
    for _ in range(60):
        learned = rules.learned_after_week(learned, 1.0, False, 86.0)
    assert learned == pytest.approx(0.2, rel=0.01)


@given(vectors(), vectors(), st.booleans(), st.just(0.0) | st.floats(0.1, 2000.0))
def test_learning_left_is_a_part_of_what_there_was(
    learned: Floats, value: Floats, practiced: bool, weeks: float
) -> None:
    left = rules.learned_after_week(learned, value, practiced, weeks)
    assert np.all(left >= 0.0) and np.all(left <= np.minimum(learned, value))
    assert np.all(left <= rules.learned_after_week(learned, value, True, weeks))


def organization_that_learned(**resources: float) -> Organization:
    """People after a week's training or talk, each of whom moves values in the same way."""
    values = {
        **STAYING, "salience.value_effect": 0.05, "training.effect": 0.05, "training.ambiguity": 0.0,
        "susceptibility.spread": 0.0,
    }  # fmt: skip
    organization = burned_in(tiny(values), amounts(**resources))
    organization.employees.value[:] = 0.4
    organization.employees.learned[:] = 0.0
    organization.employees.salience[:] = 0.0
    return until(organization, "train_employees")


@pytest.mark.parametrize("resources", [{"training": 3.0}, {"speeches": 3.0}, {"training": 3.0, "speeches": 1.0}])
def test_whoever_taught_it_it_is_learned_and_fades_without_use(resources: dict[str, float]) -> None:
    organization = organization_that_learned(**resources)
    employees = organization.employees
    gained = employees.value - 0.4
    assert (gained > 0.001).all()
    np.testing.assert_allclose(employees.learned, gained, rtol=1e-10)
    employees.choice[:] = [0, 1] * 6
    taught, value = employees.learned.copy(), employees.value.copy()
    run_step(organization, "forget_unused_learning")
    faded = taught * np.where(employees.choice == 1, 1.0, math.exp(-1.0 / 86.0))
    np.testing.assert_allclose(employees.learned, faded, rtol=1e-12)
    np.testing.assert_allclose(employees.value, value - (taught - faded), rtol=1e-12)


def test_what_was_not_taught_does_not_fade() -> None:
    organization = organization_that_learned()
    run_step(organization, "forget_unused_learning")
    assert (organization.employees.value == 0.4).all()


def test_newcomers_have_been_taught_nothing_here() -> None:
    organization = burned_in(tiny({"employees.turnover": 0.5, "hiring.delay_weeks": 1.0, "employees.number": 60}))
    employees = organization.employees
    employees.learned[:] = 0.1
    identity = employees.identity.copy()
    until(organization, "hire_employees")
    until(organization, "hire_employees")
    new = employees.employed & (employees.identity != identity)
    assert new.sum() > 2
    assert not employees.learned[new].any() and (employees.learned[~new] == 0.1).all()


def test_teams_are_those_who_report_to_the_same_manager() -> None:
    employees = burned_in(tiny({"employees.number": 60})).employees
    reporting = [int((employees.manager == manager).sum()) for manager in employees.manager.tolist()]
    assert employees.team.tolist() == reporting


def test_a_narrow_span_leaves_people_uncoached() -> None:
    values = {
        **STAYING, "employees.number": 60, "employees.span": 30, "norm.sharpness": 0.0, "coaching.effect": 1.0,
        "susceptibility.spread": 0.0, "cynicism.initial": 0.0,
    }  # fmt: skip
    left = []
    for span in (3.0, 100.0):
        organization = burned_in(tiny({**values, "coaching.span": span}), amounts(coaching=1.0))
        left.append(int((until(organization, "choose_practice").employees.choice == 0).sum()))
    assert left[0] > 10 and left[1] == 0
