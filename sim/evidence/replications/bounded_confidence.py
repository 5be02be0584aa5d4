"""Deffuant, Neau, Amblard & Weisbuch (2000), "Mixing beliefs among interacting agents", Advances in Complex Systems 3.

Published: people who listen only to those nearer than a confidence end in about ``1 / (2 confidence)`` camps; one
camp is lost as the confidence falls from .30 to .25.

What we get: 1, 1, 2, 2 and about 4.4 major camps at a confidence of .5, .3, .25, .2 and .1.

What differs and why: in a round each person meets one other, all pairs at once, where the paper draws one pair at a
time. The pairs of a round have no one in common, so only the order of the same moves differs. A camp is *major* when it
holds at least 2 % of the people; a few stragglers always stay between the camps.
"""

from __future__ import annotations

import numpy as np

from sim.evidence.replications.randomness import RandomSource, generator
from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.kernel.elementwise import with_rules
from sim.model.mechanisms.definitions import definition_step


def deffuant2000(
    confidence: float,
    convergence: float = 0.5,
    population: int = 1000,
    rounds: int = 200,
    replicates: int = 20,
    *,
    rng: RandomSource,
    smallest_camp: float = 0.02,
) -> float:
    """Number of major camps at the end, mean over replicates.

    Args:
        confidence: Largest difference of opinion at which people still listen.
        convergence: Share of the gap by which each of the two moves, 0 to .5.
        population: People; their first opinions are uniform on [0, 1].
        rounds: Meetings per person.
        replicates: Independent populations.
        rng: Seed or generator.
        smallest_camp: Least share of the people that makes a camp major.
    """
    final = opinions_at_the_end(confidence, convergence, population, rounds, replicates, rng=rng)
    return float(camps_by_run(final, smallest_camp).mean())


def opinions_at_the_end(
    confidence: float,
    convergence: float = 0.5,
    population: int = 1000,
    rounds: int = 200,
    replicates: int = 20,
    *,
    rng: RandomSource,
) -> FloatArray:
    """Opinions after the last round, ``(replicates, population)``; arguments as in :func:`deffuant2000`."""
    source = generator(rng)
    opinion = source.random(replicates * population)
    seats = np.arange(replicates * population).reshape(replicates, population)
    pairs = population // 2
    for _ in range(rounds):
        order = source.permuted(seats, axis=1)
        first, second = order[:, :pairs].ravel(), order[:, pairs : 2 * pairs].ravel()
        _meet(opinion, first, second, float(confidence), float(convergence))
    return opinion.reshape(replicates, population)


@with_rules
def _meet(opinion: FloatArray, first: IntArray, second: IntArray, confidence: float, convergence: float) -> None:
    """The two people of each pair meet; each person is in at most one pair."""
    for pair in range(first.size):
        step = definition_step(opinion[second[pair]] - opinion[first[pair]], confidence, convergence)
        opinion[first[pair]] += step
        opinion[second[pair]] -= step


def camps_by_run(opinions: FloatArray, smallest_camp: float = 0.02, apart: float = 0.02) -> IntArray:
    """Major camps of each run: groups of neighbors in opinion, parted by gaps of more than ``apart``."""
    count = np.zeros(opinions.shape[0], dtype=np.int64)
    for run, row in enumerate(np.sort(opinions, axis=1)):
        sizes = np.diff(np.concatenate(([0], np.flatnonzero(np.diff(row) > apart) + 1, [row.size])))
        count[run] = np.count_nonzero(sizes >= smallest_camp * row.size)
    return count
