"""Reference pages of the site, made from the code each time that the site is built, so that they cannot be stale.

Catalogs come from ``centricity list``, commands from the command line itself, keys of files from the models that check
the files, the ODD protocol from ``centricity odd``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import typer
from typer.cli import get_docs_for_click

from sim.commands.cli import app
from sim.commands.list import COLUMNS, ROWS, Catalog
from sim.lab.sweep.context import ExperimentContext
from sim.lab.sweep.read_designs import DESIGN_TABLES
from sim.lab.sweep.read_factors import EventTable as PlannedEventTable
from sim.lab.sweep.read_factors import FieldTable, LeverTable, UncertaintyTable
from sim.lab.sweep.schema import ExperimentFile, UntilTable, WeeklyTable, WindowTable
from sim.model.registry import current
from sim.model.scenario.departments import DepartmentTable
from sim.model.scenario.events import EventTable
from sim.model.scenario.messages import number_in_words, show
from sim.model.scenario.policies import ConditionTable, PhaseTable, Texts
from sim.model.scenario.schema import ScenarioFile
from sim.model.scenario.tables import Context, Table
from sim.model.scenario.values import STRUCTURE

MADE = "% Made by docs/generated_pages.py. An edit here is lost.\n\n"

INTRODUCTIONS: Mapping[Catalog, tuple[str, str]] = {
    Catalog.PARAMETERS: (
        "Parameters",
        "Each can be set in a scenario file, by `--set NAME=VALUE`, or in Python as a keyword with `__` for the dot. "
        "Who knows the value of each *kind*: nobody (`unknown`), the user's organization (`own`), the one who decides (`lever`), "
        "or it is a convention (`definition`). [Tiers](../concepts/tiers.md) say how good a source is.",
    ),
    Catalog.RESOURCES: ("Resources", "What a policy can spend. The price of each is the parameter `cost.NAME`."),
    Catalog.OUTCOMES: ("Weekly outcomes", "Columns of `weekly.parquet`, and of `CentricityModel.outcomes()`."),
    Catalog.MEASURES: (
        "Measures",
        "What a comparison or a sweep measures of runs: names for `--target`, and for `keep`, `until`, `targets` and "
        "`objective` of an experiment.",
    ),
    Catalog.EVENTS: (
        "Events",
        "What may happen in a week of a scenario (`[[events]]`) or of an experiment (`[[shocks]]`).",
    ),
    Catalog.MECHANISMS: ("Mechanisms", "Parts of the model, and the parameters that switch each off and on."),
    Catalog.POLICIES: ("Policies", "Policies that ship, for every scenario whose departments they fit."),
    Catalog.SCENARIOS: ("Scenarios", "Organizations that ship."),
    Catalog.EXPERIMENTS: ("Experiments", "Designed experiments that ship."),
    Catalog.LESSONS: ("Lessons", "Lessons that ship; [how to write one](../lessons.md)."),
    Catalog.EVIDENCE: ("Evidence", "Facts that `centricity evidence` scores, with the verdict of the reference run."),
}
"""Title and first words of the page of each catalog."""

SCENARIO_TABLES: Mapping[str, tuple[type[Table], str]] = {
    "Top of the file": (ScenarioFile, "A scenario file needs departments. Everything else has a default."),
    "`[[departments]]`": (DepartmentTable, "Shares add up to 1."),
    "`[[events]]`": (
        EventTable,
        "Beside these keys an event has the fields of its [kind](events.md), and `departments` where its kind allows it.",
    ),
    "`[policies.NAME]`, and policy files": (
        Texts,
        "A policy has these texts and the keys of a phase; or these texts and a list of tables `[[phases]]`.",
    ),
    "A phase": (
        PhaseTable,
        "Amounts of [resources](resources.md) stand beside these keys; there must be one at least.",
    ),
    "`stop_when` of a phase": (
        ConditionTable,
        "The phase ends in the first week in which the outcome is beyond the limit.",
    ),
}
"""Tables of scenario files: heading -> model and first words."""

EXPERIMENT_TABLES: Mapping[str, tuple[type[Table], str]] = {
    "Top of the file": (ExperimentFile, "Every experiment needs a scenario, designs, and a number of replicates."),
    "`[until]`": (
        UntilTable,
        "Replicates until the interval of each point is narrow enough; in place of `replicates`.",
    ),
    "`[weekly]`": (WeeklyTable, "Weekly outcomes that are kept."),
    "`[[windows]]`": (WindowTable, "A measure of your own: the mean of a weekly outcome over some weeks."),
    "`[[uncertainties]]`": (UncertaintyTable, "What no one decides."),
    "`[[levers]]`": (LeverTable, "What the organization decides."),
    "`[[shocks]]`": (
        PlannedEventTable,
        "Beside these keys: `week`, `happens`, and the fields of its [kind](events.md). Each may vary, by a table:",
    ),
    "A field that varies": (FieldTable, "For example `week = { low = 60, high = 140 }`."),
    **{
        f'`[[designs]]` of kind `"{kind}"`': (model, (model.__doc__ or "").strip())
        for kind, model in DESIGN_TABLES.items()
    },
}
"""The same of experiment files."""


def write_pages(folder: Path) -> None:
    """Write every generated page into a folder; a page that is as it was keeps its time, so that it is not read again."""
    for name, text in pages().items():
        path = folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != MADE + text:
            path.write_text(MADE + text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Text of every generated page by name."""
    from sim.documentation import render_odd

    return {
        "commands": commands(),
        "scenario-files": files("Scenario and policy files", SCENARIO_TABLES, _sections()),
        "experiment-files": files("Experiment files", EXPERIMENT_TABLES),
        **{catalog.value: catalog_page(catalog) for catalog in Catalog},
        "odd": render_odd(),
    }


