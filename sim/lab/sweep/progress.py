"""Progress of a sweep: runs done and failed, the rate, the time left."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_WINDOW = 120.0
"""Seconds over which the rate is measured."""


@dataclass(frozen=True, slots=True)
class SweepState:
    """Where a sweep stands.

    Attributes:
        done, failed: Runs that have finished and that have failed, those of earlier sessions included.
        total: Runs that are planned so far; with adaptive replicates more may follow.
        rate: Runs a second; 0 while it is not known.
    """

    done: int
    failed: int
    total: int
    rate: float

    @property
    def over(self) -> int:
        """Runs that are over."""
        return self.done + self.failed

    @property
    def seconds_left(self) -> float | None:
        """Time to the end of what is planned; ``None`` while it is not known."""
        return (self.total - self.over) / self.rate if self.rate > 0.0 else None


Watcher = Callable[[SweepState], None]
"""Called with the state of a sweep after every chunk."""


class Meter:
    """Counts runs and measures their rate.

    Args:
        done, failed: Runs of earlier sessions.
        clock: Seconds, for tests.
    """

    def __init__(self, done: int, failed: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.done = done
        self.failed = failed
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque([(clock(), done + failed)])

    def add(self, done: int, failed: int) -> None:
        """Note the runs of a chunk."""
        self.done += done
        self.failed += failed
        now = self._clock()
        self._marks.append((now, self.done + self.failed))
        while len(self._marks) > 2 and now - self._marks[1][0] > _WINDOW:
            self._marks.popleft()

    def state(self, total: int) -> SweepState:
        """Where things stand."""
        (first, before), (last, after) = self._marks[0], self._marks[-1]
        rate = (after - before) / (last - first) if last > first else 0.0
        return SweepState(self.done, self.failed, total, rate)
