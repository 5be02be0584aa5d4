"""``centricity dossier``: TRACE and RAT-RS of a study, from the sources of its ODD."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands.errors import Debug, reporting_faults
from sim.commands.odd import Document, Policies, check_document, read_study, write_document
from sim.commands.options import Assignments


def dossier(
    scenario: Annotated[
        str, typer.Argument(help="Name of a scenario that ships, or a TOML file: the study.")
    ] = "retail-bank",
    policies: Policies = None,
    assignments: Assignments = None,
    out: Document = None,
    debug: Debug = False,
) -> None:
    """Write TRACE (why the model is good enough) and RAT-RS (how data were used) for a study.

    What the program knows is filled in; what only an author can say is marked as such.

    Example: centricity dossier retail-bank --policy value-driven --out dossier.md
    """
    with reporting_faults(debug):
        from sim.documentation.dossier import render_dossier
        from sim.model.scenario.messages import Faults

        faults = Faults()
        check_document(out, faults)
        study = read_study(scenario, policies, assignments, faults)
        faults.raise_any()
        assert study is not None  # else there would have been faults
        write_document(render_dossier(study), out)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("dossier")(dossier)
