"""March (1991), "Exploration and exploitation in organizational learning", Organization Science 2(1).

Published: the better people are socialized to the official code, the less there is left to learn from them, so slow
socialization ends with more knowledge (Figure 1; the curves of fast and slow code learning cross). Turnover hurts
where socialization is slow and helps where it is fast (Figure 4). In a turbulent world knowledge decays unless some
turnover keeps people different (Figure 5). The figures are graphs; numbers come from a public recreation of the
original program with 100,000 runs a point (Mac13kW/March_1991_Original, read off to .003).

What we get: all 27 values of Figure 1 within .005 (3,000 runs each), and the signs of Figures 4 and 5.

What differs and why: the steps follow the original *program* (Rodan 2005, Christensen 2015), not the text of the
paper, which read literally ends far too low and never crosses. Knowledge is the net score (right minus wrong, over
all).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernel.arrays import FloatArray
from sim.mechanisms import learning
from sim.replications.randomness import RandomSource, generator

_RUNS_AT_ONCE = 100  # about what fits the processor's cache; does not change what is computed
_LONGEST = 1_000  # periods; without socialization or code learning nothing settles


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
    """Run one block of organizations; those that can no longer change are set aside."""
    socialization, code_learning, turnover, turbulence = rates
    closed = turnover == 0 and turbulence == 0
    runs, _, dimensions = shape
    reality: learning.SignArray = _signs(rng, (runs, dimensions))
    code: learning.SignArray = np.zeros((runs, dimensions), dtype=np.int8)
    beliefs: learning.SignArray = _beliefs(rng, shape)
    knowledge = np.full(runs, np.nan)
    going = np.arange(runs)
    for _ in range(_LONGEST if periods is None else periods):
        size = beliefs.shape
        if turbulence:
            reality = learning.shift_reality(reality, rng.random(reality.shape), turbulence)
        if turnover:
            beliefs = learning.turn_over(beliefs, _beliefs(rng, size), rng.random(size[:2]), turnover)
        actions = learning.act(beliefs, _signs(rng, size))
        beliefs = learning.socialize(beliefs, code, rng.random(size, dtype=np.float32), socialization)
        code = learning.learn_code(code, actions, reality, rng.random(code.shape), code_learning)
        if closed:
            settled = np.all(beliefs == code[:, np.newaxis, :], axis=(1, 2)) & np.all(code != 0, axis=1)
            if settled.any():
                knowledge[going[settled]] = learning.net_knowledge(code[settled], reality[settled])
                open_ = ~settled
                going, reality, code, beliefs = going[open_], reality[open_], code[open_], beliefs[open_]
            if not going.size:
                break
    knowledge[going] = learning.net_knowledge(code, reality)
    return knowledge


def _signs(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int8]:
    """Fair draws of -1 and 1, a bit each."""
    count = int(np.prod(shape))
    bits = np.unpackbits(np.frombuffer(rng.bytes((count + 7) // 8), dtype=np.uint8), count=count)
    return (bits.astype(np.int8) * 2 - 1).reshape(shape)


def _beliefs(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int8]:
    """Beliefs of people who have just come: -1, 0 and 1 equally likely."""
    return rng.integers(-1, 2, size=shape, dtype=np.int8)
