"""From many parts to one file per table, in an order that does not depend on which worker did what, or when.

Rows first go into buckets by their position in the final order; a bucket is a stretch of runs. Then each bucket is
sorted in memory and written as a row group. However long the sweep was, memory holds one bucket, one part, and 8 bytes
per run for the order.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.lab.store_files import StoreError, remove_buckets, write_atomically
from sim.lab.sweep.tables import PARQUET_OPTIONS
from sim.lab.writing import PARTIAL

ROWS = 250_000
"""Rows in a bucket, and in a row group, at most."""

RUNS = 50_000
"""Runs in a bucket at most."""


class Order:
    """The final order of runs: by replicate, then by point.

    Args:
        keys: Position of every run, as :func:`final_positions` gives it, in any order; repetitions count once.
        points: Number of points of the experiment.
        rows_per_run: Most rows that a run has in any table.
    """

    def __init__(self, keys: NDArray[np.int64], points: int, rows_per_run: int) -> None:
        size = max(1, min(RUNS, ROWS // max(1, rows_per_run)))
        ranked = np.unique(keys)
        self.runs = int(ranked.size)
        self._points = points
        self._edges = ranked[::size]

    @property
    def buckets(self) -> int:
        """Number of buckets."""
        return int(self._edges.size)

    def bucket_of(self, table: pa.Table) -> NDArray[np.int64]:
        """Bucket of each row."""
        return np.searchsorted(self._edges, final_positions(table, self._points), side="right") - 1


def final_positions(table: pa.Table, points: int) -> NDArray[np.int64]:
    """Position of the run of each row in the final order, counted with gaps."""
    replicate = table.column("replicate").to_numpy()
    return np.asarray(replicate * points + table.column("point").to_numpy(), dtype=np.int64)


def compact(paths: Sequence[Path], target: Path, schema: pa.Schema, order: Order, keys: Sequence[str]) -> int:
    """Write the rows of all parts into one file, in order, each once.

    Args:
        paths: Files of one table; they may have more columns than are needed.
        target: Where to.
        schema: Columns to write.
        order: The order of runs.
        keys: Columns that tell rows apart: :data:`~sim.lab.sweep.tables.RUN_KEYS` or
            :data:`~sim.lab.sweep.tables.WEEK_KEYS`.

    Returns:
        Number of rows.
    """
    rows = 0
    with (
        _buckets(target.parent) as folder,
        write_atomically(target) as new,
        pq.ParquetWriter(new, schema, **PARQUET_OPTIONS) as writer,
    ):
        for table in _sorted_buckets(_filled(paths, folder, schema, order), schema, keys):
            rows += table.num_rows
            writer.write_table(table, row_group_size=max(1, table.num_rows))
    return rows


@contextmanager
def _buckets(parent: Path) -> Iterator[Path]:
    """A folder for buckets, gone afterwards."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".buckets-", suffix=PARTIAL, dir=parent))
    except OSError as error:
        raise StoreError(parent, error) from error
    try:
        yield folder
    finally:
        remove_buckets(folder)


def _filled(paths: Iterable[Path], folder: Path, schema: pa.Schema, order: Order) -> list[Path]:
    """Files of the buckets, filled with the rows of all parts."""
    files = [folder / f"{number:06d}.arrow" for number in range(order.buckets)]
    sinks: dict[int, pa.ipc.RecordBatchStreamWriter] = {}
    try:
        for path in paths:
            for group in _groups(path, schema):
                bucket = order.bucket_of(group)
                for number in np.unique(bucket).tolist():
                    if number not in sinks:
                        sinks[number] = pa.ipc.new_stream(str(files[number]), schema)
                    sinks[number].write_table(group.filter(pa.array(bucket == number)))
    except OSError as error:
        raise StoreError(folder.parent, error) from error
    finally:
        for sink in sinks.values():
            with contextlib.suppress(OSError):
                sink.close()
    return files


def _groups(path: Path, schema: pa.Schema) -> Iterator[pa.Table]:
    """Row groups of a file, with the columns of a schema."""
    with pq.ParquetFile(path) as file:
        for index in range(file.num_row_groups):
            yield file.read_row_group(index, columns=schema.names).select(schema.names)


def _sorted_buckets(files: Iterable[Path], schema: pa.Schema, keys: Sequence[str]) -> Iterator[pa.Table]:
    """Every bucket in order, without repetitions."""
    by = [("replicate", "ascending"), ("point", "ascending"), *((key, "ascending") for key in keys if key == "week")]
    for path in files:
        if not path.exists():
            yield schema.empty_table()
            continue
        with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as stream:
            table = stream.read_all()
        path.unlink()
        table = table.take(pc.sort_indices(table, sort_keys=by))
        yield _each_once(table, keys).combine_chunks()


def _each_once(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    """A sorted table without rows whose keys have come before: the same run may lie in two parts."""
    columns = [table.column(key).to_numpy() for key in keys]
    new = np.zeros(table.num_rows, dtype=np.bool_)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return table if new.all() else table.filter(pa.array(new))
