"""A worker process always gives results: whatever happens in it, and however often it has to be replaced."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sim.lab.fingerprint import DECISIVE, fingerprint
from sim.lab.sweep.chunk_queue import MOST_JOBS, WORTH, ChunkQueue
from sim.lab.sweep.execution import Chunk, Recipe
from sim.lab.sweep.executors import ChunkError, describe_timeout, run_in_process
from sim.lab.sweep.points import Points
from sim.lab.sweep.progress import Meter
from sim.lab.worker_process import DIED, StoppedError, WorkerError, WorkerProcess
from tests.sweep.examples import PLAIN, RUNNERS, load


def chunk(folder: Path, runner: str, *values: float, limit: float = 2.0) -> Chunk:
    """One job a value of ``norm.sharpness``."""
    text = PLAIN.replace("low = 1.0\nhigh = 5.0", f"values = {list(values)}")
    experiment = load(folder, text.replace("time_limit = 20", f"time_limit = {limit}"))
    points = Points(experiment)
    jobs = tuple(points.job(world, 0) for world in range(points.worlds))
    return Chunk(replace(Recipe.of(experiment), runner=f"{RUNNERS}:{runner}"), jobs)


def errors(results: object) -> list[str]:
    """Errors of the runs, in order."""
    from io import BytesIO

    import pandas as pd

    frame = pd.read_parquet(BytesIO(results.runs))  # type: ignore[attr-defined]
    return list(frame["error"])


@pytest.mark.slow
def test_results_survive_everything_that_a_process_does(tmp_path: Path) -> None:
    worker = WorkerProcess()
    try:
        results = run_in_process(worker, chunk(tmp_path, "faulty", 1.0, 3.0, 4.0, 2.0, 1.5))
        assert results.code == fingerprint()
        said = errors(results)[::2]
        assert said == ["", describe_timeout(2.0), DIED, "ZeroDivisionError: no such number", ""]
        pid = worker.pid
        assert errors(run_in_process(worker, chunk(tmp_path, "smooth", 1.0))) == ["", ""]
        assert worker.pid == pid  # the same process goes on
    finally:
        worker.stop()
    assert worker.pid is None


def test_where_no_process_can_begin_the_message_has_its_last_error_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false" if os.name != "nt" else "where")
    with pytest.raises(WorkerError, match=r"died before they began to work.*workers=1"):
        run_in_process(WorkerProcess(), chunk(tmp_path, "smooth", 1.0))


def test_a_runner_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    worker = WorkerProcess()
    try:
        with pytest.raises(ChunkError, match="failed outside of any run: AttributeError"):
            run_in_process(worker, chunk(tmp_path, "nobody", 1.0))
    finally:
        worker.stop()


def test_a_worker_process_can_be_stopped_in_the_middle(tmp_path: Path) -> None:
    worker = WorkerProcess()
    work = chunk(tmp_path, "faulty", 3.0, limit=60)
    timer = threading.Timer(2.0, worker.stop)
    timer.start()
    with pytest.raises(StoppedError):
        run_in_process(worker, work)
    timer.join()
    with pytest.raises(StoppedError):
        run_in_process(worker, work)


def test_chunks_grow_until_they_are_worth_it_and_shrink_at_the_end(tmp_path: Path) -> None:
    experiment = load(tmp_path)
    points = Points(experiment)
    job = points.job(0, 0)
    chunks = ChunkQueue(Recipe.of(experiment), (job for _ in range(100)), 100, lambda: 2)
    sizes = []
    while (taken := chunks.take()) is not None:
        sizes.append(len(taken.jobs))
        chunks.record_duration(len(taken.jobs), 0.035 * len(taken.jobs))
    assert sum(sizes) == 100
    assert sizes[0] == 1
    assert max(sizes) == int(WORTH / 0.035)
    assert sizes[-1] == 1
    long = ChunkQueue(Recipe.of(experiment), (job for _ in range(9)), 9, lambda: 1)
    long.record_duration(1, 5.0)
    taken = long.take()
    assert taken is not None
    assert len(taken.jobs) == 1
    many = ChunkQueue(Recipe.of(experiment), (job for _ in range(10_000)), 10_000, lambda: 1)
    many.record_duration(1, 1e-9)
    taken = many.take()
    assert taken is not None
    assert len(taken.jobs) == MOST_JOBS


def test_the_meter_tells_rate_and_time_left() -> None:
    now = 0.0
    meter = Meter(10, 0, lambda: now)
    assert meter.state(110).seconds_left is None
    for _ in range(5):
        now += 2.0
        meter.add(3, 1)
    state = meter.state(110)
    assert (state.done, state.failed, state.over) == (25, 5, 30)
    assert state.rate == 2.0
    assert state.seconds_left == 40.0


def test_all_source_that_a_worker_imports_counts_or_is_known_not_to() -> None:
    """A module that can change a number must be part of the fingerprint."""
    import subprocess

    program = (
        "import sys, types, sim\n"
        "for name in ('lab', 'analysis'):\n"  # their own front doors bring along what no worker asks for
        "    bare = sys.modules['sim.' + name] = types.ModuleType('sim.' + name)\n"
        "    bare.__path__ = [f'{sim.__path__[0]}/{name}']\n"
        "import sim.lab.worker_main, sim.lab.sweep.execution; from sim.model.registry import current; current()\n"
        "print('\\n'.join(name for name in sys.modules if name.startswith('sim.')))"
    )
    top = Path(__file__).parents[2]
    listed = subprocess.run([sys.executable, "-c", program], cwd=top, capture_output=True, text=True, check=True).stdout
    for name in set(listed.split()) - {"sim.analysis", "sim.lab"}:
        place = name.removeprefix("sim.").replace(".", "/")
        assert f"{place}.py".startswith(DECISIVE) or f"{place}/".startswith(DECISIVE), name


@pytest.mark.slow
def test_the_environment_changes_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither ``python -O``, which leaves out assertions, nor warnings as errors, nor the backend of a notebook."""
    for name, value in (("PYTHONOPTIMIZE", "2"), ("PYTHONWARNINGS", "error"), ("MPLBACKEND", "module://nowhere")):
        monkeypatch.setenv(name, value)
    process = WorkerProcess(ignore)
    try:
        assert process.run(environment, None) == (2, "agg", [])
    finally:
        process.stop()


def ignore(lock: object) -> None:
    """Prepare nothing."""


def environment(_: object) -> tuple[int, str, list[str]]:
    """What a worker finds: how far Python optimizes, the backend of pictures, options about warnings."""
    return sys.flags.optimize, os.environ["MPLBACKEND"], sys.warnoptions
