"""What the file of a lesson may hold (``docs/lessons.md``). What its parts mean together is checked in ``loading.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from sim.lab.evidence_settings import evidence_settings
from sim.model.policies.policy import FrozenMapping
from sim.model.scenario import Event
from sim.model.scenario.events import EventTable
from sim.model.scenario.messages import show
from sim.model.scenario.policies import outcome_rule, read_policy
from sim.model.scenario.refusals import raise_any, refusal
from sim.model.scenario.rules import (
    LONGEST_RUN,
    Chosen,
    Rule,
    list_of,
    number,
    one_of,
    tables_of,
    text,
    week_rule,
    whole_rule,
)
from sim.model.scenario.tables import Context, Table
from sim.model.scenario.values import flatten, read_values
from sim.pages.lesson.answer import CHOICES
from sim.pages.lesson.lesson import START

SHADES = ("delivery", "salience", "cynicism", "energy", "value")
"""Columns of employees that may give people their shade."""

LONGEST_LESSON = 520
"""Weeks of a run at most, so that a page stays small."""

MOST_REPLICATES = 16
"""Runs of each point at most, for the same reason."""

_LONG = Annotated[str, text("text")]
_SHORT = Annotated[str, text("text of one line", 200, lines=False)]
_NAME = Rule(
    Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9_]{0,39}$")],
    "a key (lowercase letters, digits, underscores; at most 40)",
    hint="a key",
    remedy="Choose a key such as how_often.",
)
_KEY = Annotated[str, _NAME]
_CHOICE = Annotated[
    str, one_of(dict.fromkeys(CHOICES, ""), f"one of {', '.join(CHOICES)}", hint=f"one of {', '.join(CHOICES)}")
]
_LINES = ("a", "b", "a initial", "b initial")
_LINE = Annotated[str, one_of(dict.fromkeys(_LINES, ""), "a line of the scene", hint="a, b, a initial or b initial")]
_SWITCH = Annotated[bool, Rule(Annotated[bool, Field(strict=True)], "true or false", remedy="Write true or false.")]
_TIMES = Rule(
    number(ge=0, le=10), "a number", "0 to 10", remedy="Give a factor, such as 0.5.", hint="factor for amounts"
)
_BY = Rule(number(), "a number", remedy="Give a number in the unit of the outcome.", hint="number")
_TEXTS = Annotated[tuple[str, ...], list_of(text("a text"), "a list of texts", 'Write for example ["One.", "Two."].')]
_CONTROL_TO_LABEL = "table: control = label of a setting"
_LABELS = Annotated[
    Any,
    Rule(
        dict[str, Annotated[str, Field(strict=True)]],
        f"a {_CONTROL_TO_LABEL}",
        remedy='Write for example { speeches = "none" }.',
        hint=_CONTROL_TO_LABEL,
    ),
]
_SOURCES = Annotated[
    Any,
    Rule(
        Annotated[tuple[Annotated[str, text("a text")], ...], Field()],
        "a list of texts",
        hint="list of sources",
        remedy='Write for example ["Author (year). Title. Journal."].',
    ),
]


def _weeks_of_run(context: Context) -> Rule:
    return week_rule(START, context.weeks, f"13 weeks end there, and the run has {context.weeks} weeks")


def _week_of_run(context: Context) -> Rule:
    return week_rule(0, context.weeks - 1, f"the run has {context.weeks} weeks")


class SettingTable(Table):
    """One setting of a control."""

    NOUN = "a part of a setting"

    label: _SHORT
    zone: _SHORT = ""
    amounts: Annotated[Any, Rule(Any, "a table", hint="table: resource = amount")] = FrozenMapping()
    times: Annotated[float, _TIMES] = 1.0
    weeks: Annotated[int | None, week_rule(1, LONGEST_LESSON)] = None
    nothing: _SWITCH = False
    parameters: Annotated[Any, Rule(Any, "a table", hint='table: "parameter" = value')] = FrozenMapping()
    events: Annotated[tuple[Event, ...], tables_of(EventTable, lambda table: table.event, "list of events")] = ()

    @field_validator("amounts", mode="plain")
    @classmethod
    def _read_amounts(cls, raw: object, info: ValidationInfo[Context]) -> Mapping[str, float]:
        if not isinstance(raw, Mapping) or {"from", "until", "phases", "departments", "stop_when"} & raw.keys():
            raise refusal(f"must be a table of resources, got {show(raw)}.", "Write for example { speeches = 1.0 }.")
        return read_policy("amounts", raw, info.context).phases[0].amounts if raw else FrozenMapping()

    @field_validator("parameters", mode="plain")
    @classmethod
    def _read_parameters(cls, raw: object, info: ValidationInfo[Context]) -> Mapping[str, Any]:
        return read_parameters(raw, info.context)


def read_parameters(raw: object, context: Context) -> Mapping[str, Any]:
    """Values of parameters, dotted or in tables."""
    if not isinstance(raw, Mapping):
        raise refusal(f"must be a table, got {show(raw)}.", 'Write for example { "workload.baseline" = 1.1 }.')
    values, wrong = read_values(flatten(raw, context.known.parameters), context.known, context.parameters)
    raise_any(wrong)
    return FrozenMapping(values)


class ControlTable(Table):
    """A control: what the reader may set."""

    NOUN = "a part of a control"

    name: _KEY
    label: _SHORT
    short: _SHORT = ""
    initial: _SHORT = ""
    settings: Annotated[tuple[SettingTable, ...], tables_of(SettingTable, hint="list of settings")]


class ClaimTable(Table):
    """A claim: one line lies above another."""

    NOUN = "a part of a claim"

    curve: Annotated[str, Chosen(outcome_rule)] = ""
    line: _LINE
    week: Annotated[int | None, Chosen(_weeks_of_run)] = None
    above: _LINE
    above_week: Annotated[int | None, Chosen(_weeks_of_run)] = None
    by: Annotated[float, _BY] = 0.0


class FigureTable(Table):
    """A number in a text, taken from the runs."""

    NOUN = "a part of a number"

    curve: Annotated[str, Chosen(outcome_rule)] = ""
    line: _LINE
    week: Annotated[int | None, Chosen(_weeks_of_run)] = None
    minus: Annotated[str, one_of(dict.fromkeys(_LINES, ""), "a line of the scene", hint="a line of the scene")] = ""
    minus_week: Annotated[int | None, Chosen(_weeks_of_run)] = None


class SceneTable(Table):
    """A scene: a picture of the explanation, and its words."""

    NOUN = "a part of a scene"

    name: _KEY
    title: _SHORT
    text: _LONG
    found: Annotated[str, text("text: what studies have found, with source")] = ""
    conjecture: Annotated[str, text("text: what is this model's conjecture")] = ""
    curve: Annotated[str, Chosen(outcome_rule)] = ""
    week: Annotated[int | None, Chosen(_week_of_run)] = None
    a: _LABELS = FrozenMapping()
    b: _LABELS = FrozenMapping()
    assumptions: _LABELS = FrozenMapping()
    runs: _SWITCH = False
    ships: _SWITCH = False
    claims: Annotated[tuple[ClaimTable, ...], tables_of(ClaimTable, hint="list of claims")] = ()
    numbers: Annotated[Mapping[str, FigureTable], Rule(dict[str, FigureTable], "tables of numbers", hint="tables: number by name",
                       remedy='Write for example numbers.left = { line = "b" }.')] = FrozenMapping()  # fmt: skip


class ChoiceTable(Table):
    """One of the four answers that are offered."""

    NOUN = "a part of a choice"

    text: _SHORT
    misconception: Annotated[str, text("text: what somebody may think who chooses this, and why it is not so")] = ""


class PredictionTable(Table):
    """The question's four answers, and the one that the runs are expected to show."""

    NOUN = "a part of the prediction"

    answer: _CHOICE
    nothing: ChoiceTable
    fades: ChoiceTable
    below: ChoiceTable
    holds: ChoiceTable


