"""Tables of an experiment file about what varies: uncertainties, levers and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import ValidationInfo, field_validator
from pydantic.fields import FieldInfo

from sim.lab.plausible import ranged_parameters, unknown_parameters
from sim.lab.sweep.context import NAMES, ExperimentContext, part
from sim.lab.sweep.experiment import Factor, PlannedEvent
from sim.lab.sweep.levers import GENERAL, describe_lever, describe_threshold, reason_against_lever
from sim.model.events import EventKind
from sim.model.kernel.parameters import Parameter, ParameterType, ParameterValue, Tier
from sim.model.policies.policy import NO_POLICY, FrozenMapping
from sim.model.scenario.events import kind_rule, week_of_event
from sim.model.scenario.messages import number_in_words, show
from sim.model.scenario.refusals import Refusals, all_of, at, attempt, joined, raise_any, refusal, sort_out
from sim.model.scenario.rules import (
    NAME,
    Chosen,
    Rule,
    departments_rule,
    number,
    one_of,
    parameter_rule,
    range_in_words,
    text,
    whole_number,
)
from sim.model.scenario.suggestions import among
from sim.model.scenario.tables import Context, Table
from sim.model.scenario.values import suggest_parameter

HAPPENS = "happens"
"""Field of an event that says whether it happens at all."""

_TIER = Tier.CONJECTURE

_NUMBER = Rule(number(), "a number")


@dataclass(frozen=True, slots=True)
class _Range:
    """Where the values of a factor come from."""

    low: float | None = None
    high: float | None = None
    values: tuple[ParameterValue, ...] = ()
    log: bool = False

    @property
    def lowest(self) -> float | None:
        """Lowest value; ``None`` if it is not known."""
        return min((float(value) for value in self.values), default=self.low)


class RangeTable(Table):
    """A table with a range. What its limits and values must be depends on what varies, so the last field reads them."""

    low: Annotated[Any, part("lowest value")] = None
    high: Annotated[Any, part("highest value")] = None
    values: Annotated[Any, part("list of the only values")] = None
    scale: Annotated[str, one_of({"linear": "", "log": ""}, "linear or log", hint="linear or log")] = "linear"


class FactorTable(RangeTable):
    """A table that says what varies. It adds what is legal to the context, so that designs can be read as well."""

    REST = "added"

    @classmethod
    def add(cls, keys: Mapping[str, Any], context: ExperimentContext) -> None:
        """Add what a table says, as far as its keys are legal.

        Raises:
            ValidationError: With every refusal.
        """
        raise NotImplementedError

    @field_validator("added", mode="plain", check_fields=False)
    @classmethod
    def _add(cls, rest: dict[str, Any], info: ValidationInfo[ExperimentContext]) -> None:
        strangers = cls.strangers(rest, info.context)
        all_of(lambda: raise_any(strangers), lambda: cls.add(info.data, info.context))

    @classmethod
    def legal_keys(cls) -> dict[str, FieldInfo]:
        """Keys of its own first, then those of the range."""
        keys = super().legal_keys()
        return {**{key: field for key, field in keys.items() if key not in RangeTable.model_fields}, **keys}


class UncertaintyTable(FactorTable):
    """A table ``[[uncertainties]]``."""

    NOUN = "a setting of an uncertainty"
    parameter: Annotated[str, text("a dotted name, or all of a section: norm.*", 200)]
    added: None

    @classmethod
    def add(cls, keys: Mapping[str, Any], context: ExperimentContext) -> None:
        """Add the parameter that is uncertain, or every one of a section."""
        name = keys.get("parameter", "")
        if name.endswith("*"):
            _add_section(name, keys, context)
        elif name in context.known.parameters:
            parameter = ranged_parameters(context.scenario, context.known).get(name, context.known.parameters[name])
            span = _read_range(keys, parameter_rule(parameter), parameter.type, parameter)
            context.varied.append(_uncertainty(parameter, span, context))
        else:
            rule, meant = f"must be a parameter, got {show(name)}.", partial(suggest_parameter, name, context.known)
            wrong = [at("parameter", rule, "`centricity list parameters` shows all of them.", meant)]
            all_of(lambda: raise_any(wrong if "parameter" in keys else []), lambda: _compare_limits(keys))


def _add_section(pattern: str, keys: Mapping[str, Any], context: ExperimentContext) -> None:
    """Add every parameter of a section, or every unknown one (``*``), over its plausible range."""
    rule = f"must not stand beside {pattern}: each has its plausible range."
    wrong = [at(key, rule, "Remove it.") for key in ("low", "high", "values") if keys[key] is not None]
    start, scenario = pattern.removesuffix("*"), context.scenario
    if start or scenario is None:
        ranged = ranged_parameters(scenario, context.known)
        chosen = [parameter for name, parameter in ranged.items() if name.startswith(start)]
    else:  # what is known or decided is varied only where it is named
        chosen = unknown_parameters(scenario, context.known)
    if not chosen or (start and not start.endswith(".")):
        rule = f'must be one parameter, or "SECTION.*" with plausible ranges in it, got {show(pattern)}.'
        wrong.append(at("parameter", rule, "`centricity list parameters` shows all of them."))
        chosen = []
    spans, more = sort_out(enumerate(chosen), lambda _, parameter: _plausible(parameter, keys.get("scale") == "log"))
    context.varied += [_uncertainty(chosen[index], span, context) for index, span in spans.items()]
    raise_any([*wrong, *((way[1:], because) for way, because in more)])


def _uncertainty(parameter: Parameter, span: _Range, context: ExperimentContext) -> Factor:
    scenario = context.scenario
    base = parameter.default if scenario is None else scenario.parameters[parameter.name]
    return Factor(
        parameter.name, "uncertainty", parameter.type, span.low, span.high, span.values, span.log, base,
        parameter.unit, parameter.meaning, parameter.name,
    )  # fmt: skip


def _plausible(parameter: Parameter, log: bool) -> _Range:
    assert parameter.plausible is not None
    low, high = (float(limit) for limit in parameter.plausible)
    return _check_range(low, high, log)


def _check_range(low: float, high: float, log: bool) -> _Range:
    """The range, unless it is empty, or logarithmic and not above 0."""
    if not low < high:
        rule = f"must be above low ({number_in_words(low)}), got {number_in_words(high)}."
        raise joined([at("high", rule, "Give a higher one, or values = [...].")])
    if log and low <= 0.0:
        rule = f"can be log only where low is above 0, got {number_in_words(low)}."
        raise joined([at("scale", rule, "Raise low, or leave scale out.")])
    return _Range(low, high, (), log)


def _compare_limits(keys: Mapping[str, Any]) -> None:
    """Refuse a high that is not above low, where it is not known what varies."""
    limits, _ = sort_out(_limits(keys).items(), lambda _, value: _NUMBER.adapter.validate_python(value))
    if len(limits) == 2:
        _check_range(limits["low"], limits["high"], keys.get("scale") == "log")


def _limits(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: keys[key] for key in ("low", "high") if keys.get(key) is not None}


def _read_range(keys: Mapping[str, Any], rule: Rule, kind: ParameterType, parameter: Parameter | None = None) -> _Range:
    """Low and high, or values; if the file gives neither, the plausible range or all legal values.

    Args:
        keys: Values of the table, by key.
        rule: Rule for a single value.
        kind: Kind of the values.
        parameter: Where the range comes from if the file says nothing; ``None`` if it has to say it.

    Raises:
        ValidationError: With every refusal.
    """
    limits, values, log = _limits(keys), keys.get("values"), keys.get("scale") == "log"
    if values is not None:
        beside = at("values", "must not stand beside low, high or scale.", "Remove one or the other.")
        wrong = [beside] if limits or log else []
        return _Range(values=all_of(lambda: raise_any(wrong), lambda: _read_values(values, rule))[1])
    if kind in ("switch", "choice"):
        if limits or log:
            text = "must have values, not low, high or scale: they are no numbers."
            raise refusal(text, "Write values = [...].")
        words = (False, True) if kind == "switch" else () if parameter is None else parameter.choices
        return _Range(values=tuple(words))
    if limits:
        return _read_limits(limits, rule, log)
    if parameter is not None and parameter.plausible is not None:
        return _plausible(parameter, log)
    return _Range()


def _read_limits(limits: Mapping[str, Any], rule: Rule, log: bool) -> _Range:
    """A range from its low and its high."""
    wrong: Refusals = []
    if len(limits) == 1:
        missing = "high" if "low" in limits else "low"
        wrong.append(at(missing, "is missing.", f"Add {missing} = ... ({rule.hint or rule.kind})."))
    read, more = sort_out(limits.items(), lambda _, value: rule.adapter.validate_python(value))
    raise_any(wrong + more)
    return _check_range(float(read["low"]), float(read["high"]), log)


def _read_values(raw: object, rule: Rule) -> tuple[ParameterValue, ...]:
    """A list of legal values, none of them twice."""
    if not isinstance(raw, list | tuple) or not raw:
        raise joined([at("values", f"must be a list of values, got {show(raw)}.", "Write for example [0.1, 0.2].")])
    legal, wrong = sort_out(enumerate(raw), lambda _, value: rule.adapter.validate_python(value))
    if len(set(legal.values())) < len(legal):
        wrong.append(at("", "must name each value only once.", "Remove the repetition."))
    raise_any([(("values", *way), because) for way, because in wrong])
    return tuple(legal.values())


def _change_rule(context: Context) -> Rule:
    words = dict.fromkeys(("amounts", "until", "stop_when", *context.known.resources), "")
    kind = "amounts, until, stop_when or a resource"
    return one_of(words, kind, "`centricity list resources` shows the resources.", kind)


class LeverTable(FactorTable):
    """A table ``[[levers]]``."""

    NOUN = "a setting of a lever"
    name: Annotated[str, NAME] = ""
    change: Annotated[str, Chosen(_change_rule)]
    policies: Annotated[tuple[str, ...] | None, NAMES] = None
    added: None

    @classmethod
    def add(cls, keys: Mapping[str, Any], context: ExperimentContext) -> None:
        """Add the lever."""
        target = keys.get("change")
        if target is None:
            _compare_limits(keys)
            return
        kind, _, _, unit, meaning = describe_lever(target)
        span, wrong = attempt(lambda: _read_range(keys, lever_rule(target), kind))
        policies, more = _policies_of_lever(keys, target, None if span is None else span.lowest, context)
        if target == "stop_when":
            unit, meaning = describe_threshold(context.policies[name] for name in policies if name in context.policies)
        if span is not None and "name" in keys:
            context.varied.append(
                Factor(
                    keys["name"] or target, "lever", kind, span.low, span.high, span.values, span.log, None, unit,
                    meaning, target, policies,
                )
            )  # fmt: skip
        raise_any(wrong + more)


def lever_rule(target: str) -> Rule:
    """Rule for a single value of a lever that changes ``target``."""
    kind, lowest, highest, unit, _ = describe_lever(target)
    legal = range_in_words(lowest, highest, unit) if target != "stop_when" else ""
    if kind == "integer":
        return Rule(whole_number(int(lowest), int(highest)), "a whole number", legal, legal)
    return Rule(number(ge=lowest, le=highest), "a number", legal, legal or "a number")


def _policies_of_lever(
    keys: Mapping[str, Any], target: str, lowest: float | None, context: ExperimentContext
) -> tuple[tuple[str, ...], Refusals]:
    """Policies that a lever changes: those that the file names, else all that it can change."""
    if context.policy_names is None or "policies" not in keys:
        return (), []
    every = [name for name in context.policy_names if name != NO_POLICY]
    reasons = {
        name: reason_against_lever(context.policies[name], target, lowest) for name in every if name in context.policies
    }
    chosen = keys["policies"]
    if chosen is None:
        chosen = tuple(
            name for name, reason in reasons.items() if not reason or (target in GENERAL and "must" in reason)
        )
        if not chosen and len(reasons) == len(every):
            return (), [at("", f"changes {target}, but no policy of the experiment has any.", "Name other policies.")]
    wrong: Refusals = []
    for name in chosen:
        if name not in every:
            rule = f"must be policies of the experiment, got {show(name)}."
            meant = among(name, dict.fromkeys(every, ""))
            wrong.append(at("policies", rule, f"Known: {', '.join(every)}.", meant))
        elif reasons.get(name):
            wrong.append(at("", f"cannot change {target} of {name}: it {reasons[name]}.", "Leave the policy out."))
    return chosen, wrong


class FieldTable(RangeTable):
    """A field of an event that varies."""

    NOUN = "a setting of a field that varies"

    base: Annotated[Any, part("value where it does not vary")] = None


class EventTable(Table):
    """A table ``[[shocks]]``. Its kind decides which fields it has beside kind and name."""

    OTHERWISE = "Write [[shocks]] with kind and week below it."
    REST = "planned"

    name: Annotated[str, NAME] = ""
    kind: Annotated[str, Chosen(kind_rule)]
    planned: PlannedEvent | None

    @field_validator("planned", mode="plain")
    @classmethod
    def _read_event(cls, rest: dict[str, Any], info: ValidationInfo[ExperimentContext]) -> PlannedEvent | None:
        event_kind = info.context.known.event_kinds.get(info.data.get("kind", ""))
        if event_kind is None:  # the other fields of an event depend on its kind
            return None
        return _plan_event(rest, event_kind, info.data.get("name") or event_kind.name, info.context)


def _plan_event(table: Mapping[str, Any], event_kind: EventKind, name: str, context: ExperimentContext) -> PlannedEvent:
    """An event; those of its fields that vary are added to the context."""
    weeks = context.weeks
    week = Parameter("shock.week", weeks // 2, "weeks", "Week in which it happens.", "", _TIER, 0, weeks - 1)
    happens = Parameter("shock.happens", True, "1", "Whether it happens at all.", "", _TIER)
    fields: dict[str, Parameter] = {"week": week, HAPPENS: happens, **event_kind.fields}
    rules = {field: parameter_rule(parameter) for field, parameter in fields.items()}
    rules["week"] = week_of_event(context)
    hints = {**{field: rule.hint for field, rule in rules.items()}, "name": "a name"}
    if event_kind.departments:
        rules["departments"] = departments_rule(context.departments)
        hints["departments"] = ""

    def read_one(key: str, value: object) -> Any:
        if key not in rules:
            rule, known = f"is not a field of the event {event_kind.name}.", f"Known: {', '.join(fields)}."
            raise refusal(rule, known, among(key, hints))
        if isinstance(value, Mapping) and key in fields:
            return _vary_field(value, name, key, fields[key], rules[key], context)
        return rules[key].adapter.validate_python(value)

    read, wrong = sort_out(table.items(), read_one)
    varied = {field: value for field, value in read.items() if isinstance(value, Factor)}
    context.varied += varied.values()
    if "week" not in table:
        wrong.append(at("week", "is missing.", f"Add week = ... (0 to {weeks - 1}), or a table with low and high."))
    raise_any(wrong)
    where = read.pop("departments", None)
    defaults = {field: parameter.default for field, parameter in event_kind.fields.items()}
    fixed = {field: value for field, value in {HAPPENS: True, **defaults, **read}.items() if field not in varied}
    names = {field: factor.name for field, factor in varied.items()}
    return PlannedEvent(name, event_kind.name, FrozenMapping(fixed), FrozenMapping(names), where)


def _vary_field(
    table: Mapping[str, Any], event: str, key: str, parameter: Parameter, rule: Rule, context: ExperimentContext
) -> Factor:
    """A field of an event that varies."""
    _, span, given = all_of(
        lambda: FieldTable.model_validate(table, context=context),
        lambda: _range_of_field(table, rule, parameter),
        lambda: _base_of_field(table, rule),
    )
    base = parameter.default if given is None else given
    if given is None and span.values and base not in span.values:
        base = span.values[-1]
    elif given is None and span.low is not None and not span.low <= float(base) <= span.high:
        base = (span.low + span.high) / 2
    return Factor(
        f"{event}.{key}", "shock", parameter.type, span.low, span.high, span.values, span.log,
        round(float(base)) if parameter.type == "integer" else base, parameter.unit, parameter.meaning, key,
    )  # fmt: skip


def _range_of_field(table: Mapping[str, Any], rule: Rule, parameter: Parameter) -> _Range:
    span = _read_range(table, rule, parameter.type)
    if not span.values and span.low is None:
        raise refusal("must say over what it varies.", "Write low and high, or values.")
    return span


def _base_of_field(table: Mapping[str, Any], rule: Rule) -> ParameterValue | None:
    base, wrong = sort_out([("base", table.get("base"))], lambda _, value: rule.adapter.validate_python(value))
    raise_any(wrong if "base" in table else [])
    return base.get("base")
