"""The options ``--extension`` and ``--trust``, for every command that runs a model or lists its contents."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sim.commands.terminal import echo

COMMANDS = ("compare", "advise", "fit", "run", "sweep", "live", "list", "odd", "dossier", "compile")
"""Commands that have them."""


def add_extension_options(command: Any) -> Any:
    """Give a command the two options; they hold for the whole process, workers included."""
    source = typer.Typer()
    source.command()(_options)
    names = ("extension", "trust")
    command.params += [option for option in typer.main.get_command(source).params if option.name in names]
    return command


def _allow_extensions(files: list[str] | None) -> list[str] | None:
    """Make these extensions part of every model in this process, and say so."""
    from sim.commands.errors import reporting_faults
    from sim.model.extensions import consent
    from sim.model.registry import current
    from sim.model.scenario.messages import faults_of_extensions

    if files:
        with reporting_faults(), faults_of_extensions():
            consent.give(files)
            current()
        for file in files:
            echo(f"Extension: {file}", err=True)
    return files


def _trust_extensions(trusted: bool) -> bool:
    """Let the extensions run that files name."""
    from sim.model.extensions import consent

    consent.trust = consent.trust or trusted
    return trusted


def _options(
    extension: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Add a mechanism of your own, or replace a rule (docs/extensions.md). Runs the file; repeatable.",
            callback=_allow_extensions,
            is_eager=True,
            expose_value=False,
        ),
    ] = None,
    trust: Annotated[
        bool,
        typer.Option(
            "--trust",
            help="Run the extensions that scenario and experiment files name.",
            callback=_trust_extensions,
            is_eager=True,
            expose_value=False,
        ),
    ] = False,
) -> None:
    del extension, trust
