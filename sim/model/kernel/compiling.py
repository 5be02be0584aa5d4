"""Fast loops: functions compiled by Numba, and where their machine code is kept.

:func:`compiled` compiles the loops and keeps the machine code on disk until any source file of the package changes.
:func:`inlined` compiles what they call. Two arrays given to a loop must not overlap unless the loop only reads them. The
compiler relies on this: it works on several people at once where a loop has neither a branch nor a call. Division by zero
gives infinity or a missing number, as in NumPy, since an exception would be a branch.
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
"""Parts of the package whose text decides what compiled loops do."""


class _GeneratedSource:
    """A place for the machine code of a generated function, which has no source file."""

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        """This place, if it is writable."""
        locator = cls(py_func, py_file)  # type: ignore[call-arg]
        try:
            locator.ensure_cache_path()  # type: ignore[attr-defined]
        except OSError:
            return None
        return locator


class _BesideTheSource(_GeneratedSource, caching.InTreeCacheLocator):
    """Machine code beside its source file, if that folder is writable."""

    def get_source_stamp(self) -> str:
        """Hash of the sources of the machine code: all of the package, since a loop contains the mechanisms that it calls."""
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
    """Numba's compiler without reference counts: loops make no arrays, and the arrays given to them outlive them."""
    options = {"_nrt": False, "error_model": "numpy", "pipeline_class": _NoAliasCompiler, "forceinline": forceinline}
    if forceinline:  # no part is called from outside, so that it needs no wrapper
        options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return numba.njit(**options)(function)  # type: ignore[call-overload]


def compiled(function: Function) -> Function:
    """Compile a loop, and keep its machine code on disk if a folder is writable."""
    dispatcher = _compile(function, forceinline=False)
    with suppress(RuntimeError):  # without a writable folder it is compiled at every start
        dispatcher._cache = _Cache(function)  # type: ignore[no-untyped-call]
    return cast(Function, dispatcher)


def load_machine_code(function: Any, types: tuple[Any, ...]) -> Callable[..., Any] | None:
    """Machine code of a :func:`compiled` function for these types from disk, if it is there.

    Numba itself would first set up its whole compiler, which takes half a second and is needed for compiling alone.
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
    """Compile a function as a part of the loops that use it. It is inlined, since a call would prevent vectorization."""
    return cast(Function, _compile(function, forceinline=True))
