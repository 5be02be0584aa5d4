"""Work in processes: the order of results, failures, deaths, and the end of all processes."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from sim.lab import worker_pool
from sim.lab.failure import Failure
from sim.lab.task import prepare_worker
from sim.lab.worker_pool import WorkerPool, run_tasks
from sim.lab.worker_process import DIED, WorkerError

Order = tuple[str, Path, int]
"""What to do, a folder to leave marks in, and a number."""


def work(order: Order) -> int:
    """Square a number, or fail, or die."""
    what, folder, number = order
    mark = folder / f"{what}-{number}"
    if what == "fail":
        raise ValueError("no such\nnumber")
    if what == "die" or (what == "die once" and not mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


@pytest.mark.parametrize("workers", [1, 2])
def test_results_keep_the_order_of_the_tasks_and_failures_their_place(tmp_path: Path, workers: int) -> None:
    reported: list[int] = []
    tasks: list[Order] = [("do", tmp_path, 2), ("fail", tmp_path, 0), ("do", tmp_path, 3)]
    first, failed, last = run_tasks(work, tasks, workers, reported.append)
    assert (first, last) == (4, 9)
    assert isinstance(failed, Failure)
    assert failed.error == "ValueError: no such number"
    assert "in work" in failed.traceback
    assert reported == [1, 2, 3]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed by signal")
def test_a_killed_worker_is_replaced_and_only_a_task_that_kills_twice_is_given_up(tmp_path: Path) -> None:
    tasks: list[Order] = [("do", tmp_path, 1), ("die once", tmp_path, 2), ("die", tmp_path, 3), ("do", tmp_path, 4)]
    results = run_tasks(work, tasks, workers=2)
    assert results == [1, 4, Failure(DIED), 16]


def test_an_interrupt_ends_all_workers_at_once(tmp_path: Path) -> None:
    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    tasks: list[Order] = [("do", tmp_path, number) for number in range(6)]
    with WorkerPool(2) as pool:
        with pytest.raises(KeyboardInterrupt):
            run_tasks(work, tasks, 2, interrupt, pool)
        pids = pool.pids
        assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


LARGE_AND_INTERRUPTED = """
import os, signal, sys, threading
from sim.lab.worker_pool import run_tasks

def interrupt_soon(done):
    if done == 1:
        threading.Timer(float(sys.argv[1]), os.kill, (os.getpid(), signal.SIGINT)).start()

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run_tasks(bytes, [40_000_000] * 1000, 2, interrupt_soon)
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.parametrize("delay", [0.05, 0.08, 0.1, 0.15])
def test_an_interrupt_amid_large_results_waits_for_nobody(tmp_path: Path, delay: float) -> None:
    script = tmp_path / "large.py"
    script.write_text(LARGE_AND_INTERRUPTED)
    environment = {**os.environ, "PYTHONPATH": str(Path(worker_pool.__file__).parents[2]), "TMPDIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, str(script), str(delay)],
        capture_output=True, text=True, timeout=60, env=environment, check=False,
    )  # fmt: skip
    assert ended.stdout == "interrupted\n", ended.stderr
    assert not list(tmp_path.glob("centricity-*"))


def test_where_no_worker_can_be_started_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false" if os.name != "nt" else "where")
    with pytest.raises(WorkerError, match="workers=1"):
        run_tasks(work, [("do", tmp_path, 1), ("do", tmp_path, 2)], workers=2)
    with WorkerPool(2) as pool, pytest.raises(WorkerError, match="workers=1"):
        pool.wait_until_ready()


def who(seconds: float) -> int:
    """Number of the process that does this."""
    time.sleep(seconds)
    return os.getpid()


def test_a_pool_stays_from_one_piece_of_work_to_the_next() -> None:
    with WorkerPool(2) as pool:
        first, second = (set(run_tasks(who, [0.1] * 6, 2, pool=pool)) for _ in range(2))
        assert first | second <= set(pool.pids)
    assert os.getpid() not in first
    assert len(first | second) <= 2
    assert pool.pids == []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed by signal")
