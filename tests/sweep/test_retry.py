"""Failed runs can be done again, and then nothing shows that they ever failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.lab.sweep import Experiment, SweepReport, chunk_queue, compaction, read_store, sweep
from sim.lab.sweep.executors import InlineExecutor
from sim.lab.sweep.progress import SweepState
from tests.sweep.examples import PLAIN, RUNNERS, data_of, leftovers, load, run

WEEKLY = '\n[weekly]\noutcomes = ["practicing"]\nevery = 5\n'

SOME_FAIL = PLAIN.replace("low = 1.0\nhigh = 5.0", "values = [1.0, 2.0, 5.0]") + WEEKLY

UNTIL = SOME_FAIL.replace("replicates = 3\n", "") + (
    '[until]\nmetric = "reach"\nhalf_width = 2.0\ncheck_at = [2, 4, 8]\nmax = 12\n'
)


class Cut(BaseException):
    """What ends a sweep in the middle."""


def again(experiment: Experiment, out: Path, runner: str = "smooth") -> SweepReport:
    """Run it once more, failed runs included."""
    return sweep(experiment, out, executor=InlineExecutor(), runner=f"{RUNNERS}:{runner}", retry_failed=True)


def test_failed_runs_of_a_finished_sweep_are_done_again_and_no_others(tmp_path: Path) -> None:
    experiment = load(tmp_path, SOME_FAIL)
    run(experiment, tmp_path / "sound")
    out = tmp_path / "out"
    assert run(experiment, out, f"{RUNNERS}:faulty").failed == 12
    failed = data_of(out)
    assert again(experiment, out, "faulty").new == 12
    assert data_of(out) == failed
    outcome = again(experiment, out)
    assert (outcome.new, outcome.done, outcome.failed) == (12, 18, 0)
    assert data_of(out) == data_of(tmp_path / "sound")
    assert leftovers(out) == []
    assert again(experiment, out).new == 0


def test_failed_runs_of_an_unfinished_sweep_are_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_queue, "MOST_JOBS", 2)
    experiment = load(tmp_path, SOME_FAIL)
    run(experiment, tmp_path / "sound")
    out = tmp_path / "out"

    def watch(state: SweepState) -> None:
        if state.over >= 10:
            raise Cut

    with pytest.raises(Cut):
        run(experiment, out, f"{RUNNERS}:faulty", progress=watch)
    there = read_store(out).runs
    outcome = again(experiment, out)
    assert outcome.failed == 0
    assert outcome.new == 18 - int((there["status"] == "done").sum())
    assert data_of(out) == data_of(tmp_path / "sound")


def test_a_store_of_many_row_groups_is_retried_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "RUNS", 5)
    experiment = load(tmp_path, SOME_FAIL)
    run(experiment, tmp_path / "sound")
    run(experiment, tmp_path / "out", f"{RUNNERS}:faulty")
    assert again(experiment, tmp_path / "out").new == 12
    assert data_of(tmp_path / "out") == data_of(tmp_path / "sound")


def test_what_was_decided_on_failed_runs_is_decided_again(tmp_path: Path) -> None:
    experiment = load(tmp_path, UNTIL)
    run(experiment, tmp_path / "sound")
    out = tmp_path / "out"
    assert run(experiment, out, f"{RUNNERS}:faulty").failed > 0
    assert again(experiment, out).failed == 0
    assert data_of(out) == data_of(tmp_path / "sound")
