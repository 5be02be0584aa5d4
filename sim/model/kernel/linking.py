"""Linking: functions together with the functions that they call, plain or compiled.

Rules and steps are plain Python. A :class:`Linker` gives a function in the form in which it runs: with the rules of
extensions in place of the model's own, and compiled by Numba unless plain Python is wanted. No module is changed, so that
two models with different rules can run side by side.
"""

from __future__ import annotations

import dis
import sys
import types
from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from sim.model.kernel.names import EXTENSION, name_of

Function = Callable[..., Any]

OURS = ("sim",)
"""Top-level packages whose functions are linked. Calls of other packages (``math``, NumPy) are left to Numba."""


class Linker:
    """Gives functions in the form in which they run.

    Args:
        compiled: Whether to compile them. Plain Python is slow, and can be followed line by line.
        replacements: Functions that replace others, by :func:`name_of` the other.
        ours: Further modules whose functions are linked, beside the model and extensions.
    """

    def __init__(
        self, compiled: bool, replacements: Mapping[str, Function] | None = None, ours: Collection[str] = ()
    ) -> None:
        self.compiled = compiled
        self._replacements = dict(replacements or {})
        self._ours = frozenset(ours)
        self._linked: dict[Function, Function] = {}
        self._seen: list[tuple[dict[str, Any], str, object]] = []

    def find_patched(self) -> str | None:
        """Name of a function of the model that was patched since it was linked, if any."""
        for names, name, meaning in self._seen:
            if names.get(name) is not meaning:
                return f"{names.get('__name__')}.{name}"
        return None

    def link(self, function: Function, asked_by: Function | None = None) -> Function:
        """The function as it runs. A replacement may itself call the function that it replaces."""
        replacement = self._replacements.get(name_of(function), function)
        if replacement is not asked_by:
            function = replacement
        linked = self._linked.get(function)
        if linked is None:
            linked = self._linked[function] = self._link(function)
        return linked

    def _link(self, function: Function) -> Function:
        """The function as a part of another."""
        copy = self.prepared(function)
        if not self.compiled:
            return copy
        from sim.model.kernel.compiling import inlined  # importing Numba takes half a second: only when it is needed

        return inlined(copy)

    def prepared(self, function: Function) -> Function:
        """A copy of the function whose global names lead to linked functions. The copy itself is not yet compiled."""
        meanings = dict(function.__globals__)
        for name in names_in(function.__code__):
            meaning = meanings.get(name)
            if self._is_foreign(meaning, function):
                raise PatchedError(f"{function.__module__}.{name}")
            if self._is_ours(meaning):
                meanings[name] = self.link(cast(Function, meaning), asked_by=function)
                self._seen.append((function.__globals__, name, meaning))
        copy = types.FunctionType(
            function.__code__, meanings, function.__name__, function.__defaults__, function.__closure__
        )
        copy.__qualname__, copy.__module__ = function.__qualname__, function.__module__
        return copy

    def _is_ours(self, meaning: object) -> bool:
        """Whether a global name leads to a function of the model or of an extension."""
        if not isinstance(meaning, types.FunctionType):
            return False
        module = meaning.__module__ or ""
        return module.partition(".")[0] in OURS or module.startswith(EXTENSION) or module in self._ours

    def _is_foreign(self, meaning: object, function: Function) -> bool:
        """Whether a function of the model would call a Python function from elsewhere, which means that it was patched."""
        of_model = hasattr(sys.modules.get(function.__module__), function.__name__)  # and not generated text
        of_model = of_model and function.__module__.partition(".")[0] in OURS
        return of_model and isinstance(meaning, types.FunctionType) and not self._is_ours(meaning)


class PatchedError(RuntimeError):
    """A function of the model was patched from outside, which only part of the model would notice."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not the model's own function any more, and only part of the model would notice. Put it back, and write "
            "an extension that replaces the rule everywhere: @replaces, see docs/extensions.md."
        )


def names_in(code: types.CodeType) -> set[str]:
    """Every global name that a function or a function inside it reads."""
    names = {each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL"}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= names_in(constant)
    return names
