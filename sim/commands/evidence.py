"""``centricity evidence``: scores the facts and the replications."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from sim.evidence.fact import FactError
from sim.evidence.region import POINTS
from sim.evidence.scoring import Progress, Verdict, score
from sim.evidence.tables import render_json, render_markdown, render_table
from sim.lab.worker_pool import WorkerPoolError, available_workers

_DONE_WITH_FAILURES, _BAD_INPUT, _INTERRUPTED = 1, 2, 130


def evidence_command(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID", help="Score only this fact, group or prefix; repeatable."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Fewer runs and no regions: about a minute; more facts stay inconclusive.")
    ] = False,
    points: Annotated[
        int | None,
        typer.Option(
            "--points",
            metavar="N",
            min=0,
            max=1000,
            help=f"Points of the plausible ranges at which each conjecture is scored again; else {POINTS}, or 0 if quick.",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, help="Processes; else one per processor.")
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out", metavar="FILE", help="Also write all rows here, as a document (.md) or else as JSON; repeatable."
        ),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Score the facts and the replications: tier, target, measured value, 95 % interval, verdict, and where it holds.

    Exit code 0: nothing fails; 1: a fact fails or its measure broke down; 2: bad input; 130: interrupted, nothing written.

    Example: centricity evidence --only march-1991 --quick
    """
    try:
        for path in out or ():
            _require_writable(path)
        spots = points if points is not None else 0 if quick else POINTS
        with _show_progress() as progress:
            rows = score(only, quick, progress, workers=workers or available_workers(), points=spots)
    except FactError as error:
        if debug:
            traceback.print_exc()
        for fault in error.faults:
            typer.echo(fault, err=True)
        raise typer.Exit(_BAD_INPUT) from None
    except KeyboardInterrupt:
        typer.echo("Interrupted: nothing was written. Go on with --only GROUP for the facts you still want.", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    except WorkerPoolError as error:
        typer.echo(str(error).replace("workers=1", "--workers 1"), err=True)
        raise typer.Exit(_DONE_WITH_FAILURES) from None
    typer.echo(render_table(rows))
    for path in out or ():
        _write(path, render_markdown(rows, quick) if path.suffix == ".md" else render_json(rows, quick))
    if any(row.error or row.verdict is Verdict.FAILS for row in rows):
        raise typer.Exit(_DONE_WITH_FAILURES)


def _require_writable(out: Path) -> None:
    """Refuse a path that could not be written, before minutes of work."""
    if out.is_dir():
        raise FactError([f"--out: {out} is a folder. Name a file in it, such as {out / 'evidence.json'}."])
    folder = out.resolve().parent
    if not folder.is_dir():
        raise FactError([f"--out: the folder {folder} does not exist. Create it, or choose another."])
    if not os.access(folder, os.W_OK):
        raise FactError([f"--out: the folder {folder} cannot be written to. Choose another."])


def _write(out: Path, text: str) -> None:
    """Write a whole file or none."""
    handle, name = tempfile.mkstemp(dir=out.resolve().parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def _show_progress() -> Iterator[Progress]:
    """A bar with the time left on a terminal, plain lines elsewhere; both on the standard error."""
    if not sys.stderr.isatty():
        start = monotonic()

        def write_line(done: int, total: int, fact_id: str) -> None:
            if fact_id and (done % 10 == 0 or total <= 10):
                left = f", about {(monotonic() - start) / done * (total - done):.0f} s left" if done else ""
                typer.echo(f"{done}/{total}{left}: {fact_id}", err=True)

        yield write_line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("facts", total=None)
        yield lambda done, total, fact_id: bar.update(task, completed=done, total=total, description=fact_id or "done")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("evidence")(evidence_command)
