"""Conflicts are decided by the true weights of those in power."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, rising, same_bits, vectors

from sim.model.mechanisms import conflict as mechanism

rules = on_arrays(mechanism)

MONEY = st.floats(0.0, 1e6)


def test_stakes_are_lognormal_about_their_median() -> None:
    np.testing.assert_allclose(
        rules.stakes(np.array([-1.0, 0.0, 2.0]), 60.0, 0.8),
        [60.0 * math.exp(-0.8), 60.0, 60.0 * math.exp(1.6)],
        rtol=1e-14,
    )
    assert same_bits(rules.stakes(np.array([-3.0, 3.0]), 60.0, 0.0), np.full(2, 60.0))


@given(vectors(st.floats(-6.0, 6.0)), MONEY, st.floats(0.0, 3.0))
def test_stakes_are_never_negative(normal: Floats, median: float, spread: float) -> None:
    drawn = rules.stakes(np.sort(normal), median, spread)
    assert np.all(np.isfinite(drawn)) and np.all(drawn >= 0.0)
    assert rising(drawn)


def test_the_larger_weighted_interest_wins_and_a_tie_goes_to_the_organization() -> None:
    gain, cost = np.array([60.0, 60.0, 60.0]), np.array([20.0, 30.0, 40.0])
    assert rules.is_conceded(gain, cost, 0.25, 0.5, 0.0).tolist() == [True, False, False]


def test_the_executives_own_interest_stands_with_the_owners() -> None:
    gain, cost = np.array([60.0]), np.array([20.0])
    assert rules.is_conceded(gain, cost, 0.3, 0.7, 0.0)[0] == rules.is_conceded(gain, cost, 0.3, 0.2, 0.5)[0]


@given(vectors(MONEY), vectors(MONEY), SHARES)
def test_no_weight_no_concession_and_more_weight_no_fewer(gain: Floats, cost: Floats, weight: float) -> None:
    assert not rules.is_conceded(gain, cost, 0.0, 1.0, 0.0).any()
    more = rules.is_conceded(gain, cost, weight, 1.0 - weight, 0.0)
    less = rules.is_conceded(gain, cost, weight / 2.0, 1.0 - weight / 2.0, 0.0)
    assert np.all(more | ~less)


@pytest.mark.parametrize("weight", [0.2, 0.5, 0.8])
def test_the_share_conceded_reveals_the_weight(weight: float) -> None:
    # log gain - log cost is normal: the share is Phi((ln(w / (1 - w)) + ln 2) / (spread sqrt 2)).
    normal = np.random.default_rng(3).standard_normal((40_000, 2))
    gain, cost = rules.stakes(normal[:, 0], 60.0, 0.8), rules.stakes(normal[:, 1], 30.0, 0.8)
    revealed = rules.is_conceded(gain, cost, weight, 1.0 - weight, 0.0).mean()
    z = (math.log(weight / (1.0 - weight)) + math.log(2.0)) / (0.8 * math.sqrt(2.0))
    assert revealed == pytest.approx(0.5 * math.erfc(-z / math.sqrt(2.0)), abs=0.01)
