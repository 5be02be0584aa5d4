"""Files that no accident leaves half-written: each is written beside its place, and then moved there in one step."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

UNFINISHED = ".unfinished-"
"""Prefix of the names of files that are not yet whole."""

_UNFINISHED_NAME = re.compile(rf"{re.escape(UNFINISHED)}[a-z0-9_]{{8}}")  # as tempfile makes them
_BUCKET = re.compile(r"\d{6,}\.arrow")

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class StoreError(OSError):
    """The store cannot be written; what was finished before is safe."""

    def __init__(self, folder: Path, error: OSError) -> None:
        full = error.errno in _FULL
        reason = "the disk is full" if full else f"cannot be written: {error.strerror or type(error).__name__}"
        remedy = "Make room" if full else "Check its permissions and the disk"
        super().__init__(
            error.errno, f"{folder}: {reason}. {remedy}, and run the same command again: it goes on where it was."
        )

    def __str__(self) -> str:
        return str(self.strerror)


@contextmanager
def write_atomically(path: Path) -> Iterator[Path]:
    """A path to write to; what is there when the block ends takes the place of ``path``, for good.

    Raises:
        StoreError: If there is no room, or the folder cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
        os.close(handle)
        new = Path(name)
        try:
            yield new
            _sync(new)
            new.chmod(0o666 & ~_umask())
            os.replace(new, path)
            _sync(path.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                new.unlink()
            raise
    except StoreError:
        raise
    except OSError as error:
        raise StoreError(path.parent, error) from error


def write_bytes_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with write_atomically(path) as new:
        new.write_bytes(content)


def write_json_atomically(path: Path, content: object) -> None:
    """Write strict JSON, whole or not at all."""
    write_bytes_atomically(path, (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode())


def is_unfinished(path: Path) -> bool:
    """Whether a file, or a folder of buckets, has a name that only unfinished ones have."""
    return _UNFINISHED_NAME.fullmatch(path.name) is not None


def remove_unfinished(folder: Path) -> None:
    """Remove what was left unfinished by a process that died; files of anybody else stay."""
    for path in filter(is_unfinished, folder.iterdir()):
        with contextlib.suppress(OSError):
            if path.is_symlink() or not path.is_dir():
                path.unlink()
            else:
                remove_buckets(path)


def remove_buckets(folder: Path) -> None:
    """Remove a folder of buckets; one that holds anything else stays with that in it."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if _BUCKET.fullmatch(path.name):
                path.unlink()
        folder.rmdir()


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Wait until a file, or the list of a folder's files, is on the disk and not only on its way there."""
    if os.name == "nt":
        if path.is_dir():  # folders cannot be opened there
            return
        flags = os.O_RDWR
    else:
        flags = os.O_RDONLY
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@cache
def _umask() -> int:
    """The umask: permissions that new files do not get. Python can read it only by setting it, so it does so once."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
