"""The same policies in a second scenario, paired with the first by seed: what the change of an assumption comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.intervals import Interval, mean_interval
from sim.analysis.metrics import MEASURES_OF_RUNS
from sim.analysis.missing import FloatArray
from sim.analysis.summary import run_values
from sim.lab.comparison_plan import ComparisonPlan
from sim.lab.display import format_cell, unit_of
from sim.lab.missing_values import SponsorshipSummary
from sim.lab.tables import build_tables, list_attempts
from sim.lab.task import Replicate, describe_failure, replicate_seed, run_replicate
from sim.lab.worker_pool import Kept, WorkerPool, run_tasks

_FUTURE = "second scenario"
SHOWN = ("net_present_value", "cost", "retention_annual", "enacted_change")
"""Measures that are told in words, besides the objective."""

_MOST_NAMED = 6


@dataclass(frozen=True)
class ScenarioDifference:
    """A second scenario less the first, for every policy and measure.

    Attributes:
        scenario: Name of the second one.
        changed: Parameters that differ: name -> their two values.
        table: A row a policy and measure: ``policy, measure, unit, first, second, difference, low, high, pairs``; limits
            are of the mean paired difference.
        failures: Runs that failed in the second scenario.
    """

    scenario: str
    changed: Mapping[str, tuple[Any, Any]]
    table: pd.DataFrame
    failures: tuple[dict[str, Any], ...]

    def to_entry(self) -> dict[str, Any]:
        """The entry of ``summary.json``."""
        policies: dict[str, dict[str, Any]] = {}
        for row in self.table.to_dict("records"):
            entry = Interval(row["difference"], row["low"], row["high"]).to_entry()
            policies.setdefault(row["policy"], {})[row["measure"]] = entry
        changed = {name: list(values) for name, values in self.changed.items()}
        return {"scenario": self.scenario, "changed": changed, "policies": policies}

    def describe(self, objective: str, currency: str, sponsorship: Mapping[str, SponsorshipSummary]) -> list[str]:
        """In words: what was changed, and what each policy's most important measures change by."""
        named = [f"{name} {first} to {second}" for name, (first, second) in list(self.changed.items())[:_MOST_NAMED]]
        more = len(self.changed) - len(named)
        named += [f"{more} more"] if more > 0 else []
        lines = [f"In {self.scenario}, with the same seeds ({'; '.join(named) or 'no parameter differs'}):"]
        for policy, entries in self.to_entry()["policies"].items():
            parts = []
            for measure in dict.fromkeys((objective, *SHOWN)):
                cell = format_cell(measure, entries[measure], sponsorship[policy], objective, currency)
                unit = unit_of(measure, objective, currency)
                parts.append(f"{measure.replace('_', ' ')} {cell}{' ' + unit if unit and not cell.missing else ''}")
            lines.append(f"  {policy}: {'; '.join(parts)}.")
        return lines


def list_second_tasks(plan: ComparisonPlan) -> list[Replicate]:
    """Replicates in the second scenario; each has the seed of the first scenario's replicate of this number."""
    if plan.second is None:
        return []
    return [
        Replicate(number, replicate_seed(plan.seed, number), plan.second.scenario, plan.second.loaded_policies, _FUTURE)
        for number in range(plan.replicates)
    ]


def run_second(
    plan: ComparisonPlan,
    weekly: pd.DataFrame,
    runs: pd.DataFrame,
    finished: Callable[[int], None] | None = None,
    pool: WorkerPool | None = None,
    kept: Kept | None = None,
) -> ScenarioDifference:
    """Run the policies in the second scenario, and take the first from it.

    Args:
        plan: What was compared; it has a second scenario.
        weekly, runs: Tables of the first scenario.
        finished: Called with the number of replicates that are done, after each of them.
        pool: Workers that have been started already, if any.
        kept: Results that are there already, and where new ones are kept.
    """
    assert plan.second is not None
    tasks = list_second_tasks(plan)
    results = run_tasks(run_replicate, tasks, plan.workers, finished, pool, kept)
    attempts = [(task, list_attempts(task, result)) for task, result in zip(tasks, results, strict=True)]
    failures = [
        describe_failure(task, each.policy, each.failure, future=None, scenario=plan.second.scenario.name)
        for task, made in attempts
        for each in made
        if each.failure is not None
    ]
    first = _values(plan, weekly, runs)
    second = _values(plan.second, *build_tables(attempts, _FUTURE))
    rows = []
    for policy in plan.policies:
        for measure, metric in MEASURES_OF_RUNS.items():
            one, other = first[policy, measure], second[policy, measure]
            paired = np.isfinite(one) & np.isfinite(other)
            one, other = one[paired], other[paired]
            difference = mean_interval(other - one)
            rows.append(
                {
                    "policy": policy,
                    "measure": measure,
                    "unit": metric.unit,
                    "first": one.mean() if one.size else np.nan,
                    "second": other.mean() if other.size else np.nan,
                    "difference": difference.mean,
                    "low": difference.low,
                    "high": difference.high,
                    "pairs": one.size,
                }
            )
    before, after = plan.scenario.parameters, plan.second.scenario.parameters
    changed = {name: (before[name], value) for name, value in after.items() if before[name] != value}
    return ScenarioDifference(plan.second.scenario.name, changed, pd.DataFrame(rows), tuple(failures))


def _values(plan: ComparisonPlan, weekly: pd.DataFrame, runs: pd.DataFrame) -> dict[tuple[str, str], FloatArray]:
    """Policy and measure -> values of single runs, in the order of replicates."""
    parameters = plan.scenario.parameters
    values = run_values(
        weekly, runs, float(parameters["money.discount"]), int(parameters["money.horizon"]), plan.policies,
        float(parameters["customers.represented"]),
    )  # fmt: skip
    ordered = values.sort_values("replicate")
    return {
        (policy, measure): ordered.loc[ordered["policy"] == policy, measure].to_numpy(dtype=np.float64)
        for policy in plan.policies
        for measure in MEASURES_OF_RUNS
    }
