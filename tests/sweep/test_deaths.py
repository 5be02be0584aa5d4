"""Death of the parent, of a worker, of a machine of the cluster: nothing finished is lost, nothing is done twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from sim.lab.sweep import load_experiment, read_store
from sim.lab.sweep.executors import ProcessExecutor
from sim.lab.sweep.progress import SweepState
from tests.sweep.examples import PLAIN, RUNNERS, data_of, leftovers, run, write
from tests.sweep.runners import MARKS

TOP = Path(__file__).parents[2]

MANY = PLAIN.replace("replicates = 3", "replicates = 20") + '\n[weekly]\noutcomes = ["practicing"]\nevery = 5\n'
"""Sixty jobs of two runs."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed by signal"),
]


def start(experiment: Path, out: Path, runner: str, where: str, **more: str) -> subprocess.Popen[bytes]:
    """A sweep in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.sweep.driver", str(experiment), str(out), f"{RUNNERS}:{runner}", where],
        cwd=TOP, env={**os.environ, **more}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def wait_until(condition: object, seconds: float = 60.0) -> None:
    """Wait until something is the case."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)


def number_of_parts(out: Path) -> int:
    """How many parts there are."""
    return len(list((out / "parts").glob("runs-*")))


def kill_again_and_again(tmp_path: Path, times: int, where: str, seed: int) -> None:
    """Kill a sweep at random moments until it is done, then compare it with one that was not killed."""
    experiment = write(tmp_path, MANY)
    run(load_experiment(experiment), tmp_path / "whole")
    marks = tmp_path / "marks"
    marks.mkdir()
    out = tmp_path / "out"
    rng = np.random.default_rng(seed)
    known: set[str] = set()
    for number in range(times):
        process = start(experiment, out, "slow", where, **{MARKS: str(marks)})
        before = number_of_parts(out)
        if number % 2:
            wait_until(lambda: number_of_parts(out) > before or process.poll() is not None)  # noqa: B023
            time.sleep(float(rng.uniform(0.0, 0.15)))
        else:
            time.sleep(float(rng.uniform(0.5, 2.5)))
        process.kill()
        process.communicate()
        if (out / "manifest.json").exists():
            runs = read_store(out).runs
            keys = {f"{point} {replicate}" for point, replicate in zip(runs["point"], runs["replicate"], strict=True)}
            assert known <= keys, "a finished run was lost"
            known = keys
        time.sleep(0.1)  # the workers end with their parent process
    finished = len(known)
    process = start(experiment, out, "smooth", where, **{MARKS: str(marks)})
    printed, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()
    assert printed.decode().split() == ["120", "0", str(120 - finished)]
    assert data_of(out) == data_of(tmp_path / "whole")
    assert leftovers(out) == []


def test_a_parent_killed_at_random_moments_loses_no_finished_chunk_and_repeats_none(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 2, "1", seed=1)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("where", ["inline", "2"])
def test_a_parent_killed_at_many_random_moments(tmp_path: Path, where: str) -> None:
    kill_again_and_again(tmp_path, 9, where, seed=2)


def test_of_two_processes_the_second_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    experiment = write(tmp_path, MANY)
    out = tmp_path / "out"
    first = start(experiment, out, "slow", "inline")
    wait_until(lambda: number_of_parts(out) > 0 or first.poll() is not None)
    _, errors = start(experiment, out, "slow", "inline").communicate(timeout=60)
    assert f"another process works there (process {first.pid}" in errors.decode()
    printed, errors = first.communicate(timeout=120)
    assert first.returncode == 0, errors.decode()
    assert printed.decode().split() == ["120", "0", "120"]


def test_workers_end_with_their_master(tmp_path: Path) -> None:
    experiment = write(tmp_path, MANY.replace("time_limit = 20", "time_limit = 1000"))
    process = start(experiment, tmp_path / "out", "slow", "2")
    wait_until(lambda: number_of_parts(tmp_path / "out") > 0)
    children = _children(process.pid)
    assert len(children) == 2
    process.kill()
    process.communicate()
    wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def _children(pid: int) -> list[int]:
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc to see who is there")
    text = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(word) for word in text.split()]


