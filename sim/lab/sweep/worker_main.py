"""The process that does the work: it reads chunks, runs them, writes results, and ends with its parent process.

Started by :class:`sim.lab.sweep.worker_process.WorkerProcess`. What the model prints goes to the standard error;
the standard output carries results alone.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
from dataclasses import replace
from typing import IO

from sim.lab.sweep.execution import Chunk, Position, run_chunk
from sim.lab.sweep.fingerprint import fingerprint
from sim.lab.sweep.pipe_messages import receive, send
from sim.lab.worker_pool import Failure

IDLE = 120.0
"""Seconds without work after which a worker ends: its parent may be a cluster that has other things to do."""


def run_worker() -> None:
    """Work until the parent process closes the pipe, or has sent nothing for a long time."""
    with contextlib.suppress(ValueError):  # only the main thread may set it, and only it gets the signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    code = fingerprint()
    send(out, ("ready", code))
    chunks: queue.Queue[Chunk] = queue.Queue()
    threading.Thread(target=_read_chunks, args=(sys.stdin.buffer, chunks), daemon=True).start()
    while True:
        try:
            chunk = chunks.get(timeout=IDLE)
        except queue.Empty:
            break
        try:
            result = run_chunk(chunk, lambda position: _announce_run(out, position))
            send(out, ("done", replace(result, code=code)))
        except Exception as error:
            send(out, ("broken", Failure.of(error)))


def _announce_run(out: IO[bytes], position: Position) -> None:
    send(out, ("begin", position))


def _read_chunks(source: IO[bytes], chunks: queue.Queue[Chunk]) -> None:
    """Take chunks as they come. When the parent process ends, this process ends too, even in the middle of a chunk."""
    try:
        while True:
            chunks.put(receive(source))
    except BaseException:
        os._exit(0)
    finally:
        os._exit(0)
