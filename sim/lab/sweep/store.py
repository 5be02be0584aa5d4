"""The store: a folder that holds everything about a sweep, can be read at any time, and survives accidents.

``points.parquet``, ``designs.parquet`` and ``dictionary.json`` are there from the start. Results come in parts
(:mod:`sim.lab.sweep.parts`); when all are there they are compacted (:mod:`sim.lab.sweep.compaction`) into
``runs.parquet`` and ``weekly.parquet``, which are the same to the byte for any workers, order and executor, and into
``circumstances.parquet``, which differs. ``manifest.json`` says what all of it is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.lab.fingerprint import own_source, relevant_versions
from sim.lab.lock import LOCK, is_lock
from sim.lab.store_files import (
    file_digest,
    remove_unfinished,
    write_atomically,
    write_bytes_atomically,
    write_json_atomically,
)
from sim.lab.sweep.compaction import Order, compact, final_positions
from sim.lab.sweep.dictionary import describe_columns
from sim.lab.sweep.execution import Results
from sim.lab.sweep.experiment import Experiment
from sim.lab.sweep.parts import FOLDER, PartStore, check_keys, list_foreign_files
from sim.lab.sweep.points import Points
from sim.lab.sweep.store_manifest import FINISHED, KIND, RUNNING, RUNS_FILE, WEEKLY_FILE, check_form, describe_store
from sim.lab.sweep.tables import (
    PARQUET_OPTIONS,
    RUN_KEYS,
    WEEK_KEYS,
    circumstances_schema,
    runs_schema,
    to_bytes,
    weekly_schema,
)
from sim.lab.writing import MANIFEST, check_place, has_name, is_partial
from sim.model.kernel.array_types import FloatArray
from sim.model.scenario.messages import Faults, ScenarioError

COPY = ".manifest-copy.json"
"""Second copy of the manifest, in case the first cannot be read."""

POINTS, DESIGNS, DICTIONARY = "points.parquet", "designs.parquet", "dictionary.json"
RUNS, WEEKLY, CIRCUMSTANCES = RUNS_FILE, WEEKLY_FILE, "circumstances.parquet"

OURS = {MANIFEST, COPY, LOCK, POINTS, DESIGNS, DICTIONARY, RUNS, WEEKLY, CIRCUMSTANCES, FOLDER}
"""Everything that a store may hold, apart from what is unfinished and what analyses add."""


_OF_RESULTS = ("status", "runs", "stopped", "versions", "code", "machine", "sessions", "lost", "files")
"""Keys of the manifest that say how far the sweep is; all others follow from the experiment."""


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a store, or else its copy; ``None`` if neither can be read, or is of a sweep.

    Raises:
        ScenarioError: If both are damaged: of a sweep, but not of the form that sweeps give them.
    """
    faults = []
    for name in (MANIFEST, COPY):
        path = folder / name
        try:
            content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        except (OSError, ValueError, RecursionError):
            continue
        if not isinstance(content, dict) or content.get("kind") != KIND:
            continue
        found = check_form(content)
        if not found:
            return content
        faults += [f"{path}: {fault}" for fault in found]
    if faults:
        remedy = "Take the file from a copy of the folder, or run the sweep again with another --out."
        raise ScenarioError(f"{fault}. {remedy}" for fault in faults)
    return None


def check_store(folder: Path, experiment: Experiment, faults: Faults) -> None:
    """Note a fault if a folder cannot become, or go on being, the store of an experiment."""
    option = "--out"
    if not has_name(folder, option, faults):
        return
    if os.path.lexists(folder) and not os.path.isdir(folder):
        faults.add(option, f"must be a folder, got the file {folder}. Name another one.")
        return
    before = len(faults.messages)
    try:
        manifest = read_manifest(folder) if os.path.isdir(folder) else None
    except ScenarioError as error:
        faults.take(error.faults)
        return
    if os.path.isdir(folder):
        _check_files(folder, faults)
    if manifest is not None:
        _check_same(folder, manifest, experiment, faults)
    elif os.path.isdir(folder):
        foreign = sorted(
            path.name for path in folder.iterdir() if not is_partial(path) and not (path.name == LOCK and is_lock(path))
        )
        if foreign:
            shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
            faults.add(
                option,
                f"must be a new folder, an empty one, or one with this sweep in it, got {folder} with {shown}. "
                "Name another one.",
            )
    if len(faults.messages) == before:
        check_place(folder.resolve() / COPY, option, faults)


def _check_files(folder: Path, faults: Faults) -> None:
    """Note a fault for each file of a store that is a link, or is in its way: nothing is written through links."""
    another = "or choose another --out"
    for path in sorted(folder.iterdir()):
        if path.name not in OURS:
            continue
        what = "a folder" if path.name == FOLDER else "a file"
        if path.is_symlink():
            faults.add(
                "--out",
                f"must hold {path.name} itself, got {path}, a link to {os.readlink(path)}. Remove the link, {another}.",
            )
        elif not (path.is_dir() if path.name == FOLDER else path.is_file()):
            faults.add("--out", f"must hold {path.name} as {what}, got {path}, which is none. Move it away, {another}.")
        elif path.name == FOLDER and (foreign := list_foreign_files(folder)):
            shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
            faults.add(
                "--out",
                f"must hold nothing but parts of the sweep in {FOLDER}, got {folder} with {shown}. Move it away, {another}.",
            )


