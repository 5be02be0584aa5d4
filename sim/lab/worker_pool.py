"""Worker processes that start together, do one piece of work after another, and end together.

Each process has a thread here that feeds it. So every result comes from a process of which it is known what it does, and the
death of one (for example because memory ran out) touches no other.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, Generic, Protocol, Self, TypeVar

from sim.lab.failure import Failure
from sim.lab.worker_process import DIED, MOST_DEATHS, Death, Preparation, StoppedError, WorkerProcess

Task = TypeVar("Task")
Result = TypeVar("Result")

MOST_WORKERS = 1000
"""Most worker processes of a pool."""

POLL_SECONDS = 1.0
"""Seconds between checks for Ctrl-C where a wait cannot be interrupted."""

_AHEAD = 4  # results of each worker that may wait to be taken


class Kept(Protocol):
    """Results of tasks that outlast this process."""

    def get(self, work: Callable[[Any], Any], task: Any) -> Any | None:
        """The result of a task; ``None`` if it is not kept."""
        ...

    def add(self, work: Callable[[Any], Any], task: Any, result: object) -> None:
        """Keep a result."""
        ...


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
        prepare: See :class:`~sim.lab.worker_process.WorkerProcess`.
    """

    def __init__(self, workers: int, prepare: Preparation | None = None) -> None:
        self.workers = min(workers, MOST_WORKERS)
        lock = threading.Lock()
        self._processes = [WorkerProcess(prepare, lock) for _ in range(self.workers)]
        self._threads: list[threading.Thread] = []
        self._started: queue.Queue[BaseException | None] | None = None
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes that are there now."""
        return [pid for process in self._processes if (pid := process.pid) is not None]

    def start(self) -> None:
        """Start the processes unless they are started already, and do not wait for them."""
        if self._started is None:
            self._started = queue.Queue()
            for process in self._processes:
                self._in_thread(self._start, process, self._started)

    def wait_until_ready(self) -> None:
        """Wait until one of the processes is prepared.

        Raises:
            WorkerError: If they cannot be started.
        """
        self.start()
        assert self._started is not None
        error = _wait_for(self._started)
        if error is not None:
            self.close()
            raise error
        self._started.put(None)  # for the next one who asks

    def run(
        self, take: Callable[[], Task | None], work: Callable[[WorkerProcess, Task], Result]
    ) -> Generator[Result, None, None]:
        """Have all tasks done; results come as they are finished.

        Args:
            take: Gives the next task, to any thread; ``None`` when there is none left.
            work: Has a process do a task, in a thread of its own.

        Raises:
            WorkerError: If no process can be had.
        """
        finished: queue.Queue[Any] = queue.Queue(maxsize=_AHEAD * self.workers)
        for process in self._processes:
            self._in_thread(self._feed, process, take, work, finished)
        busy = self.workers
        while busy:
            message = _wait_for(finished)
            if message is None:
                busy -= 1
            elif isinstance(message, BaseException):
                raise message
            else:
                yield message[0]

    def close(self) -> None:
        """End all processes at once, whatever they are doing."""
        self._stopping.set()
        for process in self._processes:
            process.stop()
        while self._threads:
            self._threads.pop().join()

    def _in_thread(self, function: Callable[..., None], *arguments: object) -> None:
        """Call a function in a thread that ends with this pool."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _start(self, process: WorkerProcess, started: queue.Queue[BaseException | None]) -> None:
        """Start a process, and tell."""
        try:
            process.start()
        except StoppedError:
            return
        except BaseException as error:
            started.put(error)
        else:
            started.put(None)

    def _feed(
        self,
        process: WorkerProcess,
        take: Callable[[], Task | None],
        work: Callable[[WorkerProcess, Task], Result],
        finished: queue.Queue[Any],
    ) -> None:
        """Give tasks to a process until there is none left."""
        try:
            while not self._stopping.is_set() and (task := take()) is not None:
                self._put(finished, (work(process, task),))
            self._put(finished, None)
        except StoppedError:
            return
        except BaseException as error:
            self._put(finished, error)

    def _put(self, finished: queue.Queue[Any], message: object) -> None:
        """Hand over a message, unless its receiver has stopped."""
        while not self._stopping.is_set():
            with contextlib.suppress(queue.Full):
                finished.put(message, timeout=0.2)
                return


