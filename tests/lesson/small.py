"""Lessons that cost nothing: two points of a grid in a tiny organization, or a whole grid of invented runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.model.simulation import burn_in
from sim.pages.lesson import LESSONS
from sim.pages.lesson.lesson import Lesson
from sim.pages.lesson.page import write_page
from sim.pages.lesson.precomputed import MISSING, Runs
from sim.pages.lesson.recording import frame

SIZES = {
    "employees.number": 24,
    "customers.initial": 40,
    "customers.market": 60,
    "network.degree": 4,
    "run.burn_in": 2,
}


def opening_only(lesson: Lesson) -> Lesson:
    """A lesson with nothing but the settings at which it opens: no policy, and policy B, under the initial assumptions."""
    policy = tuple(
        replace(control, values=tuple(sorted({control.values[0], control.values[at]})), first=0)
        for control, at in zip(lesson.policy_controls, lesson.second, strict=True)
    )
    assumptions = tuple(replace(one, values=(one.values[one.first],), first=0) for one in lesson.assumptions)
    second = tuple(len(control.values) - 1 for control in policy)
    return replace(lesson, policy_controls=policy, assumptions=assumptions, second=second)


def thin(name: str, weeks: int = 24, replicates: int = 1) -> Lesson:
    """The opening of a lesson in a tiny organization."""
    lesson = opening_only(LESSONS[name])
    return replace(
        lesson, weeks=weeks, replicates=replicates, organization={**lesson.organization, **SIZES}, first=(0, 0)
    )


def invented(name: str) -> tuple[Lesson, Runs]:
    """A whole lesson with numbers and pictures that are legal, different at every point, and invented."""
    lesson = replace(LESSONS[name], replicates=2, organization={**LESSONS[name].organization, **SIZES})
    draw = np.random.default_rng(1)
    shape = (len(lesson.assumption_sets), len(lesson.policies), len(lesson.curves), lesson.replicates, lesson.weeks)
    steps = (400 + np.cumsum(draw.integers(-6, 7, shape), axis=-1)).astype(np.uint16)
    steps[:, :, 0, 0, 20] = MISSING
    steps[:, :, 0, :, 30] = MISSING
    size = frame(burn_in(lesson.scenario(lesson.assumption_sets[0]), 1)).size
    frames = draw.integers(0, 256, (len(lesson.assumption_sets), len(lesson.policies), lesson.weeks, size)).astype(
        np.uint8
    )
    return lesson, Runs(steps, frames)


def page_of_invented(name: str, folder: Path) -> tuple[Path, Lesson, Runs]:
    """Page of a lesson of invented runs."""
    lesson, runs = invented(name)
    file = folder / f"{name}.html"
    write_page(lesson, runs, file)
    return file, lesson, runs
