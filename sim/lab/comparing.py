"""The main job: compare policies with their no-policy twins, and with each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.summary import summarize
from sim.lab.comparison import Comparison, Tables
from sim.lab.manifest import describe
from sim.lab.pool import Failure, run_tasks
from sim.lab.replicate import Attempt, Replicate, live, replicate_seed
from sim.lab.setup import Policy, Setup, prepare
from sim.outcomes.weekly import OUTCOME_NAMES
from sim.scenario import Scenario

Progress = Callable[[int, int], None]
"""Told how many replicates are done, and how many there are (each replicate of each future counts)."""

Attempts = Sequence[tuple[Replicate, tuple[Attempt, ...]]]
"""What became of every task."""

HERE = ""
"""Name of the scenario as described, among the futures."""


def compare(
    scenario: str | Path | Scenario = "retail-bank",
    policies: Policy | Sequence[Policy] | None = None,
    replicates: int = 30,
    seed: int = 1,
    workers: int | None = None,
    weeks: int | None = None,
    overrides: Mapping[str, object] | None = None,
    equal_budget: bool = False,
    futures: bool = False,
    progress: Progress | None = None,
    budget: float | None = None,
) -> Comparison:
    """Run every policy on the same organizations, and measure what each of them changes.

    A replicate is one organization with its market, drawn from one seed. It settles once without any policy; then every
    policy, and the twin ``none``, starts from there with the same random numbers. The result is the same bit for bit
    for any number of workers.

    Args:
        scenario: Name of one that ships, a TOML file, or a scenario.
        policies: Names, TOML files or bundles, or one of them; the scenario's default policies if not given. The twin
            always runs, but is reported only if ``none`` is among them.
        replicates: Number of organizations.
        seed: Seed of the whole comparison; the column ``seed`` of :attr:`Comparison.runs` holds those of the runs.
        workers: Number of processes; as many as there are processors if not given. With more than one, a script must
            call this under ``if __name__ == "__main__":``.
        weeks: Length of a run; the scenario's if not given.
        overrides: Parameters by dotted name, such as ``{"employees.turnover": 0.05}``.
        equal_budget: Scale the amounts of every bundle so that all are planned to cost the same.
        futures: Run the scenario's named futures too, and choose among policies over all of them.
        budget: What every policy is planned to cost then, in currency, instead of the median of what they would.
        progress: Called with the number of replicates that are done and their total.

    Raises:
        ScenarioError: With every fault of what was asked for.

    Example:
        >>> comparison = compare("retail-bank", policies=["none", "symbolic"], replicates=20)  # doctest: +SKIP
        >>> comparison.table()  # doctest: +SKIP
    """
    setup = prepare(
        scenario, policies, replicates, seed, workers, weeks, overrides,
        equal=equal_budget, futures=futures, amount=budget,
    )  # fmt: skip
    return carry_out(setup, progress)


def carry_out(setup: Setup, progress: Progress | None = None) -> Comparison:
    """Run a comparison that has been checked."""
    started, clock = datetime.now(UTC), time.perf_counter()
    tasks = list_tasks(setup)
    if progress is not None:
        progress(0, len(tasks))
    finished = None if progress is None else lambda number: progress(number, len(tasks))
    results = run_tasks(live, tasks, setup.workers, finished)
    attempts = [(task, _attempts_of(task, result)) for task, result in zip(tasks, results, strict=True)]
    tables = {world: _tables(attempts, world) for world in (HERE, *setup.futures)}
    weekly, runs = tables.pop(HERE)
    seconds: dict[str, float] = {}
    failures = []
    for task, made in attempts:
        for attempt in made:
            seconds[attempt.policy] = seconds.get(attempt.policy, 0.0) + attempt.seconds
            if attempt.failure is not None:
                failures.append(_describe_failure(task, attempt, attempt.failure))
    summary = _summary(setup, weekly, runs, tables)
    manifest = describe(setup, started, time.perf_counter() - clock, seconds, failures)
    return Comparison(setup, summary, weekly, runs, tables, manifest)


def list_tasks(setup: Setup) -> list[Replicate]:
    """One task a replicate and future; the same replicate has the same seed in all futures."""
    worlds = {HERE: setup.scenario, **setup.futures}
    return [
        Replicate(number, replicate_seed(setup.seed, number), scenario, setup.bundles, name)
        for name, scenario in worlds.items()
        for number in range(setup.replicates)
    ]


def _attempts_of(task: Replicate, result: tuple[Attempt, ...] | Failure) -> tuple[Attempt, ...]:
    """What a task found out; if it died, every one of its runs failed."""
    if isinstance(result, Failure):
        return tuple(Attempt(policy, None, result, 0.0) for policy in task.policies)
    return result


def _tables(attempts: Attempts, world: str) -> Tables:
    """Weekly rows and runs of one future, ordered by policy, replicate and week."""
    rows: list[dict[str, Any]] = []
    parts: list[pd.DataFrame] = []
    here = [(task, made) for task, made in attempts if task.future == world]
    for position in range(len(here[0][1])):
        for task, made in here:
            attempt = made[position]
            rows.append(_run_row(task, attempt))
            if attempt.run is not None:
                part = attempt.run.weekly.copy()
                part.insert(0, "policy", attempt.policy)
                part.insert(1, "replicate", task.number)
                parts.append(part)
    runs = pd.DataFrame(rows).astype({"sponsorship_start": "Int64", "sponsorship_end": "Int64", "permanent": bool})
    empty = pd.DataFrame(columns=["policy", "replicate", "week", *OUTCOME_NAMES], dtype=float)
    return (pd.concat(parts, ignore_index=True) if parts else empty), runs


def _run_row(task: Replicate, attempt: Attempt) -> dict[str, Any]:
    """One line of the table of runs."""
    run = attempt.run
    return {
        "policy": attempt.policy,
        "replicate": task.number,
        "seed": task.seed,
        "status": "failed" if run is None else "done",
        "error": "" if attempt.failure is None else attempt.failure.error,
        "sponsorship_start": None if run is None else run.sponsorship_start,
        "sponsorship_end": None if run is None else run.sponsorship_end,
        "permanent": run is not None and run.permanent,
        "cost": float("nan") if run is None else float(run.weekly["policy_cost"].sum()),
    }


def _describe_failure(task: Replicate, attempt: Attempt, failure: Failure) -> dict[str, Any]:
    return {
        "policy": attempt.policy,
        "replicate": task.number,
        "seed": task.seed,
        "future": task.future or None,
        "error": failure.error,
        "traceback": failure.traceback,
    }


def _summary(setup: Setup, weekly: pd.DataFrame, runs: pd.DataFrame, futures: Mapping[str, Tables]) -> dict[str, Any]:
    """Content of ``summary.json``."""
    scenario = setup.scenario
    measured = summarize(
        weekly,
        runs,
        scenario.objective,
        float(scenario.parameters["money.discount"]),
        int(scenario.parameters["money.horizon"]),
        futures=futures,
        policies=setup.policies,
        represented=float(scenario.parameters["customers.represented"]),
    )
    return {
        "scenario": scenario.name,
        "weeks": scenario.weeks,
        "replicates": setup.replicates,
        "seed": setup.seed,
        "objective": scenario.objective,
        "currency": scenario.currency,
        "futures": list(setup.futures),
        "budget": None if setup.budget is None else setup.budget.amount,
        **measured,
    }
