"""Sums over agents, in a fixed order that lets a processor add several numbers at once."""

from __future__ import annotations

from typing import Any

import numpy as np

PARTIAL_SUM_COUNT = 32
"""Number of parts of a sum, so that additions need not wait for one another. The same on every machine."""


def _counted(present: bool, value: float) -> float:
    """The value if it counts, else 0. As an argument it is fetched in any case, which needs no branch."""
    return value if present else 0.0


def sum_where(present: Any, values: Any, partial_sums: Any) -> float:
    """Sum over the positions that are taken; ``partial_sums`` has room for :data:`PARTIAL_SUM_COUNT` numbers."""
    whole = values.size - values.size % PARTIAL_SUM_COUNT
    partial_sums[:] = 0.0
    for start in range(0, whole, PARTIAL_SUM_COUNT):
        for part in range(PARTIAL_SUM_COUNT):
            partial_sums[part] += _counted(present[start + part], values[start + part])
    for position in range(whole, values.size):
        partial_sums[position - whole] += _counted(present[position], values[position])
    return _add_up(partial_sums)


def sum_of(values: Any, partial_sums: Any) -> float:
    """Sum of all; ``partial_sums`` has room for :data:`PARTIAL_SUM_COUNT` numbers."""
    whole = values.size - values.size % PARTIAL_SUM_COUNT
    partial_sums[:] = 0.0
    for start in range(0, whole, PARTIAL_SUM_COUNT):
        for part in range(PARTIAL_SUM_COUNT):
            partial_sums[part] += values[start + part]
    for position in range(whole, values.size):
        partial_sums[position - whole] += values[position]
    return _add_up(partial_sums)


def _add_up(partial_sums: Any) -> float:
    """Sum of the parts, in halves."""
    half = PARTIAL_SUM_COUNT // 2
    while half > 0:
        for part in range(half):
            partial_sums[part] += partial_sums[part + half]
        half //= 2
    return partial_sums[0]


def mean_where(present: Any, values: Any, partial_sums: Any) -> float:
    """Mean over the positions that are taken; missing (NaN) when none is."""
    return mean_of_count(count_of(present), present, values, partial_sums)


def mean_of_count(count: int, present: Any, values: Any, partial_sums: Any) -> float:
    """As :func:`mean_where`, where the number of positions taken is known."""
    return sum_where(present, values, partial_sums) / count if count > 0 else np.nan


def sum_by_department(present: Any, department: Any, values: Any, total: Any) -> None:
    """Sum of values over the seats that are taken, by department, into ``total``."""
    total[:] = 0.0
    for seat in range(values.size):
        total[department[seat]] += _counted(present[seat], values[seat])


def headcount_by_department(present: Any, department: Any, headcount: Any) -> None:
    """Number of people by department, into ``headcount``."""
    headcount[:] = 0.0
    for seat in range(present.size):
        headcount[department[seat]] += present[seat]


def mean_of(values: Any) -> float:
    """Mean of at least one number, added one by one."""
    total = 0.0
    for value in values:
        total += value
    return total / values.size


def smallest(values: Any) -> float:
    """Smallest of at least one number."""
    least = values[0]
    for value in values:
        least = min(least, value)
    return least


def count_of(flags: Any) -> int:
    """Number of positions that are true, or sum of whole numbers."""
    count = 0
    for flag in flags:
        count += flag
    return count


def positions_of(flags: Any, positions: Any) -> int:
    """Number of true entries. Their positions go to the front of ``positions``, in order."""
    count = 0
    for position in range(flags.size):
        positions[count] = position  # stays only where the next one does not take its place
        count += flags[position]
    return count


def any_of(values: Any) -> bool:
    """Whether any number is not zero."""
    for value in values:
        if value != 0.0:
            return True
    return False


def clip(value: float, low: float, high: float) -> float:
    """A value kept from ``low`` to ``high``."""
    return min(max(value, low), high)


def rank(keys: Any, starts: Any, order: Any, count: int, limit: float) -> None:
    """Put ``order[:count]`` into the order of the keys, which are uniform below ``limit``; equal keys keep their places.

    Keys fall into as many bins as there are keys, about one into each; within a bin they are inserted one by one.

    Args:
        keys: At least ``count`` numbers.
        starts: Working memory for one more than ``count`` whole numbers.
        order: Takes ``count`` positions.
        count: Number of keys.
        limit: Number below which all keys lie.
    """
    for position in range(count + 1):
        starts[position] = 0
    for index in range(count):
        starts[min(int(keys[index] / limit * count), count - 1) + 1] += 1
    for position in range(count):
        starts[position + 1] += starts[position]
    # Bins are filled from the front; the start of a bin moves along and ends where the next one began.
    for index in range(count):
        own = min(int(keys[index] / limit * count), count - 1)
        position = starts[own]
        order[position] = index
        starts[own] += 1
    for index in range(1, count):
        key, position = order[index], index
        while position > 0 and keys[order[position - 1]] > keys[key]:
            order[position] = order[position - 1]
            position -= 1
        order[position] = key
