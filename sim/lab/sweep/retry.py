"""Repeating failed runs: a machine that was too slow, or out of memory, may not be so tomorrow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.lab.sweep.parts import StoredPart
from sim.lab.sweep.stages import stage_edges
from sim.lab.sweep.store import CIRCUMSTANCES, RUNS, WEEKLY, StoreWriter
from sim.lab.sweep.tables import CIRCUMSTANCES as FACTS
from sim.lab.sweep.tables import RUN_KEYS, to_bytes

Flags = NDArray[np.bool_]


def forget_failures(store: StoreWriter) -> int:
    """Take jobs with failed runs out of a store, so that they are done again.

    With adaptive replicates a failure may have influenced a decision. All runs after the first such decision are taken
    out as well.

    Args:
        store: A store that has been opened.

    Returns:
        Number of runs that were taken out.
    """
    failed = _failed_jobs(store)
    if not failed.any():
        return 0
    first = int(np.flatnonzero(failed.any(axis=1))[0])
    last = next(edge for edge in stage_edges(store.experiment.replicates) if edge > first)
    forgotten = 0
    if store.finished:
        store.parts.open()
        for runs, weekly in _row_groups(store):
            forgotten += _keep_rest(store, runs, weekly, failed, last)
        store.unfinish()
        return forgotten
    for part in store.parts.stored:
        runs = pq.read_table(part.runs)
        if _kept_rows(store, runs, failed, last).all():
            continue
        forgotten += _keep_rest(store, runs, _weekly_of(part), failed, last)
        store.parts.discard(part)
    return forgotten


def _failed_jobs(store: StoreWriter) -> Flags:
    """Whether any run of a job has failed, shape (replicates, worlds)."""
    failed = np.zeros((store.experiment.most_replicates, store.points.worlds), dtype=np.bool_)
    for table in store.run_keys():
        bad = pc.equal(table.column("status"), "failed").to_numpy()
        point, replicate = (table.column(key).to_numpy()[bad] for key in RUN_KEYS)
        failed[replicate, store.points.world_of[point]] = True
    return failed


def _kept_rows(store: StoreWriter, table: pa.Table, failed: Flags, last: int) -> Flags:
    """Which rows stay."""
    point, replicate = (table.column(key).to_numpy() for key in RUN_KEYS)
    stays: Flags = ~failed[replicate, store.points.world_of[point]] & (replicate < last)
    return stays


def _keep_rest(store: StoreWriter, runs: pa.Table, weekly: pa.Table | None, failed: Flags, last: int) -> int:
    """Store the rows that stay as a part of their own; return the number of the others."""
    stays = _kept_rows(store, runs, failed, last)
    if stays.any():
        rest = None
        if weekly is not None:
            rest = to_bytes(weekly.filter(pa.array(_kept_rows(store, weekly, failed, last))))
        store.parts.add(to_bytes(runs.filter(pa.array(stays))), rest)
    return int((~stays).sum())


def _row_groups(store: StoreWriter) -> Iterator[tuple[pa.Table, pa.Table | None]]:
    """Runs of a finished store, with their circumstances, and their weeks; all its tables have the same row groups."""
    weekly = pq.ParquetFile(store.folder / WEEKLY) if store.experiment.weekly else None
    try:
        with (
            pq.ParquetFile(store.folder / RUNS) as runs,
            pq.ParquetFile(store.folder / CIRCUMSTANCES) as circumstances,
        ):
            for index in range(runs.num_row_groups):
                table = runs.read_row_group(index)
                facts = circumstances.read_row_group(index)
                for name in FACTS:
                    table = table.append_column(name, facts.column(name))
                yield table, None if weekly is None else weekly.read_row_group(index)
    finally:
        if weekly is not None:
            weekly.close()


def _weekly_of(part: StoredPart) -> pa.Table | None:
    return None if part.weekly is None else pq.read_table(part.weekly)
