"""Lessons as data: every setting is legal and has words, grids hold no point twice, and answers come from runs."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from lesson.small import opening_only
from sim.model.events import EVENT_KINDS
from sim.model.kernel.array_types import FloatArray
from sim.model.outcomes.weekly import OUTCOMES
from sim.model.policies.policy import NONE
from sim.model.scenario import ScenarioError
from sim.model.simulation import burn_in, with_policy
from sim.pages.lesson import LESSONS
from sim.pages.lesson.answer import CHOICES, find_answer
from sim.pages.lesson.lesson import list_combinations, position
from sim.pages.lesson.precomputed import MISSING, Runs, precompute
from sim.pages.lesson.recording import record_run
from sim.pages.lesson.words import english, translated

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
            assert set(event.fields) == set(EVENT_KINDS[event.kind].fields), "every field has a value"
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


Setting = tuple[tuple[int, ...], int] | tuple[tuple[int, ...], int, tuple[int, ...]]
"""Indices of a policy, the week in which a 13-week mean ends, and indices of the assumptions (else the initial ones)."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "outcome", "high", "low", "by"),
    [
        ("speech", "cynicism", ((2, 1), 130), ((0, 1), 130), 0.02),
        ("speech", "executive_self_assessment", ((2, 1), 39), ((0, 1), 39), 0.05),
        ("speech", "enacted", ((2, 2), 65), ((4, 2), 65), -0.005),
        ("checklists", "compliance", ((1, 3), 78), ((1, 0), 78), 0.2),
        ("checklists", "enacted", ((0, 0), 117), ((1, 3), 117), 0.01),
        ("checklists", "compliance", ((2, 2), 78), ((2, 2), 78, (3, 0)), 0.1),
        ("checklists", "standard", ((0, 0), 13), ((0, 0), 13, (3, 0)), 0.05),
        ("checklists", "standard", ((0, 0), 78, (3, 0)), ((2, 2), 78, (3, 0)), 0.005),
        ("critical-mass", "practicing", ((3, 2), 222), ((3, 1), 222), 0.4),
        ("critical-mass", "practicing", ((3, 2), 222), ((3, 2), 117), 0.0),
        ("critical-mass", "internalization", ((3, 2), 222), ((3, 2), 117), 0.0),
        ("critical-mass", "internalization", ((3, 1), 65), ((3, 1), 222), 0.1),
        ("critical-mass", "practicing", ((3, 2), 222), ((3, 2), 222, (3,)), 0.4),
        ("critical-mass", "practicing", ((3, 2), 222), ((2, 2), 222), 0.3),
        ("line", "espoused", ((1, 0), 65), ((0, 0), 65), 0.2),
        ("line", "enacted", ((3, 0), 104), ((0, 0), 104), 0.1),
        ("line", "revealed", ((0, 0), 104, (3, 1)), ((0, 0), 104), 0.3),
        ("line", "enacted", ((2, 1), 91), ((2, 0), 91), 0.05),
    ],
)
def test_the_scenes_show_what_their_texts_say(name: str, outcome: str, high: Setting, low: Setting, by: float) -> None:
    assert _quarter(name, outcome, *high) - _quarter(name, outcome, *low) >= by


@pytest.mark.slow
def test_near_the_threshold_single_runs_part() -> None:
    """Full strength for one year: some banks hold, others fall back."""
    ends = np.nanmean(_recorded("critical-mass", (4, 1), ())[:, 0, -13:], axis=1)
    assert ends.min() < 0.3 and ends.max() > 0.6


def _quarter(name: str, outcome: str, policy: tuple[int, ...], week: int, assumptions: tuple[int, ...] = ()) -> float:
    curve = [one.outcome for one in LESSONS[name].curves].index(outcome)
    return float(np.nanmean(_recorded(name, policy, assumptions)[:, curve, week - 13 : week]))


@cache
def _recorded(name: str, policy: tuple[int, ...], assumptions: tuple[int, ...]) -> FloatArray:
    """Curves of a lesson at one point of its grid, shape (replicates, curves, weeks)."""
    lesson = LESSONS[name]
    scenario = lesson.scenario(lesson.assumption_sets[lesson.assumption_set_number(assumptions)])
    bought = lesson.policies[lesson.policy_number(policy)]
    outcomes = [curve.outcome for curve in lesson.curves]
    runs = [
        record_run(with_policy(burn_in(scenario, seed), bought), lesson.weeks, outcomes, False).outcomes
        for seed in range(1, lesson.replicates + 1)
    ]
    return np.stack(runs)


def test_a_translation_lacks_nothing(tmp_path: Path) -> None:
    file = tmp_path / "deutsch.toml"
    file.write_text((resources.files("sim.pages.lesson") / "words.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert translated(file) == english()
    file.write_text('language = "de"\n[page]\nplay = 3\n', encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        translated(file)
    faults = "\n".join(error.value.faults)
    assert "page.play" in faults and "page.pause" in faults and "lessons" in faults
    assert f"{file}: page.play must be a text, got 3. Put it in quotes." in error.value.faults
    file.write_text("page = ", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"line 1, column 8 must be TOML, got: "):
        translated(file)
    with pytest.raises(ScenarioError, match="does not exist"):
        translated(tmp_path / "none.toml")
