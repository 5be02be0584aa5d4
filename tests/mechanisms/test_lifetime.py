"""Customers' lifetimes: the published distributions, exact neutrality, and purchases against a plain loop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays

from sim.kernel.arrays import FloatArray
from sim.kernel.random import Streams
from sim.mechanisms import lifetime as mechanism

rules = on_arrays(mechanism)

Draw = Callable[[int], tuple[FloatArray, FloatArray]]


def keyed_draw(streams: Streams, week: int, size: int) -> Draw:
    def draw(round_: int) -> tuple[FloatArray, FloatArray]:
        return streams.uniform("gone", week, size, round_), streams.exponential("wait", week, size, round_)

    return draw


def test_quantiles_have_the_published_means() -> None:
    uniform = (np.arange(100_000) + 0.5) / 100_000
    assert rules.annual_churn(uniform, 0.668, 3.806).mean() == pytest.approx(0.668 / (0.668 + 3.806), abs=1e-4)
    assert rules.purchase_rate(uniform, 0.243, 4.414).mean() == pytest.approx(0.243 / 4.414, rel=1e-2)
    assert rules.dropout_probability(uniform, 0.793, 2.426).mean() == pytest.approx(0.793 / 3.219, abs=1e-4)


def test_52_weekly_hazards_make_a_year() -> None:
    churn = np.array([0.0, 1e-12, 0.1, 0.9, 1.0])
    np.testing.assert_allclose(1.0 - (1.0 - rules.weekly_hazard(churn)) ** 52, churn, rtol=1e-9, atol=1e-14)


def test_no_link_gives_the_hazard_itself() -> None:
    hazard = np.random.default_rng(1).random(1000)
    deviation = np.random.default_rng(2).normal(size=1000)
    assert rules.leaving_probability(hazard, deviation, 0.0) is hazard
    assert np.array_equal(rules.leaving_probability(hazard, np.zeros(1000), 0.5), hazard)


def test_link_shifts_log_odds() -> None:
    shifted = rules.leaving_probability(np.array([0.2]), np.array([2.0]), 0.5)[0]
    assert np.log(shifted / (1 - shifted)) == pytest.approx(np.log(0.2 / 0.8) - 1.0)


@given(hazard=st.floats(0.0, 1.0), deviation=st.floats(-1e6, 1e6), link=st.floats(0.0, 5.0))
def test_probabilities_stay_probabilities(hazard: float, deviation: float, link: float) -> None:
    result = rules.leaving_probability(np.array([hazard]), np.array([deviation]), link)[0]
    assert 0.0 <= result <= 1.0
    if hazard in (0.0, 1.0):
        assert result == hazard
    elif link * deviation > 0:
        assert result <= hazard * (1 + 1e-12)


def plain_week(
    following: float, alive: bool, rate: float, dropout: float, end: float, draws: list[tuple[float, float]]
) -> tuple[int, bool, float]:
    bought = 0
    while alive and following < end:
        uniform, exponential = draws[bought]
        bought += 1
        if uniform < dropout:
            alive = False
        else:
            following += exponential / rate
    return bought, alive, following if alive else np.inf


def test_purchases_match_a_plain_loop() -> None:
    size, streams = 400, Streams(5)
    rate = rules.purchase_rate(streams.uniform("rate", 0, size), 0.5, 0.3)
    dropout = rules.dropout_probability(streams.uniform("dropout", 0, size), 0.793, 2.426)
    following = rules.waiting_time(rate, streams.exponential("first", 0, size))
    alive = streams.uniform("alive", 0, size) < 0.9
    for week in range(4):
        draw = keyed_draw(streams, week, size)
        result = rules.buy_within_week(following, alive, rate, dropout, week + 1.0, draw)
        rounds = [draw(k) for k in range(60)]
        for i in range(size):
            draws = [(float(u[i]), float(e[i])) for u, e in rounds]
            expected = plain_week(following[i], bool(alive[i]), rate[i], dropout[i], week + 1.0, draws)
            assert (result.purchases[i], result.alive[i], result.next_purchase[i]) == expected
        following, alive = result.next_purchase, result.alive


def test_one_customer_less_shifts_nobody_else() -> None:
    size, streams = 300, Streams(9)
    rate = rules.purchase_rate(streams.uniform("rate", 0, size), 0.5, 0.3)
    dropout = np.full(size, 0.2)
    following = rules.waiting_time(rate, streams.exponential("first", 0, size))
    everyone = np.ones(size, dtype=np.bool_)
    without = everyone.copy()
    without[7] = False
    draw = keyed_draw(streams, 0, size)
    first, second = (rules.buy_within_week(following, alive, rate, dropout, 1.0, draw) for alive in (everyone, without))
    others = np.arange(size) != 7
    assert np.array_equal(first.purchases[others], second.purchases[others])
    assert np.array_equal(first.next_purchase[others], second.next_purchase[others])
    assert second.purchases[7] == 0 and not second.alive[7]
    assert everyone.all()  # arguments are not changed


def test_who_never_buys_never_buys() -> None:
    waiting = rules.waiting_time(np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    assert waiting.tolist() == [np.inf, 0.5]


def test_expected_purchases_agree_with_simulated_ones() -> None:
    size, streams = 50_000, Streams(3)
    rate, dropout = np.full(size, 0.4), np.full(size, 0.25)
    following = rules.waiting_time(rate, streams.exponential("first", 0, size))
    result = rules.buy_within_week(
        following, np.ones(size, dtype=np.bool_), rate, dropout, 20.0, keyed_draw(streams, 0, size)
    )
    assert result.purchases.mean() == pytest.approx(rules.expected_purchases(rate, dropout, 20.0)[0], abs=0.04)
    assert rules.expected_purchases(np.array([0.4]), np.array([0.0]), 20.0)[0] == pytest.approx(8.0)
