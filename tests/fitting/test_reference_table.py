"""The reference table: the same bits on any number of workers, after any interruption, and from the table of a plan."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lab.small import small

from fitting.small import setup
from sim.fitting.draws import sobol_points
from sim.fitting.observation_model import MEASURES
from sim.fitting.reference_table import (
    TABLE,
    RawTable,
    choose_fitted,
    expected_of,
    make_table,
    priors_of,
    read_table,
    reference_table,
    value_of,
    wider_table,
    write_table,
)
from sim.fitting.screening import importances, screen
from sim.fitting.simulating import see_history
from sim.fitting.table import Observed
from sim.lab.failure import Failure
from sim.lab.kept_results import KeptResults
from sim.lab.replicate import run_policies
from sim.lab.task import prepare_worker, replicate_seed
from sim.lab.worker_pool import WorkerPool
from sim.model.scenario import ScenarioError

pytest.importorskip("sklearn", reason="the screening comes with the extra lab")


def test_points_stay_the_same_when_more_are_drawn() -> None:
    few, many = sobol_points(3, 100, 7), sobol_points(3, 128, 7)
    assert np.array_equal(few, many[:100])
    assert np.abs(many.mean(axis=0) - 0.5).max() < 0.02
    assert not np.array_equal(few, sobol_points(4, 100, 7))


def test_a_draw_is_a_run_like_any_other() -> None:
    scenario = small().override({"run.burn_in": 20.0})
    seen = see_history(scenario, scenario.policy("drill"), 5, ((-13, 0), (0, 13), (13, 26)))
    _, drill = run_policies(scenario, 5, [scenario.policy("drill")])
    assert drill.run is not None
    practicing = drill.run.values[:, drill.run.outcomes.index("practicing")]
    column = list(MEASURES).index("practice")
    assert seen[1:, column].tolist() == pytest.approx([practicing[:13].mean(), practicing[13:26].mean()], abs=1e-14)
    assert np.isfinite(seen[0, column])


def test_the_burn_in_reaches_over_what_is_before_the_policy(tmp_path: Path) -> None:
    found = setup(tmp_path)
    assert found.windows == ((-26, -13), (-13, 0), (0, 13), (13, 26))
    assert found.running.parameters["run.burn_in"] == 26 + 52
    assert found.scenario.parameters["run.burn_in"] == 6
    assert found.hold_out == 1


def test_interrupted_and_resumed_the_same_bits(tmp_path: Path) -> None:
    found = replace(setup(tmp_path), draws=24)
    whole = make_table(found, WorkerPool(1))
    assert not whole.failures
    assert np.isfinite(whole.seen[:, :, list(MEASURES).index("practice")]).all()

    def stop(done: int, total: int) -> None:
        if 0 < done < total:
            raise KeyboardInterrupt

    place = tmp_path / "kept"
    with KeptResults(place) as kept:
        with pytest.raises(KeyboardInterrupt):
            make_table(found, WorkerPool(1), stop, kept)
        kept.save()
    with KeptResults(place) as kept:
        assert kept.number
        again = make_table(found, WorkerPool(1), kept=kept)
    assert again.seen.tobytes() == whole.seen.tobytes()


@pytest.mark.slow
def test_two_workers_give_the_same_bits(tmp_path: Path) -> None:
    found = replace(setup(tmp_path), draws=40)
    with WorkerPool(2, prepare_worker) as pool:
        two = make_table(found, pool)
    assert two.seen.tobytes() == make_table(found, WorkerPool(1)).seen.tobytes()


def test_the_table_of_a_plan_serves_the_fit(tmp_path: Path) -> None:
    plan, fit = setup(tmp_path, plan=True), setup(tmp_path)
    assert plan.key == fit.key
    assert len(plan.windows) == len(fit.windows) + 4
    seen = np.random.default_rng(1).random((64, 8, len(MEASURES)))
    write_table(RawTable(np.empty((64, 0)), seen), plan, tmp_path / TABLE)
    found = read_table(tmp_path / TABLE, fit)
    assert found is not None
    assert np.array_equal(found, seen[:, :4])
    assert read_table(tmp_path / TABLE, setup(tmp_path, seed=2)) is None
    assert read_table(tmp_path / "missing.npz", fit) is None
    (tmp_path / TABLE).write_bytes(b"PK\x03\x04 broken")
    assert read_table(tmp_path / TABLE, fit) is None
    raw = RawTable(np.empty((64, 0)), seen)
    write_table(raw, fit, tmp_path / TABLE)
    assert make_table(fit, WorkerPool(1), folder=tmp_path).kept
    digest = hashlib.sha256((tmp_path / TABLE).read_bytes()).hexdigest()
    write_table(raw, fit, tmp_path / TABLE)
    assert hashlib.sha256((tmp_path / TABLE).read_bytes()).hexdigest() == digest


def test_draws_that_fail_are_left_out_and_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = replace(setup(tmp_path), draws=8)
    bad = replicate_seed(found.seed, 3)
    real = see_history

    def failing(scenario: object, policy: object, seed: int, windows: object) -> object:
        if seed == bad:
            raise ValueError("no number")
        return real(scenario, policy, seed, windows)  # type: ignore[arg-type]

    monkeypatch.setattr("sim.fitting.simulating.see_history", failing)
    raw = make_table(found, WorkerPool(1))
    assert [(each["draw"], each["seed"]) for each in raw.failures] == [(3, bad)]
    assert "no number" in raw.failures[0]["error"]
    table = reference_table(found, raw, (0, 1))
    assert len(table.unit) == len(table.expected) == 7
    monkeypatch.setattr(
        "sim.fitting.reference_table.run_tasks", lambda work, tasks, *rest: [Failure("died")] * len(tasks)
    )
    assert len(make_table(found, WorkerPool(1)).failures) == 8


def test_planted_parameters_are_found_and_the_others_are_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    unit = rng.random((512, 40))
    course = np.linspace(0.0, 1.0, 6)
    expected = 0.2 + 0.3 * unit[:, [7], None] * course[None, :, None] + 0.1 * unit[:, [21], None]
    observed = Observed(
        ("practice",), tuple("123456"), np.full((6, 1), 0.3), np.full((6, 1), 200.0), ("share",), np.array([np.nan]), (False,)
    )  # fmt: skip
    assert set(screen(unit, expected, observed, 1)[:2].tolist()) == {7, 21}
    importance, chance = importances(unit, expected, observed, 1)
    assert (importance > chance).sum() <= 4
    assert np.array_equal(importance, importances(unit, expected, observed, 1)[0])
    assert len(screen(unit, np.full_like(expected, 0.2), observed, 1)) == 3


def test_named_parameters_are_fitted_and_all_others_are_drawn_too(tmp_path: Path) -> None:
    found = setup(tmp_path, vary=["employees.turnover", "norm.memory"])
    names = [each.name for each in found.drawn]
    assert {"employees.turnover", "norm.memory", "norm.sharpness"} <= set(names)
    raw = RawTable(np.random.default_rng(1).random((64, len(names))), np.full((64, 4, len(MEASURES)), 0.5))
    assert {names[each] for each in choose_fitted(found, raw)} == {"norm.memory", "employees.turnover"}
    with pytest.raises(ScenarioError, match="is not a parameter or a section of them"):
        setup(tmp_path, vary=["employees.turnovr"])


def test_whole_numbers_keep_equal_parts_of_the_prior(tmp_path: Path) -> None:
    memory = next(each for each in setup(tmp_path).drawn if each.name == "norm.memory")
    assert memory.plausible is not None
    low, high = memory.plausible
    priors = priors_of((memory,))
    assert (priors.low[0], priors.high[0]) == (low - 0.5, high + 0.5)
    for share in (0.01, 0.31, 0.77, 0.9999):
        assert value_of(memory, share) == round(float(priors.values(np.array([share]))[0]))


def test_a_plan_sees_more_columns_and_a_year_more(tmp_path: Path) -> None:
    found = setup(tmp_path, plan=True)
    raw = RawTable(
        np.random.default_rng(1).random((64, len(found.drawn))), np.random.default_rng(2).random((64, 8, len(MEASURES)))
    )
    table, observed = wider_table(found, raw, (0, 5))
    assert table.expected.shape == (64, 8, len(MEASURES))
    assert table.columns[:4] == found.history.observed.columns
    assert observed.rows[4:] == ("1 later", "2 later", "3 later", "4 later")
    assert np.isnan(observed.values[4:]).all()
    assert np.isnan(observed.values[:, 4:]).all()
    practice = observed.columns.index("practice")
    assert (observed.respondents[:, practice] == 25.0).all()
    assert np.isnan(observed.respondents[:, observed.columns.index("turnover")]).all()
    assert np.array_equal(expected_of(raw, observed)[:, :, practice], raw.seen[:, :, list(MEASURES).index("practice")])


@pytest.mark.slow
def test_a_cluster_gives_the_same_bits_also_after_an_interruption(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    from sim.lab.sweep.cluster_pool import ClusterPool
    from sim.lab.sweep.dask_executor import DaskExecutor

    found = replace(setup(tmp_path), draws=64)
    alone = make_table(found, WorkerPool(1))

    def stop(done: int, total: int) -> None:
        if 0 < done < total:
            raise KeyboardInterrupt

    place = tmp_path / "kept"
    with DaskExecutor("local", 2) as executor, ClusterPool(executor) as pool:
        with KeptResults(place) as kept:
            with pytest.raises(KeyboardInterrupt):
                make_table(found, pool, stop, kept)
            kept.save()
        with KeptResults(place) as kept:
            assert kept.number
            again = make_table(found, pool, kept=kept)
    assert again.seen.tobytes() == alone.seen.tobytes()
