"""``centricity bundle``: an archive of a comparison that reproduces itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.errors import DONE_WITH_FAILURES, Debug, describe_os_error, reporting_faults, write_messages
from sim.commands.terminal import echo


def archive(
    folder: Annotated[str, typer.Argument(metavar="RESULTS", help="Folder of a comparison, or its manifest.json.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The archive: .zip. Replaced if it exists.")],
    debug: Debug = False,
) -> None:
    """Put a comparison into an archive for Zenodo or CoMSES, with all that it takes to run it again.

    It holds the results, scenario and policies, seeds, a lock file of versions, the program, its license and citation, and a
    readme with the commands that reproduce the results in a fresh environment. Its title, authors and license are yours to fill
    in. Refused where it would not come out alike: other versions, another source of the program, files that have changed. Exit
    code 0: done; 1: could not be written; 2: bad input, nothing written.

    Example: centricity bundle centricity-results/retail-bank --out retail-bank.zip
    """
    with reporting_faults(debug):
        from sim.lab.archive import check_archive
        from sim.lab.writing import check_file
        from sim.model.scenario import ScenarioError
        from sim.model.scenario.messages import Faults

        faults, kept = Faults(), None
        check_file(out, (".zip",), faults)
        try:
            kept = check_archive(folder, faults)
        except ScenarioError as error:
            faults.take(error.faults)
        faults.raise_any()
        assert kept is not None  # else there would have been faults
    from sim.lab.archive import write_archive

    try:
        number = write_archive(kept, out)
    except OSError as error:
        if debug or isinstance(error, BrokenPipeError):
            raise
        write_messages([describe_os_error(error) if error.filename is not None else str(error)])
        raise typer.Exit(DONE_WITH_FAILURES) from error
    echo(f"{out}: {number} files, {out.stat().st_size / 1e6:.1f} MB")
    echo("Write title, authors and license of the results into its README.md before you deposit it.")


def register(app: typer.Typer) -> None:
    """Add the command to the application; its name is what users do, an archive what they get."""
    app.command("bundle")(archive)
