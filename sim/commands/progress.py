"""Progress of long work: a bar on a terminal, a few plain lines elsewhere, always on the standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.commands.terminal import echo, make_console

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_SECONDS_BETWEEN = 2.0
_SHARE_BETWEEN = 0.05


class ProgressDisplay:
    """Takes the number of steps that are done, and their total; it shows nothing."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self, done: int, total: int) -> None:
        """Note and show how far the work has got."""
        self.done = done
        self.show(done, total)

    def show(self, done: int, total: int) -> None:
        """Show how far the work has got."""


@contextmanager
def show_progress(what: str) -> Iterator[ProgressDisplay]:
    """Show progress while the block runs.

    Args:
        what: What is counted, in the plural: ``replicates``.
    """
    if not sys.stderr.isatty():
        yield _Lines(what)
        return
    from rich import progress

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("left"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=make_console(stderr=True), transient=True) as bar:
        yield _Bar(bar, bar.add_task(what, total=None, start=False))


class _Bar(ProgressDisplay):
    """Progress on a terminal."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        super().__init__()
        self._bar, self._task = bar, task

    def show(self, done: int, total: int) -> None:
        self._bar.start_task(self._task)  # counts from the first time: what went before says nothing about the rest
        self._bar.update(self._task, completed=done, total=total)


class _Lines(ProgressDisplay):
    """Progress without a terminal: a line now and then, twenty at most."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what
        self._started: float | None = None
        self._last_time = self._last_share = 0.0

    def show(self, done: int, total: int) -> None:
        now, share = time.monotonic(), done / max(total, 1)
        if (
            self._started is None or share < self._last_share
        ):  # what went before, such as compiling, says nothing about the rest
            self._started, self._last_time, self._last_share = now, now, share
        if done in (0, total) or now - self._last_time < _SECONDS_BETWEEN or share - self._last_share < _SHARE_BETWEEN:
            return
        self._last_time, self._last_share = now, share
        passed = now - self._started
        left = format_duration(passed / share - passed)
        echo(f"{self._what}: {done} of {total}, {format_duration(passed)} so far, about {left} left", err=True)


def format_duration(seconds: float) -> str:
    """A time in words: ``45 s``, ``3 min 20 s``, ``2 h 05 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