def test_a_pool_that_lost_a_worker_goes_on_with_others(tmp_path: Path) -> None:
    with WorkerPool(2) as pool:
        tasks: list[Order] = [("die once", tmp_path, 1), ("do", tmp_path, 2)]
        assert run_tasks(work, tasks, 2, pool=pool) == [1, 4]
        assert run_tasks(work, [("do", tmp_path, 3), ("do", tmp_path, 4)], 2, pool=pool) == [9, 16]


_prepared: list[bool] = []


def prepare(lock: AbstractContextManager[Any]) -> None:
    """What a worker does first."""
    with lock:
        _prepared.append(True)
    raise RuntimeError("and fails at it")


def how_often(_: int) -> int:
    """How often this process has prepared itself."""
    return len(_prepared)


def test_each_worker_prepares_once_and_what_fails_then_stops_nobody() -> None:
    with WorkerPool(2, prepare) as pool:
        assert run_tasks(how_often, [0] * 4, 2, pool=pool) == [1] * 4


def imported(_: int) -> list[str]:
    """What this process has imported of all that takes long."""
    return [name for name in ("numba", "pandas", "pyarrow", "matplotlib", "rich", "mesa") if name in sys.modules]


@pytest.mark.slow
def test_a_worker_is_ready_without_what_it_takes_to_read_results() -> None:
    with WorkerPool(2, prepare_worker) as pool:
        assert run_tasks(imported, [0, 0], 2, pool=pool) == [[]] * 2  # nor Numba: kept code needs none


def test_nothing_to_do_is_done() -> None:
    assert run_tasks(work, [], workers=4) == []


def threads(_: int) -> tuple[str, str]:
    """How many threads this process allows two libraries of linear algebra."""
    return os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"]


def test_threads_of_linear_algebra_are_limited_in_workers_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert run_tasks(threads, [0, 0], 2) == [("7", "1")] * 2
    assert "OPENBLAS_NUM_THREADS" not in os.environ


def test_what_cannot_be_sent_fails_alone(tmp_path: Path) -> None:
    """A task or a result that cannot be pickled is that task's failure."""
    tasks: list[Any] = [("do", tmp_path, 2), ("do", tmp_path, lambda: 0), ("do", tmp_path, 3)]
    first, failed, last = run_tasks(work, tasks, 2)
    assert (first, last) == (4, 9)
    assert isinstance(failed, Failure)
    assert "pickle" in failed.error
    unsendable = run_tasks(give_lock, [0, 1], 2)
    assert all(isinstance(each, Failure) and "pickle" in each.error for each in unsendable)


def give_lock(_: int) -> object:
    """A result that no pipe carries."""
    return threading.Lock()


def warn(number: int) -> int:
    """Log a warning, and say something that nobody asked for."""
    print("on standard output")
    logging.getLogger("centricity.worker").warning("number %d", number)
    return number


def test_warnings_of_workers_reach_the_log_of_this_process(caplog: pytest.LogCaptureFixture) -> None:
    assert run_tasks(warn, [1, 2], 2) == [1, 2]
    logged = [(record.name, record.getMessage()) for record in caplog.records]
    assert sorted(logged) == [("centricity.worker", "number 1"), ("centricity.worker", "number 2")]


def hold(lock: AbstractContextManager[Any]) -> None:
    """Hold the lock for a while."""
    with lock:
        _held.append(time.time())
        time.sleep(0.3)
        _held.append(time.time())


_held: list[float] = []


def when_held(_: int) -> tuple[float, ...]:
    """From when to when this process held the lock."""
    time.sleep(0.2)
    return tuple(_held)


def test_workers_share_a_lock_and_a_death_sets_it_free() -> None:
    with WorkerPool(2, hold) as pool:
        (start, end), (other_start, other_end) = sorted(set(run_tasks(when_held, [0] * 6, 2, pool=pool)))
    assert end <= other_start < other_end
    assert start < end
