"""Fake runners, which run a job in tests quickly, slowly or badly.

Behavior depends on the value of ``norm.sharpness`` at the point, so that an experiment can ask for it.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.lab.sweep.execution import Begin, Recipe, RunResult
from sim.lab.sweep.points import Job

RAISES, HANGS, DIES, IS_NAN, DIES_ONCE = 2.0, 3.0, 4.0, 5.0, 6.0
"""Values of ``norm.sharpness`` that make :func:`faulty` misbehave."""

MARKS = "CENTRICITY_TEST_MARKS"
"""Environment variable: folder in which runners leave a mark for each job that they have run."""


def smooth(job: Job, recipe: Recipe, begin: Begin) -> list[RunResult]:
    """A few numbers that depend on point, replicate and seed alone."""
    results = []
    for position, variant in enumerate(job.variants, start=1):
        begin(position)
        x = float(job.values.get("norm.sharpness", 1.0))
        noise = np.random.default_rng(job.seed).normal()
        size = sum(phase.amounts.get("speeches", 0.0) for phase in variant.policy.phases)
        values = {name: x * (index + 1 + noise) + size for index, name in enumerate(recipe.outcomes)}
        results.append(RunResult(values, _weekly(recipe, x + noise)))
    _leave_mark(job)
    return results


def slow(job: Job, recipe: Recipe, begin: Begin) -> list[RunResult]:
    """The same, a twentieth of a second a job."""
    time.sleep(0.05)
    return smooth(job, recipe, begin)


def resting(job: Job, recipe: Recipe, begin: Begin) -> list[RunResult]:
    """The same, 50 ms a run, of which none is the processor's time: all of that is the lab's."""
    time.sleep(0.05 * len(job.variants))
    return smooth(job, recipe, begin)


def busy(job: Job, recipe: Recipe, begin: Begin) -> list[RunResult]:
    """The same, 50 ms of the processor's time a run."""
    for _ in job.variants:
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass
    return smooth(job, recipe, begin)


def faulty(job: Job, recipe: Recipe, begin: Begin) -> list[RunResult]:
    """Raises, hangs, dies or returns NaN at some points."""
    x = float(job.values["norm.sharpness"])
    begin(1)
    if x == RAISES:
        raise ZeroDivisionError("no such\nnumber")
    if x == HANGS:
        time.sleep(3600)
    if x == DIES:
        os.kill(os.getpid(), signal.SIGKILL)
    if x == DIES_ONCE:
        mark = Path(os.environ[MARKS]) / "died"
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if x == IS_NAN:
        return [RunResult(dict.fromkeys(recipe.outcomes, float("nan")))] * len(job.variants)
    return smooth(job, recipe, begin)


def _weekly(recipe: Recipe, value: float) -> npt.NDArray[np.float64] | None:
    if not recipe.weekly:
        return None
    weeks = np.arange(recipe.every - 1, recipe.scenario.weeks, recipe.every, dtype=np.float64)
    return np.stack([weeks, *(value + index + weeks for index in range(len(recipe.weekly)))], axis=1)


def _leave_mark(job: Job) -> None:
    if MARKS in os.environ:
        with (Path(os.environ[MARKS]) / "jobs").open("a") as file:
            file.write(f"{job.world} {job.replicate}\n")
