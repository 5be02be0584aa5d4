"""The main job: compare policies with their no-policy twins, and with each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.lab.comparison_plan import ComparisonPlan, ComparisonRequest, PolicyLike, plan_comparison
from sim.lab.equal_spending import equalize_spending
from sim.lab.parameter_points import replicates_at_point
from sim.lab.task import Replicate, describe_failure, prepare_worker, replicate_seed, run_replicate
from sim.lab.worker_pool import Kept, WorkerPool, run_tasks
from sim.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from sim.lab.comparison import Comparison, Tables
    from sim.lab.tables import Attempts

Progress = Callable[[int, int], None]
"""Called with the number of replicates that are done, and their total; each replicate of each future counts."""

AS_DESCRIBED = ""
"""Name of the scenario as described, among the futures."""

LATE_IMPORTS = ("sim.lab.ablation", "sim.lab.comparison", "sim.lab.manifest", "sim.lab.tables", "sim.analysis.summary")
"""Modules that are needed when the runs are done. They are imported while the workers start, which takes as long."""


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
    years: int | None = None,
    grain: str | int | None = None,
    posterior: str | Path | None = None,
) -> Comparison:
    """Run every policy on the same organizations, and measure what each of them changes.

    A replicate is one organization with its market, drawn from one seed. It is burned in once without any policy; then every
    policy, and the twin ``none``, starts from there with the same random numbers. The result is the same bit for bit
    for any number of workers.

    Args:
        scenario: Name of one that ships, a TOML file, or a scenario.
        policies: Names, TOML files or policies made in Python, or one of them; the scenario's default policies if not
            given. The twin always runs, but is reported only if ``none`` is among them.
        replicates: Number of organizations.
        seed: Seed of the whole comparison; the column ``seed`` of :attr:`Comparison.runs` holds those of the runs.
        workers: Number of processes; as many as there are processors if not given.
        weeks: Length of a run; the scenario's if not given.
        overrides: Parameters by dotted name, such as ``{"employees.turnover": 0.05}``.
        equal_budget: Scale the amounts of every policy so that all spend the same: a pilot of the first replicates finds out how
            much of its plan each spends.
        futures: Run the scenario's named futures too, and choose among policies over all of them.
        budget: Scale each policy to this planned cost, in currency, or to the most that its resources allow. With
            ``equal_budget``, no plan costs more than this, and all spend the same.
        progress: Called with the number of replicates that are done and their total; those of a pilot are counted before.
        without: Mechanisms to switch off in policies and twins alike, such as ``["norm"]``.
        ablate: Also run everything with each mechanism switched off in turn, to see why the policies differ.
        targets: What would be good enough, such as ``["retention_annual>=0.9"]``: the chance of each is reported.
        unknown: Number of draws of unknown parameters from their plausible ranges to run as well, with two
            replicates each, to separate parameter uncertainty from chance.
        tornado: Also run four replicates with each of these parameters alone at both ends of its range (long).
        years: The length of a run in years of 52 weeks, in place of ``weeks``.
        vary: Names or sections of parameters to vary; all with a plausible range that the scenario leaves at their
            default, if none is named.
        posterior: Folder that ``centricity fit`` wrote: the draws come from there in place of the plausible ranges; 40 if
            ``unknown`` does not say how many.
        grain: For how many customers each simulated one stands, or ``fine`` to simulate every one.

    Raises:
        ScenarioError: With every fault of what was asked for.

    Example:
        >>> comparison = compare("retail-bank", policies=["none", "symbolic"], replicates=20)  # doctest: +SKIP
        >>> comparison.table()  # doctest: +SKIP
    """
    request = ComparisonRequest.of(locals())
    return run_comparison(plan_comparison(request), progress)


def worker_pool_for(plan: ComparisonPlan) -> WorkerPool:
    """Workers for a comparison, not yet started. If one is enough, this process does everything itself."""
    return WorkerPool(min(plan.workers, plan.tasks), prepare_worker)


def run_comparison(
    plan: ComparisonPlan,
    progress: Progress | None = None,
    late_imports: Sequence[str] = (),
    pool: WorkerPool | None = None,
    kept: Kept | None = None,
) -> Comparison:
    """Run a comparison that has been checked.

    Args:
        plan: What was checked.
        progress: Called with the progress of the work.
        late_imports: Modules that the caller needs afterward, to be imported while the workers start.
        pool: Workers that have been started already, if any.
        kept: Results that are there already, and where new ones are kept.
    """
    if pool is None:
        with worker_pool_for(plan) as own:
            return run_comparison(plan, progress, late_imports, own, kept)
    started, clock = datetime.now(UTC), time.perf_counter()
    if pool.workers > 1:
        pool.start()
    _import_all((*LATE_IMPORTS, *late_imports))
    if pool.workers > 1:
        pool.wait_until_ready()
    else:
        prepare_worker(nullcontext())
    plan, first = equalize_spending(plan, pool, kept, progress)
    tasks = list_replicates(plan)
    done = len(first)

    def later(number: int) -> None:
        if progress is not None:
            progress(done + number, plan.tasks)

    later(0)
    results = [*first, *run_tasks(run_replicate, tasks[done:], pool.workers, later, pool, kept)]
    from sim.lab.ablation import run_ablation
    from sim.lab.comparison import Comparison
    from sim.lab.manifest import describe_comparison
    from sim.lab.tables import build_tables, list_attempts

    attempts = [(task, list_attempts(task, result)) for task, result in zip(tasks, results, strict=True)]
    tables = {future: build_tables(attempts, future) for future in (AS_DESCRIBED, *plan.futures)}
    weekly, runs = tables.pop(AS_DESCRIBED)
    seconds, failures = _times_and_failures(attempts)
    summary = _summary(plan, weekly, runs, tables)
    done = len(tasks)
    ablation = uncertainty = None
    if plan.variants:
        ablation = run_ablation(plan, weekly, runs, later, pool, kept)
        summary["ablation"] = ablation.to_entry(plan.policies)
        failures += ablation.failures
        done += plan.replicates * sum(bool(variant.values) for variant in plan.variants)
    if plan.parameter_points:
        from sim.lab.parameter_uncertainty import run_points
        from sim.lab.parameter_uncertainty_summary import summarize_uncertainty

        uncertainty = run_points(plan, weekly, runs, later, pool, kept)
        summary["parameter_uncertainty"] = summarize_uncertainty(uncertainty, plan)
        failures += uncertainty.failures
        done += sum(replicates_at_point(point.design, plan.replicates) for point in plan.parameter_points)
    difference = None
    if plan.second is not None:
        from sim.lab.scenario_difference import run_second

        difference = run_second(plan, weekly, runs, later, pool, kept)
        summary["second_scenario"] = difference.to_entry()
        failures += difference.failures
    manifest = describe_comparison(plan, started, time.perf_counter() - clock, seconds, failures)
    return Comparison(plan, summary, weekly, runs, tables, manifest, ablation, uncertainty, difference)


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        import_module(module)


def _times_and_failures(attempts: Attempts) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Seconds of processors by policy, and runs that failed, as the manifest lists them."""
    seconds: dict[str, float] = {}
    failures = []
    for task, made in attempts:
        for attempt in made:
            seconds[attempt.policy] = seconds.get(attempt.policy, 0.0) + attempt.seconds
            if attempt.failure is not None:
                failures.append(describe_failure(task, attempt.policy, attempt.failure, future=task.future or None))
    return seconds, failures


