"""``centricity fit`` as a whole: files, words, resuming, and what comparisons and advice make of it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lab.small import TEXT, small
from typer.testing import CliRunner

from fitting.small import HISTORY, setup
from sim.commands.cli import app
from sim.fitting.checks import Checks
from sim.fitting.fitting import Result, describe_result, run_fit, weighted_quantiles
from sim.fitting.request import FitRequest
from sim.lab.advice.request import AdviceRequest, plan_advice
from sim.lab.comparison_plan import ComparisonRequest, plan_comparison
from sim.lab.posterior_draws import PosteriorDraws, read_posterior
from sim.lab.worker_pool import WorkerPool
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults

pytest.importorskip("sklearn", reason="learning comes with the extra lab")


@cache
def fitted(folder: Path) -> Result:
    """A fit that several tests look at."""
    return run_fit(setup(folder, vary=["employees.turnover", "coaching.effect", "norm.memory"]), WorkerPool(1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that fit."""
    place = tmp_path_factory.mktemp("fit")
    fitted(place).save(place / "out")
    return place


def test_files_of_a_fit(folder: Path) -> None:
    out = folder / "out"
    files = {each.name for each in out.iterdir()}
    assert files == {"posterior.parquet", "scenario.toml", "summary.json", "manifest.json", "table.npz"}
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["parameters"].keys() == {"employees.turnover", "coaching.effect", "norm.memory"}
    for each in summary["parameters"].values():
        assert each.keys() >= {"prior", "posterior", "contraction", "identified"}
        assert each["prior"]["low"] < each["prior"]["mean"] < each["prior"]["high"]
        assert each["posterior"]["low"] <= each["posterior"]["median"] <= each["posterior"]["high"]
    assert {"conflicts", "checks"} <= summary.keys()
    draws = pd.read_parquet(out / "posterior.parquet")
    assert draws["weight"].sum() == pytest.approx(1.0)
    assert set(draws.columns) == {"weight", *(each.name for each in fitted(folder).setup.drawn)}
    assert (draws["norm.memory"] == draws["norm.memory"].round()).all()
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["kind"] == "fit"
    assert len(manifest["fitted"]) + len(manifest["integrated_over"]) == len(draws.columns) - 1


def test_the_scenario_at_the_median_can_be_read_and_tells_what_changed(folder: Path) -> None:
    text = (folder / "out" / "scenario.toml").read_text(encoding="utf-8")
    scenario = Scenario.load(folder / "out" / "scenario.toml")
    identified = {name: each for name, each in fitted(folder).summary["parameters"].items() if each["identified"]}
    for name, each in identified.items():
        assert scenario.parameters[name] == pytest.approx(each["posterior"]["median"], rel=1e-3)
        assert name in scenario.plausible
    assert text.count("# fitted: was ") == len(identified)
    others = set(scenario.parameters) - set(identified)
    assert all(scenario.parameters[name] == small().parameters[name] for name in others)


def test_what_the_data_cannot_tell_and_conflicts_are_said(folder: Path) -> None:
    result = fitted(folder)
    assert result.checks is not None
    names = list(result.summary["parameters"])
    changed = {name: {**each, "identified": name == names[0]} for name, each in result.summary["parameters"].items()}
    conflict = {"column": "practice", "what": "Your practice rises; the model's never does."}
    other = Result(
        result.setup, result.raw, result.table, result.fitted, {**result.summary, "parameters": changed, "conflicts": [conflict]},
        {}, result.posterior, result.checks, result.draws,
    )  # fmt: skip
    said = "\n".join(describe_result(other))
    assert "The model does not reach your data:\n  Your practice rises; the model's never does." in said
    assert f"Your data cannot tell about {', '.join(names[1:])}: these are as unknown as before." in said
    silent = {name: {**each, "identified": False} for name, each in changed.items()}
    alone = Result(result.setup, result.raw, result.table, result.fitted, {**other.summary, "parameters": silent}, {},
                   result.posterior, result.checks, result.draws)  # fmt: skip
    assert "Your data cannot tell anything about" in "\n".join(describe_result(alone))
    assert isinstance(result.checks, Checks)


def test_the_command_says_what_to_type_again(tmp_path: Path) -> None:
    request = FitRequest(
        "bank.toml", "h.csv", "p.toml", vary=("norm",), columns=("practice=2",), start="2021-Q3", plan=True
    )
    assert request.command == (
        "centricity fit bank.toml h.csv --policy p.toml --vary norm --draws 4096 --seed 1 --plan --column practice=2 "
        "--start 2021-Q3"
    )


