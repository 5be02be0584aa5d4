"""Work spread over processes, in a way that survives the death of one of them.

An ordinary pool of processes loses all tasks under way when a worker is killed, for example because memory ran out.
Here the pool is rebuilt, and the tasks that were under way run again, one at a time. A task is given up only if it then
kills its process twice, when no other task can be to blame.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from pathlib import Path
from typing import Generic, TypeVar

from sim.lab.worker_pool import POLL_SECONDS, Failure, WorkerPool, WorkerPoolError

Task = TypeVar("Task")
Result = TypeVar("Result")

DIED = "its process died twice (killed from outside, or out of memory): run it alone, with less, or with fewer workers"

_MOST_DEATHS = 2  # of a task that runs alone


def run_tasks(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: int,
    finished: Callable[[int], None] | None = None,
    pool: WorkerPool | None = None,
) -> list[Result | Failure]:
    """Do every task. One that fails leaves a :class:`Failure` in its place and does not affect the others.

    Args:
        work: A function that another process can import.
        tasks: What to do; each must be picklable unless there is one worker.
        workers: Number of processes; with 1 all is done in this one.
        finished: Called with the number of tasks that are done, after each of them.
        pool: Processes that have been started already; if none, some are started for these tasks alone.

    Returns:
        One result per task, in the order of the tasks.

    Raises:
        WorkerPoolError: If no worker process can be started.
    """
    collector = _ResultCollector[Result](len(tasks), finished)
    queue = deque(enumerate(tasks))
    if min(workers, len(tasks)) <= 1:
        while queue:
            index, task = queue.popleft()
            try:
                collector.add(index, work(task))
            except Exception as error:
                collector.add(index, Failure.of(error))
        return collector.in_order()
    with ExitStack() as own:
        _run_in_pool(work, queue, pool or own.enter_context(WorkerPool(min(workers, len(tasks)))), collector)
    return collector.in_order()


def _run_in_pool(
    work: Callable[[Task], Result],
    queue: deque[tuple[int, Task]],
    pool: WorkerPool,
    collector: _ResultCollector[Result],
) -> None:
    """Have all tasks of a queue done, with new processes in place of those that die."""
    first = True
    while queue:
        try:
            for suspect in _run_queue(work, queue, pool, collector):
                # the first death may have been another task's fault: all tasks under way end when a pool breaks
                if all(_dies_alone(work, suspect, collector) for _ in range(_MOST_DEATHS)):
                    collector.add(suspect[0], Failure(DIED))
        except WorkerPoolError:
            if first:
                raise
            break
        first = False


class _ResultCollector(Generic[Result]):
    """Results as they come in."""

    def __init__(self, number: int, finished: Callable[[int], None] | None) -> None:
        self._number = number
        self._results: dict[int, Result | Failure] = {}
        self._finished = finished

    def add(self, index: int, result: Result | Failure) -> None:
        """Keep a result and report how many there are."""
        self._results[index] = result
        if self._finished is not None:
            self._finished(len(self._results))

    def in_order(self) -> list[Result | Failure]:
        """All results; tasks for which no worker could be started have failed."""
        missing = Failure("worker processes could not be started again after one of them had died")
        return [self._results.get(index, missing) for index in range(self._number)]


def _dies_alone(work: Callable[[Task], Result], suspect: tuple[int, Task], collector: _ResultCollector[Result]) -> bool:
    """Do a task in a process of its own; return whether that process died."""
    with WorkerPool(1) as pool:
        return bool(_run_queue(work, deque([suspect]), pool, collector))


def _run_queue(
    work: Callable[[Task], Result],
    queue: deque[tuple[int, Task]],
    pool: WorkerPool,
    collector: _ResultCollector[Result],
) -> list[tuple[int, Task]]:
    """Do the tasks of a queue until it is empty or a worker dies; return the tasks that were under way then."""
    running: dict[Future[str], tuple[int, Task]] = {}
    broken = False
    pool.wait_until_ready()
    try:
        while (queue or running) and not broken:
            while (
                queue and len(running) <= pool.workers and not broken
            ):  # one more than workers: no worker waits for work
                try:
                    running[pool.submit(work, queue[0][1])] = queue[0]
                except BrokenProcessPool:
                    broken = True
                else:
                    queue.popleft()
            done, _ = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                broken |= not _take_result(future, running, collector)
        for future in [future for future in running if future.done()]:
            _take_result(future, running, collector)  # finished in the moment of the break
    except BaseException:
        pool.close()  # no one will ask for what is under way
        raise
    if broken:
        pool.close()
    return list(running.values())


def _take_result(
    future: Future[str], running: dict[Future[str], tuple[int, Task]], collector: _ResultCollector[Result]
) -> bool:
    """Take the result of a finished task; return False, and leave the task, if its process died."""
    result: Result | Failure
    try:
        file = Path(future.result())
        result = pickle.loads(file.read_bytes())  # written by a process of our own, in a folder of our own
        file.unlink()
    except BrokenProcessPool:
        return False
    except Exception as error:
        result = Failure.of(error)
    collector.add(running.pop(future)[0], result)
    return True
