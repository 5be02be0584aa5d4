"""From a TOML file to a checked :class:`~sim.pages.lesson.lesson.Lesson`, with every fault of the file at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sim.model.registry import current
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.finding import find
from sim.model.scenario.loading import read_toml
from sim.model.scenario.messages import Faults, show
from sim.model.scenario.refusals import read
from sim.model.scenario.rules import legal_name
from sim.model.scenario.shipped import files
from sim.model.scenario.suggestions import among
from sim.model.scenario.tables import Context
from sim.pages.lesson.answer import CHOICES
from sim.pages.lesson.lesson import Claim, Control, Curve, Figure, Indices, Lesson, Point, Scene, Setting
from sim.pages.lesson.schema import ControlTable, LessonFile, SceneTable

BRACES = re.compile(r"\{(\w+)\}")
"""A word in braces, which the page fills in."""

MOST_POINTS = 1200
"""Runs of the grid, policies times worlds times replicates, at most: a page holds all of them."""


def load_lesson(name_or_path: str | Path) -> Lesson:
    """The lesson of this name that ships, or the one in a TOML file.

    Raises:
        ScenarioError: With every fault of the file.
    """
    source = find(name_or_path, "lessons")
    return read_lesson(read_toml(source), legal_name(source.name, "lesson"), source.path.parent, Faults(source.label))


def shipped_lessons() -> tuple[str, ...]:
    """Names of the lessons that ship."""
    return tuple(files("lessons"))


def read_lesson(raw: Mapping[str, Any], name: str, folder: Path, faults: Faults) -> Lesson:
    """The lesson in a table.

    Args:
        raw: The table, as TOML gives it.
        name: What the lesson is called.
        folder: Folder in which its scenario may lie.
        faults: Takes the messages.

    Raises:
        ScenarioError: With every fault.
    """
    if not raw:
        faults.add("the file", "is empty. Start from a copy of one that ships; `centricity list lessons` names them.")
        faults.raise_any()
    base = _find_scenario(raw.get("scenario", "retail-bank"), folder)
    names = [department.name for department in base.departments]
    context = Context(current(), weeks=base.weeks, parameters=base.parameters, departments=names)
    file = read(partial(LessonFile.model_validate, context=context), raw, "", faults)
    faults.raise_any()
    assert file is not None  # its faults would have been raised
    lesson = _Reader(file, name, base, faults).lesson()
    faults.raise_any()
    try:
        for number in range(len(lesson.worlds)):
            lesson.scenario(number)
    except ScenarioError as error:
        faults.take(f"{faults.file}: organization: {each}" for each in error.faults)
    runs = len(lesson.worlds) * len(lesson.policies) * lesson.replicates
    if runs > MOST_POINTS:
        rule = f"must come to {MOST_POINTS} runs at most (policies x sets of assumptions x replicates), got {runs}."
        faults.add("controls", f"{rule} Use fewer settings or replicates.")
    faults.raise_any()
    return lesson


def _find_scenario(name: object, folder: Path) -> Scenario:
    """The scenario of a lesson: by name, or a file beside the lesson's."""
    if isinstance(name, str) and name.endswith(".toml") and not Path(name).is_absolute():
        return Scenario.load(folder / name)
    return Scenario.load(name if isinstance(name, str) else "retail-bank")  # the schema refuses what is no text


