"""One replicate: an organization that is burned in once, and then runs every policy from the same start."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sim.analysis.lift import QUARTER
from sim.analysis.reach import reach_curve
from sim.lab.failure import Failure
from sim.lab.task import Attempt, Replicate
from sim.model.engine import ChoiceArray
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.policies.policy import NONE, Policy
from sim.model.scenario import Scenario
from sim.model.simulation import Run, burn_in, simulate, sponsorship, with_policy

_REACH, _SPONSORED = OUTCOME_NAMES.index("reach"), OUTCOME_NAMES.index("sponsored")


def run_replicate(task: Replicate) -> tuple[Attempt, ...]:
    """Burn in once, then run the twin and every policy; a run that fails does not affect the others.

    Returns:
        One attempt per policy, in the order of :attr:`Replicate.policies`. Reach is filled in against the twin.
    """
    started = time.perf_counter()
    try:
        burned_in = burn_in(task.scenario, task.seed)
    except Exception as error:
        failure = Failure.of(error)
        return tuple(Attempt(policy, None, failure, 0.0) for policy in task.policies)
    attempts: list[Attempt] = []
    twin: ChoiceArray | None = None
    for loaded_policy in (NONE, *task.loaded_policies):
        try:
            run = simulate(with_policy(burned_in, loaded_policy), task.scenario.weeks)
            if loaded_policy is NONE:
                twin = run.choices
            attempt = Attempt(loaded_policy.name, _complete(run, twin), None, time.perf_counter() - started)
        except Exception as error:
            attempt = Attempt(loaded_policy.name, None, Failure.of(error), time.perf_counter() - started)
        attempts.append(attempt)
        started = time.perf_counter()
    return tuple(attempts)


def run_single(
    scenario: Scenario, loaded_policy: Policy, seed: int, progress: Callable[[int, int], None] | None = None
) -> Run:
    """A single run; reach is missing, since there is no twin.

    Args:
        scenario, policy, seed: What to run.
        progress: Called with the number of weeks that were run and their total, once a quarter.
    """
    organization = with_policy(burn_in(scenario, seed), loaded_policy)
    parts = []
    for start in range(0, scenario.weeks, QUARTER):
        if progress is not None:
            progress(start, scenario.weeks)
        parts.append(simulate(organization, min(QUARTER, scenario.weeks - start)))
    values = np.concatenate([part.values for part in parts])
    choices = np.concatenate([part.choices for part in parts])
    return Run(parts[0].first, values, choices, *sponsorship(values[:, _SPONSORED], parts[0].first))


def _complete(run: Run, twin: ChoiceArray | None) -> Run:
    """The run with its reach, and without the choices, which are not needed any more."""
    values = run.values
    if twin is not None:
        values = values.copy()
        values[:, _REACH] = reach_curve(run.choices, twin)
    return replace(run, values=values, choices=run.choices[:0])
