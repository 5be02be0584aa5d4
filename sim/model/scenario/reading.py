"""Reading a whole scenario from a table, with all of its faults at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.bundle import NO_POLICY, NONE, Bundle, FrozenMapping
from sim.model.registry import Registry
from sim.model.scenario.crossing import check_together
from sim.model.scenario.messages import Faults, did_you_mean, inside, listed, show
from sim.model.scenario.policies import PolicyReader
from sim.model.scenario.rules import LONGEST_RUN, Table
from sim.model.scenario.schema import HEADLINE_POLICIES, SETTINGS, STRUCTURE, WEEKS, Department, Parts
from sim.model.scenario.tables import read_departments, read_events, read_futures
from sim.model.scenario.values import flatten, namesake, read_values, sections


def read_parts(
    raw: Mapping[str, Any], file: str, known: Registry, shipped: Mapping[str, Bundle], name: str = "unnamed"
) -> Parts:
    """Check a whole scenario.

    Args:
        raw: Its table, as TOML or JSON gives it.
        file: What messages begin with.
        known: The registry of parameters, resources, kinds of events and outcomes.
        shipped: Bundles that every scenario has; a policy of the same name in the table takes precedence.
        name: Name of the scenario if the table has none.

    Raises:
        ScenarioError: With every fault of the table.
    """
    faults = Faults(file)
    if not raw:
        faults.add("the file", "is empty. Start from a copy of one that ships; `centricity list scenarios` names them.")
        faults.raise_any()
    tables = sections(known)
    _refuse_unknown(raw, tables, known, faults)
    chosen = {key: value for key, value in raw.items() if key in SETTINGS}
    settings = Table("a setting", SETTINGS).read(chosen, "", faults)
    parameters = _read_sections(raw, tables, known, faults)
    departments = read_departments(raw, faults)
    names = None if departments is None else [department.name for department in departments]
    own = _read_policies(raw.get("policies", {}), names, known, faults)
    policies: dict[str, Bundle | None] = {**fitting(shipped, departments), **own, NO_POLICY: NONE}
    defaults = _default_policies(settings, policies, own, shipped, faults)
    weeks = settings.get("weeks", LONGEST_RUN if "weeks" in raw else WEEKS)
    events = read_events(raw["events"], weeks, names, known, faults) if raw.get("events", ()) != () else ()
    futures = read_futures(raw.get("futures", {}), parameters, known, faults)
    check_together(parameters, "", faults)
    faults.raise_any()
    assert departments is not None  # its faults would have been raised
    return Parts(
        name=settings.get("name", name),
        about=settings.get("about", ""),
        notice=settings.get("notice", ""),
        suggestion=settings.get("try", ""),
        currency=settings.get("currency", "EUR"),
        weeks=weeks,
        default_policies=defaults,
        objective=settings.get("objective", "organization_value"),
        parameters=FrozenMapping(parameters),
        departments=departments,
        policies=FrozenMapping({key: bundle for key, bundle in policies.items() if bundle is not None}),
        events=events,
        futures=FrozenMapping(futures),
    )


def _refuse_unknown(raw: Mapping[str, Any], tables: Mapping[str, str], known: Registry, faults: Faults) -> None:
    """Note top-level keys that mean nothing, and sections that are no tables."""
    hints = {**{key: rule.hint for key, rule in SETTINGS.items()}, **STRUCTURE, **tables}
    otherwise = f"Known: {', '.join([*SETTINGS, *STRUCTURE])}, and the tables of `centricity list parameters`."
    for key, value in raw.items():
        place = inside("", key)
        if key not in hints:
            bare = None if isinstance(value, Mapping) else namesake(str(key), known)
            if bare:
                section, _, last = bare.partition(".")
                faults.add(place, f"is not a part of a scenario. Did you mean {last} in the table [{section}]?")
            else:
                faults.unknown(place, str(key), "a part of a scenario", hints, otherwise)
        elif key in tables and not isinstance(value, Mapping):
            faults.add(place, f"must be a table, got {show(value)}. Write [{key}] and its parameters below it.")


def _read_sections(
    raw: Mapping[str, Any], tables: Collection[str], known: Registry, faults: Faults
) -> dict[str, ParameterValue]:
    """Every parameter of the registry: from the file where it says so, else the default."""
    given = {key: value for key, value in raw.items() if key in tables and isinstance(value, Mapping)}
    values = read_values(flatten(given, known.parameters), "", known, faults)
    return {name: values.get(name, parameter.default) for name, parameter in known.parameters.items()}


def _read_policies(
    raw: object, departments: Collection[str] | None, known: Registry, faults: Faults
) -> dict[str, Bundle | None]:
    """The file's own policies by name; None for one whose faults have been noted."""
    if not isinstance(raw, Mapping):
        faults.add("policies", f"must be tables, got {show(raw)}. Write [policies.NAME] above the resources of each.")
        return {}
    reader = PolicyReader(known, departments)
    return {str(name): reader.read(str(name), table, inside("policies", name), faults) for name, table in raw.items()}


def fitting(bundles: Mapping[str, Bundle], departments: tuple[Department, ...] | None) -> dict[str, Bundle]:
    """Bundles that name no department which the scenario does not have."""
    if departments is None:
        return dict(bundles)
    names = {department.name for department in departments}
    return {name: bundle for name, bundle in bundles.items() if bundle.departments <= names}


def explain_missing(name: str, policies: Collection[str], shipped: Mapping[str, Bundle], faults: Faults) -> str:
    """Why there is no policy with this name, and what to do, as the end of a message."""
    if name in shipped:
        needed = ", ".join(sorted(shipped[name].departments))
        return f"It needs departments called {needed}."
    hints = dict.fromkeys(policies, "")
    return did_you_mean(faults.suggestion(name, policies), hints) or listed(
        sorted(policies), "`centricity list policies` shows those that ship."
    )


def _default_policies(
    settings: Mapping[str, Any],
    policies: Mapping[str, Bundle | None],
    own: Collection[str],
    shipped: Mapping[str, Bundle],
    faults: Faults,
) -> tuple[str, ...]:
    """Policies to compare: those that the file names, else the headline bundles and the file's own."""
    if "default_policies" not in settings:
        return tuple(dict.fromkeys([*(name for name in HEADLINE_POLICIES if name in policies), *own]))
    names: tuple[str, ...] = settings["default_policies"]
    for index, name in enumerate(names):
        if name not in policies:
            remedy = explain_missing(name, policies, shipped, faults)
            faults.add(f"default_policies[{index}]", f"must be a policy of the scenario, got {show(name)}. {remedy}")
    return names
