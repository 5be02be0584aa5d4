"""Results on the disk while work goes on: numbered files, each whole or not there, each named after its content.

The name of a file holds what it is, its number, and the beginning of the SHA-256 of its content. So a file that was cut short
by a power failure, or damaged later, is recognized, and its work is done again. Sweeps keep tables in such files
(:mod:`sim.lab.sweep.parts`), comparisons and lessons arrays (:mod:`sim.lab.kept_results`).
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sim.lab.store_files import file_digest, remove_unfinished, write_bytes_atomically

_DIGITS = 16
_NAME = re.compile(rf"(?P<what>[a-z]+)-(?P<number>\d{{8,}})-(?P<digest>[0-9a-f]{{{_DIGITS}}})\.(?P<ending>parquet|npz)")


@dataclass(frozen=True, slots=True)
class ResultPath:
    """A file of results.

    Attributes:
        path: Where it is.
        what: What it holds, as its name says: a table of a sweep, or ``results``.
        number: Its number.
    """

    path: Path
    what: str
    number: int

    @classmethod
    def of(cls, path: Path) -> ResultPath | None:
        """The file of results at a path; ``None`` if it has another name, or is a link or a folder."""
        match = _NAME.fullmatch(path.name)
        if match is None or path.is_symlink() or not path.is_file():
            return None
        return cls(path, match["what"], int(match["number"]))


def is_whole(path: Path) -> bool:
    """Whether a file of results holds what its name says."""
    match = _NAME.fullmatch(path.name)
    try:
        return match is not None and file_digest(path).startswith(match["digest"])
    except OSError:
        return False


def find_result_files(folder: Path) -> list[ResultPath]:
    """Files of results in a folder, by number; their content is not checked, and nothing else counts."""
    if not folder.is_dir():
        return []
    found = [ResultPath.of(path) for path in sorted(folder.iterdir())]
    return sorted((each for each in found if each is not None), key=lambda each: each.number)


def write_result_file(folder: Path, what: str, number: int, content: bytes, ending: str) -> Path:
    """Write a file of results for good, whole or not at all.

    Raises:
        StoreError: If there is no room, or the folder cannot be written.
    """
    digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
    path = folder / f"{what}-{number:08d}-{digest}.{ending}"
    write_bytes_atomically(path, content)
    return path


def remove_result_files(folder: Path) -> None:
    """Remove all files of results, and the folder unless anything else is in it."""
    if not folder.is_dir():
        return
    remove_unfinished(folder)
    with suppress(OSError):
        for each in find_result_files(folder):
            each.path.unlink()
        folder.rmdir()
