"""Comparisons: pairs with their twins, the same bits for any number of workers, failures as rows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lab.small import WEEKS, compared, make_policy, small
from sim.analysis.metrics import METRICS
from sim.lab import compare, replicate
from sim.lab.comparison_plan import PolicyLike
from sim.lab.replicate import run_single
from sim.lab.task import replicate_seed
from sim.lab.weekly import weekly_columns
from sim.model.outcomes.weekly import OUTCOME_NAMES, OUTCOMES
from sim.model.policies.policy import NONE, Policy
from sim.model.scenario import ScenarioError
from sim.model.simulation import Run, simulate


def test_the_number_of_workers_changes_not_one_bit() -> None:
    policies: list[PolicyLike] = ["none", "talk", make_policy("drill for a while", coaching=1.0)]
    alone, together = (compare(small(), policies, replicates=3, seed=9, workers=workers) for workers in (1, 2))
    pd.testing.assert_frame_equal(alone.weekly, together.weekly, check_exact=True)
    pd.testing.assert_frame_equal(alone.runs, together.runs, check_exact=True)
    assert alone.summary == together.summary


def test_tables_are_complete_and_in_order() -> None:
    comparison = compared()
    weekly, runs = comparison.weekly, comparison.runs
    assert list(weekly.columns) == ["policy", "replicate", "week", *OUTCOME_NAMES]
    assert len(weekly) == 3 * 4 * WEEKS
    keys = weekly[["policy", "replicate", "week"]].drop_duplicates()
    assert len(keys) == len(weekly)
    assert list(dict.fromkeys(weekly["policy"])) == ["none", "ending", "drill"]
    assert list(weekly["week"].head(WEEKS)) == list(range(WEEKS))
    assert all(weekly[name].dtype == np.int64 for name, outcome in OUTCOMES.items() if outcome.unit == "count")
    assert list(runs.columns) == [
        "policy",
        "replicate",
        "seed",
        "status",
        "error",
        "sponsorship_start",
        "sponsorship_end",
        "permanent",
        "planned_end",
        "cost",
    ]
    assert set(runs["status"]) == {"done"}
    ends = runs.groupby("policy", sort=False)["sponsorship_end"].first()
    assert ends["ending"] == 20
    assert ends.isna()["drill"] and ends.isna()["none"]
    assert runs.groupby("policy")["permanent"].all().to_dict() == {"none": False, "ending": False, "drill": True}
    spent = weekly.groupby(["policy", "replicate"], sort=False)["policy_cost"].sum()
    np.testing.assert_allclose(runs["cost"], spent)


def test_reach_is_measured_against_the_twin() -> None:
    weekly = compared().weekly
    early = weekly["week"] < 12
    assert weekly.loc[early, "reach"].isna().all()
    assert (weekly.loc[~early & (weekly["policy"] == "none"), "reach"] == 0.0).all()
    assert (weekly.loc[~early & (weekly["policy"] == "drill"), "reach"] > 0.2).any()


def test_a_bundle_of_zeros_is_its_twin() -> None:
    comparison = compare(small(), ["none", make_policy("nothing", speeches=0.0, training=0.0)], replicates=2, workers=1)
    nothing, twin = (
        comparison.weekly.query(f"policy == '{policy}'").drop(columns="policy").reset_index(drop=True)
        for policy in ("nothing", "none")
    )
    pd.testing.assert_frame_equal(nothing, twin, check_exact=True)
    change = comparison.summary["policies"]["nothing"]["net_present_value"]
    assert change == {"mean": 0.0, "low": 0.0, "high": 0.0}


def test_the_seed_in_the_table_repeats_the_run() -> None:
    comparison = compared()
    row = comparison.runs[(comparison.runs["policy"] == "drill") & (comparison.runs["replicate"] == 2)].iloc[0]
    scenario = small()
    again = pd.DataFrame(weekly_columns(run_single(scenario, scenario.policy("drill"), int(row["seed"]))))
    weekly = comparison.weekly
    original = weekly[(weekly["policy"] == "drill") & (weekly["replicate"] == 2)]
    expected = original.drop(columns=["policy", "replicate", "reach"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(again.drop(columns="reach"), expected, check_exact=True)


def test_seeds_of_replicates_differ_and_stay() -> None:
    seeds = [replicate_seed(seed, number) for seed in (0, 1, 2**40) for number in range(50)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**53 for seed in seeds)
    # Pinned: another value here gives every published comparison other numbers. Change it only on purpose.
    assert [replicate_seed(1, 0), replicate_seed(1, 1), replicate_seed(2**40, 3)] == [
        4117112474581694,
        1973965755700615,
        6389049802818591,
    ]


def test_the_twin_is_reported_only_if_asked_for() -> None:
    comparison = compare(small(), ["talk"], replicates=2, workers=1)
    assert list(comparison.summary["policies"]) == ["talk"]
    assert set(comparison.runs["policy"]) == {"none", "talk"}
    assert comparison.table().index.to_list() == ["talk"]


def test_the_summary_is_strict_json_with_every_measure() -> None:
    summary = compared().summary
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert {"scenario", "weeks", "replicates", "seed", "objective", "policies"} <= summary.keys()
    assert (summary["scenario"], summary["weeks"], summary["replicates"], summary["seed"]) == ("small", WEEKS, 4, 5)
    for measures in summary["policies"].values():
        assert list(measures) == list(METRICS)
    assert summary["policies"]["drill"]["residual"] == {"mean": None, "low": None, "high": None}


def test_default_policies_weeks_and_overrides() -> None:
    comparison = compare(small(), replicates=1, workers=1, weeks=15, overrides={"employees.turnover": 0.3})
    assert comparison.policies == ("none", "talk", "drill")
    assert comparison.weekly["week"].max() == 14
    assert comparison.manifest["scenario"]["employees"]["turnover"] == 0.3
    assert comparison.manifest["scenario_hash"] == comparison.plan.scenario.hash


def test_futures_are_run_apart_and_counted_together() -> None:
    comparison = compare(small(), ["none", "talk"], replicates=2, workers=1, futures=True)
    assert set(comparison.futures) == {"restless"}
    reported = comparison.summary["in_futures"]
    assert list(reported) == ["as described", "restless"]
    entry = comparison.summary["policies"]["talk"]["max_regret"]["mean"]
    assert entry == pytest.approx(max(world["talk"]["regret"]["mean"] for world in reported.values()))
    assert min(entries["regret"]["mean"] for entries in reported["restless"].values()) >= 0.0
    title, rows = comparison.futures_table()
    assert "short of the best" in title and [len(cells) for cells in rows.values()] == [2, 2]
    weekly, runs = comparison.futures["restless"]
    assert len(weekly) == len(comparison.weekly)
    assert list(runs["seed"]) == list(comparison.runs["seed"])
    assert not weekly["left"].equals(comparison.weekly["left"])
    chances = [measures["probability_best"]["mean"] for measures in comparison.summary["policies"].values()]
    assert sum(chances) == pytest.approx(1.0)


def test_a_run_that_fails_is_a_row_with_its_error_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_sometimes(organization: Any, weeks: int) -> Run:
        if organization.schedule.policy.name == "talk" and organization.streams.seed == replicate_seed(1, 1):
            raise ZeroDivisionError("no talk today")
        return simulate(organization, weeks)

    monkeypatch.setattr(replicate, "simulate", fail_sometimes)
    comparison = compare(small(), ["none", "talk", "drill"], replicates=3, workers=1)
    failed = comparison.runs[comparison.runs["status"] == "failed"]
    assert [(row.policy, row.replicate, row.error) for row in failed.itertuples()] == [
        ("talk", 1, "ZeroDivisionError: no talk today")
    ]
    assert failed["cost"].isna().all()
    (failure,) = comparison.failures
    assert failure["seed"] == replicate_seed(1, 1)
    assert "fail_sometimes" in failure["traceback"]
    assert comparison.summary["failed"] == {"none": 0, "talk": 1, "drill": 0}
    assert comparison.summary["policies"]["talk"]["cost"]["mean"] is not None
    assert any("Left out" in line for line in comparison.answer())


def test_an_organization_that_cannot_be_initialized_fails_all_of_its_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(replicate, "burn_in", fail)
    comparison = compare(small(), ["none", "talk"], replicates=2, workers=1)
    assert set(comparison.runs["error"]) == {"MemoryError"}
    assert comparison.weekly.empty
    entry = comparison.summary["policies"]["talk"]["cost"]
    assert entry == {"mean": None, "low": None, "high": None}
    assert "every run of it" in comparison.cells["talk"]["cost"].reason


def test_progress_counts_replicates() -> None:
    reported: list[tuple[int, int]] = []
    compare(small(), ["none"], replicates=3, workers=1, weeks=2, progress=lambda *step: reported.append(step))
    assert reported == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_all_faults_come_together() -> None:
    with pytest.raises(ScenarioError) as caught:
        compare(small(), ["tlak", "none"], replicates=0, seed=-1, workers=0, overrides={"employees.turnovr": 1})
    text = str(caught.value)
    for part in ("--replicates", "--seed", "--workers", "employees.turnovr"):
        assert part in text
    with pytest.raises(ScenarioError, match="talk"):
        compare(small(), ["tlak"])


@pytest.mark.parametrize(
    ("policies", "message"),
    [
        ([], "at least one"),
        ([make_policy("same", speeches=1.0), make_policy("same", speeches=2.0)], "two that are called same"),
        ([make_policy("none", speeches=1.0)], "must have no resources"),
    ],
)
def test_policies_that_contradict_each_other_are_refused(policies: list[Policy], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        compare(small(), policies)


@pytest.mark.parametrize("objective", ["residual", "lift_peak"])
def test_an_objective_that_no_single_run_has_is_refused_before_anything_runs(objective: str) -> None:
    message = f'objective must be a measure to maximize, got "{objective}".'
    with pytest.raises(ScenarioError, match=message):
        compare(small(), ["talk"], overrides={"objective": objective})


def test_futures_are_refused_where_there_are_none() -> None:
    with pytest.raises(ScenarioError, match="has none"):
        compare(replace(small(), futures={}), futures=True)


def test_a_policy_named_twice_runs_once() -> None:
    assert compare(small(), ["talk", "talk", NONE], replicates=1, workers=1, weeks=2).policies == ("talk", "none")
