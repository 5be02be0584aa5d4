"""Reading the departments, events and named futures of a scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.bundle import FrozenMapping
from sim.model.registry import Registry
from sim.model.scenario.crossing import check_together
from sim.model.scenario.messages import Faults, inside, number_in_words, show
from sim.model.scenario.rules import (
    NAME,
    REFUSED,
    Table,
    departments_rule,
    one_of,
    parameter_rule,
    tables_of,
    week_rule,
)
from sim.model.scenario.schema import DEPARTMENT, Department, Event
from sim.model.scenario.values import flatten, read_values

_EXAMPLE = 'Write for example [[departments]] with name = "everyone", share = 1.0, facing = 0.5, power = 1.0.'


def read_departments(raw: Mapping[str, Any], faults: Faults) -> tuple[Department, ...] | None:
    """The departments of a file, or None after noting their faults."""
    place = "departments"
    if place not in raw:
        faults.add(place, f"are missing. {_EXAMPLE}")
        return None
    before = len(faults.messages)
    table = Table("a property of a department", DEPARTMENT, required=tuple(DEPARTMENT))
    entries = [
        table.read(element, f"{place}[{index}]", faults)
        for index, element in enumerate(tables_of(raw[place], place, faults))
    ]
    for name, times in Counter(entry["name"] for entry in entries if "name" in entry).items():
        if times > 1:
            faults.add(place, f"must have different names, got {show(name)} more than once. Rename one of them.")
    if entries and all("share" in entry for entry in entries):
        _check_shares(entries, faults)
    if entries and all(entry.get("power") == 0 for entry in entries):
        faults.add(f"{place}.power", "must be above 0 somewhere, got 0 everywhere. Give power to one of them.")
    return tuple(Department(**entry) for entry in entries) if len(faults.messages) == before else None


def _check_shares(entries: list[dict[str, Any]], faults: Faults) -> None:
    total = sum(entry["share"] for entry in entries)
    if abs(total - 1) > 1e-6:
        shown = number_in_words(round(total, 9))
        faults.add("departments.share", f"must sum to 1, got {shown}. Change the shares so that they add up to 1.")


def read_events(
    raw: object, weeks: int, departments: Collection[str] | None, known: Registry, faults: Faults
) -> tuple[Event, ...]:
    """The events of a file in the order of their weeks; those in the same week keep the order of the file."""
    events = []
    for index, table in enumerate(tables_of(raw, "events", faults)):
        place = f"events[{index}]"
        if not isinstance(table, Mapping):
            faults.add(place, f"must be a table, got {show(table)}. Write [[events]] with kind and week below it.")
            continue
        event = _read_event(table, place, weeks, departments, known, faults)
        if event is not None:
            events.append(event)
    return tuple(sorted(events, key=lambda event: event.week))


def _read_event(
    table: Mapping[str, Any],
    place: str,
    weeks: int,
    departments: Collection[str] | None,
    known: Registry,
    faults: Faults,
) -> Event | None:
    before = len(faults.messages)
    kinds = {name: shock.meaning for name, shock in known.shocks.items()}
    week = week_rule(0, weeks - 1, f"the run has {weeks} weeks", "Choose an earlier week or raise weeks.")
    rules = {
        "kind": one_of(kinds, "a kind of event", "`centricity list events` shows all of them.", "a kind of event"),
        "week": week,
    }
    shock = known.shocks.get(str(table.get("kind")))
    if shock is None:  # without its kind nothing can be said about the other fields of an event
        general = {key: value for key, value in table.items() if key in rules}
        Table("a field of an event", rules, required=("kind", "week")).read(general, place, faults)
        return None
    rules |= {name: parameter_rule(field) for name, field in shock.fields.items()}
    if shock.departments:
        rules["departments"] = departments_rule(departments)
    entries = Table(f"a field of the event {shock.name}", rules, required=("week",)).read(table, place, faults)
    if len(faults.messages) > before:
        return None
    values = {name: entries.get(name, field.default) for name, field in shock.fields.items()}
    return Event(shock.name, entries["week"], FrozenMapping(values), entries.get("departments"))


def read_futures(
    raw: object, parameters: Mapping[str, ParameterValue], known: Registry, faults: Faults
) -> dict[str, FrozenMapping[ParameterValue]]:
    """Named futures, each a mapping of dotted names to the values that differ from the scenario's own."""
    if not isinstance(raw, Mapping):
        faults.add("futures", f"must be tables, got {show(raw)}. Write [futures.NAME] above the parameters of each.")
        return {}
    futures = {}
    for name, table in raw.items():
        place = inside("futures", name)
        if NAME.read(name, place, faults) is REFUSED:
            continue
        if not isinstance(table, Mapping) or not table:
            faults.add(place, f'must be a table of parameters, got {show(table)}. Write "employees.turnover" = 0.04.')
            continue
        values = read_values(flatten(table, known.parameters), place, known, faults)
        check_together({**parameters, **values}, place, faults, among=values)
        futures[str(name)] = FrozenMapping(values)
    return futures
