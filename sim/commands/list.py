"""``centricity list``: what there is, for people in a table and for programs in JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from sim.analysis.metrics import METRICS, Metric
from sim.commands.errors import Debug, reporting_faults
from sim.commands.terminal import echo, make_console
from sim.model.kernel.parameters import Parameter
from sim.model.policies.policy import NONE
from sim.model.registry import current
from sim.model.scenario import shipped_policies
from sim.model.scenario.finding import Source
from sim.model.scenario.loading import read_toml
from sim.model.scenario.messages import number_in_words, show
from sim.model.scenario.schema import OBJECTIVES
from sim.model.scenario.shipped import ShippedKind, files, label

Row = dict[str, Any]
"""One thing, as JSON shows it."""


class Catalog(StrEnum):
    """What can be listed."""

    SCENARIOS = "scenarios"
    POLICIES = "policies"
    EXPERIMENTS = "experiments"
    LESSONS = "lessons"
    OUTCOMES = "outcomes"
    MEASURES = "measures"
    PARAMETERS = "parameters"
    RESOURCES = "resources"
    EVENTS = "events"
    MECHANISMS = "mechanisms"
    EVIDENCE = "evidence"


def shipped_rows(kind: ShippedKind) -> list[Row]:
    """Scenarios, experiments or lessons that ship, with what they say about themselves."""
    rows = []
    for name, path in files(kind).items():
        table = read_toml(Source(path, label(path)))
        rows.append({"name": name} | {key: str(table.get(key, "")).strip() for key in ("about", "notice", "try")})
    return rows


def policy_rows() -> list[Row]:
    """The empty policy and those that ship, with their resources and the weeks in which they are in force."""
    loaded_policies = {NONE.name: NONE, **shipped_policies(current())}
    return [
        {
            "name": policy.name,
            "about": policy.about,
            "resources": list(policy.resources),
            "notice": policy.notice,
            "try": policy.suggestion,
            "phases": [phase.to_dict() for phase in policy.phases],
        }
        for policy in loaded_policies.values()
    ]


def parameter_row(parameter: Parameter, name: str | None = None) -> Row:
    """A parameter, or a field of an event, with all that is known about it."""
    return {
        "name": name or parameter.name,
        "default": parameter.default,
        "type": parameter.type,
        "kind": parameter.kind,
        "low": parameter.low,
        "high": parameter.high,
        "plausible": None if parameter.plausible is None else list(parameter.plausible),
        "choices": list(parameter.choices),
        "unit": parameter.unit,
        "meaning": parameter.meaning,
        "source": parameter.source,
        "tier": int(parameter.tier),
    }


def parameter_rows() -> list[Row]:
    """Every parameter of the model."""
    return [parameter_row(parameter) for parameter in current().parameters.values()]


def resource_rows() -> list[Row]:
    """Everything a policy may spend."""
    return [
        {
            "name": name,
            "low": resource.low,
            "high": resource.high,
            "unit": resource.unit,
            "meaning": resource.meaning,
            "cost": resource.cost,
            "per": resource.per,
            "channels": list(resource.channels),
            "source": resource.source,
            "tier": int(resource.tier),
        }
        for name, resource in current().resources.items()
    ]


def event_rows() -> list[Row]:
    """Kinds of events, with their fields."""
    return [
        {
            "name": name,
            "meaning": event_kind.meaning,
            "departments": event_kind.departments,
            "fields": [parameter_row(field, key) for key, field in event_kind.fields.items()],
        }
        for name, event_kind in current().event_kinds.items()
    ]


def outcome_rows() -> list[Row]:
    """Columns of the weekly results."""
    return [
        {"name": name, "unit": outcome.unit, "meaning": outcome.meaning} for name, outcome in current().outcomes.items()
    ]


def measure_rows() -> list[Row]:
    """Measures of a comparison, with what kind of number each is and where its name can be given."""
    return [
        {
            "name": name,
            "unit": metric.unit,
            "kind": metric.kind,
            "against_twin": metric.against_twin,
            "better": metric.better,
            "meaning": metric.meaning,
            "uses": measure_uses(metric),
        }
        for name, metric in METRICS.items()
    ]


def measure_uses(metric: Metric) -> list[str]:
    """Where a measure's name can be given; a measure that single runs do not have stands only in the results."""
    if not metric.per_run:
        return []
    kept = "experiment: keep, and then until, targets, objective"
    return ["compare --target", kept, *(["scenario: objective"] if metric.name in OBJECTIVES else [])]


