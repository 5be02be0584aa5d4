"""The tables of a store: their columns, and how they become bytes that are always the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

RUN_KEYS = ("point", "replicate")
"""Columns that identify a run."""

WEEK_KEYS = ("point", "replicate", "week")
"""Columns that identify a row of the table of weeks."""

CIRCUMSTANCES = ("seconds", "machine", "traceback")
"""Circumstances of a run: they differ from one day to the next, and are kept out of what is compared."""

PARQUET_OPTIONS: dict[str, Any] = {
    "compression": "zstd",
    "version": "2.6",
    "write_statistics": True,
    "store_schema": True,
}
"""How every Parquet file is written."""

_RUN_FIELDS = (
    ("point", pa.int64()),
    ("replicate", pa.int64()),
    ("seed", pa.int64()),
    ("status", pa.string()),
    ("error", pa.string()),
    ("sponsorship_start", pa.int64()),
    ("sponsorship_end", pa.int64()),
    ("permanent", pa.bool_()),
    ("cost", pa.float64()),
)


def runs_schema(outcomes: Iterable[str], circumstances: bool = False) -> pa.Schema:
    """Columns of the table of runs, with seconds, machine and traceback in parts."""
    fields = [*_RUN_FIELDS, *((name, pa.float64()) for name in outcomes if name != "cost")]
    if circumstances:
        fields += [("seconds", pa.float64()), ("machine", pa.string()), ("traceback", pa.string())]
    return pa.schema(fields)


def weekly_schema(outcomes: Iterable[str]) -> pa.Schema:
    """Columns of the table of weeks."""
    return pa.schema([*((key, pa.int64()) for key in WEEK_KEYS), *((name, pa.float64()) for name in outcomes)])


def circumstances_schema() -> pa.Schema:
    """Columns of the table of circumstances."""
    return pa.schema(
        [("point", pa.int64()), ("replicate", pa.int64()), ("seconds", pa.float64()), ("machine", pa.string()),
         ("traceback", pa.string())]
    )  # fmt: skip


def to_bytes(table: pa.Table) -> bytes:
    """A table as a Parquet file; equal tables give equal bytes, however they were put together."""
    sink = pa.BufferOutputStream()
    pq.write_table(table.combine_chunks(), sink, **PARQUET_OPTIONS)
    content: bytes = sink.getvalue().to_pybytes()
    return content
