"""The posterior of planted tables: what is known comes out, what cannot be told stays, and intervals hold what they say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from fitting.planted import ROWS, history, linear, points, seen, table_of
from sim.analysis.missing import FloatArray
from sim.fitting.checks import calibrate, contractions, distance_from_prior, identified
from sim.fitting.posterior import Posterior, adjust, fit_posterior, leave_out, posterior_of, rank_curve, rank_of
from sim.fitting.summaries import FOLDS, Features, deal_folds, learn_summaries
from sim.fitting.table import Observed, ReferenceTable, observe

pytest.importorskip("sklearn")

DRAWS, NOISE = 2048, 0.03


@cache
def planted() -> tuple[ReferenceTable, Observed, Posterior, FloatArray]:
    """A table of four parameters, the last two of which do nothing; a history made with the 6th draw of it."""
    unit = points(DRAWS, 4)
    table = table_of(unit, linear(unit, NOISE))
    made = observe(table.expected[5:6], history(table.expected[5]), np.random.default_rng(9))[0]
    rest = np.arange(DRAWS) != 5
    table = ReferenceTable(table.priors, table.unit[rest], table.columns, table.expected[rest])
    observed = history(made)
    posterior = fit_posterior(table, seen(table, observed), observed, 1, networks=False)
    return table, observed, posterior, unit[5]


def quantiles(posterior: Posterior, parameter: int, shares: tuple[float, ...]) -> FloatArray:
    values = posterior.unit[:, parameter]
    return np.asarray(np.quantile(values, shares, weights=posterior.weights, method="inverted_cdf"))


def exact(values: FloatArray, column: int) -> tuple[float, float]:
    """Mean and standard deviation of the exact posterior of one parameter of the linear table, by Bayes' rule on a grid."""
    time = np.linspace(0.0, 1.0, ROWS)
    base, slope = ((0.35, 0.3 + 0.0 * time), (0.4, 0.15 * time))[column]
    places = np.linspace(0.0, 1.0, 2001)
    away = values[:, column] - base - slope * places[:, None]
    density = norm.pdf(away / np.sqrt(NOISE**2 + 0.2**2 / 100.0)).prod(axis=1)
    density /= density.sum()
    mean = float(density @ places)
    return mean, float(np.sqrt(density @ (places - mean) ** 2))


def test_posteriors_are_those_of_an_exact_computation() -> None:
    """A second way to the same numbers, with the likelihood that the table was made with, for histories that are new."""
    table, observed, posterior, _ = planted()
    unit = points(64, 4, seed=8)
    made = observe(linear(unit, NOISE, seed=9), observed, np.random.default_rng(10))
    for column in (0, 1):
        off, wide = [], []
        for values in made:
            each = posterior_of(table, posterior.basis, values)
            mean, deviation = exact(values, column)
            draws = each.unit[:, column]
            found = each.weights @ draws
            off.append((found - mean) / deviation)
            wide.append(np.sqrt(each.weights @ (draws - found) ** 2) / deviation)
        assert np.sqrt(np.mean(np.square(off))) < 0.3, off
        assert abs(np.mean(off)) < 0.15
        assert 0.95 < np.median(wide) < 1.2, wide


def test_what_does_nothing_keeps_its_prior_and_is_not_identified() -> None:
    table, observed, posterior, _ = planted()
    learned = identified(table, posterior, observed.values, contractions(posterior.unit, posterior.weights))
    assert learned.tolist() == [True, True, False, False]
    assert distance_from_prior(posterior.unit, posterior.weights)[2:].max() < 0.1
    assert np.abs(contractions(posterior.unit, posterior.weights)[2:]).max() < 0.05


def test_intervals_hold_what_they_say() -> None:
    table, _, posterior, _ = planted()
    found = calibrate(table, posterior.basis)
    for level, shares in found.coverage.items():
        assert all(abs(share - float(level)) < 0.05 for share in shares.values()), (level, shares)
    assert found.outside == ()
    gains = [mean for mean, _ in found.log_score.values()]
    assert gains[0] > 1.0 and gains[1] > 0.3  # and not by saying nothing
    assert np.abs(gains[2:]).max() < 0.05


