"""Rules over arrays, and loops over arrays that call rules."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import over, swapped
from support import SHARES, Floats, same_bits, vectors

from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.elementwise import elementwise, with_rules
from sim.model.mechanisms import lifetime, norm
from sim.model.mechanisms.energy import energy_after_week
from sim.model.mechanisms.standard import erode_standard

HOMER = {"depletion": 0.06, "recovery": 0.3, "load_exponent": 2.0, "relief_effect": 1.0, "dissonance": 0.0}


@given(vectors(), vectors(st.floats(0.05, 5.0)), SHARES)
def test_each_position_is_asked_by_itself_and_one_number_is_the_same_for_all(
    energy: Floats, pressure: Floats, relief: float
) -> None:
    many = elementwise(energy_after_week)(energy, pressure, relief, **HOMER)
    one_by_one = [
        energy_after_week(*each, relief, **HOMER) for each in zip(energy.tolist(), pressure.tolist(), strict=True)
    ]
    assert same_bits(many, np.array(one_by_one))
    assert same_bits(many, over(energy_after_week)(energy, pressure, relief, **HOMER))


def test_shapes_broadcast_and_numbers_give_a_number() -> None:
    chance = elementwise(norm.practice_probability)
    assert chance(np.zeros((3, 1)), np.zeros(4), 1.0, 7.0, 1.0).shape == (3, 4)
    assert chance(0.5, 0.5, 1.0, 7.0, 1.0) == 0.5
    assert chance(np.zeros(0), 0.5, 1.0, 7.0, 1.0).shape == (0,)


def test_arguments_go_by_place_or_by_name() -> None:
    chance = elementwise(norm.practice_probability)
    by_place = chance(np.array([0.2, 0.8]), 0.4, 1.2, 7.0, 1.5)
    assert same_bits(
        chance(np.array([0.2, 0.8]), value_weight=1.5, sharpness=7.0, susceptibility=1.2, value=0.4), by_place
    )


def test_a_rule_is_compiled_once() -> None:
    assert elementwise(energy_after_week) is elementwise(energy_after_week)


def test_what_is_worked_out_and_not_chosen_gives_no_warning() -> None:
    """Warnings are errors in these tests."""
    assert elementwise(lifetime.weekly_hazard)(np.array([0.0, 1.0])).tolist() == [0.0, 1.0]
    assert elementwise(lifetime.leaving_probability)(np.array([0.0, 1.0]), 1e9, 0.7).tolist() == [0.0, 1.0]


@with_rules
def erode_all(standard: FloatArray, pressure: FloatArray, given_time: FloatArray) -> None:
    """Standards after a week, in place."""
    for seat in range(standard.size):
        given_time[seat], standard[seat] = erode_standard(standard[seat], pressure[seat], -0.6, 20.0, 1e6, 0.1)


def test_a_loop_changes_the_arrays_that_it_is_given_as_the_plain_one_does() -> None:
    pressure = np.linspace(0.0, 3.0, 50)
    done, plain = (np.full((2, 50), 0.8) for _ in range(2))
    assert erode_all(done[0], pressure, done[1]) is None
    with np.errstate(all="ignore"):
        inspect.unwrap(erode_all)(plain[0], pressure, plain[1])
    assert same_bits(done, plain)
    assert erode_all.__name__ == "erode_all"


def stubborn(
    standard: float, work_pressure: float, alpha: float, tau_down: float, tau_up: float, floor: float
) -> tuple[float, float]:
    """People who give what their standard asks for, whatever there is to do."""
    return standard, standard


def test_a_rule_of_a_loop_can_be_swapped() -> None:
    held = np.full(3, 0.8)
    swapped(erode_all, "standard.erode_standard", stubborn)(held, np.full(3, 2.0), np.zeros(3))
    assert held.tolist() == [0.8] * 3
    erode_all(held, np.full(3, 2.0), np.zeros(3))
    assert np.all(held < 0.8)


def test_several_results_of_a_rule_come_as_several_arrays_in_tests() -> None:
    given_time, after = over(erode_standard)(np.array([0.9, 1.1]), 1.0, -0.6, 20.0, 1e6, 0.1)
    assert given_time.tolist() == after.tolist() == [0.9, 1.1]
    with pytest.raises(TypeError, match="missing a required argument"):
        over(erode_standard)(np.ones(2), 1.0)
