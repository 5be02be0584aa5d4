"""Worker processes that begin together, stay from one piece of work to the next, and end together.

Results come back in files. Through the processes' own pipe they would come in pieces, and whoever reads a piece waits
forever for the next one if the worker dies in between, be it by Ctrl-C; a file's name goes in one piece or not at all.
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
"""What a worker does before its first task; it gets a lock that all workers of the crew share."""

MOST_WORKERS = 61 if sys.platform == "win32" else 1000
"""Windows cannot wait for more processes at once."""

SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What tells libraries of linear algebra how many threads to use, before they are loaded."""

PATIENCE = 1.0
"""Seconds between looks for Ctrl-C where a wait cannot be interrupted."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What is left of a task that could not be done."""

    error: str
    traceback: str = ""

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """The error in one line, and where it came from."""
        line = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
        return cls(line, "".join(traceback.format_exception(error)))


class CrewError(RuntimeError):
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


class Crew:
    """Worker processes that begin together, and stay from one piece of work to the next.

    All of them end at once when the block is left that this is the context of, or when this process dies.

    Args:
        workers: Number of processes.
        prepare: What each of them does first, while this process does something else; a function that another process
            can import. What it cannot do, tasks will fail to do, and say so.
    """

    def __init__(self, workers: int, prepare: Preparation | None = None) -> None:
        self.workers = min(workers, MOST_WORKERS)
        self._prepare = prepare
        self._there = ExitStack()
        self._proofs: list[Future[bool]] = []
        self._executor: ProcessPoolExecutor | None = None
        self._desk = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Have the processes start, if they have not; they are not waited for.

        Raises:
            CrewError: If there cannot be any.
        """
        if self._executor is not None:
            return
        desk = TemporaryDirectory(prefix="centricity-", ignore_cleanup_errors=True)
        self._desk = self._there.enter_context(desk)
        try:
            self._executor = self._there.enter_context(_processes(self.workers, self._prepare))
            self._proofs = [self._executor.submit(_report) for _ in range(self.workers)]  # a process for each
        except (BrokenProcessPool, OSError, ImportError, NotImplementedError) as error:  # the last two: no semaphores
            self.close()
            raise CrewError from error

    def ready(self) -> None:
        """Wait until one of them is there and prepared.

        Raises:
            CrewError: If they cannot be started.
        """
        self.start()
        try:
            while self._proofs and not any(proof.done() for proof in self._proofs):
                wait(self._proofs, timeout=PATIENCE, return_when=FIRST_COMPLETED)
            for proof in self._proofs:
                if proof.done():
                    proof.result()
        except (BrokenProcessPool, OSError) as error:
            self.close()
            raise CrewError from error

    def submit(self, work: Callable[[Task], Result], task: Task) -> Future[str]:
        """Give a task to whoever is free; what comes back is the name of the file that holds the result.

        Raises:
            BrokenProcessPool: If one of the processes has died.
        """
        assert self._executor is not None  # started
        return self._executor.submit(_into_file, self._desk, work, task)

    def close(self) -> None:
        """End all processes and whatever they do. New ones can be started."""
        self._executor, self._proofs = None, []
        self._there.close()


def _into_file(desk: str, work: Callable[[Task], Result], task: Task) -> str:
    """What a worker does: the task, whose result or failure goes into a file of that folder; the file's name."""
    result: Result | Failure
    try:
        result = work(task)
        pickled = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        pickled = pickle.dumps(Failure.of(error))
    descriptor, name = tempfile.mkstemp(dir=desk)
    with open(descriptor, "wb") as file:
        file.write(pickled)
    return name


@contextmanager
def _processes(workers: int, prepare: Preparation | None) -> Iterator[ProcessPoolExecutor]:
    """Worker processes, all of which end at once when this process leaves the block or dies."""
    context = get_context("spawn")
    leash, end = context.Pipe(duplex=False)
    with _single_threaded():
        settings = leash, prepare, context.Lock()
        executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_serve, initargs=settings)
        try:
            yield executor
        finally:
            end.close()
            executor.shutdown(wait=True, cancel_futures=True)
            leash.close()


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


def _report() -> bool:
    """What a worker does first: prove that it is there."""
    return True


def _serve(leash: Connection, prepare: Preparation | None, turn: AbstractContextManager[Any]) -> None:
    """Set up a worker: Ctrl-C is for the main process to answer, and without a main process there is no work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(leash,), daemon=True).start()
    if prepare is not None:
        with suppress(Exception):  # it will come up again in a task, whose failure is told
            prepare(turn)


def _end_with(leash: Connection) -> None:
    """End this process as soon as the other end of the pipe is closed, by its owner or by its owner's death."""
    try:
        leash.poll(None)
    finally:
        os._exit(1)
