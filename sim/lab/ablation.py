"""Why the policies differ: the same comparison again with each mechanism switched off, under common random numbers.

A mechanism's contribution to a policy is the change of the policy's lift when the mechanism is switched off. It is
switched off in the policy's runs and in the twins alike; organizations and draws stay the same. Changes are absolute
and paired by replicate. They do not add up, because mechanisms work through each other: of two that are both
indispensable, each accounts for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.intervals import Interval, mean_interval
from sim.analysis.summary import run_values
from sim.lab.comparison_plan import ComparisonPlan
from sim.lab.failure import Failure
from sim.lab.switching import CORE, EVERYTHING, Variant, with_values
from sim.lab.tables import build_tables, list_attempts
from sim.lab.task import Replicate, describe_failure, replicate_seed, run_replicate
from sim.lab.worker_pool import Kept, WorkerPool, run_tasks
from sim.model.policies.policy import NONE
from sim.model.scenario import Scenario

MEASURES = ("lift_later", "practicing_lift_later", "attitudinal_loyalty_change")
"""Measures that are explained: L104 of service and of practice, and attitudinal loyalty in the last year."""

HEADLINES = ("lift_at_end", *MEASURES, "net_present_value")
"""Measures that are shown side by side for the core alone, the scenario as it is, and everything on."""

Measured = tuple[pd.DataFrame, list[dict[str, Any]]]
"""Measures of a replicate, one row per policy, and the runs that failed."""

AS_IS = "as it is"
"""The scenario without any change, one of the variants that are compared."""


@dataclass(frozen=True)
class Ablation:
    """Results of a comparison whose mechanisms were switched off or on.

    Attributes:
        variants: What was run beside the scenario as it is.
        values: One row per variant, policy and replicate, one column per measure; NaN is missing.
        failures: Runs that failed, as the manifest lists them.
    """

    variants: tuple[Variant, ...]
    values: pd.DataFrame
    failures: tuple[dict[str, Any], ...] = ()

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Mechanisms that were switched off one by one."""
        return tuple(variant.name for variant in self.variants if variant.single)

    def level(self, variant: str, policy: str, measure: str) -> Interval:
        """Mean of a measure in a variant."""
        return mean_interval(self._values_of(variant, policy, measure))

    def change(self, variant: str, policy: str, measure: str) -> Interval:
        """Change of a measure against the scenario as it is, paired by replicate."""
        return mean_interval(self._values_of(variant, policy, measure) - self._values_of(AS_IS, policy, measure))

    def summed(self, policy: str, measure: str) -> float:
        """Sum of the changes of all single ablations: what effects would come to if they did add up."""
        return float(sum(self.change(name, policy, measure).mean for name in self.mechanisms))

    def _values_of(self, variant: str, policy: str, measure: str) -> np.ndarray:
        rows = (self.values["variant"] == variant) & (self.values["policy"] == policy)
        return self.values.loc[rows].sort_values("replicate")[measure].to_numpy(dtype=np.float64)

    def to_entry(self, policies: Sequence[str]) -> dict[str, Any]:
        """The entry in ``summary.json``: changes of single ablations, and levels of the other variants."""
        policies = [policy for policy in policies if policy != NONE.name]
        return {
            "note": "Changes are absolute and paired; effects of single mechanisms do not add up.",
            "changes": {
                name: {
                    policy: {measure: self.change(name, policy, measure).to_entry() for measure in MEASURES}
                    for policy in policies
                }
                for name in self.mechanisms
            },
            "headlines": {
                variant: {
                    policy: {measure: self.level(variant, policy, measure).to_entry() for measure in HEADLINES}
                    for policy in policies
                }
                for variant in (CORE, AS_IS, EVERYTHING)
            },
            "failures": len(self.failures),
        }


def list_tasks(plan: ComparisonPlan) -> list[Replicate]:
    """List one task for every replicate of every variant that differs, with the seeds of the comparison."""
    return [
        Replicate(
            number,
            replicate_seed(plan.seed, number),
            with_values(plan.scenario, variant.values),
            plan.loaded_policies,
            variant.name,
        )
        for variant in plan.variants
        if variant.values
        for number in range(plan.replicates)
    ]


def measure_replicate(task: Replicate) -> Measured:
    """Run a replicate in another variant; return its measures, one row per policy, and the runs that failed."""
    made = run_replicate(task)
    weekly, runs = build_tables([(task, list_attempts(task, made))], task.future)
    failures = [
        describe_failure(task, one.policy, one.failure, future=None, variant=task.future)
        for one in made
        if one.failure is not None
    ]
    return _measured(task.scenario, weekly, runs, task.future), failures


def _measured(scenario: Scenario, weekly: pd.DataFrame, runs: pd.DataFrame, variant: str) -> pd.DataFrame:
    rate, horizon = float(scenario.parameters["money.discount"]), int(scenario.parameters["money.horizon"])
    values = run_values(weekly, runs, rate, horizon)[["policy", "replicate", *HEADLINES]]
    values.insert(0, "variant", variant)
    return values


def run_ablation(
    plan: ComparisonPlan,
    weekly: pd.DataFrame,
    runs: pd.DataFrame,
    finished: Callable[[int], None] | None = None,
    pool: WorkerPool | None = None,
    kept: Kept | None = None,
) -> Ablation:
    """Run the comparison again in every other variant.

    Args:
        plan: What was compared.
        weekly, runs: Tables of the scenario as it is.
        finished: Called with the number of replicates that are done, after each of them.
        pool: Workers that have been started already, if any.
        kept: Results that are there already, and where new ones are kept.
    """
    tasks = list_tasks(plan)
    results = run_tasks(measure_replicate, tasks, plan.workers, finished, pool, kept) if tasks else []
    as_it_is = _measured(plan.scenario, weekly, runs, AS_IS)
    parts, failures = [as_it_is], []
    for task, result in zip(tasks, results, strict=True):
        measured, failed = _missing_values(as_it_is, task, result) if isinstance(result, Failure) else result
        parts.append(measured)
        failures += failed
    parts += [
        as_it_is.assign(variant=variant.name) for variant in plan.variants if not variant.values
    ]  # nothing to change
    return Ablation(plan.variants, pd.concat(parts, ignore_index=True), tuple(failures))


def _missing_values(as_it_is: pd.DataFrame, task: Replicate, failure: Failure) -> Measured:
    """Rows without a value for a replicate whose process died."""
    rows = as_it_is[as_it_is["replicate"] == task.number].assign(variant=task.future)
    rows[list(HEADLINES)] = np.nan
    return rows, [describe_failure(task, policy, failure, future=None, variant=task.future) for policy in task.policies]