class _Reader:
    """What the parts of a file mean together."""

    def __init__(self, file: LessonFile, name: str, base: Scenario, faults: Faults) -> None:
        self.file, self.name, self.base, self.faults = file, name, base, faults

    def lesson(self) -> Lesson:
        file = self.file
        controls = self._controls("controls", file.controls)
        assumptions = self._controls("assumptions", file.assumptions)
        self._different([each.name for each in (*file.controls, *file.assumptions)], "controls and assumptions")
        self._different([each.name for each in file.scenes], "scenes")
        for choice in CHOICES:
            if choice != file.prediction.answer and not getattr(file.prediction, choice).misconception:
                self.faults.add(
                    f"prediction.{choice}.misconception", "is missing. Say what somebody who chooses it may believe."
                )
        first = self._indices("a", file.a, controls)
        second = self._indices("b", file.b, controls)
        lesson = Lesson(
            name=self.name,
            base=self.base,
            world=file.world,
            weeks=file.weeks,
            replicates=file.replicates,
            policy_controls=controls,
            assumptions=assumptions,
            curves=tuple(self._curve(outcome) for outcome in file.curves),
            first=first,
            second=second,
            scenes=(),
            expected=file.prediction.answer,
            organization=file.organization,
            events=file.events,
            policy_weeks=file.policy_weeks,
            people=file.people,
            smooth=file.smooth,
            texts=self._texts(),
            words_of_curves={name: words.model_dump() for name, words in file.words.items()},
        )
        if lesson.world != "default" and not file.ships:
            self.faults.add("ships", "is missing. Say what differs in the scenario as it ships.")
        self._check_braces()
        if self.faults.messages:
            return lesson
        if not lesson.policy(second).resources:
            self.faults.add("b", "must buy something, since the question is about it. Choose other settings.")
        return replace(lesson, scenes=tuple(self._scene(scene, lesson) for scene in file.scenes))

    def _different(self, names: Sequence[str], place: str) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.faults.add(place, f"must have different names, got {show(name)} more than once. Rename one.")

    def _controls(self, place: str, tables: Iterable[ControlTable]) -> tuple[Control, ...]:
        found = []
        for table in tables:
            here = f"{place}.{table.name}"
            self._different([setting.label for setting in table.settings], f"{here}.settings")
            policy_side = place == "controls"
            for index, setting in enumerate(table.settings):
                wrong = (setting.parameters or setting.events) if policy_side else (
                    setting.amounts or setting.nothing or setting.weeks is not None or setting.times != 1.0
                )  # fmt: skip
                if wrong:
                    kind = "parameters and events" if policy_side else "amounts, times, weeks and nothing"
                    other = "assumptions" if policy_side else "controls"
                    self.faults.add(f"{here}.settings[{index}]", f"must not set {kind}. Those belong to [[{other}]].")
            settings = tuple(
                Setting(each.label, each.amounts, each.times, each.weeks, each.nothing, each.parameters, each.events)
                for each in table.settings
            )
            first = self._index(f"{here}.initial", table.initial, settings) if table.initial else 0
            found.append(Control(table.name, settings, first))
        return tuple(found)

    def _index(self, place: str, label: str, settings: Sequence[Setting]) -> int:
        labels = [setting.label for setting in settings]
        if label in labels:
            return labels.index(label)
        rule = f"must be the label of a setting, got {show(label)}."
        self.faults.refuse(place, rule, f"Labels: {', '.join(labels)}.", among(label, dict.fromkeys(labels, "")))
        return 0

    def _indices(
        self, place: str, labels: Mapping[str, str], controls: Sequence[Control], otherwise: Indices | None = None
    ) -> Indices:
        names = {control.name: "" for control in controls}
        for name in labels:
            if name not in names:
                self.faults.unknown(f"{place}.{name}", name, "a control", names, f"Known: {', '.join(names)}.")
        return tuple(
            self._index(f"{place}.{control.name}", labels[control.name], control.settings)
            if control.name in labels
            else (control.first if otherwise is None else otherwise[index])
            for index, control in enumerate(controls)
        )

    def _curve(self, outcome: str) -> Curve:
        percent = current().outcomes[outcome].unit in ("share", "index")
        return Curve(outcome, 0.001 if percent else 1.0, percent)

    def _scene(self, table: SceneTable, lesson: Lesson) -> Scene:
        here = f"scenes.{table.name}"
        curve = table.curve or lesson.curves[0].outcome
        first = self._indices(f"{here}.a", table.a, lesson.policy_controls, lesson.first)
        second = self._indices(f"{here}.b", table.b, lesson.policy_controls, lesson.second)
        assumptions = self._indices(f"{here}.assumptions", table.assumptions, lesson.assumptions)
        week = lesson.weeks - 1 if table.week is None else table.week
        drawn = [one.outcome for one in lesson.curves]
        if not (table.found or table.conjecture):
            self.faults.add(here, "must say where it comes from. Add found = ... or conjecture = ...")
        if table.ships and not lesson.ships:
            self.faults.add(f"{here}.ships", "must be false, since the lesson's world is the scenario as it ships.")

        def point(line: str, own_week: int | None, outcome: str, place: str) -> Point:
            if outcome and outcome not in drawn:
                self.faults.add(place, f"must be one of the lesson's curves, got {outcome}. Add it to curves.")
            at = own_week if own_week is not None else max(13, min(week + 1, lesson.weeks))
            return Point(line, at, outcome or curve)

        if curve not in drawn:
            self.faults.add(f"{here}.curve", f"must be one of the lesson's curves, got {curve}. Add it to curves.")
        claims = tuple(
            Claim(
                point(each.line, each.week, each.curve, f"{here}.claims[{index}].curve"),
                point(each.above, each.above_week if each.above_week is not None else each.week, each.curve, here),
                each.by,
            )
            for index, each in enumerate(table.claims)
        )
        figures = {
            name: Figure(
                point(each.line, each.week, each.curve, f"{here}.numbers.{name}.curve"),
                point(each.minus, each.minus_week if each.minus_week is not None else each.week, each.curve, here)
                if each.minus
                else None,
            )
            for name, each in table.numbers.items()
        }
        return Scene(table.name, curve, first, second, assumptions, week, table.runs, table.ships, claims, figures)

    def _check_braces(self) -> None:
        """Words in braces that are missing, or that nothing fills in."""
        file = self.file
        self._braces("plan", file.plan, {control.name for control in file.controls}, all_of_them=True)
        for control in file.assumptions:
            self._braces(f"assumptions.{control.name}.short", control.short, {"setting"}, all_of_them=True)
        for scene in file.scenes:
            self._braces(f"scenes.{scene.name}.text", scene.text, set(scene.numbers), all_of_them=True)
        for key in ("title", "setup", "question", "watch", "sandbox", "ships"):
            self._braces(key, getattr(file, key), set())

    def _braces(self, place: str, words: str, known: set[str], all_of_them: bool = False) -> None:
        found = set(BRACES.findall(words))
        for name in sorted(found - known):
            legal = (
                f"Known here: {', '.join(f'{{{each}}}' for each in sorted(known))}." if known else "None is known here."
            )
            self.faults.add(place, f"must not hold {{{name}}}, which nothing fills in. {legal}")
        for name in sorted(known - found) if all_of_them else ():
            self.faults.add(place, f"must hold {{{name}}}, which the page fills in. Add it.")

    def _texts(self) -> dict[str, Any]:
        """Texts of the lesson, by key, as the page and translations have them."""
        file = self.file

        def control(table: ControlTable) -> dict[str, Any]:
            return {
                "label": table.label,
                **({"short": table.short} if table.short else {}),
                "settings": [setting.label for setting in table.settings],
                "zones": [setting.zone for setting in table.settings],
            }

        return {
            "title": file.title,
            "setup": file.setup,
            "plan": file.plan,
            "question": file.question,
            "watch": file.watch,
            "sandbox": file.sandbox,
            "ships": file.ships,
            "choices": {choice: getattr(file.prediction, choice).text for choice in CHOICES},
            "misconceptions": {
                choice: getattr(file.prediction, choice).misconception
                for choice in CHOICES
                if choice != file.prediction.answer
            },
            "controls": {table.name: control(table) for table in (*file.controls, *file.assumptions)},
            "scenes": {
                scene.name: {
                    "title": scene.title,
                    "text": scene.text,
                    **({"found": scene.found} if scene.found else {}),
                    **({"conjecture": scene.conjecture} if scene.conjecture else {}),
                }
                for scene in file.scenes
            },
            "departments": {department.name: department.name for department in self.base.departments},
            "sheet": {
                "aim": file.sheet.aim,
                "trust": file.sheet.trust,
                "transfer": file.sheet.transfer,
                "try": list(file.sheet.suggestions),
                "references": list(file.sheet.references),
                "timing": [each.model_dump() for each in file.sheet.timing],
                "questions": [each.model_dump() for each in file.sheet.questions],
            },
        }
