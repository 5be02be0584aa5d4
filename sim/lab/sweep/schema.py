"""What an experiment file may hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from sim.analysis.metrics import WHERE_LISTED
from sim.lab.comparison_plan import LARGEST_SEED, MOST_REPLICATES
from sim.lab.sweep.context import KEPT, NAMES, ExperimentContext, count_rule, not_among, part, read_factors, read_tables
from sim.lab.sweep.experiment import AS_DESCRIBED, BY_ROW, SHARED, Design, PlannedEvent, Until, Window
from sim.lab.sweep.read_designs import SWITCH, count_points, read_designs
from sim.lab.sweep.read_factors import EventTable, LeverTable, UncertaintyTable
from sim.model.policies.policy import FrozenMapping, Policy
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import show
from sim.model.scenario.policies import outcome_rule, read_policy
from sim.model.scenario.refusals import Refusals, at, attempt, raise_any, refusal, repeated, sort_out
from sim.model.scenario.rules import (
    LONGEST_RUN,
    NAME,
    Chosen,
    Rule,
    list_of,
    number,
    one_of,
    text,
    week_rule,
)
from sim.model.scenario.schema import Override
from sim.model.scenario.shipped import files
from sim.model.scenario.suggestions import among
from sim.model.scenario.tables import Context, Table
from sim.model.scenario.values import flatten

POINT_COLUMNS = ("point", "world", "design", "row", "label", "future", "policy")
"""Columns of the table of points that no factor may be called."""

RUN_COLUMNS = ("replicate", "seed", "status", "error", "sponsorship_start", "sponsorship_end", "permanent", "seconds", "machine",
         "traceback", *POINT_COLUMNS, *KEPT)  # fmt: skip
"""Columns of the table of runs that no window may be called."""

TIME_LIMIT = 3600.0
"""Seconds that a run may take unless the file says otherwise."""

AMOUNT = Rule(number(), "a number", "", "a number", "Give a number, in the unit of the outcome.")

POSITIVE = Rule(number(gt=0), "a number", "above 0", "a number above 0", "Give a number above 0.")

_OUTCOMES = "`centricity list outcomes` shows all of them."

_METRIC = one_of(dict.fromkeys(KEPT, ""), "a measure of single runs", WHERE_LISTED, "a measure of single runs")

_KEEP = list_of(_METRIC, "a list of measures of single runs", WHERE_LISTED, "list of measures")

_CHECKS = list_of(
    count_rule(2, MOST_REPLICATES, "replicates"), "a list of numbers of replicates", "Write for example [8, 16, 32].",
    "list of numbers of replicates",
)  # fmt: skip


def _is_kept(name: str, info: ValidationInfo[ExperimentContext], rule: str = "must be an outcome that is kept") -> str:
    """Refuse the name of an outcome that is not kept."""
    outcomes = dict.fromkeys(info.context.outcomes, "")
    if name not in outcomes:
        raise refusal(f"{rule}, got {show(name)}.", "", among(name, outcomes))
    return name


KeptOutcome = Annotated[str, NAME, AfterValidator(_is_kept)]


class UntilTable(Table):
    """The table ``[until]``."""

    NOUN = "a setting of until"

    metric: KeptOutcome
    half_width: Annotated[float, POSITIVE]
    most: Annotated[int, count_rule(2, MOST_REPLICATES, "most replicates")] = Field(alias="max")
    check_at: Annotated[tuple[int, ...], _CHECKS] = (8, 16, 32)

    @field_validator("check_at")
    @classmethod
    def _rise_to_max(cls, checks: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        wrong: Refusals = []
        if list(checks) != sorted(checks):
            wrong.append(at("", "must rise, since later looks see more replicates.", "Sort them."))
        most = info.data.get("most")
        if most is not None and max(checks) > most:
            wrong.append(at("", f"must not go beyond max ({most}), got {max(checks)}.", "Raise max."))
        raise_any(wrong)
        return checks

    @property
    def until(self) -> Until:
        """What the table stands for."""
        return Until(self.metric, self.half_width, tuple(each for each in self.check_at if each < self.most), self.most)


class WeeklyTable(Table):
    """The table ``[weekly]``."""

    NOUN = "a setting of weekly"

    outcomes: Annotated[
        tuple[str, ...],
        Chosen(lambda context: list_of(outcome_rule(context), "a list of weekly outcomes", _OUTCOMES, "list of weekly outcomes")),
    ]  # fmt: skip
    every: Annotated[int, week_rule(1, LONGEST_RUN)] = 1


class WindowTable(Table):
    """A table ``[[windows]]``."""

    NOUN = "a setting of a window"

    name: Annotated[str, NAME]
    outcome: Annotated[str, Chosen(outcome_rule)]
    start: Annotated[
        int, Chosen(lambda context: week_rule(0, context.weeks - 1, f"the run has {context.weeks} weeks"))
    ] = Field(0, alias="from")
    end: Annotated[
        int | None, Chosen(lambda context: week_rule(1, context.weeks, f"the run has {context.weeks} weeks"))
    ] = Field(None, alias="until")

    @field_validator("end")
    @classmethod
    def _after_the_start(cls, end: int, info: ValidationInfo) -> int:
        start = info.data.get("start", 0)
        if end <= start:
            raise refusal(f"must be later than from ({start}), got {end}.", "Give a later week.")
        return end


_TIME_LIMIT = Rule(number(gt=0), "a number", "above 0 (seconds a run)", "seconds a run", "Give seconds.")

_SEEDS = one_of(dict.fromkeys((SHARED, BY_ROW), ""), f"{SHARED} or {BY_ROW}", hint=f"{SHARED} or {BY_ROW}")

_UNTIL = Rule(UntilTable, "a table", hint="table: when a point has replicates enough")

_NO_FUTURES: tuple[str, ...] = ()


class ExperimentFile(Table):
    """A whole experiment file. Fields are read from the first to the last; later ones may use earlier ones."""

    NOUN = "a part of an experiment"
    REST = "together"

    name: Annotated[str, NAME] = ""
    about: Annotated[str, text("text: what the experiment is about")] = ""
    notice: Annotated[str, text("text: what to notice")] = ""
    suggestion: Annotated[str, text("text: what to try")] = Field("", alias="try")
    claim: Annotated[str, text("text: what it is meant to show or refute")] = ""
    time_limit: Annotated[float, _TIME_LIMIT] = TIME_LIMIT
    seed: Annotated[int, count_rule(0, LARGEST_SEED, "seed of all random numbers")] = 1
    seeds: Annotated[str, _SEEDS] = SHARED
    scenario: Annotated[str, text("name of a scenario that ships, or a TOML file", 1000)]
    scenario_events: Annotated[bool, SWITCH] = True
    weeks: Annotated[int | None, week_rule(1, LONGEST_RUN, remedy="Leave it out for the scenario's own length.")] = None
    fixed: Annotated[Any, part("table of parameters that are the same everywhere")] = Field(
        FrozenMapping(), alias="set", validate_default=True
    )
    policies: Annotated[tuple[str, ...] | None, NAMES] = None
    own_policies: Annotated[Any, part("tables [bundles.NAME] of the experiment's own policies")] = Field(
        FrozenMapping(), alias="bundles", validate_default=True
    )
    keep: Annotated[tuple[str, ...], _KEEP] = KEPT
    windows: Annotated[tuple[Window, ...], part("list of tables [[windows]]: means over some weeks")] = Field(
        (), validate_default=True
    )
    weekly: Annotated[WeeklyTable | None, Rule(WeeklyTable, "a table", hint="table: weekly outcomes to keep")] = None
    uncertainties: Annotated[Any, part("list of tables [[uncertainties]]")] = ()
    levers: Annotated[Any, part("list of tables [[levers]]")] = ()
    planned_events: Annotated[tuple[PlannedEvent, ...], part("list of tables [[shocks]]")] = Field((), alias="shocks")
    futures: Annotated[tuple[str, ...], NAMES] = Field(_NO_FUTURES, validate_default=True)
    designs: Annotated[tuple[Design, ...], part("list of tables [[designs]]")]
    objective: KeptOutcome = ""
    targets: Annotated[Mapping[str, float], part("table: what is good enough, outcome = value")] = FrozenMapping()
    replicates: Annotated[int | None, count_rule(1, MOST_REPLICATES, "replicates at every point")] = None
    until: Annotated[UntilTable | None, _UNTIL] = None
    budget: Annotated[int | None, count_rule(1, 10**9, "most runs in all")] = None
    together: None

    @field_validator("fixed", mode="plain")
    @classmethod
    def _load_scenario(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> None:
        """Load the scenario and put in all that is fixed."""
        context, weeks = info.context, info.data.get("weeks")
        scenario = _find_scenario(info.data["scenario"], context) if "scenario" in info.data else None
        values = flatten(raw, context.known.parameters) if isinstance(raw, Mapping) else {}
        beside = Context(context.known, parameters={} if scenario is None else scenario.parameters)
        _, wrong = attempt(lambda: Override.model_validate(values, context=beside))
        if not isinstance(raw, Mapping):
            example = 'Write [set] and "employees.number" = 100 below it.'
            wrong.append(at("", f"must be a table, got {show(raw)}.", example))
        if scenario is not None:
            length: dict[str, object] = {} if weeks is None else {"weeks": weeks}
            changes: tuple[Callable[[Scenario], Scenario], ...] = (
                lambda old: old.override(length, context.known),
                lambda old: old if wrong else old.override(values, context.known),
                lambda old: old.assign(context.assignments, context.known),
            )
            for change in changes:
                try:
                    scenario = change(scenario)
                except ScenarioError as error:
                    context.faults.take(error.faults)
            context.departments = [department.name for department in scenario.departments]
            context.parameters = scenario.parameters
        context.scenario = scenario
        context.weeks = scenario.weeks if scenario is not None else weeks or LONGEST_RUN
        raise_any(wrong)

    @field_validator("own_policies", mode="plain")
    @classmethod
    def _read_policies(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> None:
        """Policies of the experiment, in the order of the file: its own, and those of the scenario."""
        context = info.context
        tables = {str(name): table for name, table in raw.items()} if isinstance(raw, Mapping) else {}
        own, wrong = sort_out(tables.items(), lambda name, table: read_policy(name, table, context))
        if not isinstance(raw, Mapping):
            remedy = "Write [bundles.NAME] above the resources of each."
            wrong.append(at("", f"must be tables, got {show(raw)}.", remedy))
        scenario, names = context.scenario, info.data.get("policies")
        if scenario is not None:
            names = names or tuple(dict.fromkeys((*scenario.default_policies, *own)))
            context.policies = _find_policies(names, tables, own, scenario, context)
            context.policy_names = names
        remedy = "Add it to policies, or remove it."
        wrong += [at(name, "is not used.", remedy) for name in own if names is not None and name not in names]
        raise_any(wrong)

    @field_validator("windows", mode="plain")
    @classmethod
    def _read_windows(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> tuple[Window, ...]:
        context = info.context
        named = [table.get("name") for table in raw if isinstance(table, Mapping)] if isinstance(raw, list) else []
        names = [name for name in named if isinstance(name, str)]
        context.outcomes = (*info.data.get("keep", KEPT), *names)
        if raw == ():
            return ()
        tables, wrong = read_tables(raw, lambda table: WindowTable.model_validate(table, context=context))
        for name, times in Counter(names).items():
            if times > 1 or name in RUN_COLUMNS:
                wrong.append(at("", f"must have names that no other column has, got {show(name)}.", "Rename it."))
        raise_any(wrong)
        return tuple(
            Window(each.name, each.outcome, each.start, context.weeks if each.end is None else each.end)
            for each in tables.values()
        )

    @field_validator("uncertainties", "levers", mode="plain")
    @classmethod
    def _read_factors(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> None:
        context = info.context
        model = UncertaintyTable if info.field_name == "uncertainties" else LeverTable
        read_factors(raw, lambda table: model.model_validate(table, context=context), context)

    @field_validator("planned_events", mode="plain")
    @classmethod
    def _read_events(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> tuple[PlannedEvent, ...]:
        context = info.context
        tables = read_factors(raw, lambda table: EventTable.model_validate(table, context=context), context)
        events = tuple(table.planned for table in tables)
        raise_any(repeated((event.name for event in events), "Add name = ..."))
        return events

    @field_validator("futures", mode="plain")
    @classmethod
    def _find_futures(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> tuple[str, ...]:
        """The scenario as described, and the futures that the file names."""
        context = info.context
        names: tuple[str, ...] = raw if raw is _NO_FUTURES else NAMES.adapter.validate_python(raw)
        if context.scenario is not None:
            rule = f"must be futures of {context.scenario.name}"
            raise_any(not_among(names, context.scenario.futures, rule, "It has none."))
        context.futures = (AS_DESCRIBED, *names)
        return context.futures

    @field_validator("designs", mode="plain")
    @classmethod
    def _read_designs(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> tuple[Design, ...]:
        return read_designs(raw, info.data.get("seed", 1), info.context)

    @field_validator("targets", mode="plain")
    @classmethod
    def _read_targets(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> Mapping[str, float]:
        context = info.context
        if not isinstance(raw, Mapping):
            remedy = f"Write [targets] and {context.outcomes[0]} = 0.1 below it."
            raise refusal(f"must be a table, got {show(raw)}.", remedy)
        targets, wrong = sort_out(raw.items(), lambda _, value: AMOUNT.adapter.validate_python(value))
        for name in raw:
            _, more = attempt(partial(_is_kept, str(name), info, "must be of outcomes that are kept"))
            wrong += more
        raise_any(wrong)
        return FrozenMapping(targets)

    @field_validator("together", mode="plain")
    @classmethod
    def _compare(cls, rest: dict[str, Any], info: ValidationInfo[ExperimentContext]) -> None:
        """Check what concerns several parts of the file."""
        context = info.context
        wrong = [*_clashes(context), *_number_of_replicates(info.data)]
        legal = {"uncertainties", "levers", "planned_events", "futures", "designs", "replicates", "until", "budget"}
        if not wrong and legal <= info.data.keys() and context.policy_names is not None:
            wrong += _beyond_budget(info.data, context)
        raise_any([*cls.strangers(rest, context), *wrong])

    @property
    def number_of_replicates(self) -> int | Until:
        """Number of replicates, or the rule for when to stop."""
        return _replicates(self.replicates, self.until)


def _replicates(number: int | None, until: UntilTable | None) -> int | Until:
    if until is not None:
        return until.until
    assert number is not None  # else the file would have been refused
    return number


def _find_scenario(wanted: str, context: ExperimentContext) -> Scenario | None:
    """The scenario of an experiment; faults of its own file are reported under its name."""
    beside = context.folder / wanted
    try:
        return Scenario.load(beside if wanted not in files("scenarios") and beside.is_file() else wanted, context.known)
    except ScenarioError as error:
        context.faults.take(error.faults)
        return None


def _find_policies(
    names: tuple[str, ...],
    tables: Mapping[str, Any],
    own: Mapping[str, Policy],
    scenario: Scenario,
    context: ExperimentContext,
) -> dict[str, Policy]:
    """Policies by name: the experiment's own that are legal, and those of the scenario."""
    found: dict[str, Policy] = {}
    for name in names:
        if name in tables:
            found |= {name: own[name]} if name in own else {}
            continue
        try:
            found[name] = scenario.policy(name, context.known)
        except ScenarioError as error:
            context.faults.take(f"{context.faults.file}: policies: {fault}" for fault in error.faults)
    return found


