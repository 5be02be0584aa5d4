"""Lessons that cost nothing: two points of a grid in a tiny organization, or a whole grid of invented runs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.model.simulation import burn_in
from sim.pages.lesson import load_lesson, shipped_lessons
from sim.pages.lesson.lesson import Control, Lesson
from sim.pages.lesson.page import write_page
from sim.pages.lesson.precomputed import MISSING, Runs, worlds_asked
from sim.pages.lesson.recording import frame

SIZES = {
    "employees.number": 24,
    "customers.initial": 40,
    "customers.market": 60,
    "network.degree": 4,
    "run.burn_in": 2,
}

shipped = cache(load_lesson)
"""A lesson by name, read once."""


def opening_only(lesson: Lesson) -> Lesson:
    """A lesson with nothing but the settings at which it opens: no policy, and policy B, under the initial assumptions."""

    def kept(control: Control, indices: set[int]) -> Control:
        return replace(control, settings=tuple(control.settings[at] for at in sorted(indices)), first=0)

    policy = tuple(kept(control, {0, at}) for control, at in zip(lesson.policy_controls, lesson.second, strict=True))
    assumptions = tuple(kept(one, {one.first}) for one in lesson.assumptions)
    second = tuple(len(control.settings) - 1 for control in policy)
    return replace(
        lesson, policy_controls=policy, assumptions=assumptions, first=(0,) * len(policy), second=second, scenes=()
    )


def thin(name: str, weeks: int = 24, replicates: int = 1) -> Lesson:
    """The opening of a lesson in a tiny organization as it ships, without the texts of its scenes."""
    lesson = opening_only(shipped(name))
    sizes = {**lesson.organization, **SIZES}
    return replace(
        lesson, weeks=weeks, replicates=replicates, questioned=replicates, world="default", organization=sizes
    )


def thin_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on commands read shipped lessons as thin ones."""

    def load(name: str | Path) -> Lesson:
        lesson = load_lesson(name)
        return thin(lesson.name) if lesson.name in shipped_lessons() else lesson

    monkeypatch.setattr("sim.pages.lesson.loading.load_lesson", load)


def invented(name: str) -> tuple[Lesson, Runs]:
    """A whole lesson with numbers and pictures that are legal, different at every point, and invented."""
    lesson = shipped(name)
    lesson = replace(lesson, replicates=2, organization={**lesson.organization, **SIZES})
    draw = np.random.default_rng(1)
    shape = (len(lesson.worlds), len(lesson.policies), len(lesson.curves), lesson.replicates, lesson.weeks)
    steps = (400 + np.cumsum(draw.integers(-6, 7, shape), axis=-1)).astype(np.uint16)
    steps[:, :, 0, 0, 20] = MISSING
    steps[:, :, 0, :, 30] = MISSING
    asked = (400 + draw.integers(0, 9, (len(worlds_asked(lesson)), 2, lesson.questioned, lesson.weeks))).astype(
        np.uint16
    )
    size = frame(burn_in(lesson.scenario(0), 1)).size
    frames = draw.integers(0, 256, (len(lesson.worlds), len(lesson.policies), lesson.weeks, size)).astype(np.uint8)
    return lesson, Runs(steps, frames, asked)


def page_of_invented(name: str, folder: Path, students: bool = False) -> tuple[Path, Lesson, Runs]:
    """Page of a lesson of invented runs."""
    lesson, runs = invented(name)
    file = folder / f"{name}.html"
    write_page(lesson, runs, file, students=students)
    return file, lesson, runs
