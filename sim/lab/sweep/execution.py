"""What a worker does: run the jobs of a chunk, measure, and return the results as finished files.

Nothing here knows about processes or folders. The tables of a job depend on the job alone, never on the chunk that it
came in, so that any division of the work gives the same bits.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.analysis.panel import Panel
from sim.analysis.summary import measure_runs
from sim.lab.failure import Failure, GivenUpError
from sim.lab.fingerprint import fingerprint
from sim.lab.replicate import BURN_IN, Begin, run_policies
from sim.lab.sweep.experiment import Experiment, Window
from sim.lab.sweep.points import Job
from sim.lab.sweep.tables import runs_schema, to_bytes, weekly_schema
from sim.lab.task import Attempt
from sim.model.kernel.array_types import FloatArray
from sim.model.policies.policy import NO_POLICY, Policy
from sim.model.results import Run
from sim.model.scenario import Scenario

_POSITION_LABELS = {BURN_IN: "burn-in: ", 0: "twin: "}

MODEL = "sim.lab.sweep.execution:run_job"
"""The function that runs a job, unless an experiment in Python brings its own."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What all jobs of an experiment have in common.

    Attributes:
        scenario: The scenario with everything that is fixed.
        keep, windows, weekly, every: What to keep of a run; see :class:`Experiment`.
        time_limit: Seconds that a run may take.
        runner: ``module:function`` that runs a job as :func:`run_job` does.
    """

    scenario: Scenario
    keep: tuple[str, ...]
    windows: tuple[Window, ...]
    weekly: tuple[str, ...]
    every: int
    time_limit: float
    runner: str = MODEL

    @classmethod
    def of(cls, experiment: Experiment, runner: str = MODEL) -> Recipe:
        """The recipe of an experiment."""
        return cls(
            experiment.scenario,
            experiment.keep,
            experiment.windows,
            experiment.weekly,
            experiment.every,
            experiment.time_limit,
            runner,
        )

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Columns of the table of runs that hold results."""
        return (*self.keep, *(window.name for window in self.windows))


