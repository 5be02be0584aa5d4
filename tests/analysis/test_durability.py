"""Durability: residuals, half-lives and the Kaplan-Meier table by hand and against SciPy."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.analysis.durability import half_life, residual, weeks_until_halved
from sim.analysis.lift import trailing_mean
from sim.analysis.survival import kaplan_meier, median_survival

NAN = float("nan")


def test_residual_is_a_ratio_of_means() -> None:
    at_end = np.array([0.2, 0.3, 0.25, 0.25, 0.2, 0.3])
    later = np.array([0.1, 0.3, 0.05, 0.25, 0.0, 0.2])
    interval = residual(at_end, later)
    assert interval.mean == pytest.approx(later.sum() / at_end.sum())
    assert interval.low < interval.mean < interval.high


def test_residual_is_missing_unless_the_lift_was_surely_there() -> None:
    later = np.full(5, 0.01)
    sure = residual(np.array([0.019, 0.02, 0.021, 0.02, 0.02]), later)
    assert sure.mean == pytest.approx(0.5), "a small lift that is sure has a part that is left"
    assert 0.45 < sure.low < 0.5 < sure.high < 0.55
    assert not residual(np.zeros(5), later).known
    assert not residual(np.full(5, 1e-12), np.full(5, 1e-12)).known, "rounding is no lift"
    assert not residual(np.array([-0.1, 0.3, 0.0, 0.2, -0.05]), later).known
    assert not residual(np.array([0.5]), np.array([0.4])).known, "one replicate has no interval"
    assert not residual(np.full(5, 0.3), np.full(5, NAN)).known, "nobody was followed for two years"
    assert residual(np.array([0.3, 0.31, 0.29]), np.full(3, -0.03)).mean == pytest.approx(-0.1)


def test_residual_uses_runs_that_were_followed_only() -> None:
    interval = residual(np.array([0.2, 0.2, 0.2, 0.9]), np.array([0.1, 0.1, 0.1, NAN]))
    assert interval.mean == pytest.approx(0.5)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 3.0), st.integers(0, 1000))
def test_residual_does_not_depend_on_scale(scale: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    at_end, later = generator.normal(0.3, 0.02, 8), generator.normal(0.1, 0.05, 8)
    once, scaled = residual(at_end, later), residual(scale * at_end, scale * later)
    np.testing.assert_allclose([once.mean, once.low, once.high], [scaled.mean, scaled.low, scaled.high], rtol=1e-9)


def test_bootstrap_interval_covers_the_true_ratio() -> None:
    """About 95 in 100 intervals hold the truth (.4) with ten replicates; far fewer would mean they are too narrow."""
    generator = np.random.default_rng(42)
    held = 0
    for _ in range(300):
        at_end = generator.normal(0.25, 0.05, 10)
        later = 0.4 * at_end + generator.normal(0.0, 0.03, 10)
        interval = residual(at_end, later)
        held += interval.low <= 0.4 <= interval.high
    assert 0.91 <= held / 300 <= 0.99


def test_halving_has_to_last_four_weeks() -> None:
    curve = np.array([1.0, 1.0, 0.4, 0.4, 0.4, 0.6, 0.4, 0.4, 0.4, 0.4, 0.4])
    weeks, halved = weeks_until_halved(curve[np.newaxis], np.array([1.0]), np.array([1.0]))
    assert (weeks[0], halved[0]) == (5.0, True)
    weeks, halved = weeks_until_halved(curve[np.newaxis, :9], np.array([1.0]), np.array([1.0]))
    assert (weeks[0], halved[0]) == (4.0, False), "three weeks under at the end of the run are no proof"


def test_halving_is_strict_and_counts_from_the_origin_only() -> None:
    curve = np.array([[0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5, 0.49, 0.49, 0.49, 0.49]])
    weeks, halved = weeks_until_halved(curve, np.array([4.0]), np.array([1.0]))
    assert (weeks[0], halved[0]) == (4.0, True)


def test_missing_weeks_prove_nothing_and_shorten_the_follow_up() -> None:
    curve = np.array([[1.0, 0.1, 0.1, NAN, 0.1, 0.1, NAN, NAN]])
    weeks, halved = weeks_until_halved(curve, np.array([0.0]), np.array([1.0]))
    assert (weeks[0], halved[0]) == (2.0, False)
    weeks, halved = weeks_until_halved(np.full((1, 8), NAN), np.array([0.0]), np.array([1.0]))
    assert not halved[0]
    assert weeks[0] < 0


def test_a_lift_that_ends_at_once_is_half_gone_after_half_a_window() -> None:
    lift = np.where(np.arange(200) < 104, 0.2, 0.0)
    curves = np.tile(trailing_mean(lift), (8, 1))
    result = half_life(curves, np.full(8, 104.0), np.full(8, 0.2))
    assert (result.median, result.censored, result.undefined) == (6.0, 0.0, 0.0)
    assert (result.low, result.high) == (6.0, 6.0)


def test_shares_censored_and_undefined() -> None:
    weeks = np.arange(200)
    gone = trailing_mean(np.where(weeks < 104, 0.2, 0.0))
    stays = trailing_mean(np.full(200, 0.2))
    curves = np.stack([gone, gone, gone, stays, stays, gone, gone, stays])
    level = np.array([0.2, 0.2, 0.2, 0.2, 0.2, 0.02, NAN, 0.2])  # .02 is not above .02
    origin = np.array([104.0] * 7 + [NAN])
    result = half_life(curves, origin, level)
    assert result.undefined == pytest.approx(3 / 8)
    assert result.censored == pytest.approx(2 / 8)
    assert result.median == 6.0
    assert result.to_entry()["low"] is None, "five runs give no limits"
    without_last = half_life(curves, origin, level, done=np.array([True] * 7 + [False]))
    assert without_last.undefined == pytest.approx(2 / 7)


def test_half_life_of_nothing() -> None:
    assert set(half_life(np.zeros((0, 50)), np.zeros(0), np.zeros(0)).to_entry().values()) == {None}
    everything_undefined = half_life(np.zeros((3, 50)), np.full(3, 20.0), np.zeros(3)).to_entry()
    expected = {"median": None, "low": None, "high": None, "censored": 0.0, "undefined": 1.0}
    assert everything_undefined == expected
    too_short = half_life(np.full((2, 3), 0.5), np.zeros(2), np.full(2, 0.5)).to_entry()
    assert too_short["censored"] == 1.0


def test_median_is_missing_when_more_than_half_of_the_runs_go_on() -> None:
    durations = np.array([5.0, 6.0, 7.0, 50.0, 50.0, 50.0, 50.0])
    observed = np.array([True, True, True, False, False, False, False])
    median = median_survival(durations, observed)
    assert np.isnan([median.median, median.high]).all()


# Remission times of leukemia patients on 6-MP (Freireich et al. 1963), the textbook table of the estimate.
REMISSION = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], dtype=float)
RELAPSED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)


def test_kaplan_meier_against_the_textbook_table() -> None:
    curve = kaplan_meier(REMISSION, RELAPSED)
    with_events = np.diff(curve.survival, prepend=1.0) < 0.0
    np.testing.assert_array_equal(curve.times[with_events], [6, 7, 10, 13, 16, 22, 23])
    np.testing.assert_allclose(
        curve.survival[with_events], [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], atol=5e-4
    )
    median = median_survival(REMISSION, RELAPSED)
    assert (median.median, median.low) == (23.0, 13.0)
    assert np.isnan(median.high)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=25))
def test_kaplan_meier_agrees_with_scipy(runs: list[tuple[int, bool]]) -> None:
    durations = np.array([time for time, _ in runs], dtype=float)
    observed = np.array([seen for _, seen in runs])
    curve = kaplan_meier(durations, observed)
    reference = stats.ecdf(stats.CensoredData(durations[observed], right=durations[~observed])).sf
    np.testing.assert_array_equal(curve.times, reference.quantiles)
    np.testing.assert_allclose(curve.survival, reference.probabilities, atol=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        limits = reference.confidence_interval(method="log-log")
    inside = (curve.survival > 0.0) & (curve.survival < 1.0)
    np.testing.assert_allclose(curve.low[inside], limits.low.probabilities[inside], atol=1e-9)
    assert (curve.low <= curve.survival).all()
    assert (curve.high[inside] <= limits.high.probabilities[inside] + 1e-9).all()
    assert (np.diff(curve.high) <= 0.0).all()


def test_all_runs_halving_at_once_give_an_exact_interval_if_there_are_six() -> None:
    assert median_survival(np.full(6, 9.0), np.ones(6, dtype=bool)).high == 9.0
    assert np.isnan(median_survival(np.full(5, 9.0), np.ones(5, dtype=bool)).high)
