"""The manifest of a store: what was run, with which program, where, when, and its progress."""

from __future__ import annotations

from typing import Any

from sim.lab.manifest import describe_machine, installed_version, versions
from sim.lab.sweep.designs import count_rows
from sim.lab.sweep.experiment import AS_DESCRIBED, SHARED, Experiment, Until
from sim.lab.sweep.fingerprint import own_source
from sim.lab.sweep.points import Points
from sim.lab.task import replicate_seed

KIND = "sweep"
"""What tells the manifest of a sweep from any other."""

FORMAT = 1
"""Version of the form of a store."""

RUNNING, FINISHED = "running", "finished"
"""Whether all runs are there and compacted."""

_SEEDS = 1000  # more would make the manifest unreadable; they follow from the seed

EXTRA_PACKAGES = ("SALib", "dask", "distributed")


def _shared_seeds(experiment: Experiment) -> list[int]:
    """Seeds of the first replicates; none where rows have seeds of their own, which the table of runs holds."""
    if experiment.seeds != SHARED:
        return []
    return [replicate_seed(experiment.seed, number) for number in range(min(experiment.most_replicates, _SEEDS))]


def describe_store(experiment: Experiment, points: Points, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The manifest of a store in which nothing has been run yet.

    Args:
        experiment: What is to be run.
        points: Its points.
        files: Size and SHA-256 of the files that are there from the start.
    """
    scenario = experiment.scenario
    replicates = experiment.replicates
    return {
        "kind": KIND,
        "format": FORMAT,
        "status": RUNNING,
        "experiment": {**experiment.words, **experiment.definition},
        "experiment_hash": experiment.hash,
        "claim": experiment.claim,
        "scenario": scenario.to_dict(),
        "scenario_hash": scenario.hash,
        "currency": scenario.currency,
        "objective": experiment.objective,
        "weeks": scenario.weeks,
        "seed": experiment.seed,
        "seeds": _shared_seeds(experiment),
        "factors": [factor.to_dict() for factor in experiment.factors.values()],
        "designs": [
            {**design.to_dict(), "rows": count_rows(design, experiment.factors)} for design in experiment.designs
        ],
        "policies": list(experiment.loaded_policies),
        "futures": list(dict.fromkeys((AS_DESCRIBED, *(name for each in experiment.designs for name in each.futures)))),
        "outcomes": list(experiment.outcomes),
        "weekly": {"outcomes": list(experiment.weekly), "every": experiment.every} if experiment.weekly else None,
        "replicates": {"until": replicates.to_dict()} if isinstance(replicates, Until) else {"fixed": replicates},
        "points": points.number,
        "worlds": points.worlds,
        "runs": {"done": 0, "failed": 0},
        "stopped": None,
        "versions": {**versions(), **{name: installed_version(name) for name in EXTRA_PACKAGES}},
        "code": own_source(),
        "machine": describe_machine(),
        "sessions": [],
        "files": files,
    }
