"""One process at a time in a folder of results."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import stat
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from sim.model.scenario.messages import ScenarioError

LOCK = ".lock"
"""File that a running process holds."""

_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}

_LONGEST = 10_000
"""Bytes of a lock at most; a larger file is none."""


class LockedError(RuntimeError):
    """Another process works in the folder."""

    def __init__(self, folder: Path, owner: str) -> None:
        super().__init__(
            f"{folder}: another process works there{owner}. Wait for it or end it, or choose another --out."
        )


class Lock:
    """Lock that is held until the ``with`` block is left, or until the process dies.

    The operating system holds it, so that nothing has to be cleaned up after a death. Where the file system cannot
    lock, the process that is named in the file holds the folder, as long as it is alive on this machine. Links are not
    followed: what a link points to is never written.

    Args:
        folder: Folder to work in; it must exist.

    Raises:
        LockedError: On entering, if another process is there.
        ScenarioError: On entering, if the file is a link, or anything but a lock.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        file = _open(self._folder)
        try:
            _hold(file)
        except OSError as error:
            owner = _owner(file)
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


def is_lock(path: Path) -> bool:
    """Whether a file is what sweeps leave behind as their lock: empty, or with the name of a process in it."""
    try:
        entry = path.lstat()
        if not stat.S_ISREG(entry.st_mode) or entry.st_size > _LONGEST:
            return False
        content = path.read_bytes()
        return not content or json.loads(content).keys() == {"host", "pid"}
    except (OSError, ValueError, RecursionError, AttributeError):
        return False


def _open(folder: Path) -> IO[str]:
    """The file of the lock, made if there is none; a link, or anything but a small file of its own, is refused."""
    path = folder / LOCK
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    link = path.is_symlink()  # where the system has no O_NOFOLLOW
    try:
        descriptor = -1 if link else os.open(path, flags, 0o666)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EMLINK, errno.EISDIR, errno.ENXIO):
            raise
        descriptor = -1
    if descriptor >= 0:
        entry = os.fstat(descriptor)
        if stat.S_ISREG(entry.st_mode) and entry.st_nlink <= 1 and entry.st_size <= _LONGEST:
            return os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace")
        os.close(descriptor)
    raise ScenarioError(
        [
            f"--out: {path} must be the lock of a process, a small file with no other name, got a link or something else. "
            "Remove it if nothing runs there, or choose another --out."
        ]
    )


def _owner(file: IO[str]) -> dict[str, object]:
    """What the file says about who holds it."""
    try:
        file.seek(0)
        content = json.loads(file.read(_LONGEST))
    except (OSError, ValueError, RecursionError):
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
    except (OSError, OverflowError):
        return True
    return True


def _in_words(owner: dict[str, object]) -> str:
    return f" (process {owner['pid']} on {owner['host']})" if {"pid", "host"} <= owner.keys() else ""
