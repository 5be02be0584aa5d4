"""Centola, Becker, Brackbill & Baronchelli (2018): when a committed minority tips a convention.

"Experimental evidence for tipping points in social convention", Science 360(6393).

Published: in groups of 20 to 30 people a committed minority of about 25 % overturned the convention of the
others; the authors' model (best response to a memory of 12) tips there too.

What we get: at a population of 1,000, a memory of 12 and 1,000 rounds, no takeover at 23 %, about half at 24 % and
all at 25 %; with 24 people and 45 rounds a takeover in about a quarter of the groups at 25 %. The tipping point grows
with memory, from .11 (3) to .39 (100): one quarter is a property of a memory of about 12, not a constant.

What differs and why: in groups of more than 100 the encounters of a round (one a person on average) take place in waves,
and not one at a time as in the authors' program. Only the order within a round differs. A group counts as
taken over when most of the uncommitted would play the new convention. **Ties matter**: ``random`` is the authors'
rule; one published version lets ties go to the minority (``one``) and tips at .21; ``previous`` keeps the person's
last choice and tips later.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from sim.evidence.replications.memories import Ties, hear, on_a_tie
from sim.evidence.replications.randomness import RandomSource, generator
from sim.model.kernel.array_types import BoolArray, FloatArray, IntArray
from sim.model.mechanisms.norm import SEEN

_ONE_BY_ONE = 100  # largest group in which encounters follow one another as in the original program
_CHECK_EVERY = 10  # rounds between tests for the end; a test in every round would cost more than it saves


def centola2018(
    population: int,
    committed: float,
    memory: int,
    rounds: int,
    ties: Ties = "random",
    replicates: int = 20,
    *,
    rng: RandomSource,
) -> float:
    """Share of groups in which the committed minority's convention has taken over.

    Args:
        population: People in a group, committed ones included.
        committed: Share of the group that always plays the new convention (rounded to whole people).
        memory: Plays of others that a person remembers; full of the old convention at the start.
        rounds: Rounds; in each, there are as many encounters of a speaker and a hearer as people.
        ties: What a person with an evenly split memory does: ``random``, ``previous`` or ``one`` (the new convention).
        replicates: Independent groups.
        rng: Seed or generator.
    """
    share = new_convention_by_run(population, committed, memory, rounds, ties, replicates, rng=rng)
    return float(np.mean(share > 0.5))


def new_convention_by_run(
    population: int,
    committed: ArrayLike,
    memory: int,
    rounds: int,
    ties: Ties = "random",
    replicates: int = 20,
    *,
    rng: RandomSource,
) -> FloatArray:
    """Share of the uncommitted who play the new convention after the last round, one value a group.

    Arguments as in :func:`centola2018`; ``committed`` may also be one share a group.
    """
    shares = np.broadcast_to(np.asarray(committed, dtype=np.float64), (replicates,))
    if shares.min(initial=0.0) < 0 or shares.max(initial=0.0) >= 1:
        raise ValueError(f"committed must be a share from 0 to below 1, got {shares.tolist()}")
    source = generator(rng)
    people = replicates * population
    stubborn = np.rint(shares * population)
    is_stubborn = np.arange(people) % population < np.repeat(stubborn, population)
    memories = np.zeros((people, memory), dtype=np.int16)
    total, cursor = np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.int64)
    choice = is_stubborn.astype(np.int64)
    for round_ in range(rounds):
        for speaker, hearer in _turns(source, replicates, population):
            tie = on_a_tie(ties, choice[hearer], source)
            hear(memories, total, cursor, choice, speaker, hearer, tie, is_stubborn)
        if round_ % _CHECK_EVERY == 0 and np.all(total[~is_stubborn] == SEEN * memory):
            break  # no one remembers anything else, so this is final
    plays = np.where(is_stubborn, 0, choice).reshape(replicates, population).sum(axis=1)
    return np.asarray(plays / (population - stubborn), dtype=np.float64)


def _turns(rng: np.random.Generator, replicates: int, population: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Speakers and hearers of one round as flat positions, in turns in which no person hears twice.

    Each group has as many encounters as people. Small groups take them one at a time; large ones in waves, the k-th
    wave holding every hearer's k-th encounter.
    """
    size = (population, replicates)
    hearer = rng.integers(0, population, size)
    speaker = (hearer + rng.integers(1, population, size)) % population
    group = np.arange(replicates) * population
    speaker, hearer = group + speaker, group + hearer
    if population <= _ONE_BY_ONE:
        yield from zip(speaker, hearer, strict=True)
        return
    speaker, hearer = speaker.ravel(), hearer.ravel()
    while hearer.size:
        first = _first_of_each(hearer, replicates * population)
        yield speaker[first], hearer[first]
        speaker, hearer = speaker[~first], hearer[~first]


def _first_of_each(hearer: IntArray, people: int) -> BoolArray:
    """Which encounters are their hearer's first, in order."""
    order = np.arange(hearer.size)
    first = np.empty(people, dtype=np.int64)
    first[hearer[::-1]] = order[::-1]  # the last write wins, which is that of the earliest encounter
    return np.asarray(first[hearer] == order, dtype=np.bool_)


def tipping_points(
    population: int,
    memory: int,
    rounds: int,
    ties: Ties = "random",
    replicates: int = 10,
    *,
    rng: RandomSource,
    step: float = 0.01,
) -> FloatArray:
    """Smallest committed share, in steps of ``step``, with which a group is taken over; one estimate a replicate.

    Found by halving the interval, since takeovers become more likely with more committed people. Each trial is a new
    group, so the estimates scatter by the width of the transition.
    """
    source = generator(rng)
    low = np.zeros(replicates)
    high = np.full(replicates, np.ceil(0.5 / step))  # a committed half always takes over
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        share = new_convention_by_run(population, middle * step, memory, rounds, ties, replicates, rng=source)
        low, high = np.where(share > 0.5, low, middle), np.where(share > 0.5, np.maximum(middle, low + 1), high)
    return high * step
