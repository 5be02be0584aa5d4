"""Exponential, logarithm and power of compiled loops, against higher precision and against the C library's."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import over

from sim.model.kernel import elementary_functions
from sim.model.kernel.linking import Linker


@numba.njit(error_model="numpy")
def _all(function, values, results):
    for index in range(values.size):
        results[index] = function(values[index])


_LINKER = Linker(compiled=True)


def _of(name, values):
    """What compiled loops get, which is what the plain function gives as well, to the last bit."""
    values = np.asarray(values, dtype=np.float64)
    results = np.empty_like(values)
    _all(_LINKER.link(getattr(elementary_functions, name)), values, results)
    assert np.array_equal(results, over(getattr(elementary_functions, name))(values), equal_nan=True)
    return results


def _spread(low, high, number=20_000):
    return np.random.default_rng(1).uniform(low, high, number)


_NEAR_ZERO = np.concatenate([10.0 ** _spread(-16, -1), -(10.0 ** _spread(-16, -1))])


@pytest.mark.parametrize(
    ("name", "values", "units"),
    [
        ("exp", _spread(-1, 1), 2),
        ("exp", _spread(-700, 700), 2),
        ("expm1", _NEAR_ZERO, 6),
        ("expm1", _spread(-40, 700), 6),
        ("log", _spread(0.5, 2), 2),
        ("log", 10.0 ** _spread(-300, 300), 2),
        ("log1p", _NEAR_ZERO, 2),
        ("log1p", _spread(-0.999, 1000), 3),
    ],
)
def test_values_are_exact_to_a_few_units_of_the_last_place(name, values, units):
    exact = getattr(np, name)(values.astype(np.longdouble))
    off = np.abs(_of(name, values).astype(np.longdouble) - exact) / np.spacing(np.abs(exact.astype(np.float64)))
    assert off.max() <= units


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        ("exp", 0.0, 1.0),
        ("exp", -math.inf, 0.0),
        ("exp", 1000.0, math.inf),
        ("exp", math.nan, math.nan),
        ("expm1", 0.0, 0.0),
        ("expm1", -1000.0, -1.0),
        ("expm1", math.inf, math.inf),
        ("log", 1.0, 0.0),
        ("log", 0.0, -math.inf),
        ("log", -1.0, math.nan),
        ("log", math.inf, math.inf),
        ("log1p", 0.0, 0.0),
        ("log1p", -1.0, -math.inf),
        ("log1p", -2.0, math.nan),
        ("log1p", math.inf, math.inf),
    ],
)
def test_ends_and_fixed_points(name, at, value):
    assert np.array_equal(_of(name, [at]), [value], equal_nan=True)


_linked_power = _LINKER.link(elementary_functions.power)


@numba.njit(error_model="numpy")
def _power(base, exponent):
    return _linked_power(base, exponent)


@given(st.floats(1e-6, 1e6), st.floats(-20, 20))
def test_a_power_is_that_of_the_c_library(base, exponent):
    turns = abs(exponent * math.log(base))  # the last place of this is what an error of the power is made of
    assert _power(base, exponent) == elementary_functions.power(base, exponent)
    assert _power(base, exponent) == pytest.approx(base**exponent, rel=(3.0 + turns) * 2.0**-52)


@pytest.mark.parametrize(
    ("base", "exponent", "value"), [(0.0, 0.0, 1.0), (0.0, 2.5, 0.0), (7.0, 0.0, 1.0), (1.0, 9.0, 1.0)]
)
def test_powers_of_zero_and_to_zero(base, exponent, value):
    assert _power(base, exponent) == value
