"""One cell, measured: programs and their twin are run, and every measure of single runs is worked out."""

from __future__ import annotations

import numpy as np

from sim.analysis.metrics import MEASURES_OF_RUNS
from sim.analysis.missing import FloatArray
from sim.analysis.summary import run_values
from sim.lab.advice.cells import CellTask
from sim.lab.replicate import run_policies
from sim.lab.tables import build_tables
from sim.lab.task import Replicate
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.policies.policy import NONE


def measure_cell(task: CellTask) -> FloatArray:
    """Every measure of single runs of the twin and of every program in a cell, [run, measure]; NaN where one failed.

    Measures come in the order of :data:`~sim.analysis.metrics.MEASURES_OF_RUNS`.
    """
    made = run_policies(task.scenario, task.seed, task.programs)
    replicate = Replicate(0, task.seed, task.scenario, task.programs)
    weekly, runs = build_tables([(replicate, made)], replicate.future)
    parameters = task.scenario.parameters
    names = [NONE.name, *(each.name for each in task.programs)]
    values = run_values(
        weekly, runs, float(parameters["money.discount"]), int(parameters["money.horizon"]), names,
        float(parameters["customers.represented"]),
    )  # fmt: skip
    measured: FloatArray = values[list(MEASURES_OF_RUNS)].to_numpy(dtype=np.float64)
    return measured


def observe_cell(task: CellTask) -> FloatArray:
    """Weekly outcomes of the first program in a cell, [week, outcome]; NaN where its run failed."""
    run = run_policies(task.scenario, task.seed, task.programs[:1])[1].run
    values: FloatArray = np.full((task.scenario.weeks, len(OUTCOME_NAMES)), np.nan) if run is None else run.values
    return values
