"""Checks of a fit on planted tables: what the model cannot reach is told, what it can is not; worse forecasts are called so."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import norm

from fitting.planted import ROWS, history, linear, points, seen, table_of
from sim.analysis.missing import FloatArray
from sim.fitting.checks import Checks, band_width, check_fit, judge_ranks, log_density
from sim.fitting.conflicts import FALSE_ALARMS, Reach, find_conflicts
from sim.fitting.foretelling import foretell_last, score_draws, score_normal
from sim.fitting.posterior import Posterior, fit_posterior
from sim.fitting.table import Observed, ReferenceTable, observe

pytest.importorskip("sklearn")

DRAWS, NOISE = 2048, 0.02


@cache
def planted() -> tuple[ReferenceTable, Observed, Posterior]:
    """A table of three parameters, the last of which does nothing, and a history of the same model that is not in it."""
    unit = points(DRAWS, 3)
    table = table_of(unit, linear(unit, NOISE))
    observed = history(made(1)[0])
    return table, observed, fit_posterior(table, seen(table, observed), observed, 1, networks=False)


def made(number: int, seed: int = 20) -> FloatArray:
    """So many new histories that the model makes."""
    rng = np.random.default_rng(seed)
    expected = linear(rng.random((number, 3)), NOISE, seed + 1)
    return observe(expected, history(expected[0]), rng)


@cache
def checked() -> Checks:
    table, observed, posterior = planted()
    return check_fit(table, observed, posterior, 1, 2)


@cache
def reach() -> Reach:
    return Reach.of(planted()[2].basis)


def conflicts_of(values: FloatArray) -> list[str]:
    return [each.what for each in find_conflicts(replace(planted()[1], values=values), reach())[0]]


def test_a_history_of_the_model_is_no_conflict() -> None:
    assert checked().conflicts == [] and checked().surprise > 0.05


def test_a_history_of_one_row_is_as_surprising_as_it_is_rare() -> None:
    unit = points(256, 2)
    table = table_of(unit, linear(unit, NOISE)[:, :1])
    observed = history(table.expected[0])
    posterior = fit_posterior(table, seen(table, observed), observed, 1, networks=False)
    one_row = Reach.of(posterior.basis)
    found = [one_row.surprise(each) for each in seen(table, observed, 9)[:60]]
    assert 0.35 < float(np.mean(found)) < 0.65
    assert np.mean(np.array(found) > 0.99) < 0.1


def test_a_rise_that_no_draw_has_is_told_with_both_sizes() -> None:
    values = made(1)[0]
    values[:, 0] += np.linspace(0.0, 0.4, ROWS)
    (first, *_) = conflicts_of(values)
    assert first.startswith("Your first rises by") and "points" in first
    assert "in no draw does the model's rise by more than" in first


def test_a_level_out_of_reach_is_told() -> None:
    values = made(1)[0]
    values[:, 0] = 0.05
    assert any("in none as far out as yours" in each for each in conflicts_of(values))


def test_columns_that_do_not_go_together_are_told() -> None:
    """Every value is usual by itself, but the second column jumps up and down."""
    values = made(1)[0]
    values[:, 1] = 0.45 + 0.07 * np.array([1.0, -1.0] * (ROWS // 2))
    assert conflicts_of(values)


def test_false_alarms_are_as_rare_as_promised_and_planted_misfit_is_flagged() -> None:
    """50 histories that the model makes, and 50 with a trend that it lacks."""
    own = made(50, 30)
    alarms = sum(bool(conflicts_of(each)) for each in own)
    assert alarms <= 5
    trend = own.copy()
    trend[:, :, 0] += np.linspace(0.0, 0.15, ROWS)
    assert sum(bool(conflicts_of(each)) for each in trend) >= 45


@pytest.mark.slow
def test_false_alarms_over_many_histories() -> None:
    alarms = np.mean([bool(conflicts_of(each)) for each in made(600, 40)])
    assert alarms < FALSE_ALARMS + 3.0 * np.sqrt(FALSE_ALARMS / 600.0)


@pytest.mark.slow
def test_data_from_another_rule_are_flagged() -> None:
    """Levels jump when the parameter passes a threshold, and decay after: another rule than the one of the table."""
    rng = np.random.default_rng(50)
    own = made(50, 60)
    own[:, :, 0] = (
        0.4
        + 0.25 * (np.arange(ROWS) >= ROWS // 2) * rng.uniform(0.7, 1.0, (50, 1))
        + 0.02 * rng.standard_normal((50, ROWS))
    )
    assert sum(bool(conflicts_of(each)) for each in own) >= 45


def test_what_is_identified_and_what_is_not() -> None:
    assert list(checked().identified.values()) == [True, True, False]
    assert checked().contraction["planted.a"] > 0.6


@pytest.mark.slow
def test_a_planted_parameter_is_never_called_identified() -> None:
    for seed in range(12):
        unit = points(1024, 4, seed=100 + seed)
        table = table_of(unit, linear(unit, NOISE, seed=seed))
        observed = history(made(1, 200 + seed)[0])
        posterior = fit_posterior(table, seen(table, observed), observed, seed, networks=False)
        assert list(check_fit(table, observed, posterior, seed, 0).identified.values())[2:] == [False, False]


def test_everything_is_in_the_summary() -> None:
    content = checked().as_json()
    assert set(content["coverage"]) == {"0.5", "0.8", "0.95"}
    assert content["rank_curves_outside_band"] == []
    assert content["holdout"]["better"] in (True, False)
    assert content["log_score_gain"]["planted.a"]["mean"] > 1.0


def test_a_tilted_prior_moves_what_is_unknown_more_than_what_is_known() -> None:
    known, unknown = (checked().prior_sensitivity[name] for name in ("planted.a", "planted.c"))
    assert known[1] <= known[0] <= known[2] and known[2] - known[1] < 1.0
    assert unknown[2] - unknown[1] > 3.0  # of a range of 10


def test_fans_hold_the_history() -> None:
    fans, (_, observed, _) = checked().fans, planted()
    low, high = fans.posterior[0], fans.posterior[-1]
    assert ((observed.values >= low) & (observed.values <= high)).mean() > 0.8
    assert (high - low).mean() < (fans.prior[-1] - fans.prior[0]).mean()


def test_the_band_of_rank_curves_holds_even_ranks_and_not_uneven_ones() -> None:
    rng = np.random.default_rng(4)
    _, outside = judge_ranks(rng.random((500, 4)))
    assert not outside.any()
    uneven = rng.beta(0.7, 0.7, (500, 2))  # intervals too narrow
    assert judge_ranks(uneven)[1].all()
    assert band_width(500, 4) > band_width(500, 1) > 2.0


def test_log_density_of_even_draws_is_that_of_the_prior() -> None:
    draws, even = (np.arange(2000.0)[:, None] + 0.5) / 2000.0, np.full(2000, 1 / 2000)
    for truth in (0.001, 0.5, 0.999):
        assert log_density(np.array([truth], dtype=np.float64), draws, even)[0] == pytest.approx(0.0, abs=0.02)


def test_scores_are_those_of_the_literature() -> None:
    """The score of a normal distribution at its mean is (sqrt 2 - 1) / sqrt pi (Gneiting & Raftery 2007)."""
    assert score_normal(0.0, 1.0, 0.0) == pytest.approx((np.sqrt(2.0) - 1.0) / np.sqrt(np.pi))
    draws = np.asarray(norm.ppf((np.arange(4000) + 0.5) / 4000.0), dtype=np.float64)
    assert score_draws(draws, np.full(4000, 1 / 4000), 0.7) == pytest.approx(score_normal(0.0, 1.0, 0.7), abs=1e-3)
    assert score_draws(np.array([2.0]), np.ones(1), 5.0) == 3.0


def test_a_history_that_breaks_with_its_past_makes_the_forecast_worse_and_the_words_say_so() -> None:
    table, observed, posterior = planted()
    values = observed.values.copy()
    values[:, 1] = 0.2 + 0.002 * np.arange(ROWS)  # far below all histories, and steady
    broken = replace(observed, values=values)
    found = foretell_last(table, broken, posterior.basis.simulated, 1, 2)
    assert found is not None and found.scores["second"][0] > found.scores["second"][1]
    values[:, 0] = 0.1 + 0.002 * np.arange(ROWS)
    worse = foretell_last(table, replace(observed, values=values), posterior.basis.simulated, 1, 2)
    assert worse is not None and not worse.better
    assert "worse" in worse.sentence() and "Do not use it" in worse.sentence()


def test_nothing_to_hold_out_is_no_error() -> None:
    table, observed, posterior = planted()
    assert foretell_last(table, observed, posterior.basis.simulated, 1, 0) is None
    assert foretell_last(table, observed, posterior.basis.simulated, 1, ROWS) is None
    gone = observed.values.copy()
    gone[-2:] = np.nan
    assert foretell_last(table, replace(observed, values=gone), posterior.basis.simulated, 1, 2) is None


def test_over_histories_of_the_model_the_forecast_is_better() -> None:
    holdout = checked().holdout
    assert holdout is not None and holdout.usual < 1.0


def test_a_history_of_one_row_can_be_checked() -> None:
    table, observed, _ = planted()
    values = np.full_like(observed.values, np.nan)
    values[0] = observed.values[0]
    short = replace(observed, values=values)
    posterior = fit_posterior(table, seen(table, short), short, 1, networks=False)
    found = check_fit(table, short, posterior, 1, 1)
    assert found.holdout is None and found.conflicts == []


def test_a_jump_is_told_with_its_size_and_its_row() -> None:
    values = made(1)[0]
    values[ROWS // 2 :, 0] += 0.09
    found = conflicts_of(values)
    assert any("first rises by about" in each and "from 2021-Q4 on" in each for each in found), found


def test_the_size_of_what_was_added_is_found_and_additions_that_were_not_are_small() -> None:
    found, own = reach(), made(40, 90)
    features = found.basis.summaries.features
    trend = next(each for each in found.additions if each.column == 0 and each.begins is None)
    changed = own.copy()
    changed[:, :, 0] += np.linspace(0.0, 0.2, ROWS)
    before, after = (np.array([trend.size(each) for each in features(some)]) for some in (own, changed))
    assert np.allclose(after - before, 0.2, atol=1e-9)
    assert abs(before.mean()) < 4.0 * trend.error / np.sqrt(40) and before.std() < 1.5 * trend.error
