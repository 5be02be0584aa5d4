"""``centricity sweep``: what it prints, what it writes, and the exit code."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from sim.commands import sweep as command
from sim.lab import sweep as package
from sim.lab.lock import Lock
from sim.lab.store_files import StoreError
from sim.lab.sweep import Experiment, SweepReport, load_experiment, read_store, sweeping
from sim.lab.sweep.executors import InlineExecutor
from sim.lab.sweep.points import Points
from sim.lab.sweep.progress import SweepState
from sim.model.registry import current
from sim.model.scenario.messages import Faults
from sim.model.scenario.shipped import files
from tests.sweep.examples import PLAIN, RUNNERS, data_of, write

TOP = Path(__file__).parents[2]


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweeps run in this process, with a fake runner that fails where the sharpness is 2."""
    original = package.sweep

    def swept(experiment: Experiment, folder: Path, *more: Any, retry_failed: bool) -> SweepReport:
        runner = f"{RUNNERS}:faulty"
        return original(
            experiment, folder, notify=more[3], executor=InlineExecutor(), runner=runner, retry_failed=retry_failed
        )

    monkeypatch.setattr(package, "sweep", swept)


def invoke(*arguments: str | Path | int) -> Result:
    """The command with these arguments."""
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)
    return CliRunner().invoke(app, ["sweep", *(str(argument) for argument in arguments)])


@pytest.mark.usefixtures("in_process")
def test_a_sweep_says_what_it_does_and_where_it_is(tmp_path: Path) -> None:
    experiment = write(tmp_path, PLAIN.replace("low = 1.0\nhigh = 5.0", "values = [1.0, 7.0]"))
    first = invoke(experiment, "--out", tmp_path / "out")
    assert first.exit_code == 0
    assert "plain: grid (2 rows); 4 points in 2 worlds, 3 replicates: 12 runs, 30 weeks each" in first.stderr
    assert f"{tmp_path / 'out'}: 12 runs" in first.stdout
    assert f"next: centricity analyze {tmp_path / 'out'}" in first.stdout
    again = invoke(experiment, "--out", tmp_path / "out")
    assert again.exit_code == 0
    assert "finished before, 12 runs; nothing to do" in again.stdout


@pytest.mark.usefixtures("in_process")
def test_failed_runs_are_reported_and_the_exit_code_is_1_every_time(tmp_path: Path) -> None:
    experiment = write(tmp_path, PLAIN.replace("low = 1.0\nhigh = 5.0", "values = [1.0, 2.0]"))
    for _ in range(2):
        result = invoke(experiment, "--out", tmp_path / "out")
        assert result.exit_code == 1
        assert "6 of 12 runs failed" in result.stderr
        assert "6 times, first at point 2, replicate 0: ZeroDivisionError: no such number" in result.stderr
    retried = invoke(experiment, "--out", tmp_path / "out", "--retry-failed")
    assert retried.exit_code == 1
    assert "6 runs are done again" in retried.stderr
    assert "12 runs, 6 of them before" in retried.stdout


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    experiment = write(tmp_path)
    result = invoke(experiment, "--out", tmp_path / "out", "--dry-run", "--replicates", 5)
    assert result.exit_code == 0
    assert "5 replicates: 30 runs" in result.stdout
    assert not (tmp_path / "out").exists()


def test_bad_input_is_one_message_a_fault_and_exit_2(tmp_path: Path) -> None:
    experiment = write(tmp_path, PLAIN.replace("low = 1.0", "low = -1.0").replace("levels = 3", "levels = 0"))
    result = invoke(experiment, "--out", tmp_path / "out", "--workers", 0)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 3
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()
    missing = invoke("durabilty")
    assert missing.exit_code == 2
    assert "Did you mean durability" in missing.stderr


def test_a_scheduler_that_is_not_there_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.lab.sweep import dask_executor

    monkeypatch.setattr(dask_executor, "CONNECT", 0.3)
    result = invoke(write(tmp_path), "--out", tmp_path / "out", "--cluster", "tcp://127.0.0.1:9")
    assert result.exit_code == 2
    assert "--cluster must be local, or the address of a Dask scheduler that answers" in result.stderr


