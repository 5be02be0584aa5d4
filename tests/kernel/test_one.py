"""A mechanism's own source, compiled for one number."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernel.one import for_one
from sim.mechanisms import energy, lifetime, standard

_SHARE = st.floats(0.0, 1.0)


_spend = for_one(energy.spend_energy)


@numba.njit
def _spend_one(level, pressure, relief):
    return _spend(level, pressure, relief, depletion=0.05, recovery=0.2, load_exponent=2.5, relief_effect=0.5)


@given(_SHARE, st.floats(0.05, 5.0), _SHARE)
def test_energy_of_one_is_that_of_an_array(level, pressure, relief):
    ways = {"depletion": 0.05, "recovery": 0.2, "load_exponent": 2.5, "relief_effect": 0.5}
    many = energy.spend_energy(np.array([level]), np.array([pressure]), np.array([relief]), **ways)
    assert _spend_one(level, pressure, relief) == pytest.approx(many[0], rel=1e-13, abs=1e-300)


_erode = for_one(standard.erode_standard)


@numba.njit
def _erode_one(level, pressure):
    return _erode(level, pressure, alpha=-0.6, tau_down=20.0, tau_up=np.inf)


@given(st.floats(0.2, 2.0), st.floats(0.0, 5.0))
def test_a_function_of_two_results_and_choices(level, pressure):
    many = standard.erode_standard(np.array([level]), np.array([pressure]), alpha=-0.6, tau_down=20.0, tau_up=np.inf)
    assert _erode_one(level, pressure) == pytest.approx([many[0][0], many[1][0]], rel=1e-13)


_leaving = for_one(lifetime.leaving_probability)


@numba.njit
def _leaving_one(hazard, deviation):
    return _leaving(hazard, deviation, 0.7)


@given(st.one_of(st.just(0.0), st.just(1.0), _SHARE), st.floats(-1e6, 1e6))
def test_a_function_with_masks(hazard, deviation):
    many = lifetime.leaving_probability(np.array([hazard]), np.array([deviation]), 0.7)
    assert _leaving_one(hazard, deviation) == pytest.approx(many[0], rel=1e-12, abs=1e-300)


def test_one_source_is_compiled_once():
    assert for_one(energy.spend_energy) is for_one(energy.spend_energy)
