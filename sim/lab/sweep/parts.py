"""Results while a sweep runs: parts, which are files of results (:mod:`sim.lab.result_files`) with the same number.

A part has one file per table. The file of the table of runs is written last: without it the part does not count.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.lab.result_files import ResultPath, find_result_files, is_whole, remove_result_files, write_result_file
from sim.lab.store_files import StoreError, remove_unfinished
from sim.lab.sweep.tables import PARQUET_OPTIONS, RUN_KEYS
from sim.lab.writing import is_partial
from sim.model.scenario.messages import ScenarioError

FOLDER = "parts"
"""Folder of the parts in a store."""

RUNS, WEEKLY = "runs", "weekly"
"""Tables that parts hold."""

MERGED_AT = 128
"""Number of small parts that are made into one: programs read a few large files much faster than many small ones."""


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
    for each in find_result_files(folder / FOLDER):
        found.setdefault(each.what, {})[each.number] = each.path
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
        if path.is_symlink() or not path.is_file() or not (ResultPath.of(path) or is_partial(path))
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
        for each in find_result_files(parts_folder):
            self._next = max(self._next, each.number + 1)
            if each.path not in good:
                each.path.unlink()
        self._small = [part for part in self._stored if part.runs.stat().st_size < _SMALL]
        self._stored = [part for part in self._stored if part not in self._small]
        return damaged

    def remove(self) -> None:
        """Remove all parts, and their folder unless anything else is in it."""
        remove_result_files(self._folder / FOLDER)

    def add(self, runs: bytes, weekly: bytes | None) -> None:
        """Store the results of a chunk, for good: its tables as Parquet files.

        Raises:
            StoreError: If there is no room; nothing of the part counts then.
        """
        weekly_path = None if weekly is None else self._write(WEEKLY, weekly)
        self._small.append(StoredPart(self._next, self._write(RUNS, runs), weekly_path))
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

    def _write(self, table: str, content: bytes) -> Path:
        return write_result_file(self._folder / FOLDER, table, self._next, content, "parquet")

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
        return self._write(table, sink.getvalue().to_pybytes())


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
