"""One replicate: an organization that settles once, and then lives through every policy from the same start."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.lift import QUARTER
from sim.analysis.spread import reach_curve
from sim.lab.pool import Failure
from sim.outcomes.weekly import OUTCOMES
from sim.policies.bundle import NONE, Bundle
from sim.scenario import Scenario
from sim.simulation import ChoiceArray, Run, adopt, settle, simulate

_SEED_BITS = 53
"""Seeds are whole numbers that spreadsheets and JSON keep exactly."""


@dataclass(frozen=True, slots=True)
class Replicate:
    """What one task does.

    Attributes:
        number: Which replicate, counted from 0.
        seed: Seed of all of its runs.
        scenario: What they have in common.
        bundles: The policies apart from the twin, which is always run.
        future: Name of the future that ``scenario`` is in; empty for the scenario as described.
    """

    number: int
    seed: int
    scenario: Scenario
    bundles: tuple[Bundle, ...]
    future: str = ""

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of all runs, the twin first."""
        return (NONE.name, *(bundle.name for bundle in self.bundles))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one policy in a replicate: the run, or why there is none; ``seconds`` it took (burn-in: the twin)."""

    policy: str
    run: Run | None
    failure: Failure | None
    seconds: float


def replicate_seed(seed: int, number: int) -> int:
    """Seed of a replicate: ``centricity run --seed`` with this number repeats its runs exactly.

    Args:
        seed: Seed of the comparison.
        number: Which replicate, counted from 0.
    """
    state = np.random.SeedSequence(seed, spawn_key=(number,)).generate_state(1, np.uint64)
    return int(state[0]) >> (64 - _SEED_BITS)


def live(task: Replicate) -> tuple[Attempt, ...]:
    """Settle once, then run the twin and every policy; a run that fails leaves the others alone.

    Returns:
        One attempt a policy, in the order of :attr:`Replicate.policies`. Reach is filled in against the twin.
    """
    started = time.perf_counter()
    try:
        settled = settle(task.scenario, task.seed)
    except Exception as error:
        failure = Failure.of(error)
        return tuple(Attempt(policy, None, failure, 0.0) for policy in task.policies)
    attempts: list[Attempt] = []
    twin: ChoiceArray | None = None
    for bundle in (NONE, *task.bundles):
        try:
            run = simulate(adopt(settled, bundle), task.scenario.weeks)
            if bundle is NONE:
                twin = run.choices
            attempt = Attempt(bundle.name, _complete(run, twin), None, time.perf_counter() - started)
        except Exception as error:
            attempt = Attempt(bundle.name, None, Failure.of(error), time.perf_counter() - started)
        attempts.append(attempt)
        started = time.perf_counter()
    return tuple(attempts)


def live_once(
    scenario: Scenario, bundle: Bundle, seed: int, progress: Callable[[int, int], None] | None = None
) -> pd.DataFrame:
    """Weekly rows of a single run; reach is missing, since there is no twin.

    Args:
        scenario, bundle, seed: What to run.
        progress: Told the number of weeks lived through and their total, once a quarter.
    """
    organization = adopt(settle(scenario, seed), bundle)
    parts = []
    for start in range(0, scenario.weeks, QUARTER):
        if progress is not None:
            progress(start, scenario.weeks)
        parts.append(simulate(organization, min(QUARTER, scenario.weeks - start)).weekly)
    return with_whole_counts(pd.concat(parts, ignore_index=True))


def _complete(run: Run, twin: ChoiceArray | None) -> Run:
    """The run with its reach, and without the choices, which nobody needs any more."""
    weekly = with_whole_counts(run.weekly)
    if twin is not None:
        weekly["reach"] = reach_curve(run.choices, twin)
    return Run(weekly, run.choices[:0], run.sponsorship_start, run.sponsorship_end, run.permanent)


def with_whole_counts(weekly: pd.DataFrame) -> pd.DataFrame:
    """The table with counts as whole numbers: half a customer does not exist."""
    counts = [name for name, outcome in OUTCOMES.items() if outcome.unit == "count" and name in weekly.columns]
    whole = [name for name in counts if bool(np.isfinite(weekly[name]).all())]
    return weekly.astype(dict.fromkeys(whole, np.int64))
