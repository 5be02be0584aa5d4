"""Workers of a cluster that die during the greeting, have another program, or come later; addresses that are none.

A stand-in for Dask's client is enough: what counts is who is asked, and who is given work.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.lab.fingerprint import fingerprint
from sim.lab.sweep import dask_executor
from sim.lab.sweep.dask_executor import DaskExecutor
from sim.lab.worker_process import ClusterError, StoppedError
from sim.model.scenario import ScenarioError
from tests.sweep.examples import data_of, load, run

ADDRESS = "tcp://10.0.0.1:8786"


class Cluster:
    """Workers by name, with what each answers when it is asked for its program, and the work that each was given."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.given: dict[str, int] = {}
        self.status = "running"
        self.rounds = 0
        self.after: dict[int, Callable[[], None]] = {}

    def nthreads(self) -> dict[str, int]:
        self.rounds += 1
        self.after.pop(self.rounds, lambda: None)()
        return dict.fromkeys(self.answers, 1)

    def run(self, function: Any, workers: list[str], on_error: str) -> dict[str, Any]:
        assert (function, on_error) == (fingerprint, "return")
        answer = self.answers[workers[0]]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return {workers[0]: answer}

    def submit(self, function: Any, chunk: Any, pure: bool, workers: list[str], allow_other_workers: bool) -> Any:
        assert not pure and not allow_other_workers and workers
        return Future(self, chunk, workers)

    def cancel(self, futures: list[Any], force: bool) -> None:
        return

    def as_current(self) -> Any:
        return self

    def __enter__(self) -> None:
        return

    def __exit__(self, *error: object) -> None:
        return

    def close(self) -> None:
        return


class Future:
    """Work for one of several workers; done once one of them is there."""

    def __init__(self, cluster: Cluster, chunk: Any, workers: list[str]) -> None:
        self.cluster, self.chunk, self.workers = cluster, chunk, workers

    def done(self) -> bool:
        return bool(set(self.workers) & self.cluster.answers.keys())

    def result(self) -> Any:
        from dataclasses import replace

        from sim.lab.sweep.execution import run_chunk

        worker = next(name for name in self.workers if name in self.cluster.answers)
        self.cluster.given[worker] = self.cluster.given.get(worker, 0) + 1
        answer = self.cluster.answers[worker]
        code = answer[-1] if isinstance(answer, list) else answer
        return replace(run_chunk(self.chunk, lambda position: None), code=code)


@pytest.fixture(name="cluster")
def _cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster()

    class KilledWorkerError(Exception):
        pass

    module = SimpleNamespace(
        Client=lambda *_, **__: cluster,
        wait=lambda *_, **__: None,
        TimeoutError=TimeoutError,
        KilledWorker=KilledWorkerError,
    )
    monkeypatch.setattr(dask_executor, "require", lambda *_: module)
    monkeypatch.setattr(dask_executor, "WAIT", 0.0)
    return cluster


