"""How compiled code takes its tables: as addresses.

Compiled code is a function of one argument, the address of a list of slots of eight bytes. There is a slot for what it
returns, one for an error, one for each number, and several for each array: two that are not used, the number of elements, the
bytes of one, the address of the first, the length of each dimension, and its stride in bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

ENTRY = "week"
"""Name of the function."""

RESULT_SLOTS = 2
"""Slots of the result and of the error, before those of the arguments."""

NUMBER_SLOTS = 3
"""Slots of numbers, before those of arrays: first step, last step, weeks."""

SLOT_BYTES = 8

SlotArray = NDArray[np.int64]


class ArrayType(NamedTuple):
    """Type of an array that compiled code was made for.

    Attributes:
        dtype: Type of an element.
        dimensions: Number of dimensions.
        by_column: Whether the first index changes fastest.
    """

    dtype: np.dtype[Any]
    dimensions: int
    by_column: bool


class Records(tuple[Any, ...]):
    """Records of one organization, with the slots that were made for them. Their arrays stay where they are.

    Attributes:
        slots: Slots for machine code; made when they are first asked for.
    """

    slots: SlotArray | None = None


def arrays_in(values: Iterable[Any]) -> Iterator[NDArray[Any]]:
    """All arrays in records of arrays, in order."""
    for value in values:
        if isinstance(value, tuple):
            yield from arrays_in(value)
        else:
            yield value


def types_of(values: Iterable[Any]) -> tuple[ArrayType, ...]:
    """Types of all arrays in records of arrays. Those of two dimensions need two rows and two columns to show their order."""
    return tuple(
        ArrayType(array.dtype, array.ndim, array.ndim > 1 and not array.flags.c_contiguous)
        for array in arrays_in(values)
    )


def checked(values: Iterable[Any], types: Sequence[ArrayType]) -> list[NDArray[Any]]:
    """All arrays in records of arrays.

    Raises:
        TypeError: If one is not of the type that compiled code was made for, which would read and write other memory.
    """
    arrays = list(arrays_in(values))
    for number, (array, (dtype, dimensions, by_column)) in enumerate(zip(arrays, types, strict=True)):
        flags = array.flags
        whole = flags.f_contiguous if by_column else flags.c_contiguous
        if array.dtype != dtype or array.ndim != dimensions or not whole or not flags.writeable:
            raise TypeError(
                f"array {number} of the organization is {array.dtype}, {array.ndim} dimensions, where the compiled model takes "
                f"{dtype}, {dimensions} dimensions, {'columns' if by_column else 'rows'} one after the other."
            )
    return arrays


def slot_count(arrays: Iterable[NDArray[Any]]) -> int:
    """Number of all slots where these are the arrays."""
    return RESULT_SLOTS + NUMBER_SLOTS + sum(5 + 2 * array.ndim for array in arrays)


def slots_of(arrays: Iterable[NDArray[Any]], addresses: Iterable[int]) -> SlotArray:
    """Slots of arrays that stand at these addresses."""
    slots: list[int] = []
    for array, address in zip(arrays, addresses, strict=True):
        slots += (0, 0, array.size, array.itemsize, address, *array.shape, *array.strides)
    return np.array(slots, dtype=np.int64)
