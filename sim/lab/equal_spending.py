"""One budget that is spent, not only planned: a pilot finds out how much of its plan each policy spends.

Equal plans are not spent equally: events cut some, executives turn others into talk, a phase ends before a cut. So the first
replicates run as planned; each policy is then planned to cost what makes it spend the common amount, and runs again. The
seeds are those of the comparison, so the last pilot is its beginning, and nothing hangs on the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from sim.lab.budget import NOT_SCALED, Pilot, capped_resources, most_planned, planned_cost, scale_amounts, scale_to
from sim.lab.comparison_plan import ComparisonPlan
from sim.lab.failure import Failure
from sim.lab.task import Attempt, Replicate, replicate_seed, run_replicate
from sim.lab.worker_pool import Kept, WorkerPool, run_tasks
from sim.model.policies.policy import Policy

PILOT = 8
"""Replicates of the pilot; all of a comparison that has fewer."""

ROUNDS = 2
"""How often amounts are changed at most."""

TOLERANCE = 0.02
"""How much more than another a policy may spend in the pilot, relative, and still have the same budget."""

_ENOUGH = 1e-6

Results = list[tuple[Attempt, ...] | Failure]
"""What the first replicates came to, in their order."""


def equalize_spending(
    plan: ComparisonPlan,
    pool: WorkerPool | None = None,
    kept: Kept | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[ComparisonPlan, Results]:
    """Scale the policies of a comparison, and of its second scenario, so that they spend the same in its first replicates.

    Args:
        plan: What was checked. Where no equal spending was asked for it is returned as it is.
        pool: Workers that have been started already, if any.
        kept: Results that are there already, and where new ones are kept.
        progress: Called with the number of replicates of a pilot that are done, and their total.

    Returns:
        The plan with its policies as they will run, and the results of its first replicates, for all of its policies.
    """
    if plan.second is not None:
        plan = replace(plan, second=equalize_spending(plan.second, pool, kept, progress)[0])
    budget = plan.budget
    if not plan.as_written or budget is None:
        return plan, []
    scenario = plan.scenario
    paid = [policy for policy in plan.as_written if policy.name in budget.factors]
    most = {policy.name: most_planned(policy, scenario) for policy in paid}
    if budget.ceiling is not None:
        most = {name: min(cost, budget.ceiling) for name, cost in most.items()}
    target, scarcest = np.inf, ""
    for number in range(ROUNDS + 1):
        spent, results = _run_pilot(plan, pool, kept, progress)
        known = {name: spent[name] for name in most if spent[name] > 0.0}
        if not known:
            target, apart = budget.amount, np.nan
            break
        parts = {name: amount / plan.planned[name] for name, amount in known.items()}
        limits = {name: parts[name] * most[name] for name in known}
        least = min(limits, key=lambda name: limits[name])
        if number == 0:
            target = float(np.median(list(known.values())))
        if limits[least] < target * (1.0 - _ENOUGH) or (budget.ceiling is not None and number == 0):
            target, scarcest = limits[least], least
        apart = max(known.values()) / min(known.values()) - 1.0
        if number == ROUNDS or apart <= TOLERANCE:
            break
        plan = _with_planned(plan, {name: min(target / parts[name], most[name]) for name in known})
    assert plan.budget is not None
    spent = {name: spent[name] for name in most}
    equal = TOLERANCE if apart <= TOLERANCE else TOLERANCE / 2
    reasons = {
        policy.name: _reason(policy, plan, spent[policy.name], most[policy.name])
        for policy in paid
        if not abs(spent[policy.name] / target - 1.0) <= equal
    }
    pilot = Pilot(len(results), number, {name: plan.planned[name] for name in most}, spent, apart, reasons)
    return replace(plan, budget=replace(plan.budget, amount=target, limited_by=scarcest, most={}, pilot=pilot)), results


def _run_pilot(
    plan: ComparisonPlan, pool: WorkerPool | None, kept: Kept | None, progress: Callable[[int, int], None] | None
) -> tuple[dict[str, float], Results]:
    """What each policy spends on average in the first replicates (not a number where no run was done), and their results."""
    number = min(PILOT, plan.replicates)
    tasks = [
        Replicate(each, replicate_seed(plan.seed, each), plan.scenario, plan.loaded_policies) for each in range(number)
    ]
    finished = None if progress is None else lambda done: progress(done, number)
    if progress is not None:
        progress(0, number)
    results = run_tasks(run_replicate, tasks, plan.workers, finished, pool, kept)
    from sim.lab.tables import build_tables, list_attempts  # late: workers that import this need no tables

    _, runs = build_tables([(task, list_attempts(task, made)) for task, made in zip(tasks, results, strict=True)], "")
    costs = runs.groupby("policy")["cost"].mean()
    return {policy.name: float(costs[policy.name]) for policy in plan.loaded_policies}, results


def _with_planned(plan: ComparisonPlan, planned: Mapping[str, float]) -> ComparisonPlan:
    """The plan with these policies scaled to these planned costs."""
    assert plan.budget is not None
    asked = {name: planned.get(name, plan.planned[name]) for name in plan.budget.factors}
    loaded_policies, factors = scale_to(asked, plan.as_written, plan.scenario)
    costs = {policy.name: planned_cost(policy, plan.scenario) for policy in loaded_policies}
    capped = capped_resources([policy for policy in plan.as_written if policy.name in factors], factors)
    budget = replace(plan.budget, factors=factors, at_most=capped)
    return replace(plan, loaded_policies=loaded_policies, planned=costs, budget=budget)


def _reason(policy: Policy, plan: ComparisonPlan, spent: float, most: float) -> str:
    """Why a policy does not spend what the others do, in words."""
    cost = plan.planned[policy.name]
    if not spent > 0.0:
        return "it spent nothing in the pilot"
    if cost >= most * (1.0 - _ENOUGH):
        return "its plan can cost no more"
    if cost <= planned_cost(scale_amounts(policy, 0.0), plan.scenario) * (1.0 + _ENOUGH):
        return f"its {' and '.join(NOT_SCALED).replace('_', ' ')} alone costs that much"
    if any(phase.stop_when is not None for phase in policy.phases):
        return "when it stops depends on its amounts"
    return "how much of its plan is dropped depends on its amounts"
