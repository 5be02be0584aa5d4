"""Where machine code is kept: in the files of Numba's own cache, in the first folder that can be written.

A cache is never worse than none. What is damaged counts as absent, and is written anew; where nothing can be written the code
lasts as long as the process. Numba's files are pickles, so they are read only where nobody but the user, root or the owner of
the package's source can have written them.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba.core import caching, config, serialize

from sim.model.kernel.source_hash import source_hash

INGREDIENTS = (
    "model/kernel/",
    "model/agents/",
    "model/mechanisms/",
    "model/policies/",
    "model/outcomes/",
    "model/events.py",
    "model/week.py",
    "model/registry.py",
    "model/engine.py",
)
"""Parts of the package whose text decides what compiled loops do."""

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class _Place:
    """A place for the machine code of a generated function, which has no source file. It need not be writable."""

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        """This place."""
        return cls(py_func, py_file)  # type: ignore[call-arg]

    def get_source_stamp(self) -> str:
        """Hash of the sources of the machine code: all of the model, since a loop contains the mechanisms that it calls."""
        return source_hash(INGREDIENTS)


class _Given(_Place, caching.UserProvidedCacheLocator):
    """The folder that ``NUMBA_CACHE_DIR`` names."""


class _BesideTheSource(_Place, caching.InTreeCacheLocator):
    """The folder beside the source file, in which Python keeps its own."""


class _UserCache(_Place, caching.UserWideCacheLocator):
    """The user's own cache folder."""


class _Temporary(_Place, caching.InTreeCacheLocator):
    """A folder of the user's own among temporary files, where there is no other: workers find the code there."""

    def __init__(self, py_func: Any, py_file: str) -> None:
        super().__init__(py_func, py_file)  # type: ignore[no-untyped-call]
        user = os.geteuid() if hasattr(os, "geteuid") else "user"
        parent = Path(tempfile.gettempdir(), f"centricity-machine-code-{user}")
        self._cache_path = str(parent / self.get_suitable_cache_subpath(py_file))  # type: ignore[no-untyped-call]

    def ensure_cache_path(self) -> None:
        """Make the folder so that nobody else can write there; one that somebody else has made is not used."""
        parent = Path(self._cache_path).parent
        with suppress(FileExistsError):
            parent.mkdir(mode=0o700)
        entry = parent.lstat()
        if not stat.S_ISDIR(entry.st_mode) or not _is_private(entry):
            raise PermissionError(f"{parent} belongs to somebody else")
        super().ensure_cache_path()  # type: ignore[no-untyped-call]


PLACES = (_Given, _BesideTheSource, _UserCache, _Temporary)
"""Places of machine code in the order in which they are tried."""


class _Checked(caching.CompileResultCacheImpl):
    """Numba's form of machine code, with its digest: a flipped bit would be run otherwise."""

    def reduce(self, cres: Any) -> tuple[str, bytes]:
        """Machine code as it is kept."""
        content = serialize.dumps(super().reduce(cres))  # type: ignore[no-untyped-call]
        return hashlib.sha256(content).hexdigest(), content

    def rebuild(self, target_context: Any, payload: tuple[str, bytes]) -> Any:
        """Machine code that can be run.

        Raises:
            ValueError: If it is damaged.
        """
        digest, content = payload
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError("damaged machine code")
        return super().rebuild(target_context, pickle.loads(content))  # type: ignore[no-untyped-call]


class _Folder(caching.FunctionCache):
    """Machine code of one function in one place."""

    def __init__(self, function: Callable[..., Any], place: type) -> None:
        self._impl_class: Any = type("_CheckedThere", (_Checked,), {"_locator_classes": [place]})
        super().__init__(function)  # type: ignore[no-untyped-call]

    def check_writable(self) -> None:
        """Make the folder.

        Raises:
            OSError: If nothing can be written there.
        """
        self._impl.locator.ensure_cache_path()

    def load(self, types: Any, target: Any) -> Any:
        """Machine code for these types; ``None`` if there is none, or none that can be trusted and is whole."""
        if not all(map(_is_trusted, self._files())):
            return None
        try:
            return self._load_overload(types, target)  # type: ignore[no-untyped-call]
        except Exception:  # a damaged pickle may raise anything
            return None

    def save(self, types: Any, result: Any) -> None:
        """Keep machine code.

        Raises:
            OSError: If it cannot be written; nothing of it is left behind.
        """
        self.check_writable()
        for file in self._files():
            if not _is_trusted(file):
                file.unlink()  # before Numba reads it
        for last in (False, True):
            try:
                self._save_overload(types, result)  # type: ignore[no-untyped-call]
                break
            except Exception:  # the disk is full, or the index is damaged
                for file in self._files():
                    file.unlink(missing_ok=True)
                if last:
                    raise
        for file in self._files():
            file.chmod(stat.S_IMODE(file.stat().st_mode) & ~_WRITABLE_BY_OTHERS)

    def _files(self) -> list[Path]:
        """Files of the function, for any types and processors."""
        folder, name = Path(self.cache_path), str(self._impl.filename_base)
        try:
            return [
                path
                for path in folder.iterdir()
                if path.name.startswith(f"{name}.") and path.suffix in {".nbi", ".nbc"}
            ]
        except OSError:
            return []


class MachineCode(caching.NullCache):
    """Machine code of one function, wherever it is kept; a dispatcher of Numba's takes it as its cache.

    Args:
        function: The function, in Python.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        places = [place for place in PLACES if place is not _Given or config.CACHE_DIR]  # type: ignore[attr-defined]
        self._folders = [_Folder(function, place) for place in places]

    @property
    def cache_path(self) -> str | None:
        """Folder in which machine code would be kept now; ``None`` if none can be written."""
        for folder in self._folders:
            with suppress(OSError):
                folder.check_writable()
                return str(folder.cache_path)
        return None

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Machine code for these types, from the first place that has it; ``None`` if there is none."""
        return next((code for each in self._folders if (code := each.load(sig, target_context)) is not None), None)

    def save_overload(self, sig: Any, cres: Any) -> None:
        """Keep machine code in the first place where that can be done; if there is none, say so."""
        reasons = []
        for folder in self._folders:
            try:
                folder.save(sig, cres)
            except Exception as error:
                reasons.append(f"{folder.cache_path}: {getattr(error, 'strerror', None) or error}")
            else:
                return
        logging.getLogger(__name__).warning(
            "The compiled model cannot be kept, so it will be compiled again at the next start (%s). Set NUMBA_CACHE_DIR "
            "to a folder that can be written.",
            "; ".join(reasons),
        )


def _is_private(entry: os.stat_result) -> bool:
    """Whether a file or folder can have been written by none but this user, root or the owner of the package's source."""
    if not hasattr(os, "geteuid"):
        return True
    trusted = {os.geteuid(), 0, os.stat(__file__).st_uid}
    return entry.st_uid in trusted and not entry.st_mode & _WRITABLE_BY_OTHERS


def _is_trusted(file: Path) -> bool:
    """Whether a file may be read: an ordinary one, that nobody else can have written."""
    try:
        entry = file.lstat()
    except OSError:
        return False
    return stat.S_ISREG(entry.st_mode) and _is_private(entry)
