"""Lifts: windows computed by hand, pairing, and cases in which a value is missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.analysis.lift import (
    lift_at_end,
    lift_curves,
    lift_later,
    mean_between,
    peak_of_mean_curve,
    trailing_mean,
)
from sim.analysis.panel import Panel

from .tables import make_tables, plateau

NAN = float("nan")


def test_trailing_mean_of_hand_made_weeks() -> None:
    result = trailing_mean(np.array([1.0, 2.0, 3.0, 4.0, NAN, NAN, NAN, 8.0]), window=3)
    np.testing.assert_array_equal(result, [NAN, NAN, 2.0, 3.0, 3.5, 4.0, NAN, 8.0])


def test_trailing_mean_of_too_few_weeks_is_missing() -> None:
    assert np.isnan(trailing_mean(np.ones(12))).all()
    assert trailing_mean(np.ones(13))[-1] == 1.0


def test_trailing_mean_leaves_no_crumbs_behind() -> None:
    values = np.concatenate([np.random.default_rng(1).normal(size=50), np.zeros(30)])
    assert (trailing_mean(values)[-18:] == 0.0).all()


@settings(max_examples=30, deadline=None)
@given(arrays(np.float64, st.integers(0, 40), elements=st.one_of(st.just(NAN), st.floats(-1, 1))))
def test_trailing_mean_agrees_with_pandas(values: np.ndarray) -> None:
    pd = pytest.importorskip("pandas")
    expected = pd.Series(values).rolling(13, min_periods=1).mean().to_numpy(copy=True)
    expected[:12] = NAN
    np.testing.assert_allclose(trailing_mean(values), expected, atol=1e-12)


def test_lift_at_end_is_the_last_quarter_of_sponsorship() -> None:
    lift = np.arange(200.0)[np.newaxis]
    assert lift_at_end(lift, np.array([0.0]), np.array([104.0])) == np.mean(np.arange(91, 104))
    # sponsored for four weeks only: those four
    assert lift_at_end(lift, np.array([100.0]), np.array([104.0])) == 101.5
    # an end without a known start
    assert lift_at_end(lift, np.array([NAN]), np.array([104.0])) == 97.0


def test_lift_later_is_weeks_98_to_110_after_the_end() -> None:
    lift = np.arange(215.0)[np.newaxis]
    assert lift_later(lift, np.array([104.0])) == np.mean(np.arange(202, 215))
    assert np.isnan(lift_later(lift, np.array([105.0]))), "a run one week too short"


def test_without_an_end_of_sponsorship_there_is_no_lift_at_the_end() -> None:
    lift = np.ones((1, 260))
    assert np.isnan(lift_at_end(lift, np.array([0.0]), np.array([NAN])))
    assert np.isnan(lift_later(lift, np.array([NAN])))


def test_weeks_without_contacts_stay_out_of_the_mean() -> None:
    lift = np.full((2, 20), 0.5)
    lift[0, ::2] = NAN
    lift[1, :] = NAN
    means = mean_between(lift, np.array([0.0, 0.0]), np.array([13.0, 13.0]))
    assert means[0] == 0.5
    assert np.isnan(means[1])


def test_peak_is_of_the_mean_curve_not_the_mean_of_peaks() -> None:
    curves = np.array([[0.0, 0.4, 0.0], [0.0, 0.0, 0.2]])
    peak = peak_of_mean_curve(curves)
    assert peak.week == 1
    assert peak.height.mean == pytest.approx(0.2)
    assert np.isnan(peak_of_mean_curve(np.full((2, 3), NAN)).height.mean)


def test_peak_of_a_plateau_is_its_first_week_whatever_rounding_says() -> None:
    assert peak_of_mean_curve(np.array([[0.0, 0.2, 0.2 + 1e-13, 0.1]])).week == 1


def test_twin_has_lift_zero_and_pairs_are_by_replicate() -> None:
    weekly, runs = make_tables({"a": plateau(0.2)}, replicates=4)
    panel = Panel.from_tables(weekly.sample(frac=1.0, random_state=1), runs)  # order of rows does not matter
    lift = panel.lift("enacted")
    assert (lift[panel.twin] == 0.0).all()
    np.testing.assert_allclose(lift[1, 0, :104], 0.19, atol=1e-12)
    np.testing.assert_allclose(lift[1, 2, :104], 0.21, atol=1e-12)


def test_lift_curves_for_figures() -> None:
    weekly, runs = make_tables({"a": plateau(0.2), "b": plateau(0.1)}, replicates=3, weeks=30)
    curves = lift_curves(weekly, runs, "enacted", ["b"])
    assert list(curves.columns) == ["policy", "week", "mean", "low", "high"]
    assert len(curves) == 30
    assert curves["mean"].isna().sum() == 12
    last = curves.iloc[-1]
    assert last["mean"] == pytest.approx(0.1)
    assert last["low"] < 0.1 < last["high"]


def test_failed_runs_and_their_pairs_are_dropped_and_counted() -> None:
    weekly, runs = make_tables({"a": plateau(0.2), "b": plateau(0.1)}, replicates=4)
    runs.loc[(runs["policy"] == "a") & (runs["replicate"] == 1), "status"] = "failed"
    runs.loc[(runs["policy"] == "none") & (runs["replicate"] == 3), "status"] = "failed"
    gone = (weekly["policy"] == "a") & (weekly["replicate"] == 1)
    panel = Panel.from_tables(weekly[~gone], runs)
    assert panel.dropped == {"none": 1, "a": 2, "b": 1}
    assert np.isnan(panel.lift("enacted")[:, 3]).all()


def test_tables_that_cannot_be_paired_are_refused() -> None:
    weekly, runs = make_tables({"a": plateau(0.2)}, replicates=2, weeks=20)
    with pytest.raises(ValueError, match="policy none is missing"):
        Panel.from_tables(weekly, runs[runs["policy"] != "none"])
    with pytest.raises(ValueError, match="c was not run"):
        Panel.from_tables(weekly, runs, ["c"])
    with pytest.raises(ValueError, match="columns status are missing"):
        Panel.from_tables(weekly, runs.drop(columns="status"))
    with pytest.raises(ValueError, match="more than one row"):
        Panel.from_tables(weekly.iloc[[0, 0]], runs)
    with pytest.raises(ValueError, match="more than one row"):
        Panel.from_tables(weekly, runs.iloc[[0, 0, 1, 2]])
    with pytest.raises(ValueError, match="leave out the burn-in"):
        Panel.from_tables(weekly.assign(week=weekly["week"] - 1), runs)


def test_ends_of_sponsorship_that_are_none() -> None:
    kinds = {"permanent": (0, 104, True), "outlasts": (0, 300, False), "to the end": (0, 260, False)}
    weekly, runs = make_tables({name: plateau(0.2) for name in kinds}, replicates=2, sponsorship=kinds)
    panel = Panel.from_tables(weekly, runs)
    ends = dict(zip(panel.policies, panel.end[:, 0], strict=True))
    assert np.isnan([ends["none"], ends["permanent"], ends["outlasts"]]).all()
    assert ends["to the end"] == 260.0
