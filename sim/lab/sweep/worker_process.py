"""One worker process: it is started when it is needed, and replaced when it dies or hangs.

A chunk always gives results. A run during which the process died is tried once more; a run that takes longer than its
limit is not. The row of a run that is given up says why it has no results; everything else in the chunk is done. So the
results of a chunk do not depend on where it was done, nor on what else happened there.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from typing import IO, Any

from sim.lab.parallel import DIED
from sim.lab.sweep.execution import Chunk, Position, Results
from sim.lab.sweep.pipe_messages import receive, send
from sim.lab.worker_pool import Failure

MOST_DEATHS = 2
"""Deaths during the same run after which it is given up."""

START_SECONDS = 300.0
"""Seconds that a process may take to start."""

_SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_MOST_START_FAILURES = 5  # deaths before any run had begun


class WorkerProcessError(RuntimeError):
    """Worker processes cannot be started, or fail outside of any run."""


class StoppedError(RuntimeError):
    """The worker process was stopped in the middle of its work."""


def describe_timeout(limit: float) -> str:
    """Describe the failure of a run that did not end in time."""
    return f"took longer than the time limit of {limit:g} s: raise time_limit, or look at this run alone"


class WorkerProcess:
    """One worker process and what is known about it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._last_error_line = ""
        self._deadline: float | None = None
        self._overdue = False
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self.code = ""

    def run(self, chunk: Chunk) -> Results:
        """Have a chunk done, however many processes it takes.

        Raises:
            WorkerProcessError: If no process can be had, or it fails outside of any run.
            StoppedError: If :meth:`stop` was called.
        """
        deaths: Counter[Position | None] = Counter()
        given_up = dict(chunk.given_up)
        while True:
            blamed, results = self._attempt(replace(chunk, given_up=given_up))
            if results is not None:
                return results
            if self._stopped.is_set():
                raise StoppedError
            deaths[blamed] += 1
            if blamed is None:
                if deaths[None] >= _MOST_START_FAILURES:
                    raise WorkerProcessError(f"worker processes die before they begin to work.{self._last_error_line}")
            elif self._overdue:
                given_up[blamed] = describe_timeout(chunk.recipe.time_limit)
            elif deaths[blamed] >= MOST_DEATHS:
                given_up[blamed] = DIED

    def stop(self) -> None:
        """End the process at once; the caller that waits for it gets :class:`StoppedError`."""
        self._stopped.set()
        self._kill()

    @property
    def pid(self) -> int | None:
        """Number of the process, if there is one."""
        return None if self._process is None else self._process.pid

    def _attempt(self, chunk: Chunk) -> tuple[Position | None, Results | None]:
        """Give a chunk to the process; return its results, or the run during which the process died."""
        blamed: Position | None = None
        self._overdue = False
        try:
            process = self._running_process()
            assert process.stdin is not None
            assert process.stdout is not None
            send(process.stdin, chunk)
            while True:
                what, content = receive(process.stdout)
                if what == "begin":
                    blamed = content
                    self._deadline = time.monotonic() + chunk.recipe.time_limit
                elif what == "done":
                    results: Results = content
                    return None, results
                else:
                    failure: Failure = content
                    raise WorkerProcessError(
                        f"a worker process failed outside of any run: {failure.error}\n{failure.traceback}"
                    )
        except (EOFError, OSError):
            self._kill()
            return blamed, None
        finally:
            self._deadline = None

    def _running_process(self) -> subprocess.Popen[bytes]:
        """The process, started if there is none."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._kill()
        if self._stopped.is_set():
            raise EOFError
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        environment = {**dict.fromkeys(_SINGLE_THREADED, "1"), **os.environ, "PYTHONIOENCODING": "utf-8"}
        apart: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if os.name == "nt"
            else {"start_new_session": True}  # Ctrl-C is for the parent process to answer
        )
        program = (
            f"import sys; sys.path[:] = {sys.path!r}; from sim.lab.sweep.worker_main import run_worker; run_worker()"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, env=environment, **apart,
        )  # fmt: skip
        self._process = process
        self._deadline = time.monotonic() + START_SECONDS
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()
        assert process.stdout is not None
        what, self.code = receive(process.stdout)
        assert what == "ready"
        self._deadline = None
        return process

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
        with self._lock:
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
            self._last_error_line = f" The last one said: {lines[-1]}" if lines else ""
