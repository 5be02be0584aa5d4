"""``centricity reproduce``: run a kept comparison again, and say what differs."""

from __future__ import annotations

import math
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sim.commands.errors import BAD_INPUT, DONE_WITH_FAILURES, Debug, reporting_faults
from sim.commands.terminal import echo


def run_again(words: Sequence[str], out: Path) -> int:
    """Run a command of the program in a process of its own, since what it sets must not be that of this one; its exit code."""
    command = [sys.executable, "-m", "sim", *words, "--out", str(out)]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode


def reproduce(
    manifest: Annotated[str, typer.Argument(metavar="MANIFEST", help="manifest.json of a comparison, or its folder.")],
    rtol: Annotated[
        float,
        typer.Option(
            metavar="X", min=0.0, max=1.0, help="Largest relative difference of numbers that counts as the same."
        ),
    ] = 0.0,
    debug: Debug = False,
) -> None:
    """Run a kept comparison again and say which file, column and row differ, and by how much.

    Files are compared byte by byte, and where they differ value by value. Pages and workbooks, which tell when they were made,
    and what --format adds for a paper are left out; pictures count only if no tolerance is given. Scenarios and policies of
    your own come from the manifest, so that it works in any folder; a folder named by --posterior must be there. Other
    versions, another source of the program and a scenario that ships and has changed are named. Nothing is written. Exit code
    0: it comes out alike; 1: it does not; 2: bad input.

    Example: centricity reproduce results/retail-bank/manifest.json --rtol 1e-9
    """
    with reporting_faults(debug):
        from sim.lab.reproduction import find_differences, read_kept

        kept = read_kept(manifest)
    for changed in kept.changed_versions():
        echo(f"Other version: {changed}")
    if source := kept.changed_source():
        echo(f"Other source of the program: {source}")
    echo(f"Running again: centricity {shlex.join(kept.words)}", err=True)
    with tempfile.TemporaryDirectory(prefix="centricity-") as folder:
        out = Path(folder) / "again"
        code = run_again(kept.words_in(Path(folder) / "inputs"), out)
        if code:
            raise typer.Exit(BAD_INPUT if code == BAD_INPUT else DONE_WITH_FAILURES)
        with reporting_faults(debug):
            differences = find_differences(kept, out)
            if changed := kept.changed_scenario(out):
                echo(f"Other scenario: {changed}, or a policy in it, has changed since")
    alike = [each for each in differences if each.relative <= rtol or (rtol and each.file.endswith(".png"))]
    for each in differences:
        note = " (within the tolerance)" if each in alike and rtol else ""
        echo(f"{each.file}: {each.words}{note}")
    if len(alike) < len(differences):
        worst = max((each.relative for each in differences if math.isfinite(each.relative)), default=math.nan)
        said = "" if math.isnan(worst) or worst == 0.0 else f", by up to {worst:.2g} where only numbers do"
        echo(f"Not the same: {len(differences)} of {len(kept.files)} files differ{said}.")
        raise typer.Exit(DONE_WITH_FAILURES)
    echo(f"The same: {len(kept.files)} files{f', within {rtol:g}' if differences else ', byte by byte'}.")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("reproduce")(reproduce)