def list_replicates(plan: ComparisonPlan) -> list[Replicate]:
    """One task per replicate and future; the same replicate has the same seed in all futures."""
    scenarios = {AS_DESCRIBED: plan.scenario, **plan.futures}
    return [
        Replicate(number, replicate_seed(plan.seed, number), scenario, plan.loaded_policies, name)
        for name, scenario in scenarios.items()
        for number in range(plan.replicates)
    ]


def _summary(
    plan: ComparisonPlan, weekly: pd.DataFrame, runs: pd.DataFrame, futures: Mapping[str, Tables]
) -> dict[str, Any]:
    """Content of ``summary.json``."""
    from sim.analysis.summary import summarize

    scenario = plan.scenario
    measured = summarize(
        weekly,
        runs,
        scenario.objective,
        float(scenario.parameters["money.discount"]),
        int(scenario.parameters["money.horizon"]),
        futures=futures,
        policies=plan.policies,
        represented=float(scenario.parameters["customers.represented"]),
    )
    return {
        "scenario": scenario.name,
        "weeks": scenario.weeks,
        "replicates": plan.replicates,
        "seed": plan.seed,
        "objective": scenario.objective,
        "currency": scenario.currency,
        "futures": list(plan.futures),
        "without": list(plan.without),
        "budget": None if plan.budget is None else plan.budget.amount,
        "pilot": None if plan.budget is None or plan.budget.pilot is None else plan.budget.pilot.to_entry(),
        "organization": plan.figures.to_dict(),
        "spending": _spending(plan, weekly, runs),
        **measured,
        "targets": _targets(plan, weekly, runs),
    }


def _spending(plan: ComparisonPlan, weekly: pd.DataFrame, runs: pd.DataFrame) -> dict[str, dict[str, float] | None]:
    """From planned to spent for every policy that is reported and spends something."""
    from sim.lab.spending import reconcile

    found = {policy.name: reconcile(policy, plan.scenario, weekly, runs) for policy in plan.loaded_policies}
    return {name: None if lines is None else lines.to_dict() for name, lines in found.items()}


def _targets(plan: ComparisonPlan, weekly: pd.DataFrame, runs: pd.DataFrame) -> list[dict[str, Any]]:
    """The chance of each target; empty where none is set."""
    if not plan.targets:
        return []
    from sim.analysis.summary import run_values
    from sim.analysis.targets import measure_target_shares

    parameters = plan.scenario.parameters
    rate, horizon = float(parameters["money.discount"]), int(parameters["money.horizon"])
    represented = float(parameters["customers.represented"])
    values = run_values(weekly, runs, rate, horizon, plan.policies, represented)
    return measure_target_shares(values, plan.targets, plan.policies)
