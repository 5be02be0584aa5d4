"""The command ``centricity``: a list of commands, each imported only when it is run."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sim import __version__
from sim.commands.environment import clean_environment, missing_descriptions
from sim.commands.errors import (
    BAD_INPUT,
    DONE,
    DONE_WITH_FAILURES,
    INTERRUPTED,
    UsageError,
    ended_like_interrupted,
    write_messages,
)
from sim.commands.extension_options import COMMANDS as EXTENSIBLE
from sim.commands.extension_options import add_extension_options
from sim.commands.streams import finish_streams, make_streams_safe
from sim.commands.terminal import echo
from sim.safe_text import for_message

COMMANDS = {
    "compare": "sim.commands.compare",
    "fit": "sim.commands.fit",
    "advise": "sim.commands.advise",
    "run": "sim.commands.run",
    "sweep": "sim.commands.sweep",
    "analyze": "sim.commands.analyze",
    "evidence": "sim.commands.evidence",
    "calibrate": "sim.commands.calibrate",
    "lesson": "sim.commands.lesson",
    "game": "sim.commands.game",
    "live": "sim.commands.live",
    "list": "sim.commands.list",
    "check": "sim.commands.check",
    "odd": "sim.commands.odd",
    "reproduce": "sim.commands.reproduce",
    "bundle": "sim.commands.archive",
    "dossier": "sim.commands.dossier",
    "compile": "sim.commands.compile",
}
"""Every command and the module whose function ``register`` adds it, in the order of the help."""


_SETTINGS: dict[str, Any] = {
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": "markdown",
    "context_settings": {"help_option_names": ["--help", "-h"]},
}


class _Commands(MutableMapping[str, Any]):
    """Commands by name, each made when it is first looked up: the help of one need not import all the others."""

    def __init__(self) -> None:
        self._modules = dict(COMMANDS)
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            part = typer.Typer(**_SETTINGS)
            import_module(self._modules[name]).register(part)
            command = typer.main.get_command(part)
            self._made[name] = add_extension_options(command) if name in EXTENSIBLE else command
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._modules[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._modules, **self._made})

    def __len__(self) -> int:
        return len({**self._modules, **self._made})


class _Group(TyperGroup):
    """A group whose commands are imported when needed."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands()

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was typed; a message about an option has its value and a remedy."""
        try:
            with ended_like_interrupted(), _safe_messages():
                return super().invoke(ctx)
        except KeyboardInterrupt:  # where a command has nothing to say about it
            write_messages(["Interrupted. The same command starts again."])
            raise typer.Exit(INTERRUPTED) from None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed before the name of a command."""
        with _safe_messages():
            return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of all commands."""
        del ctx
        return list(self.commands)


@contextmanager
def _safe_messages() -> Iterator[None]:
    """What is said about words that were typed: in words of this program, and in no other characters than can be seen."""
    try:
        yield
    except UsageError as error:
        error.message = for_message(_reword(error) if isinstance(error, typer.BadParameter) else error.message)
        raise


def _reword(error: typer.BadParameter) -> str:
    """Message about a value that an option cannot take, in words of this program and not of its library."""
    details = getattr(error.__cause__, "errors", None)
    if details is None:
        return error.message
    detail = details()[0]
    kind, given = str(detail["type"]), str(detail["input"])
    if kind.startswith(("int_", "float_")):
        from sim.model.scenario.suggestions import Wanted, suggest_number  # slow to import, and seldom needed

        whole = kind.startswith("int_")
        what = "a whole number, such as 30" if whole else "a number, such as 0.5"
        meant = suggest_number(given, Wanted("amount", whole=whole)).replace(", without quotes", "")
        return f"must be {what}, got {given}. {meant}".rstrip()
    said = str(detail["msg"]).removeprefix("Value error, ")
    legal = re.findall(r"'([^']+)'", said.partition(" is not one of ")[2])
    if not legal:
        return said
    from sim.model.scenario.suggestions import among

    return f"must be one of {', '.join(legal)}, got {given}. {among(given, dict.fromkeys(legal, ''))()}".rstrip()


app = typer.Typer(
    name="centricity",
    cls=_Group,
    help="What happens to an organization, and to its customers' loyalty, when it says: we are customer-centric.",
    epilog="Start with: centricity compare",
    no_args_is_help=True,
    **_SETTINGS,
)


def _show_version(requested: bool) -> None:
    if requested:
        echo(f"centricity {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run the command that was typed; a fault of the program ends it in one line, or with --debug in a traceback.

    Streams and environment are made safe first, for every command: see :mod:`sim.commands.streams`,
    :mod:`sim.commands.environment`.
    """
    clean_environment()
    make_streams_safe()
    if refusal := missing_descriptions():
        write_messages([refusal])
        sys.exit(finish_streams(BAD_INPUT))
    try:
        app()
        code = DONE
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else DONE
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        said = " ".join(f"{type(error).__name__}: {error}".split())
        write_messages([f"centricity failed by a fault of its own ({said}). Please report it; --debug shows where."])
        code = DONE_WITH_FAILURES
    sys.exit(finish_streams(code))


if __name__ == "__main__":
    main()
