"""``centricity live``: the real model in the browser, on this machine only."""

from __future__ import annotations

import errno
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.errors import BAD_INPUT, INTERRUPTED, Debug, reporting_faults, write_messages
from sim.commands.options import Assignments, ScenarioName, Seed, Weeks, Years
from sim.commands.terminal import echo

if TYPE_CHECKING:
    from sim.pages.live.server import LiveServer
    from sim.pages.live.session import Session, SessionSetup

PORT = 8765
"""Where the page is, unless another is given."""

_TAKEN = {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)}


def live(
    scenario: ScenarioName = "retail-bank",
    port: Annotated[
        int, typer.Option(metavar="N", help="Port of the page, on this machine only; 0 takes a free one.")
    ] = PORT,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            metavar="P",
            help="Policy, or its TOML file; give it twice for two. One alone runs beside no policy.",
        ),
    ] = None,
    weeks: Weeks = None,
    years: Years = None,
    seed: Seed = 1,
    assignments: Assignments = None,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the session here when it ends, as a scenario: .toml.")
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser as well.")] = False,
    debug: Debug = False,
) -> None:
    """Step the real model in the browser: two policies side by side, with the same random numbers and the same events.

    The page can be reached from this machine only. Every run is the one that `centricity run` gives for its seed; a
    session with all that was pressed can be saved as a scenario file that repeats it. Ctrl-C ends it, and so does
    closing the terminal. Exit code 2: bad input, or the port is taken; 130: ended.

    Example: centricity live retail-bank --policy symbolic --policy value-driven
    """
    with reporting_faults(debug):
        setup = _check_arguments(scenario, port, policy or [], (weeks, years), seed, assignments or [], save)
    server = None
    with _ended_by_signals():
        try:
            server = _start_server(setup, port, debug)
            echo(f"{setup.scenario.name} is live at {server.url} (this machine only). Ctrl-C ends it.")
            if open_page:
                import webbrowser

                webbrowser.open(server.url)
            server.serve_forever()
        except KeyboardInterrupt:
            with suppress(OSError):  # the terminal may be closed
                write_messages([f"Ended. `{shlex.join(['centricity', *sys.argv[1:]])}` begins anew."])
        finally:
            if server is not None:
                server.server_close()
        if server is not None and save is not None:
            with reporting_faults(debug), server.lock:  # a week that is being computed is finished first
                _save(server.session, save)
    raise typer.Exit(INTERRUPTED)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A closed terminal and a polite end do what Ctrl-C does, so that the session is saved; those ignored stay ignored."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():  # no other may say what a signal does
        for name in ("SIGHUP", "SIGTERM"):
            number = getattr(signal, name, None)  # Windows knows no SIGHUP
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_arguments(
    scenario: str,
    port: int,
    policies: list[str],
    length: tuple[int | None, int | None],
    seed: int,
    assignments: list[str],
    save: Path | None,
) -> SessionSetup:
    """Check everything; all faults are raised together. The length is in weeks or in years."""
    from sim.lab.comparison_plan import check_whole_number, length_of_run
    from sim.lab.writing import check_file
    from sim.model.scenario import ScenarioError
    from sim.model.scenario.messages import Faults
    from sim.pages.live.requests import first_setup

    faults, setup = Faults(), None
    check_whole_number("port", port, 0, 65535, faults)
    if save is not None:
        check_file(save, (".toml",), faults, "--save")
    weeks = length_of_run(*length, faults)
    try:
        setup = first_setup(scenario, policies, weeks, seed, assignments)
    except ScenarioError as error:
        faults.take(error.faults)
    faults.raise_any()
    assert setup is not None  # else there would have been faults
    return setup


def _start_server(setup: SessionSetup, port: int, debug: bool) -> LiveServer:
    """The server, listening; a port that cannot be had ends the command."""
    from sim.pages.live.server import LiveServer

    try:
        return LiveServer(setup, port, echo, debug)
    except OSError as error:
        if debug:
            raise
        why = "taken by another program" if error.errno in _TAKEN else f"not to be had ({error.strerror})"
        write_messages([f"--port {port} is {why}. Give another one, or --port 0 for any that is free."])
        raise typer.Exit(BAD_INPUT) from None


def _save(session: Session, file: Path) -> None:
    """Write the session, and print how to run it again, where anybody still reads."""
    from sim.lab.writing import replaced_file, write_text
    from sim.pages.live.replay import commands, scenario_text

    with replaced_file(file) as new:
        write_text(new, scenario_text(session, str(file)))
    with suppress(OSError):  # the terminal may be closed
        echo(f"{file}: the session, {session.week} weeks. The same again:")
        for command in commands(session, str(file)):
            echo(f"  {command}")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("live")(live)
