"""``centricity odd``: the ODD protocol document, generated from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.errors import Debug, reporting_faults


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
        from sim.lab.writing import write_text
        from sim.model.scenario.messages import Faults

        if out is not None:
            faults = Faults()
            if out.is_dir():
                faults.add(
                    "--out", f"must be a file, got the folder {out}. Name a file in it, such as {out / 'odd.md'}."
                )
            elif not out.resolve().parent.is_dir():
                faults.add("--out", f"must be in a folder that exists, got {out}. Make {out.parent} first.")
            faults.raise_any()
        text = render_odd()
        if out is None:
            typer.echo(text, nl=False)
        else:
            write_text(out, text)
            typer.echo(f"Written to {out}", err=True)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("odd")(odd)
