"""What a worker is asked to do, and what it gives back: kept apart from how it is done, which takes long to import."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.lab.crew import Failure
from sim.model.policies.policy import NONE, Policy
from sim.model.results import Run
from sim.model.scenario import Scenario

_SEED_BITS = 53
"""Seeds are whole numbers that spreadsheets and JSON keep exactly."""


@dataclass(frozen=True, slots=True)
class Replicate:
    """What one task does.

    Attributes:
        number: Which replicate, counted from 0.
        seed: Seed of all of its runs.
        scenario: What they have in common.
        loaded_policies: The policies apart from the twin, which is always run.
        future: Name of the future that ``scenario`` is in; empty for the scenario as described.
    """

    number: int
    seed: int
    scenario: Scenario
    loaded_policies: tuple[Policy, ...]
    future: str = ""

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of all runs, the twin first."""
        return (NONE.name, *(policy.name for policy in self.loaded_policies))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one policy in a replicate: the run, or why there is none; ``seconds`` it took (burn-in: the twin)."""

    policy: str
    run: Run | None
    failure: Failure | None
    seconds: float


def describe_failure(task: Replicate, policy: str, failure: Failure, **where: object) -> dict[str, Any]:
    """A failed run, as the manifest lists it.

    Args:
        task: What was to be done, of which one policy's run failed.
        policy: Its name.
        failure: What went wrong.
        where: In which of several worlds, futures or settings, as the manifest names them.
    """
    return {
        "policy": policy,
        "replicate": task.number,
        "seed": task.seed,
        **where,
        "error": failure.error,
        "traceback": failure.traceback,
    }


def replicate_seed(seed: int, number: int) -> int:
    """Seed of a replicate: ``centricity run --seed`` with this number repeats its runs exactly.

    Args:
        seed: Seed of the comparison.
        number: Which replicate, counted from 0.
    """
    state = np.random.SeedSequence(seed, spawn_key=(number,)).generate_state(1, np.uint64)
    return int(state[0]) >> (64 - _SEED_BITS)


def get_ready(turn: AbstractContextManager[Any]) -> None:
    """What a worker does before its first replicate: import what it takes, and have the compiled week at hand.

    Args:
        turn: Only one of those who share this lock compiles the week, where that has to be done.
    """
    from sim.lab import replicate
    from sim.model import engine

    del replicate  # imported for later
    engine.ensure_compiled(turn)


def live(task: Replicate) -> tuple[Attempt, ...]:
    """:func:`sim.lab.replicate.live`, imported by the process that does the work: workers start while others import."""
    from sim.lab import replicate

    return replicate.live(task)
