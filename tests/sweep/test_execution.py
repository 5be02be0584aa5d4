"""Results of a worker: the same numbers as a comparison, and no impossible numbers."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.summary import run_values
from sim.lab import compare, replicate
from sim.lab.outcome_checks import validate_outcomes
from sim.lab.replicate import run_replicate
from sim.lab.sweep import Experiment, read_store
from sim.lab.sweep.context import KEPT
from sim.lab.sweep.execution import BURN_IN, Chunk, Recipe, run_chunk
from sim.lab.sweep.points import Points
from sim.lab.task import Replicate
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.simulation import Run, simulate
from tests.sweep.examples import PLAIN, data_of, load, run, run_model

ONCE = PLAIN.replace("replicates = 3", "replicates = 1")

KEEPS = PLAIN.replace('keep = ["reach", "cost", "organization_value"]\n', "") + (
    '\n[weekly]\noutcomes = ["practicing", "reach"]\nevery = 5\n[[windows]]\nname = "early"\noutcome = "practicing"\n'
    "from = 2\nuntil = 7\n"
)


def chunk(experiment: Experiment, replicate: int = 0) -> Chunk:
    """Everything of one replicate."""
    points = Points(experiment)
    return Chunk(Recipe.of(experiment), tuple(points.job(world, replicate) for world in range(points.worlds)))


def test_a_sweep_finds_what_a_comparison_finds(tmp_path: Path) -> None:
    """Same scenario, same seeds: the same numbers to the last bit."""
    experiment = load(tmp_path, KEEPS.replace("low = 1.0\nhigh = 5.0", "values = [5.0]"))
    run_model(experiment, tmp_path / "out")
    store = read_store(tmp_path / "out")
    policies = [experiment.loaded_policies[name] for name in ("none", "talk")]
    scenario = experiment.scenario.override({"norm.sharpness": 5.0})
    compared = compare(scenario, policies, replicates=3, seed=experiment.seed, workers=1)
    table = store.table()
    for policy in ("none", "talk"):
        weekly = compared.weekly[compared.weekly["policy"] == policy]
        runs = compared.runs[compared.runs["policy"] == policy]
        found = table[table["policy"] == policy].sort_values("replicate")
        assert list(found["seed"]) == list(runs["seed"])
        assert list(found["cost"]) == pytest.approx(list(runs["cost"]), rel=1e-12)
        early = weekly[weekly["week"].between(2, 6)].groupby("replicate")["practicing"].mean()
        assert np.allclose(found["early"], early, rtol=1e-12)
        kept = store.weekly.merge(found[["point", "replicate"]], on=["point", "replicate"])
        wanted = weekly[weekly["week"] % 5 == 4].sort_values(["replicate", "week"])
        assert np.array_equal(kept["practicing"], wanted["practicing"])
        assert np.array_equal(kept["reach"], wanted["reach"], equal_nan=True)
        entry = compared.summary["policies"][policy]
        for name in ("organization_value", "enacted_change", "retention_annual", "practicing_lift_at_end"):
            mean = entry[name]["mean"]
            assert (np.nan if mean is None else mean) == pytest.approx(found[name].mean(), rel=1e-9, nan_ok=True)


def test_measures_are_those_of_the_tables_to_the_last_bit(tmp_path: Path) -> None:
    """Sweeps lay out arrays by themselves, since that is faster; the results must be the same."""
    experiment = load(tmp_path, KEEPS.replace('["none", "talk"]', '["none", "talk", "teach"]'))
    run_model(experiment, tmp_path / "out")
    job = Points(experiment).job(1, 2)
    scenario = job.scenario(experiment.scenario)
    loaded_policies = tuple(variant.policy for variant in job.variants)
    attempts = run_replicate(Replicate(0, job.seed, scenario, loaded_policies[1:]))
    runs = [attempt.run for attempt in attempts if attempt.run is not None]
    names = [attempt.policy for attempt in attempts]
    weekly = pd.concat([run.weekly.assign(policy=name, replicate=0) for name, run in zip(names, runs, strict=True)])
    rows = pd.DataFrame(
        {
            "policy": names,
            "replicate": 0,
            "status": "done",
            "sponsorship_start": pd.array([run.sponsorship_start for run in runs], dtype="Int64"),
            "sponsorship_end": pd.array([run.sponsorship_end for run in runs], dtype="Int64"),
            "permanent": [run.permanent for run in runs],
        }
    )
    parameters = scenario.parameters
    expected = run_values(weekly, rows, float(parameters["money.discount"]), int(parameters["money.horizon"]))
    table = read_store(tmp_path / "out").table().query("world == 1 and replicate == 2")
    for name in KEPT:
        assert np.array_equal(table[name].to_numpy(dtype=float), expected[name].to_numpy(), equal_nan=True), name


def test_what_a_job_finds_does_not_depend_on_the_chunk_it_comes_in(tmp_path: Path) -> None:
    whole = chunk(load(tmp_path, KEEPS))
    together = pd.read_parquet(BytesIO(run_chunk(whole, lambda position: None).runs))
    parts = []
    for job in whole.jobs:
        results = run_chunk(Chunk(whole.recipe, (job,)), lambda position: None)
        parts.append(pd.read_parquet(BytesIO(results.runs)))
    apart = pd.concat(parts, ignore_index=True)
    facts = ["seconds", "machine", "traceback"]
    pd.testing.assert_frame_equal(together.drop(columns=facts), apart.drop(columns=facts), check_exact=True)


def test_every_run_is_announced_before_it_begins(tmp_path: Path) -> None:
    reported: list[tuple[int, int]] = []
    run_chunk(chunk(load(tmp_path)), reported.append)
    assert reported[:3] == [(0, BURN_IN), (0, 0), (0, 1)]
    assert {job for job, _ in reported} == {0, 1, 2}


@pytest.mark.parametrize(("position", "whose", "failed"), [(BURN_IN, "burn-in: ", 2), (0, "twin: ", 2), (2, "", 1)])
def test_a_run_that_was_given_up_leaves_the_others(tmp_path: Path, position: int, whose: str, failed: int) -> None:
    whole = chunk(load(tmp_path))
    results = run_chunk(Chunk(whole.recipe, whole.jobs, {(1, position): "it hung"}), lambda reported: None)
    table = pd.read_parquet(BytesIO(results.runs))
    assert (results.done, results.failed) == (6 - failed, failed)
    assert set(table.loc[table["status"] == "failed", "error"]) == {f"{whose}it hung"}
    assert set(table.loc[table["status"] == "failed", "point"]) <= {2, 3}


def test_a_policy_that_raises_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = simulate

    def raising(organization: object, weeks: int) -> Run:
        if organization.schedule.policy.name == "talk":  # type: ignore[attr-defined]
            raise FloatingPointError("no")
        return original(organization, weeks)  # type: ignore[arg-type]

    monkeypatch.setattr(replicate, "simulate", raising)
    outcome = run_model(load(tmp_path, ONCE), tmp_path / "out")
    assert (outcome.done, outcome.failed) == (3, 3)
    table = read_store(tmp_path / "out").table()
    assert set(table.loc[table["policy"] == "talk", "error"]) == {"FloatingPointError: no"}
    assert table.loc[table["policy"] == "none", "organization_value"].notna().all()


def test_a_number_that_cannot_be_is_a_failure_not_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = simulate

    def poisoned(organization: object, weeks: int) -> Run:
        made = original(organization, weeks)  # type: ignore[arg-type]
        if organization.schedule.policy.name == "talk":  # type: ignore[attr-defined]
            made.values[4, OUTCOME_NAMES.index("profit")] = np.nan
        return made

    monkeypatch.setattr(replicate, "simulate", poisoned)
    run_model(load(tmp_path, ONCE), tmp_path / "out")
    table = read_store(tmp_path / "out").table()
    assert set(table.loc[table["policy"] == "talk", "error"]) == {
        "NotANumberError: profit is not a number in week 4: nan"
    }


def test_what_is_missing_for_a_reason_is_no_failure() -> None:
    names = ("employees", "active_customers", "practicing", "trust", "reported", "profit")
    rows = np.array([[5.0, 3.0, 0.5, 0.5, 0.5, 1.0], [0.0, 0.0, np.nan, np.nan, np.nan, 0.0]])
    validate_outcomes(rows, names)
    for column, value in (("practicing", np.nan), ("trust", np.nan), ("reported", np.inf), ("profit", -np.inf)):
        broken = rows.copy()
        broken[0, names.index(column)] = value
        with pytest.raises(ValueError, match=f"{column} is not a number in week 0"):
            validate_outcomes(broken, names)


def test_undefined_measures_are_reported_and_are_no_failures(tmp_path: Path) -> None:
    text = ONCE.replace('"reach", "cost", "organization_value"', '"lift_at_end", "cost"')
    outcome = run_model(load(tmp_path, text), tmp_path / "out")
    assert outcome.failed == 0
    assert outcome.missing == {"lift_at_end": 3}  # the twin has no end of sponsorship
    assert data_of(tmp_path / "out")


def test_a_function_in_place_of_the_model_needs_no_facts(tmp_path: Path) -> None:
    run(load(tmp_path), tmp_path / "out")
    runs = read_store(tmp_path / "out").runs
    assert runs["sponsorship_end"].isna().all()
    assert runs["organization_value"].notna().all()
