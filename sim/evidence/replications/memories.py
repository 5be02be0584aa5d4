"""People who observe each other and choose the majority of what they remember; two of the replications use them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.model.kernel.array_types import BoolArray, IntArray, SmallIntArray
from sim.model.kernel.elementwise import with_rules
from sim.model.mechanisms.norm import SEEN, majority_choice, remember

Ties = Literal["previous", "random", "one"]
"""Rule for an evenly split memory: the person's own last choice, a coin, or the new convention."""


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
    """All hearers remember what their speakers chose, and then choose anew; each person hears at most once.

    Args:
        memories, total, cursor: What each person remembers (:func:`sim.model.mechanisms.norm.remember`). Changed in place.
        choice: Choice of each person. Changed in place.
        speaker, hearer: Who is seen by whom.
        tie: What each hearer chooses if memory is evenly split.
        is_stubborn: People who always choose 1.
    """
    whole = SEEN * memories.shape[1]
    for turn in range(hearer.size):
        remember(memories, total, cursor, hearer[turn], SEEN * choice[speaker[turn]])
    for turn in range(hearer.size):
        person = hearer[turn]
        choice[person] = 1 if is_stubborn[person] else majority_choice(total[person], whole, tie[turn])
