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
from pathlib import Path

from sim.lab.writing import flush_to_disk, umask

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
            flush_to_disk(new)
            new.chmod(0o666 & ~umask())
            os.replace(new, path)
            flush_to_disk(path.parent)
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
