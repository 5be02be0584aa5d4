"""Gamma and Beta functions and tails of distributions, against SciPy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import over
from scipy import special

from sim.model.kernel import elementary_arrays
from sim.model.kernel.special_functions import (
    beta_constant,
    beta_log_tail,
    beta_point,
    complementary_error,
    gamma_constant,
    gamma_log_tail,
    log_beta,
    stirling_rest,
)

SHAPES = st.floats(-3.0, 4.0).map(lambda power: 10.0**power)
RATIOS = st.floats(-3.0, 3.0)


@given(SHAPES)
def test_log_gamma(shape: float) -> None:
    found = stirling_rest(shape) + (shape - 0.5) * math.log(shape) - shape + 0.5 * math.log(2.0 * math.pi)
    assert found == pytest.approx(special.gammaln(shape), rel=1e-14, abs=3e-14)


@given(SHAPES, SHAPES)
def test_log_beta(first: float, second: float) -> None:
    large = first + second  # SciPy's own is a difference of numbers of this size times their logarithm
    assert log_beta(first, second) == pytest.approx(special.betaln(first, second), abs=1e-13 + 4e-15 * large)
    assert log_beta(first, second) == pytest.approx(log_beta(second, first), abs=1e-13 + 1e-15 * large)


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [
        (0.5, 0.5, math.log(math.pi)),
        (1.0, 1000.0, -math.log(1000.0)),
        (2.0, 3.0, -math.log(12.0)),
        (0.01, 2000.0, 4.523473328648725),  # from here on worked out with forty digits
        (1000.0, 1000.0, -1388.4826016359023),
        (12.0, 1900.0, -73.12766910591216),
    ],
)
def test_log_beta_where_it_is_known(first: float, second: float, value: float) -> None:
    assert log_beta(first, second) == pytest.approx(value, rel=1e-14, abs=1e-13)


def test_log_beta_of_arrays_has_the_bits_of_one_number() -> None:
    rng = np.random.default_rng(1)
    first, second = 10.0 ** rng.uniform(-3, 4, (2, 500))
    np.testing.assert_array_equal(elementary_arrays.log_beta(first, second), over(log_beta)(first, second))


@given(SHAPES, RATIOS, st.booleans())
def test_tails_of_the_gamma_distribution(shape: float, ratio: float, upper: bool) -> None:
    ratio = ratio / max(1.0, math.sqrt(shape))
    tail, density, _ = gamma_log_tail(shape, gamma_constant(shape), ratio, upper)
    x = shape * math.exp(ratio)
    known = (special.gammaincc if upper else special.gammainc)(shape, x)
    assert math.exp(tail) == pytest.approx(known, rel=1e-9, abs=1e-13)
    log_density = shape * math.log(x) - x - special.gammaln(shape)
    assert density == pytest.approx(log_density, abs=1e-12 + 1e-14 * shape)


@given(SHAPES, SHAPES, RATIOS, st.booleans())
def test_tails_of_the_beta_distribution(first: float, second: float, ratio: float, upper: bool) -> None:
    ratio = ratio / max(1.0, math.sqrt(min(first, second)))
    x, rest = beta_point(first, second, ratio)
    assert x + rest == pytest.approx(1.0, abs=1e-15)
    tail, _, _ = beta_log_tail(first, second, beta_constant(first, second), ratio, upper)
    known = special.betainc(second, first, rest) if upper else special.betainc(first, second, x)
    assert math.exp(tail) == pytest.approx(known, rel=1e-9, abs=1e-12)


def test_the_slope_of_a_density_is_its_derivative() -> None:
    for tail, shapes in ((gamma_log_tail, (2.5,)), (beta_log_tail, (0.7, 3.0))):
        constant = (gamma_constant if len(shapes) == 1 else beta_constant)(*shapes)  # type: ignore[operator]
        before, at, after = (tail(*shapes, constant, 0.3 + step, False) for step in (-1e-5, 0.0, 1e-5))  # type: ignore[operator]
        assert (after[1] - before[1]) / 2e-5 == pytest.approx(at[2], rel=1e-6)
        assert (after[0] - before[0]) / 2e-5 == pytest.approx(math.exp(at[1] - at[0]), rel=1e-6)


@given(st.floats(-6.0, 26.0))
def test_complementary_error(number: float) -> None:
    assert complementary_error(number) == pytest.approx(special.erfc(number), rel=1e-12)


def test_complementary_error_at_its_ends() -> None:
    assert [complementary_error(number) for number in (0.0, -30.0, 30.0)] == [1.0, 2.0, 0.0]
    assert math.isnan(complementary_error(math.nan))
