"""Exponential, logarithm, power and cosine, against higher precision; compiled, plain and over arrays the same bits."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import over

from sim.model.kernel import elementary_arrays, elementary_functions
from sim.model.kernel.linking import Linker


@numba.njit(error_model="numpy")
def _all(function, values, results):
    for index in range(values.size):
        results[index] = function(values[index])


_LINKER = Linker(compiled=True)


def _of(name, values):
    """What compiled loops get, which is what the plain function and that of arrays give as well, to the last bit."""
    values = np.asarray(values, dtype=np.float64)
    results = np.empty_like(values)
    _all(_LINKER.link(getattr(elementary_functions, name)), values, results)
    assert np.array_equal(results, over(getattr(elementary_functions, name))(values), equal_nan=True)
    assert np.array_equal(results, getattr(elementary_arrays, name)(values), equal_nan=True)
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


BASES, EXPONENTS = st.floats(0.0, math.inf), st.floats(allow_nan=False)


def _units_off(base, exponent):
    """Distance of a power from the exact one, in units of its last place."""
    exact = np.longdouble(base) ** np.longdouble(exponent)
    return abs(np.longdouble(_power(base, exponent)) - exact) / np.spacing(np.float64(exact))


@given(st.floats(1e-300, 1e300), st.floats(-1.0, 1.0))
def test_a_power_is_exact_to_a_unit_of_the_last_place(base, log_result):
    exponent = 700.0 * log_result / max(abs(math.log(base)), 1e-3)
    assert _units_off(base, exponent) <= 1.0


def test_many_powers_are_exact_to_a_unit_of_the_last_place():
    for base, exponent in zip(10.0 ** _spread(-20, 20, 5000), _spread(-14, 14, 5000), strict=True):
        assert _units_off(base, exponent) <= 1.0
    for base, exponent in zip(_spread(0, 2, 5000), _spread(-5, 50, 5000), strict=True):
        assert base**exponent < 1e-300 or _units_off(base, exponent) <= 1.0


@given(BASES, EXPONENTS)
def test_a_power_is_the_same_compiled_plain_and_over_arrays(base, exponent):
    with np.errstate(all="ignore"):
        plain = elementary_functions.power(base, exponent)
    assert np.array_equal(plain, _power(base, exponent), equal_nan=True)
    many = elementary_arrays.power(np.array([base, 2.0]), exponent)
    assert np.array_equal(many[0], plain, equal_nan=True)


@given(BASES, EXPONENTS)
def test_a_power_at_the_ends_is_that_of_the_c_library(base, exponent):
    with np.errstate(all="ignore"):
        known, power = float(np.float64(base) ** np.float64(exponent)), _power(base, exponent)
    if 2.0**-1021 <= known < math.inf:
        assert power == pytest.approx(known, rel=1e-15)
    else:
        assert power == (known if known >= 2.0**-1021 else 0.0)


@pytest.mark.parametrize(
    ("base", "exponent", "value"),
    [
        (0.0, 0.0, 1.0),
        (0.0, 2.5, 0.0),
        (0.0, -1.0, math.inf),
        (7.0, 0.0, 1.0),
        (1.0, 9.0, 1.0),
        (1.0, math.inf, 1.0),
        (0.5, math.inf, 0.0),
        (math.inf, -2.0, 0.0),
        (5e-324, 0.5, 2.0**-537),
        (2.0, 1024.0, math.inf),
        (2.0, -1022.0, 0.0),
        (-1.0, 2.0, math.nan),
        (math.nan, 1.0, math.nan),
        (0.0, math.nan, math.nan),
    ],
)
def test_powers_at_ends_and_fixed_points(base, exponent, value):
    assert np.array_equal(_power(base, exponent), value, equal_nan=True)


def test_a_cosine_is_exact_and_its_angle_is_reduced_without_error():
    turns = np.concatenate([_spread(0, 1), 2.0 ** _spread(-60, 0), [0.0, 0.125, 0.25, 0.5, 0.75, 1.0 - 2.0**-53]])
    exact = np.cos(2.0 * np.longdouble("3.14159265358979323846264338327950288") * turns.astype(np.longdouble))
    off = np.abs(_of("cosine_of_turns", turns) - exact)
    assert off.max() <= 2.0**-52
    assert (off / np.spacing(np.abs(exact).astype(np.float64)))[np.abs(exact) > 1e-3].max() <= 3.0
    assert _of("cosine_of_turns", [0.0, 0.25, 0.5, 0.75, 1.0, 1e6 + 0.5]).tolist() == [1.0, 0.0, -1.0, 0.0, 1.0, -1.0]
    assert np.isnan(_of("cosine_of_turns", [math.nan, math.inf])).all()


@pytest.mark.parametrize("name", ["exp", "expm1"])
def test_out_of_range_nothing_is_said(name):
    """A warning is an error in tests."""
    for number in np.arange(-3000.0, 3000.0, 0.3).tolist():
        getattr(elementary_functions, name)(number)


def test_arrays_may_have_any_shape_and_be_mixed_with_numbers():
    values = _spread(0, 2, 12).reshape(3, 4)
    assert elementary_arrays.exp(values).shape == (3, 4)
    assert np.array_equal(elementary_arrays.power(0.5, values), over(elementary_functions.power)(0.5, values))
    assert float(elementary_arrays.log(2.0)) == elementary_functions.log(2.0)
