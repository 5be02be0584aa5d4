"""Files appear whole or not at all: everything is written beside its place, and moved there in one step.

What a killed process leaves beside a place is swept up by the next one that writes there. A living one holds a lock on its
files, by the operating system; where that cannot lock (Windows, some network drives) nothing is swept up.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sim.model.scenario.messages import Faults, quoted
from sim.safe_text import escape, for_spreadsheet

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"
"""File that tells a folder of results from any other folder."""

KIND = "comparison"

PARTIAL, OLD = ".partial", ".old"
"""Endings of the names of what is not whole yet, and of what is about to be replaced."""

_RANDOM = "[a-z0-9_]{8}"  # as tempfile has it
_PARTIAL_NAME = re.compile(rf"\..+-{_RANDOM}{re.escape(PARTIAL)}(\.[a-z0-9]+)?")
_LONGEST_NAME, _LONGEST_PATH, _DEEPEST = 255, 4096, 200

DISK_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
"""Error numbers that say that there is no room."""


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


def check_folder(folder: Path, faults: Faults, manifest: str = MANIFEST, kind: str = KIND) -> None:
    """Note a fault if a folder of results cannot be written, before the long work that would fill it.

    A folder may be new, empty, or hold earlier results of the same kind and nothing else; that one is replaced whole.

    Args:
        folder: The folder.
        faults: Takes what is wrong with it.
        manifest: File in it that lists the others.
        kind: What that file says it is.
    """
    before = len(faults.messages)
    if not has_name(folder, "--out", faults):
        return
    if os.path.lexists(folder) and not os.path.isdir(folder):
        faults.add("--out", f"must be a folder, got the file {folder}. Name another one.")
    elif os.path.isdir(folder):
        if folder.resolve() == Path.cwd():
            faults.add("--out", "must not be the current folder itself. Name a new folder in it.")
        elif os.path.ismount(folder):
            faults.add(
                "--out",
                f"must be a folder that can be replaced, got {folder}, where a disk is mounted. Name a new folder in it.",
            )
        elif foreign := list_foreign_files(folder, manifest, kind):
            shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
            faults.add(
                "--out",
                f"must be a new folder, an empty one, or one that holds an earlier {kind} and nothing else, got "
                f"{folder} with {shown}. Name another one.",
            )
    if len(faults.messages) == before:
        check_place(folder.resolve(), "--out", faults)


def list_foreign_files(folder: Path, manifest: str = MANIFEST, kind: str = KIND) -> list[str]:
    """Files in a folder, however deep, that its manifest does not list, in alphabetical order; empty folders do not count.

    Links and places where a disk is mounted are foreign, whatever their names.
    """
    known = _listed(folder / manifest, kind)
    foreign = []
    for parent, folders, files in os.walk(folder):
        above = Path(parent)
        for name in [*folders, *files]:
            path = above / name
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink() or os.path.ismount(path) or (name in files and relative not in known):
                foreign.append(relative)
    return sorted(foreign)


def _listed(manifest: Path, kind: str) -> set[str]:
    """Files that a manifest says are its own, itself among them; empty without one."""
    try:
        content = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
        if content["kind"] != kind:
            return set()
        return {manifest.name, *(str(name) for name in content["files"])}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def check_file(file: Path, endings: tuple[str, ...], faults: Faults, location: str = "--out") -> None:
    """Note a fault if a file of results cannot be written, or its ending is none that is known.

    Links are followed, as other programs do: the link stays, and what it points to is replaced. That must have the same
    ending, so that a file of another format is never lost.

    Args:
        file: The file.
        endings: Legal endings of its name; empty if any will do.
        faults: Takes what is wrong.
        location: What messages name: an option.
    """
    if not has_name(file, location, faults):
        return
    try:
        if file.is_symlink():
            file.resolve(strict=True)
    except FileNotFoundError:  # it will be made
        pass
    except (OSError, RuntimeError):  # which of the two depends on the version of Python
        faults.add(location, f"must be a file, got {file}, a link that leads to itself. Name another one.")
        return
    target = file.resolve()
    ending = file.suffix.lower()
    if endings and ending not in endings:
        got = f"{file.suffix} ({file})" if file.suffix else f"no ending ({file})"
        faults.add(location, f"must end in {' or '.join(endings)}, got {got}. Write for example {_example(file)}.")
    elif os.path.isdir(file):
        faults.add(location, f"must be a file, got the folder {file}. Name a file in it.")
    elif not os.path.isdir(target.parent):
        faults.add(location, f"must be in a folder that exists, got {file}. Make the folder {file.parent} first.")
    elif os.path.lexists(target) and not os.path.isfile(target):
        faults.add(location, f"must be a file, got {file}, which is a device, a pipe or a socket. Name another one.")
    elif endings and target.suffix.lower() != ending:
        faults.add(
            location, f"must not replace a file of another format, got {file}, a link to {target}. Name another one."
        )
    else:
        check_place(target, location, faults)


def has_name(path: Path, location: str, faults: Faults) -> bool:
    """Whether a path can be a file's and can be read on a screen; else a fault is noted."""
    if escape(str(path)) == str(path):
        return True
    faults.add(location, f"must not hold characters that cannot be seen, got {quoted(str(path))}. Name another one.")
    return False


def _example(file: Path) -> str:
    return str(file.with_suffix(".csv")) if file.name and not file.name.startswith(".") else "run.csv"


