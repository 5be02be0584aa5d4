"""The ODD protocol of the model (Grimm et al. 2020), generated from the registries, the week and the docstrings."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import resources
from typing import Any, get_type_hints

from jinja2 import Environment, StrictUndefined

from sim import founding, newcomers
from sim.agents.customers import CustomerColumns
from sim.agents.departments import DepartmentColumns
from sim.agents.employees import EmployeeColumns
from sim.agents.executives import ExecutiveColumns
from sim.documentation.code import public_functions, streams, used_by
from sim.documentation.docstrings import attributes, first_sentence, rest
from sim.evidence.fact import Fact, load_facts
from sim.kernel.columns import ColumnInfo, Columns
from sim.kernel.mechanism import Mechanism
from sim.kernel.parameters import Parameter, Tier
from sim.organization import Organization
from sim.registry import current
from sim.scenario import Scenario, shipped_policies
from sim.scenario.messages import number_in_words, show
from sim.scenario.shipped import files
from sim.week import WEEK

ENTITIES: Mapping[str, type[Columns]] = {
    "Customers": CustomerColumns,
    "Employees": EmployeeColumns,
    "Departments": DepartmentColumns,
    "Executives": ExecutiveColumns,
}
"""The four kinds of agents."""

NO_STATE = frozenset({"scenario", "parameters", "streams", "plan", "now", "nothing", "outcomes", "role_share",
                      "facing_seats", *(name.lower() for name in ENTITIES)})  # fmt: skip
"""Fields of the organization that are other entities, its construction, or this week's scratch paper."""

TIERS: Mapping[Tier, str] = {
    Tier.REPLICATION: "exact or algorithmic replication",
    Tier.EXPERIMENT: "experiment or meta-analysis",
    Tier.OBSERVATION: "large observational data",
    Tier.SURVEY: "survey",
    Tier.CONJECTURE: "the texts' own claim, this model's conjecture, or the user's own organization",
}


