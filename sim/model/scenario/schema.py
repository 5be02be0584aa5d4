"""What a scenario file may hold, and what an override may change.

A file may leave out everything but its departments; parameters take the defaults of the registry. Departments have no
default, since a scenario is about how customers and power are spread over them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import NO_POLICY, NONE, FrozenMapping, Policy
from sim.model.scenario.departments import Department, DepartmentTable, check_departments, names_of
from sim.model.scenario.events import Event, EventTable
from sim.model.scenario.messages import Faults, show
from sim.model.scenario.policies import fitting, missing_policy, read_policy
from sim.model.scenario.refusals import Refusals, all_of, raise_any, read, refusal, sort_out
from sim.model.scenario.rules import CURRENCY, LONGEST_RUN, NAME, list_of, one_of, tables_of, text, week_rule
from sim.model.scenario.solving import HORIZON, beyond_run, complete, follow_run
from sim.model.scenario.suggestions import namesake
from sim.model.scenario.tables import Context, Table
from sim.model.scenario.values import SCENARIO_KEYS, STRUCTURE, flatten, read_ranges, read_values, sections

WEEKS = 260
"""Weeks of a run unless the file says otherwise: five years."""

HEADLINE_POLICIES = ("none", "symbolic", "procedural", "value-driven", "symbolic-then-value-driven")
"""Policies that are compared when neither the file nor the user names any."""

OBJECTIVES = (
    "organization_value",
    "customer_value",
    "net_present_value",
    "customer_lifetime_value",
    "enacted_change",
    "lift_at_end",
    "lift_later",
    "practicing_lift_at_end",
    "practicing_lift_later",
    "reach",
    "attitudinal_loyalty_change",
    "retention_annual",
    "retention_change",
    "satisfaction_change",
    "trust_change",
    "revealed",
)
"""Measures that can be an objective: every single run has one, and more is better."""

RUN = week_rule(1, LONGEST_RUN)
"""Rule for the length of a run."""

OBJECTIVE = one_of(
    dict.fromkeys(OBJECTIVES, ""),
    "a measure to maximize",
    "`centricity list measures` shows them.",
    "measure to maximize, default organization_value",
)
"""Rule for the measure that decides which policy is best."""

TO_COMPARE = list_of(NAME, "a list of policy names", 'Write for example ["none", "symbolic"].', "list of names")
"""Rule for the policies that are compared unless the user names others."""


class ScenarioFile(Table):
    """A whole scenario file. Fields are read from the first to the last; later ones may use earlier ones."""

    NOUN = "a part of a scenario"
    OTHERWISE = f"Known: {', '.join([*SCENARIO_KEYS, *STRUCTURE])}, and the tables of `centricity list parameters`."
    REST = "parameters"

    name: Annotated[str, NAME] = ""
    about: Annotated[str, text("text: what the scenario is about")] = ""
    notice: Annotated[str, text("text: what to notice")] = ""
    suggestion: Annotated[str, text("text: what to try")] = Field("", alias="try")
    currency: Annotated[str, CURRENCY] = "EUR"
    weeks: Annotated[int, RUN] = Field(WEEKS, validate_default=True)
    objective: Annotated[str, OBJECTIVE] = "organization_value"
    parameters: Mapping[str, ParameterValue]
    departments: Annotated[tuple[Department, ...], tables_of(DepartmentTable, attrgetter("department"))]
    policies: Mapping[str, Policy] = Field({}, validate_default=True)
    default_policies: Annotated[tuple[str, ...], TO_COMPARE] = Field(HEADLINE_POLICIES, validate_default=True)
    events: Annotated[tuple[Event, ...], tables_of(EventTable, attrgetter("event"))] = ()
    futures: Mapping[str, Mapping[str, ParameterValue]] = FrozenMapping()
    plausible: Mapping[str, tuple[float, float]] = FrozenMapping()

    @classmethod
    def hints(cls, context: Context) -> dict[str, str]:
        """Sections of parameters are legal keys too."""
        return {**super().hints(context), **STRUCTURE, **sections(context.known)}

    @classmethod
    def missing(cls, key: str, context: Context) -> PydanticCustomError:
        """Only departments have no default."""
        example = '[[departments]] with name = "everyone", share = 1.0, facing = 0.5, power = 1.0'
        return refusal("are missing.", f"Write for example {example}.")

    @field_validator("weeks")
    @classmethod
    def _keep_weeks(cls, weeks: int, info: ValidationInfo[Context]) -> int:
        info.context.weeks = weeks
        return weeks

    @field_validator("parameters", mode="plain")
    @classmethod
    def _read_sections(cls, raw: dict[str, Any], info: ValidationInfo[Context]) -> Mapping[str, ParameterValue]:
        """Every parameter of the registry: the value in the file if there is one, else the default."""
        context = info.context
        parameters, tables = context.known.parameters, sections(context.known)
        _, wrong = sort_out(raw.items(), lambda key, value: _check_section(key, value, tables, context))
        given = {key: value for key, value in raw.items() if key in tables and isinstance(value, Mapping)}
        defaults = {name: parameter.default for name, parameter in parameters.items()}
        values, more = read_values(flatten(given, parameters), context.known, defaults)
        more += [((name,), refusal(rule, remedy)) for name, rule, remedy in beyond_run(values, context.weeks)]
        follows = {} if HORIZON in values else follow_run(defaults, None, context.weeks)
        context.parameters = FrozenMapping({**defaults, **values, **follows})
        raise_any(wrong + more)
        context.parameters = complete(context.parameters)
        return context.parameters

    @field_validator("departments", mode="wrap")
    @classmethod
    def _compare_departments(cls, raw: object, check: Callable[[object], Any], info: ValidationInfo[Context]) -> Any:
        info.context.departments = names_of(raw)
        return all_of(lambda: check(raw), lambda: check_departments(raw))[0]

    @field_validator("policies", mode="plain")
    @classmethod
    def _read_policies(cls, raw: object, info: ValidationInfo[Context]) -> Mapping[str, Policy]:
        """Shipped policies that fit the departments, the file's own policies, and ``none``."""
        context = info.context
        if not isinstance(raw, Mapping):
            raise refusal(f"must be tables, got {show(raw)}.", "Write [policies.NAME] above the resources of each.")
        tables = {str(name): table for name, table in raw.items()}
        context.own_policies = tuple(tables)
        own, wrong = sort_out(tables.items(), lambda name, table: read_policy(name, table, context))
        raise_any(wrong)
        return FrozenMapping({**fitting(context.shipped, context.departments), **own, NO_POLICY: NONE})

    @field_validator("default_policies", mode="plain")
    @classmethod
    def _find_policies(cls, raw: object, info: ValidationInfo[Context]) -> tuple[str, ...]:
        """Policies to compare: those that the file names, else the headline policies and the file's own."""
        context = info.context
        policies = dict.fromkeys((*fitting(context.shipped, context.departments), *context.own_policies, NO_POLICY))
        if raw is HEADLINE_POLICIES:
            return tuple(
                dict.fromkeys([*(name for name in HEADLINE_POLICIES if name in policies), *context.own_policies])
            )
        names: tuple[str, ...] = TO_COMPARE.adapter.validate_python(raw)
        rule = "must be a policy of the scenario, got {}."
        wrong: Refusals = [
            ((index,), missing_policy(name, policies, context.shipped, rule.format(show(name))))
            for index, name in enumerate(names)
            if name not in policies
        ]
        raise_any(wrong)
        return names

    @field_validator("events")
    @classmethod
    def _sort_events(cls, events: tuple[Event, ...]) -> tuple[Event, ...]:
        """Events in the order of their weeks. Within a week they keep the order of the file."""
        return tuple(sorted(events, key=lambda event: event.week))

    @field_validator("futures", mode="plain")
    @classmethod
    def _read_futures(cls, raw: object, info: ValidationInfo[Context]) -> Mapping[str, Mapping[str, ParameterValue]]:
        if not isinstance(raw, Mapping):
            raise refusal(f"must be tables, got {show(raw)}.", "Write [futures.NAME] above the parameters of each.")
        futures, wrong = sort_out(raw.items(), lambda name, table: _read_future(name, table, info.context))
        raise_any(wrong)
        return FrozenMapping(futures)

    @field_validator("plausible", mode="plain")
    @classmethod
    def _read_plausible(cls, raw: object, info: ValidationInfo[Context]) -> Mapping[str, tuple[float, float]]:
        """Ranges in which the values of this organization lie, in place of those that the registry declares."""
        if not isinstance(raw, Mapping):
            example = 'Write [plausible] and below it, for example, "employees.turnover" = [0.01, 0.03].'
            raise refusal(f"must be a table of ranges, got {show(raw)}.", example)
        known = info.context.known
        ranges, wrong = read_ranges(flatten(raw, known.parameters), known, info.context.parameters)
        raise_any(wrong)
        return FrozenMapping(ranges)


