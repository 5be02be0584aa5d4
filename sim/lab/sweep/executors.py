"""Executors: where chunks are run. All give the same results, on different machines and at different speeds."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator
from dataclasses import replace
from types import TracebackType
from typing import Protocol, Self

from sim.lab.sweep.chunk_queue import ChunkQueue
from sim.lab.sweep.execution import Results, run_chunk
from sim.lab.sweep.fingerprint import fingerprint
from sim.lab.sweep.worker_process import StoppedError, WorkerProcess


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
            results = replace(run_chunk(chunk, lambda position: None), code=fingerprint())
            chunks.record_duration(len(chunk.jobs), results.seconds)
            yield results


class ProcessExecutor:
    """Processes on this machine.

    Args:
        workers: Number of processes.
    """

    name = "processes"

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._processes = [WorkerProcess() for _ in range(workers)]
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for process in self._processes:
            process.stop()
        for thread in self._threads:
            thread.join()

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes that are there now."""
        return [pid for process in self._processes if (pid := process.pid) is not None]

    def run(self, chunks: ChunkQueue) -> Generator[Results, None, None]:
        """Run all chunks; each process takes the next one as soon as it is free.

        Raises:
            WorkerProcessError: If no process can be had, or one fails outside of any run.
        """
        finished: queue.Queue[Results | BaseException | None] = queue.Queue(maxsize=4 * self.workers)
        self._threads = [
            threading.Thread(target=self._feed, args=(process, chunks, finished), daemon=True)
            for process in self._processes
        ]
        for thread in self._threads:
            thread.start()
        busy = len(self._threads)
        while busy:
            try:
                message = finished.get(timeout=1.0)  # Windows looks for Ctrl-C only in between
            except queue.Empty:
                continue
            if message is None:
                busy -= 1
            elif isinstance(message, BaseException):
                raise message
            else:
                yield message

    def _feed(
        self, process: WorkerProcess, chunks: ChunkQueue, finished: queue.Queue[Results | BaseException | None]
    ) -> None:
        """Give chunks to a process until nothing is left to do."""
        try:
            while not self._stopping.is_set() and (chunk := chunks.take()) is not None:
                results = process.run(chunk)
                chunks.record_duration(len(chunk.jobs), results.seconds)
                self._put(finished, results)
            self._put(finished, None)
        except StoppedError:
            return
        except BaseException as error:
            self._put(finished, error)

    def _put(
        self, finished: queue.Queue[Results | BaseException | None], message: Results | BaseException | None
    ) -> None:
        """Hand over a message, unless its receiver has stopped."""
        while not self._stopping.is_set():
            with contextlib.suppress(queue.Full):
                finished.put(message, timeout=0.2)
                return
