"""People who see each other and choose what most of what they remember was, as two of the replications need them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.model.kernel.array_types import BoolArray, IntArray, SmallIntArray
from sim.model.kernel.elementwise import with_rules
from sim.model.mechanisms.norm import SEEN, majority_choice, remember

Ties = Literal["previous", "random", "one"]
"""What an evenly split memory leads to: the own last choice, a coin, or the new convention."""


def on_a_tie(ties: Ties, previous: IntArray, rng: np.random.Generator) -> IntArray:
    """What each of these people chooses if memory is evenly split, given their last choices."""
    if ties == "random":
        return np.asarray(rng.random(previous.size) < 0.5, dtype=np.int64)
    if ties == "previous":
        return previous.copy()
    if ties == "one":
        return np.ones_like(previous)
    raise ValueError(f"ties must be random, previous or one, got {ties!r}")


@with_rules
def hear(
    memories: SmallIntArray,
    total: IntArray,
    cursor: IntArray,
    choice: IntArray,
    speaker: IntArray,
    hearer: IntArray,
    tie: IntArray,
    is_stubborn: BoolArray,
) -> None:
    """All hearers remember what their speakers chose, and then choose anew; nobody hears twice.

    Args:
        memories, total, cursor: What each person remembers (:func:`sim.model.mechanisms.norm.remember`). Changed in place.
        choice: Everybody's choice. Changed in place.
        speaker, hearer: Who is seen by whom.
        tie: What each hearer chooses if memory is evenly split.
        is_stubborn: People who choose 1 whatever they remember.
    """
    whole = SEEN * memories.shape[1]
    for turn in range(hearer.size):
        remember(memories, total, cursor, hearer[turn], SEEN * choice[speaker[turn]])
    for turn in range(hearer.size):
        person = hearer[turn]
        choice[person] = 1 if is_stubborn[person] else majority_choice(total[person], whole, tie[turn])
