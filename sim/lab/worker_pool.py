"""Worker processes that start together, do one piece of work after another, and end together.

Results come back in files. Through a process's own pipe a result would come in pieces, and the reader would wait
forever for the next piece if the worker died in between, for example by Ctrl-C. The name of a file comes in one piece
or not at all.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from tempfile import TemporaryDirectory
from typing import Any, Self, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

Preparation = Callable[[AbstractContextManager[Any]], None]
"""Called by a worker before its first task, with a lock that all workers of the pool share."""

MOST_WORKERS = 61 if sys.platform == "win32" else 1000
"""Windows cannot wait for more processes at once."""

SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Environment variables that tell libraries of linear algebra, before they are loaded, how many threads to use."""

POLL_SECONDS = 1.0
"""Seconds between checks for Ctrl-C where a wait cannot be interrupted."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The error of a task that could not be done."""

    error: str
    traceback: str = ""

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """The error in one line, and where it came from."""
        line = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
        return cls(line, "".join(traceback.format_exception(error)))


class WorkerPoolError(RuntimeError):
    """Worker processes cannot be started at all."""

    def __init__(self) -> None:
        super().__init__(
            "worker processes could not be started. In a script, call compare under `if __name__ == '__main__':`; "
            "where there is no script (standard input), or no second process is allowed, use workers=1."
        )


def available_workers() -> int:
    """Number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class WorkerPool:
    """Worker processes that start together, and do one piece of work after another.

    All of them end at once when the ``with`` block is left, or when this process dies.

    Args:
        workers: Number of processes.
        prepare: Function that each of them calls first, while this process goes on; another process must be able to
            import it. Its errors are ignored, because a task that meets the same error reports it.
    """

    def __init__(self, workers: int, prepare: Preparation | None = None) -> None:
        self.workers = min(workers, MOST_WORKERS)
        self._prepare = prepare
        self._resources = ExitStack()
        self._starts: list[Future[bool]] = []
        self._executor: ProcessPoolExecutor | None = None
        self._spool_folder = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the processes unless they are started already, and do not wait for them.

        Raises:
            WorkerPoolError: If there cannot be any.
        """
        if self._executor is not None:
            return
        folder = TemporaryDirectory(prefix="centricity-", ignore_cleanup_errors=True)
        self._spool_folder = self._resources.enter_context(folder)
        try:
            self._executor = self._resources.enter_context(_start_processes(self.workers, self._prepare))
            self._starts = [self._executor.submit(_confirm_start) for _ in range(self.workers)]  # a process for each
        except (BrokenProcessPool, OSError, ImportError, NotImplementedError) as error:  # the last two: no semaphores
            self.close()
            raise WorkerPoolError from error

    def wait_until_ready(self) -> None:
        """Wait until one of the processes is prepared.

        Raises:
            WorkerPoolError: If they cannot be started.
        """
        self.start()
        try:
            while self._starts and not any(start.done() for start in self._starts):
                wait(self._starts, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            for start in self._starts:
                if start.done():
                    start.result()
        except (BrokenProcessPool, OSError) as error:
            self.close()
            raise WorkerPoolError from error

    def submit(self, work: Callable[[Task], Result], task: Task) -> Future[str]:
        """Give a task to the next free worker; the future gives the name of the file that holds the result.

        Raises:
            BrokenProcessPool: If one of the processes has died.
        """
        assert self._executor is not None  # started
        return self._executor.submit(_run_into_file, self._spool_folder, work, task)

    def close(self) -> None:
        """End all processes at once, whatever they are doing. New ones can be started."""
        self._executor, self._starts = None, []
        self._resources.close()


def _run_into_file(spool_folder: str, work: Callable[[Task], Result], task: Task) -> str:
    """Do a task in a worker, write its result or failure into a file in the folder, and return the file's name."""
    result: Result | Failure
    try:
        result = work(task)
        pickled = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        pickled = pickle.dumps(Failure.of(error))
    descriptor, name = tempfile.mkstemp(dir=spool_folder)
    with open(descriptor, "wb") as file:
        file.write(pickled)
    return name


@contextmanager
def _start_processes(workers: int, prepare: Preparation | None) -> Iterator[ProcessPoolExecutor]:
    """Worker processes, all of which end at once when this process leaves the block or dies."""
    context = get_context("spawn")
    parent_pipe, end = context.Pipe(duplex=False)
    with _single_threaded():
        arguments = parent_pipe, prepare, context.Lock()
        executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_initialize_worker, initargs=arguments)
        try:
            yield executor
        finally:
            end.close()
            executor.shutdown(wait=True, cancel_futures=True)
            parent_pipe.close()


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Worker processes started meanwhile use one thread each for linear algebra, unless the user says otherwise."""
    added = {name: "1" for name in SINGLE_THREADED if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def _confirm_start() -> bool:
    """The first task of a worker, which shows that it has started."""
    return True


def _initialize_worker(parent_pipe: Connection, prepare: Preparation | None, lock: AbstractContextManager[Any]) -> None:
    """Set up a worker: it leaves Ctrl-C to the main process, and ends with the main process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, args=(parent_pipe,), daemon=True).start()
    if prepare is not None:
        with suppress(Exception):  # it will come up again in a task, whose failure is reported
            prepare(lock)


def _exit_with_parent(parent_pipe: Connection) -> None:
    """End this process as soon as the other end of the pipe is closed, by its owner or by its owner's death."""
    try:
        parent_pipe.poll(None)
    finally:
        os._exit(1)
