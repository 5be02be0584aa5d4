"""Customers' lifetimes: the published distributions, exact neutrality, and purchases against a plain loop."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from scipy.special import betaincinv
from support import Floats, same_bits

from sim.model.kernel.random import Streams
from sim.model.mechanisms import lifetime as mechanism

rules = on_arrays(mechanism)


def bought(
    seed: int, week: int, following: Floats, active: np.ndarray, rate: Floats, dropout: Floats
) -> SimpleNamespace:
    """Customers without contract after a week of :func:`stop_buying` in which satisfaction changes nobody's dropout."""
    size = following.size
    customers = SimpleNamespace(
        active=active,
        contract=np.zeros(size, dtype=np.bool_),
        purchases=np.full(size, 99),
        rate=rate,
        dropout=dropout,
        next_purchase=following.copy(),
        satisfaction=np.full(size, 0.7),
        recovery_satisfaction=np.zeros(size),
        **{name: np.zeros(size) for name in ("trust", "usual_trust", "depth", "usual_depth")},
        lost=np.zeros(size, dtype=np.bool_),
    )
    parameters = SimpleNamespace(
        satisfaction_reference=0.7,
        satisfaction_sd=0.15,
        lifetime_satisfaction_link=0.0,
        relationship_stay_trust=0.0,
        relationship_stay_depth=0.0,
        price_premium=0.0,
        recovery_binding=0.0,
    )
    with np.errstate(over="ignore"):  # draws are made of whole numbers that wrap around
        mechanism.stop_buying(customers, parameters, streams_of(seed), SimpleNamespace(number=week))
    return customers


def streams_of(seed: int) -> SimpleNamespace:
    """Keys of the streams that purchases take."""
    streams = Streams(seed)
    return SimpleNamespace(
        stops_buying=np.uint64(streams.key("stops buying")), next_purchase=np.uint64(streams.key("next purchase"))
    )


def test_quantiles_have_the_published_means() -> None:
    uniform = (np.arange(2_000) + 0.5) / 2_000
    assert rules.annual_churn(uniform, 0.668, 3.806).mean() == pytest.approx(0.668 / (0.668 + 3.806), abs=1e-5)
    assert rules.purchase_rate(uniform, 0.243, 4.414).mean() == pytest.approx(0.243 / 4.414, rel=1e-3)
    assert rules.dropout_probability(uniform, 0.793, 2.426).mean() == pytest.approx(0.793 / 3.219, abs=1e-5)


def test_52_weekly_hazards_make_a_year() -> None:
    churn = np.array([0.0, 1e-12, 0.1, 0.9, 1.0])
    np.testing.assert_allclose(1.0 - (1.0 - rules.weekly_hazard(churn)) ** 52, churn, rtol=1e-9, atol=1e-14)


def test_no_link_gives_the_hazard_itself() -> None:
    hazard = np.random.default_rng(1).random(1000)
    deviation = np.random.default_rng(2).normal(size=1000)
    assert same_bits(rules.leaving_probability(hazard, deviation, 0.0), hazard)
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
    following = rules.weeks_to_next_purchase(rate, streams.exponential("first", 0, size))
    alive = streams.uniform("alive", 0, size) < 0.9
    for week in range(4):
        result = bought(5, week, following, alive, rate, dropout)
        rounds = [
            (streams.uniform("stops buying", week, size, k), streams.exponential("next purchase", week, size, k))
            for k in range(60)
        ]
        for i in np.flatnonzero(alive).tolist():
            draws = [(float(u[i]), float(e[i])) for u, e in rounds]
            expected = plain_week(following[i], True, rate[i], dropout[i], week + 1.0, draws)
            assert (result.purchases[i], not result.lost[i]) == expected[:2]
            assert result.next_purchase[i] == pytest.approx(expected[2], rel=1e-12)
        assert not result.purchases[~alive].any() and not result.lost[~alive].any()
        following, alive = result.next_purchase, alive & ~result.lost


