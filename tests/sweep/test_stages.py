"""Replicates until an interval is narrow enough: decided at fixed numbers, point by point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.lab.sweep import Experiment, read_store
from sim.lab.sweep.executors import ProcessExecutor
from sim.lab.sweep.progress import SweepState
from sim.lab.sweep.stages import Stage, Stages
from tests.sweep.examples import PLAIN, RUNNERS, data_of, load, run

UNTIL = (
    PLAIN.replace("replicates = 3\n", "")
    + """
[until]
metric = "reach"
half_width = 0.5
check_at = [4, 8, 16]
max = 24
"""
)


def adaptive(folder: Path, half_width: float = 0.5, budget: int | None = None) -> Experiment:
    """An experiment that decides by itself."""
    text = UNTIL.replace("half_width = 0.5", f"half_width = {half_width}")
    return load(folder, text if budget is None else f"budget = {budget}\n{text}")


def test_points_stop_when_their_interval_is_narrow_and_only_they(tmp_path: Path) -> None:
    stages = Stages(adaptive(tmp_path), np.ones(4, dtype=np.bool_))
    assert stages.list_stages() == [Stage(0, 4), Stage(4, 8), Stage(8, 16), Stage(16, 24)]
    assert stages.open(Stage(0, 4), 0, lambda name, number: np.empty((4, 0)))
    values = np.array([[1.0, 1.1, 0.9, 1.0], [0.0, 9.0, -9.0, 3.0], [np.nan] * 4, [5.0, np.nan, np.nan, np.nan]])
    assert stages.open(Stage(4, 8), 16, lambda name, number: values[:, :number])
    assert list(stages.active) == [False, True, False, True]
    assert stages.close() == {"narrow": 1, "undefined": 1, "max": 2, "budget": 0}


def test_a_budget_is_kept_by_not_beginning_what_it_cannot_pay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = run(adaptive(tmp_path, half_width=0.001, budget=60), out)
    assert outcome.done == 6 * 8
    assert outcome.stopped == {"narrow": 0, "undefined": 0, "max": 0, "budget": 6}


@pytest.mark.parametrize(("half_width", "replicates"), [(100.0, 4), (0.001, 24)])
def test_the_first_look_and_the_last_are_the_limits(tmp_path: Path, half_width: float, replicates: int) -> None:
    run(adaptive(tmp_path, half_width), tmp_path / "out")
    assert set(read_store(tmp_path / "out").runs.groupby("point")["replicate"].count()) == {replicates}


@pytest.mark.slow
def test_what_was_decided_does_not_depend_on_workers_or_interruptions(tmp_path: Path) -> None:
    class Cut(BaseException):
        pass

    cuts: list[int] = []

    def watch(state: SweepState) -> None:
        if state.over >= cuts[-1]:
            raise Cut

    experiment = adaptive(tmp_path, half_width=0.8)
    run(experiment, tmp_path / "whole")
    run(experiment, tmp_path / "two", executor=ProcessExecutor(2))
    runs = len(read_store(tmp_path / "whole").runs)
    assert 24 < runs < 144
    for cut in range(5, runs, 31):
        cuts.append(cut)
        with pytest.raises(Cut):
            run(experiment, tmp_path / "cut", progress=watch)
    assert run(experiment, tmp_path / "cut").new <= runs - cuts[-1]
    assert data_of(tmp_path / "whole") == data_of(tmp_path / "two") == data_of(tmp_path / "cut")


def test_failed_runs_do_not_count_and_do_not_stop_the_rest(tmp_path: Path) -> None:
    text = UNTIL.replace("low = 1.0\nhigh = 5.0", "values = [1.0, 2.0]").replace("0.5", "100.0")
    outcome = run(load(tmp_path, text), tmp_path / "out", f"{RUNNERS}:faulty")
    assert (outcome.done, outcome.failed) == (8, 8)
    assert outcome.stopped == {"narrow": 2, "undefined": 2, "max": 0, "budget": 0}
