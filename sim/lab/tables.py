"""From what became of the replicates to tables: weekly rows, and a row a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.lab.pool import Failure
from sim.lab.task import Attempt, Replicate
from sim.outcomes.weekly import OUTCOME_NAMES

Attempts = Sequence[tuple[Replicate, tuple[Attempt, ...]]]
"""What became of every task."""


def attempts_of(task: Replicate, result: tuple[Attempt, ...] | Failure) -> tuple[Attempt, ...]:
    """What a task found out; if it died, every one of its runs failed."""
    if isinstance(result, Failure):
        return tuple(Attempt(policy, None, result, 0.0) for policy in task.policies)
    return result


def tables_of(attempts: Attempts, world: str) -> tuple[pd.DataFrame, pd.DataFrame]:
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
