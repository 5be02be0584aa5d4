"""Rules of one person tried on whole arrays: each position is asked by itself, as plain Python."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

import numba
import numpy as np

from sim.model import registry
from sim.model.kernel.linking import Linker


@cache
def on_arrays(module: ModuleType) -> Any:
    """A module's own functions, each taking arrays in place of numbers, and everything else of it as it is."""
    return SimpleNamespace(
        **{
            name: over(value) if inspect.isfunction(value) and value.__module__ == module.__name__ else value
            for name, value in vars(module).items()
            if not name.startswith("__")
        }
    )


def over(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A rule of numbers for arrays of them; several results come as several arrays, and numbers give a number."""
    signature = inspect.signature(rule)

    def over_arrays(*given: Any, **named: Any) -> Any:
        values = signature.bind(*given, **named).args
        arrays = np.broadcast_arrays(*values)
        with np.errstate(all="ignore"):  # rules work out what they then do not choose
            results = [rule(*each) for each in zip(*(array.ravel() for array in arrays), strict=True)]
        if arrays[0].shape == ():
            return results[0]
        if results and isinstance(results[0], tuple):
            return tuple(np.array(each).reshape(arrays[0].shape) for each in zip(*results, strict=True))
        return np.array(results).reshape(arrays[0].shape)

    return over_arrays


def defaults(*names: str) -> list[float]:
    """Defaults of parameters, as a record of them holds them."""
    parameters = registry.current().parameters
    return [parameters[name].encode(parameters[name].default) for name in names]


def swapped(loop: Callable[..., Any], name: str, rule: Callable[..., Any]) -> Callable[..., Any]:
    """A loop of :func:`sim.model.kernel.elementwise.with_rules` with another rule in place of the one of this name."""
    linker = Linker(compiled=True, replacements={name: rule}, ours=frozenset({rule.__module__}))
    plain = loop.__wrapped__  # type: ignore[attr-defined]
    return numba.njit(error_model="numpy")(linker.prepared(plain))  # type: ignore[no-any-return]
