"""Reading a store, finished or not, also while a sweep is writing it.

Whatever is read is checked: a file against the SHA-256 in the manifest, a part against the one in its name.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.lab.result_files import is_whole
from sim.lab.sweep import parts
from sim.lab.sweep.store import CIRCUMSTANCES, DESIGNS, DICTIONARY, POINTS, RUNS, WEEKLY, read_manifest
from sim.lab.sweep.store_manifest import FINISHED, KIND
from sim.lab.sweep.tables import CIRCUMSTANCES as CIRCUMSTANCE_COLUMNS
from sim.lab.sweep.tables import RUN_KEYS, WEEK_KEYS
from sim.model.scenario import ScenarioError

_SHOWN = 200  # characters of an error
_PATIENCE = 20  # times that a listing may be out of date before it is read


@dataclass(frozen=True)
class Store:
    """A sweep on disk; tables are read, and checked, when they are first asked for.

    Every table raises ``ScenarioError`` if its file is gone, damaged, or of another sweep.

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
        return _to_pandas(self._table(POINTS))

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
        if DESIGNS in self.manifest["files"]:
            return _to_pandas(self._table(DESIGNS))
        return pd.DataFrame(columns=["design", "row"])

    @cached_property
    def circumstances(self) -> pd.DataFrame:
        """Seconds, machine and traceback of every run of a finished store."""
        return _to_pandas(self._table(CIRCUMSTANCES))

    @cached_property
    def dictionary(self) -> dict[str, Any]:
        """What every column means."""
        path = self.folder / DICTIONARY
        with _reported(path):
            content: dict[str, Any] = json.loads(_checked(path, self.manifest))
            for table in content["tables"].values():
                for column in table["columns"].values():
                    column.get("unit")
        return content

    def table(self) -> pd.DataFrame:
        """Runs with the factors of their points: tidy, one row per run."""
        return self.points.merge(self.runs, on="point", validate="one_to_many")

    def _read(self, final: str, table: str, keys: tuple[str, ...]) -> pa.Table:
        """A table from its final file, or from all parts that are whole, each row once."""
        for _ in range(_PATIENCE):
            manifest = read_manifest(self.folder) or self.manifest  # the sweep may have gone on
            try:
                if manifest["status"] == FINISHED:
                    return self._checked_keys(self._table(final, manifest), self.folder / final)
                return self._join(table, keys)
            except FileNotFoundError:  # parts are merged, and the last ones taken away, while others read
                continue
            except ScenarioError:
                if (read_manifest(self.folder) or manifest) == manifest:
                    raise
        raise ScenarioError([f"{self.folder}: the files change faster than they can be read. Try again."])

    def _table(self, name: str, manifest: dict[str, Any] | None = None) -> pa.Table:
        """A table of the store, checked."""
        path = self.folder / name
        with _reported(path):
            return pq.read_table(pa.BufferReader(_checked(path, manifest or self.manifest)))

    def _checked_keys(self, table: pa.Table, path: Path) -> pa.Table:
        """The table, if all of its runs are the sweep's."""
        with _reported(path):
            parts.check_keys(table, path, self.manifest["points"])
        return table

    def _join(self, table: str, keys: tuple[str, ...]) -> pa.Table:
        found = parts.find_parts(self.folder, self.manifest["weekly"] is not None)
        files = [part.runs if table == parts.RUNS else part.weekly for part in found]
        tables = []
        for path in files:
            if path is not None and _is_whole_part(path):
                with _reported(path):
                    tables.append(self._checked_keys(pq.read_table(path), path))
        if not tables:
            return pa.table({key: pa.array([], pa.int64()) for key in keys})
        with _reported(self.folder / parts.FOLDER):
            joined = pa.concat_tables(tables)
        order = [("replicate", "ascending"), ("point", "ascending"), *((key, "ascending") for key in keys[2:])]
        frame = joined.take(pc.sort_indices(joined, sort_keys=order)).to_pandas()
        once = ~frame.duplicated(list(keys))
        columns = [name for name in joined.column_names if name not in CIRCUMSTANCE_COLUMNS]
        return pa.Table.from_pandas(frame.loc[once, columns], preserve_index=False)


def read_store(folder: str | Path) -> Store:
    """The store in a folder.

    Raises:
        ScenarioError: If there is none, or its manifest is damaged.
    """
    path = Path(folder)
    manifest = read_manifest(path) if path.is_dir() else None
    if manifest is None:
        raise ScenarioError(
            [f"{path}: this must be a folder that `centricity sweep` has written, got one without a manifest of the kind "
             f"{KIND} that can be read. Give the folder that was named with --out."]
        )  # fmt: skip
    return Store(path, manifest)


def _checked(path: Path, manifest: dict[str, Any]) -> bytes:
    """Content of a file whose SHA-256 the manifest holds.

    Raises:
        ValueError: If it has another one, or the manifest has none.
    """
    known = manifest["files"].get(path.name)
    if known is None:
        raise ValueError("the manifest does not know it")
    if not path.is_file():
        raise FileNotFoundError("it is gone")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != known["sha256"]:
        raise ValueError("its SHA-256 is not the one in the manifest")
    return content


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Say of which file it is, and what to do, when it cannot be read."""
    try:
        yield
    except ScenarioError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, pa.ArrowException) as error:
        if isinstance(error, FileNotFoundError) and path.parent.name == parts.FOLDER:
            raise  # it has been merged with others
        said = " ".join(str(error).split())[:_SHOWN] or type(error).__name__
        raise ScenarioError(
            [
                f"{path}: must be as the sweep wrote it, got a file that is gone or damaged ({said}). Run the same "
                "`centricity sweep` again: it notices, and does again what is lost."
            ]
        ) from error


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
    return read_store(folder).circumstances


def _is_whole_part(path: Path) -> bool:
    """Whether a part is whole; one that has just been taken away is looked for again."""
    if not path.exists():
        raise FileNotFoundError(path)
    return is_whole(path)


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    """A table for pandas: whole numbers that may be missing stay whole."""
    frame: pd.DataFrame = table.to_pandas()
    for field in table.schema:
        if field.type == pa.int64() and table.column(field.name).null_count:
            frame[field.name] = frame[field.name].astype("Int64")
    return frame
