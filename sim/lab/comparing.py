"""The main job: compare policies with their no-policy twins, and with each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.lab.parallel import run_tasks
from sim.lab.setup import PolicyLike, Setup, prepare
from sim.lab.task import Replicate, describe_failure, prepare_worker, replicate_seed, run_replicate
from sim.lab.worker_pool import WorkerPool
from sim.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from sim.lab.comparison import Comparison, Tables

Progress = Callable[[int, int], None]
"""Told how many replicates are done, and how many there are (each replicate of each future counts)."""

HERE = ""
"""Name of the scenario as described, among the futures."""

AFTERWARD = ("sim.lab.ablation", "sim.lab.comparison", "sim.lab.manifest", "sim.lab.tables", "sim.analysis.summary")
"""What is needed when the runs are done. Tables and statistics take half a second to import, as workers do to start."""


def compare(
    scenario: str | Path | Scenario = "retail-bank",
    policies: PolicyLike | Sequence[PolicyLike] | None = None,
    replicates: int = 30,
    seed: int = 1,
    workers: int | None = None,
    weeks: int | None = None,
    overrides: Mapping[str, object] | None = None,
    equal_budget: bool = False,
    futures: bool = False,
    progress: Progress | None = None,
    budget: float | None = None,
    without: Sequence[str] = (),
    ablate: bool = False,
    targets: Sequence[str] = (),
    unknown: int = 0,
    tornado: bool = False,
    vary: Sequence[str] = (),
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
        without: Mechanisms to switch off in policies and twins alike, such as ``["norm"]``.
        ablate: Also run everything with each mechanism switched off in turn, to see why the policies differ.
        targets: What would be good enough, such as ``["retention_annual>=0.9"]``: the chance of each is told.
        unknown: Also run so many draws of the parameters that nobody knows well from their plausible ranges, with two
            replicates each, to tell not knowing from luck.
        tornado: Also run four replicates with each of these parameters alone at both ends of its range (long).
        vary: Names or sections of parameters to vary; all with a plausible range that the scenario leaves at their
            default, if none is named.

    Raises:
        ScenarioError: With every fault of what was asked for.

    Example:
        >>> comparison = compare("retail-bank", policies=["none", "symbolic"], replicates=20)  # doctest: +SKIP
        >>> comparison.table()  # doctest: +SKIP
    """
    setup = prepare(
        scenario, policies, replicates, seed, workers, weeks, overrides,
        equal=equal_budget, futures=futures, amount=budget, without=without, ablate=ablate,
        targets=targets, unknown=unknown, tornado=tornado, vary=vary,
    )  # fmt: skip
    return carry_out(setup, progress)


def worker_pool_for(setup: Setup) -> WorkerPool:
    """Workers for a comparison, not yet started. Where one is enough, this process is to do everything."""
    return WorkerPool(min(setup.workers, setup.tasks), prepare_worker)


def carry_out(
    setup: Setup, progress: Progress | None = None, afterward: Sequence[str] = (), pool: WorkerPool | None = None
) -> Comparison:
    """Run a comparison that has been checked.

    Args:
        setup: What was checked.
        progress: Told how far the work has got.
        afterward: Modules to import while the workers start, which whoever calls needs when they are done.
        pool: Workers, if somebody has them already.
    """
    if pool is None:
        with worker_pool_for(setup) as own:
            return carry_out(setup, progress, afterward, own)
    started, clock = datetime.now(UTC), time.perf_counter()
    if pool.workers > 1:
        pool.start()
    _import_all((*AFTERWARD, *afterward))
    if pool.workers > 1:
        pool.wait_until_ready()
    else:
        prepare_worker(nullcontext())
    tasks = list_tasks(setup)
    total = setup.tasks
    if progress is not None:
        progress(0, total)
    finished = None if progress is None else lambda number: progress(number, total)
    results = run_tasks(run_replicate, tasks, pool.workers, finished, pool)
    from sim.lab.ablation import run_ablation
    from sim.lab.comparison import Comparison
    from sim.lab.manifest import describe
    from sim.lab.tables import attempts_of, tables_of

    attempts = [(task, attempts_of(task, result)) for task, result in zip(tasks, results, strict=True)]
    tables = {future: tables_of(attempts, future) for future in (HERE, *setup.futures)}
    weekly, runs = tables.pop(HERE)
    seconds: dict[str, float] = {}
    failures = []
    for task, made in attempts:
        for attempt in made:
            seconds[attempt.policy] = seconds.get(attempt.policy, 0.0) + attempt.seconds
            if attempt.failure is not None:
                failures.append(describe_failure(task, attempt.policy, attempt.failure, future=task.future or None))
    summary = _summary(setup, weekly, runs, tables)
    done = len(tasks)

    def later(number: int) -> None:
        if progress is not None:
            progress(done + number, total)

    ablation = uncertainty = None
    if setup.variants:
        ablation = run_ablation(setup, weekly, runs, later, pool)
        summary["ablation"] = ablation.to_entry(setup.policies)
        failures += ablation.failures
        done += setup.replicates * sum(bool(variant.values) for variant in setup.variants)
    if setup.parameter_points:
        from sim.lab.parameter_uncertainty import run_points
        from sim.lab.parameter_uncertainty_summary import summarize_uncertainty

        uncertainty = run_points(setup, weekly, runs, later, pool)
        summary["parameter_uncertainty"] = summarize_uncertainty(uncertainty, setup)
        failures += uncertainty.failures
    manifest = describe(setup, started, time.perf_counter() - clock, seconds, failures)
    return Comparison(setup, summary, weekly, runs, tables, manifest, ablation, uncertainty)


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        import_module(module)


def list_tasks(setup: Setup) -> list[Replicate]:
    """One task a replicate and future; the same replicate has the same seed in all futures."""
    scenarios = {HERE: setup.scenario, **setup.futures}
    return [
        Replicate(number, replicate_seed(setup.seed, number), scenario, setup.loaded_policies, name)
        for name, scenario in scenarios.items()
        for number in range(setup.replicates)
    ]


def _summary(setup: Setup, weekly: pd.DataFrame, runs: pd.DataFrame, futures: Mapping[str, Tables]) -> dict[str, Any]:
    """Content of ``summary.json``."""
    from sim.analysis.summary import summarize

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
        "without": list(setup.without),
        "budget": None if setup.budget is None else setup.budget.amount,
        **measured,
        "targets": _targets(setup, weekly, runs),
    }


def _targets(setup: Setup, weekly: pd.DataFrame, runs: pd.DataFrame) -> list[dict[str, Any]]:
    """The chance of each target; nothing to say where nobody set one."""
    if not setup.targets:
        return []
    from sim.analysis.summary import run_values
    from sim.analysis.targets import chances

    parameters = setup.scenario.parameters
    rate, horizon = float(parameters["money.discount"]), int(parameters["money.horizon"])
    represented = float(parameters["customers.represented"])
    values = run_values(weekly, runs, rate, horizon, setup.policies, represented)
    return chances(values, setup.targets, setup.policies)
