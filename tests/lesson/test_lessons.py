"""Lessons as data: every setting is legal and has words, grids hold no point twice, and answers come from runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lesson.small import opening_only
from sim.model.outcomes.weekly import OUTCOMES
from sim.model.policies.policy import NONE
from sim.model.scenario import ScenarioError
from sim.pages.lesson import LESSONS
from sim.pages.lesson.answer import CHOICES, find_answer
from sim.pages.lesson.lesson import list_combinations, position
from sim.pages.lesson.precomputed import MISSING, Runs, precompute
from sim.pages.lesson.words import differences, english, translated

pytestmark = pytest.mark.recipe("lesson")

NAMES = list(LESSONS)


def test_there_are_four_lessons_in_order() -> None:
    assert NAMES == ["speech", "checklists", "critical-mass", "line"]
    assert len({lesson.expected for lesson in LESSONS.values()}) == len(CHOICES), "every answer is once the right one"


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_legal_and_has_words(name: str) -> None:
    lesson, text = LESSONS[name], english()["lessons"][name]
    for control in (*lesson.policy_controls, *lesson.assumptions):
        assert list(control.values) == sorted(set(control.values))
        words = text["controls"][control.name]
        assert len(words["settings"]) == len(words["zones"]) == len(control.values)
    for control in lesson.assumptions:
        assert "{setting}" in text["controls"][control.name]["short"]
    assert all(f"{{{control.name}}}" in text["plan"] for control in lesson.policy_controls)
    assert {scene.name for scene in lesson.scenes} == set(text["scenes"])
    assert set(text["choices"]) == set(CHOICES)
    for curve in lesson.curves:
        assert curve.outcome in OUTCOMES and curve.outcome in english()["curves"]
    for assumption_set in lesson.assumption_sets:
        scenario = lesson.scenario(assumption_set)
        for event in scenario.events:
            assert event.week < lesson.weeks and event.kind in english()["events"]
        for control, value in zip(lesson.assumptions, assumption_set, strict=True):
            if control.parameter:
                assert scenario.parameters[control.parameter] == value


@pytest.mark.parametrize("name", NAMES)
def test_the_grid_holds_no_point_twice(name: str) -> None:
    lesson = LESSONS[name]
    assert lesson.policies[0] == NONE
    assert len(set(lesson.policies)) == len(lesson.policies)
    assert len({lesson.scenario(assumption_set).hash for assumption_set in lesson.assumption_sets}) == len(
        lesson.assumption_sets
    )
    for combination, number in zip(list_combinations(lesson.policy_controls), lesson.policy_numbers, strict=True):
        policy = lesson.policy(combination)
        assert lesson.policies[number] == (policy if policy.resources else NONE)


def test_places_count_the_last_control_fastest() -> None:
    controls = LESSONS["speech"].policy_controls
    every = list_combinations(controls)
    for first, one in enumerate(controls[0].values):
        for second, other in enumerate(controls[1].values):
            assert every[position(controls, (first, second))] == (one, other)


@pytest.mark.parametrize(
    ("shape", "answer"),
    [
        ((0.0, 0.0, 0.0), "nothing"),
        ((0.1, 0.01, 0.0), "fades"),
        ((0.1, -0.03, 0.0), "below"),
        ((0.1, 0.08, 0.06), "holds"),
        ((0.1, 0.05, 0.049), "fades"),
    ],
)
def test_the_answer_is_read_from_the_runs(shape: tuple[float, float, float], answer: str) -> None:
    lesson = LESSONS["speech"]
    steps = np.full(
        (len(lesson.assumption_sets), len(lesson.policies), len(lesson.curves), 1, lesson.weeks), 400, np.uint16
    )
    number, assumption_set = lesson.policy_number(lesson.second), lesson.assumption_set_number()
    during, after, late = (round(1000 * lift) for lift in shape)
    steps[assumption_set, number, 0, 0, 13:39] += np.uint16(during)
    steps[assumption_set, number, 0, 0, 39:65] = 400 + after
    steps[assumption_set, number, 0, 0, 65:] = 400 + late
    steps[:, :, 0, :, 70] = MISSING
    assert find_answer(lesson, Runs(steps, np.zeros((1, 1, 1, 1), np.uint8))) == answer


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_runs_say_what_the_explanations_say(name: str, tmp_path: Path) -> None:
    """The texts were written after these runs; if the model changes so that they are wrong, this fails."""
    opening = opening_only(LESSONS[name])
    assert find_answer(opening, precompute(opening, 1, cache=tmp_path)) == opening.expected


def test_a_translation_lacks_nothing(tmp_path: Path) -> None:
    assert differences(english(), english()) == []
    file = tmp_path / "deutsch.toml"
    file.write_text('language = "de"\n[page]\nplay = 3\n', encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        translated(file)
    faults = "\n".join(error.value.faults)
    assert "page.play" in faults and "page.pause" in faults and "lessons" in faults
    with pytest.raises(ScenarioError, match="does not exist"):
        translated(tmp_path / "none.toml")