def mechanism_rows() -> list[Row]:
    """Rules of the model, with the values that switch each of them off or on."""
    return [
        {
            "name": name,
            "about": mechanism.about,
            "core": mechanism.core,
            "neutral": dict(mechanism.neutral),
            "active": dict(mechanism.active),
            "parameters": [parameter.name for parameter in mechanism.parameters],
            "module": mechanism.module,
        }
        for name, mechanism in current().mechanisms.items()
    ]


def evidence_rows() -> list[Row]:
    """Facts that ``centricity evidence`` scores; in a checkout, with the verdicts of its reference run."""
    from sim.evidence.fact import load_facts
    from sim.evidence.kept import NOT_YET_RUN, kept_verdicts

    kept = kept_verdicts()
    return [
        {
            "name": fact.id,
            "claim": fact.claim,
            "seed": fact.seed,
            "setting": fact.setting,
            "tier": int(fact.tier),
            "band": fact.band,
            "source": fact.source,
            "kept": None if kept is None else kept.get(fact.id, NOT_YET_RUN),
        }
        for fact in load_facts()
    ]


ROWS: Mapping[Catalog, Callable[[], list[Row]]] = {
    Catalog.SCENARIOS: lambda: shipped_rows("scenarios"),
    Catalog.POLICIES: policy_rows,
    Catalog.EXPERIMENTS: lambda: shipped_rows("experiments"),
    Catalog.LESSONS: lambda: shipped_rows("lessons"),
    Catalog.OUTCOMES: outcome_rows,
    Catalog.MEASURES: measure_rows,
    Catalog.PARAMETERS: parameter_rows,
    Catalog.RESOURCES: resource_rows,
    Catalog.EVENTS: event_rows,
    Catalog.MECHANISMS: mechanism_rows,
    Catalog.EVIDENCE: evidence_rows,
}
"""How the things of each catalog are gathered."""


def format_range(row: Row) -> str:
    """Legal values of a parameter in words."""
    if row["low"] is not None and row["high"] is not None:
        return f"{number_in_words(row['low'])} to {number_in_words(row['high'])}"
    return "true or false" if row["type"] == "switch" else ", ".join(row["choices"])


def format_value(shown: Any) -> str:
    """A default in words."""
    return shown if isinstance(shown, str) else show(shown) if isinstance(shown, bool) else number_in_words(shown)


def _unit(row: Row) -> str:
    return "" if row["unit"] == "1" else str(row["unit"])


def _cost(row: Row) -> str:
    return f"{number_in_words(row['cost'])} per {row['per']}"


def _fields(row: Row) -> str:
    fields = [
        f"{field['name']} ({format_range(field)}, default {format_value(field['default'])})" for field in row["fields"]
    ]
    return "; ".join([*fields, "departments"] if row["departments"] else fields)


def _format_assignments(values: Mapping[str, Any], nothing: str) -> str:
    """Parameters and values as ``--set`` takes them."""
    return ", ".join(f"{name}={format_value(given)}" for name, given in values.items()) or nothing


Column = tuple[str, Callable[[Row], str]]
"""Heading of a column, and its text for a thing."""

_NAME: Column = ("name", lambda row: str(row["name"]))
_ABOUT: Column = ("about", lambda row: str(row["about"]))
_MEANING: Column = ("meaning", lambda row: str(row["meaning"]))
_EVIDENCE: tuple[Column, ...] = (("source", lambda row: str(row["source"])), ("tier", lambda row: str(row["tier"])))

COLUMNS: Mapping[Catalog, tuple[Column, ...]] = {
    Catalog.SCENARIOS: (_NAME, _ABOUT),
    Catalog.POLICIES: (_NAME, _ABOUT, ("resources", lambda row: ", ".join(row["resources"]) or "none")),
    Catalog.EXPERIMENTS: (_NAME, _ABOUT),
    Catalog.LESSONS: (_NAME, _ABOUT),
    Catalog.OUTCOMES: (_NAME, ("unit", lambda row: str(row["unit"])), _MEANING),
    Catalog.MEASURES: (
        _NAME,
        ("unit", lambda row: str(row["unit"])),
        ("kind", lambda row: f"{row['kind']}{' from the twin' if row['against_twin'] else ''}"),
        ("better", lambda row: str(row["better"] or "open")),
        _MEANING,
        ("can be given to", lambda row: "; ".join(row["uses"]) or "nothing: it is no number of a single run"),
    ),
    Catalog.PARAMETERS: (
        _NAME,
        ("default", lambda row: format_value(row["default"])),
        ("range", format_range),
        ("unit", _unit),
        ("kind", lambda row: str(row["kind"])),
        _MEANING,
        *_EVIDENCE,
    ),
    Catalog.RESOURCES: (_NAME, ("range", format_range), ("unit", _unit), _MEANING, ("cost a week", _cost), *_EVIDENCE),
    Catalog.EVENTS: (_NAME, _MEANING, ("fields", _fields)),
    Catalog.MECHANISMS: (
        _NAME,
        ("core", lambda row: "core" if row["core"] else ""),
        _ABOUT,
        ("switched off by", lambda row: _format_assignments(row["neutral"], "cannot be switched off")),
        ("switched on by", lambda row: _format_assignments(row["active"], "on as it is, or by its resource or event")),
    ),
    Catalog.EVIDENCE: (
        _NAME,
        ("claim", lambda row: str(row["claim"])),
        ("seed", lambda row: str(row["seed"])),
        ("kept", lambda row: str(row["kept"] or "")),
        ("tier", lambda row: str(row["tier"])),
    ),
}
"""Columns of the table of each catalog."""


