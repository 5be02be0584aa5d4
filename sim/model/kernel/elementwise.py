"""Rules of one person over whole arrays, for replications, evidence and tests; the week itself goes person by person."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np


@cache
def elementwise(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule for arrays: it is evaluated at each position. An argument that is one number is the same for all.

    Args:
        rule: A plain function of numbers that gives one number. It neither draws nor changes anything.
    """
    import numba

    from sim.model.kernel.linking import Linker

    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return np.vectorize(rule)
    linked = Linker(compiled=True).link(rule)
    names = rule.__code__.co_varnames[: rule.__code__.co_argcount]
    call = f"def over_arrays({', '.join(names)}):\n    return rule({', '.join(names)})\n"
    meanings: dict[str, Any] = {"rule": linked}
    exec(call, meanings)
    ufunc = numba.vectorize(meanings["over_arrays"])  # type: ignore[no-untyped-call]

    def over_arrays(*given: Any, **named: Any) -> Any:
        with np.errstate(all="ignore"):  # rules also evaluate cases that they then do not choose
            return ufunc(*given, *(named[name] for name in names[len(given) :]))

    return over_arrays


def with_rules(loop: Callable[..., Any]) -> Callable[..., Any]:
    """The loop over arrays with the rules that it calls, compiled when it is called for the first time.

    Args:
        loop: A plain function of numbers and arrays, which it changes; it calls rules one position at a time.
    """

    @cache
    def linked() -> Callable[..., Any]:
        import numba

        from sim.model.kernel.linking import Linker

        return numba.njit(error_model="numpy")(Linker(compiled=True).prepared(loop))

    @wraps(loop)
    def over_arrays(*given: Any) -> Any:
        return linked()(*given)

    return over_arrays
