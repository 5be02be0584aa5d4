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
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding as llvm
import numba
import numpy as np
import scipy.special
from numba.core import caching
from numba.extending import get_cython_function_address

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent.parent


@cache
def fingerprint() -> str:
    """Hash of every source file of the package: machine code made from other sources is not used."""
    digest = blake2b(digest_size=16)
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(str(path.relative_to(_PACKAGE)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _BesideTheSource(caching.InTreeCacheLocator):  # type: ignore[misc]
    """Machine code beside its source file, where that folder can be written to."""

    def get_source_stamp(self) -> str:
        """What the machine code was made from: all of the package, since a loop holds the mechanisms that it calls."""
        return fingerprint()


class _InTheUsersCache(caching.UserWideCacheLocator):  # type: ignore[misc]
    """Machine code in the user's own cache folder."""

    def get_source_stamp(self) -> str:
        """As beside the source."""
        return fingerprint()


class _Kept(caching.CompileResultCacheImpl):  # type: ignore[misc]
    """How machine code is written and where."""

    _locator_classes = [_BesideTheSource, _InTheUsersCache]  # noqa: RUF012 - Numba's own name and type


class _Cache(caching.FunctionCache):  # type: ignore[misc]
    """Machine code of one function, kept while the package's sources stay as they are."""

    _impl_class = _Kept


def compiled(function: Function) -> Function:
    """Compile a loop, and keep its machine code on disk where a disk lets us."""
    dispatcher = numba.njit(_nrt=False)(function)
    try:
        dispatcher._cache = _Cache(function)
    except RuntimeError:  # no folder can be written to: it is compiled at every start
        pass
    return cast(Function, dispatcher)


def is_kept(function: Any, signature: tuple[Any, ...]) -> bool:
    """Whether machine code of a :func:`compiled` function for these types is at hand, in memory or on disk."""
    if signature in function.overloads:
        return True
    return function._cache.load_overload(signature, function.targetctx) is not None


def inlined(function: Function) -> Function:
    """Compile a helper of compiled loops; it is kept as a part of them."""
    return cast(Function, numba.njit(_nrt=False)(function))


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
    return _betaincinv_outside(a, b, share, _PLAIN_CALL)


@inlined
def gammaincinv(shape: float, share: float) -> float:
    return _gammaincinv_outside(shape, share, _PLAIN_CALL)


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
    "expm1": math.expm1,
    "log": math.log,
    "log1p": math.log1p,
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

_numpy_of_one = types.ModuleType("numpy_of_one")
for _name, _meaning in _SCALAR.items():
    setattr(_numpy_of_one, _name, _meaning)


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
    meanings = dict(function.__globals__)  # type: ignore[attr-defined]
    for name in _names(function.__code__):  # type: ignore[attr-defined]
        meaning = meanings.get(name)
        if meaning is np:
            meanings[name] = _numpy_of_one
        elif isinstance(meaning, np.ufunc) and meaning in _SCIPY:
            meanings[name] = _SCIPY[meaning]
        elif isinstance(meaning, types.FunctionType) and meaning.__module__.startswith("sim."):
            meanings[name] = for_one(meaning)
    code = function.__code__  # type: ignore[attr-defined]
    # Numba calls with keywords what may be called without them.
    plain = code.replace(co_argcount=code.co_argcount + code.co_kwonlyargcount, co_kwonlyargcount=0)
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())  # type: ignore[attr-defined]
    copy = types.FunctionType(plain, meanings, function.__name__, defaults)
    copy.__qualname__, copy.__module__ = function.__qualname__, function.__module__
    return cast(Function, numba.njit(_nrt=False)(copy))


def _names(code: types.CodeType) -> set[str]:
    """Every global name that a function or a function inside it reads."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names(constant)
    return names
