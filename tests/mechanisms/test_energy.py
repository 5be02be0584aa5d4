"""Energy falls under load, recovers with rest, and settles where the two balance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.model.mechanisms import energy as mechanism

rules = on_arrays(mechanism)

HOMER = {"depletion": 0.06, "recovery": 0.3, "load_exponent": 2.0, "relief_effect": 1.0}
PRESSURE = st.floats(0.05, 5.0)


def spend(energy: float, pressure: float, relief: float = 0.0, **other: float) -> float:
    settings = {**HOMER, **other}
    return float(rules.energy_after_week(np.array([energy]), np.array([pressure]), np.array([relief]), **settings)[0])


def test_a_week_by_hand() -> None:
    target = 0.3 / 0.36
    assert spend(1.0, 1.0) == pytest.approx(target + (1.0 - target) * math.exp(-0.36), rel=1e-14)
    drain, rest = 0.06 * 1.5**2, 0.3 * 1.5
    target = rest / (rest + drain)
    assert spend(0.4, 1.5, 0.5) == pytest.approx(target + (0.4 - target) * math.exp(-rest - drain), rel=1e-14)


def test_energy_is_the_exact_solution_and_not_one_step_of_it() -> None:
    energy, steps = 0.9, 20_000
    for _ in range(steps):
        energy += (0.3 * (1.0 - energy) - 0.06 * 1.3**2 * energy) / steps
    assert spend(0.9, 1.3) == pytest.approx(energy, abs=1e-6)


@pytest.mark.parametrize("start", [0.0, 0.3, 1.0])
def test_energy_settles_where_rest_and_drain_balance(start: float) -> None:
    energy = start
    for _ in range(100):
        energy = spend(energy, 1.2)
    assert energy == pytest.approx(0.3 / (0.3 + 0.06 * 1.44), rel=1e-9)


def test_the_balance_stays_where_it_is() -> None:
    assert spend(0.3 / 0.36, 1.0) == pytest.approx(0.3 / 0.36, abs=1e-15)
    assert spend(1.0, 1.0, depletion=0.0) == 1.0


@given(
    vectors(),
    vectors(PRESSURE),
    vectors(),
    legal("energy.depletion"),
    legal("energy.recovery"),
    legal("energy.load_exponent"),
    legal("energy.relief_effect"),
)
def test_energy_stays_a_share_whatever_the_load(
    energy: Floats,
    pressure: Floats,
    relief: Floats,
    depletion: float,
    recovery: float,
    exponent: float,
    effect: float,
) -> None:
    spent = rules.energy_after_week(
        energy,
        pressure,
        relief,
        depletion=depletion,
        recovery=recovery,
        load_exponent=exponent,
        relief_effect=effect,
    )
    assert in_unit_interval(spent)


def test_load_drains_and_relief_restores() -> None:
    steps, half = np.linspace(0.1, 3.0, 9), np.full(9, 0.5)
    drained = rules.energy_after_week(half, steps, np.zeros(9), **HOMER)
    assert rising(-drained) and drained[-1] < drained[0]
    restored = rules.energy_after_week(half, np.full(9, 1.5), np.linspace(0.0, 1.0, 9), **HOMER)
    assert rising(restored) and restored[-1] > restored[0]


@given(vectors(), vectors(PRESSURE), vectors())
def test_relief_without_effect_changes_no_bit(energy: Floats, pressure: Floats, relief: Floats) -> None:
    without = rules.energy_after_week(energy, pressure, np.zeros(energy.size), **HOMER)
    assert same_bits(rules.energy_after_week(energy, pressure, relief, **{**HOMER, "relief_effect": 0.0}), without)