def format_plain_table(rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """A line for each thing, aligned, never cut or wrapped: for files, pipes and ``grep``."""
    cells = [
        [heading for heading, _ in columns],
        *([" ".join(text(row).split()) for _, text in columns] for row in rows),
    ]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


STACKED: Mapping[Catalog, tuple[tuple[str, ...], ...]] = {
    Catalog.PARAMETERS: (("name",), ("default", "range", "unit", "kind"), ("meaning", "source", "tier")),
    Catalog.MEASURES: (("name",), ("unit", "kind", "better"), ("meaning", "can be given to")),
    Catalog.RESOURCES: (("name",), ("range", "unit", "cost a week"), ("meaning", "source", "tier")),
    Catalog.MECHANISMS: (("name", "core"), ("about", "switched off by", "switched on by")),
    Catalog.EVIDENCE: (("name",), ("claim", "seed", "kept", "tier")),
}
"""Columns that share one place on a terminal, one below the other: seven side by side do not fit 100 characters."""


def format_table(rows: Sequence[Row], catalog: Catalog) -> Table:
    """The same for a terminal."""
    texts = dict(COLUMNS[catalog])
    stacks = STACKED.get(catalog, tuple((name,) for name in texts))
    grid = Table(box=None, padding=(0, 2, 0, 0))
    for first, *below in stacks:
        widest = None if first in ("name", "about", "meaning", "claim") else 24
        heading = ", ".join([first, *below])
        grid.add_column(heading, no_wrap=first == "name", max_width=widest, style="bold" if first == "name" else "")
    for row in rows:
        cells = []
        for first, *below in stacks:
            cell = Text(texts[first](row))
            for name in below:
                cell.append(f" (tier {texts[name](row)})" if name == "tier" else f"\n{texts[name](row)}", style="dim")
            cells.append(cell)
        grid.add_row(*cells)
    return grid


def overview() -> dict[str, list[str]]:
    """Names of everything, by catalog."""
    return {catalog.value: [row["name"] for row in ROWS[catalog]()] for catalog in Catalog}


def print_overview() -> None:
    """What there is, in a few lines: names where they are few, numbers where they are many."""
    for catalog, names in overview().items():
        by_name = catalog in (
            Catalog.SCENARIOS,
            Catalog.POLICIES,
            Catalog.EXPERIMENTS,
            Catalog.LESSONS,
            Catalog.EVENTS,
            Catalog.RESOURCES,
        )
        echo(f"{catalog:<12} {', '.join(names) if by_name and names else len(names)}")
    echo("More about each: centricity list parameters, centricity list measures ...")


def is_terminal() -> bool:
    """Whether a person reads the output as it comes."""
    return sys.stdout.isatty()


def list_catalog(
    catalog: Annotated[Catalog | None, typer.Argument(help="What to list; an overview if left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    debug: Debug = False,
) -> None:
    """List what there is.

    Scenarios, policies, experiments, lessons, weekly outcomes, measures of a comparison, parameters, resources, kinds of events,
    mechanisms, facts of the evidence.

    Example: centricity list parameters
    """
    with reporting_faults(debug):
        if as_json:
            content = overview() if catalog is None else ROWS[catalog]()
            echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))
        elif catalog is None:
            print_overview()
        elif is_terminal():
            make_console().print(format_table(ROWS[catalog](), catalog))
        else:
            echo(format_plain_table(ROWS[catalog](), COLUMNS[catalog]))


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("list")(list_catalog)
