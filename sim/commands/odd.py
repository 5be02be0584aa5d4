"""``centricity odd``: the ODD protocol, of the model or of one study, generated from the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.errors import Debug, reporting_faults
from sim.commands.options import Assignments
from sim.commands.terminal import echo

if TYPE_CHECKING:
    from sim.documentation import Study
    from sim.model.scenario.messages import Faults

Document = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write the document here; else it is printed.")
]
Policies = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="P", help="Policy or its TOML file; repeatable. Else the scenario's own."),
]


def odd(
    scenario: Annotated[
        str | None,
        typer.Argument(help="Name of a scenario that ships, or a TOML file: the study. Else the whole model."),
    ] = None,
    policies: Policies = None,
    assignments: Assignments = None,
    summary: Annotated[bool, typer.Option("--summary", help="A summary ODD of a few pages.")] = False,
    out: Document = None,
    debug: Debug = False,
) -> None:
    """Write an ODD protocol (Grimm et al. 2020), generated from the code that runs.

    Without a scenario it describes the whole model. With one it describes that study: its values, events and policies, and
    nothing that does not act in it. Equations are LaTeX, diagrams Mermaid; pandoc makes Word or PDF of it.

    Example: centricity odd --out odd.md

    centricity odd retail-bank --policy value-driven --summary --out summary.md
    """
    with reporting_faults(debug):
        from sim.documentation import render_odd, render_study_odd
        from sim.model.scenario.messages import Faults

        faults = Faults()
        check_document(out, faults)
        study = None
        if scenario is not None:
            study = read_study(scenario, policies, assignments, faults)
        else:
            for option, given in (("--policy", policies), ("--set", assignments), ("--summary", summary)):
                if given:
                    faults.add(option, "is for a study, got no scenario. Name one before it, for example retail-bank.")
        faults.raise_any()
        write_document(render_odd() if study is None else render_study_odd(study, summary), out)


def check_document(out: Path | None, faults: Faults) -> None:
    """Note a fault if a document cannot be written."""
    from sim.lab.writing import check_file

    if out is not None:
        check_file(out, (), faults)


def read_study(
    scenario: str, policies: list[str] | None, assignments: list[str] | None, faults: Faults
) -> Study | None:
    """The study of a scenario and some policies; ``None`` after noting faults."""
    from sim.documentation import Study
    from sim.lab.comparison_plan import find_policies, load_scenario

    loaded = load_scenario(scenario, None, {}, assignments or (), faults)
    if loaded is None:
        return None
    found = find_policies(loaded, policies, faults) if policies else []
    return Study.of(loaded, found)


def write_document(text: str, out: Path | None) -> None:
    """Write a document, or print it."""
    from sim.lab.writing import replaced_file, write_text

    if out is None:
        echo(text, nl=False)
        return
    with replaced_file(out) as new:
        write_text(new, text)
    echo(f"Written to {out}", err=True)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("odd")(odd)
