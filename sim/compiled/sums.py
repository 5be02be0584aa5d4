"""Sums over everybody in compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.kernel.compiling import inlined


@inlined
def mean_where(there: Any, values: Any) -> float:
    """Mean over the positions that are taken; missing (NaN) when none is."""
    total, count = 0.0, 0
    for position in range(values.size):
        if there[position]:
            total += values[position]
            count += 1
    return total / count if count > 0 else np.nan


@inlined
def mean_of(values: Any) -> float:
    """Mean of all; there is at least one."""
    total = 0.0
    for value in values:
        total += value
    return total / values.size


@inlined
def smallest(values: Any) -> float:
    """Smallest of all; there is at least one."""
    least = values[0]
    for value in values:
        least = min(least, value)
    return least


@inlined
def count_of(flags: Any) -> int:
    """Number of positions that are true; sum of whole numbers."""
    count = 0
    for flag in flags:
        count += flag
    return count


@inlined
def any_of(values: Any) -> bool:
    """Whether any of them is not zero."""
    for value in values:
        if value != 0.0:
            return True
    return False