def _clashes(context: ExperimentContext) -> Refusals:
    """Refusals of names that mean two things. Their place is the name."""
    wrong: Refusals = []
    for name, times in Counter(factor.name for factor in context.varied).items():
        if times > 1:
            remedy = "Remove one of them, or give levers and shocks a name = ... each."
            wrong.append(at(name, "varies more than once.", remedy))
        if name in POINT_COLUMNS:
            rule = f"cannot be the name of what varies: a column is called {name}."
            wrong.append(at(name, rule, "Give it another name."))
    futures = {} if context.scenario is None else context.scenario.futures
    for future in (context.futures or ())[1:]:
        for name in sorted(futures.get(future, {}).keys() & context.factors.keys()):
            wrong.append(at(name, f"is uncertain and set by the future {future} as well.", "Remove one of them."))
    return wrong


def _number_of_replicates(data: Mapping[str, Any]) -> Refusals:
    """Refuse a file with no number of replicates, or with two."""
    number, until = (key not in data or data[key] is not None for key in ("replicates", "until"))
    if number and until:
        return [at("replicates", "must not stand beside the table [until].", "Remove one of them.")]
    return [] if number or until else [at("replicates", "is missing.", "Add replicates = 10, or a table [until].")]


def _beyond_budget(data: Mapping[str, Any], context: ExperimentContext) -> Refusals:
    """Refuse more runs than the budget allows."""
    budget, first = data["budget"], _replicates(data["replicates"], data["until"])
    number = first if isinstance(first, int) else min((*first.check_at, first.most))
    points = count_points(data["designs"], context)
    if budget is None or points * number <= budget:
        return []
    rule = f"must be at least {points * number} runs ({points} points x {number} replicates), got {budget}."
    return [at("budget", rule, "Raise it, or make the designs smaller.")]