def _check_section(key: str, value: object, tables: Mapping[str, str], context: Context) -> None:
    """Refuse a key without meaning, and a section that is not a table."""
    if key in tables:
        if not isinstance(value, Mapping):
            raise refusal(f"must be a table, got {show(value)}.", "Write [{place}] and its parameters below it.")
        return
    bare = None if isinstance(value, Mapping) else namesake(key, context.known.parameters)
    if bare is None:
        raise ScenarioFile.unknown(key, context)
    section, _, last = bare.partition(".")
    raise refusal("is not a part of a scenario.", f"Did you mean {last} in the table [{section}]?")


def _read_future(name: str, table: object, context: Context) -> Mapping[str, ParameterValue]:
    """A future: values that differ from the scenario's own."""

    def read_table() -> dict[str, ParameterValue]:
        if not isinstance(table, Mapping) or not table:
            example = 'Write "employees.turnover" = 0.04.'
            raise refusal(f"must be a table of parameters, got {show(table)}.", example)
        values, wrong = read_values(flatten(table, context.known.parameters), context.known, context.parameters)
        wrong += [((name,), refusal(rule, remedy)) for name, rule, remedy in beyond_run(values, context.weeks)]
        raise_any(wrong)
        return values

    return FrozenMapping(all_of(lambda: NAME.adapter.validate_python(name), read_table)[1])