Position = tuple[int, int]
"""A job of a chunk and a run in it (:data:`BURN_IN`, 0 the twin, 1.. the variants)."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Jobs that go to a worker together.

    Attributes:
        recipe: What they have in common.
        jobs: The jobs.
        given_up: Runs that have killed or blocked a worker before, with what to say about them.
    """

    recipe: Recipe
    jobs: tuple[Job, ...]
    given_up: Mapping[Position, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Results:
    """Results of a chunk.

    Attributes:
        keys: World and replicate of each job.
        runs: Table of runs as a Parquet file; ``weekly``: table of weeks, if any are kept.
        done, failed: Number of runs that finished and that did not.
        seconds: How long it took.
        code: Fingerprint of the program that did it.
    """

    keys: tuple[tuple[int, int], ...]
    runs: bytes
    weekly: bytes | None
    done: int
    failed: int
    seconds: float
    code: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """Result of one run of a job.

    Attributes:
        values: Outcomes by name; NaN is missing. Empty if it failed.
        weekly: The week and the kept weekly outcomes, shape (weeks, 1 + outcomes), or ``None``.
        facts: ``sponsorship_start, sponsorship_end, permanent, cost`` as far as they exist.
        failure: Why there is no result.
        seconds: How long it took.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    weekly: FloatArray | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    seconds: float = 0.0


Runner = Callable[[Job, Recipe, Begin], list[RunResult]]
"""Runs a job: one result per variant, in order."""


def run_chunk(chunk: Chunk, announce: Callable[[Position], None] = lambda position: None) -> Results:
    """Run the jobs of a chunk.

    Args:
        chunk: What to do.
        announce: Called with the position of every run before it begins, so that it is known which run stopped the process.
    """
    started = time.perf_counter()
    module, _, name = chunk.recipe.runner.partition(":")
    runner: Runner = getattr(import_module(module), name)
    rows: list[dict[str, Any]] = []
    weeks: list[tuple[int, int, FloatArray]] = []
    machine = socket.gethostname()
    for index, job in enumerate(chunk.jobs):

        def begin(position: int, index: int = index) -> None:
            announce((index, position))
            if (index, position) in chunk.given_up:
                raise GivenUpError(_POSITION_LABELS.get(position, "") + chunk.given_up[index, position])

        try:
            results = runner(job, chunk.recipe, begin)
        except Exception as error:
            results = [RunResult(failure=Failure.of(error))] * len(job.variants)
        for variant, result in zip(job.variants, results, strict=True):
            sound = _check_result(result, chunk.recipe)
            rows.append(_row(job, variant.point, sound, chunk.recipe, machine))
            if sound.weekly is not None and sound.failure is None:
                weeks.append((variant.point, job.replicate, sound.weekly))
    failed = sum(row["status"] == "failed" for row in rows)
    return Results(
        keys=tuple((job.world, job.replicate) for job in chunk.jobs),
        runs=to_bytes(pa.Table.from_pylist(rows, schema=runs_schema(chunk.recipe.outcomes, circumstances=True))),
        weekly=to_bytes(_weekly_table(weeks, chunk.recipe)) if chunk.recipe.weekly else None,
        done=len(rows) - failed,
        failed=failed,
        seconds=time.perf_counter() - started,
        code=fingerprint(),
    )


def run_job(job: Job, recipe: Recipe, begin: Begin) -> list[RunResult]:
    """Burn in once, run the twin, run every policy; a policy that fails does not affect the others."""
    scenario = job.scenario(recipe.scenario)
    policies = list(dict.fromkeys(variant.policy for variant in job.variants))
    first = {policy: position for position, policy in reversed([*enumerate((v.policy for v in job.variants), start=1)])}
    twin, *attempts = run_policies(
        scenario, job.seed, policies, lambda number: begin(first[policies[number - 1]] if number > 0 else number)
    )
    if twin.run is None:
        return [RunResult(failure=twin.failure)] * len(job.variants)
    made = dict(zip(policies, attempts, strict=True))
    return _measure(job, recipe, scenario, twin, made)


def _measure(
    job: Job, recipe: Recipe, scenario: Scenario, twin: Attempt, made: Mapping[Policy, Attempt]
) -> list[RunResult]:
    """Results of all variants, each measured against the twin."""
    assert twin.run is not None
    names = ("week", *twin.run.outcomes)
    labels = {policy: NO_POLICY if policy.name == NO_POLICY else str(index) for index, policy in enumerate(made)}
    runs = {NO_POLICY: twin.run} | {labels[policy]: each.run for policy, each in made.items() if each.run is not None}
    weekly = {label: _with_weeks(run) for label, run in runs.items()}
    values = _measure_runs(runs, weekly, names, recipe, scenario) if recipe.keep else {}
    results = {}
    for policy, attempt in made.items():
        run = attempt.run
        seconds = twin.seconds if run is twin.run else attempt.seconds
        if run is None:
            results[policy] = RunResult(failure=attempt.failure, seconds=seconds)
            continue
        table = weekly[labels[policy]]
        outcomes = dict(values.get(labels[policy], {}))
        outcomes |= {
            window.name: _mean_in_window(table[:, names.index(window.outcome)], window) for window in recipe.windows
        }
        facts = {
            "sponsorship_start": run.sponsorship_start,
            "sponsorship_end": run.sponsorship_end,
            "permanent": run.permanent,
            "cost": float(table[:, names.index("policy_cost")].sum()),
        }
        results[policy] = RunResult(outcomes, _select_weekly(table, names, recipe), facts, None, seconds)
    return [results[variant.policy] for variant in job.variants]


def _measure_runs(
    runs: Mapping[str, Run],
    weekly: Mapping[str, FloatArray],
    names: tuple[str, ...],
    recipe: Recipe,
    scenario: Scenario,
) -> dict[str, dict[str, float]]:
    """Measures of every run by its label."""
    number = len(runs)
    end = _week_column(run.sponsorship_end for run in runs.values())
    open_ended = np.array([[run.permanent] for run in runs.values()]) | (end > scenario.weeks)
    levels = np.ascontiguousarray(np.stack(list(weekly.values())).transpose(2, 0, 1))[:, :, np.newaxis]
    levels[~np.isfinite(levels)] = np.nan
    levels.setflags(write=False)
    # what Panel.from_tables would lay out, without the tables: they take longer than all measures together
    panel = Panel(
        policies=tuple(runs),
        replicates=(0,),
        weeks=scenario.weeks,
        done=np.ones((number, 1), dtype=np.bool_),
        start=_week_column(run.sponsorship_start for run in runs.values()),
        end=np.where(open_ended, np.nan, end),
        stopped=np.zeros((number, 1), dtype=np.bool_),
        _weekly=pd.DataFrame(),
        _rows=(),
        _levels=dict(zip(names, levels, strict=True)),
    )
    rate, horizon = float(scenario.parameters["money.discount"]), int(scenario.parameters["money.horizon"])
    represented = float(scenario.parameters["customers.represented"])
    measured = measure_runs(panel, rate, horizon, represented)
    return {label: {name: float(measured[name][row, 0]) for name in recipe.keep} for row, label in enumerate(runs)}


def _week_column(weeks: Iterable[int | None]) -> FloatArray:
    """Weeks as a column, NaN where there is none."""
    return np.array([[np.nan if week is None else float(week)] for week in weeks])


def _with_weeks(run: Run) -> FloatArray:
    """Weekly rows with the number of the week in front, shape (weeks, 1 + outcomes)."""
    weeks = np.arange(run.first, run.first + len(run.values), dtype=np.float64)
    return np.column_stack([weeks, run.values])


def _mean_in_window(values: FloatArray, window: Window) -> float:
    """Mean of a weekly outcome over a window; NaN if it is missing in all of its weeks."""
    chosen = values[window.start : window.end]
    known = chosen[np.isfinite(chosen)]
    return float(known.mean()) if known.size else float("nan")


def _select_weekly(table: FloatArray, names: tuple[str, ...], recipe: Recipe) -> FloatArray | None:
    """The weekly outcomes to keep, in the weeks in which they are kept."""
    if not recipe.weekly:
        return None
    columns = [names.index(name) for name in ("week", *recipe.weekly)]
    kept: FloatArray = table[recipe.every - 1 :: recipe.every, columns]
    return kept


def _check_result(result: RunResult, recipe: Recipe) -> RunResult:
    """The result, or a failure if a runner other than the model returned no number for any outcome."""
    if result.failure is not None or not result.values or result.facts:
        return result
    if not any(np.isfinite(result.values.get(name, np.nan)) for name in recipe.outcomes):
        return RunResult(failure=Failure("returned no number for any outcome"), seconds=result.seconds)
    return result


def _row(job: Job, point: int, result: RunResult, recipe: Recipe, machine: str) -> dict[str, Any]:
    """One line of the table of runs."""
    failure = result.failure
    row: dict[str, Any] = {
        "point": point,
        "replicate": job.replicate,
        "seed": job.seed,
        "status": "done" if failure is None else "failed",
        "error": "" if failure is None else failure.error,
        "sponsorship_start": result.facts.get("sponsorship_start"),
        "sponsorship_end": result.facts.get("sponsorship_end"),
        "permanent": bool(result.facts.get("permanent", False)),
        "cost": result.facts.get("cost"),
        "seconds": result.seconds,
        "machine": machine,
        "traceback": "" if failure is None else failure.traceback,
    }
    if failure is not None:
        row |= {"sponsorship_start": None, "sponsorship_end": None, "permanent": False, "cost": None}
    for name in recipe.outcomes:
        value = result.values.get(name, np.nan) if failure is None else np.nan
        row[name] = value if np.isfinite(value) else None
    return row


def _weekly_table(weeks: list[tuple[int, int, FloatArray]], recipe: Recipe) -> pa.Table:
    """The table of weeks, from point, replicate and rows of every run."""
    schema = weekly_schema(recipe.weekly)
    if not weeks:
        return schema.empty_table()
    lengths = [len(rows) for _, _, rows in weeks]
    rows = np.concatenate([rows for _, _, rows in weeks])
    keys = (np.repeat([run[position] for run in weeks], lengths) for position in (0, 1))
    columns = [*(pa.array(key, pa.int64()) for key in keys), pa.array(rows[:, 0].astype(np.int64))]
    columns += [pa.array(column, mask=~np.isfinite(column)) for column in rows.T[1:]]
    return pa.table(columns, schema=schema)
