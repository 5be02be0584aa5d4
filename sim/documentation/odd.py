"""The ODD protocol of the model (Grimm et al. 2020), generated from the registry, the week and the docstrings."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from importlib import resources
from types import ModuleType
from typing import Any

from jinja2 import Environment, StrictUndefined

from sim.documentation.code import is_rule, public_functions, streams, used_by
from sim.documentation.concepts import CONCEPTS, ORDER
from sim.documentation.docstrings import first_sentence, rest
from sim.evidence.fact import Fact, load_facts
from sim.model import initialization
from sim.model.kernel.columns import Column, Start
from sim.model.kernel.mechanism import Mechanism
from sim.model.kernel.parameters import Parameter, ParameterKind, Tier
from sim.model.registry import MECHANISMS, current, modules
from sim.model.scenario import Scenario, shipped_policies
from sim.model.scenario.messages import number_in_words, show
from sim.model.scenario.shipped import files
from sim.model.week import WEEK

ENTITIES: Mapping[str, str] = {
    "Customers": "One row a position in the market. A position without customer (`active` false) is a prospect's.",
    "Employees": "One row a seat. Who sits there changes; department, manager and colleagues stay with the seat.",
    "Departments": "One row a department.",
    "Executives": "One row an executive; row 0 is the chief executive, who sponsors policies.",
}
"""The four kinds of agents, and what a row of their columns stands for."""

KINDS: Mapping[ParameterKind, str] = {
    "unknown": "no one knows it; uncertainty analysis draws these",
    "own": "the user's organization knows it",
    "lever": "somebody decides it",
    "definition": "a convention of the model or of its measures",
}
"""Who knows a parameter's value."""

TIERS: Mapping[Tier, str] = {
    Tier.REPLICATION: "exact or algorithmic replication",
    Tier.EXPERIMENT: "experiment or meta-analysis",
    Tier.OBSERVATION: "large observational data",
    Tier.SURVEY: "survey",
    Tier.CONJECTURE: "the texts' own claim, this model's conjecture, or the user's own organization",
}


