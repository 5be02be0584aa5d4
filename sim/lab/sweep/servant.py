"""The process that does the work: it reads chunks, lives through them and writes results, and ends with its master.

Started by :class:`sim.lab.sweep.hand.Hand`. What the model prints goes to the standard error; the standard output
carries results alone.
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

from sim.lab.sweep.execution import Chunk, Position, carry_out
from sim.lab.sweep.fingerprint import fingerprint
from sim.lab.sweep.frames import receive, send
from sim.lab.worker_pool import Failure

IDLE = 120.0
"""Seconds without work after which a servant leaves: its master may be a cluster that has other things to do."""


def serve() -> None:
    """Work until the master closes the pipe, or has had nothing to do for long."""
    with contextlib.suppress(ValueError):  # only the main thread may set it, and only it gets the signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    code = fingerprint()
    send(out, ("ready", code))
    chunks: queue.Queue[Chunk] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, chunks), daemon=True).start()
    while True:
        try:
            chunk = chunks.get(timeout=IDLE)
        except queue.Empty:
            break
        try:
            result = carry_out(chunk, lambda position: _tell(out, position))
            send(out, ("done", replace(result, code=code)))
        except Exception as error:
            send(out, ("broken", Failure.of(error)))


def _tell(out: IO[bytes], position: Position) -> None:
    send(out, ("begin", position))


def _listen(source: IO[bytes], chunks: queue.Queue[Chunk]) -> None:
    """Take chunks as they come; without a master there is no work, not even what has been begun."""
    try:
        while True:
            chunks.put(receive(source))
    except BaseException:
        os._exit(0)
    finally:
        os._exit(0)
