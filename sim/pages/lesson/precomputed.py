"""The runs of a lesson, computed once and kept. Each organization has its file, so an interrupted lesson can continue.

All policies of the grid begin from copies of one burned-in organization and meet the same draws, so two curves of the
page differ only by what was set (common random numbers). Files are in the user's cache folder, under a key made from the
source of the model, the versions it runs with and the whole lesson, so that outdated runs are never used.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.lab.failure import Failure
from sim.lab.sweep.fingerprint import fingerprint
from sim.lab.task import prepare_worker
from sim.lab.worker_pool import WorkerPool, run_tasks
from sim.lab.writing import replaced_file
from sim.model.kernel.array_types import FloatArray
from sim.model.simulation import burn_in, with_policy
from sim.pages.lesson.extras import require
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
class Task:
    """One organization under every policy of a lesson."""

    lesson: Lesson
    assumption_set: int
    seed: int
    folder: Path

    @property
    def file(self) -> Path:
        """File in which its runs are kept."""
        return self.folder / f"assumptions-{self.assumption_set}-seed-{self.seed}.npz"


class LessonError(RuntimeError):
    """Raised if runs of a lesson failed."""


def cache_folder() -> Path:
    """The user's folder in which lessons are kept; it may be deleted at any time."""
    folder: Path = require("platformdirs", "A lesson").user_cache_path("centricity", appauthor=False)
    return folder / "lessons"


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
    folder = (cache_folder() if cache is None else cache) / f"{lesson.name}-{key(lesson)[:20]}"
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(1, lesson.replicates + 1)
    tasks = [
        Task(lesson, assumption_set, seed, folder)
        for seed in seeds
        for assumption_set in range(len(lesson.assumption_sets))
    ]
    missing = [task for task in tasks if not _readable(task.file)]
    there = len(tasks) - len(missing)

    def report(done: int) -> None:
        if progress is not None:
            progress(there + done, len(tasks))

    if missing:
        report(0)
    with WorkerPool(min(workers, len(missing)), prepare_worker) as pool:
        failures = [
            one for one in run_tasks(run_organization, missing, workers, report, pool) if isinstance(one, Failure)
        ]
    if failures:
        raise LessonError(f"{len(failures)} of {len(missing)} organizations failed; the first: {failures[0].error}")
    return _gather(lesson, tasks)


def run_organization(task: Task) -> str:
    """Run one organization under every policy and keep the recordings; returns the name of their file."""
    lesson = task.lesson
    names = [curve.outcome for curve in lesson.curves]
    burned_in = burn_in(lesson.scenario(lesson.assumption_sets[task.assumption_set]), task.seed)
    recordings = [
        record_run(with_policy(burned_in, policy), lesson.weeks, names, task.seed == REPLAYED)
        for policy in lesson.policies
    ]
    size = np.array([curve.step for curve in lesson.curves])
    with replaced_file(task.file) as new, new.open("wb") as file:
        np.savez_compressed(
            file,
            steps=np.stack([whole_steps(one.outcomes, size[:, None]) for one in recordings]),
            frames=np.stack([one.frames for one in recordings]),
        )
    return task.file.name


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


def _readable(file: Path) -> bool:
    """Whether a kept file exists and is complete."""
    return file.is_file() and zipfile.is_zipfile(file)


def _gather(lesson: Lesson, tasks: list[Task]) -> Runs:
    """Put the files of all organizations together."""
    steps = np.empty(
        (len(lesson.assumption_sets), len(lesson.policies), len(lesson.curves), lesson.replicates, lesson.weeks),
        dtype=np.uint16,
    )
    frames: dict[int, Bytes] = {}
    for task in tasks:
        with np.load(task.file) as kept:
            steps[task.assumption_set, :, :, task.seed - 1] = kept["steps"]
            if task.seed == REPLAYED:
                frames[task.assumption_set] = kept["frames"]
    return Runs(steps, np.stack([frames[assumption_set] for assumption_set in range(len(lesson.assumption_sets))]))
