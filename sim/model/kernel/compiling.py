"""Compiling: a function with all that it calls becomes one module of LLVM, by way of Numba.

Two arrays given to a loop must not overlap unless the loop only reads them. The compiler relies on this: it works on several
people at once where a loop has neither a branch nor a call. Division by zero gives infinity or a missing number, as in NumPy,
since an exception would be a branch. Nothing may call a library: all functions are formulas of plain arithmetic
(:mod:`sim.model.kernel.elementary_functions`), so that the same bits come out everywhere.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import llvmlite.binding as llvm
import numba
from numba.core import codegen, compiler

Function = TypeVar("Function", bound=Callable[..., Any])


class _PartOfWhole(codegen.JITCodeLibrary):
    """Code of a function that is linked with others: nothing is done to it before all parts are together."""

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

    def with_all_that_it_calls(self) -> list[Any]:
        """It and the code of all functions that it calls, each once."""
        found: dict[Any, None] = {}
        left = [self]
        while left:
            library = left.pop()
            if library not in found:
                found[library] = None
                left += library._linking_libraries if isinstance(library, _PartOfWhole) else ()
        return list(found)

    def _get_module_for_linking(self) -> Any:
        """Its code with that of all functions that it calls."""
        module = self.own_module().clone()
        for library in self.with_all_that_it_calls()[1:]:
            other = library.own_module() if isinstance(library, _PartOfWhole) else library._get_module_for_linking()
            module.link_in(other, preserve=True)
        return module


class _WithoutEnvironment:
    """Numba's code generator for code that has no address, so that nothing can be stored in it."""

    def __init__(self, generator: Any) -> None:
        self._generator = generator

    def __getattr__(self, name: str) -> Any:
        return getattr(self._generator, name)

    def set_env(self, name: str, environment: Any) -> None:
        """Store nothing."""


class _Compiler(compiler.Compiler):
    """Numba's compiler for parts of a whole.

    A function with loops takes for granted that no array that it is given overlaps another.
    """

    def define_pipelines(self) -> Any:
        """As Numba's own."""
        state, flags = self.state, self.state.flags
        state.library = _PartOfWhole(state.targetctx.codegen(), state.func_id.func_qualname)  # type: ignore[no-untyped-call]
        state.library.enable_object_caching()
        flags.noalias = any(each.opname == "FOR_ITER" for each in dis.get_instructions(state.func_id.func))
        flags.forceinline = not flags.noalias
        return super().define_pipelines()  # type: ignore[no-untyped-call]


def inlined(function: Function) -> Function:
    """Compile a function as a part of the loops that use it. It is inlined, since a call would prevent vectorization.

    It has no reference counts: loops make no arrays, and the arrays given to them outlive them. It is not called from
    outside, so that it needs no wrapper.
    """
    options = {"_nrt": False, "error_model": "numpy", "pipeline_class": _Compiler, "forceinline": True}
    wrappers = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(Function, numba.njit(**options, **wrappers)(function))  # type: ignore[call-overload]


def module_of(function: Callable[..., Any], values: Iterable[Any]) -> tuple[Any, str]:
    """A module of LLVM with a function and all that it calls, not yet optimized, and the name of the function in it.

    Each part stands in it once, and parts with loops stay functions of their own: one function with everything in it would
    take LLVM three times as long, and be slower. The function is called with the address of its result, the address of an
    error, and its arguments, of which an array is seven or more (:mod:`sim.model.compiled.addresses`).

    Args:
        function: The function, in Python.
        values: Arguments to take the types from.
    """
    types = tuple(numba.typeof(value) for value in values)  # type: ignore[no-untyped-call]
    whole: Any = inlined(function)
    whole.compile(types)
    result = whole.overloads[types]
    module = result.library._get_module_for_linking()
    parts = [each.own_module() for each in result.library.with_all_that_it_calls() if isinstance(each, _PartOfWhole)]
    name = result.fndesc.llvm_func_name
    names = {each.name for part in parts for each in part.functions if not each.is_declaration}
    for each in module.functions:
        if not each.is_declaration:
            each.linkage = "internal"
            if each.name in names - {name} and not any(b"alwaysinline" in attributes for attributes in each.attributes):
                each.add_function_attribute("noinline")
    for variable in module.global_variables:
        if variable.linkage == llvm.Linkage.common:
            variable.linkage = "internal"
    return module, name
