"""The week as WebAssembly, the same file that pages run: it starts at once, and takes about twice the time of machine code.

The code has a memory of its own. Tables are copied into it before a call, and back after it.
"""

from __future__ import annotations

import atexit
import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
import wasmtime
from numpy.typing import NDArray

from sim.model.compiled import code_cache
from sim.model.compiled.addresses import (
    ENTRY,
    RESULT_SLOTS,
    SLOT_BYTES,
    ArrayType,
    Records,
    checked,
    slot_count,
    slots_of,
)

Run = Callable[..., None]

_ALIGNMENT = 64
_PAGE = 65536
LARGEST_MEMORY = 2**32 - _PAGE
"""Bytes that portable code can have."""

_FAMILY = "week-portable"


class TooLargeError(MemoryError):
    """The organization does not fit into the memory that portable code can have."""


def load_portable_code(code: bytes, digest: str, types: tuple[ArrayType, ...]) -> Run:
    """The week as a function ``run(first, last, weeks, records, *further arrays)``.

    Args:
        code: WebAssembly.
        digest: SHA-256 of ``code``.
        types: Types of all arrays.
    """
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    atexit.register(_close, store, engine)
    instance = wasmtime.Instance(store, _module(engine, code, digest), [])
    exports: Any = instance.exports(store)
    week, memory = exports[ENTRY], exports["memory"]
    base = exports["__heap_base"].value(store)
    lock = threading.Lock()  # there is one memory

    def run(first: int, last: int, weeks: int, records: Records, *further: Any) -> None:
        arrays = checked((*records, *further), types)
        places = places_of(arrays, base)
        with lock:
            content = _content(memory, store, places.end)
            for place, array in places.contents(first, last, weeks):
                content[place : place + array.nbytes] = _bytes(array)
            if week(store, places.slots) != 0:
                raise RuntimeError("the portable week has failed")
            for array, place in zip(arrays, places.addresses, strict=True):
                _bytes(array)[:] = content[place : place + array.nbytes]

    return run


class Places(NamedTuple):
    """Where tables stand in the memory of portable code.

    Attributes:
        arrays: The tables.
        result: Address of the slots of the result and of the error.
        slots: Address of the list of slots, by which the code is called.
        addresses: Address of each table.
        end: Address after the last one.
    """

    arrays: list[NDArray[Any]]
    result: int
    slots: int
    addresses: list[int]
    end: int

    def contents(self, first: int, last: int, weeks: int) -> Iterator[tuple[int, NDArray[Any]]]:
        """What has to stand where before a call: the list of slots, and the tables."""
        head = (self.result, self.result + SLOT_BYTES, first, last, weeks)
        yield self.slots, np.concatenate((head, slots_of(self.arrays, self.addresses)))
        yield from zip(self.addresses, self.arrays, strict=True)


def places_of(arrays: list[NDArray[Any]], base: int) -> Places:
    """Where tables stand from an address on."""
    result = _aligned(base)
    slots = _aligned(result + SLOT_BYTES * RESULT_SLOTS)
    addresses, end = [], _aligned(slots + SLOT_BYTES * slot_count(arrays))
    for array in arrays:
        addresses.append(end)
        end = _aligned(end + array.nbytes)
    return Places(arrays, result, slots, addresses, end)


def _close(*owners: Any) -> None:
    """Free what wasmtime holds, which it can no longer do itself while the interpreter ends."""
    for owner in owners:
        owner.close()


def _module(engine: Any, code: bytes, digest: str) -> Any:
    """The code as this processor runs it; kept, where that can be done."""
    key = f"{version('wasmtime')}-{digest[:16]}"
    kept = code_cache.load(_FAMILY, key)
    if kept is not None:
        with suppress(wasmtime.WasmtimeError):
            return wasmtime.Module.deserialize(engine, kept)
    module = wasmtime.Module(engine, code)
    code_cache.keep(_FAMILY, key, bytes(module.serialize()), quiet=True)
    return module


def _content(memory: Any, store: Any, size: int) -> Any:
    """The memory as bytes, at least so many."""
    missing = size - memory.data_len(store)
    if missing > 0:
        if size > LARGEST_MEMORY:
            raise TooLargeError
        memory.grow(store, -(-missing // _PAGE))
    length = memory.data_len(store)
    start = ctypes.addressof(memory.data_ptr(store).contents)
    return np.ctypeslib.as_array((ctypes.c_uint8 * length).from_address(start))


def _bytes(array: Any) -> Any:
    """The bytes of an array, in the order in which they stand in memory."""
    plain = array.view(np.ndarray)
    return plain.reshape(-1, order="A").view(np.uint8) if array.size else np.zeros(0, dtype=np.uint8)


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
