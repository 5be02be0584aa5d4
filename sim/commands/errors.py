"""From errors to messages: bad input ends a command with one line per fault and exit code 2, never with a traceback."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import typer

from sim.commands.terminal import echo
from sim.safe_text import for_message

DONE, DONE_WITH_FAILURES, BAD_INPUT = 0, 1, 2
"""Exit codes of every command."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

UsageError: Any = typer.BadParameter.__base__
"""Error about words that were typed, in whatever library Typer has it."""

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
"""The option that every command has; its default is False."""


@contextmanager
def reporting_faults(debug: bool = False) -> Iterator[None]:
    """Turn bad input, and files that cannot be read or written, into messages and exit code 2.

    Args:
        debug: Show the traceback as well.

    Raises:
        typer.Exit: In place of the error.
    """
    from sim.model.extensions import ExtensionError
    from sim.model.scenario import ScenarioError

    try:
        yield
    except (ScenarioError, ExtensionError) as error:
        faults = error.faults
    except BrokenPipeError:  # the reader of our output has seen enough
        raise
    except OSError as error:
        faults = [describe_os_error(error)]
    else:
        return
    if debug:
        traceback.print_exc()
    write_messages(faults)
    raise typer.Exit(BAD_INPUT)


_ENDINGS = ("SIGTERM", "SIGHUP", "SIGBREAK")  # a scheduler's time is up, the terminal is closed, Windows' Ctrl-Break


@contextmanager
def ended_like_interrupted() -> Iterator[None]:
    """End in the same orderly way as after Ctrl-C when a scheduler of jobs says that the time is up, or a terminal is closed.

    A signal that is ignored already, as those of ``nohup`` are, stays ignored. Some libraries turn an interruption into
    an error of their own, for example of an import that was not finished: after a signal, it is an interruption again.

    Raises:
        KeyboardInterrupt: After one of these signals, or Ctrl-C.
    """
    asked: list[int] = []

    def interrupt(number: int, frame: Any) -> None:
        del frame
        asked.append(number)
        raise KeyboardInterrupt

    before: dict[int, Any] = {}
    usual = (signal.SIG_DFL, signal.default_int_handler)
    with suppress(ValueError):  # not in the main thread, where no signal arrives
        for name in ("SIGINT", *_ENDINGS):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) in usual:
                before[number] = signal.signal(number, interrupt)
    try:
        yield
    except (typer.Exit, typer.Abort, UsageError):  # how a command ends
        raise
    except Exception as error:
        if asked:
            raise KeyboardInterrupt from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def write_messages(faults: Iterable[str]) -> None:
    """Write messages to the standard error, one a line."""
    for fault in faults:
        echo(for_message(fault), err=True)


def write_warnings(warnings: Iterable[str]) -> None:
    """Write what is legal but hardly meant to the standard error, one a line."""
    write_messages(f"Warning: {warning}" for warning in warnings)


def describe_os_error(error: OSError) -> str:
    """What the operating system refused, about which file, and what to look at."""
    place = f"{error.filename}: " if error.filename is not None else ""
    reason = error.strerror or type(error).__name__
    return f"{place}the file cannot be read or written: {reason}. Check the path, its permissions and the disk."