def test_recalibration_mends_intervals_that_are_too_narrow() -> None:
    rng = np.random.default_rng(1)
    narrow = norm.cdf(2.0 * rng.standard_normal(4000))  # truths twice as far out as posteriors say
    ranks, reached = rank_curve(narrow[::2], np.ones(2000))
    mended = np.interp(narrow[1::2], ranks, reached)
    for level in (0.5, 0.8, 0.95):
        assert (np.abs(narrow - 0.5) <= level / 2).mean() < level - 0.1
        assert (np.abs(mended - 0.5) <= level / 2).mean() == pytest.approx(level, abs=0.04)


def test_draws_stay_in_their_range_and_weights_sum_to_one() -> None:
    _, _, posterior, _ = planted()
    assert posterior.unit.min() >= 0.0 and posterior.unit.max() <= 1.0
    assert posterior.weights.sum() == pytest.approx(1.0)
    assert len(posterior.unit) == len(posterior.weights) == len(posterior.predicted_rows)


def test_a_history_at_the_end_of_a_range_is_fitted_there() -> None:
    table, observed, posterior, _ = planted()
    far = replace(observed, values=observed.values + np.array([1.0, 0.0]))
    at_end = posterior_of(table, posterior.basis, far.values)
    assert quantiles(at_end, 0, (0.5,))[0] > 0.9


def test_a_ridge_of_two_is_known_in_its_sum_alone() -> None:
    unit = points(DRAWS, 3)
    both = unit.copy()
    both[:, 0], both[:, 1] = 0.5 * (unit[:, 0] + unit[:, 1]), 0.5
    table = table_of(unit, linear(both, 0.005))
    observed = history(table.expected[7], respondents=1e6)
    posterior = fit_posterior(table, seen(table, observed), observed, 1, networks=False)
    values, weights = posterior.unit, posterior.weights
    away = values - weights @ values
    covariance = (away * weights[:, None]).T @ away
    assert covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]) < -0.8
    total = values[:, 0] + values[:, 1]
    assert weights @ total == pytest.approx(unit[7, 0] + unit[7, 1], abs=0.1)


def test_the_same_seed_gives_the_same_bits() -> None:
    table, observed, posterior, _ = planted()
    again = fit_posterior(table, seen(table, observed), observed, 1, networks=False)
    assert np.array_equal(again.unit, posterior.unit) and np.array_equal(again.weights, posterior.weights)


def test_rows_that_are_missing_are_left_out_and_not_made_up() -> None:
    table, observed, _, _ = planted()
    values = observed.values.copy()
    values[2:4] = np.nan
    gaps = replace(observed, values=values)
    posterior = fit_posterior(table, seen(table, gaps), gaps, 1, networks=False)
    assert posterior.basis.summaries.features.used.sum() == 2 * (ROWS - 2)
    filled = values.copy()
    filled[2:4] = 0.9  # whatever stands there
    same = posterior_of(table, posterior.basis, filled)
    assert np.array_equal(same.unit, posterior.unit)


def test_a_constant_column_says_nothing_and_harms_nothing() -> None:
    table, observed, _, _ = planted()
    expected = table.expected.copy()
    expected[:, :, 1] = 0.5
    sure = replace(observed, respondents=np.where([[True, False]] * ROWS, observed.respondents, np.nan))
    flat = ReferenceTable(table.priors, table.unit, table.columns, expected)
    posterior = fit_posterior(flat, seen(flat, sure), sure, 1, networks=False)
    assert np.isfinite(posterior.unit).all()
    assert posterior.basis.readable.tolist() == [True, False, False, False]


def test_nothing_but_noise_gives_the_prior_back() -> None:
    table, observed, _, _ = planted()
    rng = np.random.default_rng(5)
    noise = ReferenceTable(
        table.priors, table.unit, table.columns, 0.5 + 0.1 * rng.standard_normal(table.expected.shape)
    )
    posterior = fit_posterior(noise, seen(noise, observed), observed, 1, networks=False)
    assert not posterior.basis.readable.any()
    assert np.array_equal(posterior.unit, noise.unit)


