"""March (1991), "Exploration and exploitation in organizational learning", Organization Science 2(1).

Published: the better people are socialized to the official code, the less there is left to learn from them, so slow
socialization ends with more knowledge (Figure 1; the curves of fast and slow code learning cross). Turnover hurts
where socialization is slow and helps where it is fast (Figure 4). In a turbulent world knowledge decays unless some
turnover keeps people different (Figure 5). The figures are graphs; numbers come from a public recreation of the
original program with 100,000 runs a point (Mac13kW/March_1991_Original, read off to .003).

What we get: all 27 values of Figure 1 within .005 (3,000 runs each), and the signs of Figures 4 and 5.

What differs and why: the steps follow the original *program* (Rodan 2005, Christensen 2015), not the text of the
paper. Read literally, the text gives values that are far too low and curves that never cross. Knowledge is the net score
(right minus wrong, over all).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.evidence.replications.randomness import RandomSource, generator
from sim.model.kernel.array_types import BoolArray, FloatArray, IntArray
from sim.model.kernel.elementwise import with_rules
from sim.model.mechanisms.learning import adoption_probability, chosen_action, step_toward

SignArray = NDArray[np.int8]
"""Values -1, 0 (no opinion, no official view) and 1."""

_RUNS_AT_ONCE = 100  # roughly what fits the processor's cache; results do not depend on it
_LONGEST = 1_000  # periods; without socialization or code learning there is no equilibrium


def march1991(
    socialization: float,
    code_learning: float,
    turnover: float = 0.0,
    turbulence: float = 0.0,
    dimensions: int = 30,
    members: int = 50,
    periods: int | None = None,
    replicates: int = 1000,
    *,
    rng: RandomSource,
) -> float:
    """Net knowledge of the organizational code at the end, mean over replicates (1: all right, 0: chance).

    Args:
        socialization: p1, probability that a belief moves a step toward the code in a period.
        code_learning: p2, probability per head of the majority that the code adopts what superior people do.
        turnover: p3, probability that a member is replaced in a period.
        turbulence: p4, probability that a dimension of reality flips in a period.
        dimensions: Dimensions of reality.
        members: People in the organization.
        periods: Periods to run; without it, to equilibrium (at most 1,000), which needs a closed, quiet world.
        replicates: Independent organizations.
        rng: Seed or generator.
    """
    runs = knowledge_by_run(
        socialization,
        code_learning,
        turnover,
        turbulence,
        dimensions=dimensions,
        members=members,
        periods=periods,
        replicates=replicates,
        rng=rng,
    )
    return float(runs.mean())


def knowledge_by_run(
    socialization: float,
    code_learning: float,
    turnover: float = 0.0,
    turbulence: float = 0.0,
    *,
    dimensions: int = 30,
    members: int = 50,
    periods: int | None = None,
    replicates: int = 1000,
    rng: RandomSource,
) -> FloatArray:
    """Net knowledge of the code at the end of each run; arguments as in :func:`march1991`."""
    for name, value in (("socialization", socialization), ("code_learning", code_learning)):
        _require_probability(name, value)
    for name, value in (("turnover", turnover), ("turbulence", turbulence)):
        _require_probability(name, value)
    closed = turnover == 0 and turbulence == 0
    if periods is None and not closed:
        raise ValueError("periods is missing: with turnover or turbulence there is no equilibrium to run to")
    source = generator(rng)
    rates = (socialization, code_learning, turnover, turbulence)
    done = [
        _run(source, rates, (min(_RUNS_AT_ONCE, replicates - start), members, dimensions), periods)
        for start in range(0, replicates, _RUNS_AT_ONCE)
    ]
    return np.concatenate(done)


def _require_probability(name: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} must be a probability (0 to 1), got {value}")


def _run(
    rng: np.random.Generator,
    rates: tuple[float, float, float, float],
    shape: tuple[int, int, int],
    periods: int | None,
) -> FloatArray:
    """Run one block of organizations; those that can no longer change are removed from it."""
    socialization, code_learning, turnover, turbulence = rates
    closed = turnover == 0 and turbulence == 0
    runs, _, dimensions = shape
    reality: SignArray = _bits(rng, (runs, dimensions)) * np.int8(2) - np.int8(1)
    code: SignArray = np.zeros((runs, dimensions), dtype=np.int8)
    beliefs = _beliefs(rng, shape)
    margins = np.empty(dimensions, dtype=np.int64)
    chances = np.float32(socialization), float(code_learning)
    knowledge = np.full(runs, np.nan)
    going = np.arange(runs)
    for _ in range(_LONGEST if periods is None else periods):
        size = beliefs.shape
        if turbulence:
            reality = _shift_reality(reality, rng.random(reality.shape), turbulence)
        if turnover:
            beliefs = _turn_over(beliefs, _beliefs(rng, size), rng.random(size[:2]), turnover)
        converged = np.zeros(size[0], dtype=np.bool_)
        guesses, moves = _bits(rng, size), rng.random(size, dtype=np.float32)
        _learn(reality, code, beliefs, guesses, moves, rng.random(code.shape), *chances, margins, converged)
        if closed:
            if converged.any():
                knowledge[going[converged]] = _net_knowledge(code[converged], reality[converged])
                open_ = ~converged
                going, reality, code, beliefs = going[open_], reality[open_], code[open_], beliefs[open_]
            if not going.size:
                break
    knowledge[going] = _net_knowledge(code, reality)
    return knowledge


@with_rules
def _learn(
    reality: SignArray,
    code: SignArray,
    beliefs: SignArray,
    guesses: SignArray,
    moves: NDArray[np.float32],
    adoptions: FloatArray,
    socialization: np.float32,
    code_learning: float,
    margins: IntArray,
    converged: BoolArray,
) -> None:
    """One period of every organization: people act and are socialized, then the code learns from what they did.

    Args:
        reality, code: ``(runs, dimensions)``. The code is changed in place.
        beliefs: ``(runs, members, dimensions)``. Changed in place.
        guesses: What members without an opinion do: 0 or 1, a fair bit for each belief.
        moves: Draw of each belief's step toward the code.
        adoptions: Draw of each dimension of the code.
        socialization, code_learning: p1 and p2.
        margins: Room for the majority on each dimension among people who do better than the code.
        converged: Takes which organizations can no longer change, for want of any difference.
    """
    runs, members, dimensions = beliefs.shape
    for run in range(runs):
        own = 0
        for dimension in range(dimensions):
            own += code[run, dimension] * reality[run, dimension]
            margins[dimension] = 0
        alike = True
        for person in range(members):
            performance = 0
            for dimension in range(dimensions):
                action = chosen_action(beliefs[run, person, dimension], 0.5 * guesses[run, person, dimension])
                performance += action * reality[run, dimension]
            superior = int(_does_better(performance, own))
            for dimension in range(dimensions):
                belief, official = beliefs[run, person, dimension], code[run, dimension]
                margins[dimension] += superior * chosen_action(belief, 0.5 * guesses[run, person, dimension])
                # A code without a view teaches nothing.
                moved = (moves[run, person, dimension] < socialization) & (official != 0)
                beliefs[run, person, dimension] = belief + int(moved) * step_toward(belief, official)
        for dimension in range(dimensions):
            if adoptions[run, dimension] < adoption_probability(margins[dimension], code_learning):
                code[run, dimension] = 1 if margins[dimension] > 0 else -1
            alike &= code[run, dimension] != 0
        for person in range(members):
            for dimension in range(dimensions):
                alike &= beliefs[run, person, dimension] == code[run, dimension]
        converged[run] = alike


def _does_better(performance: int, own: int) -> bool:
    """Whether the code learns from a member: right minus wrong of what the member does, against that of the code."""
    return performance > own


def _turn_over(beliefs: SignArray, newcomers: SignArray, uniform: FloatArray, rate: float) -> SignArray:
    """Beliefs after people have left with probability ``rate`` each (p3); each seat has a newcomer's beliefs ready."""
    return np.where((uniform < rate)[..., np.newaxis], newcomers, beliefs)


def _shift_reality(reality: SignArray, uniform: FloatArray, rate: float) -> SignArray:
    """Reality after a period of turbulence: each dimension flips with probability ``rate`` (p4)."""
    return np.where(uniform < rate, -reality, reality)


def _net_knowledge(code: SignArray, reality: SignArray) -> FloatArray:
    """Right minus wrong, as a share of all dimensions: 1 if all are right, 0 by chance."""
    return np.asarray(np.mean(code * reality, axis=-1), dtype=np.float64)


def _bits(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int8]:
    """Fair draws of 0 and 1, a bit each."""
    count = int(np.prod(shape))
    bits = np.unpackbits(np.frombuffer(rng.bytes((count + 7) // 8), dtype=np.uint8), count=count)
    return bits.astype(np.int8).reshape(shape)


def _beliefs(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int8]:
    """Beliefs of people who have just come: -1, 0 and 1 equally likely."""
    return rng.integers(-1, 2, size=shape, dtype=np.int8)
