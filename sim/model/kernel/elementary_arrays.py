"""Elementary and special functions of whole arrays: the formulas of one number, with the same bits at each position.

NumPy's own exponentials, logarithms and powers give other last bits on other processors. Its arithmetic does not, so that the
formulas of :mod:`sim.model.kernel.elementary_functions` are linked with arrays in place of numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from sim.model.kernel import elementary_functions, special_functions
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.linking import Linker
from sim.model.kernel.names import name_of


def _select(condition: Any, chosen: Any, otherwise: Any) -> Any:
    return np.where(condition, chosen, otherwise)


def _bits_of(number: Any) -> Any:
    return np.asarray(number, dtype=np.float64).view(np.int64)


def _float_of_bits(bits: Any) -> Any:
    return np.asarray(bits, dtype=np.int64).view(np.float64)


def _as_float(number: Any) -> Any:
    return np.asarray(number, dtype=np.float64)


_PRIMITIVES: dict[Callable[..., Any], Callable[..., Any]] = {
    elementary_functions.select: _select,
    elementary_functions.bits_of: _bits_of,
    elementary_functions.float_of_bits: _float_of_bits,
    elementary_functions.as_float: _as_float,
}
_LINKER = Linker(compiled=False, replacements={name_of(scalar): arrays for scalar, arrays in _PRIMITIVES.items()})


def _over_arrays(function: Callable[..., float]) -> Callable[..., FloatArray]:
    linked = _LINKER.link(function)

    @wraps(function)
    def over_arrays(*given: Any) -> FloatArray:
        with np.errstate(all="ignore"):  # all cases are worked out, also those that are then not chosen
            return np.asarray(linked(*given))

    return over_arrays


exp = _over_arrays(elementary_functions.exp)
expm1 = _over_arrays(elementary_functions.expm1)
log = _over_arrays(elementary_functions.log)
log1p = _over_arrays(elementary_functions.log1p)
power = _over_arrays(elementary_functions.power)
cosine_of_turns = _over_arrays(elementary_functions.cosine_of_turns)
log_beta = _over_arrays(special_functions.log_beta)
