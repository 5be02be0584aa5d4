"""Advice with the model in it: files, resuming, requirements, and what is refused."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from lab.small import TEXT, small
from sim.commands.cli import app
from sim.lab.advice.advising import Advice, describe_advice, run_advice
from sim.lab.advice.cells import Cells, Draws
from sim.lab.advice.request import AdviceRequest, plan_advice
from sim.lab.kept_results import KeptResults
from sim.lab.plausible import unknown_parameters
from sim.lab.worker_pool import WorkerPool
from sim.model.scenario import ScenarioError
from sim.pages.advice import write_page

pytest.importorskip("pymoo", reason="the optimizer comes with the extra lab")

REQUEST = AdviceRequest(
    small(),
    budget=15_000.0,
    objective="enacted_change",
    resources=("coaching", "training", "posters"),
    require=("enacted_change>=0.01 in 50 %",),
    runs=100,
    known=True,
    workers=1,
)


@cache
def advised() -> Advice:
    """An advice that several tests look at."""
    return run_advice(plan_advice(REQUEST), WorkerPool(1))


def test_the_best_program_is_a_policy_file_within_the_budget(tmp_path: Path) -> None:
    advice = advised()
    advice.save(tmp_path / "out", also=(write_page,))
    policy = small().policy(str(tmp_path / "out" / "best.toml"))
    assert policy.phases == advice.best.phases
    summary = json.loads((tmp_path / "out" / "advice.json").read_text(encoding="utf-8"))
    assert summary["best"]["planned_cost"] <= summary["budget"] == 15_000.0
    assert {"objective", "best", "cannot_be_told_apart", "binding", "flattered", "runs"} <= summary.keys()
    assert summary["best"]["cost"]["mean"] > 0.0
    assert summary["requirements"][0]["met"] is True
    page = (tmp_path / "out" / "advice.html").read_text(encoding="utf-8")
    assert describe_advice(advice)[0] in page
    table = pd.read_csv(tmp_path / "out" / "candidates.csv")
    assert (table["planned_cost"] <= 15_000.0).all()
    assert table["on_front"].any()


def test_values_of_the_advice_are_those_of_fresh_replicates() -> None:
    """The gain is recomputed from the runs themselves."""
    advice = advised()
    cells, number = advice.plan.cells, advice.summary["fresh_replicates"]
    from sim.analysis.metrics import MEASURES_OF_RUNS
    from sim.lab.advice.measuring import measure_cell

    column = list(MEASURES_OF_RUNS).index("enacted_change")
    gains = [measure_cell(task)[1, column] for task in cells.tasks([advice.best], range(number), True)]
    assert advice.summary["gain_over_none"]["mean"] == pytest.approx(np.mean(gains), rel=1e-12)


def test_what_a_rule_saves_is_measured_where_no_finalist_has_been() -> None:
    advice = advised()
    watch = advice.watch
    assert watch is not None
    from sim.analysis.metrics import MEASURES_OF_RUNS
    from sim.lab.advice.measuring import measure_cell
    from sim.lab.advice.watching import _UNSEEN

    column = list(MEASURES_OF_RUNS).index("enacted_change")
    tasks = advice.plan.cells.tasks([advice.best, watch.program], range(_UNSEEN, _UNSEEN + watch.cells), True)
    runs = [measure_cell(task)[1:, column] for task in tasks]
    assert watch.saved.mean == pytest.approx(np.mean([ruled - without for without, ruled in runs]), abs=1e-12)
    assert advice.summary["watch"] == watch.to_entry()
    line = next(line for line in describe_advice(advice) if line.startswith("What to watch: "))
    assert f"on {watch.cells} fresh replicates" in line
    assert ("surely saves anything" in line) is not watch.sure


def test_the_same_advice_again_takes_its_runs_from_those_kept(tmp_path: Path) -> None:
    plan = plan_advice(REQUEST)
    with KeptResults(tmp_path / "kept") as kept:
        run_advice(plan, WorkerPool(1), kept=kept)
        kept.save()
    with KeptResults(tmp_path / "kept") as kept:
        number = kept.number
        again = run_advice(plan, WorkerPool(1), kept=kept)
        kept.save()
        assert kept.number == number > 0
    assert again.summary == advised().summary


def test_search_and_fresh_cells_share_no_seed_and_ranges_are_covered_evenly() -> None:
    scenario = small()
    unknowns = tuple(unknown_parameters(scenario, scenario.registry))
    cells = Cells(scenario, 4, Draws(unknowns), ("restless",))
    old, fresh = cells.tasks([], range(8), False), cells.tasks([], range(8), True)
    assert not {each.seed for each in old} & {each.seed for each in fresh}
    first = unknowns[0]
    assert first.plausible is not None
    low, high = first.plausible
    drawn = sorted((float(each.scenario.parameters[first.name]) - low) / (high - low) for each in old)
    assert [int(8 * each) for each in drawn] == list(range(8))
    assert [each.scenario.parameters["employees.turnover"] for each in old[:2]] == [0.02, 0.1]


def test_a_table_of_draws_is_sampled_by_its_weights() -> None:
    draws = Draws(table=({"norm.sharpness": 5.0}, {"norm.sharpness": 9.0}), weights=(3.0, 1.0))
    found = [draws.values(1, number)["norm.sharpness"] for number in range(80)]
    assert found.count(9.0) == 20


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"budget": 0.0}, "--budget must be an amount above 0, got 0.0. Give the most that the program may cost."),
        (
            {"require": ("retention_annual>=0.9 in 950 %",)},
            "--require must be in a share of the runs, above 0 to 100 %",
        ),
        ({"require": ("zzqx>=1",)}, "--require zzqx is not a measure that single runs have."),
        ({"resources": ("coachin",)}, "--resource coachin is not a resource. Did you mean coaching?"),
        ({"objective": "zzqx"}, "--objective must be"),
        ({"years": 0}, "--years must be a whole number, 1 to 100, got 0."),
    ],
)
def test_what_makes_no_sense_is_told(changes: dict[str, object], said: str) -> None:
    request = AdviceRequest(**{**{"scenario": small(), "budget": 9.0}, **changes})  # type: ignore[arg-type]
    with pytest.raises(ScenarioError) as caught:
        plan_advice(request)
    assert said in "\n".join(caught.value.faults)


def test_years_set_the_run_and_the_time_that_money_is_counted_for() -> None:
    plan = plan_advice(AdviceRequest(small(), budget=1e4, years=2))
    assert plan.scenario.weeks == plan.scenario.parameters["money.horizon"] == 104


def test_policies_that_cost_more_are_tried_at_what_the_budget_pays_for() -> None:
    plan = plan_advice(AdviceRequest(small(), budget=1e3))
    assert {"talk", "drill"} <= {each.name for each in plan.given}
    from sim.lab.budget import planned_cost

    assert max(planned_cost(each, plan.scenario) for each in plan.given) <= 1e3


def test_the_command_writes_the_folder_and_says_what_to_buy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(TEXT, encoding="utf-8")
    words = (
        "advise small.toml --budget 9000 --resource coaching --objective enacted_change --runs 100 --known --workers 1"
    )
    result = CliRunner().invoke(app, [*words.split(), "--out", "o"])
    assert result.exit_code == 0, result.output
    assert tomllib.loads(Path("o/best.toml").read_text(encoding="utf-8"))["phases"][0]["coaching"] > 0.0
    assert not Path(".o.unfinished").exists()


@pytest.mark.slow
def test_a_cluster_gives_the_same_advice() -> None:
    pytest.importorskip("distributed")
    from sim.lab.sweep.cluster_pool import ClusterPool
    from sim.lab.sweep.dask_executor import DaskExecutor

    plan = plan_advice(REQUEST)
    alone = advised()
    with DaskExecutor("local", 2) as executor, ClusterPool(executor) as pool:
        shared = run_advice(plan, pool)
    assert shared.summary == alone.summary
    assert shared.manifest["failures"] == []


def test_a_cluster_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(TEXT, encoding="utf-8")
    result = CliRunner().invoke(app, ["advise", "small.toml", "--budget", "9000", "--cluster", "zzqx", "--out", "o"])
    assert result.exit_code == 2
    assert "--cluster must be local, or the address of a Dask scheduler" in result.stderr
    assert not Path("o").exists()
