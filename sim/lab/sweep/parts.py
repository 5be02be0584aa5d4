"""Results while a sweep runs: many small files, each whole or not there, each named after its content.

A part has a number and one file per table. The file of the table of runs is written last: without it the part does not
count. Its name holds the beginning of the SHA-256 of its content. So a file that was cut short by a power failure is
recognized, and its runs are done again.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.lab.sweep.atomic_files import (
    StoreError,
    file_digest,
    is_unfinished,
    remove_unfinished,
    write_bytes_atomically,
)
from sim.lab.sweep.execution import ResultFile
from sim.lab.sweep.tables import PARQUET_OPTIONS, RUN_KEYS
from sim.model.scenario.messages import ScenarioError

FOLDER = "parts"
"""Folder of the parts in a store."""

RUNS, WEEKLY = "runs", "weekly"
"""Tables that parts hold."""

MERGED_AT = 128
"""Number of small parts that are made into one: programs read a few large files much faster than many small ones."""

_DIGITS = 16
_NAME = re.compile(rf"(?P<table>{RUNS}|{WEEKLY})-(?P<number>\d{{8,}})-(?P<digest>[0-9a-f]{{{_DIGITS}}})\.parquet")


@dataclass(frozen=True, slots=True)
class StoredPart:
    """The files of a part."""

    number: int
    runs: Path
    weekly: Path | None

    @property
    def files(self) -> tuple[Path, ...]:
        """All files, in the order of their removal: first the one without which the part does not count."""
        return (self.runs,) if self.weekly is None else (self.runs, self.weekly)


def find_parts(folder: Path, weekly: bool) -> list[StoredPart]:
    """Parts that have all of their files, in the order of their numbers; their content is not checked.

    Args:
        folder: Folder of the store.
        weekly: Whether parts must have a table of weeks.
    """
    found: dict[str, dict[int, Path]] = {RUNS: {}, WEEKLY: {}}
    for path in sorted((folder / FOLDER).glob("*.parquet")):
        match = _NAME.fullmatch(path.name)
        if match:
            found[match["table"]][int(match["number"])] = path
    return [
        StoredPart(number, runs, found[WEEKLY].get(number))
        for number, runs in sorted(found[RUNS].items())
        if not weekly or number in found[WEEKLY]
    ]


def list_foreign_files(folder: Path) -> list[str]:
    """Contents of the folder of parts that no sweep has written, links among them, in alphabetical order.

    Args:
        folder: Folder of the store.
    """
    parts_folder = folder / FOLDER
    if not parts_folder.is_dir():
        return []
    return sorted(
        f"{FOLDER}/{path.name}"
        for path in parts_folder.iterdir()
        if path.is_symlink() or not path.is_file() or not (_NAME.fullmatch(path.name) or is_unfinished(path))
    )


def check_keys(table: pa.Table, path: Path, points: int, replicates: int | None = None) -> None:
    """Refuse a table with runs that are none of the sweep's.

    Args:
        table: Rows with point and replicate.
        path: Where they come from.
        points: Number of points of the sweep.
        replicates: Number of replicates at most, if it is known.

    Raises:
        ScenarioError: If there are any.
    """
    for name, most in zip(RUN_KEYS, (points, replicates), strict=True):
        column = table.column(name)
        least, highest = pc.min_max(column).as_py().values()
        if column.null_count or (least is not None and (least < 0 or (most is not None and highest >= most))):
            raise ScenarioError(
                [
                    f"{path}: every {name} must be from 0 to {'' if most is None else most - 1}, got {least} to {highest}. "
                    "The file is of another sweep: take it away, and run the sweep again."
                ]
            )


def is_whole(path: Path) -> bool:
    """Whether a file holds what its name says."""
    match = _NAME.fullmatch(path.name)
    try:
        return match is not None and file_digest(path).startswith(match["digest"])
    except OSError:
        return False


class PartStore:
    """The parts of a store that this process works in.

    Args:
        folder: Folder of the store.
        weekly: Whether a table of weeks is kept.
    """

    def __init__(self, folder: Path, weekly: bool) -> None:
        self._folder = folder
        self._weekly = weekly
        self._small: list[StoredPart] = []
        self._stored: list[StoredPart] = []
        self._next = 0

    @property
    def stored(self) -> list[StoredPart]:
        """All parts, small and large."""
        return [*self._stored, *self._small]

    def open(self) -> int:
        """Find the parts that are there, and remove damaged or incomplete ones.

        Returns:
            Number of files that were damaged.
        """
        parts_folder = self._folder / FOLDER
        try:
            parts_folder.mkdir(exist_ok=True)
        except OSError as error:
            raise StoreError(self._folder, error) from error
        remove_unfinished(parts_folder)
        damaged = 0
        good: set[Path] = set()
        for part in find_parts(self._folder, self._weekly):
            bad = [path for path in part.files if not is_whole(path)]
            damaged += len(bad)
            if not bad:
                good.update(part.files)
                self._stored.append(part)
            self._next = part.number + 1
        for path in parts_folder.iterdir():
            match = _NAME.fullmatch(path.name)
            if match is None:  # not ours
                continue
            self._next = max(self._next, int(match["number"]) + 1)
            if path not in good:
                path.unlink()
        self._small = [part for part in self._stored if part.runs.stat().st_size < _SMALL]
        self._stored = [part for part in self._stored if part not in self._small]
        return damaged

    def remove(self) -> None:
        """Remove all parts, and their folder unless anything else is in it."""
        parts_folder = self._folder / FOLDER
        if not parts_folder.is_dir():
            return
        remove_unfinished(parts_folder)
        with contextlib.suppress(OSError):
            for path in parts_folder.iterdir():
                if _NAME.fullmatch(path.name):
                    path.unlink()
            parts_folder.rmdir()

    def add(self, runs_part: ResultFile, weekly_part: ResultFile | None) -> None:
        """Store the results of a chunk, for good.

        Raises:
            StoreError: If there is no room; nothing of the part counts then.
        """
        weekly = None
        if weekly_part is not None:
            weekly = self._path(WEEKLY, weekly_part.digest)
            write_bytes_atomically(weekly, weekly_part.content)
        runs = self._path(RUNS, runs_part.digest)
        write_bytes_atomically(runs, runs_part.content)
        self._small.append(StoredPart(self._next, runs, weekly))
        self._next += 1
        if len(self._small) >= MERGED_AT:
            self._merge()

    def discard(self, part: StoredPart) -> None:
        """Remove a part.

        Raises:
            StoreError: If it cannot be removed.
        """
        try:
            for path in part.files:
                path.unlink()
        except OSError as error:
            raise StoreError(self._folder, error) from error
        self._small = [other for other in self._small if other != part]
        self._stored = [other for other in self._stored if other != part]

    def _path(self, table: str, content: str) -> Path:
        return self._folder / FOLDER / f"{table}-{self._next:08d}-{content[:_DIGITS]}.parquet"

    def _merge(self) -> None:
        """Merge all small parts into one, and remove them when it is stored."""
        small = self._small
        weekly = None
        if self._weekly:
            weekly = self._join(WEEKLY, [part.weekly for part in small if part.weekly is not None])
        runs = self._join(RUNS, [part.runs for part in small])
        self._stored.append(StoredPart(self._next, runs, weekly))
        self._next += 1
        self._small = []
        remove_parts(small)

    def _join(self, table: str, paths: list[Path]) -> Path:
        """Write the rows of several files into one."""
        sink = pa.BufferOutputStream()
        with pq.ParquetWriter(sink, pq.read_schema(paths[0]), **PARQUET_OPTIONS) as writer:
            for tables in _batches(paths):
                writer.write_table(pa.concat_tables(tables).combine_chunks())
        content = sink.getvalue().to_pybytes()
        target = self._path(table, hashlib.sha256(content).hexdigest())
        write_bytes_atomically(target, content)
        return target


_SMALL = 200_000
"""Bytes of the table of runs below which a part that was found is small."""

_ROWS_AT_ONCE = 200_000


def _batches(paths: Iterable[Path]) -> Iterator[list[pa.Table]]:
    """Tables of files, in groups whose rows fit into memory."""
    tables: list[pa.Table] = []
    rows = 0
    for path in paths:
        table = pq.read_table(path)
        tables.append(table)
        rows += table.num_rows
        if rows >= _ROWS_AT_ONCE:
            yield tables
            tables, rows = [], 0
    if tables:
        yield tables


def remove_parts(parts: Iterable[StoredPart]) -> None:
    """Remove parts; one that cannot be removed does no harm."""
    for part in parts:
        for path in part.files:
            with contextlib.suppress(OSError):
                path.unlink()
