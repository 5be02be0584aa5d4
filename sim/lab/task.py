"""Tasks and results of workers, in a file of their own because :mod:`sim.lab.replicate`, which does them, imports slowly.

The main process lists tasks while workers start. It never imports what runs them: :data:`run_replicate` names that
function, and each worker imports it for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Generic, TypeVar

import numpy as np

from sim.lab.failure import Failure
from sim.model.policies.policy import NONE, Policy
from sim.model.results import Run
from sim.model.scenario import Scenario

Task = TypeVar("Task")
Result = TypeVar("Result")

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

    @property
    def decides(self) -> object:
        """Everything that decides the result, as JSON."""
        policies = [policy.to_dict() | {"name": policy.name} for policy in self.loaded_policies]
        return [self.scenario.hash, self.number, self.seed, self.future, policies]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One policy in a replicate: its run, or why there is none; ``seconds`` it took (the twin's with the burn-in)."""

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
        where: In which of several variants, futures or parameter points, as the manifest names them.
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


@dataclass(frozen=True, slots=True)
class FunctionPath(Generic[Task, Result]):
    """A function that is imported by the process that calls it.

    Attributes:
        module: Its dotted name.
        name: Name of the function there.
    """

    module: str
    name: str

    def __call__(self, task: Task) -> Result:
        """Call the function."""
        return self.resolve()(task)

    def resolve(self) -> Callable[[Task], Result]:
        """Import the function."""
        function: Callable[[Task], Result] = getattr(import_module(self.module), self.name)
        return function


run_replicate: FunctionPath[Replicate, tuple[Attempt, ...]] = FunctionPath("sim.lab.replicate", "run_replicate")
"""Runs a replicate: :func:`sim.lab.replicate.run_replicate`."""


def function_name(function: Callable[..., Any]) -> str:
    """Dotted name of a function, or of the one that a path names."""
    if isinstance(function, FunctionPath):
        return f"{function.module}.{function.name}"
    return f"{function.__module__}.{function.__qualname__}"


def prepare_worker(lock: AbstractContextManager[Any]) -> None:
    """Prepare a worker for its first replicate: import what it takes, and have the compiled week ready.

    Args:
        lock: Only one of the workers that share this lock compiles the week, where that has to be done.
    """
    from sim.model import engine  # imports Numba

    run_replicate.resolve()
    engine.ensure_compiled(lock)
