"""From equations that people read to loops that a processor likes: functions compiled by Numba, and where they are kept.

A mechanism is written once, on arrays (see :mod:`sim.mechanisms`). :func:`for_one` compiles the same source for one
person or one customer, so that a loop over everybody can call mechanism after mechanism without an array in between;
what stands in the mechanism's file is what runs. :func:`compiled` compiles the loops themselves, and keeps the machine
code on disk until any source file of the package changes.

NumPy's vectorized functions and the C library's scalar ones may differ in the last bit, and sums are taken in another
order. Numbers agree to about 1e-12; the tests hold the two against each other.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar, cast

import llvmlite.binding as llvm
import numba
import numpy as np
import scipy.special
from llvmlite import ir
from numba.core import caching, cgutils
from numba.extending import get_cython_function_address, intrinsic

from sim.kernel.sources import source_hash

Function = TypeVar("Function", bound=Callable[..., Any])

INGREDIENTS = (
    "kernel/", "agents/", "mechanisms/", "policies/", "outcomes/", "week/", "compiled/", "newcomers.py", "registry.py",
)  # fmt: skip
"""Parts of the package whose text decides what compiled loops do: equations, columns, and the order of everything."""


class _BesideTheSource(caching.InTreeCacheLocator):
    """Machine code beside its source file, where that folder can be written to."""

    def get_source_stamp(self) -> str:
        """What the machine code was made from: all of the package, since a loop holds the mechanisms that it calls."""
        return source_hash(INGREDIENTS)


class _InTheUsersCache(caching.UserWideCacheLocator):
    """Machine code in the user's own cache folder."""

    def get_source_stamp(self) -> str:
        """As beside the source."""
        return source_hash(INGREDIENTS)


class _Kept(caching.CompileResultCacheImpl):
    """How machine code is written and where."""

    _locator_classes = [_BesideTheSource, _InTheUsersCache]  # noqa: RUF012 - Numba's own name and type


class _Cache(caching.FunctionCache):
    """Machine code of one function, kept while the package's sources stay as they are."""

    _impl_class = _Kept


def _compile(function: Callable[..., Any]) -> Any:
    """Numba's compiler, without counting references to arrays: loops make none, and what they are given outlives them."""
    return numba.njit(**{"_nrt": False})(function)  # type: ignore[call-overload]


def compiled(function: Function) -> Function:
    """Compile a loop, and keep its machine code on disk where a disk lets us."""
    dispatcher = _compile(function)
    with suppress(RuntimeError):  # where no folder can be written to, it is compiled at every start
        dispatcher._cache = _Cache(function)  # type: ignore[no-untyped-call]
    return cast(Function, dispatcher)


def is_kept(function: Any, signature: tuple[Any, ...]) -> bool:
    """Whether machine code of a :func:`compiled` function for these types is at hand, in memory or on disk."""
    if signature in function.overloads:
        return True
    return function._cache.load_overload(signature, function.targetctx) is not None


def inlined(function: Function) -> Function:
    """Compile a helper of compiled loops; it is kept as a part of them."""
    return cast(Function, _compile(function))


def _pure(name: str) -> Any:
    """A function of the C library that depends on its argument alone, so that loops take what does not change out of them."""

    @intrinsic
    def call(context: Any, number: Any) -> Any:
        """Call it."""

        def generate(_: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.FunctionType(ir.DoubleType(), [ir.DoubleType()])
            function = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]
            function.attributes.add("readnone")
            function.attributes.add("nounwind")
            return builder.call(function, arguments)

        return numba.types.float64(numba.types.float64), generate

    return call


_expm1_outside, _log1p_outside = _pure("expm1"), _pure("log1p")


@inlined
def _expm1(value: float) -> float:
    return _expm1_outside(float(value))  # type: ignore[no-any-return]


@inlined
def _log1p(value: float) -> float:
    return _log1p_outside(float(value))  # type: ignore[no-any-return]


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
    "exp": math.exp,
    "expm1": _expm1,
    "log": math.log,
    "log1p": _log1p,
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
_math_of_one = _module("math_of_one", vars(math) | {"expm1": _expm1, "log1p": _log1p})


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
    return cast(Function, _compile(copy))


def _names(code: types.CodeType) -> set[str]:
    """Every global name that a function or a function inside it reads."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names(constant)
    return names
