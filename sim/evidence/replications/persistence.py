"""How long a norm outlasts its sponsor: best response to what colleagues did, with turnover. Not a published model.

It puts a question of the texts to the rule of Centola et al. (2018). The sponsor leaves when a share of the members is
converted. From then on people leave, newcomers bring the old norm, and each person follows the majority of what they
remember. Encounters are few, because situations in which a customer's interest is at stake are few.

What we get: with four encounters a month and 3 % turnover 96 % still enact the norm after ten years if all had
been converted, about two thirds of the runs hold if 60 % had, and nothing is left of 45 %. Two encounters a month
carry a norm at 5 % turnover, one a month does not: rare moments cannot sustain it. Averaging would leave 2.6 % of any
gap.

What differs and why: there is nothing published to compare with. Runs hold or collapse, so a mean is mostly the share
of runs that hold.
"""

from __future__ import annotations

import numpy as np

from sim.evidence.replications.memories import Ties, hear, on_a_tie
from sim.evidence.replications.randomness import RandomSource, generator
from sim.model.kernel.array_types import FloatArray
from sim.model.mechanisms import norm


def norm_persistence(
    turnover: float,
    encounters: int = 4,
    converted: float = 1.0,
    months: int = 120,
    members: int = 100,
    memory: int = 12,
    ties: Ties = "random",
    replicates: int = 30,
    *,
    rng: RandomSource,
) -> float:
    """Share of members who enact the norm ``months`` after its sponsor has left, mean over runs.

    Args:
        turnover: Share of the members replaced in a month.
        encounters: Colleagues seen in a month in a situation that matters.
        converted: Probability that a member's memory is full of the norm when the sponsor leaves; else of the old norm.
        months: Time without sponsor.
        members: Size of the organization.
        memory: Observations that a member remembers.
        ties: What a member with an evenly split memory does (:data:`sim.evidence.replications.memories.Ties`).
        replicates: Independent organizations.
        rng: Seed or generator.
    """
    shares = enacting_by_run(turnover, encounters, converted, months, members, memory, ties, replicates, rng=rng)
    return float(shares.mean())


def enacting_by_run(
    turnover: float,
    encounters: int = 4,
    converted: float = 1.0,
    months: int = 120,
    members: int = 100,
    memory: int = 12,
    ties: Ties = "random",
    replicates: int = 30,
    *,
    rng: RandomSource,
) -> FloatArray:
    """Share enacting the norm in each run; arguments as in :func:`norm_persistence`."""
    if not 0.0 <= turnover <= 1.0:
        raise ValueError(f"turnover must be a share (0 to 1) a month, got {turnover}")
    source = generator(rng)
    people = replicates * members
    choice = (source.random(people) < converted).astype(np.int64)
    memories = np.repeat((norm.SEEN * choice)[:, np.newaxis], memory, axis=1).astype(np.int16)
    total, cursor = memories.sum(axis=1, dtype=np.int64), np.zeros(people, dtype=np.int64)
    seat, group = np.arange(people) % members, np.arange(people) // members * members
    everyone, nobody = np.arange(people), np.zeros(people, dtype=np.bool_)
    for _ in range(months):
        new = source.random(people) < turnover
        memories[new], total[new], choice[new] = 0, 0, 0
        for _ in range(encounters):
            colleague = group + (seat + source.integers(1, members, people)) % members
            hear(memories, total, cursor, choice, colleague, everyone, on_a_tie(ties, choice, source), nobody)
    return np.asarray(choice.reshape(replicates, members).mean(axis=1), dtype=np.float64)
