"""Keyed random streams: common random numbers by construction.

A draw belongs to its *stream* (what it is for), its *week* and its *position* (the seat of an employee, the place of a
customer in the market). Nothing is drawn from a shared sequence, so one run's extra exit, contact or policy shifts
nobody else's draws, and two runs with the same seed differ only by what the policy changed.

Each (seed, stream, week, round) names one block of numbers: PCG64DXSM (O'Neill 2014) started where the BLAKE2b hash of
these four says. Position *i* is the *i*-th value of the block, so a larger population extends the block without changing
its beginning. Against a counter-based generator (Philox) this halves the time that a week spends on drawing.
"""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct
from typing import Any

import numpy as np

from sim.kernel.arrays import FloatArray

Size = int | tuple[int, ...]

_LARGEST_SEED = 2**64 - 1
_seed_and_place = Struct("<Qqq").pack


class Streams:
    """All the random numbers of one run, addressed by purpose, week and position.

    Args:
        seed: Integer from 0 to 2^64 - 1; equal seeds give equal draws on every platform.

    Example:
        >>> Streams(7).uniform("choice", week=3, size=2).shape
        (2,)
    """

    __slots__ = ("_bits", "_inner", "_kept", "_rng", "_room", "_state", "seed")

    def __init__(self, seed: int) -> None:
        if not 0 <= seed <= _LARGEST_SEED:
            raise ValueError(f"seed must be from 0 to 2^64 - 1, got {seed}")
        self.seed = int(seed)
        # One bit generator is moved from block to block: setting its state is far cheaper than making a new one.
        self._bits = np.random.PCG64DXSM(0)
        self._rng = np.random.Generator(self._bits)
        self._state: Any = dict(self._bits.state)
        self._inner = self._state["state"] = {"state": 0, "inc": 1}
        self._kept: dict[tuple[str, str, int, Size, int], FloatArray] = {}
        self._room = 0

    def _at(self, stream: str, week: int, round_: int) -> np.random.Generator:
        """Generator at the start of the block of ``stream`` in ``week`` (``round_`` tells repeats in a week apart)."""
        digest = blake2b(_seed_and_place(self.seed, week, round_) + stream.encode(), digest_size=32).digest()
        self._inner["state"] = int.from_bytes(digest[:16], "little")
        self._inner["inc"] = int.from_bytes(digest[16:], "little") | 1  # PCG's increment must be odd
        self._bits.state = self._state
        return self._rng

    def remember(self, most_bytes: int) -> None:
        """Keep draws from now on, up to so many bytes: runs that share these streams need them again and again."""
        self._room = most_bytes

    def _draw(self, kind: str, stream: str, week: int, size: Size, round_: int) -> FloatArray:
        """One block of numbers, from memory if it was drawn before."""
        key = (kind, stream, week, size, round_)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        values: FloatArray = getattr(self._at(stream, week, round_), kind)(size)
        if values.nbytes < self._room:
            self._room -= values.nbytes
            values.flags.writeable = False
            self._kept[key] = values
        return values

    def uniform(self, stream: str, week: int, size: Size, round_: int = 0) -> FloatArray:
        """Uniform draws in [0, 1), one a position."""
        return self._draw("random", stream, week, size, round_)

    def normal(self, stream: str, week: int, size: Size, round_: int = 0) -> FloatArray:
        """Standard normal draws, one a position."""
        return self._draw("standard_normal", stream, week, size, round_)

    def exponential(self, stream: str, week: int, size: Size, round_: int = 0) -> FloatArray:
        """Standard exponential draws, one a position."""
        return self._draw("standard_exponential", stream, week, size, round_)

    def __reduce__(self) -> tuple[type[Streams], tuple[int]]:
        """Copies and pickles carry the seed alone: a stream has no history to lose."""
        return Streams, (self.seed,)
