"""One worker process: it is started when it is needed, and replaced when it dies or hangs.

A process does one task at a time, so that its death is blamed on that task and loses nothing else. A task may announce its steps;
then the death is blamed on the step that was announced last, and each step may have a time limit.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any

from sim.lab.failure import Failure
from sim.lab.pipe_messages import receive, send

DIED = "its process died twice (killed from outside, or out of memory): run it alone, with less, or with fewer workers"
"""Why a task was given up that its process did not survive."""

MOST_DEATHS = 2
"""Deaths during the same step, or of the same task run alone, after which it is given up."""

START_SECONDS = 300.0
"""Seconds that a process may take to start."""

SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Environment variables that tell libraries of linear algebra, before they are loaded, how many threads to use."""

_FIXED_VARIABLES = {"PYTHONIOENCODING": "utf-8", "MPLBACKEND": "agg"}  # whatever a notebook or a terminal says

_MOST_START_FAILURES = 5  # deaths in a row before any work had begun
_logged: set[tuple[str, str]] = set()

Preparation = Callable[[AbstractContextManager[Any]], None]
"""Called by a worker before its first task, with a lock that all workers of a pool share."""


class WorkerError(RuntimeError):
    """Worker processes cannot be started."""

    def __init__(self, last_error_line: str = "") -> None:
        said = f" The last one said: {last_error_line}." if last_error_line else ""
        super().__init__(
            f"worker processes could not be started, or died before they began to work.{said} Where no second process is "
            "allowed, use workers=1."
        )


class ClusterError(RuntimeError):
    """The cluster is gone."""


class StoppedError(RuntimeError):
    """The worker process was stopped in the middle of its work."""


@dataclass(frozen=True, slots=True)
class Death:
    """What was under way when a process died.

    Attributes:
        step: The step that the task had announced last; ``None`` if it had announced none.
        overdue: Whether the process was ended because the step took longer than its limit.
    """

    step: Any = None
    overdue: bool = False


