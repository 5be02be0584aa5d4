"""One history of the model: burn-in, what the history has before the policy, and the policy, seen in the history's windows."""

from __future__ import annotations

import numpy as np

from sim.fitting.draws import DrawTask, Seen
from sim.fitting.observation_model import MEASURES, see_rows
from sim.lab.failure import Failure
from sim.lab.outcome_checks import validate_outcomes
from sim.lab.plausible import value_at
from sim.lab.switching import with_values
from sim.model.engine import run_weeks
from sim.model.initialization import initialize
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.random import Streams
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario
from sim.model.simulation import simulate, with_policy


def see_draws(task: DrawTask) -> Seen:
    """Run the history in every draw of a task."""
    seen = np.full((len(task.unit), len(task.windows), len(MEASURES)), np.nan)
    failures: list[Failure | None] = []
    for row, (unit, seed) in enumerate(zip(task.unit, task.seeds, strict=True)):
        try:
            values = {
                each.name: value_at(each, float(share)) for each, share in zip(task.parameters, unit, strict=True)
            }
            seen[row] = see_history(with_values(task.scenario, values), task.policy, seed, task.windows)
            failures.append(None)
        except Exception as error:
            failures.append(Failure.of(error))
    return seen, tuple(failures)


def see_history(scenario: Scenario, policy: Policy, seed: int, windows: tuple[tuple[int, int], ...]) -> FloatArray:
    """What one run shows in the windows of a history: (rows, measures).

    The weeks before the policy are the last ones of the burn-in, so that the policy begins in week 0 as everywhere.

    Raises:
        NotANumberError: If an outcome is no number where it must be one.
    """
    before = max(-min(begin for begin, _ in windows), 0)
    organization = initialize(scenario, scenario.policy("none"), Streams(seed))
    run_weeks(organization, -organization.week - before)
    early, _ = run_weeks(organization, before)
    run = simulate(with_policy(organization, policy), max(*(end for _, end in windows), 1))
    weekly = np.concatenate([early, run.values])
    validate_outcomes(weekly, run.outcomes, -before)
    return see_rows(weekly, run.outcomes, -before, windows, float(scenario.parameters["customers.represented"]))
