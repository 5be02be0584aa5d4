"""Executors: where chunks are run. All give the same results, on different machines and at different speeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from types import TracebackType
from typing import Protocol, Self

from sim.lab.failure import Failure
from sim.lab.sweep.chunk_queue import ChunkQueue
from sim.lab.sweep.execution import Chunk, Position, Results, run_chunk
from sim.lab.worker_pool import WorkerPool
from sim.lab.worker_process import DIED, MOST_DEATHS, Death, Preparation, WorkerError, WorkerProcess


class ChunkError(RuntimeError):
    """A chunk failed outside of any run: the program is at fault, not a run."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"a worker process failed outside of any run: {failure.error}\n{failure.traceback}")


class Executor(Protocol):
    """Runs chunks, in any order."""

    name: str
    """What the manifest calls it."""

    workers: int
    """Number of chunks that are run at the same time."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def run(self, chunks: ChunkQueue) -> Generator[Results, None, None]:
        """Run all chunks; results come as they are finished."""
        ...


class InlineExecutor:
    """Everything in this process, for tests and debugging: no time limit holds, and a death ends the sweep."""

    name = "inline"
    workers = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def run(self, chunks: ChunkQueue) -> Generator[Results, None, None]:
        """Run all chunks, one after the other."""
        while (chunk := chunks.take()) is not None:
            results = run_chunk(chunk)
            chunks.record_duration(len(chunk.jobs), results.seconds)
            yield results


class ProcessExecutor:
    """Processes on this machine.

    Args:
        workers: Number of processes.
        prepare: What each of them does first.
    """

    name = "processes"

    def __init__(self, workers: int, prepare: Preparation | None = None) -> None:
        self.workers = workers
        self._pool = WorkerPool(workers, prepare)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes that are there now."""
        return self._pool.pids

    def run(self, chunks: ChunkQueue) -> Generator[Results, None, None]:
        """Run all chunks; each process takes the next one as soon as it is free.

        Raises:
            WorkerError: If no process can be had.
            ChunkError: If a chunk fails outside of any run.
        """

        def work(process: WorkerProcess, chunk: Chunk) -> Results:
            results = run_in_process(process, chunk)
            chunks.record_duration(len(chunk.jobs), results.seconds)
            return results

        return self._pool.run(chunks.take, work)


def run_in_process(process: WorkerProcess, chunk: Chunk) -> Results:
    """Have a chunk done, however many processes it takes.

    A run during which the process died is tried once more; a run that takes longer than its limit is not. The row of a run that
    is given up says why it has no results; everything else in the chunk is done. So the results of a chunk do not depend on
    where it was done, nor on what else happened there.

    Raises:
        WorkerError: If no process can be had, or it dies again and again outside of any run.
        ChunkError: If the chunk fails outside of any run.
        StoppedError: If the process was stopped.
    """
    limit = chunk.recipe.time_limit
    deaths: Counter[Position | None] = Counter()
    given_up = dict(chunk.given_up)
    while True:
        result = process.run(run_chunk, replace(chunk, given_up=given_up), announces=True, limit=limit)
        if isinstance(result, Failure):
            raise ChunkError(result)
        if not isinstance(result, Death):
            results: Results = result
            return results
        deaths[result.step] += 1
        if result.step is not None and result.overdue:
            given_up[result.step] = describe_timeout(limit)
        elif deaths[result.step] >= MOST_DEATHS:
            if result.step is None:
                raise WorkerError
            given_up[result.step] = DIED


def describe_timeout(limit: float) -> str:
    """Describe the failure of a run that did not end in time."""
    return f"took longer than the time limit of {limit:g} s: raise time_limit, or look at this run alone"
