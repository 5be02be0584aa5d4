"""Files appear whole or not at all: everything is written beside its place, and moved there in one step."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.model.scenario.messages import Faults

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"
"""File that tells a folder of results from any other folder."""

KIND = "comparison"

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


class DiskFullError(OSError):
    """There was no room for the results; nothing of them is left behind."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            errno.ENOSPC,
            f"{path}: the disk is full, so nothing was written. Make room, or choose another --out, and run the "
            "command again.",
        )

    def __str__(self) -> str:
        return str(self.strerror)


def check_folder(folder: Path, faults: Faults) -> None:
    """Note a fault if a folder of results cannot be written, before the long work that would fill it.

    A folder may be new, empty, or hold an earlier comparison and nothing else; that one is replaced whole.
    """
    before = len(faults.messages)
    if os.path.lexists(folder) and not folder.is_dir():
        faults.add("--out", f"must be a folder, got the file {folder}. Name another one.")
    elif folder.is_dir():
        if folder.resolve() == Path.cwd():
            faults.add("--out", "must not be the current folder itself. Name a new folder in it.")
        elif foreign := list_foreign_files(folder):
            shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
            faults.add(
                "--out",
                f"must be a new folder, an empty one, or one that holds an earlier comparison and nothing else, got "
                f"{folder} with {shown}. Name another one.",
            )
    if len(faults.messages) == before:
        _check_writable(folder.resolve().parent, "--out", faults)


def list_foreign_files(folder: Path) -> list[str]:
    """Contents of a folder that no comparison has written, in alphabetical order; empty folders do not count."""
    known = _written_by_comparison(folder)
    return sorted(path.name for path in folder.iterdir() if path.name not in known and not _is_empty_folder(path))


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _written_by_comparison(folder: Path) -> set[str]:
    """Top-level names that the manifest in a folder says are its own; empty without one."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["kind"] != KIND:
            return set()
        return {MANIFEST, *(str(name).split("/", 1)[0] for name in manifest["files"])}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def check_file(file: Path, endings: tuple[str, ...], faults: Faults, location: str = "--out") -> None:
    """Note a fault if a file of results cannot be written, or its ending is none that is known."""
    if file.suffix.lower() not in endings:
        got = f"{file.suffix} ({file})" if file.suffix else f"no ending ({file})"
        faults.add(location, f"must end in {' or '.join(endings)}, got {got}. Write for example {_example(file)}.")
    elif file.is_dir():
        faults.add(location, f"must be a file, got the folder {file}. Name a file in it.")
    elif not file.resolve().parent.is_dir():
        faults.add(location, f"must be in a folder that exists, got {file}. Make the folder {file.parent} first.")
    else:
        _check_writable(file.resolve().parent, location, faults)


def _example(file: Path) -> str:
    return str(file.with_suffix(".csv")) if file.name and not file.name.startswith(".") else "run.csv"


def _check_writable(folder: Path, location: str, faults: Faults) -> None:
    """Note a fault if nothing can be created in a folder, or in the nearest of its parents that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        os.rmdir(tempfile.mkdtemp(prefix=".centricity-", dir=folder))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        faults.add(location, f"must be in a folder that can be written, got {folder}: {reason}. Name another place.")


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill, that takes the place of ``folder`` when the block ends well and vanishes when it does not.

    Raises:
        DiskFullError: If there is no room.
    """
    target = folder.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    with _room_for(target):
        new = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".partial", dir=target.parent))
        try:
            yield new
            for path in sorted(new.rglob("*")):
                _flush_to_disk(path)
            _flush_to_disk(new)
            new.chmod(0o777 & ~_umask())
            _swap(new, target)
        finally:
            shutil.rmtree(new, ignore_errors=True)


@contextmanager
def replaced_file(file: Path) -> Iterator[Path]:
    """A path to write to, that takes the place of ``file`` when the block ends well and vanishes when it does not.

    Raises:
        DiskFullError: If there is no room.
    """
    target = file.resolve()
    with _room_for(target):
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
        os.close(handle)
        new = Path(name)
        try:
            yield new
            _flush_to_disk(new)
            new.chmod(0o666 & ~_umask())
            os.replace(new, target)
        finally:
            new.unlink(missing_ok=True)


@contextmanager
def _room_for(target: Path) -> Iterator[None]:
    """Raise a clear error when the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError(target) from error
        raise


def _swap(new: Path, target: Path) -> None:
    """Put a folder in the place of another; if that fails, the old one is back where it was."""
    if not target.exists():
        os.rename(new, target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".old", dir=target.parent))
    os.rmdir(old)
    os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:
        os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _flush_to_disk(path: Path) -> None:
    """Wait until a file, or the list of a folder's files, is on the disk and not only on its way there."""
    if path.is_dir() and os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    """The umask: permissions that new files do not get. Python can read it only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with the same line ends everywhere."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def write_json(path: Path, content: object) -> None:
    """Write strict JSON: no NaN, no infinity."""
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table in the format that most programs read fastest."""
    table.to_parquet(path, engine="pyarrow", compression="zstd", index=False)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table that people read too; numbers keep every digit, missing values are empty."""
    table.to_csv(path, index=False, lineterminator="\n")
