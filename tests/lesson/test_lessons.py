"""Lessons as data: every setting is legal and has words, grids hold no point twice, and texts say what runs show."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from lesson.small import opening_only, shipped
from sim.model.kernel.array_types import FloatArray
from sim.model.policies.policy import NONE
from sim.model.simulation import burn_in, with_policy
from sim.pages.lesson import shipped_lessons
from sim.pages.lesson.answer import CHOICES, NOTICEABLE, end_of_policy, judge, mean_there, measure, untrue
from sim.pages.lesson.lesson import START, Lesson, list_indices, position
from sim.pages.lesson.precomputed import question
from sim.pages.lesson.recording import record_run
from sim.pages.lesson.words import english

pytestmark = pytest.mark.recipe("lesson")

NAMES = shipped_lessons()
FIRST_FOUR = ("speech", "checklists", "critical-mass", "line")


AS_IT_SHIPS = {
    "campaign": "below",
    "checklists": "fades",
    "critical-mass": "fades",
    "line": "below",
    "poster": "nothing",
    "score": "below",
    "speech": "nothing",
    "succession": "holds",
}
"""Answers in the scenario as it ships, which the texts ``ships`` explain."""


def test_the_first_four_have_each_another_answer() -> None:
    assert set(FIRST_FOUR) <= set(NAMES)
    assert {shipped(name).expected for name in FIRST_FOUR} == set(CHOICES), "every answer is once the right one"


@pytest.mark.parametrize("name", NAMES)
def test_every_event_has_words_and_every_curve(name: str) -> None:
    lesson = shipped(name)
    words = english(lesson)
    for number in range(len(lesson.worlds)):
        assert all(event.kind in words["events"] for event in lesson.scenario(number).events)
    assert all(words["curves"][curve.outcome]["about"] for curve in lesson.curves)
    assert lesson.ships, "every lesson that ships also shows its scenario as it ships"
    assert lesson.scenario_of(lesson.initial, True).parameters != lesson.scenario_of(lesson.initial).parameters


@pytest.mark.parametrize("name", NAMES)
def test_the_grid_holds_no_point_twice(name: str) -> None:
    lesson = shipped(name)
    assert lesson.policies[0] == NONE
    assert len(set(lesson.policies)) == len(lesson.policies)
    assert len({lesson.scenario(number).hash for number in range(len(lesson.worlds))}) == len(lesson.worlds)
    for indices, number in zip(list_indices(lesson.policy_controls), lesson.policy_numbers, strict=True):
        assert lesson.policies[number] == lesson.policy(indices)


def test_places_count_the_last_control_fastest() -> None:
    controls = shipped("speech").policy_controls
    every = list_indices(controls)
    for first in range(len(controls[0].settings)):
        for second in range(len(controls[1].settings)):
            assert every[position(controls, (first, second))] == (first, second)


@pytest.mark.parametrize(
    ("shape", "answer"),
    [
        ((0.0, 0.0, 0.0), "nothing"),
        ((0.1, 0.01, 0.0), "fades"),
        ((0.1, -0.03, 0.0), "below"),
        ((-0.02, 0.0, 0.0), "below"),
        ((0.1, 0.08, 0.06), "holds"),
        ((0.1, 0.05, 0.049), "fades"),
    ],
)
def test_the_answer_is_read_from_the_runs(shape: tuple[float, float, float], answer: str) -> None:
    during, after, late = shape
    lift = np.concatenate([np.zeros(13), np.full(26, during), np.full(26, after), np.full(65, late)])
    lift[70] = np.nan
    assert judge(lift, 39) == answer


Point = tuple[int, int, int, int]


@cache
def _curves(name: str, world: int, policy: int, seed: int) -> FloatArray:
    lesson = shipped(name)
    organization = with_policy(burn_in(lesson.scenario(world), seed), lesson.policies[policy])
    return record_run(organization, lesson.weeks, [curve.outcome for curve in lesson.curves], None).outcomes


def _mean(lesson: Lesson, seeds: int, world: int, policy: int, curve: int) -> FloatArray:
    runs = [_curves(lesson.name, world, policy, seed)[curve] for seed in range(1, seeds + 1)]
    return mean_there(np.stack(runs))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_runs_say_what_the_texts_say(name: str) -> None:
    """The texts were written after these runs; if the model changes so that they are wrong, this fails."""
    lesson = shipped(name)
    assert untrue(lesson, lambda *point: _mean(lesson, lesson.replicates, *point)) == []
    none, chosen = (_mean(lesson, 8, lesson.world_number(), number, 0) for number in question(lesson))
    assert judge(chosen - none, end_of_policy(lesson, lesson.policies[question(lesson)[1]])) == lesson.expected
    none, chosen = (_mean(lesson, 8, lesson.world_number(shipped=True), number, 0) for number in question(lesson))
    assert judge(chosen - none, end_of_policy(lesson, lesson.policies[question(lesson)[1]])) == AS_IT_SHIPS[name]
    for scene in lesson.scenes:
        for figure in scene.figures.values():
            value = measure(lesson, scene, figure, lambda *point: _mean(lesson, lesson.replicates, *point))
            assert np.isfinite(value)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_in_texts_come_from_settings_or_runs(name: str) -> None:
    """A number in a scene's text is a week of its plan, a setting, or filled in by the runs."""
    lesson = shipped(name)
    ends = {end_of_policy(lesson, policy) for policy in lesson.policies}
    weeks = {
        START,
        *ends,
        *(event.week for number in range(len(lesson.worlds)) for event in lesson.scenario(number).events),
    }
    settings = {
        setting.label for control in (*lesson.policy_controls, *lesson.assumptions) for setting in control.settings
    }
    known = {str(week) for week in weeks} | {number for label in settings for number in re.findall(r"\d+", label)}
    for scene in lesson.scenes:
        own = {str(point.week) for claim in scene.claims for point in (claim.high, claim.low)}
        own |= {str(figure.point.week) for figure in scene.figures.values()}
        found = set(re.findall(r"\d+", lesson.texts["scenes"][scene.name]["text"]))
        assert found <= known | own, f"{scene.name}: {found - known - own} should be taken from the runs"


def test_what_is_noticeable_is_a_point() -> None:
    assert NOTICEABLE == 0.01 and shipped("speech").questioned == 16


def test_the_opening_alone_is_a_lesson() -> None:
    lesson = opening_only(shipped("critical-mass"))
    assert len(lesson.policies) == 3 and len(lesson.worlds) == 2