def test_where_dask_is_missing_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = invoke(write(tmp_path), "--out", tmp_path / "out", "--cluster", "local")
    assert result.exit_code == 2
    assert 'needs the package distributed, which is not installed. Install it with: pip install "centricity[lab]"' in (
        result.stderr
    )
    assert not (tmp_path / "out").exists()


def test_the_second_of_two_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with Lock(out):
        result = invoke(write(tmp_path), "--out", out)
    assert result.exit_code == 2
    assert "another process works there" in result.stderr


@pytest.mark.parametrize("error", [StoreError(Path("out"), OSError(28, "No space left")), KeyboardInterrupt()])
def test_what_ends_a_sweep_early_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def broken(*arguments: Any, **more: Any) -> SweepReport:
        raise error

    monkeypatch.setattr(package, "sweep", broken)
    result = invoke(write(tmp_path), "--out", tmp_path / "out")
    assert result.exit_code == (130 if isinstance(error, KeyboardInterrupt) else 1)
    assert f"What was finished is in {tmp_path / 'out'}" in result.stderr or "what was finished is in" in result.stderr
    assert "The same command goes on where it was:" in result.stderr


def test_lines_tell_done_failed_rate_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    lines = command._Lines()
    lines(SweepState(5, 1, 100, 2.0))
    assert capsys.readouterr().err == ""
    lines._last_time -= 60
    lines(SweepState(5, 1, 100, 2.0))
    assert capsys.readouterr().err == "6 of 100 runs, 1 failed, 2.0 a second, about 47 s left\n"
    lines._last_time -= 60
    lines(SweepState(5, 0, 100, 0.5))
    assert "30.0 a minute, about 3 min 10 s left" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals of this kind are not known here")
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_an_interrupted_command_leaves_whole_files_and_goes_on(tmp_path: Path, number: int) -> None:
    experiment = write(tmp_path, PLAIN.replace("replicates = 3", "replicates = 40"))
    out = tmp_path / "out"
    # a shell that runs the tests in the background may have told all of its processes to ignore Ctrl-C
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from sim.commands.cli import main; main()"
    words = [sys.executable, "-c", program, "sweep", str(experiment), "--workers", "2", "--out", str(out)]
    process = subprocess.Popen(words, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not list((out / "parts").glob("runs-*")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "The same command goes on where it was" in said
    assert "Traceback" not in said
    store = read_store(out)
    assert 0 < len(store.runs) < 240
    assert not [name for name in os.listdir(out) if ".partial" in name]


def test_every_experiment_that_ships_is_legal_and_small() -> None:
    shipped = files("experiments")
    expected = {"durability", "tornado", "regret-over-futures", "critical-mass", "attention-slivers", "oversight"}
    assert expected <= shipped.keys()
    for name in shipped:
        experiment = load_experiment(name)
        assert experiment.name == name
        assert all(experiment.texts.values()), name
        assert experiment.budget is not None
        assert Points(experiment).number * experiment.most_replicates <= 1000


def test_the_file_in_the_readme_is_legal() -> None:
    import tomllib

    from sim.lab.sweep.loading import read_experiment

    path = TOP / "experiments" / "README.md"
    if not path.is_file():
        pytest.skip("needs the checkout")
    (text,) = re.findall(r"```toml\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    experiment = read_experiment(tomllib.loads(text), "readme", path.parent, current(), Faults("README"))
    assert Points(experiment).number == 400
    assert len(experiment.factors) == 4


@pytest.mark.slow
@pytest.mark.parametrize("name", ["critical-mass", "oversight"])
def test_an_experiment_that_ships_runs(name: str, tmp_path: Path) -> None:
    smaller = ["--set", "employees.number=20", "--set", "customers.initial=30", "--set", "customers.market=40"]
    result = invoke(name, "--replicates", 1, "--weeks", 276, "--workers", 2, "--out", tmp_path / "out", *smaller)
    assert result.exit_code == 0, result.stderr
    store = read_store(tmp_path / "out")
    assert store.finished
    assert store.table()[store.manifest["objective"]].notna().any()
    assert data_of(tmp_path / "out")
    assert (
        sweeping.sweep(load_experiment(name, {"replicates": 1, "weeks": 276}, smaller[1::2]), tmp_path / "out").new == 0
    )
