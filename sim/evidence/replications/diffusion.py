"""Bass (1969), "A new product growth for model consumer durables", Management Science 15(5).

Published: adoption by innovation (p) and imitation (q), ``F(t) = (1 - e^-(p+q)t) / (1 + (q/p) e^-(p+q)t)``, with its
peak at ``ln(q/p) / (p+q)``; at the mean of many products, p = .03 and q = .38 (Sultan, Farley & Lehmann 1990), 6.19
years.

What we get: the formula, and agents who adopt with hazard ``p + q F`` within .004 of it at 400,000 of them.

What differs and why: nothing in the formula; agents make it stochastic, and their steps are finite.
"""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import ArrayLike

from sim.evidence.replications.randomness import RandomSource, generator
from sim.model.kernel.array_types import FloatArray


def bass1969(innovation: float, imitation: float, years: ArrayLike) -> FloatArray:
    """Share that has adopted after a number of years.

    Args:
        innovation: p, adoption per year without others' example; positive.
        imitation: q, adoption per year if all others have adopted.
        years: Time since the launch, any shape.
    """
    _require(innovation, imitation)
    decayed = np.exp(-(innovation + imitation) * np.asarray(years, dtype=np.float64))
    return np.asarray((1.0 - decayed) / (1.0 + imitation / innovation * decayed), dtype=np.float64)


def peak_year(innovation: float, imitation: float) -> float:
    """Year in which most people adopt: ``ln(q/p) / (p+q)``; 0 where adoption never accelerates (q <= p)."""
    _require(innovation, imitation)
    return log(imitation / innovation) / (innovation + imitation) if imitation > innovation else 0.0


def adopt_by_agents(
    innovation: float,
    imitation: float,
    years: int,
    population: int = 400_000,
    steps_a_year: int = 200,
    *,
    rng: RandomSource,
) -> FloatArray:
    """Share of ``population`` agents that has adopted at the end of each year, year 0 first."""
    _require(innovation, imitation)
    source = generator(rng)
    waiting, share = population, [0.0]
    for _ in range(years):
        for _ in range(steps_a_year):
            hazard = (innovation + imitation * (1.0 - waiting / population)) / steps_a_year
            waiting -= int(source.binomial(waiting, -np.expm1(-hazard)))
        share.append(1.0 - waiting / population)
    return np.array(share)


def _require(innovation: float, imitation: float) -> None:
    if innovation <= 0 or imitation < 0:
        raise ValueError(f"innovation must be positive and imitation not negative, got {innovation} and {imitation}")
