"""``centricity odd``: the ODD protocol document, generated from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.errors import Debug, reporting_faults
from sim.commands.terminal import echo


def odd(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the document here; else it is printed.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Write the model's ODD protocol (Grimm et al. 2020), generated from the code that runs.

    Example: centricity odd --out odd.md
    """
    with reporting_faults(debug):
        from sim.documentation import render_odd
        from sim.lab.writing import check_file, replaced_file, write_text
        from sim.model.scenario.messages import Faults

        if out is not None:
            faults = Faults()
            check_file(out, (), faults)
            faults.raise_any()
        text = render_odd()
        if out is None:
            echo(text, nl=False)
        else:
            with replaced_file(out) as new:
                write_text(new, text)
            echo(f"Written to {out}", err=True)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("odd")(odd)