def _wait_for(messages: queue.Queue[Any]) -> Any:
    """The next message; Windows looks for Ctrl-C only between waits."""
    while True:
        with contextlib.suppress(queue.Empty):
            return messages.get(timeout=POLL_SECONDS)


def run_tasks(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: int,
    finished: Callable[[int], None] | None = None,
    pool: WorkerPool | None = None,
    kept: Kept | None = None,
) -> list[Result | Failure]:
    """Do every task. One that fails leaves a :class:`~sim.lab.failure.Failure` in its place and does not affect the others.

    A task whose process died is done again after all others, alone: memory may have run out because of another. It is given up
    if its process then dies twice.

    Args:
        work: A function that another process can import.
        tasks: What to do; each must be picklable unless there is one worker.
        workers: Number of processes; with 1 all is done in this one.
        finished: Called with the number of tasks that are done, after each of them.
        pool: Processes that have been started already; if none, some are started for these tasks alone.
        kept: Results that are there already, and where new ones are kept.

    Returns:
        One result per task, in the order of the tasks.

    Raises:
        WorkerError: If no worker process can be started.
    """
    collector = _ResultCollector(work, tasks, finished, kept)
    left = collector.missing()
    if min(workers, len(left)) <= 1:
        for index, task in left:
            try:
                collector.add(index, work(task))
            except Exception as error:
                collector.add(index, Failure.of(error))
        return collector.results
    with ExitStack() as own:
        pool = pool or own.enter_context(WorkerPool(min(workers, len(left))))
        again = []
        for index, result in _run_indexed(pool, work, iter(left)):
            if isinstance(result, Death):
                again.append(index)
            else:
                collector.add(index, result)
        for index in again:
            collector.add(index, _run_alone(pool, work, tasks[index]))
    return collector.results


def _run_indexed(
    pool: WorkerPool, work: Callable[[Task], Result], tasks: Iterator[tuple[int, Task]]
) -> Generator[tuple[int, Any], None, None]:
    """Results of tasks with their numbers, as they come."""
    lock = threading.Lock()

    def take() -> tuple[int, Task] | None:
        with lock:
            return next(tasks, None)

    return pool.run(take, lambda process, task: (task[0], process.run(work, task[1])))


def _run_alone(pool: WorkerPool, work: Callable[[Task], Result], task: Task) -> Result | Failure:
    """The result of a task while all other processes rest; a failure if its process dies again and again."""
    for _ in range(MOST_DEATHS):
        for _, result in _run_indexed(pool, work, iter([(0, task)])):
            if not isinstance(result, Death):
                found: Result | Failure = result
                return found
    return Failure(DIED)


class _ResultCollector(Generic[Task, Result]):
    """Results as they come in, and those that were there before."""

    def __init__(
        self,
        work: Callable[[Task], Result],
        tasks: Sequence[Task],
        finished: Callable[[int], None] | None,
        kept: Kept | None,
    ) -> None:
        self.results: list[Any] = [None if kept is None else kept.get(work, task) for task in tasks]
        self._work = work
        self._tasks = tasks
        self._finished = finished
        self._kept = kept

    def missing(self) -> list[tuple[int, Task]]:
        """Tasks without a result, with their numbers; reports how many others there are."""
        left = [(index, task) for index, task in enumerate(self._tasks) if self.results[index] is None]
        self._number = len(self._tasks) - len(left)
        if self._finished is not None and self._number:
            self._finished(self._number)
        return left

    def add(self, index: int, result: Result | Failure) -> None:
        """Keep a result and report how many there are."""
        self.results[index] = result
        if self._kept is not None:
            self._kept.add(self._work, self._tasks[index], result)
        self._number += 1
        if self._finished is not None:
            self._finished(self._number)