def test_what_learns_of_a_fold_has_not_seen_it() -> None:
    folds = deal_folds(1000)
    assert np.bincount(folds).tolist() == [1000 // FOLDS] * FOLDS
    table, observed, _, _ = planted()
    dealt = np.random.default_rng(3).permutation(table.unit)  # parameters that nothing depends on
    summaries = learn_summaries(table, seen(table, observed), observed, 1, dealt, networks=False)
    assert (summaries.explained < 0.02).all() and (summaries.evidence < 3.0).all()


def test_a_known_history_is_fitted_with_all_other_draws_by_learners_that_have_seen_neither() -> None:
    table, observed, _, _ = planted()
    dealt = np.random.default_rng(3).permutation(table.unit)
    summaries = learn_summaries(table, seen(table, observed), observed, 1, dealt, networks=False)
    row, draws = 5, np.arange(len(dealt))
    others, distance = leave_out(dealt, summaries, row)
    assert np.array_equal(others, dealt[draws != row])  # as many as the observed history is fitted with
    own = (summaries.folds == summaries.folds[row])[draws != row]
    assert np.array_equal(distance[own], (summaries.simulated - summaries.simulated[row])[draws != row][own])
    for fold, apart in enumerate(summaries.apart):
        assert np.array_equal(apart[summaries.folds == fold], summaries.simulated[summaries.folds == fold])
        for target in range(dealt.shape[1]):
            assert abs(np.corrcoef(apart[:, target], dealt[:, target])[0, 1]) < 3.5 / np.sqrt(len(dealt))


def test_a_value_that_the_model_lacks_in_some_draws_is_no_obstacle() -> None:
    table, observed, _, _ = planted()
    simulated = seen(table, observed)
    simulated[::7, 0, 0] = np.nan
    features = Features.of(simulated, observed)
    assert np.isfinite(features(simulated)).all() and features.used.all()


@pytest.mark.slow
def test_networks_read_what_a_regression_cannot() -> None:
    unit = points(2048, 2)
    bent = unit.copy()
    bent[:, 0] = expit(12.0 * (unit[:, 0] - 0.5))  # steep in the middle, flat at both ends
    table = table_of(unit, linear(bent, 0.01))
    observed = history(table.expected[3])
    simulated = seen(table, observed)
    plain = learn_summaries(table, simulated, observed, 1, networks=False)
    with_networks = learn_summaries(table, simulated, observed, 1)
    assert with_networks.explained[0] > plain.explained[0] + 0.005
    assert with_networks.explained[1] > plain.explained[1] - 0.01


@pytest.mark.slow
def test_coverage_over_a_thousand_histories_that_nothing_has_seen() -> None:
    """Histories set aside before anything is learned: 50, 80 and 95 % hold within 5 points, noise of any size included."""
    unit = points(3072, 4)
    expected = linear(unit, NOISE)
    rng = np.random.default_rng(4)
    expected[:, :, 0] += (0.01 + 0.08 * unit[:, :1]) * rng.standard_normal((len(unit), ROWS))  # spread by the parameter
    chosen = rng.permutation(len(unit))
    train, test = np.sort(chosen[:2048]), chosen[2048:3048]
    whole = table_of(unit, expected)
    table = ReferenceTable(whole.priors, unit[train], whole.columns, expected[train])
    observed = history(expected[0])
    posterior = fit_posterior(table, seen(table, observed), observed, 1)
    made = observe(expected[test], observed, np.random.default_rng(11))
    ranks = []
    for truth, values in zip(unit[test], made, strict=True):
        each = posterior_of(table, posterior.basis, values)
        ranks.append(rank_of(truth, each.unit, each.weights))
    inside = np.abs(np.array(ranks) - 0.5)
    for level in (0.5, 0.8, 0.95):
        assert np.abs((inside <= level / 2).mean(axis=0) - level).max() < 0.05, level


def test_without_adjustment_there_is_nothing_to_move() -> None:
    unit = points(64, 2)
    moved, weights, rows = adjust(unit, np.zeros((64, 2)), np.array([False, False]))
    assert np.array_equal(moved, unit) and rows.tolist() == list(range(64)) and weights.sum() == pytest.approx(1.0)
