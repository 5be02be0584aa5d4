"""Single draws of keyed streams: the same numbers as :class:`sim.model.kernel.random.Streams` gives in blocks."""

from __future__ import annotations

import math

import numpy as np

from sim.model.kernel.elementary_functions import cosine_of_turns, log
from sim.model.kernel.random import FIRST, SECOND, STEP

_STEP, _FIRST, _SECOND = np.uint64(STEP), np.uint64(FIRST), np.uint64(SECOND)
_ONE, _11, _27, _30, _31 = np.uint64(1), np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_UNIT = 2.0**-53


def mix(state: np.uint64) -> np.uint64:
    """Mixing function of SplitMix64, for one word."""
    state = (state ^ (state >> _30)) * _FIRST
    state = (state ^ (state >> _27)) * _SECOND
    return state ^ (state >> _31)


def block(stream: np.uint64, week: int, round_: int) -> np.uint64:
    """Start of the block of a week and round in the stream with this key."""
    inner = mix(stream + np.uint64(np.int64(week)) * _STEP)  # by way of int64, which wraps round below 0
    return mix(inner + np.uint64(round_ + 1) * _STEP)


def state_at(block: np.uint64, position: int) -> np.uint64:
    """The word that is mixed into the draw at a position of a block.

    A loop over all positions may add :func:`state_increment` instead. It then needs no multiplication, which is slow in vectors.
    """
    return block + np.uint64(position + 1) * _STEP


def state_increment(positions: int) -> np.uint64:
    """What to add to a word to move on by a number of positions."""
    return np.uint64(positions) * _STEP


def uniform_from(state: np.uint64) -> float:
    """Uniform draw in [0, 1) from a word, by mixing it."""
    return np.float64(mix(state) >> _11) * _UNIT


def uniform(block: np.uint64, position: int) -> float:
    """Uniform draw in [0, 1) at a position of a block."""
    return uniform_from(state_at(block, position))


def normal(block: np.uint64, position: int) -> float:
    """Standard normal draw at a position of a block."""
    radius = math.sqrt(-2.0 * log(1.0 - uniform(block, 2 * position)))
    return radius * cosine_of_turns(uniform(block, 2 * position + 1))


def exponential(block: np.uint64, position: int) -> float:
    """Standard exponential draw at a position of a block."""
    return -log(1.0 - uniform(block, position))  # 1 less a draw is exact
