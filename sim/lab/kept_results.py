"""Results of tasks that are kept while a long piece of work goes on, so that the same command goes on where it stopped.

They stand in files of results (:mod:`sim.lab.result_files`) in a folder of their own: beside the one that will be written,
and gone when the work is done, or in the user's cache. Each result is found by the digest of its task and of the program, so
that it does not matter in what order, by how many workers or for which larger piece of work it was done. Files hold arrays
and JSON, never pickled objects: a folder from somebody else can at worst be wrong. A file that is damaged is removed, and
its tasks are done again.
"""

from __future__ import annotations

import hashlib
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import fields, is_dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np

from sim.lab.failure import Failure
from sim.lab.fingerprint import fingerprint
from sim.lab.lock import LOCK, Lock
from sim.lab.result_files import find_result_files, is_whole, remove_result_files, write_result_file
from sim.lab.store_files import remove_unfinished
from sim.lab.task import function_name
from sim.model.scenario import ScenarioError

SAVED_EVERY = 5.0
"""Seconds of work after which results are written: what takes less is sooner done again than kept."""

_WHAT = "results"
_CLASSES = {
    "Attempt": "sim.lab.task",
    "Failure": "sim.lab.failure",
    "PointResult": "sim.lab.parameter_uncertainty",
    "Run": "sim.model.results",
}
"""Classes of results that can be kept, and where they are."""


class Task(Protocol):
    """What is done by a worker, as far as its result is to be found again."""

    @property
    def decides(self) -> object:
        """Everything that decides the result, as JSON."""
        ...


def folder_for(out: Path) -> Path:
    """Folder in which results are kept that will be written into ``out``."""
    target = out.resolve()
    return target.parent / f".{target.name}.unfinished"


class KeptResults:
    """Results of tasks by their digests, in a folder that this process alone works in while the ``with`` block lasts.

    Args:
        folder: Folder for them; it is made when the first results are written.

    Raises:
        LockedError: On entering, if another process works there.
        ScenarioError: On entering, if something else is in its place.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._results: dict[str, Any] = {}
        self._new: dict[str, Any] = {}
        self._saved = time.monotonic()
        self._number = 0
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        if self.folder.is_symlink() or (self.folder.exists() and not self.folder.is_dir()):
            rule = (
                "must be a folder of unfinished results, got a link or a file. Move it away, or choose another --out."
            )
            raise ScenarioError([f"--out: {self.folder} {rule}"])
        if self.folder.is_dir():
            self._lock()
            for each in find_result_files(self.folder):
                self._number = each.number + 1
                if not is_whole(each.path):
                    each.path.unlink()
                    continue
                with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):  # not ours
                    self._results |= _read(each.path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._resources:
            if kind is not None:
                self.save_before_end()

    @property
    def number(self) -> int:
        """Number of results that are kept on disk."""
        return len(self._results) - len(self._new)

    def get(self, work: Callable[..., Any], task: Task) -> Any | None:
        """The result of a task; ``None`` if it is not kept."""
        return self._results.get(digest(work, task))

    def add(self, work: Callable[..., Any], task: Task, result: object) -> None:
        """Keep a result; one with a failure is not kept, so that it is tried again."""
        if _has_failure(result):
            return
        key = digest(work, task)
        self._results[key] = self._new[key] = result
        if time.monotonic() - self._saved > SAVED_EVERY:
            self.save()

    def save_before_end(self) -> None:
        """Write what is not written yet, if it is worth a folder: at least half of the time between writings has passed."""
        if self.number or time.monotonic() - self._saved > SAVED_EVERY / 2:
            self.save()

    def save(self) -> None:
        """Write what is not written yet; where that cannot be done, the work goes on without."""
        if not self._new:
            return
        with suppress(OSError):
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True)
                self._lock()
            write_result_file(self.folder, _WHAT, self._number, _to_bytes(self._new), "npz")
            self._number += 1
            self._new = {}
        self._saved = time.monotonic()

    def remove(self) -> None:
        """Remove the folder, and nothing in it that is not of this kind."""
        self._resources.close()
        with suppress(OSError):
            (self.folder / LOCK).unlink(missing_ok=True)
        remove_result_files(self.folder)

    def _lock(self) -> None:
        self._resources.enter_context(Lock(self.folder))
        remove_unfinished(self.folder)


def digest(work: Callable[..., Any], task: Task) -> str:
    """Digest of everything that decides a task's result: what is done, to what, and by which program."""
    content = [fingerprint(), function_name(work), task.decides]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _has_failure(result: Any) -> bool:
    """Whether a result is a failure, or tells of one."""
    if isinstance(result, tuple):
        return any(_has_failure(each) for each in result)
    failure = (
        getattr(result, "failure", None) or getattr(result, "failures", None) or (isinstance(result, list) and result)
    )
    return isinstance(result, Failure) or bool(failure)


def _to_bytes(results: Mapping[str, Any]) -> bytes:
    """Results as a file: their structure in JSON, and their arrays."""
    arrays: list[np.ndarray] = []
    structure = json.dumps({key: _plain(result, arrays) for key, result in results.items()})
    named = {f"array_{number}": array for number, array in enumerate(arrays)}
    buffer = BytesIO()
    np.savez(buffer, structure=np.frombuffer(structure.encode(), dtype=np.uint8), **named)  # type: ignore[arg-type]
    return buffer.getvalue()


def _read(file: Path) -> dict[str, Any]:
    """Results in a file; the archive's own checks find damage."""
    with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as kept:
        structure = json.loads(bytes(kept["structure"]))
        return {key: _from_plain(content, kept) for key, content in structure.items()}


def _plain(value: Any, arrays: list[np.ndarray]) -> Any:
    """A value as JSON; arrays are put aside and stand there by their number."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.dtype == object):
        value = value.tolist()
    plain: Any
    if value is None or isinstance(value, bool | int | str):
        plain = value
    elif isinstance(value, float):
        plain = {"float": value.hex()}
    elif isinstance(value, np.ndarray):
        arrays.append(value)
        plain = {"array": len(arrays) - 1}
    elif isinstance(value, list | tuple):
        plain = {type(value).__name__: [_plain(each, arrays) for each in value]}
    elif isinstance(value, dict):
        plain = {"dict": [[_plain(key, arrays), _plain(each, arrays)] for key, each in value.items()]}
    elif is_dataclass(value):
        content = [_plain(getattr(value, each.name), arrays) for each in fields(value)]
        plain = {"class": type(value).__name__, "fields": content}
    else:
        columns = [[name, _plain(column.to_numpy(), arrays)] for name, column in value.items()]
        plain = {"table": columns, "index": _plain(value.index.to_numpy(), arrays)}
    return plain


def _from_plain(content: Any, arrays: Any) -> Any:
    """The value that :func:`_plain` made this of."""
    match content:
        case {"float": text}:
            value: Any = float.fromhex(text)
        case {"array": number}:
            value = arrays[f"array_{number}"]
        case {"list": parts}:
            value = [_from_plain(each, arrays) for each in parts]
        case {"tuple": parts}:
            value = tuple(_from_plain(each, arrays) for each in parts)
        case {"dict": pairs}:
            value = {_from_plain(key, arrays): _from_plain(each, arrays) for key, each in pairs}
        case {"class": name, "fields": parts}:
            made = getattr(import_module(_CLASSES[name]), name)
            value = made(*(_from_plain(each, arrays) for each in parts))
        case {"table": columns, "index": index}:
            import pandas as pd

            named = {name: _from_plain(column, arrays) for name, column in columns}
            value = pd.DataFrame(named, index=_from_plain(index, arrays))
        case _:
            value = content
    return value
