"""Which form of the compiled week runs: machine code where it is there, portable code until then.

Portable code starts at once, and takes about twice the time of machine code. A process that has spent more in it than machine
code takes to make starts another process, which makes it; all processes on this machine take it from then on.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.model.compiled import code_cache
from sim.model.compiled.addresses import ENTRY, ArrayType
from sim.model.compiled.kept_week import KeptWeek, kept_week, sources

Run = Callable[..., None]

WORTHWHILE_SECONDS = 10.0
"""Seconds in portable code after which machine code is made: about what that takes."""

_started: list[subprocess.Popen[bytes]] = []  # nobody waits for them
_LOOK_SECONDS = 1.0  # between looks for machine code
_PATIENCE_SECONDS = 300.0  # after which another process that was making machine code is taken to have died


@dataclass(frozen=True)
class Source:
    """What the compiled week is made from.

    Attributes:
        suffix: Suffix of its name; empty for the model without extensions.
        extensions: Files of extensions, as a message names them.
        types: Types of its arrays.
        module: Gives the week as a module of LLVM.
    """

    suffix: str
    extensions: str
    types: tuple[ArrayType, ...]
    module: Callable[[], Any]

    @property
    def kept(self) -> KeptWeek | None:
        """The week that comes with the package, if it is this one."""
        return None if self.suffix else kept_week()


def compiled_week(source: Source, form: str, lock: AbstractContextManager[Any]) -> Run:
    """The compiled week as a function ``run(first, last, weeks, records, *further arrays)``.

    Args:
        source: What it is made from.
        form: ``machine``, ``portable``, or ``fastest`` for what there is.
        lock: A lock shared by processes that begin together: one compiles, and the others find the result on disk.

    Raises:
        RuntimeError: If portable code is asked for and there is none.
    """
    machine = None if form == "portable" else _load(source)
    if machine is not None:
        return machine
    if form != "machine":
        portable = _load_portable(source)
        if portable is not None:
            return portable if form == "portable" else _UntilMachineCode(source, portable)
        if form == "portable":
            raise RuntimeError(
                "There is no portable code of this model: its source has changed, or wasmtime is not installed."
            )
    with lock:
        return _load(source) or _make(source)


def make_machine_code(source: Source) -> tuple[Path | None, bool]:
    """Make machine code and keep it, unless it is there.

    Returns:
        The file, ``None`` if it cannot be kept; and whether it was there.
    """
    family, key = _place(source)
    found = code_cache.find(family, key)
    if found is not None:
        return found, True
    return code_cache.keep(family, key, _machine_code(source)), False


class _UntilMachineCode:
    """The week in portable code, and in machine code from when that is there."""

    def __init__(self, source: Source, portable: Run) -> None:
        self._source, self._run = source, portable
        self._seconds, self._next_look = 0.0, time.monotonic() + _LOOK_SECONDS
        self._waits = True
        logging.getLogger(__name__).warning(
            "The model runs as portable code, which takes about twice the time of machine code. `centricity compile` makes "
            "that once, in a few seconds; long work makes it by itself."
        )

    def __call__(self, *arguments: Any) -> None:
        if not self._waits:
            self._run(*arguments)
            return
        started = time.monotonic()
        if started > self._next_look:
            self._look()
            self._next_look = started + _LOOK_SECONDS
        try:
            self._run(*arguments)
        except MemoryError:  # portable code has 4 gigabytes
            self._run, self._waits = _load(self._source) or _make(self._source), False
            self._run(*arguments)
        self._seconds += time.monotonic() - started

    def _look(self) -> None:
        """Take machine code if it is there; have it made if it is worth it."""
        machine = _load(self._source)
        if machine is not None:
            self._run, self._waits = machine, False
        elif self._seconds > WORTHWHILE_SECONDS:
            _start_making(self._source)
            self._seconds = 0.0


def _load_portable(source: Source) -> Run | None:
    """Portable code, if it is up to date and can run here."""
    if source.kept is None or find_spec("wasmtime") is None:
        return None
    from sim.model.compiled.portable_code import load_portable_code

    return load_portable_code(source.kept.portable, source.kept.digest, source.types)


def _place(source: Source) -> tuple[str, str]:
    """Where machine code is kept: the week of a model for a processor, and what it is made from."""
    from sim.model.compiled.machine_code import processor

    return f"{ENTRY}{source.suffix}-{processor()}", sources()[:16]


def _load(source: Source) -> Run | None:
    """Machine code from disk, if it is there."""
    code = code_cache.load(*_place(source))
    return None if code is None else _loaded(code, source)


def _make(source: Source) -> Run:
    """Machine code, made now."""
    what, how_long = "", "a few seconds" if source.kept is not None else "about two minutes"
    if source.extensions:
        what = f"with {source.extensions} "
    logging.getLogger(__name__).warning("Compiling the model %sfor this machine. This takes %s, once.", what, how_long)
    code = _machine_code(source)
    code_cache.keep(*_place(source), code)
    return _loaded(code, source)


def _loaded(code: bytes, source: Source) -> Run:
    from sim.model.compiled.machine_code import load_machine_code

    return load_machine_code(code, source.types)


def _machine_code(source: Source) -> bytes:
    """Machine code, from the week that comes with the package if that is up to date and this LLVM reads it."""
    import llvmlite.binding as llvm

    from sim.model.compiled.machine_code import make_machine_code

    if source.kept is not None:
        with suppress(RuntimeError):  # a newer LLVM may have written it
            return make_machine_code(llvm.parse_bitcode(source.kept.intermediate))
    return make_machine_code(source.module())


def _start_making(source: Source) -> None:
    """Start a process that makes machine code, unless one has begun or nothing can be kept."""
    folder = code_cache.writable_folder()
    if folder is None:
        return
    family, key = _place(source)
    begun = folder / f"{family}.{key}.begun"
    with suppress(OSError):
        if time.time() - begun.stat().st_mtime < _PATIENCE_SECONDS:
            return
        begun.unlink()
    with suppress(OSError):
        begun.touch(exist_ok=False)
        package = str(Path(__file__).parents[3])
        path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sim.model.compile_in_background", str(begun)],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _started.append(process)
