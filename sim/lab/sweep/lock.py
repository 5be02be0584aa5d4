"""One sweep at a time in a folder."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

LOCK = ".lock"
"""File that a running sweep holds."""

_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


class LockedError(RuntimeError):
    """Another process works in the folder."""

    def __init__(self, folder: Path, owner: str) -> None:
        super().__init__(f"{folder}: another sweep works there{owner}. Wait for it or end it, or choose another --out.")


class Lock:
    """Lock that is held until the ``with`` block is left, or until the process dies.

    The operating system holds it, so that nothing has to be cleaned up after a death. Where the file system cannot
    lock, the process that is named in the file holds the folder, as long as it is alive on this machine.

    Args:
        folder: Folder to work in; it must exist.

    Raises:
        LockedError: On entering, if another process is there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        path = self._folder / LOCK
        file = path.open("a+", encoding="utf-8")
        try:
            _hold(file)
        except OSError as error:
            owner = _owner(path)
            if error.errno in _TAKEN or _alive(owner):
                file.close()
                raise LockedError(self._folder, _in_words(owner)) from error
        file.seek(0)
        file.truncate()
        json.dump({"host": socket.gethostname(), "pid": os.getpid()}, file)
        file.flush()
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            self._file.seek(0)
            self._file.truncate()
            self._file.flush()
        self._file.close()  # lets go of the lock; the file stays, since removing it would let two in
        self._file = None


if sys.platform == "win32":
    import msvcrt

    def _hold(file: IO[str]) -> None:
        """Lock a byte far behind the text, so that others can still read who it is."""
        file.seek(1 << 20)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _hold(file: IO[str]) -> None:
        """Lock the file, or raise at once."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _owner(path: Path) -> dict[str, object]:
    """What the file says about who holds it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _alive(owner: dict[str, object]) -> bool:
    """Whether the process that the file names is there; another machine's cannot be asked and counts as alive."""
    pid = owner.get("pid")
    if not isinstance(pid, int) or pid == os.getpid():
        return False
    if owner.get("host") != socket.gethostname():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _in_words(owner: dict[str, object]) -> str:
    return f" (process {owner['pid']} on {owner['host']})" if {"pid", "host"} <= owner.keys() else ""
