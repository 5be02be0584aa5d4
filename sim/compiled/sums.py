"""Sums over everybody in compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.kernel.compiling import inlined

LANES = 32
"""A sum is kept in so many parts, that additions need not wait for one another; the same on every machine."""


@inlined
def _counted(there: bool, value: float) -> float:
    """A value that counts only if there; as an argument it is fetched in any case, which takes no branch."""
    return value if there else 0.0


@inlined
def sum_where(there: Any, values: Any, lanes: Any) -> float:
    """Sum over the positions that are taken; ``lanes`` is room for :data:`LANES` numbers."""
    whole = values.size - values.size % LANES
    lanes[:] = 0.0
    for start in range(0, whole, LANES):
        for lane in range(LANES):
            lanes[lane] += _counted(there[start + lane], values[start + lane])
    for position in range(whole, values.size):
        lanes[position - whole] += _counted(there[position], values[position])
    return _add_up(lanes)


@inlined
def sum_of(values: Any, lanes: Any) -> float:
    """Sum of all; ``lanes`` is room for :data:`LANES` numbers."""
    whole = values.size - values.size % LANES
    lanes[:] = 0.0
    for start in range(0, whole, LANES):
        for lane in range(LANES):
            lanes[lane] += values[start + lane]
    for position in range(whole, values.size):
        lanes[position - whole] += values[position]
    return _add_up(lanes)


@inlined
def _add_up(lanes: Any) -> float:
    """Sum of the parts, in halves."""
    half = LANES // 2
    while half > 0:
        for lane in range(half):
            lanes[lane] += lanes[lane + half]
        half //= 2
    return lanes[0]


@inlined
def mean_where(there: Any, values: Any, lanes: Any) -> float:
    """Mean over the positions that are taken; missing (NaN) when none is."""
    return mean_of_some(count_of(there), there, values, lanes)


@inlined
def mean_of_some(count: int, there: Any, values: Any, lanes: Any) -> float:
    """As :func:`mean_where`, of whom there are so many."""
    return sum_where(there, values, lanes) / count if count > 0 else np.nan


@inlined
def by_department(there: Any, department: Any, values: Any, total: Any) -> None:
    """Sum of values over those who are there, by department, into ``total``."""
    total[:] = 0.0
    for seat in range(values.size):
        total[department[seat]] += _counted(there[seat], values[seat])


@inlined
def heads_by_department(there: Any, department: Any, heads: Any) -> None:
    """Number of people by department, into ``heads``."""
    heads[:] = 0.0
    for seat in range(there.size):
        heads[department[seat]] += there[seat]


@inlined
def mean_of(values: Any) -> float:
    """Mean of a few; there is at least one."""
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
def positions_of(flags: Any, positions: Any) -> int:
    """How many are true; their positions go to the front of ``positions``, in order."""
    count = 0
    for position in range(flags.size):
        positions[count] = position  # stays only where the next one does not take its place
        count += flags[position]
    return count


@inlined
def any_of(values: Any) -> bool:
    """Whether any of them is not zero."""
    for value in values:
        if value != 0.0:
            return True
    return False
