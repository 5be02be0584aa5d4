"""Quantiles of the Gamma and Beta distributions, against SciPy's and put back into SciPy's distribution functions."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from support import Floats, parameter

from sim.model.kernel.linking import Linker
from sim.model.kernel.quantiles import beta_quantile, gamma_quantile

ALLOWED = 1e-11
SHARES = st.floats(1e-300, 1.0, exclude_max=True) | st.floats(-15.0, -0.1).map(lambda power: 10.0**power)


def shapes(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(math.log(low), math.log(high)).map(math.exp)


def legal(name: str) -> st.SearchStrategy[float]:
    """Every legal value of a parameter that is a shape."""
    entry = parameter(name)
    assert entry.low is not None and entry.high is not None
    return shapes(entry.low, entry.high)


def off(found: Any, known: Any, below: Any, above: Any, share: Any) -> Floats:
    """Error of quantiles: their relative one, or that of the smaller tail where that is less."""
    found, known, share = (np.asarray(each, dtype=np.float64) for each in (found, known, share))
    with np.errstate(all="ignore"):
        relative = np.abs(found - known) / np.abs(known)
        tail = np.where(share < 0.5, np.abs(below - share) / share, np.abs(above - (1.0 - share)) / (1.0 - share))
    error = np.fmin(relative, tail)
    return np.asarray(np.where((found == known) | (np.maximum(found, known) < 1e-305), 0.0, error))


def gamma_off(shape: Any, share: Any, found: Any) -> Floats:
    known = special.gammaincinv(shape, share)
    return off(found, known, special.gammainc(shape, found), special.gammaincc(shape, found), share)


def beta_off(first: Any, second: Any, share: Any, found: Any) -> Floats:
    known = special.betaincinv(first, second, share)
    return off(found, known, special.betainc(first, second, found), special.betaincc(first, second, found), share)


@given(shapes(5e-3, 1e4), SHARES)
def test_gamma(shape: float, share: float) -> None:
    assert gamma_off(shape, share, gamma_quantile(shape, share)) < ALLOWED


@given(shapes(1e4, 1e5), st.floats(1e-16, 1.0, exclude_max=True))
def test_gamma_near_the_normal_distribution(shape: float, share: float) -> None:
    assert gamma_off(shape, share, gamma_quantile(shape, share)) < ALLOWED


@given(legal("lifetime.purchase_shape"), SHARES)
def test_gamma_of_every_legal_shape(shape: float, share: float) -> None:
    assert gamma_off(shape, share, gamma_quantile(shape, share)) < ALLOWED


@given(st.floats(0.01, 2.0), SHARES)
def test_gamma_of_every_legal_spread(spread: float, share: float) -> None:
    shape = 1.0 / (spread * spread)
    assert gamma_off(shape, share, gamma_quantile(shape, share)) < ALLOWED


@given(shapes(1e-3, 5e-3), shapes(1e-3, 1e4), SHARES)
def test_shapes_smaller_than_legal(small: float, other: float, share: float) -> None:
    assert gamma_off(small, share, gamma_quantile(small, share)) < 5.0 * ALLOWED
    assert beta_off(small, other, share, beta_quantile(small, other, share)) < 5.0 * ALLOWED
    assert beta_off(other, small, share, beta_quantile(other, small, share)) < 5.0 * ALLOWED


@given(shapes(5e-3, 1e4), shapes(5e-3, 1e4), SHARES)
def test_beta(first: float, second: float, share: float) -> None:
    assert beta_off(first, second, share, beta_quantile(first, second, share)) < ALLOWED


@pytest.mark.parametrize("names", [("churn_alpha", "churn_beta"), ("dropout_a", "dropout_b")])
@given(st.data(), SHARES)
def test_beta_of_every_legal_shape(names: tuple[str, str], data: st.DataObject, share: float) -> None:
    first, second = (data.draw(legal(f"lifetime.{name}")) for name in names)
    assert beta_off(first, second, share, beta_quantile(first, second, share)) < ALLOWED


@given(st.floats(0.01, 0.99), legal("hiring.value_concentration"), SHARES)
def test_beta_of_every_legal_mean_and_concentration(mean: float, concentration: float, share: float) -> None:
    first, second = mean * concentration, (1.0 - mean) * concentration
    assert beta_off(first, second, share, beta_quantile(first, second, share)) < ALLOWED


@pytest.mark.parametrize(
    ("shape", "share", "value"),
    [
        (975888.7962054571, 2.4733399089608323e-06, 971383.7715487789),  # all worked out with forty digits
        (1e12, 0.75, 1000000674489.5683),
        (144760344.34485337, 1.0633567706175276e-06, 144703309.56388456),
    ],
)
def test_gamma_of_large_shapes_where_it_is_known(shape: float, share: float, value: float) -> None:
    """SciPy's own is off by a billionth here."""
    assert gamma_quantile(shape, share) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("share", [1e-15, 1e-6, 0.01, 0.4, 0.5, 0.9, 0.999, 1.0 - 1e-12])