class WorkerProcess:
    """One worker process and what is known about it.

    Args:
        prepare: What each process does before its first task. Its errors are ignored, because a task that meets the same
            error reports it. Another process must be able to import it.
        lock: The lock that ``prepare`` is given, by way of this process.
    """

    def __init__(self, prepare: Preparation | None = None, lock: AbstractContextManager[Any] | None = None) -> None:
        self._prepare = prepare
        self._lock = threading.Lock() if lock is None else lock
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._last_error_line = ""
        self._deadline: float | None = None
        self._overdue = False
        self._start_failures = 0
        self._stopped = threading.Event()
        self._ending = threading.Lock()
        self._busy = threading.RLock()

    def run(self, work: Callable[..., Any], task: object, announces: bool = False, limit: float = math.inf) -> Any:
        """Have a task done: ``work(task)``, or ``work(task, announce)`` if it announces its steps.

        Args:
            work: A function that another process can import.
            task: What to do; it can be pickled.
            announces: Whether ``work`` takes a function that it calls with each step before it begins.
            limit: Seconds that a step may take.

        Returns:
            The result, a :class:`~sim.lab.failure.Failure`, or a :class:`Death`.

        Raises:
            WorkerError: If no process can be had.
            StoppedError: If :meth:`stop` was called.
        """
        with self._busy:
            while True:
                death = Death()
                begun = self._overdue = False
                try:
                    process = self._started_process()
                    assert process.stdin is not None
                    send(process.stdin, ("do", work, task, announces))
                    while True:
                        what, content = self._receive(process)
                        if what != "begin":
                            return content
                        begun, death = True, Death(content)
                        self._deadline = time.monotonic() + limit if math.isfinite(limit) else None
                except (EOFError, OSError):
                    self._kill()
                except WorkerError:
                    raise
                except Exception as error:  # a task that cannot be pickled, or a result that cannot be read
                    if not self._stopped.is_set():
                        return Failure.of(error)
                finally:
                    self._deadline = None
                if self._stopped.is_set():
                    raise StoppedError
                if begun:
                    return Death(death.step, self._overdue)

    def start(self) -> None:
        """Start the process and wait until it is prepared.

        Raises:
            WorkerError: If no process can be had.
            StoppedError: If :meth:`stop` was called.
        """
        with self._busy:
            while True:
                with contextlib.suppress(EOFError, OSError):
                    self._started_process()
                    return
                self._kill()
                if self._stopped.is_set():
                    raise StoppedError

    def stop(self) -> None:
        """End the process at once; the caller that waits for it gets :class:`StoppedError`."""
        self._stopped.set()
        self._kill()

    @property
    def pid(self) -> int | None:
        """Number of the process, if there is one."""
        process = self._process
        return None if process is None else process.pid

    def _receive(self, process: subprocess.Popen[bytes]) -> tuple[str, Any]:
        """The next message that concerns the task; all others are dealt with."""
        assert process.stdin is not None
        assert process.stdout is not None
        while True:
            what, content = receive(process.stdout)
            if what == "log":
                name, level, text = content
                if (name, text) not in _logged:  # several workers often say the same
                    _logged.add((name, text))
                    logging.getLogger(name).log(level, "%s", text)
            elif what == "lock":
                with self._lock:
                    send(process.stdin, "locked")
                    while self._receive(process)[0] != "unlock":
                        pass
            else:
                return what, content

    def _expect(self, what: str, process: subprocess.Popen[bytes]) -> None:
        """Wait for a message that has no content; a process that says anything else is as good as dead."""
        said = self._receive(process)[0]
        if said != what:
            raise EOFError(f"{what} was expected, got {said}")

    def _started_process(self) -> subprocess.Popen[bytes]:
        """The process, started and prepared if there is none."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._kill()
        if self._stopped.is_set():
            raise EOFError
        self._start_failures += 1
        if self._start_failures > _MOST_START_FAILURES:
            raise WorkerError(self._last_error_line)
        try:
            process = self._new_process()
        except OSError as error:
            self._last_error_line = str(error)
            raise
        self._deadline = time.monotonic() + START_SECONDS
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()
        self._expect("ready", process)
        self._deadline = None
        if self._prepare is not None:
            assert process.stdin is not None
            send(process.stdin, ("prepare", self._prepare))
            self._expect("prepared", process)
        self._start_failures = 0
        return process

    def _new_process(self) -> subprocess.Popen[bytes]:
        """A process that finds the same modules, and leaves Ctrl-C to this one."""
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        environment = {**dict.fromkeys(SINGLE_THREADED, "1"), **os.environ, **_FIXED_VARIABLES}
        environment.pop("PYTHONWARNINGS", None)  # a remark of a library must not become the end of a task
        apart: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if os.name == "nt"
            else {"start_new_session": True}
        )
        program = f"import sys; sys.path[:] = {sys.path!r}; from sim.lab.worker_main import run_worker; run_worker()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, env=environment, **apart,
        )  # fmt: skip
        return self._process

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process that is overdue."""
        while process.poll() is None:
            deadline = self._deadline
            now = time.monotonic()
            if deadline is not None and now > deadline:
                self._overdue = True
                process.kill()
                return
            left = 0.5 if deadline is None else max(0.01, min(0.5, deadline - now))
            if self._stopped.wait(left):
                return

    def _kill(self) -> None:
        """End the process, if there is one, and wait until it is gone."""
        with self._ending:
            process, self._process = self._process, None
            if process is None:
                return
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError, ValueError):
                    assert stream is not None
                    stream.close()
            self._read_last_error_line()

    def _read_last_error_line(self) -> None:
        """Note the last line that the process wrote on its standard error."""
        stderr, self._stderr = self._stderr, None
        if stderr is not None:
            with stderr:
                stderr.seek(0)
                lines = stderr.read().decode("utf-8", "replace").strip().splitlines()
            self._last_error_line = lines[-1] if lines else ""