def test_one_customer_less_shifts_nobody_else() -> None:
    size, streams = 300, Streams(9)
    rate = rules.purchase_rate(streams.uniform("rate", 0, size), 0.5, 0.3)
    dropout = np.full(size, 0.2)
    following = rules.weeks_to_next_purchase(rate, streams.exponential("first", 0, size))
    everyone = np.ones(size, dtype=np.bool_)
    without = everyone.copy()
    without[7] = False
    first, second = (bought(9, 0, following, active, rate, dropout) for active in (everyone, without))
    others = np.arange(size) != 7
    assert np.array_equal(first.purchases[others], second.purchases[others])
    assert np.array_equal(first.next_purchase[others], second.next_purchase[others])
    assert second.purchases[7] == 0 and not second.lost[7]
    assert first.purchases.sum() > 0 and everyone.all()


def test_who_never_buys_never_buys() -> None:
    waiting = rules.weeks_to_next_purchase(np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    assert waiting.tolist() == [np.inf, 0.5]


def test_expected_purchases_agree_with_simulated_ones() -> None:
    size, streams = 50_000, Streams(3)
    following = rules.weeks_to_next_purchase(np.full(size, 0.4), streams.exponential("first", 0, size))
    customers = SimpleNamespace(
        next_purchase=following, purchases=np.zeros(size, dtype=np.int64), rate=np.full(size, 0.4)
    )
    keys = streams_of(3)
    with np.errstate(over="ignore"):  # draws are made of whole numbers that wrap around
        for position in range(size):
            mechanism.make_purchases(customers, position, 0.25, 20.0, keys, SimpleNamespace(number=0))
    assert customers.purchases.mean() == pytest.approx(rules.expected_purchases(0.4, 0.25, 20.0), abs=0.04)
    assert rules.expected_purchases(0.4, 0.0, 20.0) == pytest.approx(8.0)


def kept_by_hand(alpha: float, beta: float, years: float) -> float:
    """What a book keeps: customers of 20,000 kinds, who came week after week and stay by their own chance (1 - theta)^t."""
    kinds = (np.arange(20_000) + 0.5) / 20_000
    stays = 1.0 - betaincinv(alpha, beta, kinds)
    now = kept = 0.0
    for week in range(max(round(52 * years), 1)):
        age = (week + 0.5) / 52 if years else 0.0
        now += (stays**age).sum()
        kept += (stays ** (age + 1.0)).sum()
    return kept / now


@pytest.mark.parametrize("years", [0.0, 0.5, 3.0])
@pytest.mark.parametrize(("alpha", "beta"), [(0.668, 3.806), (2.0, 8.0)])
def test_retention_of_a_book_is_that_of_all_who_stayed(alpha: float, beta: float, years: float) -> None:
    assert mechanism.book_retention(alpha, beta, years) == pytest.approx(kept_by_hand(alpha, beta, years), abs=2e-5)


def test_retention_of_newcomers_is_the_mean_of_their_distribution() -> None:
    assert mechanism.book_retention(0.668, 3.806, 0.0) == pytest.approx(3.806 / (0.668 + 3.806), rel=1e-12)
    assert mechanism.churn_beta_for(0.9, 0.668, 0.0) == pytest.approx(9 * 0.668, rel=1e-12)


def test_an_older_book_keeps_more() -> None:
    kept = [mechanism.book_retention(0.668, 3.806, years) for years in (0.0, 1.0, 5.0, 20.0)]
    assert kept == sorted(kept) and len(set(kept)) == 4


@pytest.mark.parametrize("years", [0.0, 1.0, 10.0])
@pytest.mark.parametrize("retention", [0.6, 0.85, 0.95])
@pytest.mark.parametrize("alpha", [0.3, 0.668, 3.0])
def test_the_solved_shape_gives_the_retention_that_was_asked_for(alpha: float, retention: float, years: float) -> None:
    least, most = mechanism.reachable_retention(alpha, years)
    beta = mechanism.churn_beta_for(retention, alpha, years)
    if least <= retention <= most:
        assert mechanism.book_retention(alpha, beta, years) == pytest.approx(retention, abs=1e-12)
    else:
        assert math.isnan(beta)


def test_a_retention_out_of_reach_has_no_solution() -> None:
    assert math.isnan(mechanism.churn_beta_for(0.3, 0.1, 10.0)), "those who stay are loyal, whatever the rest"
    assert math.isnan(mechanism.churn_beta_for(0.995, 50.0, 0.0))
