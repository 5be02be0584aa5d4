"""Where code that was made on this machine is kept: in the first folder that can be written.

A cache is never worse than none. What is damaged or cannot be trusted counts as absent, and is made anew; where nothing can be
written the code lasts as long as the process. A file is named after its content's SHA-256. It is read only if nobody but the
user, root or the owner of the package's source can have written it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def folders() -> Iterator[Path]:
    """Folders in the order in which they are tried: the one given, beside the source, the user's own, a temporary one."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        yield Path(given)
    yield Path(__file__).with_name("__pycache__")
    from platformdirs import user_cache_path

    with suppress(RuntimeError):  # without a home
        yield user_cache_path("centricity", appauthor=False)
    temporary = _temporary_folder()
    if temporary.parent != Path.cwd():  # which Python takes where there is no folder for temporary files
        yield temporary


def load(family: str, key: str) -> bytes | None:
    """Code from the first folder that has it; ``None`` if none has it whole.

    Args:
        family: What the code is for. Of each family a folder keeps one file.
        key: What it was made from.
    """
    found = _find(family, key)
    return None if found is None else found[1]


def find(family: str, key: str) -> Path | None:
    """The file that :func:`load` reads."""
    found = _find(family, key)
    return None if found is None else found[0]


def _find(family: str, key: str) -> tuple[Path, bytes] | None:
    """The first file that is whole, and its content."""
    for folder in folders():
        for file in _files(folder, f"{family}.{key}."):
            with suppress(OSError):
                if _is_trusted(file):
                    content = file.read_bytes()
                    if file.stem.endswith(hashlib.sha256(content).hexdigest()):
                        return file, content
    return None


def keep(family: str, key: str, content: bytes, quiet: bool = False) -> Path | None:
    """Keep code in the first folder where that can be done; if there is none, say so unless ``quiet``.

    Returns:
        The file, or ``None``.
    """
    reasons = []
    name = f"{family}.{key}.{hashlib.sha256(content).hexdigest()}.code"
    for folder in folders():
        try:
            _make(folder)
            _write(folder / name, content)
        except OSError as error:
            reasons.append(f"{folder}: {error.strerror or error}")
            continue
        for file in _files(folder, f"{family}."):
            if file.name != name:
                with suppress(OSError):
                    file.unlink()
        return folder / name
    if not quiet:
        _say_that_nothing_is_kept(reasons)
    return None


def _say_that_nothing_is_kept(reasons: list[str]) -> None:
    logging.getLogger(__name__).warning(
        "The compiled model cannot be kept, so it will be compiled again at the next start (%s). Set NUMBA_CACHE_DIR to a "
        "folder that can be written.",
        "; ".join(reasons),
    )


def writable_folder() -> Path | None:
    """Folder in which code would be kept now; ``None`` if none can be written."""
    for folder in folders():
        with suppress(OSError):
            _make(folder)
            if os.access(folder, os.W_OK):
                return folder
    return None


def _temporary_folder() -> Path:
    """A folder of the user's own among temporary files, where there is no other: workers find the code there."""
    return Path(tempfile.gettempdir(), f"centricity-code-{os.geteuid() if hasattr(os, 'geteuid') else 'user'}")


def _make(folder: Path) -> None:
    """Make a folder; a temporary one so that nobody else can write there. One that somebody else has made is not used."""
    if folder != _temporary_folder():
        folder.mkdir(parents=True, exist_ok=True)
        return
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    entry = folder.lstat()
    if not stat.S_ISDIR(entry.st_mode) or not _is_private(entry):
        raise PermissionError(f"{folder} belongs to somebody else")


def _write(file: Path, content: bytes) -> None:
    """Write a file whole, or not at all."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name[:32]}-", dir=file.parent)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o644)
        os.replace(name, file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _files(folder: Path, prefix: str) -> list[Path]:
    """Files of code whose name begins with a prefix."""
    try:
        return sorted(path for path in folder.iterdir() if path.name.startswith(prefix) and path.suffix == ".code")
    except OSError:
        return []


def _is_private(entry: os.stat_result) -> bool:
    """Whether a file or folder can have been written by none but this user, root or the owner of the package's source."""
    if not hasattr(os, "geteuid"):
        return True
    trusted = {os.geteuid(), 0, os.stat(__file__).st_uid}
    return entry.st_uid in trusted and not entry.st_mode & _WRITABLE_BY_OTHERS


def _is_trusted(file: Path) -> bool:
    """Whether a file may be read: an ordinary one, that nobody else can have written."""
    entry = file.lstat()
    return stat.S_ISREG(entry.st_mode) and _is_private(entry)
