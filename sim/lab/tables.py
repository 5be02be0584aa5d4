"""From the results of replicates to tables: weekly rows, and one row per run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.lab.failure import Failure
from sim.lab.task import Attempt, Replicate
from sim.lab.weekly import outcome_columns, week_numbers
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.registry import current
from sim.model.results import Run

_COST = OUTCOME_NAMES.index("policy_cost")

Attempts = Sequence[tuple[Replicate, tuple[Attempt, ...]]]
"""Every task with its attempts."""


def list_attempts(task: Replicate, result: tuple[Attempt, ...] | Failure) -> tuple[Attempt, ...]:
    """Attempts of a task; if its process died, each of its runs failed."""
    if isinstance(result, Failure):
        return tuple(Attempt(policy, None, result, 0.0) for policy in task.policies)
    return result


def build_tables(attempts: Attempts, future: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weekly rows and runs of one future, ordered by policy, replicate and week."""
    here = [(task, made) for task, made in attempts if task.future == future]
    ordered = [(task, made[position]) for position in range(len(here[0][1])) for task, made in here]
    rows = pd.DataFrame([_run_row(task, attempt) for task, attempt in ordered])
    runs = rows.astype(
        {"sponsorship_start": "Int64", "sponsorship_end": "Int64", "permanent": bool, "planned_end": "Int64"}
    )
    return _weekly_table([(task, attempt.policy, attempt.run) for task, attempt in ordered if attempt.run]), runs


def _weekly_table(runs: Sequence[tuple[Replicate, str, Run]]) -> pd.DataFrame:
    """Weekly rows of all runs, one run after the other."""
    if not runs:
        return pd.DataFrame(columns=["policy", "replicate", "week", *current().outcomes], dtype=float)
    lengths = [len(run.values) for _, _, run in runs]
    keys = {
        "policy": np.repeat(np.array([policy for _, policy, _ in runs], dtype=object), lengths),
        "replicate": np.repeat([task.number for task, _, _ in runs], lengths),
        "week": np.concatenate([week_numbers(run) for _, _, run in runs]),
    }
    values = np.concatenate([run.values for _, _, run in runs])
    return pd.DataFrame({**keys, **outcome_columns(values)})


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
        "planned_end": _planned_end(task, attempt.policy),
        "cost": float("nan") if run is None else float(run.values[:, _COST].sum()),
    }


def _planned_end(task: Replicate, name: str) -> int | None:
    """First week without resources by the policy's own plan, the run's end at most; ``None`` where conditions end it."""
    phases = [phase for policy in task.loaded_policies if policy.name == name for phase in policy.phases]
    spending = [phase for phase in phases if any(phase.amounts.values())]
    if not spending or any(phase.stop_when is not None for phase in spending):
        return None
    weeks = task.scenario.weeks
    return max(weeks if phase.end is None else min(phase.end, weeks) for phase in spending)
