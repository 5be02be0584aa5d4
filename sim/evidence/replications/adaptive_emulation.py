"""Strang & Macy (2001): fads by adaptive emulation. **Qualitative**.

"In search of excellence: fads, success stories, and adaptive emulation", American Journal of Sociology 107(1).

Published: firms that drop what disappoints and copy last round's winner produce cascades and fads even if every
practice is worthless; faddish cycles are most robust where practices have modest merit.

What we get: among 100 firms and 10 worthless practices the leading one has about 15 users when no firm emulates, about
22 with average skepticism and nearly 40 among naive firms; the more merit practices have, the rarer the leader
changes. That fads are most robust at *modest* merit we do **not** get with this measure of faddishness.

What differs and why: the decision rules are the paper's, as quoted in a public re-implementation; distributions of
position, merit and chance (uniform on 0 to 1) are ours, and the paper's own measures of fads are not known to us. That
re-implementation's default (skepticism and inertia 0) locks in forever and is not used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.evidence.replications.randomness import RandomSource, generator
from sim.model.kernel.array_types import BoolArray, FloatArray, IntArray

_WINDOW = 10  # rounds that firms look back (M)
_CALIBRATION = 0.25  # lambda: at skepticism .5 one success story convinces hardly any firm


@dataclass(frozen=True, slots=True)
class FadPath:
    """The leading practice of each round.

    Attributes:
        leader: Practice with most users, ``(replicates, rounds)``.
        users: Its users.
    """

    leader: IntArray
    users: IntArray

    def mean_users(self, after: int = 50) -> FloatArray:
        """Users of the leading practice, mean over the rounds after the first ``after``, per run."""
        return np.asarray(self.users[:, after:].mean(axis=1), dtype=np.float64)

    def changes_per_100(self, after: int = 50) -> FloatArray:
        """Changes of the leading practice per 100 rounds, per run."""
        return np.asarray(100.0 * np.mean(np.diff(self.leader[:, after:], axis=1) != 0, axis=1), dtype=np.float64)


def strang_macy2001(
    merit: float = 0.0,
    skepticism: float = 0.5,
    inertia: float = 0.5,
    position: float = 0.0,
    firms: int = 100,
    practices: int = 10,
    rounds: int = 250,
    replicates: int = 20,
    *,
    emulation: bool = True,
    rng: RandomSource,
) -> FadPath:
    """Firms keep, drop and copy practices: ``outcome = alpha K + beta V + (1 - alpha - beta) chance``.

    A firm drops its practice with ``(1 - mean outcome) (1 - I**(lambda n))``, n uses of it in the last 10 rounds; then
    it takes over last round's winner with ``(1 - S**(lambda N)) (1 - S**(lambda t))``, N distinct firms that won with
    it in the window and t rounds since the firm used it itself (second factor 1 if it did not), else one at random.

    Args:
        merit: beta, weight of the practice's own worth.
        skepticism: S, reluctance to believe success stories (0: naive).
        inertia: I, slowness to search.
        position: alpha, weight of the firm's standing.
        firms, practices, rounds, replicates: Sizes.
        emulation: Whether firms copy at all; without it every search is blind.
        rng: Seed or generator.
    """
    if merit < 0 or position < 0 or merit + position > 1:
        raise ValueError(f"merit and position must not be negative and sum to at most 1, got {merit} and {position}")
    source = generator(rng)
    size = (replicates, firms)
    standing, worth = source.random(size), source.random((replicates, practices))
    choice = source.integers(0, practices, size)
    used = np.full((_WINDOW, *size), -1)
    earned = np.zeros((_WINDOW, *size))
    won_by, won_with = np.full((_WINDOW, replicates), -1), np.full((_WINDOW, replicates), -1)
    runs = np.arange(replicates)
    leader, users = np.empty((replicates, rounds), dtype=np.int64), np.empty((replicates, rounds), dtype=np.int64)
    for round_ in range(rounds):
        if round_:
            winner = won_with[(round_ - 1) % _WINDOW]
            dropped = source.random(size) < _drop_probability(used, earned, choice, inertia)
            belief = _adoption_probability(used, won_by, won_with, winner, round_, skepticism)
            copied = (source.random(size) < belief) & emulation
            searched = np.where(copied, winner[:, np.newaxis], source.integers(0, practices, size))
            choice = np.where(dropped, searched, choice)
        chance = source.random(size)
        value = np.take_along_axis(worth, choice, axis=1)
        outcome = position * standing + merit * value + (1.0 - merit - position) * chance
        slot = round_ % _WINDOW
        used[slot], earned[slot] = choice, outcome
        won_by[slot] = outcome.argmax(axis=1)
        won_with[slot] = choice[runs, won_by[slot]]
        counts = np.stack([np.bincount(row, minlength=practices) for row in choice])
        leader[:, round_], users[:, round_] = counts.argmax(axis=1), counts.max(axis=1)
    return FadPath(leader, users)


def _drop_probability(used: IntArray, earned: FloatArray, choice: IntArray, inertia: float) -> FloatArray:
    """Disappointment with the current practice times the confidence that it is the practice's fault."""
    current: BoolArray = used == choice
    uses = current.sum(axis=0)
    mean = np.where(current, earned, 0.0).sum(axis=0) / np.maximum(uses, 1)
    return np.asarray((1.0 - mean) * (1.0 - inertia ** (_CALIBRATION * uses)), dtype=np.float64)


def _adoption_probability(
    used: IntArray, won_by: IntArray, won_with: IntArray, winner: IntArray, round_: int, skepticism: float
) -> FloatArray:
    """Belief in last round's winning practice: others' success with it, and the time since the firm dropped it."""
    replicates, firms = used.shape[1:]
    evidence = np.zeros((replicates, firms), dtype=np.bool_)
    for slot in range(_WINDOW):
        with_it = np.flatnonzero(won_with[slot] == winner)
        evidence[with_it, won_by[slot][with_it]] = True
    others = 1.0 - skepticism ** (_CALIBRATION * evidence.sum(axis=1))
    since = np.full((replicates, firms), np.inf)
    for ago in range(min(round_, _WINDOW), 0, -1):
        since[used[(round_ - ago) % _WINDOW] == winner[:, np.newaxis]] = ago
    own = np.where(np.isinf(since), 1.0, 1.0 - skepticism ** (_CALIBRATION * np.where(np.isinf(since), 1.0, since)))
    return np.asarray(others[:, np.newaxis] * own, dtype=np.float64)