def render_odd() -> str:
    """The document as Markdown. The same code always gives the same text."""
    environment = Environment(
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = cell
    template = (resources.files("sim.documentation") / "odd.md.jinja").read_text(encoding="utf-8")
    return environment.from_string(template).render(**describe_model())


def describe_model() -> dict[str, Any]:
    """The content of the document, without its form."""
    known = current()
    facts = load_facts()
    return {
        "entities": [
            {"name": name, "about": about, "columns": columns_of(name.lower())} for name, about in ENTITIES.items()
        ],
        "organization": organization_state(),
        "week": [
            {"name": step.__name__, "place": _place(step), "sentence": sentence_of(step), "uses": used_by(step)}
            for step in WEEK
        ],
        "streams": [{"name": name, "kind": kind, "places": places} for name, (kind, places) in streams().items()],
        "patterns": _patterns(facts),
        "facts": len(facts),
        "resources": list(known.resources.values()),
        "event_kinds": [
            {"kind": event_kind, "fields": [(key, parameter_row(field)) for key, field in event_kind.fields.items()]}
            for event_kind in known.event_kinds.values()
        ],
        "outcomes": list(known.outcomes.values()),
        "policies": [
            {"name": name, "about": " ".join(policy.about.split()), "resources": list(policy.resources)}
            for name, policy in shipped_policies(known).items()
        ],
        "scenarios": [_scenario(name) for name in files("scenarios")],
        "submodels": [_submodel(name, module) for name, module in _mechanisms().items()],
        "initialization_about": _text(initialization.__doc__),
        "starts": [
            {"name": f"{column.table}.{column.name}", "outset": _initial_value(column), "newcomer": _newcomer(column)}
            for table in (*(name.lower() for name in ENTITIES), "environment")
            for column in known.table(table)
            if column.lasting
        ]
        + [
            {"name": number.name, "outset": start_in_words(number.start, number.unit), "newcomer": "–"}
            for number in known.numbers
            if not number.weekly
        ],
        "parameters": [parameter_row(parameter) for parameter in known.parameters.values()],
        "kinds": KINDS,
        "of_kind": {kind: sum(each.kind == kind for each in known.parameters.values()) for kind in KINDS},
        "tiers": {int(tier): meaning for tier, meaning in TIERS.items()},
        "counts": {int(tier): sum(each.tier is tier for each in known.parameters.values()) for tier in Tier},
        "core": [name for name, mechanism in known.mechanisms.items() if mechanism.core],
        "concepts": {
            name: " ".join(sentence.text for sentence in sentences if not sentence.unless)
            for name, sentences in CONCEPTS.items()
        },
        "order": ORDER,
    }


def organization_state() -> list[dict[str, str]]:
    """State of the organization as a whole and of its environment."""
    known = current()
    week = {"name": "week", "meaning": "Week that runs next; negative during the burn-in.", "unit": "week"}
    numbers = [
        {"name": number.name, "meaning": number.meaning, "unit": number.unit}
        for number in known.numbers
        if not number.weekly
    ]
    around = [{**row, "name": f"environment.{row['name']}"} for row in columns_of("environment")]
    return [week, *numbers, *around]


def columns_of(table: str) -> list[dict[str, str]]:
    """Every state variable of a table. Columns that are written anew every week are left out."""
    return [
        {"name": column.name, "meaning": column.meaning, "unit": column.unit, "range": _bounds(column)}
        for column in current().table(table)
        if column.lasting
    ]


def _bounds(column: Column) -> str:
    if column.unit == "yes or no":
        return "yes, no"
    if column.low is None:
        return "any" if column.high is None else f"up to {column.high:g}"
    return f"{column.low:g} on" if column.high is None else f"{column.low:g} to {column.high:g}"


def sentence_of(step: Callable[..., object]) -> str:
    """What happens in a step."""
    return first_sentence(step.__doc__)


def _place(step: Callable[..., object]) -> str:
    """Name of the mechanism in whose file a step stands."""
    return step.__module__.rpartition(".")[2].replace("_", "-")


def _initial_value(column: Column) -> str:
    """What a column holds at the outset. Unless declared, it is what the column holds for newcomers."""
    if column.initial is not None:
        return start_in_words(column.initial, column.unit)
    return "as for newcomers" if callable(column.newcomer) else start_in_words(column.newcomer, column.unit)


def _newcomer(column: Column) -> str:
    """What a column holds for the newcomer to a seat, a position or an office."""
    if column.table in ("environment", "departments"):
        return "–"
    return "stays as it is" if column.newcomer is None else start_in_words(column.newcomer, column.unit)


def start_in_words(start: Start, unit: str) -> str:
    """A starting value in words."""
    if start is None:
        return "nothing"
    if isinstance(start, str):
        return f"`{start}`"
    if callable(start):
        return "follows from other columns" if start.__name__ == "<lambda>" else sentence_of(start)
    if unit == "yes or no":
        return "yes" if start else "no"
    return "missing" if math.isnan(start) else number_in_words(start) if math.isfinite(start) else "endless"


def parameter_row(parameter: Parameter) -> dict[str, str]:
    """A parameter as a row of text."""
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
        "kind": parameter.kind,
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


def _mechanisms() -> dict[str, ModuleType]:
    """Files of mechanisms by name, including those without parameters."""
    found = {module.__name__: module for module in modules()}
    own = {name.removeprefix(f"{MECHANISMS}."): module for name, module in found.items() if name != MECHANISMS}
    return {name.replace("_", "-"): own[name] for name in sorted(own) if "." not in name}


def _submodel(name: str, module: ModuleType) -> dict[str, Any]:
    """A mechanism: what it is, its functions with their equations, its parameters, its switch."""
    mechanism = current().mechanisms.get(name, Mechanism(name, module.__name__, first_sentence(module.__doc__)))
    functions, steps = public_functions(module), [step for step in WEEK if step.__module__ == module.__name__]
    own = f"{module.__name__.rpartition('.')[2]}."
    elsewhere = [
        step.__name__ for step in WEEK if step not in steps and any(each.startswith(own) for each in used_by(step))
    ]
    rules = [each for each in functions if is_rule(each)]
    return {
        "name": mechanism.name,
        "about": mechanism.about,
        "more": rest(module.__doc__),
        "steps": [_function(each) for each in steps],
        "rules": [_function(each) for each in rules],
        "helpers": [_function(each) for each in functions if each not in rules and each not in steps],
        "parameters": [parameter.name for parameter in mechanism.parameters],
        "neutral": _settings(mechanism.neutral),
        "active": _settings(mechanism.active),
        "core": mechanism.core,
        "elsewhere": elsewhere,
    }


def _settings(values: Mapping[str, Any]) -> str:
    return ", ".join(f"`{name}` = {value}" for name, value in values.items())


def _function(function: Any) -> dict[str, str]:
    names = ", ".join(inspect.signature(function).parameters)
    return {
        "name": function.__name__,
        "signature": f"{function.__name__}({names})",
        "text": inspect.getdoc(function) or "",
    }


def _text(doc: str | None) -> str:
    return "\n\n".join(part for part in (first_sentence(doc), rest(doc)) if part)


def cell(text: object) -> str:
    """Text that may stand in a table."""
    return " ".join(str(text).split()).replace("|", "\\|")