def test_a_killed_worker_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    experiment = load_experiment(write(tmp_path, MANY))
    run(experiment, tmp_path / "whole")
    executor = ProcessExecutor(2)
    killed: list[int] = []

    def watch(state: SweepState) -> None:
        if state.over >= 20 * (len(killed) + 1) and len(killed) < 3 and executor.pids:
            killed.append(executor.pids[-1])
            os.kill(killed[-1], signal.SIGKILL)

    outcome = run(experiment, tmp_path / "out", f"{RUNNERS}:slow", executor, watch)
    assert len(killed) == 3
    assert (outcome.done, outcome.failed) == (120, 0)
    assert data_of(tmp_path / "out") == data_of(tmp_path / "whole")


def test_an_interrupted_sweep_ends_its_workers_at_once(tmp_path: Path) -> None:
    executor = ProcessExecutor(2)
    pids: list[int] = []

    def watch(state: SweepState) -> None:
        if state.over:
            pids.extend(executor.pids)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(load_experiment(write(tmp_path, MANY)), tmp_path / "out", f"{RUNNERS}:slow", executor, watch)
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert read_store(tmp_path / "out").manifest["sessions"][-1]["ended"] == "interrupted"


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_dask_on_this_machine_gives_the_same_store(tmp_path: Path) -> None:
    experiment = write(tmp_path, MANY)
    run(load_experiment(experiment), tmp_path / "whole")
    process = start(experiment, tmp_path / "out", "slow", "local")
    printed, errors = process.communicate(timeout=200)
    assert process.returncode == 0, errors.decode()
    assert printed.decode().split() == ["120", "0", "120"]
    assert data_of(tmp_path / "out") == data_of(tmp_path / "whole")


def _silent(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """A process that says nothing, and finds this program."""
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=nowhere, stderr=nowhere)


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Two Dask workers and a scheduler on loopback, each a process of its own, in this order."""
    file = folder / "scheduler.json"
    common = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    scheduler = _silent([*common, *options], folder)
    workers: list[subprocess.Popen[bytes]] = []
    try:
        wait_until(file.exists)
        command = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file)]
        more = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        for number in range(2):
            local = ["--local-directory", str(folder / f"worker-{number}")]
            workers.append(_silent([*command, *more, *local], folder))
        yield json.loads(file.read_text())["address"], [*workers, scheduler]
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.communicate()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_cluster_that_loses_a_worker_in_the_middle_gives_the_same_store(tmp_path: Path) -> None:
    experiment = write(tmp_path, MANY)
    run(load_experiment(experiment), tmp_path / "whole")
    with cluster(tmp_path) as (address, processes):
        process = start(experiment, tmp_path / "out", "slow", address)
        wait_until(lambda: number_of_parts(tmp_path / "out") >= 3 or process.poll() is not None)
        processes[0].kill()
        printed, errors = process.communicate(timeout=200)
    assert process.returncode == 0, errors.decode()
    assert printed.decode().split() == ["120", "0", "120"]
    assert data_of(tmp_path / "out") == data_of(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_where_the_scheduler_dies_the_sweep_ends_and_goes_on_elsewhere(tmp_path: Path) -> None:
    experiment = write(tmp_path, MANY)
    run(load_experiment(experiment), tmp_path / "whole")
    out = tmp_path / "out"
    with cluster(tmp_path) as (address, processes):
        process = start(experiment, out, "slow", address)
        wait_until(lambda: number_of_parts(out) >= 2 or process.poll() is not None)
        processes[-1].kill()
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert f"ClusterError: the scheduler at {address} is gone" in errors.decode()
    assert 0 < len(read_store(out).runs) < 120
    assert run(load_experiment(experiment), out).failed == 0
    assert data_of(out) == data_of(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_hanging_and_dying_runs_are_dealt_with_on_a_cluster_too(tmp_path: Path) -> None:
    text = PLAIN.replace("low = 1.0\nhigh = 5.0", "values = [1.0, 2.0, 3.0, 4.0, 5.0]")
    text = text.replace("time_limit = 20", "time_limit = 3").replace("replicates = 3", "replicates = 1")
    experiment = write(tmp_path, text)
    run(load_experiment(experiment), tmp_path / "whole", f"{RUNNERS}:faulty", ProcessExecutor(2))
    with cluster(tmp_path) as (address, _):
        process = start(experiment, tmp_path / "out", "faulty", address)
        printed, errors = process.communicate(timeout=200)
    assert process.returncode == 0, errors.decode()
    assert printed.decode().split() == ["2", "8", "10"]
    assert data_of(tmp_path / "out") == data_of(tmp_path / "whole")