def commands() -> str:
    """Every command with its arguments and options, in Typer's own form."""
    group = typer.main.get_command(app)
    context = group.make_context("centricity", ["list"], resilient_parsing=True)
    text = get_docs_for_click(obj=group, ctx=context, name="centricity", title="Commands")
    # Typer's summaries are cut; the list in the contents beside them is whole.
    return text.replace("```console\n$ ", "```text\n")


def catalog_page(catalog: Catalog) -> str:
    """A table of everything in a catalog, as ``centricity list`` has it."""
    title, words = INTRODUCTIONS[catalog]
    rows, columns = ROWS[catalog](), COLUMNS[catalog]
    lead = f"{words}\n\n`centricity list {catalog}` prints this table, with `--json` for programs."
    table = table_of([heading for heading, _ in columns], ([text(row) for _, text in columns] for row in rows))
    return f"# {title}\n\n{lead}\n\n{table}"


def files(title: str, tables: Mapping[str, tuple[type[Table], str]], rest: str = "") -> str:
    """Every key of a kind of file, from the models that check it."""
    context = ExperimentContext(current())
    parts = [f"# {title}\n\nFiles are TOML. `centricity check FILE` tells every fault of one, with a remedy.\n"]
    for heading, (model, words) in tables.items():
        parts.append(f"## {heading}\n\n{words}\n\n{keys_of(model, context)}")
    return "\n".join([*parts, rest])


def keys_of(model: type[Table], context: Context) -> str:
    """A table of the keys of a table in a file: what each is, and its default."""
    hints = model.hints(context)
    rows = []
    for key, field in model.legal_keys().items():
        default = "needed" if field.is_required() else _default(field.default)
        rows.append([f"`{key}`", STRUCTURE.get(key, "") or hints[key] or "a name", default])
    return table_of(["key", "what", "default"], rows)


def _default(value: object) -> str:
    """A default in words."""
    if value is None or value == "" or (isinstance(value, tuple | Mapping) and not value):
        return "–"
    if isinstance(value, tuple):
        return "all of them" if len(value) > 9 else ", ".join(f"`{each}`" for each in value)
    if isinstance(value, bool | str | int | float):
        return f"`{number_in_words(value) if isinstance(value, float) else show(value)}`"
    return "–"


def _sections() -> str:
    """Sections of parameters, with how many each has."""
    counts: dict[str, list[str]] = {}
    for parameter in current().parameters.values():
        counts.setdefault(parameter.section, []).append(parameter.name.partition(".")[2])
    rows = [[f"`[{section}]`", ", ".join(f"`{name}`" for name in names)] for section, names in sorted(counts.items())]
    lead = "All other tables hold [parameters](parameters.md), which has the range and meaning of each."
    return f"## Sections of parameters\n\n{lead}\n\n{table_of(['table', 'keys'], rows)}"


def table_of(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [list(headings), ["---"] * len(headings), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    """Text that may stand in a cell; what would be markup of HTML is shown as it is."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
