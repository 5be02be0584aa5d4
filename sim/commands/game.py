"""``centricity game``: a game for the classroom, and its debrief."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.errors import (
    DONE_WITH_FAILURES,
    INTERRUPTED,
    Debug,
    describe_os_error,
    reporting_faults,
    write_messages,
)
from sim.commands.options import ScenarioName, Seed
from sim.commands.progress import show_progress
from sim.commands.terminal import echo

if TYPE_CHECKING:
    from sim.model.scenario.messages import Faults
    from sim.pages.game.debrief import Team
    from sim.pages.game.game import Game

LARGEST_PAGE = 1.5e6
"""Bytes beyond which a page takes long on a phone."""


def game(
    scenario: ScenarioName = "retail-bank",
    seed: Seed = 1,
    codes: Annotated[
        Path | None,
        typer.Option(
            "--codes", metavar="FILE", help="Codes of the teams, a line each, NAME: CODE. Writes the debrief."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="The page; replaced if it exists. Else game.html or debrief.html here."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Make a game for the classroom: teams lead one organization for four years, and see what executives see.

    The page runs the model itself, without server or network; with #teacher at the end of its address it takes the teams'
    codes. With --codes every team is run again here: the debrief, and beside it, in a folder of the same name, the
    organization and the decisions of each team as files that `centricity run` repeats. Scenario and seed must be those of
    the game. Exit code 0: done; 1: codes were refused (the others are in the debrief), or nothing could be written; 2: bad
    input, nothing written; 130: interrupted, nothing written.

    Example: centricity game --codes codes.txt --out debrief.html
    """
    with reporting_faults(debug):
        ready, file, teams, refused = _check_arguments(scenario, seed, codes, out)
    try:
        if codes is None:
            _write_game(ready, file)
        else:
            _write_debrief(ready, file, teams, refused)
    except KeyboardInterrupt:
        write_messages([f"Interrupted: {file} is as it was. The same command starts again."])
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        if debug or isinstance(error, BrokenPipeError):
            raise
        write_messages([describe_os_error(error) if error.filename is not None else str(error)])
        raise typer.Exit(DONE_WITH_FAILURES) from error
    if refused:
        write_messages(refused)
        raise typer.Exit(DONE_WITH_FAILURES)


def _check_arguments(
    scenario: str, seed: int, codes: Path | None, out: Path | None
) -> tuple[Game, Path, list[Team], list[str]]:
    """Check everything; all faults are raised together."""
    from sim.lab.comparison_plan import LARGEST_SEED, check_whole_number, load_scenario
    from sim.lab.writing import MANIFEST, check_file, check_folder
    from sim.model.scenario import ScenarioError
    from sim.model.scenario.messages import Faults
    from sim.pages.game.debrief import KIND, read_teams
    from sim.pages.game.game import game_of

    faults = Faults()
    check_whole_number("seed", seed, 0, LARGEST_SEED, faults)
    file = out if out is not None else Path("game.html" if codes is None else "debrief.html")
    check_file(file, (".html",), faults)
    text = None if codes is None else _read(codes, faults)
    if codes is not None and not faults.messages:
        check_folder(file.with_suffix(""), faults, MANIFEST, KIND)
    loaded = load_scenario(scenario, None, {}, [], faults)
    teams: list[Team] = []
    refused: list[str] = []
    ready = None
    if loaded is not None:
        try:
            ready = game_of(loaded, seed)
        except ScenarioError as error:
            faults.take(error.faults)
    if ready is not None and text is not None and not faults.messages:
        teams, refused = read_teams(ready, text)
        refused = [f"{codes}, {message}" for message in refused]
        if not teams:
            faults.take(refused or [f"{codes}: has no codes. Write a line for each team: NAME: CODE."])
    faults.raise_any()
    assert ready is not None  # else there would have been faults
    return ready, file, teams, refused


def _read(codes: Path, faults: Faults) -> str | None:
    """The text of a file of codes; ``None`` after noting a fault."""
    from sim.model.scenario.messages import quoted

    try:
        return codes.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        faults.add("--codes", f"must be a text file in UTF-8, {codes} is not. Save it as plain text.")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        faults.add(
            "--codes", f"must be a file that can be read, got {quoted(str(codes))} ({why}). Name the file of codes."
        )
    return None


def _write_game(ready: Game, file: Path) -> None:
    """Write the page of the game."""
    from sim.lab.writing import replaced_file, write_text
    from sim.pages.game.page import render_game
    from sim.pages.shared.week_in_page import NoPortableWeekError

    try:
        page = render_game(ready)
    except NoPortableWeekError as error:
        write_messages([f"No page: {error}"])
        raise typer.Exit(DONE_WITH_FAILURES) from None
    with replaced_file(file) as new:
        write_text(new, page)
    size = len(page.encode())
    echo(
        f"{file}: {ready.scenario.name}, seed {ready.seed} ({size / 1e6:.1f} MB). Hand it to all teams; no network needed."
    )
    echo(f"Collect their codes in {file.name}#teacher, or in a text file for `centricity game --codes FILE`.")
    if size > LARGEST_PAGE:
        echo(
            "The page is large for a phone. A scenario with fewer simulated customers (customers.market) makes it smaller."
        )


def _write_debrief(ready: Game, file: Path, teams: list[Team], refused: list[str]) -> None:
    """Run all teams, and write the page and the files that repeat each."""
    from sim.lab.writing import replaced_file, replaced_folder, write_text
    from sim.pages.game.debrief import run_teams, write_policies
    from sim.pages.game.page import render_debrief

    with show_progress("organizations") as progress:
        runs = run_teams(ready, teams, progress)
    folder = file.with_suffix("")
    with replaced_file(file) as page, replaced_folder(folder) as new:
        commands = write_policies(ready, teams, new)
        write_text(page, render_debrief(ready, teams, runs, refused))
    how_many = "1 team" if len(teams) == 1 else f"{len(teams)} teams"
    echo(f"{file}: the debrief of {how_many}. Open it in a browser; no network needed.")
    echo(f"{folder}: their decisions as policies. In that folder, this repeats the first team:")
    echo(f"  {commands[0]}")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("game")(game)