def read_scenario(raw: Mapping[str, Any], file: str, context: Context) -> ScenarioFile:
    """The scenario in a table, checked and complete.

    Args:
        raw: The table, as TOML or JSON gives it.
        file: First part of every message.
        context: The registry, and the policies that every scenario has.

    Raises:
        ScenarioError: With every fault of the table.
    """
    faults = Faults(file)
    if not raw:
        faults.add("the file", "is empty. Start from a copy of one that ships; `centricity list scenarios` names them.")
        faults.raise_any()
    scenario = read(partial(ScenarioFile.model_validate, context=context), raw, "", faults)
    faults.raise_any()
    assert scenario is not None  # its faults would have been raised
    return scenario


class Override(Table):
    """Values that replace a scenario's own: parameters by dotted name, and two settings."""

    NOUN = "a parameter"
    REST = "parameters"

    weeks: Annotated[int, RUN] = WEEKS
    objective: Annotated[str, OBJECTIVE] = ""
    parameters: dict[str, ParameterValue]

    @field_validator("parameters", mode="plain")
    @classmethod
    def _read_values(cls, flat: dict[str, Any], info: ValidationInfo[Context]) -> dict[str, ParameterValue]:
        values, wrong = read_values(flat, info.context.known, info.context.parameters, info.context.present)
        raise_any(wrong)
        return values

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that it replaces."""
        return {name: getattr(self, name) for name in ("weeks", "objective") if name in self.model_fields_set}
