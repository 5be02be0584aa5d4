"""The options ``--extension`` and ``--trust``, which every command has that runs a model or lists what is in one."""

from __future__ import annotations

from typing import Any

import typer

COMMANDS = ("compare", "run", "sweep", "live", "list", "odd", "evidence", "lesson")
"""Commands that have them."""


def add_to(command: Any) -> Any:
    """Give a command the two options; what they say holds for the whole process, workers included."""
    command.params += [
        typer.core.TyperOption(
            param_decls=["extension", "--extension"],
            multiple=True,
            metavar="FILE",
            expose_value=False,
            is_eager=True,
            callback=_give,
            help="Add a mechanism of your own, or replace a rule: docs/extensions.md; runs the file; repeatable.",
        ),
        typer.core.TyperOption(
            param_decls=["trust", "--trust"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_trust,
            help="Run the extensions that scenario and experiment files name.",
        ),
    ]
    return command


def _give(context: Any, parameter: Any, files: tuple[str, ...]) -> None:
    from sim.commands.errors import reporting_faults
    from sim.extensions import consent
    from sim.registry import current

    del context, parameter
    if files:
        with reporting_faults():
            consent.give(files)
            current()
        for file in files:
            typer.echo(f"Extension: {file}", err=True)


def _trust(context: Any, parameter: Any, trusted: bool) -> None:
    from sim.extensions import consent

    del context, parameter
    consent.trust = consent.trust or trusted
