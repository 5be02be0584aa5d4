"""Reading what an experiment varies: uncertainties, levers and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sim.lab.plausible import ranged_parameters, unknown_parameters
from sim.lab.sweep.experiment import Factor, PlannedEvent
from sim.lab.sweep.keys import tables_in
from sim.lab.sweep.levers import GENERAL, describe_lever, describe_threshold, reason_against_lever
from sim.lab.sweep.schema import FIELD, LEVER, UNCERTAINTY
from sim.model.events import EventKind
from sim.model.kernel.parameters import Parameter, ParameterType, ParameterValue, Tier
from sim.model.policies.policy import NO_POLICY, NONE, FrozenMapping, Policy
from sim.model.registry import Registry
from sim.model.scenario import Scenario
from sim.model.scenario.messages import Faults, did_you_mean, inside, number_in_words, show
from sim.model.scenario.rules import (
    NAME,
    REFUSED,
    Rule,
    departments_rule,
    number,
    one_of,
    parameter_rule,
    range_in_words,
    week_rule,
    whole_number,
)
from sim.model.scenario.values import suggest_parameter

HAPPENS = "happens"
"""Field of an event that says whether it happens at all."""

_TIER = Tier.CONJECTURE


@dataclass(frozen=True, slots=True)
class _Range:
    """Where the values of a factor come from."""

    low: float | None = None
    high: float | None = None
    values: tuple[ParameterValue, ...] = ()
    log: bool = False


def read_uncertainties(
    raw: Mapping[str, Any], scenario: Scenario | None, known: Registry, faults: Faults
) -> list[Factor]:
    """Every parameter that is uncertain."""
    found: list[Factor] = []
    ranged = ranged_parameters(scenario, known)
    for location, table in tables_in(raw, "uncertainties", faults):
        entries = UNCERTAINTY.read(table, location, faults)
        name = entries.get("parameter")
        if name is None:
            continue
        if name.endswith("*"):
            found += _read_section(name, entries, location, scenario, known, faults)
            continue
        parameter = known.parameters.get(name)
        if parameter is None:
            remedy = "`centricity list parameters` shows all of them."
            rule = f"must be a parameter, got {show(name)}."
            faults.refuse(inside(location, "parameter"), rule, remedy, partial(suggest_parameter, name, known))
            continue
        parameter = ranged.get(name, parameter)
        span = _read_range(entries, parameter_rule(parameter), parameter.type, parameter, location, faults)
        if span is not None:
            found.append(_uncertainty(parameter, span, scenario))
    return found


def _read_section(
    pattern: str, entries: Mapping[str, Any], location: str, scenario: Scenario | None, known: Registry, faults: Faults
) -> list[Factor]:
    """Every parameter of a section, or every unknown one (``*``), over its plausible range."""
    for key in ("low", "high", "values"):
        if key in entries:
            faults.add(
                inside(location, key), f"must not stand beside {pattern}: each has its plausible range. Remove it."
            )
    start = pattern.removesuffix("*")
    if start or scenario is None:
        ranged = ranged_parameters(scenario, known)
        chosen = [parameter for name, parameter in ranged.items() if name.startswith(start)]
    else:  # what is known or decided is varied only where it is named
        chosen = unknown_parameters(scenario, known)
    if not chosen or (start and not start.endswith(".")):
        faults.add(
            inside(location, "parameter"),
            f'must be one parameter, or "SECTION.*" with plausible ranges in it, got {show(pattern)}. '
            "`centricity list parameters` shows all of them.",
        )
        return []
    spans = [_plausible(parameter, entries.get("scale") == "log", location, faults) for parameter in chosen]
    return [
        _uncertainty(parameter, span, scenario)
        for parameter, span in zip(chosen, spans, strict=True)
        if span is not None
    ]


def _uncertainty(parameter: Parameter, span: _Range, scenario: Scenario | None) -> Factor:
    base = parameter.default if scenario is None else scenario.parameters[parameter.name]
    return Factor(
        parameter.name, "uncertainty", parameter.type, span.low, span.high, span.values, span.log, base,
        parameter.unit, parameter.meaning, parameter.name,
    )  # fmt: skip


def _plausible(parameter: Parameter, log: bool, location: str, faults: Faults) -> _Range | None:
    assert parameter.plausible is not None
    low, high = (float(limit) for limit in parameter.plausible)
    return _check_range(low, high, log, location, faults)


def _check_range(low: float, high: float, log: bool, location: str, faults: Faults) -> _Range | None:
    """The range; ``None`` after noting that it is empty, or logarithmic and not above 0."""
    if not low < high:
        faults.add(inside(location, "high"), f"must be above low ({number_in_words(low)}), got {number_in_words(high)}. "
                   "Give a higher one, or values = [...].")  # fmt: skip
        return None
    if log and low <= 0.0:
        faults.add(inside(location, "scale"), f"can be log only where low is above 0, got {number_in_words(low)}. "
                   "Raise low, or leave scale out.")  # fmt: skip
        return None
    return _Range(low, high, (), log)


def _read_range(
    entries: Mapping[str, Any],
    rule: Rule,
    kind: ParameterType,
    parameter: Parameter | None,
    location: str,
    faults: Faults,
) -> _Range | None:
    """Low and high, or values; if the file gives neither, the plausible range or all legal values.

    Args:
        entries: Entries of the table.
        rule: Rule for a single value.
        kind: Kind of the values.
        parameter: Where the range comes from if the file says nothing; ``None`` if it has to say it.
        location: Location of the table.
        faults: Takes the messages.
    """
    before = len(faults.messages)
    log = entries.get("scale") == "log"
    limits = {key: entries[key] for key in ("low", "high") if key in entries}
    if "values" in entries:
        if limits or log:
            faults.add(inside(location, "values"), "must not stand beside low, high or scale. Remove one or the other.")
        values = _read_values(entries["values"], rule, inside(location, "values"), faults)
        return _Range(values=values) if len(faults.messages) == before else None
    if kind in ("switch", "choice"):
        if limits or log:
            faults.add(location, "must have values, not low, high or scale: they are no numbers. Write values = [...].")
            return None
        words = (False, True) if kind == "switch" else () if parameter is None else parameter.choices
        return _Range(values=tuple(words))
    if limits:
        return _read_limits(limits, rule, log, location, faults)
    if parameter is not None and parameter.plausible is not None:
        return _plausible(parameter, log, location, faults)
    return _Range()


def _read_limits(limits: Mapping[str, Any], rule: Rule, log: bool, location: str, faults: Faults) -> _Range | None:
    """A range from its low and its high."""
    before = len(faults.messages)
    if len(limits) == 1:
        missing = "high" if "low" in limits else "low"
        faults.add(inside(location, missing), f"is missing. Add {missing} = ... ({rule.hint or rule.kind}).")
    read = {key: rule.read(value, inside(location, key), faults) for key, value in limits.items()}
    if len(faults.messages) > before:
        return None
    return _check_range(float(read["low"]), float(read["high"]), log, location, faults)


def _read_values(raw: object, rule: Rule, location: str, faults: Faults) -> tuple[ParameterValue, ...]:
    """A list of legal values, none of them twice."""
    if not isinstance(raw, list | tuple) or not raw:
        faults.add(location, f"must be a list of values, got {show(raw)}. Write for example [0.1, 0.2].")
        return ()
    values = [rule.read(value, f"{location}[{index}]", faults) for index, value in enumerate(raw)]
    legal = [value for value in values if value is not REFUSED]
    if len(set(legal)) < len(legal):
        faults.add(location, "must name each value only once. Remove the repetition.")
    return tuple(legal)


def read_levers(raw: Mapping[str, Any], loaded_policies: Mapping[str, Policy], faults: Faults) -> list[Factor]:
    """Every lever.

    Args:
        raw: Table of the file.
        loaded_policies: Policies of the experiment.
        faults: Takes the messages.
    """
    found = []
    for location, table in tables_in(raw, "levers", faults):
        entries = LEVER.read(table, location, faults)
        if "change" not in entries:
            continue
        target = entries["change"]
        kind, _, _, unit, meaning = describe_lever(target)
        span = _read_range(entries, lever_rule(target), kind, None, location, faults)
        policies = _read_lever_policies(entries, target, span, loaded_policies, location, faults)
        if span is None or not policies:
            continue
        if target == "stop_when":
            unit, meaning = describe_threshold([loaded_policies[name] for name in policies if name in loaded_policies])
        name = entries.get("name", target)
        found.append(
            Factor(name, "lever", kind, span.low, span.high, span.values, span.log, None, unit, meaning, target,
                      policies)
        )  # fmt: skip
    return found


def lever_rule(target: str) -> Rule:
    """Rule for a single value of a lever that changes ``target``."""
    kind, lowest, highest, unit, _ = describe_lever(target)
    legal = range_in_words(lowest, highest, unit) if target != "stop_when" else ""
    if kind == "integer":
        return Rule(whole_number(int(lowest), int(highest)), "a whole number", legal, legal)
    return Rule(number(ge=lowest, le=highest), "a number", legal, legal or "a number")


def _read_lever_policies(
    entries: Mapping[str, Any],
    target: str,
    span: _Range | None,
    loaded_policies: Mapping[str, Policy],
    location: str,
    faults: Faults,
) -> tuple[str, ...]:
    """Policies that a lever changes: those that the file names, else all that it can change."""
    lowest = None
    if span is not None:
        lowest = min((float(value) for value in span.values), default=span.low)
    refusals = {
        name: reason_against_lever(policy, target, lowest)
        for name, policy in loaded_policies.items()
        if name != NO_POLICY
    }
    broken = {name for name, policy in loaded_policies.items() if policy is NONE and name != NO_POLICY}
    if "policies" not in entries:
        chosen = tuple(
            name for name, refusal in refusals.items() if not refusal or (target in GENERAL and "must" in refusal)
        )
        if not chosen and loaded_policies and not broken:
            faults.add(location, f"changes {target}, but no policy of the experiment has any. Name other policies.")
    else:
        chosen = entries["policies"]
    for name in chosen:
        if name not in loaded_policies or name == NO_POLICY:
            hints = dict.fromkeys(refusals, "")
            remedy = did_you_mean(faults.suggestion(name, hints), hints) or f"Known: {', '.join(refusals)}."
            faults.add(inside(location, "policies"), f"must be policies of the experiment, got {show(name)}. {remedy}")
        elif refusals[name] and name not in broken:
            faults.add(location, f"cannot change {target} of {name}: it {refusals[name]}. Leave the policy out.")
    return chosen


def read_events(
    raw: Mapping[str, Any], weeks: int, departments: Sequence[str] | None, known: Registry, faults: Faults
) -> tuple[list[PlannedEvent], list[Factor]]:
    """Every event of the experiment, and those of its fields that vary."""
    planned_events: list[PlannedEvent] = []
    factors: list[Factor] = []
    kinds = {name: event_kind.meaning for name, event_kind in known.event_kinds.items()}
    rule = one_of(kinds, "a kind of event", "`centricity list events` shows all of them.", "a kind of event")
    for location, table in tables_in(raw, "shocks", faults):
        if not isinstance(table, Mapping):
            faults.add(location, f"must be a table, got {show(table)}. Write [[shocks]] with kind and week below it.")
            continue
        if "kind" not in table:
            faults.add(
                inside(location, "kind"), "is missing. Add kind = ... (`centricity list events` shows all of them)."
            )
            continue
        kind = rule.read(table["kind"], inside(location, "kind"), faults)
        if kind is REFUSED:
            continue
        planned, varied = _read_event(table, known.event_kinds[kind], weeks, departments, location, faults)
        planned_events.append(planned)
        factors += varied
    return planned_events, factors


def _read_event(
    table: Mapping[str, Any],
    event_kind: EventKind,
    weeks: int,
    departments: Sequence[str] | None,
    location: str,
    faults: Faults,
) -> tuple[PlannedEvent, list[Factor]]:
    """One event."""
    week = Parameter("shock.week", weeks // 2, "weeks", "Week in which it happens.", "", _TIER, 0, weeks - 1)
    happens = Parameter("shock.happens", True, "1", "Whether it happens at all.", "", _TIER)
    fields: dict[str, Parameter] = {"week": week, HAPPENS: happens, **event_kind.fields}
    rules: dict[str, Rule] = {field: parameter_rule(parameter) for field, parameter in fields.items()}
    rules["week"] = week_rule(0, weeks - 1, f"the run has {weeks} weeks", "Choose an earlier week or raise weeks.")
    name = table.get("name", event_kind.name)
    if NAME.read(name, inside(location, "name"), faults) is REFUSED:
        name = event_kind.name
    fixed: dict[str, ParameterValue] = {HAPPENS: True}
    fixed |= {field: parameter.default for field, parameter in event_kind.fields.items()}
    varied: dict[str, str] = {}
    factors: list[Factor] = []
    where: tuple[str, ...] | None = None
    for key, value in table.items():
        field_location = inside(location, key)
        if key in ("name", "kind"):
            continue
        if key == "departments" and event_kind.departments:
            entry = departments_rule(departments).read(value, field_location, faults)
            where = None if entry is REFUSED else entry
        elif key not in rules:
            hints = {**{field: rule.hint for field, rule in rules.items()}, "name": "a name", "departments": ""}
            faults.unknown(
                field_location, key, f"a field of the event {event_kind.name}", hints, f"Known: {', '.join(rules)}."
            )
        elif isinstance(value, Mapping):
            factor = _read_field(value, f"{name}.{key}", key, fields[key], rules[key], field_location, faults)
            if factor is not None:
                varied[key] = factor.name
                factors.append(factor)
        else:
            entry = rules[key].read(value, field_location, faults)
            if entry is not REFUSED:
                fixed[key] = entry
    if "week" not in table:
        faults.add(
            inside(location, "week"), f"is missing. Add week = ... (0 to {weeks - 1}), or a table with low and high."
        )
    fixed = {field: value for field, value in fixed.items() if field not in varied}
    return PlannedEvent(name, event_kind.name, FrozenMapping(fixed), FrozenMapping(varied), where), factors


def _read_field(
    value: Mapping[str, Any], name: str, key: str, parameter: Parameter, rule: Rule, location: str, faults: Faults
) -> Factor | None:
    """A field of an event that varies."""
    entries = FIELD.read(value, location, faults)
    span = _read_range(entries, rule, parameter.type, None, location, faults)
    if span is None:
        return None
    if not span.values and span.low is None:
        faults.add(location, "must say over what it varies. Write low and high, or values.")
        return None
    base: Any = span.values[-1] if span.values else parameter.default
    if span.low is not None and span.high is not None and not span.low <= float(parameter.default) <= span.high:
        base = (span.low + span.high) / 2
    if "base" in entries:
        base = rule.read(entries["base"], inside(location, "base"), faults)
        if base is REFUSED:
            return None
    elif span.values and parameter.default in span.values:
        base = parameter.default
    if parameter.type == "integer":
        base = round(base)
    return Factor(
        name, "shock", parameter.type, span.low, span.high, span.values, span.log, base, parameter.unit,
        parameter.meaning, key,
    )  # fmt: skip
