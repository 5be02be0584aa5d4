"""Loops that a processor likes: functions compiled by Numba, and where their machine code is kept.

:func:`compiled` compiles the loops and keeps the machine code on disk until any source file of the package changes;
:func:`inlined` compiles what they call. Two arrays that a loop is given never overlap unless it only reads them: the
compiler relies on it and works on several people at once where a loop has neither a branch nor a call. Division by zero
gives what it gives in NumPy, infinity or a missing number, since an exception would be a branch.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

import numba
from numba.core import caching, compiler

from sim.model.kernel.source_hash import source_hash

Function = TypeVar("Function", bound=Callable[..., Any])

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
"""Parts of the package whose text decides what compiled loops do: equations, columns, and the order of everything."""


class _GeneratedSource:
    """A place for machine code of a function whose text was made, so that there is no file of it."""

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        """This place, if it can be written to."""
        locator = cls(py_func, py_file)  # type: ignore[call-arg]
        try:
            locator.ensure_cache_path()  # type: ignore[attr-defined]
        except OSError:
            return None
        return locator


class _BesideTheSource(_GeneratedSource, caching.InTreeCacheLocator):
    """Machine code beside its source file, where that folder can be written to."""

    def get_source_stamp(self) -> str:
        """What the machine code was made from: all of the package, since a loop holds the mechanisms that it calls."""
        return source_hash(INGREDIENTS)


class _UserCache(_GeneratedSource, caching.UserWideCacheLocator):
    """Machine code in the user's own cache folder."""

    def get_source_stamp(self) -> str:
        """As beside the source."""
        return source_hash(INGREDIENTS)


class _Kept(caching.CompileResultCacheImpl):
    """How machine code is written and where."""

    _locator_classes = [_BesideTheSource, _UserCache]  # noqa: RUF012 - Numba's own name and type


class _Cache(caching.FunctionCache):
    """Machine code of one function, kept while the package's sources stay as they are."""

    _impl_class = _Kept


class _NoAliasCompiler(compiler.Compiler):
    """Numba's compiler with the assumption that no array overlaps another."""

    def define_pipelines(self) -> Any:
        """As Numba's own, for functions whose arrays lie apart."""
        self.state.flags.noalias = True
        return super().define_pipelines()  # type: ignore[no-untyped-call]


def _compile(function: Callable[..., Any], forceinline: bool) -> Any:
    """Numba's compiler, without counting references to arrays: loops make none, and what they are given outlives them."""
    options = {"_nrt": False, "error_model": "numpy", "pipeline_class": _NoAliasCompiler, "forceinline": forceinline}
    if forceinline:  # nobody calls a part from outside, so nothing is needed to do it with
        options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return numba.njit(**options)(function)  # type: ignore[call-overload]


def compiled(function: Function) -> Function:
    """Compile a loop, and keep its machine code on disk where a disk lets us."""
    dispatcher = _compile(function, forceinline=False)
    with suppress(RuntimeError):  # where no folder can be written to, it is compiled at every start
        dispatcher._cache = _Cache(function)  # type: ignore[no-untyped-call]
    return cast(Function, dispatcher)


def load_machine_code(function: Any, types: tuple[Any, ...]) -> Callable[..., Any] | None:
    """Machine code of a :func:`compiled` function for these types as kept on disk, if it is.

    Numba's own way there first sets up all of its compiler, half a second that only compiling has use for.
    """
    cache, code = function._cache, None
    with suppress(OSError):  # on Windows while another process writes it
        code = getattr(cache, "_load_overload", cache.load_overload)(types, function.targetctx)
    return None if code is None else cast("Callable[..., Any]", code.entry_point)


def has_cache_folder(function: Any) -> bool:
    """Whether there is a folder in which machine code of a :func:`compiled` function can be kept."""
    return function._cache.cache_path is not None


def compile_for_types(function: Any, types: tuple[Any, ...]) -> Callable[..., Any]:
    """A :func:`compiled` function for these types, compiled now; it asks no caller for types."""
    function.compile(types)
    return cast("Callable[..., Any]", function.overloads[types].entry_point)


def inlined(function: Function) -> Function:
    """Compile a part of compiled loops; it is kept as a part of them, and never called, since a call ends a vector."""
    return cast(Function, _compile(function, forceinline=True))