def sweep(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Data of a sweep on the cluster, and what was said."""
    said: list[str] = []
    executor = DaskExecutor(ADDRESS, 2, said.append)
    assert run(load(folder), folder / "out", executor=executor).done == 18
    return data_of(folder / "out"), said


def test_a_worker_that_dies_during_the_greeting_is_asked_again_or_forgotten(tmp_path: Path, cluster: Cluster) -> None:
    run(load(tmp_path), tmp_path / "alone")
    cluster.answers = {"tcp://a:1": [OSError("closed"), fingerprint()], "tcp://b:1": OSError("closed")}
    cluster.after = {2: lambda: cluster.answers.pop("tcp://b:1") and None}
    data, said = sweep(tmp_path)
    assert data == data_of(tmp_path / "alone")
    assert not any("passed over" in text for text in said)
    assert cluster.given.keys() == {"tcp://a:1"}


@pytest.mark.parametrize("other", ["0123", TypeError("code() argument 13 must be str"), SyntaxError("match")])
@pytest.mark.parametrize("later", [True, False])
def test_a_worker_with_another_program_is_named_and_passed_over(
    tmp_path: Path, cluster: Cluster, other: Any, later: bool
) -> None:
    cluster.answers = {"tcp://b:1": fingerprint()}
    if later:
        cluster.after = {2: lambda: cluster.answers.update({"tcp://a:1": other})}
    else:
        cluster.answers["tcp://a:1"] = other
    _, said = sweep(tmp_path)
    assert cluster.given.keys() == {"tcp://b:1"}
    (text,) = said
    assert text.startswith("the worker tcp://a:1 is passed over: it ") and "Install the same Python" in text


def test_where_no_worker_fits_the_cluster_is_refused(tmp_path: Path, cluster: Cluster) -> None:
    cluster.answers = {"tcp://a:1": "0123", "tcp://b:1": "0123"}
    with pytest.raises(ScenarioError, match=r"but tcp://a:1, tcp://b:1 have others. Install the same Python"):
        sweep(tmp_path)


def test_results_of_another_program_are_dropped_and_done_again(tmp_path: Path, cluster: Cluster) -> None:
    run(load(tmp_path), tmp_path / "alone")
    cluster.answers = {"tcp://a:1": [fingerprint(), "changed"], "tcp://b:1": fingerprint()}
    data, said = sweep(tmp_path)
    assert data == data_of(tmp_path / "alone")
    assert [text for text in said if text.startswith("the worker tcp://a:1 is passed over")]


def test_work_of_workers_that_are_gone_is_given_to_others(tmp_path: Path, cluster: Cluster) -> None:
    run(load(tmp_path), tmp_path / "alone")
    cluster.answers = {"tcp://a:1": fingerprint()}

    def replaced() -> None:
        cluster.answers = {"tcp://b:1": fingerprint()}

    cluster.after = {2: replaced}
    submit = cluster.submit

    def late(*arguments: Any, **more: Any) -> Any:
        future = submit(*arguments, **more)
        done = future.done
        future.done = lambda: cluster.rounds > 1 and done()
        return future

    cluster.submit = late  # type: ignore[method-assign]
    data, _ = sweep(tmp_path)
    assert data == data_of(tmp_path / "alone")
    assert cluster.given.keys() == {"tcp://b:1"}


@pytest.mark.parametrize("error", [OSError("gone"), asyncio.CancelledError()])
def test_a_scheduler_that_is_gone_ends_the_sweep_in_words(
    tmp_path: Path, cluster: Cluster, error: BaseException
) -> None:
    def gone() -> dict[str, int]:
        raise error

    cluster.nthreads = gone  # type: ignore[method-assign]
    with pytest.raises(ClusterError, match=r"the scheduler at .* is gone"):
        sweep(tmp_path)


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "tcp://", "tcp://host", "http://host:80", "host:", "host:0", "host:65536", "tcp://a b:1", ":8786",
     "tcp://host:8786/", "\x1b[31m:1", "tcp://host:port"],
)  # fmt: skip
def test_addresses_that_are_none_are_refused_by_their_form(tmp_path: Path, cluster: Cluster, address: str) -> None:
    with pytest.raises(
        ScenarioError, match="--cluster must be local, or the address of a Dask scheduler as tcp://HOST:PORT"
    ):
        DaskExecutor(address, 2)


@pytest.mark.parametrize("address", ["local", "host:8786", ADDRESS, "tls://a-b.example.org:1", "tcp://[::1]:8786"])
def test_addresses_that_may_be_some(cluster: Cluster, address: str) -> None:
    DaskExecutor(address, 2)


class TaskFuture:
    """A task for one of several workers; nobody answers while none of them is there."""

    def __init__(self, cluster: Cluster, workers: list[str]) -> None:
        self.cluster, self.workers = cluster, workers

    def done(self) -> bool:
        return bool(set(self.workers) & self.cluster.answers.keys())

    def result(self, timeout: float) -> list[str]:
        del timeout
        if not self.done():
            raise TimeoutError
        return self.workers


def test_a_task_of_a_worker_that_is_lost_is_done_by_another(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "submit", lambda *_, workers, **__: TaskFuture(cluster, workers))
    cluster.answers = {"tcp://a:1": fingerprint()}

    def lose() -> None:
        cluster.answers = {"tcp://b:1": fingerprint()}

    with DaskExecutor(ADDRESS, 2) as executor:
        assert executor.call(str, 1, threading.Event()) == ["tcp://a:1"]
        cluster.answers = {}
        cluster.after = {cluster.rounds + 2: lose}
        assert executor.call(str, 1, threading.Event()) == ["tcp://b:1"]
        ended = threading.Event()
        ended.set()
        with pytest.raises(StoppedError):
            executor.call(str, 1, ended)
        cluster.status = "closed"
        monkeypatch.setattr(cluster, "submit", lambda *_, **__: SimpleNamespace(result=_fail, done=lambda: False))
        with pytest.raises(ClusterError, match="is gone"):
            executor.call(str, 1, threading.Event())


def _fail(timeout: float) -> None:
    raise OSError(f"closed within {timeout}")
