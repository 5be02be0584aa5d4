"""One replicate: an organization that is burned in once, and then runs every policy from the same start."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from sim.analysis.lift import QUARTER
from sim.analysis.reach import reach_curve
from sim.lab.failure import Failure
from sim.lab.outcome_checks import validate_outcomes
from sim.lab.task import Attempt, Replicate
from sim.model.engine import ChoiceArray
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.policies.policy import NO_POLICY, NONE, Policy
from sim.model.scenario import Scenario
from sim.model.simulation import Run, burn_in, simulate, sponsorship, with_policy

_REACH, _SPONSORED = OUTCOME_NAMES.index("reach"), OUTCOME_NAMES.index("sponsored")


BURN_IN = -1
"""Position of the burn-in among the runs of a replicate; the twin is 0, the policies follow."""

Begin = Callable[[int], None]
"""Called with the position of a run before it begins; it may raise to have it left out."""


def run_policies(
    scenario: Scenario, seed: int, policies: Sequence[Policy], begin: Begin = lambda position: None
) -> tuple[Attempt, ...]:
    """Burn in once, then run the twin and every policy; a run that fails does not affect the others.

    Args:
        scenario, seed: The organization, and the random numbers of all runs.
        policies: What to run beside the twin. One that does nothing is the twin, and is not run again.
        begin: See :data:`Begin`.

    Returns:
        One attempt per run, the twin's first and with the seconds of the burn-in. Reach is filled in against the twin.

    Raises:
        Exception: Whatever goes wrong in the burn-in.
    """
    started = time.perf_counter()
    begin(BURN_IN)
    burned_in = burn_in(scenario, seed)
    attempts: list[Attempt] = []
    twin: Run | None = None
    choices: ChoiceArray | None = None
    for position, policy in enumerate((NONE, *policies)):
        try:
            begin(position)
            if twin is not None and (policy.name == NO_POLICY or not policy.phases):
                run = twin
            else:
                run = simulate(with_policy(burned_in, policy), scenario.weeks)
                choices = run.choices if position == 0 else choices
                run = _complete(run, choices)
                validate_outcomes(run.values, run.outcomes, run.first)
            twin = run if position == 0 else twin
            attempt = Attempt(policy.name, run, None, time.perf_counter() - started)
        except Exception as error:
            attempt = Attempt(policy.name, None, Failure.of(error), time.perf_counter() - started)
        attempts.append(attempt)
        started = time.perf_counter()
    return tuple(attempts)


def run_replicate(task: Replicate) -> tuple[Attempt, ...]:
    """Run a replicate of a comparison: one attempt per policy, in the order of :attr:`Replicate.policies`."""
    try:
        return run_policies(task.scenario, task.seed, task.loaded_policies)
    except Exception as error:
        failure = Failure.of(error)
        return tuple(Attempt(policy, None, failure, 0.0) for policy in task.policies)


def run_single(
    scenario: Scenario, loaded_policy: Policy, seed: int, progress: Callable[[int, int], None] | None = None
) -> Run:
    """A single run; reach is missing, since there is no twin.

    Args:
        scenario, policy, seed: What to run.
        progress: Called with the number of weeks that were run and their total, once a quarter.

    Raises:
        NotANumberError: If an outcome is no number where it must be one.
    """
    organization = with_policy(burn_in(scenario, seed), loaded_policy)
    parts = []
    for start in range(0, scenario.weeks, QUARTER):
        if progress is not None:
            progress(start, scenario.weeks)
        parts.append(simulate(organization, min(QUARTER, scenario.weeks - start)))
    values = np.concatenate([part.values for part in parts])
    choices = np.concatenate([part.choices for part in parts])
    validate_outcomes(values, parts[0].outcomes, parts[0].first)
    return Run(parts[0].first, values, choices, *sponsorship(values[:, _SPONSORED], parts[0].first))


def _complete(run: Run, twin: ChoiceArray | None) -> Run:
    """The run with its reach, and without the choices, which are not needed any more."""
    values = run.values
    if twin is not None:
        values = values.copy()
        values[:, _REACH] = reach_curve(run.choices, twin)
    return replace(run, values=values, choices=run.choices[:0])
