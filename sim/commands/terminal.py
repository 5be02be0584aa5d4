"""The one way by which a command's words reach a terminal: nothing in them acts on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from sim.safe_text import for_terminal

if TYPE_CHECKING:
    from rich.console import Console


def echo(text: str, err: bool = False, nl: bool = True) -> None:
    """Print a text; what cannot be seen in it is escaped.

    Args:
        text: The text.
        err: Whether it goes to the standard error.
        nl: Whether a line ends after it.
    """
    typer.echo(for_terminal(text), err=err, nl=nl)


def make_console(**settings: Any) -> Console:
    """A console for tables, styles and progress, in which what cannot be seen is escaped, too."""
    from rich.console import Console

    class Safe(Console):
        """Escapes what is printed, and leaves its own controls alone."""

        def render(self, *arguments: Any, **options: Any) -> Iterable[Any]:
            """Render, escaping each piece of text."""
            for segment in super().render(*arguments, **options):
                yield segment if segment.control else segment._replace(text=for_terminal(segment.text))

    return Safe(**settings)
