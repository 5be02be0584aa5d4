"""The same work on a cluster, by Dask distributed: it finds the machines, and repeats what a lost machine had begun.

Each thread of the cluster has a :class:`~sim.lab.worker_process.WorkerProcess` of its own.
So a run that hangs or kills its process is dealt with on the spot, in the same way as on one machine.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from sim.lab.replicate import BURN_IN
from sim.lab.sweep.chunk_queue import ChunkQueue
from sim.lab.sweep.execution import Chunk, Results, run_chunk
from sim.lab.sweep.executors import run_in_process
from sim.lab.sweep.extras import require
from sim.lab.sweep.fingerprint import fingerprint
from sim.lab.worker_process import DIED, WorkerProcess
from sim.model.scenario import ScenarioError

LOCAL = "local"
"""Address that stands for a cluster on this machine alone, made for the occasion."""

AHEAD = 2
"""Chunks that wait for each thread of the cluster, so that no thread waits for work."""

WAIT = 5.0
"""Seconds between checks of which workers are there."""

CONNECT = 30.0
"""Seconds to wait for a scheduler to answer."""

_LOST = (OSError, asyncio.CancelledError, concurrent.futures.CancelledError)
"""What Dask raises when the scheduler does not answer any more."""

_LOGS = ("distributed", "distributed.client", "distributed.core", "distributed.scheduler", "distributed.worker")

_own = threading.local()
_workers: list[WorkerProcess] = []


class ClusterError(RuntimeError):
    """The cluster is gone."""


def run_in_own_process(chunk: Chunk) -> Results:
    """Run a chunk in the worker process that belongs to this thread of the cluster."""
    if not hasattr(_own, "worker"):
        _own.worker = WorkerProcess()
        _workers.append(_own.worker)
    worker: WorkerProcess = _own.worker
    return run_in_process(worker, chunk)


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
        ScenarioError: If Dask is not installed, or no scheduler answers.
    """

    def __init__(self, address: str, workers: int, notify: Callable[[str], None] = lambda text: None) -> None:
        self.name = "dask" if address != LOCAL else "dask local"
        self.workers = workers
        self._address = address
        self._notify = notify
        self._dask: Any = require("distributed", f"--cluster {address}")
        self._made: Any = None
        self._client: Any = None
        self._levels: dict[str, int] = {}

    def __enter__(self) -> Self:
        for name in _LOGS:  # what matters is reported in our own words
            logger = logging.getLogger(name)
            self._levels[name] = logger.level
            logger.setLevel(logging.CRITICAL)
        if self._address == LOCAL:
            self._made = self._dask.LocalCluster(
                n_workers=1, threads_per_worker=self.workers, processes=False, dashboard_address=None
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
        self._count()
        self._check_program()
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
        waiting: dict[Any, Chunk] = {}
        again: list[Chunk] = []
        try:
            looked = time.monotonic()
            while True:
                while len(waiting) < self.workers * AHEAD and (chunk := again.pop() if again else chunks.take()):
                    waiting[self._client.submit(run_in_own_process, chunk, pure=False)] = chunk
                if not waiting:
                    return
                for future in self._some_finished(waiting):
                    chunk = waiting.pop(future)
                    results, more = self._collect(future, chunk)
                    again += more
                    if results is not None:
                        chunks.record_duration(len(chunk.jobs), results.seconds)
                        yield results
                if time.monotonic() - looked > WAIT:
                    self._count()
                    looked = time.monotonic()
        finally:
            with contextlib.suppress(Exception):
                self._client.cancel(list(waiting), force=True)

    def _some_finished(self, waiting: dict[Any, Chunk]) -> list[Any]:
        """Futures that are finished; waits a little for the first."""
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
        return results, []

    def _count(self) -> None:
        """Note how many threads there are; say so if there are none."""
        try:
            threads = sum(self._client.nthreads().values())
        except (*_LOST, ValueError, TimeoutError) as error:
            raise ClusterError(f"the scheduler at {self._address} is gone") from error
        if not threads:
            self._notify(f"no workers at {self._address} yet: waiting. Start one with: dask worker {self._address}")
        self.workers = max(1, threads)

    def _check_program(self) -> None:
        """Refuse workers on which another program is installed."""
        if self._made is not None:
            return
        try:
            codes: dict[str, str] = self._client.run(fingerprint)
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise ScenarioError(
                [
                    f"--cluster: the workers at {self._address} cannot run this program ({said}). Install the same version "
                    "of centricity[lab] on them."
                ]
            ) from error
        different = sorted(worker for worker, code in codes.items() if code != fingerprint())
        if different:
            self._close()
            raise ScenarioError(
                [
                    f"--cluster: the worker {worker} must have the same versions as this machine, but has others. Install the "
                    "same Python, centricity, numpy, scipy, pandas and pyarrow on it."
                    for worker in different
                ]
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
