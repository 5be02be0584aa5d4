"""Mechanisms for one person: equations written on arrays, compiled for single numbers.

A mechanism is written once, on arrays (see :mod:`sim.mechanisms`). :func:`for_one` compiles the same source for one
person or one customer, so that a loop over everybody can call mechanism after mechanism without an array in between;
what stands in the mechanism's file is what runs.

NumPy's exponential and that of :mod:`sim.kernel.curves` may differ in the last bit, and sums are taken in another order.
Numbers agree to about 1e-12; the tests hold the two against each other.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

import llvmlite.binding as llvm
import numba
import numpy as np
import scipy.special
from numba.extending import get_cython_function_address

from sim.kernel import curves
from sim.kernel.compiling import inlined

Function = TypeVar("Function", bound=Callable[..., Any])


@inlined
def _where(condition: bool, yes: float, no: float) -> float:
    return yes if condition else no


@inlined
def _clip(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


@inlined
def _maximum(one: float, other: float) -> float:
    return max(one, other)


@inlined
def _minimum(one: float, other: float) -> float:
    return min(one, other)


@inlined
def _same(value: float) -> float:
    return value


@inlined
def _full_like(shape: float, value: float) -> float:
    return value


@inlined
def _ones_like(shape: float) -> float:
    return 1.0


@inlined
def _asarray(value: float, dtype: type) -> float:
    return value


def _outside(name: str, symbol: str, arguments: int) -> Any:
    """SciPy's own scalar function, callable from compiled loops."""
    llvm.add_symbol(f"centricity_{name}", get_cython_function_address("scipy.special.cython_special", symbol))
    number = numba.types.float64
    return numba.types.ExternalFunction(f"centricity_{name}", number(*[number] * arguments, numba.types.int32))


_betaincinv_outside = _outside("betaincinv", "__pyx_fuse_0betaincinv", 3)
_gammaincinv_outside = _outside("gammaincinv", "gammaincinv", 2)
_PLAIN_CALL = np.int32(0)  # Cython asks whether to look for an overriding Python method


@inlined
def betaincinv(a: float, b: float, share: float) -> float:
    """Quantile of the Beta distribution, as :func:`scipy.special.betaincinv`."""
    return _betaincinv_outside(a, b, share, _PLAIN_CALL)  # type: ignore[no-any-return]


@inlined
def gammaincinv(shape: float, share: float) -> float:
    """Quantile of the Gamma distribution, as :func:`scipy.special.gammaincinv`."""
    return _gammaincinv_outside(shape, share, _PLAIN_CALL)  # type: ignore[no-any-return]


_SCALAR: dict[str, Any] = {
    "asarray": _asarray,
    "where": _where,
    "clip": _clip,
    "maximum": _maximum,
    "minimum": _minimum,
    "full_like": _full_like,
    "ones_like": _ones_like,
    "abs": np.abs,
    "exp": curves.exp,
    "expm1": curves.expm1,
    "log": curves.log,
    "log1p": curves.log1p,
    "power": curves.power,
    "sqrt": math.sqrt,
    "isnan": math.isnan,
    "sign": np.sign,
    "inf": math.inf,
    "float64": np.float64,
    "int64": np.int64,
}
"""What NumPy's functions are for one number."""

_SCIPY: dict[Any, Any] = {scipy.special.betaincinv: betaincinv, scipy.special.gammaincinv: gammaincinv}
"""What SciPy's functions are for one number."""


def _module(name: str, meanings: dict[str, Any]) -> types.ModuleType:
    """A module of these functions, for Numba to find them in."""
    module = types.ModuleType(name)
    vars(module).update(meanings)
    return module


_numpy_of_one = _module("numpy_of_one", _SCALAR)
_math_of_one = _module("math_of_one", vars(math) | {name: _SCALAR[name] for name in ("exp", "expm1", "log", "log1p")})


@cache
def for_one(function: Function) -> Function:
    """The same function, compiled for single numbers instead of arrays.

    Its source stays the only one: what it calls (NumPy's functions, other functions of this package) is replaced by
    its counterpart for one number.

    Args:
        function: Written on arrays, without anything that needs a whole array (a sum, an index, a shape).

    Raises:
        numba.core.errors.NumbaError: When it is called for the first time and does need one.
    """
    meanings = dict(function.__globals__)
    for name in _names(function.__code__):
        meaning = meanings.get(name)
        if meaning is np:
            meanings[name] = _numpy_of_one
        elif meaning is math:
            meanings[name] = _math_of_one
        elif isinstance(meaning, np.ufunc) and meaning in _SCIPY:
            meanings[name] = _SCIPY[meaning]
        elif isinstance(meaning, types.FunctionType) and meaning.__module__.startswith("sim."):
            meanings[name] = for_one(meaning)
    code = function.__code__
    # Numba calls with keywords what may be called without them.
    plain = code.replace(co_argcount=code.co_argcount + code.co_kwonlyargcount, co_kwonlyargcount=0)
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    copy = types.FunctionType(plain, meanings, function.__name__, defaults)
    copy.__qualname__, copy.__module__ = function.__qualname__, function.__module__
    return inlined(cast(Function, copy))


def _names(code: types.CodeType) -> set[str]:
    """Every global name that a function or a function inside it reads."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names(constant)
    return names
