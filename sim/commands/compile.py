"""``centricity compile``: machine code for this processor, once, ahead of long work."""

from __future__ import annotations

import time

import typer

from sim.commands.errors import DONE_WITH_FAILURES, Debug, reporting_faults
from sim.commands.terminal import echo


def compile_command(debug: Debug = False) -> None:
    """Make machine code of the model for this processor, unless it is there.

    Runs begin as portable code, which starts at once and takes about twice the time. Long work makes machine code by itself.
    Run this once in an image of a container, as the owner of the installation, or with --extension for a model with
    extensions, for which there is no portable code.

    Example: centricity compile
    """
    with reporting_faults(debug):
        from sim.model.engine import make_machine_code

        started = time.perf_counter()
        file, was_there = make_machine_code()
    if file is None:  # it has been said why
        raise typer.Exit(DONE_WITH_FAILURES)
    made = "was there" if was_there else f"made in {time.perf_counter() - started:.0f} s"
    echo(f"Machine code ({made}): {file}", err=True)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("compile")(compile_command)
