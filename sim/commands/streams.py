"""Standard streams by which no command fails: closed, broken, full, or without the character that is to be shown.

What becomes of text that cannot be shown is decided here, for all commands, as other well-behaved programs decide it:

- A reader that stops early (``| head``), and a stream that was closed from the start (``>&-``), want no more: the rest is
  dropped without a word, and the exit code is that of the work.
- Where the standard output breaks for any other reason, such as a full disk, text is lost that somebody wants. The command
  goes on, since its files do not depend on it; at the end one line says so, and exit code 0 becomes 1.
- Messages that the standard error cannot take are dropped.
- A character that the encoding lacks becomes ``?``.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from sim.commands.errors import DONE_WITH_FAILURES
from sim.commands.terminal import echo

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_GONE = {errno.EPIPE, errno.ECONNRESET, errno.ESHUTDOWN} | ({errno.EINVAL} if os.name == "nt" else set())
"""What the operating system says when nobody reads any more."""

_SUBSTITUTES = {"replace", "backslashreplace", "namereplace", "xmlcharrefreplace", "ignore"}
_WAIT = 0.01


class _UnfailingFile(io.FileIO):
    """A file of which every write succeeds: after the first error the rest is dropped; ``error`` holds it."""

    error: OSError | None = None

    def write(self, content: ReadableBuffer, /) -> int:
        """Write everything, also to a pipe that takes no more for now."""
        everything = memoryview(content).cast("B")
        left = everything
        while len(left) and self.error is None:
            try:
                written = super().write(left)
            except OSError as error:
                self.error = error
                break
            if written is None:  # somebody else has asked the pipe not to wait
                time.sleep(_WAIT)
            else:
                left = left[written:]
        return len(everything)


def make_streams_safe() -> None:
    """Put streams that never fail in the place of the standard ones. Others, such as those of tests, stay as they are."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _occupy_closed_descriptors()
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
        elif mode == "w":
            setattr(sys, name, _safe(stream))


def _occupy_closed_descriptors() -> None:
    """Open the null device where a stream was closed, or the next file to be opened would be taken for that stream."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one


def _safe(stream: TextIO) -> TextIO:
    """The same stream without failures, if it writes to a file, a pipe or a terminal."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    buffer = stream.buffer
    raw = getattr(buffer, "raw", buffer)
    if type(raw) is not io.FileIO:
        return stream
    with suppress(OSError, ValueError):
        stream.flush()
    unfailing = _UnfailingFile(raw.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        unfailing if buffer is raw else io.BufferedWriter(unfailing),
        encoding=stream.encoding,
        errors=stream.errors if stream.errors in _SUBSTITUTES else "replace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def finish_streams(code: int) -> int:
    """Write what is left in the streams; the exit code of the command, given that of its work."""
    sys.stdout.flush()
    error = _error_of(sys.stdout)
    if error is not None and error.errno not in _GONE:
        reason = error.strerror or type(error).__name__
        lost = "What the command prints is lost; files that it writes are not. Make room, or give it another place."
        echo(f"the standard output cannot be written: {reason}. {lost}", err=True)
        code = code or DONE_WITH_FAILURES
    sys.stderr.flush()
    return code


def _error_of(stream: TextIO) -> OSError | None:
    buffer = getattr(stream, "buffer", None)
    error: OSError | None = getattr(getattr(buffer, "raw", buffer), "error", None)
    return error