def render_odd() -> str:
    """The document as Markdown; the same code gives the same text."""
    environment = Environment(
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _cell
    template = (resources.files("sim.documentation") / "odd.md.jinja").read_text(encoding="utf-8")
    return environment.from_string(template).render(**describe())


def describe() -> dict[str, Any]:
    """Everything that the document says, apart from its form."""
    known = current()
    facts = load_facts()
    return {
        "entities": [
            {"name": name, "about": first_sentence(columns.__doc__), "columns": _columns(columns)}
            for name, columns in ENTITIES.items()
        ],
        "organization": organization_state(),
        "week": [
            {"name": step.name, "sentence": " ".join(step.sentence.split()), "uses": used_by(step.run)} for step in WEEK
        ],
        "streams": [{"name": name, "kind": kind, "places": places} for name, (kind, places) in streams().items()],
        "patterns": _patterns(facts),
        "facts": len(facts),
        "resources": list(known.resources.values()),
        "shocks": [
            {"shock": shock, "fields": [(key, _row(field)) for key, field in shock.fields.items()]}
            for shock in known.shocks.values()
        ],
        "outcomes": list(known.outcomes.values()),
        "policies": [
            {"name": name, "about": " ".join(bundle.about.split()), "resources": list(bundle.resources)}
            for name, bundle in shipped_policies(known).items()
        ],
        "scenarios": [_scenario(name) for name in files("scenarios")],
        "submodels": [_submodel(mechanism) for mechanism in known.mechanisms.values()],
        "founding": [_function(each) for each in (founding.found, *_private(founding))],
        "founding_about": _text(founding.__doc__),
        "newcomers": [_function(each) for each in public_functions(newcomers)],
        "parameters": [_row(parameter) for parameter in known.parameters.values()],
        "tiers": {int(tier): meaning for tier, meaning in TIERS.items()},
        "counts": {int(tier): sum(each.tier is tier for each in known.parameters.values()) for tier in Tier},
        "core": [name for name, mechanism in known.mechanisms.items() if mechanism.core],
    }


def organization_state() -> list[dict[str, str]]:
    """State of the organization itself, and of what hangs on it, with meanings; an empty one is a gap."""
    return [{"name": name, "meaning": meaning} for name, meaning in _state_of(Organization, "", NO_STATE)]


def _state_of(owner: type, prefix: str, left_out: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    meanings = attributes(owner)
    hints = get_type_hints(owner, vars(importlib.import_module(owner.__module__)) | {"Scenario": Scenario})
    rows: list[tuple[str, str]] = []
    for item in fields(owner):
        if item.name in left_out:
            continue
        kind = hints[item.name]
        meaning = meanings.get(item.name, "")
        if isinstance(kind, type) and is_dataclass(kind) and not issubclass(kind, Columns):
            rows += _state_of(kind, f"{prefix}{item.name}.")
        elif isinstance(kind, type) and issubclass(kind, Columns):
            rows += [(f"{prefix}{item.name}.{row['name']}", row["meaning"]) for row in _columns(kind)]
        else:
            rows.append((f"{prefix}{item.name}", meaning))
    return rows


def _columns(columns: type[Columns]) -> list[dict[str, str]]:
    """Every state variable of a kind of agent."""
    described = columns.described()
    return [
        {"name": item.name, "meaning": info.meaning, "unit": info.unit, "range": _bounds(info)}
        for item in fields(columns)
        for info in [described.get(item.name, ColumnInfo("", ""))]
    ]


def _bounds(info: ColumnInfo) -> str:
    if info.unit == "yes or no":
        return "yes, no"
    if info.low is None:
        return "any" if info.high is None else f"up to {info.high:g}"
    return f"{info.low:g} on" if info.high is None else f"{info.low:g} to {info.high:g}"


def _row(parameter: Parameter) -> dict[str, str]:
    """A parameter in words."""
    default = parameter.default
    shown = default if isinstance(default, str) else show(default) if isinstance(default, bool) else _number(default)
    numeric = parameter.type in ("number", "integer")
    span = f"{_number(parameter.low)} to {_number(parameter.high)}" if numeric else parameter.legal
    return {
        "name": parameter.name,
        "default": shown,
        "range": span,
        "plausible": "the scenario's"
        if parameter.plausible is None
        else " to ".join(map(_number, parameter.plausible)),
        "unit": "pure number" if parameter.unit == "1" else parameter.unit,
        "meaning": parameter.meaning,
        "source": parameter.source,
        "tier": str(int(parameter.tier)),
    }


def _number(value: float | None) -> str:
    return "" if value is None else number_in_words(value)


def _patterns(facts: list[Fact]) -> list[dict[str, Any]]:
    """Facts by group, in the order of their files."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.id.split("/")[0], []).append(fact)
    return [
        {
            "group": group,
            "claims": list(dict.fromkeys(fact.claim for fact in members)),
            "seed": next((fact.seed for fact in members if fact.seed), ""),
            "tiers": ", ".join(sorted({str(int(fact.tier)) for fact in members})),
            "source": members[0].source,
        }
        for group, members in groups.items()
    ]


def _scenario(name: str) -> dict[str, Any]:
    scenario = Scenario.load(name)
    return {
        "name": name,
        "about": " ".join(scenario.about.split()),
        "departments": ", ".join(f"{one.name} ({100 * one.share:g} %)" for one in scenario.departments),
        "employees": _number(scenario.parameters["employees.number"]),  # type: ignore[arg-type]
        "customers": _number(scenario.parameters["customers.initial"]),  # type: ignore[arg-type]
        "market": _number(scenario.parameters["customers.market"]),  # type: ignore[arg-type]
        "weeks": str(scenario.weeks),
        "events": "; ".join(f"{one.kind.replace('_', ' ')} in week {one.week}" for one in scenario.events) or "none",
    }


def _submodel(mechanism: Mechanism) -> dict[str, Any]:
    """A mechanism: what it is, its functions with their equations, its parameters, its switch."""
    module = importlib.import_module(mechanism.module)
    users = [step.name for step in WEEK if any(each.startswith(f"{_short(mechanism)}.") for each in used_by(step.run))]
    return {
        "name": mechanism.name,
        "about": mechanism.about,
        "more": rest(module.__doc__),
        "functions": [_function(each) for each in public_functions(module)],
        "parameters": [parameter.name for parameter in mechanism.parameters],
        "neutral": _settings(mechanism.neutral),
        "active": _settings(mechanism.active),
        "core": mechanism.core,
        "users": users,
    }


def _short(mechanism: Mechanism) -> str:
    return mechanism.module.rpartition(".")[2]


def _settings(values: Mapping[str, Any]) -> str:
    return ", ".join(f"`{name}` = {value}" for name, value in values.items())


def _function(function: Any) -> dict[str, str]:
    names = ", ".join(inspect.signature(function).parameters)
    return {
        "name": function.__name__,
        "signature": f"{function.__name__}({names})",
        "text": inspect.getdoc(function) or "",
    }


def _private(module: Any) -> list[Any]:
    """Helpers of the founding, which is nothing but its helpers, in the order of the file."""
    found = [
        item
        for name, item in vars(module).items()
        if inspect.isfunction(item) and item.__module__ == module.__name__ and name != "found"
    ]
    return sorted(found, key=lambda function: function.__code__.co_firstlineno)


def _text(doc: str | None) -> str:
    return "\n\n".join(part for part in (first_sentence(doc), rest(doc)) if part)


def _cell(text: object) -> str:
    """Text that may stand in a table."""
    return " ".join(str(text).split()).replace("|", "\\|")
