"""Reading a store, finished or not, also while a sweep is writing it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.lab.sweep import parts
from sim.lab.sweep.store import CIRCUMSTANCES, DESIGNS, DICTIONARY, POINTS, RUNS, WEEKLY, read_manifest
from sim.lab.sweep.store_manifest import FINISHED, KIND
from sim.lab.sweep.tables import CIRCUMSTANCES as CIRCUMSTANCE_COLUMNS
from sim.lab.sweep.tables import RUN_KEYS, WEEK_KEYS
from sim.model.scenario import ScenarioError

_PATIENCE = 20  # times that a listing may be out of date before it is read


@dataclass(frozen=True)
class Store:
    """A sweep on disk; tables are read when they are first asked for.

    Attributes:
        folder: Where it is.
        manifest: What it is.
    """

    folder: Path
    manifest: dict[str, Any]

    @property
    def finished(self) -> bool:
        """Whether all runs are there."""
        return bool(self.manifest["status"] == FINISHED)

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row per point."""
        return _to_pandas(pq.read_table(self.folder / POINTS))

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row per run that is there, by replicate and point."""
        return _to_pandas(self._read(RUNS, parts.RUNS, RUN_KEYS))

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """Weekly outcomes, by replicate, point and week; empty if none are kept."""
        if self.manifest["weekly"] is None:
            return pd.DataFrame(columns=list(WEEK_KEYS))
        return _to_pandas(self._read(WEEKLY, parts.WEEKLY, WEEK_KEYS))

    @cached_property
    def designs(self) -> pd.DataFrame:
        """Position of the rows of sampled designs in the unit cube; empty if nothing was drawn."""
        path = self.folder / DESIGNS
        return _to_pandas(pq.read_table(path)) if path.exists() else pd.DataFrame(columns=["design", "row"])

    @cached_property
    def dictionary(self) -> dict[str, Any]:
        """What every column means."""
        content: dict[str, Any] = json.loads((self.folder / DICTIONARY).read_text(encoding="utf-8"))
        return content

    def table(self) -> pd.DataFrame:
        """Runs with the factors of their points: tidy, one row per run."""
        return self.points.merge(self.runs, on="point", validate="one_to_many")

    def _read(self, final: str, table: str, keys: tuple[str, ...]) -> pa.Table:
        """A table from its final file, or from all parts that are whole, each row once."""
        for _ in range(_PATIENCE):
            path = self.folder / final
            try:
                if path.exists() and not (self.folder / parts.FOLDER).exists():
                    return pq.read_table(path)
                return self._join(table, keys)
            except FileNotFoundError:  # parts are merged, and the last ones taken away, while others read
                continue
        raise ScenarioError([f"{self.folder}: the files change faster than they can be read. Try again."])

    def _join(self, table: str, keys: tuple[str, ...]) -> pa.Table:
        found = parts.find_parts(self.folder, self.manifest["weekly"] is not None)
        files = [part.runs if table == parts.RUNS else part.weekly for part in found]
        tables = [pq.read_table(path) for path in files if path is not None and _is_whole_part(path)]
        if not tables:
            return pa.table({key: pa.array([], pa.int64()) for key in keys})
        joined = pa.concat_tables(tables)
        order = [("replicate", "ascending"), ("point", "ascending"), *((key, "ascending") for key in keys[2:])]
        frame = joined.take(pc.sort_indices(joined, sort_keys=order)).to_pandas()
        once = ~frame.duplicated(list(keys))
        columns = [name for name in joined.column_names if name not in CIRCUMSTANCE_COLUMNS]
        return pa.Table.from_pandas(frame.loc[once, columns], preserve_index=False)


def read_store(folder: str | Path) -> Store:
    """The store in a folder.

    Raises:
        ScenarioError: If there is none.
    """
    path = Path(folder)
    manifest = read_manifest(path) if path.is_dir() else None
    if manifest is None:
        raise ScenarioError(
            [f"{path}: this must be a folder that `centricity sweep` has written, got one without a manifest of the kind "
             f"{KIND}. Give the folder that was named with --out."]
        )  # fmt: skip
    return Store(path, manifest)


def count_missing(folder: Path, outcomes: Iterable[str]) -> dict[str, int]:
    """Outcome -> number of finished runs without a value, of a finished store; those without any are left out."""
    failed = 0
    missing: Counter[str] = Counter()
    wanted = set(outcomes)
    with pq.ParquetFile(folder / RUNS) as file:
        for index in range(file.num_row_groups):
            group = file.read_row_group(index, columns=["status", *wanted])
            failed += pc.sum(pc.equal(group["status"], "failed")).as_py() or 0
            missing.update({name: group[name].null_count for name in wanted})
    return {name: missing[name] - failed for name in outcomes if missing[name] > failed}


def count_failures(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    """What went wrong in a finished store, the most frequent first.

    Yields:
        The error, how many runs it stopped, and point and replicate of the first of them.
    """
    number: Counter[str] = Counter()
    first: dict[str, tuple[int, int]] = {}
    with pq.ParquetFile(folder / RUNS) as file:
        for index in range(file.num_row_groups):
            group = file.read_row_group(index, columns=[*RUN_KEYS, "status", "error"])
            for row in group.filter(pc.equal(group["status"], "failed")).to_pylist():
                number[row["error"]] += 1
                first.setdefault(row["error"], (row["point"], row["replicate"]))
    for error, times in number.most_common():
        yield error, times, *first[error]


def read_circumstances(folder: Path) -> pd.DataFrame:
    """Seconds, machine and traceback of every run of a finished store."""
    return _to_pandas(pq.read_table(folder / CIRCUMSTANCES))


def _is_whole_part(path: Path) -> bool:
    """Whether a part is whole; one that has just been taken away is looked for again."""
    if not path.exists():
        raise FileNotFoundError(path)
    return parts.is_whole(path)


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    """A table for pandas: whole numbers that may be missing stay whole."""
    frame: pd.DataFrame = table.to_pandas()
    for field in table.schema:
        if field.type == pa.int64() and table.column(field.name).null_count:
            frame[field.name] = frame[field.name].astype("Int64")
    return frame
