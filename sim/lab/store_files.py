"""Files of stores: whole or not there, for good, and swept up when a process has died.

Stores are folders that one process at a time works in, by its lock; what is unfinished there is nobody's.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.lab.writing import DISK_FULL, flush_to_disk, is_partial, replaced_file, write_json

_BUCKET = re.compile(r"\d{6,}\.arrow")


class StoreError(OSError):
    """The store cannot be written; what was finished before is safe."""

    def __init__(self, folder: Path, error: OSError) -> None:
        full = error.errno in DISK_FULL
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
        with replaced_file(path) as new:
            yield new
        flush_to_disk(path.parent)
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
    with write_atomically(path) as new:
        write_json(new, content)


def remove_unfinished(folder: Path) -> None:
    """Remove what was left unfinished by a process that died; files of anybody else stay."""
    for path in filter(is_partial, folder.iterdir()):
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
