"""Intervals, equivalence, and choosing among policies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from sim.analysis.choice import max_regret, probability_best
from sim.analysis.intervals import (
    equivalent,
    mean_interval,
    mean_limits,
    paired_bootstrap,
    resampling_weights,
    share_interval,
    share_of_runs,
)

NAN = float("nan")


def test_mean_interval_is_students() -> None:
    values = np.array([1.0, 2.0, 4.0, NAN, 7.0])
    known = values[np.isfinite(values)]
    reference = stats.t.interval(0.95, 3, loc=known.mean(), scale=stats.sem(known))
    interval = mean_interval(values)
    np.testing.assert_allclose([interval.low, interval.high], reference)
    assert interval.mean == 3.5


def test_one_replicate_has_no_limits_and_none_has_nothing() -> None:
    assert mean_interval([3.0]).to_entry() == {"mean": 3.0, "low": None, "high": None}
    assert mean_interval([NAN]).to_entry() == {"mean": None, "low": None, "high": None}
    assert mean_interval([]).to_entry() == {"mean": None, "low": None, "high": None}
    assert mean_interval([float("inf"), 1.0, 1.0]).to_entry() == {"mean": 1.0, "low": 1.0, "high": 1.0}


def test_mean_limits_along_an_axis_equal_the_single_ones() -> None:
    values = np.random.default_rng(3).normal(size=(4, 6))
    values[1, 2:] = NAN
    values[2, 1:] = NAN
    mean, low, high = mean_limits(values)
    for row in range(4):
        interval = mean_interval(values[row])
        np.testing.assert_array_equal([mean[row], low[row], high[row]], [interval.mean, interval.low, interval.high])


def test_wilson_limits() -> None:
    interval = share_interval(0.3, 10)
    reference = stats.binomtest(3, 10).proportion_ci(method="wilson")
    np.testing.assert_allclose([interval.low, interval.high], [reference.low, reference.high])
    sure = share_interval(1.0, 30)
    assert sure.high == 1.0
    assert 0.85 < sure.low < 0.9, "thirty of thirty is not certainty"
    assert not share_interval(1.0, 1).limited
    assert not share_of_runs(np.array([NAN])).known
    assert share_of_runs(np.array([1.0, 0.0, NAN])).mean == 0.5


def test_bootstrap_repeats_itself_and_keeps_pairs() -> None:
    assert resampling_weights(7) is resampling_weights(7)
    assert (resampling_weights(7).sum(axis=1) == 7.0).all()
    with pytest.raises(ValueError, match="read-only"):
        resampling_weights(7)[0, 0] = 1.0
    same = np.array([[0.1, 0.5, 0.9], [0.1, 0.5, 0.9]])
    interval = paired_bootstrap(same, lambda means: means[0] - means[1])
    assert (interval.mean, interval.low, interval.high) == (0.0, 0.0, 0.0)
    assert not paired_bootstrap(np.array([[NAN], [1.0]]), lambda means: means[0]).known


def test_bootstrap_of_a_mean_is_close_to_students() -> None:
    values = np.random.default_rng(5).normal(1.0, 0.3, 12)
    boot = paired_bootstrap(values[np.newaxis], lambda means: means[0])
    student = mean_interval(values)
    assert boot.high - boot.low == pytest.approx(student.high - student.low, rel=0.12)


def test_equivalence_has_three_verdicts() -> None:
    generator = np.random.default_rng(2)
    assert equivalent(generator.normal(0.0, 0.005, 30), 0.01) == "equivalent"
    assert equivalent(generator.normal(0.05, 0.005, 30), 0.01) == "different"
    assert equivalent(generator.normal(0.0, 0.05, 5), 0.01) == "inconclusive"
    assert equivalent([0.0], 0.01) == "inconclusive"
    assert equivalent(generator.normal(0.5, 0.005, 30), 0.01, target=0.5) == "equivalent"
    assert equivalent(np.zeros(3), 0.01) == "equivalent"
    with pytest.raises(ValueError, match="margin"):
        equivalent([0.0, 0.0], 0.0)


def test_equivalence_is_two_one_sided_tests() -> None:
    values = np.random.default_rng(8).normal(0.004, 0.012, 12)
    for margin in np.linspace(0.001, 0.02, 40):
        lower = stats.ttest_1samp(values, -margin, alternative="greater").pvalue
        upper = stats.ttest_1samp(values, margin, alternative="less").pvalue
        assert (equivalent(values, float(margin)) == "equivalent") == (max(lower, upper) < 0.05)


def test_probability_best_shares_ties() -> None:
    values = np.array([[[3.0, 1.0, 2.0, 5.0], [3.0, 2.0, 1.0, 0.0]]])  # one future, two policies, four replicates
    first, second = probability_best(values)
    assert (first.mean, second.mean) == (0.625, 0.375)
    cheap, dear = probability_best(values, "lower")
    assert (cheap.mean, dear.mean) == (0.375, 0.625)


def test_only_complete_cases_are_compared() -> None:
    values = np.array([[[3.0, NAN, 2.0], [1.0, 9.0, 4.0], [NAN, NAN, NAN]]])
    first, second, third = probability_best(values)
    assert (first.mean, second.mean) == (0.5, 0.5)
    assert not third.known
    regrets = max_regret(values)
    assert (regrets[0].mean, regrets[1].mean) == (1.0, 1.0)
    assert not regrets[2].known


def test_nothing_to_compare_is_missing() -> None:
    values = np.full((2, 3, 4), NAN)
    assert not any(entry.known for entry in probability_best(values) + max_regret(values))
    assert probability_best(np.ones((1, 1, 1)))[0].to_entry() == {"mean": 1.0, "low": None, "high": None}
    assert max_regret(np.ones((1, 1, 1)))[0].to_entry() == {"mean": 0.0, "low": None, "high": None}


def test_max_regret_is_over_futures_of_means_over_replicates() -> None:
    values = np.array(
        [
            [[10.0, 10.0], [8.0, 6.0]],  # second policy gives up 2 and 4
            [[0.0, 1.0], [1.0, 0.0]],  # first gives up 1 and 0, second 0 and 1
        ]
    )
    first, second = max_regret(values)
    assert (first.mean, second.mean) == (0.5, 3.0)
    assert second.low <= 3.0 <= second.high
    # a future in which no policies can be compared does not count
    empty = np.full((1, 2, 2), NAN)
    assert max_regret(np.concatenate([values, empty]))[1].mean == 3.0


VALUES = arrays(np.float64, (2, 3, 5), elements=st.one_of(st.just(NAN), st.floats(-5, 5)))


@settings(max_examples=40, deadline=None)
@given(VALUES, st.sampled_from(["higher", "lower"]))
def test_chances_add_up_and_regret_is_never_negative(values: np.ndarray, better: str) -> None:
    chances = probability_best(values, "higher" if better == "higher" else "lower")
    regrets = max_regret(values, "higher" if better == "higher" else "lower")
    known = [chance for chance in chances if chance.known]
    if known:
        assert sum(chance.mean for chance in known) == pytest.approx(1.0)
    for chance, regret in zip(chances, regrets, strict=True):
        assert chance.known == regret.known
        if chance.known:
            assert 0.0 <= chance.mean <= 1.0 + 1e-12
            assert regret.mean >= 0.0
        if regret.limited:
            assert 0.0 <= regret.low <= regret.high
