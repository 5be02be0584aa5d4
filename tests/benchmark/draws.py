"""Draws that cost next to nothing: a number's place is mixed into the number itself (SplitMix64, Steele et al. 2014)."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_A, _B, _C, _LOST = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_STREAMS = np.uint64(64)

_njit: Any = numba.njit  # what its types leave out: the ways in from Python
_WAY = {"fastmath": True, "error_model": "numpy"}

compiled_and_kept = _njit(**_WAY, cache=True)
"""Compiles the fused kernel."""

compiled = _njit(**_WAY, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compiles what the kernel calls: without a way in from Python, which takes a third of the time to compile.

Called from Python such a function crashes; call the kernel.
"""


@compiled
def mix(place):
    """A number of 64 bits in which every bit of the place counts."""
    z = (place ^ (place >> _A)) * _FIRST
    z = (z ^ (z >> _B)) * _SECOND
    return z ^ (z >> _C)


@compiled
def key(seed, week, stream, round_=0):
    """Where a block of draws begins."""
    return mix(mix(np.uint64(seed) + np.uint64(week + 1) * _GOLDEN) + np.uint64(stream) + _STREAMS * np.uint64(round_))


@compiled
def uniform(start, index):
    """The draw at one position of a block, in [0, 1)."""
    return np.float64(mix(start + np.uint64(index + 1) * _GOLDEN) >> _LOST) * 2.0**-53


@compiled
def normals(one, other):
    """Two standard normal draws from two uniform ones (Box & Muller 1958)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - one))
    return radius * math.cos(2.0 * math.pi * other), radius * math.sin(2.0 * math.pi * other)


@compiled
def fill(block, start):
    """Draw for every position, whether it will be used or not."""
    for index in range(block.size):
        block[index] = uniform(start, index)


@compiled
def take(block, start, index, lavish):
    """A draw that not everybody needs: from the block that was drawn for all, or drawn now."""
    return block[index] if lavish else uniform(start, index)
