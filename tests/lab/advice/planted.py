"""A planted problem: programs whose value is known, with the noise of replicates on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.small import small
from sim.analysis.missing import FloatArray
from sim.lab.advice.space import ProgramSpace
from sim.model.policies.policy import Policy

RESOURCES = ("coaching", "training", "monitoring", "procedures", "posters", "feedback", "alignment", "hiring_filter")
BUDGET = 20_000.0
LEAD = 0.1
"""What the best resource leads the second by, as part of its value: one paired standard error at 20 replicates."""


def space(resources: Sequence[str] = RESOURCES) -> ProgramSpace:
    """Programs of a small organization."""
    scenario = small()
    known = scenario.registry.resources
    return ProgramSpace(scenario, tuple(known[name] for name in resources), BUDGET)


@dataclass
class Planted:
    """Money on one resource alone pays most; coaching (or whichever is chosen) leads by one paired standard error.

    The value of a program in a replicate is the sum over resources of (its part of the money) squared x what the resource is
    worth in that replicate, less for late starts.
    """

    seed: int
    space: ProgramSpace
    runs: int = 0

    def __post_init__(self) -> None:
        generator = np.random.default_rng(self.seed)
        worth = np.array([1.0, 1.0 - LEAD, 0.8, 0.7, 0.5, 0.3, 0.0, -0.5])
        self.worth = dict(zip(generator.permutation(RESOURCES).tolist(), worth.tolist(), strict=True))
        self.deviation = LEAD * np.sqrt(20.0) / np.sqrt(2.0)

    def value(self, program: Policy) -> float:
        """What a program is worth in truth."""
        return sum(part * self.worth[name] for name, part in self._parts(program).items())

    @property
    def most(self) -> float:
        """What the best program is worth."""
        best = max(self.worth, key=lambda name: self.worth[name])
        point = self.space.starts()[[each.name for each in self.space.resources].index(best)]
        return self.value(self.space.program(point))

    def evaluate(self, programs: Sequence[Policy], replicates: Sequence[int], fresh: bool) -> FloatArray:
        """Scores with noise: each resource is worth more or less in every replicate."""
        self.runs += len(programs) * len(replicates)
        scores = np.empty((len(programs), len(replicates), 1))
        for column, replicate in enumerate(replicates):
            generator = np.random.default_rng([self.seed, replicate, fresh])
            noise = dict(zip(RESOURCES, generator.normal(0.0, self.deviation, len(RESOURCES)).tolist(), strict=True))
            for row, program in enumerate(programs):
                parts = self._parts(program)
                scores[row, column, 0] = sum(part * (self.worth[name] + noise[name]) for name, part in parts.items())
        return scores

    def _parts(self, program: Policy) -> dict[str, float]:
        parts: dict[str, float] = {}
        for phase in program.phases:
            late = 1.0 - phase.start / self.space.scenario.weeks
            share = {
                name: amount / self.space.scenario.registry.resources[name].high
                for name, amount in phase.amounts.items()
            }
            total = sum(share.values())
            for name, each in share.items():
                parts[name] = late * (each / total) ** 2 * min(1.0, each * 4)
        return parts