def _check_same(folder: Path, manifest: dict[str, Any], experiment: Experiment, faults: Faults) -> None:
    """Note a fault if a store is of another experiment or of another program."""
    another = "or choose another --out"
    if manifest.get("experiment_hash") != experiment.hash:
        was = manifest["experiment"]
        changed = [key for key, value in experiment.definition.items() if was.get(key) != value]
        what = f" ({', '.join(changed)})" if changed else ""
        faults.add(
            "--out",
            f"must be of the same experiment, got {folder}, which was begun with another one{what}. Put the experiment "
            f"back as it was to go on, {another}.",
        )
        return
    was = manifest.get("versions", {})
    for name, version in relevant_versions().items():
        if was.get(name) != version:
            faults.add(
                "--out",
                f"must have been begun with the same versions, got {folder}, begun with {name} {was.get(name)}, and now "
                f"{version}. Install {name} {was.get(name)} to go on, {another}.",
            )
    if manifest.get("code") != own_source():
        faults.add(
            "--out",
            f"must have been begun with the same program, got {folder}, begun with another source of centricity. Go back "
            f"to that source to go on, {another}.",
        )


class StoreWriter:
    """The store of a sweep that this process works on; the caller holds its lock.

    Args:
        folder: Where it is.
        experiment: What is run.
        points: Its points.
    """

    def __init__(self, folder: Path, experiment: Experiment, points: Points) -> None:
        self.folder = folder
        self.experiment = experiment
        self.points = points
        self.parts = PartStore(folder, bool(experiment.weekly))
        self.manifest: dict[str, Any] = {}
        self.damaged: list[str] = []

    @property
    def finished(self) -> bool:
        """Whether everything is there and compacted."""
        return bool(self.manifest.get("status") == FINISHED)

    def open(self) -> None:
        """Write the first files of a new store, or open the store that is there already.

        Raises:
            StoreError: If it cannot be written.
            ScenarioError: If the designs give other points than they did when the store was begun.
        """
        remove_unfinished(self.folder)
        start = self._first_files()
        files = {name: _fingerprint(content) for name, content in start.items()}
        known = read_manifest(self.folder)
        if known is None:
            self.manifest = describe_store(self.experiment, self.points, files)
            self.save()
        else:
            current = describe_store(self.experiment, self.points, files)
            self.manifest = current | {key: known[key] for key in _OF_RESULTS if key in known}
            self._check_points(files)
            if self.manifest != known:  # texts for people have changed, or the file was damaged
                self.save()
        for name, content in start.items():
            path = self.folder / name
            if not path.is_file() or file_digest(path) != files[name]["sha256"]:
                write_bytes_atomically(path, content)
                if known is not None:
                    self.damaged.append(name)
        if self.finished:
            self._check_finished()
        if not self.finished:
            if damaged := self.parts.open():
                self.damaged.append(f"{damaged} damaged files in {FOLDER}")
            self._remove_results()  # of a compaction that was cut short

    def save(self) -> None:
        """Write the manifest, and its copy."""
        write_json_atomically(self.folder / COPY, self.manifest)
        write_json_atomically(self.folder / MANIFEST, self.manifest)

    def run_keys(self) -> Iterator[pa.Table]:
        """Point, replicate and status of all runs that are there, part by part."""
        paths = [self.folder / RUNS] if self.finished else [part.runs for part in self.parts.stored]
        for path in paths:
            self._check_columns(path)
            table = pq.read_table(path, columns=[*RUN_KEYS, "status"])
            check_keys(table, path, self.points.number, self.experiment.most_replicates)
            yield table

    def _check_columns(self, path: Path) -> None:
        """Refuse a file whose name is right, but which has other columns than this sweep's runs."""
        expected = runs_schema(self.experiment.outcomes, circumstances=not self.finished)
        if not pq.read_schema(path).equals(expected):
            raise ScenarioError(
                [
                    f"{path}: must have the columns of this sweep's runs, got others. The file is of another sweep: take it "
                    "away, and run the sweep again."
                ]
            )

    def values(self, outcome: str, replicates: int) -> FloatArray:
        """An outcome of all runs that are there, shape (points, replicates); NaN is missing."""
        found = np.full((self.points.number, replicates), np.nan)
        for part in self.parts.stored:
            table = pq.read_table(part.runs, columns=[*RUN_KEYS, outcome])
            point, replicate = (table.column(key).to_numpy() for key in RUN_KEYS)
            wanted = replicate < replicates
            column = table.column(outcome).to_numpy(zero_copy_only=False)
            found[point[wanted], replicate[wanted]] = column[wanted]
        return found

    def finish(self, stopped: dict[str, int] | None) -> None:
        """Compact everything; the parts are removed when all else is on the disk.

        Raises:
            StoreError: If there is no room; the parts are as they were.
        """
        order = self._order()
        parts = self.parts.stored
        runs = [part.runs for part in parts]
        outcomes = self.experiment.outcomes
        compact(runs, self.folder / RUNS, runs_schema(outcomes), order, RUN_KEYS)
        compact(runs, self.folder / CIRCUMSTANCES, circumstances_schema(), order, RUN_KEYS)
        if self.experiment.weekly:
            weekly = [part.weekly for part in parts if part.weekly is not None]
            compact(weekly, self.folder / WEEKLY, weekly_schema(self.experiment.weekly), order, WEEK_KEYS)
        names = [*self._first_names(), RUNS, CIRCUMSTANCES, *([WEEKLY] if self.experiment.weekly else [])]
        self.manifest |= {
            "status": FINISHED,
            "stopped": stopped,
            "files": {name: self._describe_file(name) for name in names},
        }
        self.save()
        self.clean()

    def _describe_file(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        return {"bytes": path.stat().st_size, "sha256": file_digest(path)}

    def clean(self) -> None:
        """Remove the parts."""
        self.parts.remove()

    def _order(self) -> Order:
        """The order of all runs that are there."""
        keys = [final_positions(table, self.points.number) for table in self.run_keys()]
        every: NDArray[np.int64] = np.concatenate(keys) if keys else np.empty(0, dtype=np.int64)
        weeks = self.experiment.scenario.weeks // self.experiment.every if self.experiment.weekly else 1
        return Order(every, self.points.number, weeks)

    def _first_files(self) -> dict[str, bytes]:
        """Files that are there from the start."""
        table = self.points.table
        text = (
            json.dumps(describe_columns(self.experiment, table, self.points.unit), indent=2, ensure_ascii=False) + "\n"
        )
        files = {POINTS: to_bytes(table), DICTIONARY: text.encode()}
        if self.points.unit is not None:
            files[DESIGNS] = to_bytes(self.points.unit)
        return files

    def _first_names(self) -> list[str]:
        return [POINTS, *([DESIGNS] if self.points.unit is not None else []), DICTIONARY]

    def _check_points(self, files: dict[str, dict[str, Any]]) -> None:
        """Refuse a store whose points were others."""
        faults = Faults()
        for name, content in files.items():
            if self.manifest["files"].get(name) != content:
                faults.add(
                    "--out",
                    f"must hold the same points, got {self.folder}, where {name} was made by other versions of what draws "
                    "designs (SALib, SciPy). Install those of its manifest to go on, or choose another --out.",
                )
        faults.raise_any()

    def _check_finished(self) -> None:
        """Make sure that a finished store is still whole; if not, the runs that are lost are done again."""
        results = [RUNS, *([WEEKLY] if self.experiment.weekly else [])]
        broken = [name for name in results if not self._is_whole(name)]
        if broken:
            self.damaged += broken
            self.unfinish()
            return
        if not self._is_whole(CIRCUMSTANCES):
            self._renew_circumstances()
        self.clean()

    def _is_whole(self, name: str) -> bool:
        """Whether a file is there and has the SHA-256 that the manifest says."""
        path = self.folder / name
        known = self.manifest["files"].get(name)
        return known is not None and path.is_file() and file_digest(path) == known["sha256"]

    def _renew_circumstances(self) -> None:
        """Write the circumstances of a finished store anew, all missing: they are lost, but no result is."""
        schema = circumstances_schema()
        with (
            pq.ParquetFile(self.folder / RUNS) as runs,
            write_atomically(self.folder / CIRCUMSTANCES) as new,
            pq.ParquetWriter(new, schema, **PARQUET_OPTIONS) as writer,
        ):
            for index in range(runs.num_row_groups):
                keys = runs.read_row_group(index, columns=[*RUN_KEYS])
                columns = {field.name: pa.nulls(keys.num_rows, field.type) for field in schema}
                table = pa.table(columns | {key: keys.column(key) for key in RUN_KEYS}, schema=schema)
                writer.write_table(table, row_group_size=max(1, table.num_rows))
        self.manifest["files"][CIRCUMSTANCES] = self._describe_file(CIRCUMSTANCES)
        self.manifest["lost"] = [
            f"{CIRCUMSTANCES} was damaged: seconds, machines and tracebacks of earlier runs are lost; no result is"
        ]
        self.save()

    def add(self, results: Results) -> None:
        """Store the results of a chunk, for good."""
        self.parts.add(results.runs, results.weekly)

    def unfinish(self) -> None:
        """Go back to parts, which must be there, from a store that was finished."""
        self.manifest |= {"status": RUNNING, "stopped": None, "runs": {"done": 0, "failed": 0}}
        self.manifest["files"] = {
            name: content for name, content in self.manifest["files"].items() if name in self._first_names()
        }
        self.save()
        self._remove_results()

    def _remove_results(self) -> None:
        for name in (RUNS, WEEKLY, CIRCUMSTANCES):
            (self.folder / name).unlink(missing_ok=True)


def _fingerprint(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
