"""Work spread over processes, in a way that survives the death of one of them.

A pool of processes alone does not: when a worker is killed (no memory left, say) all that was under way is lost. Here
the pool is rebuilt, what was under way runs again alone, and only a task that then kills its process twice, with nobody
else to blame, is given up.

Results come back in files. Through the pool's own pipe they would come in pieces, and whoever reads a piece waits
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
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, Self, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

Preparation = Callable[[AbstractContextManager[Any]], None]
"""What a worker does before its first task; it gets a lock that all workers of the crew share."""

DIED = "its process died twice (killed from outside, or out of memory): run it alone, with less, or with fewer workers"

MOST_WORKERS = 61 if sys.platform == "win32" else 1000
"""Windows cannot wait for more processes at once."""

SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What tells libraries of linear algebra how many threads to use, before they are loaded."""

_MOST_DEATHS = 2  # of a task that runs alone
_PATIENCE = 1.0  # seconds between looks for Ctrl-C where a wait cannot be interrupted


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
                wait(self._proofs, timeout=_PATIENCE, return_when=FIRST_COMPLETED)
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


def run_tasks(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: int,
    finished: Callable[[int], None] | None = None,
    crew: Crew | None = None,
) -> list[Result | Failure]:
    """Do every task; one that fails leaves a :class:`Failure` in its place and the others alone.

    Args:
        work: A function that another process can import.
        tasks: What to do; each must be picklable unless there is one worker.
        workers: Number of processes; with 1 all is done in this one.
        finished: Told the number of tasks that are done, after each of them.
        crew: Processes that are there already; without any, some are started for these tasks alone.

    Returns:
        A result a task, in the order of the tasks, whoever finished first.

    Raises:
        CrewError: If no worker process can be started.
    """
    board = _Board[Result](len(tasks), finished)
    queue = deque(enumerate(tasks))
    if min(workers, len(tasks)) <= 1:
        while queue:
            index, task = queue.popleft()
            try:
                board.put(index, work(task))
            except Exception as error:
                board.put(index, Failure.of(error))
        return board.in_order()
    with ExitStack() as own:
        _share_out(work, queue, crew or own.enter_context(Crew(min(workers, len(tasks)))), board)
    return board.in_order()


def _share_out(
    work: Callable[[Task], Result], queue: deque[tuple[int, Task]], crew: Crew, board: _Board[Result]
) -> None:
    """Have all tasks of a queue done, with new processes in place of those that die."""
    first = True
    while queue:
        try:
            for suspect in _work_off(work, queue, crew, board):
                # the first death may have been another's: whoever is under way when a pool breaks is ended with it
                if all(_work_alone(work, suspect, board) for _ in range(_MOST_DEATHS)):
                    board.put(suspect[0], Failure(DIED))
        except CrewError:
            if first:
                raise
            break
        first = False


class _Board(Generic[Result]):
    """Results as they come in."""

    def __init__(self, number: int, finished: Callable[[int], None] | None) -> None:
        self._number = number
        self._results: dict[int, Result | Failure] = {}
        self._finished = finished

    def put(self, index: int, result: Result | Failure) -> None:
        """Note a result and tell how many there are."""
        self._results[index] = result
        if self._finished is not None:
            self._finished(len(self._results))

    def in_order(self) -> list[Result | Failure]:
        """All results; tasks that nobody could be found for have failed."""
        missing = Failure("worker processes could not be started again after one of them had died")
        return [self._results.get(index, missing) for index in range(self._number)]


def _work_alone(work: Callable[[Task], Result], suspect: tuple[int, Task], board: _Board[Result]) -> bool:
    """Do a task in a process of its own; whether that died."""
    with Crew(1) as crew:
        return bool(_work_off(work, deque([suspect]), crew, board))


def _work_off(
    work: Callable[[Task], Result], queue: deque[tuple[int, Task]], crew: Crew, board: _Board[Result]
) -> list[tuple[int, Task]]:
    """Do the tasks of a queue until it is empty or a worker dies; what was under way then is returned."""
    running: dict[Future[str], tuple[int, Task]] = {}
    broken = False
    crew.ready()
    try:
        while (queue or running) and not broken:
            while queue and len(running) <= crew.workers and not broken:  # one more than workers: nobody waits for work
                try:
                    running[crew.submit(work, queue[0][1])] = queue[0]
                except BrokenProcessPool:
                    broken = True
                else:
                    queue.popleft()
            done, _ = wait(running, timeout=_PATIENCE, return_when=FIRST_COMPLETED)
            for future in done:
                broken |= not _collect(future, running, board)
        for future in [future for future in running if future.done()]:
            _collect(future, running, board)  # finished in the moment of the break
    except BaseException:
        crew.close()  # nobody will ask for what is under way
        raise
    if broken:
        crew.close()
    return list(running.values())


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


def _collect(future: Future[str], running: dict[Future[str], tuple[int, Task]], board: _Board[Result]) -> bool:
    """Take the result of a finished task off; False (and leave it) if its process died."""
    result: Result | Failure
    try:
        file = Path(future.result())
        result = pickle.loads(file.read_bytes())  # written by a process of our own, in a folder of our own
        file.unlink()
    except BrokenProcessPool:
        return False
    except Exception as error:
        result = Failure.of(error)
    board.put(running.pop(future)[0], result)
    return True


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
