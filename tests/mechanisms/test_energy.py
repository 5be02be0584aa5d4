"""Energy falls under load, recovers with rest, and settles where the two balance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model.steps import STAYING
from rules import on_arrays
from support import SHARES, Floats, burned_in, in_unit_interval, legal, rising, same_bits, tiny, vectors

from sim.model.engine import run_step
from sim.model.initialization import initialize
from sim.model.kernel.random import Streams
from sim.model.mechanisms import energy as mechanism
from sim.model.policies.policy import NONE

rules = on_arrays(mechanism)

HOMER = {"depletion": 0.06, "recovery": 0.3, "load_exponent": 2.0, "relief_effect": 1.0, "dissonance": 0.0}
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
    SHARES,
)
def test_energy_stays_a_share_whatever_the_load(
    energy: Floats,
    pressure: Floats,
    relief: Floats,
    depletion: float,
    recovery: float,
    exponent: float,
    effect: float,
    dissonance: float,
) -> None:
    spent = rules.energy_after_week(
        energy,
        pressure,
        relief,
        depletion=depletion,
        recovery=recovery,
        load_exponent=exponent,
        relief_effect=effect,
        dissonance=dissonance,
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


# --- acting against one's value ------------------------------------------------------------------------------------


def test_acting_against_ones_value_takes_energy_whichever_way() -> None:
    drain = rules.dissonance_drain(np.array([1, 0, 1, 0]), np.array([0.2, 0.8, 1.0, 0.0]), 0.03)
    np.testing.assert_allclose(drain, [0.024, 0.024, 0.0, 0.0], atol=1e-17)


@given(vectors(), legal("energy.dissonance"))
def test_practice_and_omission_are_mirror_images(value: Floats, effect: float) -> None:
    practiced, omitted = (rules.dissonance_drain(choice, value, effect) for choice in (1, 0))
    np.testing.assert_allclose(practiced + omitted, effect, rtol=1e-13)
    np.testing.assert_allclose(practiced, rules.dissonance_drain(0, 1.0 - value, effect), atol=1e-15)
    assert not rules.dissonance_drain(1, value, 0.0).any()


def test_a_week_against_ones_value_by_hand() -> None:
    drain = 0.06 + 0.024
    target = 0.3 / (0.3 + drain)
    assert spend(1.0, 1.0, dissonance=0.024) == pytest.approx(
        target + (1.0 - target) * math.exp(-0.3 - drain), rel=1e-14
    )
    assert spend(0.5, 1.0, dissonance=0.024) < spend(0.5, 1.0)


def test_at_the_outset_ordinary_work_rest_and_idle_values_balance() -> None:
    employees = initialize(tiny({"energy.dissonance": 0.05}), NONE, Streams(1)).employees
    np.testing.assert_allclose(employees.energy, 0.3 / (0.36 + 0.05 * employees.value), rtol=1e-14)
    alike = initialize(tiny({"energy.dissonance": 0.0}), NONE, Streams(1)).employees
    assert same_bits(alike.energy, np.full(12, 0.3 / 0.36))


def test_in_a_week_energy_is_spent_on_work_and_on_acting_against_ones_value() -> None:
    organization = burned_in(tiny({**STAYING, "energy.dissonance": 0.05}))
    employees = organization.employees
    employees.energy[:], employees.pressure[:] = 0.8, 1.0
    employees.choice[:], employees.value[:] = [0, 1] * 6, np.linspace(0.0, 1.0, 12)
    run_step(organization, "update_energy")
    drains = 0.05 * np.abs(employees.choice - employees.value)
    expected = [spend(0.8, 1.0, dissonance=drain) for drain in drains.tolist()]
    np.testing.assert_allclose(employees.energy, expected, rtol=1e-13)
