"""The file of a lesson: what it may hold, what is refused, and the file to translate."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lesson.small import shipped
from sim.commands.cli import app
from sim.model.scenario import ScenarioError
from sim.model.scenario.messages import Faults
from sim.model.scenario.shipped import files
from sim.pages.lesson import schema, shipped_lessons
from sim.pages.lesson.answer import CHOICES
from sim.pages.lesson.loading import read_lesson
from sim.pages.lesson.words import english, to_translate, translated


@pytest.fixture
def table() -> dict[str, Any]:
    """The table of a lesson."""
    return tomllib.loads(files("lessons")["speech"].read_text(encoding="utf-8"))


def faults_of(table: dict[str, Any]) -> str:
    """What is said of a table."""
    with pytest.raises(ScenarioError) as error:
        read_lesson(table, "mine", Path(), Faults("mine.toml"))
    return str(error.value)


@pytest.mark.parametrize("name", shipped_lessons())
def test_check_knows_lessons(name: str) -> None:
    done = CliRunner().invoke(app, ["check", str(files("lessons")[name])])
    assert done.exit_code == 0 and f"ok (lesson {name}: " in done.output


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("title",), 3, "mine.toml: title must be text"),
        (("weeks",), 5, "mine.toml: weeks must be"),
        (("world",), "isolatd", "Did you mean isolated"),
        (("curves", 0), "enactd", "Did you mean enacted"),
        (("people",), "mood", "mine.toml: people must be one of delivery"),
        (("plan",), "speeches: {speches}", "must not hold {speches}, which nothing fills in"),
        (("plan",), "speeches: {speeches}", "must hold {speech_weeks}, which the page fills in"),
        (("b",), {"speeches": "one a wek"}, "Did you mean one a week"),
        (("b",), {"speches": "one a week"}, "Did you mean speeches"),
        (("b",), {"speeches": "none"}, "must buy something"),
        (("controls", 0, "settings", 1, "amounts"), {"speech": 1.0}, "Did you mean speeches"),
        (("controls", 0, "settings", 1, "amounts"), {"speeches": 9.0}, "must be"),
        (("controls", 0, "settings", 1, "parameters"), {"salience.gain": 0.1}, "must not set parameters and events"),
        (("assumptions", 0, "settings", 0, "parameters"), {"salience.gian": 0.1}, "Did you mean salience.gain"),
        (("assumptions", 0, "short"), "forgotten", "must hold {setting}"),
        (("assumptions", 0, "initial"), "3 weeks", "assumptions.forgetting.initial must be the label of a setting"),
        (("prediction", "answer"), "maybe", "mine.toml: prediction.answer must be one of nothing"),
        (("prediction", "holds", "misconception"), "", "prediction.holds.misconception is missing"),
        (("scenes", 0, "text"), "From {early} to {last}.", "{last}"),
        (("scenes", 0, "curve"), "trust", "must be one of the lesson's curves, got trust"),
        (("scenes", 0, "week"), 500, "scenes[0].week must be"),
        (("scenes", 0, "claims", 0, "line"), "c", "scenes[0].claims[0].line must be a line of the scene"),
        (("scenes", 3, "conjecture"), "", "must say where it comes from"),
        (("scenes", 1, "name"), "attention", "must have different names"),
        (("ships",), "", "ships is missing"),
        (("replicates",), 99, "replicates must be"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(
    table: dict[str, Any], place: tuple[Any, ...], value: Any, said: str
) -> None:
    inner: Any = table
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    assert said in faults_of(table)


def test_all_faults_are_told_together(table: dict[str, Any]) -> None:
    del table["question"], table["sheet"]["aim"], table["scenes"][0]["title"]
    said = faults_of(table)
    assert "question is missing" in said and "sheet.aim is missing" in said and "scenes[0].title is missing" in said
    assert "the file is empty" in faults_of({})


def test_a_lesson_may_be_about_another_scenario(table: dict[str, Any], tmp_path: Path) -> None:
    table["scenario"] = "public-agency"
    agency = read_lesson(deepcopy(table), "mine", tmp_path, Faults("mine.toml"))
    assert {*english(agency)["lesson"]["departments"]} == {one.name for one in agency.scenario(0).departments}
    own = tmp_path / "own.toml"
    own.write_text((files("scenarios")["utility"]).read_text(encoding="utf-8"), encoding="utf-8")
    table["scenario"] = "own.toml"
    assert read_lesson(table, "mine", tmp_path, Faults("mine.toml")).base.departments


@pytest.mark.parametrize("name", shipped_lessons())
def test_the_file_to_translate_holds_every_text(name: str, tmp_path: Path) -> None:
    lesson = shipped(name)
    file = tmp_path / "words.toml"
    file.write_text(to_translate(lesson), encoding="utf-8")
    assert translated(file, lesson) == english(lesson)


def test_a_translation_lacks_nothing(tmp_path: Path) -> None:
    lesson, file = shipped("speech"), tmp_path / "deutsch.toml"
    file.write_text('language = "de"\n[page]\nplay = 3\n', encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        translated(file, lesson)
    faults = "\n".join(error.value.faults)
    assert "page.pause" in faults and "lesson is missing" in faults
    assert f"{file}: page.play must be a text, got 3. Put it in quotes." in error.value.faults
    file.write_text("page = ", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"line 1, column 8 must be TOML, got: "):
        translated(file, lesson)


def test_braces_of_a_translation_are_those_of_the_english_text(tmp_path: Path) -> None:
    lesson, file = shipped("speech"), tmp_path / "deutsch.toml"
    file.write_text(to_translate(lesson).replace("speeches: {speeches}", "Reden: {reden}"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"lesson\.plan must hold .* it lacks \{speeches\} and has \{reden\}"):
        translated(file, lesson)


def test_the_documentation_names_every_key() -> None:
    page = (Path(__file__).parents[2] / "docs" / "lessons.md").read_text(encoding="utf-8")
    tables = [one for one in vars(schema).values() if getattr(one, "__module__", "") == schema.__name__]
    keys = {key for table in tables if isinstance(table, type) for key in table.legal_keys()}  # type: ignore[attr-defined]
    assert {key for key in keys if not re.search(rf"\b{key}\b", page)} == set()
    assert all(f"`{choice}`" in page for choice in CHOICES)
