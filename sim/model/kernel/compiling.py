"""Fast loops: functions compiled by Numba, and where their machine code is kept.

:func:`compiled` compiles the loops and keeps the machine code on disk until any source file of the package changes.
:func:`inlined` compiles what they call. Two arrays given to a loop must not overlap unless the loop only reads them. The
compiler relies on this: it works on several people at once where a loop has neither a branch nor a call. Division by zero
gives infinity or a missing number, as in NumPy, since an exception would be a branch.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import numba
from numba.core import codegen, compiler

from sim.model.kernel.machine_code import MachineCode

Function = TypeVar("Function", bound=Callable[..., Any])


class _PartOfWhole(codegen.JITCodeLibrary):
    """Code of a function that only other compiled functions call: nothing is done to it before all parts are together."""

    def finalize(self) -> None:
        """Nothing is linked, optimized or made into machine code here."""
        self._finalized = True

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def get_pointer_to_function(self, name: str) -> int:
        """Nobody calls it from outside."""
        return 0

    @property
    def codegen(self) -> Any:
        """The code generator, without the environment that a call from Python would need."""
        return _WithoutEnvironment(self._codegen)

    def own_module(self) -> Any:
        """Its code without that of the functions that it calls."""
        return super()._get_module_for_linking()  # type: ignore[no-untyped-call]

    def _get_module_for_linking(self) -> Any:
        """Its code with that of all functions that it calls, for callers that are compiled by Numba alone."""
        module = self.own_module().clone()
        for library in _with_all_that_it_calls(self._linking_libraries):
            other = library.own_module() if isinstance(library, _PartOfWhole) else library._get_module_for_linking()
            module.link_in(other, preserve=True)
        return module


def _with_all_that_it_calls(libraries: Iterable[Any]) -> list[Any]:
    """Code libraries, and those of all parts that they call, each once."""
    found: dict[Any, None] = {}
    left = list(libraries)
    while left:
        library = left.pop()
        if library not in found:
            found[library] = None
            left += library._linking_libraries if isinstance(library, _PartOfWhole) else ()
    return list(found)


class _WithoutEnvironment:
    """Numba's code generator for code that has no address, so that nothing can be stored in it."""

    def __init__(self, generator: Any) -> None:
        self._generator = generator

    def __getattr__(self, name: str) -> Any:
        return getattr(self._generator, name)

    def set_env(self, name: str, environment: Any) -> None:
        """Store nothing."""


class _Whole(codegen.JITCodeLibrary):
    """Code of a function with all that it calls, each part once. Parts with loops stay functions of their own.

    One function with everything in it would take LLVM three times as long, and be slower.
    """

    def finalize(self) -> None:
        """Link all parts, optimize them together, and make machine code."""
        libraries = _with_all_that_it_calls(self._linking_libraries)
        parts = [library for library in libraries if isinstance(library, _PartOfWhole)]
        self._linking_libraries = [library for library in libraries if not isinstance(library, _PartOfWhole)]
        self._parts: set[str] = set()
        for part in parts:
            self._reload_init.update(part._reload_init)
            self._parts |= {function.name for function in part.own_module().functions if not function.is_declaration}
            self._final_module.link_in(part.own_module(), preserve=True)
        super().finalize()  # type: ignore[no-untyped-call]

    def _optimize_final_module(self) -> None:
        for function in self._final_module.functions:
            if function.name in self._parts and not function.is_declaration:
                function.linkage = "internal"
                if not any(b"alwaysinline" in each for each in function.attributes):
                    function.add_function_attribute("noinline")
        super()._optimize_final_module()  # type: ignore[no-untyped-call]


class _Compiler(compiler.Compiler):
    """Numba's compiler for loops and their parts.

    A function with loops takes for granted that no array that it is given overlaps another.
    """

    def define_pipelines(self) -> Any:
        """As Numba's own."""
        state, flags = self.state, self.state.flags
        library = _PartOfWhole if flags.forceinline else _Whole
        state.library = library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        flags.noalias = any(each.opname == "FOR_ITER" for each in dis.get_instructions(state.func_id.func))
        flags.forceinline = flags.forceinline and not flags.noalias
        return super().define_pipelines()  # type: ignore[no-untyped-call]


def _compile(function: Callable[..., Any], part: bool) -> Any:
    """Numba's compiler without reference counts: loops make no arrays, and the arrays given to them outlive them."""
    options = {"_nrt": False, "error_model": "numpy", "pipeline_class": _Compiler, "forceinline": part}
    if part:  # it is not called from outside, so that it needs no wrapper
        options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return numba.njit(**options)(function)  # type: ignore[call-overload]


def compiled(function: Function) -> Function:
    """Compile a loop, and keep its machine code on disk (:mod:`sim.model.kernel.machine_code`)."""
    dispatcher = _compile(function, part=False)
    dispatcher._cache = MachineCode(function)
    return cast(Function, dispatcher)


def load_machine_code(function: Any, types: tuple[Any, ...]) -> Callable[..., Any] | None:
    """Machine code of a :func:`compiled` function for these types from disk, if it is there.

    Numba itself would first set up its whole compiler, which takes half a second and is needed for compiling alone.
    """
    code = function._cache.load_overload(types, function.targetctx)
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
    return cast(Function, _compile(function, part=True))
