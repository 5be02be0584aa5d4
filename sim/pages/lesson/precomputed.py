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
        steps: Weekly outcomes in whole steps, shape (worlds, policies, curves, replicates, weeks).
        frames: Pictures of the runs with seed :data:`REPLAYED`, shape (worlds, policies, weeks, bytes).
        asked: The first curve in the organizations that answer the question, shape (worlds asked: the
            lesson's and, if it differs, as it ships; without policy and policy B; organizations; weeks).
    """

    steps: Steps
    frames: Bytes
    asked: Steps


@dataclass(frozen=True)
class OrganizationTask:
    """One organization under every policy of a lesson; ``key`` is the lesson's (:func:`key`).

    Beyond the lesson's replicates an organization only answers its question: without policy, and under policy B.
    """

    lesson: Lesson
    key: str
    world: int
    seed: int

    @property
    def policies(self) -> tuple[int, ...]:
        """Numbers of the policies that are run."""
        every = range(len(self.lesson.policies))
        return tuple(every) if self.seed <= self.lesson.replicates else question(self.lesson)

    @property
    def decides(self) -> object:
        """Everything that decides the result, as JSON."""
        return [self.key, self.world, self.seed]


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
        "worlds": [lesson.scenario(number).hash for number in range(len(lesson.worlds))],
        "policies": [policy.to_dict() for policy in lesson.policies],
        "curves": [[curve.outcome, curve.step] for curve in lesson.curves],
        "size": [lesson.weeks, lesson.replicates, lesson.questioned, CUSTOMERS_DRAWN, *states.LEVELS],
        "question": question(lesson),
        "people": lesson.people,
        "recording": Path(__file__).with_name("recording.py").read_text(encoding="utf-8"),
        "states": Path(states.__file__).read_text(encoding="utf-8"),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def question(lesson: Lesson) -> tuple[int, int]:
    """Numbers of the policies that the lesson's question compares: none, and policy B."""
    return 0, lesson.policy_number(lesson.second)


def worlds_asked(lesson: Lesson) -> tuple[int, ...]:
    """Numbers of the worlds in which the question is answered: the lesson's own, and as it ships."""
    return (lesson.world_number(), *([lesson.world_number(shipped=True)] if lesson.ships else []))


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
        OrganizationTask(lesson, name, world, seed)
        for seed in range(1, max(lesson.questioned, lesson.replicates) + 1)
        for world in (range(len(lesson.worlds)) if seed <= lesson.replicates else worlds_asked(lesson))
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
    """Run one organization under its policies and record what the page needs."""
    lesson = task.lesson
    names = [curve.outcome for curve in lesson.curves]
    burned_in = burn_in(lesson.scenario(task.world), task.seed)
    pictures = lesson.people if task.seed == REPLAYED else None
    recordings = [
        record_run(with_policy(burned_in, lesson.policies[number]), lesson.weeks, names, pictures)
        for number in task.policies
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
        (len(lesson.worlds), len(lesson.policies), len(lesson.curves), lesson.replicates, lesson.weeks), np.uint16
    )
    asked = np.empty((len(worlds_asked(lesson)), 2, lesson.questioned, lesson.weeks), np.uint16)
    frames: dict[int, Bytes] = {}
    for task, (own_steps, own_frames) in zip(tasks, results, strict=True):
        if task.seed <= lesson.replicates:
            steps[task.world, :, :, task.seed - 1] = own_steps
        if task.seed <= lesson.questioned and task.world in worlds_asked(lesson):
            of = [task.policies.index(number) for number in question(lesson)]
            asked[worlds_asked(lesson).index(task.world), :, task.seed - 1] = own_steps[of, 0]
        if task.seed == REPLAYED:
            frames[task.world] = own_frames
    return Runs(steps, np.stack([frames[world] for world in range(len(lesson.worlds))]), asked)
