"""How often do the 95 % intervals of a comparison contain the true value?"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from sim.analysis.intervals import mean_limits
from sim.analysis.missing import FloatArray
from sim.lab.failure import Failure
from sim.lab.worker_pool import available_workers, run_tasks
from sim.model.scenario import Scenario
from sim.model.simulation import burn_in, simulate, with_policy

RUNS, WEEKS, END = 3_000, 117, 65
SAMPLES = (5, 10, 30)
POLICIES = ("symbolic", "procedural", "value-driven")
OUTCOMES = ("enacted", "practicing", "satisfaction", "cynicism", "profit")
SMALL = {"employees.number": 60, "customers.initial": 200, "customers.market": 280, "run.burn_in": 26}


def settings() -> str:
    """Everything that this study sets."""
    return repr((RUNS, WEEKS, END, SAMPLES, POLICIES, OUTCOMES, SMALL))


def study_coverage() -> dict[str, Any]:
    """Share of intervals over few replicates that hold the mean of many, by policy, outcome and number of replicates."""
    found_lifts = run_tasks(lifts_of, list(range(RUNS)), available_workers())
    lifts = np.array([lift for lift in found_lifts if not isinstance(lift, Failure)])
    assert len(lifts) == RUNS
    found: dict[str, Any] = {"intervals": {}, "runs": RUNS, "nominal": 0.95}
    for column, (policy, outcome) in enumerate((policy, outcome) for policy in POLICIES for outcome in OUTCOMES):
        found["intervals"][f"{policy}, {outcome}"] = {str(number): held(lifts[:, column], number) for number in SAMPLES}
    return found


def held(values: FloatArray, number: int) -> dict[str, float]:
    """Share of the intervals over ``number`` values each that hold the mean of all, with its standard error."""
    groups = values[: values.size // number * number].reshape(-1, number)
    _, low, high = mean_limits(groups, axis=1)
    share = float(np.mean((low <= values.mean()) & (values.mean() <= high)))
    return {"share": round(share, 4), "standard_error": round(float(np.sqrt(0.95 * 0.05 / len(groups))), 4)}


def lifts_of(seed: int) -> list[float]:
    """Mean lift of the last sponsored quarter, by policy and outcome, of one replicate and its twin."""
    scenario = Scenario.load("retail-bank").override(SMALL)
    burned_in = burn_in(scenario, seed)
    twin = simulate(with_policy(burned_in, scenario.policy("none")), WEEKS).weekly
    lifts: list[float] = []
    for name in POLICIES:
        policy = scenario.policy(name)
        phases = tuple(dataclasses.replace(phase, start=0, end=END) for phase in policy.phases)
        run = simulate(with_policy(burned_in, dataclasses.replace(policy, phases=phases)), WEEKS).weekly
        weeks = slice(END - 13, END)
        lifts += [float((run[outcome] - twin[outcome])[weeks].mean()) for outcome in OUTCOMES]
    return lifts