def check_place(target: Path, location: str, faults: Faults) -> None:
    """Note a fault if a file or folder cannot be created, for its name or for the nearest of its parents that exists.

    Args:
        target: What is to be created, resolved.
        location: What messages name: an option.
        faults: Takes what is wrong.
    """
    folder, missing = target.parent, [_partial_name(target, "x" * 8)]
    while not os.path.exists(folder) and folder != folder.parent:
        missing.append(folder.name)
        folder = folder.parent
    longest_name, longest_path = _LONGEST_NAME, _LONGEST_PATH
    if hasattr(os, "pathconf"):
        with suppress(OSError, ValueError):
            longest_name, longest_path = os.pathconf(folder, "PC_NAME_MAX"), os.pathconf(folder, "PC_PATH_MAX")
    too_long = max(_size(name) for name in missing) - longest_name
    if max(too_long, _size(str(target)) + _DEEPEST - longest_path) > 0:
        remedy = "Choose a shorter name or path."
        faults.add(location, f"must be short enough for the file system, got a name or path that is too long. {remedy}")
        return
    try:
        probe = tempfile.mkdtemp(prefix=f".{target.name}-", suffix=PARTIAL, dir=folder)
        with suppress(FileNotFoundError):  # another process may sweep it up
            os.rmdir(probe)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        faults.add(location, f"must be in a folder that can be written, got {folder}: {reason}. Name another place.")


def _size(name: str) -> int:
    """Bytes of a name or path in the file system."""
    return len(os.fsencode(name))


def _partial_name(target: Path, random: str) -> str:
    """Name of what is not whole yet; a file keeps its ending, by which writers know its format."""
    return f".{target.name}-{random}{PARTIAL}{target.suffix}"


def is_partial(path: Path) -> bool:
    """Whether a file or folder has a name that only those have which are not whole yet."""
    return _PARTIAL_NAME.fullmatch(path.name) is not None


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill, that takes the place of ``folder`` when the block ends well and vanishes when it does not.

    Raises:
        DiskFullError: If there is no room.
    """
    target = folder.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    with _room_for(target):
        _sweep_up(target)
        new = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=PARTIAL, dir=target.parent))
        try:
            with _in_use(new):
                yield new
                for path in sorted(new.rglob("*")):
                    flush_to_disk(path)
                flush_to_disk(new)
                new.chmod(0o777 & ~umask())
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
        _sweep_up(target)
        handle, name = tempfile.mkstemp(
            prefix=f".{target.name}-", suffix=f"{PARTIAL}{target.suffix}", dir=target.parent
        )
        os.close(handle)
        new = Path(name)
        try:
            with _in_use(new):
                yield new
                flush_to_disk(new)
                new.chmod(0o666 & ~umask())
                os.replace(new, target)
        finally:
            new.unlink(missing_ok=True)


if os.name == "posix":
    import fcntl

    @contextmanager
    def _in_use(path: Path) -> Iterator[bool]:
        """Hold a file or folder against being swept up; gives whether nobody else held it, and it is held now.

        The lock goes with the file when it is renamed, and ends with the process.
        """
        descriptor = -1
        held = False
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = True
        try:
            yield held
        finally:
            if descriptor >= 0:
                os.close(descriptor)

else:

    @contextmanager
    def _in_use(path: Path) -> Iterator[bool]:
        """Nothing can be held here, where files that are open cannot be renamed; so nothing is swept up."""
        del path
        yield False


def _sweep_up(target: Path) -> None:
    """Remove what killed processes have left of the same target; bring back what one had moved away to replace it.

    Only what has a name that nothing else has, belongs to the same user, is no link, and is held by no living process.
    """
    endings = "|".join(re.escape(ending) for ending in (PARTIAL + target.suffix, PARTIAL, OLD))
    pattern = re.compile(rf"\.{re.escape(target.name)}-{_RANDOM}(?P<ending>{endings})")
    with suppress(OSError):
        for path in sorted(target.parent.iterdir()):
            match = pattern.fullmatch(path.name)
            if match is None or not _is_own(path, match["ending"]):
                continue
            with _in_use(path) as free:
                if not free:
                    continue
                if match["ending"] == OLD and not os.path.lexists(target):
                    os.rename(path, target)
                elif path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)


def _is_own(path: Path, ending: str) -> bool:
    """Whether something is a file or folder of this user, not a link, as what is left behind under such names is."""
    try:
        entry = path.lstat()
    except OSError:
        return False
    right = stat.S_ISDIR(entry.st_mode) or (ending != OLD and stat.S_ISREG(entry.st_mode))
    return right and (not hasattr(os, "geteuid") or entry.st_uid == os.geteuid())


@contextmanager
def _room_for(target: Path) -> Iterator[None]:
    """Raise a clear error when the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise DiskFullError(target) from error
        raise


def _swap(new: Path, target: Path) -> None:
    """Put a folder in the place of another; if that fails or is interrupted, the old one is back where it was."""
    if not target.exists():
        os.rename(new, target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=OLD, dir=target.parent))
    os.rmdir(old)
    with _in_use(target):
        try:
            os.rename(target, old)
            os.rename(new, target)
        except BaseException:
            if old.exists():
                if target.exists():
                    os.rename(target, new)
                os.rename(old, target)
            raise
        os.rename(old, new)  # to be removed; under its first name it would be brought back if the process died now


def flush_to_disk(path: Path) -> None:
    """Wait until a file, or the list of a folder's files, is on the disk and not only on its way there."""
    if path.is_dir() and os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@cache
def umask() -> int:
    """The umask: permissions that new files do not get. Python can read it only by setting it, so it does so once."""
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
    """Write a table that people read too; numbers keep every digit, missing values are empty, no text is a formula."""
    for_spreadsheet(table).to_csv(path, index=False, lineterminator="\n")
