"""Keyed random streams: common random numbers by construction.

A draw belongs to its *stream* (what it is for), its *week* and its *position* (the seat of an employee, the place of a
customer in the market). Nothing is drawn from a shared sequence, so one run's extra exit, contact or policy shifts
nobody else's draws, and two runs with the same seed differ only by what the policy changed.

Each (seed, stream, week, round) names one block of numbers, and each number of a block is computed from its position
alone: SplitMix64 (Steele, Lea & Flood 2014), whose n-th value is a mixing function of start + n x constant. So compiled loops
(:mod:`sim.model.kernel.scalar_draws`) that need only a few numbers of a block can take them in any order. The start of a
block is mixed from its week, its round and a BLAKE2b hash of seed and name. Normal draws follow Box & Muller (1958),
exponential ones the inverse of their distribution function, so that each draw has its own position as well.
"""

from __future__ import annotations

import math
from hashlib import blake2b
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.elementary_arrays import cosine_of_turns, log

Size = int | tuple[int, ...]
BitsArray = NDArray[np.uint64]

STEP, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
"""Constants of SplitMix64: the distance of neighbors (2^64 / golden ratio), and the two multipliers of its mixing."""

_LARGEST_SEED = 2**64 - 1
_ALL_BITS = 2**64 - 1
_seed_in_bytes = Struct("<Q").pack
_steps: BitsArray = np.zeros(0, dtype=np.uint64)


def mix(bits: int) -> int:
    """Mixing function of SplitMix64, for one word."""
    bits = ((bits ^ (bits >> 30)) * FIRST) & _ALL_BITS
    bits = ((bits ^ (bits >> 27)) * SECOND) & _ALL_BITS
    return bits ^ (bits >> 31)


def block_of(stream: int, week: int, round_: int) -> int:
    """Start of a block in the stream with this key. The round tells apart repeats within a week."""
    return mix((mix((stream + week * STEP) & _ALL_BITS) + (round_ + 1) * STEP) & _ALL_BITS)


def _count(number: int) -> BitsArray:
    """1, 2, 3 ... times :data:`STEP`; kept from call to call, since every draw needs it."""
    global _steps  # noqa: PLW0603 - a table that only grows
    if _steps.size < number:
        _steps = np.arange(1, max(number, 4096) + 1, dtype=np.uint64) * np.uint64(STEP)
    return _steps[:number]


def _bits(start: int, number: int) -> BitsArray:
    """The first ``number`` words of a block."""
    bits = _count(number) + np.uint64(start)
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(FIRST)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(SECOND)
    bits ^= bits >> np.uint64(31)
    return bits


class Streams:
    """All random numbers of one run, addressed by purpose, week and position.

    Args:
        seed: Integer from 0 to 2^64 - 1; equal seeds give equal draws on every platform.

    Example:
        >>> Streams(7).uniform("choice", week=3, size=2).shape
        (2,)
    """

    __slots__ = ("_keys", "seed")

    def __init__(self, seed: int) -> None:
        if not 0 <= seed <= _LARGEST_SEED:
            raise ValueError(f"seed must be from 0 to 2^64 - 1, got {seed}")
        self.seed = int(seed)
        self._keys: dict[str, int] = {}

    def key(self, stream: str) -> int:
        """Key of a stream: a word of 64 bits from seed and name."""
        key = self._keys.get(stream)
        if key is None:
            digest = blake2b(_seed_in_bytes(self.seed) + stream.encode(), digest_size=8).digest()
            key = self._keys[stream] = int.from_bytes(digest, "little")
        return key

    def _uniform(self, stream: str, week: int, number: int, round_: int) -> FloatArray:
        """Uniform draws at positions 0, 1 ... of a block, from the upper 53 bits of its words."""
        bits = _bits(block_of(self.key(stream), week, round_), number)
        return np.asarray((bits >> np.uint64(11)) * 2.0**-53, dtype=np.float64)

    def uniform(self, stream: str, week: int, size: Size, round_: int = 0) -> FloatArray:
        """Uniform draws in [0, 1), one per position."""
        return self._uniform(stream, week, _product(size), round_).reshape(size)

    def normal(self, stream: str, week: int, size: Size, round_: int = 0) -> FloatArray:
        """Standard normal draws, one per position, each from two uniform draws: sqrt(-2 log(1 - u)) cos(2 pi u')."""
        pair = self._uniform(stream, week, 2 * _product(size), round_).reshape(-1, 2)
        values = np.sqrt(-2.0 * log(1.0 - pair[:, 0])) * cosine_of_turns(pair[:, 1])
        return np.asarray(values, dtype=np.float64).reshape(size)

    def exponential(self, stream: str, week: int, size: Size, round_: int = 0) -> FloatArray:
        """Standard exponential draws, one per position: -log(1 - u)."""
        return -log(1.0 - self.uniform(stream, week, size, round_))

    def __reduce__(self) -> tuple[type[Streams], tuple[int]]:
        """Copies and pickles hold the seed alone, since a stream has no state."""
        return Streams, (self.seed,)


def _product(size: Size) -> int:
    """Number of positions of a shape."""
    return size if isinstance(size, int) else math.prod(size)