class TimingTable(Table):
    """A line of the timetable."""

    NOUN = "a part of the timetable"

    minutes: _SHORT
    what: _LONG


class QuestionTable(Table):
    """A question for the class, with its answer."""

    NOUN = "a part of a question"

    ask: _LONG
    answer: _LONG


class SheetTable(Table):
    """The teacher's sheet."""

    NOUN = "a part of the sheet"

    aim: _LONG
    trust: _LONG
    transfer: _LONG
    suggestions: _TEXTS = Field(alias="try")
    references: _SOURCES = ()
    timing: Annotated[tuple[TimingTable, ...], tables_of(TimingTable, hint="list of tables")]
    questions: Annotated[tuple[QuestionTable, ...], tables_of(QuestionTable, hint="list of tables")]


class CurveTable(Table):
    """Words of a curve that the package has none for, or other ones."""

    NOUN = "a part of a curve"

    title: _SHORT
    short: _SHORT
    about: _LONG


class LessonFile(Table):
    """A whole lesson. Fields are read from the first to the last; the scenario has been read before."""

    NOUN = "a part of a lesson"

    scenario: Annotated[str, text("name of a scenario that ships, or a TOML file", 1000)] = "retail-bank"
    weeks: Annotated[int, week_rule(3 * START, LONGEST_LESSON)]
    world: Annotated[
        str, one_of(dict.fromkeys(evidence_settings(), ""), f"one of {', '.join(evidence_settings())}", hint="setting")
    ] = "isolated"
    replicates: Annotated[int, whole_rule(1, MOST_REPLICATES)] = 4
    title: _SHORT
    about: _LONG
    notice: Annotated[str, text("text: what to notice")] = ""
    suggestion: Annotated[str, text("text: what to try")] = Field("", alias="try")
    setup: _LONG
    plan: _SHORT
    question: _LONG
    watch: _LONG
    sandbox: _LONG
    ships: Annotated[str, text("text: what differs in the scenario as it ships")] = ""
    curves: Annotated[
        tuple[str, ...],
        Chosen(lambda context: list_of(outcome_rule(context), "a list of weekly outcomes",
               "`centricity list outcomes` shows all of them.", "list of weekly outcomes")),
    ]  # fmt: skip
    people: Annotated[
        str, one_of(dict.fromkeys(SHADES, ""), f"one of {', '.join(SHADES)}", hint="column of employees")
    ] = "delivery"
    smooth: _SWITCH = False
    policy_weeks: Annotated[int | None, week_rule(1, LONGEST_LESSON)] = None
    organization: Annotated[Any, Rule(Any, "a table", hint='table: "parameter" = value')] = FrozenMapping()
    events: Annotated[tuple[Event, ...], tables_of(EventTable, lambda table: table.event, "list of events")] = ()
    controls: Annotated[tuple[ControlTable, ...], tables_of(ControlTable, hint="list of controls")]
    assumptions: Annotated[tuple[ControlTable, ...], tables_of(ControlTable, hint="list of assumptions")]
    a: _LABELS
    b: _LABELS
    prediction: PredictionTable
    scenes: Annotated[tuple[SceneTable, ...], tables_of(SceneTable, hint="list of scenes")]
    words: Annotated[Mapping[str, CurveTable], Rule(dict[str, CurveTable], "tables of curves", hint="tables: words of curves",
                     remedy="Write [words.OUTCOME] with title, short and about.")] = FrozenMapping()  # fmt: skip
    sheet: SheetTable

    @field_validator("weeks")
    @classmethod
    def _keep_weeks(cls, weeks: int, info: ValidationInfo[Context]) -> int:
        info.context.weeks = min(weeks, LONGEST_RUN)
        return weeks

    @field_validator("organization", mode="plain")
    @classmethod
    def _read_organization(cls, raw: object, info: ValidationInfo[Context]) -> Mapping[str, Any]:
        return read_parameters(raw, info.context)
