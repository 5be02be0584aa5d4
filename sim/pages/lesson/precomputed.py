"""The runs of a lesson, computed once and kept, so that an interrupted lesson can continue.

All policies of the grid begin from copies of one burned-in organization and meet the same draws, so two curves of the
page differ only by what was set (common random numbers). Files are in the user's cache folder, under a key made from the
source of the model, the versions it runs with and the whole lesson, so that outdated runs are never used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from sim.lab.failure import Failure
from sim.lab.fingerprint import fingerprint
from sim.lab.kept_results import KeptResults
from sim.lab.lock import LockedError
from sim.lab.task import prepare_worker
from sim.lab.worker_pool import WorkerPool, run_tasks
from sim.model.kernel.array_types import FloatArray
from sim.model.simulation import burn_in, with_policy
from sim.pages.lesson.lesson import Lesson
from sim.pages.lesson.recording import CUSTOMERS_DRAWN, Bytes, record_run
from sim.pages.shared import states

Steps = NDArray[np.uint16]

MISSING = 65535
"""Stands for a missing value among the whole steps of a curve."""

REPLAYED = 1
"""Seed of the runs whose pictures are kept."""


@dataclass(frozen=True)
class Runs:
    """All runs of a lesson.

    Attributes:
        steps: Weekly outcomes in whole steps, shape (sets of assumptions, policies, curves, replicates, weeks).
        frames: Pictures of the runs with seed :data:`REPLAYED`, shape (sets of assumptions, policies, weeks, bytes).
    """

    steps: Steps
    frames: Bytes


@dataclass(frozen=True)
class OrganizationTask:
    """One organization under every policy of a lesson; ``key`` is the lesson's (:func:`key`)."""

    lesson: Lesson
    key: str
    assumption_set: int
    seed: int

    @property
    def decides(self) -> object:
        """Everything that decides the result, as JSON."""
        return [self.key, self.assumption_set, self.seed]


Recorded = tuple[Steps, Bytes]
"""Runs of one organization: steps, shape (policies, curves, weeks), and frames, shape (policies, weeks, bytes)."""


class LessonError(RuntimeError):
    """Raised if runs of a lesson failed."""


def cache_folder() -> Path:
    """The user's folder in which lessons are kept; it may be deleted at any time."""
    return user_cache_path("centricity", appauthor=False) / "lessons"


def key(lesson: Lesson) -> str:
    """Hexadecimal fingerprint of everything that a lesson's runs depend on."""
    content = {
        "source": fingerprint(),
        "assumption_sets": [lesson.scenario(combination).hash for combination in lesson.assumption_sets],
        "policies": [policy.to_dict() for policy in lesson.policies],
        "curves": [[curve.outcome, curve.step] for curve in lesson.curves],
        "size": [lesson.weeks, lesson.replicates, CUSTOMERS_DRAWN, *states.LEVELS],
        "recording": Path(__file__).with_name("recording.py").read_text(encoding="utf-8"),
        "states": Path(states.__file__).read_text(encoding="utf-8"),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def precompute(
    lesson: Lesson, workers: int, progress: Callable[[int, int], None] | None = None, cache: Path | None = None
) -> Runs:
    """Runs of a lesson. Kept runs are read; the others are computed and kept.

    Args:
        lesson: The lesson.
        workers: Number of processes.
        progress: Called with the number of organizations that are done, and with the number of all.
        cache: Folder for lessons; the user's cache folder if not given.

    Raises:
        LessonError: If a run failed.
    """
    name = key(lesson)
    folder = (cache_folder() if cache is None else cache) / f"{lesson.name}-{name[:20]}"
    tasks = [
        OrganizationTask(lesson, name, assumption_set, seed)
        for seed in range(1, lesson.replicates + 1)
        for assumption_set in range(len(lesson.assumption_sets))
    ]
    finished = None if progress is None else lambda done: progress(done, len(tasks))
    try:
        with KeptResults(folder) as kept:
            try:
                results = _compute(tasks, workers, finished, kept)
            finally:
                kept.save()
    except LockedError:  # somebody else computes the same lesson; we do not wait
        results = _compute(tasks, workers, finished, None)
    failures = [one for one in results if isinstance(one, Failure)]
    if failures:
        raise LessonError(f"{len(failures)} of {len(tasks)} organizations failed; the first: {failures[0].error}")
    return _gather(lesson, tasks, [one for one in results if not isinstance(one, Failure)])


def _compute(
    tasks: Sequence[OrganizationTask],
    workers: int,
    finished: Callable[[int], None] | None,
    kept: KeptResults | None,
) -> list[Recorded | Failure]:
    """Results of all tasks, in order; those that are kept are not computed again."""
    missing = len(tasks) if kept is None else sum(kept.get(run_organization, task) is None for task in tasks)
    if finished is not None and missing:
        finished(len(tasks) - missing)
    with WorkerPool(min(workers, missing), prepare_worker) if missing else nullcontext() as pool:
        return run_tasks(run_organization, tasks, workers, finished, pool, kept)


def run_organization(task: OrganizationTask) -> Recorded:
    """Run one organization under every policy and record what the page needs."""
    lesson = task.lesson
    names = [curve.outcome for curve in lesson.curves]
    burned_in = burn_in(lesson.scenario(lesson.assumption_sets[task.assumption_set]), task.seed)
    recordings = [
        record_run(with_policy(burned_in, policy), lesson.weeks, names, task.seed == REPLAYED)
        for policy in lesson.policies
    ]
    size = np.array([curve.step for curve in lesson.curves])
    steps = np.stack([whole_steps(one.outcomes, size[:, None]) for one in recordings])
    return steps, np.stack([one.frames for one in recordings])


def whole_steps(values: FloatArray, size: FloatArray | float) -> Steps:
    """Values as whole multiples of a step, rounded; missing ones as :data:`MISSING`.

    Raises:
        ValueError: If a value is negative or needs more steps than can be stored.
    """
    there = np.isfinite(values)
    steps = np.rint(np.where(there, values, 0.0) / size)
    if (steps < 0).any() or (steps >= MISSING).any():
        raise ValueError(f"a curve must lie between 0 and {MISSING - 1} steps, got {steps.min():g} to {steps.max():g}")
    return np.where(there, steps, MISSING).astype(np.uint16)


def _gather(lesson: Lesson, tasks: Sequence[OrganizationTask], results: Sequence[Recorded]) -> Runs:
    """Put the runs of all organizations together."""
    steps = np.empty(
        (len(lesson.assumption_sets), len(lesson.policies), len(lesson.curves), lesson.replicates, lesson.weeks),
        dtype=np.uint16,
    )
    frames: dict[int, Bytes] = {}
    for task, (own_steps, own_frames) in zip(tasks, results, strict=True):
        steps[task.assumption_set, :, :, task.seed - 1] = own_steps
        if task.seed == REPLAYED:
            frames[task.assumption_set] = own_frames
    return Runs(steps, np.stack([frames[assumption_set] for assumption_set in range(len(lesson.assumption_sets))]))
