"""Rules of one person over whole arrays, for replications, evidence and tests; the week itself goes person by person."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np


@cache
def elementwise(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule for arrays: it is asked for each position, and what is one number is the same for all.

    Args:
        rule: A plain function of numbers that gives one number, and neither draws nor changes anything.
    """
    import numba

    from sim.kernel.linking import Linker

    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return np.vectorize(rule)
    linked = Linker(compiled=True).link(rule)
    names = rule.__code__.co_varnames[: rule.__code__.co_argcount]
    call = f"def over_arrays({', '.join(names)}):\n    return rule({', '.join(names)})\n"
    meanings: dict[str, Any] = {"rule": linked}
    exec(call, meanings)
    ufunc = numba.vectorize(meanings["over_arrays"])  # type: ignore[no-untyped-call]

    def over_arrays(*given: Any, **named: Any) -> Any:
        return ufunc(*given, *(named[name] for name in names[len(given) :]))

    return over_arrays
