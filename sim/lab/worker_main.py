"""The process that does the work: it takes tasks, sends results, and ends with its parent process.

Started by :class:`sim.lab.worker_process.WorkerProcess`. What the model prints goes to the standard error; the standard output
carries messages alone: ``ready``, ``prepared``, ``begin`` (a task, or a step of it that the task announces), ``done`` with the
result, ``failed`` with a :class:`~sim.lab.failure.Failure`, ``lock`` and ``unlock``, and ``log``.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import queue
import signal
import sys
import threading
from types import TracebackType
from typing import IO, Any

from sim.lab.failure import Failure
from sim.lab.pipe_messages import receive_bytes, send

IDLE = 120.0
"""Seconds without work after which a worker ends: its parent may be a cluster that has other things to do."""


def run_worker() -> None:
    """Work until the parent process closes the pipe, or has sent nothing for a long time."""
    with contextlib.suppress(ValueError):  # only the main thread may set it, and only it gets the signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = _Parent(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    logging.getLogger().addHandler(_ForwardToParent(parent, logging.WARNING))
    parent.send("ready", None)
    threading.Thread(target=_read_messages, args=(sys.stdin.buffer, parent.messages), daemon=True).start()
    while True:
        try:
            message = parent.messages.get(timeout=IDLE)
        except queue.Empty:
            break
        _answer(message, parent)


class _Parent:
    """The parent process as a worker sees it; as a context manager it is the lock that all its workers share."""

    def __init__(self, out: IO[bytes]) -> None:
        self.messages: queue.Queue[bytes] = queue.Queue()
        self._out = out
        self._sending = threading.Lock()

    def send(self, what: str, content: object) -> None:
        """Send a message; threads do not mix theirs."""
        with self._sending:
            send(self._out, (what, content))

    def __enter__(self) -> None:
        self.send("lock", None)
        self.messages.get()  # the parent says nothing else meanwhile

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.send("unlock", None)


class _ForwardToParent(logging.Handler):
    """Hands warnings to the parent process, which knows where the user reads them."""

    def __init__(self, parent: _Parent, level: int) -> None:
        super().__init__(level)
        self._parent = parent

    def emit(self, record: logging.LogRecord) -> None:
        """Send the name of the logger, the level, and the text."""
        with contextlib.suppress(OSError, ValueError):
            self._parent.send("log", (record.name, record.levelno, record.getMessage()))


def _answer(message: bytes, parent: _Parent) -> None:
    """Do what a message asks for."""
    try:
        what, *content = pickle.loads(message)
        if what == "prepare":
            with contextlib.suppress(Exception):  # it will come up again in a task, whose failure is reported
                content[0](parent)
            parent.send("prepared", None)
            return
        work, task, announces = content
        parent.send("begin", None)
        arguments: tuple[Any, ...] = (lambda step: parent.send("begin", step),) if announces else ()
        parent.send("done", work(task, *arguments))
    except Exception as error:
        parent.send("failed", Failure.of(error))


def _read_messages(source: IO[bytes], messages: queue.Queue[bytes]) -> None:
    """Take messages as they come. When the parent process ends, this process ends too, even in the middle of a task."""
    try:
        while True:
            messages.put(receive_bytes(source))
    finally:
        os._exit(0)