def test_plan_then_fit_then_compare_and_advise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(TEXT, encoding="utf-8")
    Path("history.csv").write_text(HISTORY, encoding="utf-8")
    words = "fit small.toml history.csv --policy drill --start 2021-Q3 --draws 64 --workers 1 --vary employees.turnover --out out"
    planned = CliRunner().invoke(app, [*words.split(), "--plan"])
    assert planned.exit_code == 0, planned.output
    assert not Path("out/posterior.parquet").exists()
    monkeypatch.setattr("sim.fitting.reference_table.run_tasks", None)  # nothing is run again
    done = CliRunner().invoke(app, words.split())
    assert done.exit_code == 0, done.output
    assert json.loads(Path("out/manifest.json").read_text())["table_from_before"] is True
    assert "Next: centricity compare small.toml --posterior out" in done.output
    plan = plan_comparison(ComparisonRequest("small.toml", posterior="out", unknown=7, replicates=2))
    assert len(plan.parameter_points) == 7
    assert plan.from_history
    assert "--posterior out" in plan.command
    again = plan_comparison(ComparisonRequest("small.toml", posterior="out", unknown=7, replicates=2))
    assert [dict(each.values) for each in plan.parameter_points] == [
        dict(each.values) for each in again.parameter_points
    ]
    assert len(plan_comparison(ComparisonRequest("small.toml", posterior="out")).parameter_points) == 40
    advice = plan_advice(AdviceRequest("small.toml", budget=9000.0, posterior="out"))
    drawn = advice.cells.draws.values(1, 3)
    rows = pd.read_parquet("out/posterior.parquet")["employees.turnover"]
    assert np.isclose(rows, float(drawn["employees.turnover"])).any()
    assert "--posterior out" in advice.command


def test_faults_of_everything_come_at_once_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(TEXT, encoding="utf-8")
    Path("history.csv").write_text("quarter,practice\n1,.2\n2,.3\n2,1.4\n", encoding="utf-8")
    words = "fit small.toml history.csv --policy dril --draws 3 --vary moon --period decade --out small.toml/x"
    done = CliRunner().invoke(app, words.split())
    assert done.exit_code == 2
    for part in (
        "--draws must be", "--vary moon is not", "--period must be one of", "again. Keep one of the two", "must be shares of",
        "dril", "--out",
    ):  # fmt: skip
        assert part in done.output, part
    assert {each.name for each in tmp_path.iterdir()} == {"small.toml", "history.csv"}


def test_draws_are_resampled_by_weight() -> None:
    draws = PosteriorDraws(tuple({"norm.memory": number} for number in range(4)), (0.5, 0.25, 0.25, 0.0))
    taken = [int(each["norm.memory"]) for each in draws.resample(40, 3)]
    assert np.bincount(taken, minlength=4).tolist() == [20, 10, 10, 0]
    assert taken == [int(each["norm.memory"]) for each in draws.resample(40, 3)]
    assert taken != sorted(taken)


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"norm.memory": [9, 9]}, "must have a column of numbers for each parameter, and weight"),
        ({"weight": [1.0, 1.0]}, "must have a column of numbers for each parameter, and weight"),
        ({"weight": [1.0, 1.0], "norm.moon": [1.0, 2.0]}, "norm.moon"),
        ({"weight": [1.0, 1.0], "norm.memory": ["a", "b"]}, "must have a column of numbers"),
        ({"weight": [1.0, -1.0], "norm.memory": [9, 9]}, "must have weights of 0 or more"),
        ({"weight": [1.0, 1.0], "norm.memory": [9.0, np.nan]}, "must have a value everywhere"),
        ({"weight": [1.0, 1.0], "norm.memory": [9, -9]}, "--posterior: norm.memory must be"),
    ],
)
def test_a_posterior_that_is_none_is_refused(tmp_path: Path, columns: dict[str, list[object]], fault: str) -> None:
    pd.DataFrame(columns).to_parquet(tmp_path / "posterior.parquet")
    faults = Faults()
    assert read_posterior(tmp_path, small(), faults) is None
    assert any(fault in each for each in faults.messages), faults.messages


def test_what_is_set_on_purpose_is_not_drawn(tmp_path: Path) -> None:
    draws = {"weight": [0.5, 0.5], "norm.memory": [8, 9], "norm.sharpness": [7.0, 8.0]}
    pd.DataFrame(draws).to_parquet(tmp_path / "posterior.parquet")
    plan = plan_comparison(ComparisonRequest(small(), posterior=tmp_path, assignments=["norm.memory=20"]))
    assert {name for each in plan.parameter_points for name in each.values} == {"norm.sharpness"}
    request = AdviceRequest(small(), budget=9000.0, posterior=tmp_path, overrides={"norm.memory": 20})
    assert plan_advice(request).cells.draws.names == ("norm.sharpness",)
    both = ComparisonRequest(small(), posterior=tmp_path, assignments=["norm.memory=20", "norm.sharpness=8"])
    with pytest.raises(ScenarioError, match="that --set leaves open"):
        plan_comparison(both)
    pd.DataFrame({"weight": [1.0], "customers.initial": [30]}).to_parquet(tmp_path / "posterior.parquet")
    with pytest.raises(ScenarioError, match="with a plausible range in small, got customers"):
        plan_comparison(ComparisonRequest(small(), posterior=tmp_path))


def test_quantiles_of_weighted_draws() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.5, 0.25])
    assert weighted_quantiles(values, weights, (0.1, 0.5, 0.75, 0.9)) == [1.0, 1.0, 2.0, 3.0]


def test_a_cluster_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(TEXT, encoding="utf-8")
    Path("history.csv").write_text(HISTORY, encoding="utf-8")
    words = "fit small.toml history.csv --policy drill --start 2021-Q3 --draws 64 --cluster zzqx --out out"
    result = CliRunner().invoke(app, words.split())
    assert result.exit_code == 2
    assert "--cluster must be local, or the address of a Dask scheduler" in result.stderr
    assert not Path("out").exists()