def test_both_ways_to_a_gamma_of_large_shape_agree(share: float) -> None:
    below, above = gamma_quantile(1e4, share) / 1e4, gamma_quantile(1e4 * (1.0 + 1e-14), share) / 1e4
    assert above == pytest.approx(below, rel=1e-12)


@given(SHARES)
def test_quantiles_by_hand(share: float) -> None:
    assert gamma_quantile(1.0, share) == pytest.approx(-math.log1p(-share), rel=1e-13)
    assert beta_quantile(1.0, 1.0, share) == pytest.approx(share, rel=1e-13)
    assert beta_quantile(2.5, 1.0, share) == pytest.approx(share ** (1.0 / 2.5), rel=1e-13)
    assert beta_quantile(0.5, 0.5, share) == pytest.approx(math.sin(0.5 * math.pi * share) ** 2, rel=1e-12)


def test_ends() -> None:
    assert [gamma_quantile(0.3, share) for share in (0.0, 5e-324, 1.0)] == [0.0, 0.0, math.inf]
    assert [beta_quantile(0.3, 0.4, share) for share in (0.0, 5e-324, 1.0)] == [0.0, 0.0, 1.0]
    assert gamma_quantile(0.001, 0.1) == 0.0
    assert beta_quantile(0.001, 0.001, 0.1) == 0.0 and beta_quantile(0.001, 0.001, 0.9) == 1.0


@pytest.mark.parametrize("bad", [math.nan, -1.0, 0.0, math.inf])
def test_missing_for_what_is_missing_or_out_of_range(bad: float) -> None:
    assert math.isnan(gamma_quantile(bad, 0.5))
    assert math.isnan(beta_quantile(bad, 2.0, 0.5)) and math.isnan(beta_quantile(2.0, bad, 0.5))
    if bad != 0.0:
        assert math.isnan(gamma_quantile(2.0, bad)) and math.isnan(beta_quantile(2.0, 2.0, bad))


@pytest.mark.slow
def test_many_quantiles_of_compiled_loops() -> None:
    linker = Linker(compiled=True)
    gamma, beta = linker.link(gamma_quantile), linker.link(beta_quantile)

    @numba.njit(error_model="numpy")  # type: ignore[untyped-decorator]
    def fill(first: Any, second: Any, share: Any, gammas: Any, betas: Any) -> None:
        for index in range(share.size):
            gammas[index] = gamma(first[index], share[index])
            betas[index] = beta(first[index], second[index], share[index])

    number, rng = 200_000, np.random.default_rng(1)
    first, second = 10.0 ** rng.uniform(-2.3, 3.0, (2, number))
    tail = 10.0 ** rng.uniform(-15.0, -0.5, number)
    share = np.select([rng.random(number) < 0.5, rng.random(number) < 0.5], [rng.random(number), tail], 1.0 - tail)
    gammas, betas = np.empty((2, number))
    fill(first, second, share, gammas, betas)
    assert gamma_off(first, share, gammas).max() < ALLOWED
    assert beta_off(first, second, share, betas).max() < ALLOWED
    for index in range(300):
        assert gammas[index] == gamma_quantile(first[index], share[index])
        assert betas[index] == beta_quantile(first[index], second[index], share[index])
