"""One replicate: an organization that settles once, and then lives through every policy from the same start."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.analysis.lift import QUARTER
from sim.analysis.spread import reach_curve
from sim.engine import ChoiceArray
from sim.lab.pool import Failure
from sim.lab.task import Attempt, Replicate
from sim.outcomes.weekly import OUTCOMES
from sim.policies.bundle import NONE, Bundle
from sim.scenario import Scenario
from sim.simulation import Run, adopt, settle, simulate


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
