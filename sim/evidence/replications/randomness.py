"""Random numbers of the replications: always an argument, never created inside."""

from __future__ import annotations

import numpy as np

RandomSource = int | np.random.Generator
"""A seed, or a generator to continue with."""


def generator(rng: RandomSource) -> np.random.Generator:
    """Generator of a seed, or the one given.

    >>> generator(7).random() == generator(7).random()
    True
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, bool) or not isinstance(rng, (int, np.integer)):
        raise TypeError(f"rng must be a seed (an integer, 0 or more) or a numpy Generator, got {rng!r}")
    if rng < 0:
        raise ValueError(f"rng as a seed must not be negative, got {rng}")
    return np.random.default_rng(rng)
