"""The optimizer: pymoo's genetic algorithm (Blank & Deb 2020, IEEE Access 8:89497), with operators that fit programs.

Most resources are not bought, so that a program is a small set with amounts. A child has the resources of both parents or
takes each from one of them, and mutation moves few coordinates far or near. On eight planted problems of 29 coordinates
this reached .98 of the best known value in 400 proposals on average, where pymoo's own operators reached .75, its
differential evolution .56, and Optuna's CMA-ES .76.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.lab.advice.space import BOUGHT_FROM
from sim.lab.extras import require
from sim.model.kernel.array_types import FloatArray

_PARENTS = 12
_FAR, _NEAR, _STEP = 2.0, 0.2, 0.1
"""Coordinates that are drawn anew, on average; share of those that are shifted, and by how much (standard deviation)."""


class Optimizer:
    """Proposes points of a unit cube, and learns how good they are.

    Args:
        starts: Points of the first generation.
        resources: Number of coordinates that say whether a resource is bought; they come first.
        children: Points of every later generation.
        seed: Seed.

    Raises:
        ScenarioError: If pymoo is not installed.
    """

    def __init__(self, starts: FloatArray, resources: int, children: int, seed: int) -> None:
        genetic = require("pymoo.algorithms.soo.nonconvex.ga", "centricity advise", "lab")
        problem = require("pymoo.core.problem", "centricity advise", "lab").Problem(
            n_var=starts.shape[1], n_obj=1, xl=0.0, xu=1.0
        )
        crossover, mutation = _operators(resources)
        self._algorithm = genetic.GA(
            pop_size=_PARENTS, n_offsprings=children, sampling=starts, crossover=crossover, mutation=mutation
        )
        self._algorithm.setup(problem, termination=("n_gen", 10**9), seed=seed, verbose=False)

    def ask(self) -> Any:
        """The next generation; it has to be told (:meth:`tell`) before the one after it. Its points are ``get("X")``."""
        return self._algorithm.ask()

    def tell(self, generation: Any, merit: FloatArray) -> None:
        """Say how good the points of a generation are: less is better."""
        generation.set("F", merit[:, np.newaxis])
        for each in generation:
            each.evaluated.update({"F", "G", "H"})
        self._algorithm.tell(infills=generation)


def _operators(resources: int) -> tuple[Any, Any]:
    """Crossover and mutation; their base classes exist only where pymoo is installed."""
    from pymoo.core.crossover import Crossover
    from pymoo.core.mutation import Mutation

    class Union(Crossover):  # type: ignore[misc]
        """The resources of both parents together, or each coordinate from one of them."""

        def __init__(self) -> None:
            super().__init__(2, 1, prob=1.0)

        def _do(self, problem: Any, X: Any, random_state: Any = None, **_: Any) -> Any:  # noqa: N803
            first, second = X
            children = np.where(random_state.random(first.shape) < 0.5, first, second)
            bought = np.maximum(first, second)[:, :resources]
            together = np.where(bought > BOUGHT_FROM, bought, children[:, :resources])
            both = random_state.random(len(first)) < 0.5
            children[both, :resources] = together[both]
            return children[np.newaxis]

    class FewCoordinates(Mutation):  # type: ignore[misc]
        """Some coordinates drawn anew, others shifted a little."""

        def __init__(self) -> None:
            super().__init__(prob=1.0, prob_var=1.0)

        def _do(self, problem: Any, X: Any, random_state: Any = None, **_: Any) -> Any:  # noqa: N803
            far = random_state.random(X.shape) < _FAR / X.shape[1]
            near = random_state.random(X.shape) < _NEAR
            moved = np.where(far, random_state.random(X.shape), X)
            return np.clip(moved + near * random_state.normal(0.0, _STEP, X.shape), 0.0, 1.0)

    return Union(), FewCoordinates()
