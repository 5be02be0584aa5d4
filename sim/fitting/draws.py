"""Draws of a reference table as tasks of workers: the main process lists them, and never imports what runs them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.lab.failure import Failure
from sim.lab.task import FunctionPath
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.parameters import Parameter
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario

BLOCK = 16
"""Draws that are done together, as one task."""

Seen = tuple[FloatArray, tuple[Failure | None, ...]]
"""What a block of draws shows, (draws, rows, measures), NaN in those that failed; and why each of these did."""


@dataclass(frozen=True, slots=True)
class DrawTask:
    """What a worker does: the history in a few draws.

    Attributes:
        scenario: The organization, its burn-in long enough for what the history has before the policy.
        policy: What was done.
        parameters: Those that are drawn, each with the range that it is drawn from.
        unit: (draws, parameters) in [0, 1].
        seeds: One for each draw: each is an organization of its own.
        windows: First week of each row, and the week after its last.
    """

    scenario: Scenario
    policy: Policy
    parameters: tuple[Parameter, ...]
    unit: FloatArray
    seeds: tuple[int, ...]
    windows: tuple[tuple[int, int], ...]

    @property
    def decides(self) -> object:
        """Everything that decides the result, as JSON."""
        ranges = [[each.name, each.plausible] for each in self.parameters]
        points = hashlib.sha256(np.ascontiguousarray(self.unit).tobytes()).hexdigest()
        return [self.scenario.hash, self.policy.to_dict(), ranges, points, list(self.seeds), list(self.windows)]


see_draws: FunctionPath[DrawTask, Seen] = FunctionPath("sim.fitting.simulating", "see_draws")
"""Runs a block of draws: :func:`sim.fitting.simulating.see_draws`."""


def sobol_points(seed: int, draws: int, parameters: int) -> FloatArray:
    """Scrambled Sobol' points (draws, parameters) in [0, 1): the first ones stay the same when more are drawn (Owen 1998)."""
    from scipy.stats import qmc

    generator = np.random.default_rng([seed, 20_260_118])
    sampler = qmc.Sobol(parameters, scramble=True, seed=generator)
    points: FloatArray = sampler.random_base2(max(draws - 1, 1).bit_length())[:draws]
    return points


def list_blocks(
    scenario: Scenario,
    policy: Policy,
    parameters: Sequence[Parameter],
    unit: FloatArray,
    seeds: Sequence[int],
    windows: Sequence[tuple[int, int]],
) -> list[DrawTask]:
    """All draws as tasks; those of one task are done by one worker."""
    return [
        DrawTask(
            scenario,
            policy,
            tuple(parameters),
            unit[first : first + BLOCK],
            tuple(seeds[first : first + BLOCK]),
            tuple(windows),
        )
        for first in range(0, len(unit), BLOCK)
    ]
