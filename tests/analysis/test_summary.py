"""The summary: its shape, what is missing in it, and that it can be written as JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.analysis.metrics import METRICS, find_objective
from sim.analysis.summary import run_values, summarize

from .tables import END, make_tables, nothing, plateau

PROMISED = {
    "reach",
    "reach_peak",
    "weeks_to_half_reach",
    "lift_peak",
    "lift_at_end",
    "lift_later",
    "residual",
    "practicing_lift_at_end",
    "practicing_lift_later",
    "practicing_residual",
    "half_life_weeks",
    "half_life_from_peak",
    "enacted_change",
    "espoused_enacted_gap",
    "attitudinal_loyalty_change",
    "retention_annual",
    "retention_change",
    "satisfaction_change",
    "trust_change",
    "cynicism_change",
    "self_assessment_change",
    "customer_lifetime_value",
    "net_present_value",
    "customer_value",
    "organization_value",
    "revealed",
    "cost",
    "probability_best",
    "max_regret",
}


def measure(tables: tuple[pd.DataFrame, pd.DataFrame], **options: Any) -> dict[str, Any]:
    """Summarize with the usual rate and horizon, and make sure that it is JSON."""
    summary = summarize(*tables, **{"objective": "organization_value", "rate": 0.05, "horizon": 260, **options})
    json.dumps(summary, allow_nan=False)
    return summary


@pytest.fixture(scope="module")
def policies() -> dict[str, Any]:
    """A comparison of a fading, a lasting, a permanent and an idle policy."""
    kinds = {"fading": plateau(0.1), "lasting": plateau(0.2, 0.9), "permanent": plateau(0.1, 1.0), "idle": nothing}
    result: dict[str, Any] = measure(make_tables(kinds, sponsorship={"permanent": (0, None, True)}))["policies"]
    return result


def test_every_policy_has_every_measure_in_its_shape(policies: dict[str, Any]) -> None:
    assert set(METRICS) >= PROMISED
    for measures in policies.values():
        assert list(measures) == list(METRICS)
        for name, entry in measures.items():
            median = ["median", "low", "high", "censored", "undefined"]
            assert list(entry) == (median if METRICS[name].shape == "median" else ["mean", "low", "high"])


def test_measures_are_documented() -> None:
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.unit
        assert metric.meaning.endswith(".")
        assert metric.better in ("higher", "lower", None)
        assert (metric.shape == "median") == ("half_life" in name)


def test_lifts_residual_and_half_life_of_known_curves(policies: dict[str, Any]) -> None:
    lasting = policies["lasting"]
    assert lasting["lift_at_end"]["mean"] == pytest.approx(0.2)
    assert lasting["lift_later"]["mean"] == pytest.approx(0.18)
    assert lasting["lift_peak"]["mean"] == pytest.approx(0.2)
    assert lasting["residual"]["mean"] == pytest.approx(0.9)
    assert lasting["practicing_residual"]["mean"] == pytest.approx(0.9)
    assert lasting["half_life_weeks"] == {"median": None, "low": None, "high": None, "censored": 1.0, "undefined": 0.0}
    assert lasting["enacted_change"]["mean"] == pytest.approx(0.18)
    assert lasting["satisfaction_change"]["mean"] == pytest.approx(0.06)
    assert lasting["reach"]["mean"] == pytest.approx(0.2)
    assert lasting["espoused_enacted_gap"]["mean"] == pytest.approx(0.8 - 0.5 - 0.18, abs=0.01)
    fading = policies["fading"]
    assert fading["residual"]["mean"] == pytest.approx(0.0, abs=1e-12)
    assert fading["half_life_weeks"]["median"] == 6.0
    assert fading["cost"]["mean"] == pytest.approx(50.0 * END)
    assert fading["revealed"]["mean"] == 0.5
    worth = lasting["organization_value"]["mean"] - policies["none"]["organization_value"]["mean"]
    assert lasting["net_present_value"]["mean"] == pytest.approx(worth)


def test_the_twin_changes_nothing(policies: dict[str, Any]) -> None:
    twin = policies["none"]
    for name, entry in twin.items():
        if name.endswith("_change") or name in ("lift_peak", "practicing_lift_peak", "reach_peak", "net_present_value"):
            assert entry == {"mean": 0.0, "low": 0.0, "high": 0.0}, name
    for name in ("residual", "practicing_residual", "lift_at_end", "lift_later", "reach", "weeks_to_half_reach"):
        assert set(twin[name].values()) == {None}, name
    for name in (metric for metric in METRICS if "half_life" in metric):
        assert twin[name] == {"median": None, "low": None, "high": None, "censored": 0.0, "undefined": 1.0}


def test_an_idle_policy_is_exactly_its_twin(policies: dict[str, Any]) -> None:
    idle, twin = policies["idle"], policies["none"]
    for name in ("lift_peak", "lift_at_end", "lift_later", "reach", "net_present_value", "retention_change"):
        assert idle[name] == {"mean": 0.0, "low": 0.0, "high": 0.0}, name
    assert idle["organization_value"] == twin["organization_value"]
    assert idle["residual"]["mean"] is None
    assert idle["half_life_weeks"]["undefined"] == 1.0


def test_a_permanent_bundle_has_no_durability(policies: dict[str, Any]) -> None:
    permanent = policies["permanent"]
    for name in ("lift_at_end", "lift_later", "residual", "reach"):
        assert permanent[name]["mean"] is None
    assert permanent["half_life_weeks"]["undefined"] == 1.0
    assert permanent["half_life_from_peak"]["undefined"] == 0.0
    assert permanent["half_life_from_peak"]["censored"] == 1.0
    assert permanent["lift_peak"]["mean"] == pytest.approx(0.1)


def test_sponsorship_up_to_the_last_week_has_an_end_but_no_afterwards() -> None:
    measures = measure(make_tables({"a": plateau(0.2)}, weeks=END))["policies"]["a"]
    assert measures["lift_at_end"]["mean"] == pytest.approx(0.2)
    assert measures["residual"]["mean"] is None
    assert measures["half_life_weeks"]["censored"] == 1.0
    assert measures["half_life_weeks"]["undefined"] == 0.0


def test_choice_is_among_the_policies_asked_for() -> None:
    tables = make_tables({"a": plateau(0.2, 0.9), "b": plateau(0.1)})
    summary = measure(tables, policies=["b", "a"])
    assert list(summary["policies"]) == ["b", "a"]
    assert summary["policies"]["a"]["probability_best"]["mean"] == 1.0
    assert summary["policies"]["a"]["max_regret"]["mean"] == 0.0
    only = measure(tables, policies=["b"])["policies"]["b"]
    assert only["probability_best"]["mean"] == 1.0


def test_futures_decide_too() -> None:
    base = make_tables({"a": plateau(0.2, 0.9), "b": plateau(0.1)})
    turned = make_tables({"a": plateau(-0.2, 0.9), "b": plateau(0.1)})
    measures = measure(base, futures={"turned": turned}, objective="customer_value")["policies"]
    assert measures["a"]["probability_best"]["mean"] == 0.5
    assert measures["b"]["probability_best"]["mean"] == 0.5
    assert measures["a"]["lift_at_end"]["mean"] == pytest.approx(0.2), "measured in the scenario as given"
    assert measures["a"]["max_regret"]["mean"] > measures["b"]["max_regret"]["mean"] > 0.0
    assert measures["none"]["probability_best"]["mean"] == 0.0


def test_each_future_has_the_gain_against_the_twin() -> None:
    base, turned = make_tables({"a": plateau(0.2, 0.9)}), make_tables({"a": plateau(-0.2, 0.9)})
    found = measure(base, futures={"turned": turned})["in_futures"]
    alone = measure(turned)["policies"]["a"]["net_present_value"]
    assert found["turned"]["a"]["net_present_value"] == alone and alone["mean"] < 0.0
    assert found["turned"]["none"]["net_present_value"]["mean"] == 0.0


def test_failures_are_left_out_in_pairs_and_counted() -> None:
    weekly, runs = make_tables({"a": plateau(0.2), "b": plateau(0.1)}, replicates=4)
    broken = (weekly["policy"] == "a") & (weekly["replicate"] == 2)
    weekly.loc[broken, "enacted"] = 77.0
    runs.loc[(runs["policy"] == "a") & (runs["replicate"] == 2), "status"] = "failed"
    summary = measure((weekly, runs))
    assert summary["failed"] == {"none": 0, "a": 1, "b": 0}
    assert summary["policies"]["a"]["lift_at_end"]["mean"] < 0.3
    runs["status"] = "failed"
    everything = measure((weekly, runs))["policies"]["a"]
    assert {value for entry in everything.values() for value in entry.values()} == {None}


def test_one_replicate_has_no_limits() -> None:
    measures = measure(make_tables({"a": plateau(0.2)}, replicates=1))["policies"]["a"]
    for name, entry in measures.items():
        assert entry["low"] is None, name
        assert entry["high"] is None, name
    assert measures["residual"]["mean"] is None


def test_short_runs_and_missing_outcomes() -> None:
    weekly, runs = make_tables({"a": plateau(0.2)}, weeks=60)
    measures = measure((weekly.drop(columns=["reach", "retention", "profit"]), runs))["policies"]["a"]
    for name in ("lift_at_end", "residual", "reach", "retention_annual", "net_present_value", "max_regret"):
        assert measures[name]["mean"] is None, name
    assert measures["enacted_change"]["mean"] == pytest.approx(0.2)
    tiny = measure(make_tables({"a": plateau(0.2)}, weeks=1))["policies"]["a"]
    assert tiny["lift_peak"]["mean"] is None


def test_objectives_that_cannot_decide_are_refused() -> None:
    for name in ("speed", "residual", "half_life_weeks", "self_assessment_change"):
        with pytest.raises(ValueError, match=f"objective must be .*got {name}. `centricity list measures`"):
            find_objective(name)
    assert find_objective("cost")[1] == "lower"


def test_values_of_single_runs() -> None:
    weekly, runs = make_tables({"a": plateau(0.2)}, replicates=3)
    table = run_values(weekly, runs, 0.05, 260, ["a"])
    assert list(table["replicate"]) == [0, 1, 2]
    np.testing.assert_allclose(table["lift_at_end"], [0.19, 0.2, 0.21])
    assert {name for name, metric in METRICS.items() if metric.per_run} == set(table.columns[2:])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 3), st.integers(1, 230), st.floats(-0.4, 0.4), st.floats(0.0, 1.0), st.integers(0, 2**32 - 1))
def test_no_table_makes_a_summary_that_is_not_json(
    replicates: int, weeks: int, height: float, holes: float, seed: int
) -> None:
    weekly, runs = make_tables({"a": plateau(height, 0.5)}, replicates=replicates, weeks=weeks)
    generator = np.random.default_rng(seed)
    numbers = weekly.columns.difference(["policy", "replicate", "week"])
    weekly[numbers] = weekly[numbers].astype(float).mask(generator.random((len(weekly), numbers.size)) < holes)
    runs["status"] = np.where(generator.random(len(runs)) < 0.2, "failed", "done")
    measure((weekly, runs))


@settings(max_examples=10, deadline=None)
@given(st.floats(0.2, 1.0))
def test_lifts_scale_and_ratios_do_not(scale: float) -> None:
    one = measure(make_tables({"a": plateau(0.2, 0.5)}))["policies"]["a"]
    scaled = measure(make_tables({"a": plateau(0.2 * scale, 0.5)}))["policies"]["a"]
    for name in ("lift_peak", "lift_at_end", "lift_later", "enacted_change", "satisfaction_change"):
        assert scaled[name]["mean"] == pytest.approx(scale * one[name]["mean"], rel=1e-6), name
    assert scaled["residual"]["mean"] == pytest.approx(one["residual"]["mean"], rel=1e-6)


def test_the_order_of_rows_changes_nothing() -> None:
    weekly, runs = make_tables({"a": plateau(0.2, 0.5), "b": plateau(0.1)}, replicates=3)
    shuffled = measure((weekly.sample(frac=1.0, random_state=1), runs))
    assert shuffled == measure((weekly, runs))


def test_pandas_nullable_and_categorical_columns_are_read() -> None:
    weekly, runs = make_tables({"a": plateau(0.2, 0.5)}, replicates=3)
    other = weekly.convert_dtypes().astype({"policy": "category"})
    plain = runs.astype({"sponsorship_start": "float", "sponsorship_end": "object", "permanent": "object"})
    assert measure((other, plain)) == measure((weekly, runs))
