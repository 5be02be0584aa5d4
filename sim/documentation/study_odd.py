"""The ODD protocol of one study (Grimm et al. 2020): its values, events and policies, and nothing that does not act in it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined

from sim.analysis.wording import join_words
from sim.documentation.code import is_rule, public_functions, streams, used_by
from sim.documentation.concepts import CONCEPTS, ORDER
from sim.documentation.docstrings import first_sentence, rest
from sim.documentation.equations import SHARED, equation_of
from sim.documentation.odd import ENTITIES, KINDS, TIERS, cell, parameter_row, sentence_of, start_in_words
from sim.documentation.study import RULE_STARTS, Study
from sim.model import week as week_module
from sim.model.initialization import initialize
from sim.model.kernel.columns import Column
from sim.model.kernel.random import Streams
from sim.model.policies.policy import Policy
from sim.model.scenario.messages import number_in_words
from sim.pages.publication.bibliography import cited, works
from sim.safe_text import for_markdown

SEED = 1
"""Of the organization whose initial state is shown."""

_ALWAYS_CITED = ("grimm2020", "terhoeven2025")
_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")
_GROUP = re.compile(r"^    # (.+)$|^    (?:\w+\.)?(\w+),$", re.MULTILINE)


def render_study_odd(study: Study, summary: bool = False) -> str:
    """The document as Markdown, with equations in LaTeX and diagrams in Mermaid.

    Args:
        study: The study.
        summary: A few pages, in place of everything.
    """
    environment = Environment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["cell"] = cell
    environment.filters["plain"] = for_markdown
    name = "summary.md.jinja" if summary else "study.md.jinja"
    template = (resources.files("sim.documentation") / name).read_text(encoding="utf-8")
    text = environment.from_string(template).render(**describe_study(study))
    found = {work.key: work for work in [*cited(text), *(works()[key] for key in _ALWAYS_CITED)]}
    listed = "\n".join(f"- {for_markdown(found[key].reference)}" for key in sorted(found))
    return re.sub(r"\n{3,}", "\n\n", text).replace("@REFERENCES@", listed)


def describe_study(study: Study) -> dict[str, Any]:
    """The content of the document, without its form."""
    scenario, known = study.scenario, study.scenario.registry
    steps = acting_steps(study)
    parameters = [
        {
            **parameter_row(parameter),
            "value": _value(scenario.parameters[name]),
            "own": scenario.parameters[name] != parameter.default,
        }
        for name, parameter in study.parameters.items()
    ]
    return {
        "study": study,
        "scenario": scenario,
        "about": " ".join(scenario.about.split()),
        "policies": [_policy(policy) for policy in study.policies],
        "events": [_event(event) for event in scenario.events],
        "futures": [
            {"name": name, "values": ", ".join(f"`{key}` = {_value(value)}" for key, value in values.items())}
            for name, values in scenario.futures.items()
        ],
        "resources": [
            {"resource": each, "price": f"{scenario.parameters[f'cost.{name}']:g}"} for name, each in study.resources.items()
        ],
        "entities": [
            {"name": name, "about": about, "columns": [_column(each) for each in study.columns if each.table == name.lower()]}
            for name, about in ENTITIES.items()
        ],
        "organization": [
            *({"name": each.name, "meaning": each.meaning, "unit": each.unit} for each in study.numbers),
            *(_column(each) for each in study.columns if each.table == "environment"),
        ],
        "initial": initial_state(study),
        "flowchart": flowchart(study),
        "diagram": state_diagram(study),
        "groups": _groups(study),
        "order": [
            each for each in ORDER if {each.first, each.second} <= {step.__name__ for step in steps}
        ],
        "concepts": {
            name: " ".join(sentence.text for sentence in sentences if sentence.holds(study.mechanisms)) or "None."
            for name, sentences in CONCEPTS.items()
        },
        "streams": [
            {"name": name, "kind": kind}
            for name, (kind, places) in streams().items()
            if any(study.has(place) for place in places)
        ],
        "outcomes": list(known.outcomes.values()),
        "shared": [{"name": each.__name__, "equation": equation_of(each)} for each in SHARED],
        "submodels": [_submodel(name, module, study) for name, module in study.mechanisms.items()],
        "resting": [name for name in known.mechanisms if name not in study.mechanisms],
        "parameters": parameters,
        "own": [row for row in parameters if row["own"]],
        "kinds": KINDS,
        "tiers": {int(tier): meaning for tier, meaning in TIERS.items()},
        "join": join_words,
    }  # fmt: skip


def acting_steps(study: Study) -> list[Callable[..., Any]]:
    """Steps of the week that act in the study, in order."""
    return [
        step for step in study.scenario.registry.steps
        if study.has(step.__module__) and (step.__name__ != "apply_events" or study.scenario.events)
    ]  # fmt: skip


def _groups(study: Study) -> list[dict[str, Any]]:
    """Steps under the headings that the list of the week has."""
    headings, heading = {}, ""
    source = inspect.getsource(week_module)
    for match in _GROUP.finditer(source[source.index("WEEK = (") :].partition("\n)")[0]):
        heading = match[1] or heading
        if match[2]:
            headings[match[2]] = heading
    groups: dict[str, list[dict[str, Any]]] = {}
    last = ""
    for step in acting_steps(study):
        last = headings.get(step.__name__, last)
        uses = [name for name in used_by(step) if name.partition(".")[0].replace("_", "-") in study.mechanisms]
        groups.setdefault(last, []).append({"name": step.__name__, "sentence": sentence_of(step), "uses": uses})
    return [{"name": name, "steps": steps} for name, steps in groups.items()]


def flowchart(study: Study) -> str:
    """The week as a flowchart in Mermaid: a box a group of steps."""
    lines = ["flowchart TD", '    start(["a week begins: the policy asks for its amounts"])']
    before = "start"
    for number, group in enumerate(_groups(study), start=1):
        steps = "<br/>".join(step["name"].replace("_", " ") for step in group["steps"])
        lines += [f'    g{number}["<b>{group["name"]}</b><br/>{steps}"]', f"    {before} --> g{number}"]
        before = f"g{number}"
    lines += ['    record(["outcomes are recorded; phases end whose condition holds"])', f"    {before} --> record"]
    lines += ["    record -->|next week| start"]
    return "\n".join(lines)


def state_diagram(study: Study) -> str:
    """Who has which state, and who is tied to whom, as a class diagram in Mermaid."""
    lines = ["classDiagram"]
    for name in ENTITIES:
        lines += [
            f"    class {name} {{",
            *(f"        {each.name}" for each in study.columns if each.table == name.lower()),
            "    }",
        ]
    lines += ["    class Organization {", *(f"        {each.name}" for each in study.numbers), "    }"]
    around = [each.name for each in study.columns if each.table == "environment"]
    lines += ["    class Environment {", *(f"        {name}" for name in around), "    }"] if around else []
    lines += [
        "    Organization *-- Departments", "    Organization *-- Executives", "    Departments *-- Employees : department",
        "    Employees --> Employees : manager, colleagues", "    Employees -- Customers : service contacts",
        "    Customers -- Customers : word of mouth" if "word-of-mouth" in study.mechanisms else "",
        "    Executives --> Departments : amounts of resources",
        "    Environment --> Organization" if around else "",
    ]  # fmt: skip
    return "\n".join(line for line in lines if line)


def initial_state(study: Study) -> list[dict[str, str]]:
    """What state variables hold before the burn-in, and how that comes about."""
    organization = initialize(study.scenario, study.scenario.policy("none"), Streams(SEED))
    there = {"customers": organization.customers.active, "employees": organization.employees.employed}
    rows = []
    for column in study.columns:
        values = getattr(getattr(organization, column.table), column.name)
        values = values[there[column.table]] if column.table in there else values
        rows.append({
            "name": f"{column.table}.{column.name}", "value": _range(np.asarray(values, dtype=np.float64)),
            "how": _start(column),
        })  # fmt: skip
    for number in study.numbers:
        value = np.asarray(organization.numbers[number.name], dtype=np.float64)
        rows.append({"name": number.name, "value": _range(value), "how": start_in_words(number.start, number.unit)})
    return rows


def _range(values: np.ndarray) -> str:
    """Mean and range in words."""
    known = values[np.isfinite(values)]
    if not known.size:
        return "missing" if values.size else "none"
    low, high = float(known.min()), float(known.max())
    return f"{low:.4g}" if low == high else f"{known.mean():.4g} ({low:.4g} to {high:.4g})"


def _start(column: Column) -> str:
    start = column.newcomer if column.initial is None else column.initial
    return start_in_words(start, column.unit)


def _column(column: Column) -> dict[str, str]:
    name = f"environment.{column.name}" if column.table == "environment" else column.name
    return {"name": name, "meaning": column.meaning, "unit": column.unit}


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else number_in_words(value)


def _policy(policy: Policy) -> dict[str, Any]:
    phases = []
    for phase in policy.phases:
        until = "the end" if phase.end is None else f"week {phase.end}"
        stop = f", or until {phase.stop_when.outcome} is {_limit(phase.stop_when)}" if phase.stop_when else ""
        phases.append({
            "when": f"week {phase.start} to {until}{stop}",
            "where": ", ".join(phase.departments) if phase.departments else "all departments",
            "amounts": ", ".join(f"`{name}` = {amount:g}" for name, amount in phase.amounts.items()) or "nothing",
        })  # fmt: skip
    return {"name": policy.name, "about": " ".join(policy.about.split()), "phases": phases}


def _limit(condition: Any) -> str:
    return f"above {condition.above:g}" if condition.above is not None else f"below {condition.below:g}"


def _event(event: Any) -> dict[str, str]:
    fields = ", ".join(f"`{name}` = {value:g}" for name, value in event.fields.items())
    where = ", ".join(event.departments) if event.departments else "the whole organization"
    return {"week": str(event.week), "kind": event.kind, "fields": fields, "where": where}


def _submodel(name: str, module: Any, study: Study) -> dict[str, Any]:
    steps = [step for step in study.scenario.registry.steps if step.__module__ == module.__name__]
    functions = public_functions(module)
    rules = [
        each for each in functions
        if is_rule(each) and study.is_caused(RULE_STARTS.get(f"{module.__name__.rpartition('.')[2]}.{each.__name__}", ((),)))
    ]  # fmt: skip
    return {
        "name": name,
        "about": first_sentence(module.__doc__),
        "more": _ROLE.sub(r"`\1`", rest(module.__doc__)).replace("``", "`"),
        "steps": [{"name": step.__name__, "sentence": sentence_of(step)} for step in steps],
        "rules": [_rule(each) for each in rules],
        "parameters": [
            each.name for each in getattr(module, "PARAMETERS", ()) if each.name in study.parameters
        ],
    }  # fmt: skip


def _rule(rule: Any) -> dict[str, Any]:
    text = _ROLE.sub(r"\1", (inspect.getdoc(rule) or "").replace("``", ""))
    arguments: Mapping[str, str] = {}
    if "Args:" in text:
        part = re.sub(r"\n {8,}", " ", text.partition("Args:")[2].partition("\n\n")[0])
        arguments = dict(re.findall(r"^    ([\w, ]+): (.*)$", part, flags=re.MULTILINE))
    return {
        "name": rule.__name__,
        "signature": f"{rule.__name__}({', '.join(inspect.signature(rule).parameters)})",
        "about": first_sentence(text),
        "equation": equation_of(rule),
        "arguments": arguments,
        "text": text,
    }
