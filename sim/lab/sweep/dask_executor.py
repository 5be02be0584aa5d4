"""The same work on a cluster, by Dask distributed: it finds the machines, and repeats what a lost machine had begun.

Each thread of the cluster has a :class:`~sim.lab.worker_process.WorkerProcess` of its own.
So a run that hangs or kills its process is dealt with on the spot, in the same way as on one machine.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import re
import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from sim.lab.extras import require
from sim.lab.fingerprint import fingerprint
from sim.lab.replicate import BURN_IN
from sim.lab.sweep.chunk_queue import ChunkQueue
from sim.lab.sweep.execution import Chunk, Results, run_chunk
from sim.lab.sweep.executors import run_in_process
from sim.lab.worker_process import DIED, ClusterError, Death, StoppedError, WorkerProcess
from sim.model.scenario import ScenarioError
from sim.model.scenario.messages import quoted

LOCAL = "local"
"""Address that stands for a cluster on this machine alone, made for the occasion."""

AHEAD = 2
"""Chunks that wait for each thread of the cluster, so that no thread waits for work."""

WAIT = 5.0
"""Seconds between checks of which workers are there."""

CONNECT = 30.0
"""Seconds to wait for a scheduler to answer."""

_ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss|ucx)://)?(?:[\w.-]+|\[[0-9A-Fa-f:.%\w]+\]):(?P<port>\d{1,5})")

_LOST = (OSError, asyncio.CancelledError, concurrent.futures.CancelledError)
"""What Dask raises when the scheduler does not answer any more."""

_LOGS = ("distributed", "distributed.client", "distributed.core", "distributed.scheduler", "distributed.worker")

_SAME = "Install the same Python, centricity[lab], numpy, scipy, pandas and pyarrow on it."

_own = threading.local()
_workers: list[WorkerProcess] = []


@dataclass(frozen=True, slots=True)
class _Given:
    """A chunk, and the workers that it was given to."""

    chunk: Chunk
    workers: frozenset[str]


def _is_address(text: str) -> bool:
    """Whether a text has the form of the address of a scheduler."""
    match = _ADDRESS.fullmatch(text)
    return match is not None and 0 < int(match["port"]) < 65_536


def run_in_own_process(chunk: Chunk) -> Results:
    """Run a chunk in the worker process that belongs to this thread of the cluster."""
    return run_in_process(_own_worker(), chunk)


def _own_worker() -> WorkerProcess:
    """The worker process of this thread of the cluster."""
    if not hasattr(_own, "worker"):
        _own.worker = WorkerProcess()
        _workers.append(_own.worker)
    worker: WorkerProcess = _own.worker
    return worker


def do_in_own_process(work: Callable[[Any], Any], task: object) -> Any:
    """Do a task in the worker process that belongs to this thread of the cluster."""
    return _own_worker().run(work, task)


def stop_workers() -> None:
    """End all worker processes that threads of this process have started."""
    while _workers:
        _workers.pop().stop()


class DaskExecutor:
    """A cluster of Dask workers.

    Args:
        address: Address of its scheduler, such as ``tcp://10.0.0.1:8786``, or :data:`LOCAL`.
        workers: Number of workers where the cluster is made here; it has its own elsewhere.
        notify: Called with a message for the user.

    Raises:
        ScenarioError: If that is no address, Dask is not installed, or no scheduler answers.
    """

    def __init__(self, address: str, workers: int, notify: Callable[[str], None] = lambda text: None) -> None:
        self.name = "dask" if address != LOCAL else "dask local"
        self.workers = workers
        self._address = address
        self._notify = notify
        if address != LOCAL and not _is_address(address):
            raise ScenarioError(
                [
                    f"--cluster must be {LOCAL}, or the address of a Dask scheduler as tcp://HOST:PORT, got "
                    f"{quoted(address)}. `dask scheduler` shows its address when it starts."
                ]
            )
        self._dask: Any = require("distributed", f"--cluster {address}", "lab")
        self._made: Any = None
        self._client: Any = None
        self._levels: dict[str, int] = {}
        self._good: set[str] = set()
        self._passed_over: set[str] = set()
        self._counting = threading.Lock()

    def __enter__(self) -> Self:
        for name in _LOGS:  # what matters is reported in our own words
            logger = logging.getLogger(name)
            self._levels[name] = logger.level
            logger.setLevel(logging.CRITICAL)
        if self._address == LOCAL:
            self._made = self._dask.LocalCluster(
                n_workers=1,
                threads_per_worker=self.workers,
                processes=False,
                dashboard_address=None,
                scheduler_kwargs={"dashboard_address": ":0"},  # any port that is free: several may run here at once
            )
        try:
            self._client = self._dask.Client(self._made or self._address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            self._close()
            raise ScenarioError(
                [
                    f"--cluster must be {LOCAL}, or the address of a Dask scheduler that answers within {CONNECT:g} s, got "
                    f"{self._address} ({' '.join(str(error).split())[:200]}). Start one with: dask scheduler"
                ]
            ) from error
        try:
            self._count()
            self._refuse_if_none_fits()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def run(self, chunks: ChunkQueue) -> Generator[Results, None, None]:
        """Run all chunks; those that a lost machine had begun are begun again elsewhere.

        Raises:
            ClusterError: If the scheduler is gone.
        """
        waiting: dict[Any, _Given] = {}
        again: list[Chunk] = []
        try:
            looked = time.monotonic()
            while True:
                while (
                    self._fit
                    and len(waiting) < self.workers * AHEAD
                    and (chunk := again.pop() if again else chunks.take()) is not None
                ):
                    waiting[self._submit(run_in_own_process, chunk)] = _Given(chunk, frozenset(self._good))
                if not waiting and self._fit:
                    return
                for future in self._some_finished(waiting):
                    chunk = waiting.pop(future).chunk
                    results, more = self._collect(future, chunk)
                    again += more
                    if results is not None:
                        chunks.record_duration(len(chunk.jobs), results.seconds)
                        yield results
                if time.monotonic() - looked > WAIT:
                    self._count()
                    again += self._take_back(waiting)
                    looked = time.monotonic()
        finally:
            with contextlib.suppress(Exception):
                self._client.cancel(list(waiting), force=True)

    def call(self, work: Callable[[Any], Any], task: object, stopped: threading.Event) -> Any:
        """Have a task done, in any thread: by another worker if the one that had begun it is lost.

        Args:
            work: A function that another process can import.
            task: What to do; it can be pickled.
            stopped: Set when nobody waits for the result any more.

        Raises:
            ClusterError: If the scheduler is gone.
            StoppedError: If that was set.
        """
        while not stopped.is_set():
            given = frozenset(self._good)
            future = self._submit(do_in_own_process, work, task) if self._fit else None
            while not stopped.wait(0.0 if future is not None else WAIT):
                try:
                    if future is not None:
                        return future.result(timeout=WAIT)
                except self._dask.KilledWorker:
                    return Death()
                except (TimeoutError, self._dask.TimeoutError):
                    pass
                except _LOST as error:
                    raise ClusterError(f"the scheduler at {self._address} is gone") from error
                with self._counting:
                    self._count()
                if future is None or (self._made is None and not given & self._good and not future.done()):
                    break
            if future is not None:
                with contextlib.suppress(*_LOST):
                    self._client.cancel([future], force=True)
        raise StoppedError

    @property
    def _fit(self) -> bool:
        """Whether there is a worker that may be given work."""
        return self._made is not None or bool(self._good)

    def _submit(self, work: Callable[..., Any], *given: object) -> Any:
        """Give work to any of the workers that run the same program."""
        only = {} if self._made is not None else {"workers": sorted(self._good), "allow_other_workers": False}
        return self._client.submit(work, *given, pure=False, **only)

    def _take_back(self, waiting: dict[Any, _Given]) -> list[Chunk]:
        """Chunks that nobody can finish any more, because every worker that they were given to is gone."""
        if self._made is not None:
            return []
        stuck = [future for future, given in waiting.items() if not given.workers & self._good and not future.done()]
        if stuck:
            with contextlib.suppress(*_LOST):
                self._client.cancel(stuck, force=True)
        return [waiting.pop(future).chunk for future in stuck]

    def _some_finished(self, waiting: dict[Any, _Given]) -> list[Any]:
        """Futures that are finished; waits a little for the first."""
        if not waiting:  # nobody is there to work
            time.sleep(WAIT)
        try:
            with self._client.as_current(), contextlib.suppress(TimeoutError, self._dask.TimeoutError):
                self._dask.wait(list(waiting), timeout=WAIT, return_when="FIRST_COMPLETED")
        except _LOST as error:
            raise ClusterError(f"the scheduler at {self._address} is gone") from error
        if self._client.status != "running":
            raise ClusterError(f"the scheduler at {self._address} is gone")
        return [future for future in waiting if future.done()]

    def _collect(self, future: Any, chunk: Chunk) -> tuple[Results | None, list[Chunk]]:
        """Results of a finished future, or smaller chunks to try in its place."""
        try:
            results: Results = future.result()
        except self._dask.KilledWorker:
            if len(chunk.jobs) > 1:
                return None, [replace(chunk, jobs=(job,)) for job in chunk.jobs]
            given_up = replace(chunk, given_up={(0, BURN_IN): DIED})
            return run_chunk(given_up), []
        except _LOST as error:
            raise ClusterError(f"the scheduler at {self._address} is gone") from error
        if self._made is None and results.code != fingerprint():
            self._greet(self._good)  # one of them is not what it was
            return None, [chunk]
        return results, []

    def _count(self) -> None:
        """Note how many threads there are, of workers that fit; say so if there are none."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except (*_LOST, ValueError, TimeoutError) as error:
            raise ClusterError(f"the scheduler at {self._address} is gone") from error
        self._good &= threads.keys()
        self._passed_over &= threads.keys()
        if self._made is not None:
            self._good = set(threads)
        elif new := threads.keys() - self._good - self._passed_over:
            self._greet(new)
        fit = sum(number for worker, number in threads.items() if worker in self._good)
        if not fit:
            self._notify(f"no workers at {self._address} yet: waiting. Start one with: dask worker {self._address}")
        self.workers = max(1, fit)

    def _greet(self, workers: Iterable[str]) -> None:
        """Ask workers which program they run; those with another one are named, and given nothing.

        One that does not answer, because it has just died, is asked again if it is still there the next time.
        """
        for worker in sorted(workers):
            said = self._ask(worker)
            self._good.discard(worker)
            if said == fingerprint():
                self._good.add(worker)
            elif said:
                self._passed_over.add(worker)
                self._notify(f"the worker {worker} is passed over: {said}")

    def _ask(self, worker: str) -> str:
        """Fingerprint of the program of a worker, or why it cannot be had; empty if it is gone."""
        try:
            answers = self._client.run(fingerprint, workers=[worker], on_error="return")
        except (*_LOST, TimeoutError, ValueError) as error:
            if self._client.status != "running":
                raise ClusterError(f"the scheduler at {self._address} is gone") from error
            return ""
        except Exception as error:  # what another version of Python sends may not even be an error here
            answers = {worker: error}
        answer = answers.get(worker, "")
        if isinstance(answer, (*_LOST, TimeoutError)):
            return ""
        if isinstance(answer, BaseException):
            words = " ".join(f"{type(answer).__name__}: {answer}".split())[:200]
            return f"it cannot run this program ({words}). {_SAME}"
        return answer if answer in ("", fingerprint()) else f"it has other versions than this machine. {_SAME}"

    def _refuse_if_none_fits(self) -> None:
        """Refuse a cluster whose workers all run another program."""
        if self._made is None and self._passed_over and not self._good:
            names = ", ".join(sorted(self._passed_over))
            raise ScenarioError(
                [f"--cluster: a worker must have the same versions as this machine, but {names} have others. {_SAME}"]
            )

    def _close(self) -> None:
        """Leave the cluster; end it if it was made here. Workers elsewhere end by themselves when nothing comes."""
        if self._made is not None:
            stop_workers()
        for part in (self._client, self._made):
            if part is not None:
                with contextlib.suppress(Exception):
                    part.close()
        self._client = self._made = None
        while self._levels:
            name, level = self._levels.popitem()
            logging.getLogger(name).setLevel(level)
