"""Dividing jobs into chunks worth a few tenths of a second: larger ones are lost with their worker, smaller ones cost time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from sim.lab.sweep.execution import Chunk, Recipe
from sim.lab.sweep.points import Job

WORTH = 0.35
"""Seconds of work that a chunk aims at."""

MOST_JOBS = 500
"""Most jobs in a chunk, however short they are."""

_MEMORY = 0.7  # weight of the past in the mean duration of a job


class ChunkQueue:
    """Hands out chunks to any thread; their size follows the time that jobs take.

    Args:
        recipe: What all jobs have in common.
        jobs: The jobs, in the order in which they are to be done.
        left: Number of jobs, so that the last chunks are small enough for every worker to have one.
        workers: Returns the number of workers.
    """

    def __init__(self, recipe: Recipe, jobs: Iterator[Job], left: int, workers: Callable[[], int]) -> None:
        self._recipe = recipe
        self._jobs = jobs
        self._left = left
        self._workers = workers
        self._seconds = 0.0
        self._lock = threading.Lock()

    def take(self) -> Chunk | None:
        """The next chunk; ``None`` if there is nothing left to do."""
        with self._lock:
            size = 1 if self._seconds <= 0.0 else int(WORTH / self._seconds)
            size = max(1, min(size, MOST_JOBS, self._left // (2 * self._workers())))
            jobs = tuple(job for _, job in zip(range(size), self._jobs, strict=False))
            self._left -= len(jobs)
            return Chunk(self._recipe, jobs) if jobs else None

    def record_duration(self, jobs: int, seconds: float) -> None:
        """Note how long a chunk took."""
        with self._lock:
            each = seconds / max(jobs, 1)
            self._seconds = each if self._seconds <= 0.0 else _MEMORY * self._seconds + (1.0 - _MEMORY) * each
