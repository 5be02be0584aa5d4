"""Training moves values, coaching and example make people practice, both lift an eroded standard."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.model.mechanisms import training as mechanism

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
    chance = rules.prompt_probability(
        np.array([0.5]), np.array([0.2]), np.array([0.9]), coaching_effect=0.6, example_effect=0.3
    )
    assert chance[0] == pytest.approx(1.0 - (1.0 - 0.5 * 0.6 * 0.9) * (1.0 - 0.2 * 0.3 * 0.9), rel=1e-14)


@given(vectors(), vectors(), vectors(), SHARES, SHARES)
def test_being_prompted_is_a_probability(
    coaching: Floats, example: Floats, receptiveness: Floats, by_coach: float, by_example: float
) -> None:
    chance = rules.prompt_probability(
        coaching, example, receptiveness, coaching_effect=by_coach, example_effect=by_example
    )
    assert in_unit_interval(chance)
    none = np.zeros(coaching.size)
    assert same_bits(
        rules.prompt_probability(none, none, receptiveness, coaching_effect=by_coach, example_effect=by_example), none
    )


def test_coaching_example_and_receptiveness_each_help() -> None:
    steps, half = np.linspace(0.0, 1.0, 5), np.full(5, 0.5)
    effects = {"coaching_effect": 0.6, "example_effect": 0.3}
    for coaching, example, receptiveness in ((steps, half, half), (half, steps, half), (half, half, steps)):
        chance = rules.prompt_probability(coaching, example, receptiveness, **effects)
        assert rising(chance) and chance[-1] > chance[0]
