"""Keyed random streams: common random numbers by construction.

A draw belongs to its *stream* (what it is for), its *week* and its *position* (the seat of an employee, the place of a
customer in the market). Nothing is drawn from a shared sequence, so one run's extra exit, contact or policy shifts
nobody else's draws, and two runs with the same seed differ only by what the policy changed.

Each (seed, stream, week, round) names one block of a Philox counter-based generator (Salmon et al. 2011); position
*i* is the *i*-th value of the block, so a larger population extends the block without changing its beginning.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np

from sim.kernel.arrays import FloatArray

_WEEK_OFFSET = 1 << 32  # burn-in weeks are negative; counters are not


class Streams:
    """All the random numbers of one run, addressed by purpose, week and position.

    Args:
        seed: Non-negative integer; equal seeds give equal draws on every platform.

    Example:
        >>> Streams(7).uniform("choice", week=3, size=2).shape
        (2,)
    """

    __slots__ = ("_bits", "_keys", "_rng", "_state", "seed")

    def __init__(self, seed: int) -> None:
        if seed < 0:
            raise ValueError(f"seed must not be negative, got {seed}")
        self.seed = int(seed)
        self._keys: dict[str, np.ndarray] = {}
        # One bit generator is moved from block to block: setting its state costs a sixth of making a new one.
        self._bits = np.random.Philox(key=np.zeros(2, dtype=np.uint64))
        self._rng = np.random.Generator(self._bits)
        self._state: Any = dict(self._bits.state)

    def _at(self, stream: str, week: int, round_: int) -> np.random.Generator:
        """Generator at the start of the block of ``stream`` in ``week`` (``round_`` tells repeats in a week apart)."""
        key = self._keys.get(stream)
        if key is None:
            sequence = np.random.SeedSequence([self.seed, crc32(stream.encode())])
            key = self._keys[stream] = sequence.generate_state(2, np.uint64)
        counter = np.array([0, 0, round_, week + _WEEK_OFFSET], dtype=np.uint64)
        self._state["state"] = {"counter": counter, "key": key}
        self._bits.state = self._state
        return self._rng

    def uniform(self, stream: str, week: int, size: int | tuple[int, ...], round_: int = 0) -> FloatArray:
        """Uniform draws in [0, 1), one a position."""
        return self._at(stream, week, round_).random(size)

    def normal(self, stream: str, week: int, size: int | tuple[int, ...], round_: int = 0) -> FloatArray:
        """Standard normal draws, one a position."""
        return self._at(stream, week, round_).standard_normal(size)

    def exponential(self, stream: str, week: int, size: int | tuple[int, ...], round_: int = 0) -> FloatArray:
        """Standard exponential draws, one a position."""
        return self._at(stream, week, round_).standard_exponential(size)

    def __reduce__(self) -> tuple[type[Streams], tuple[int]]:
        """Copies and pickles carry the seed alone: a stream has no history to lose."""
        return Streams, (self.seed,)
