"""``centricity evidence``: scores the facts and the replications."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from sim.commands.errors import BAD_INPUT, DONE_WITH_FAILURES, INTERRUPTED, describe_os_error, write_messages
from sim.commands.terminal import echo, make_console
from sim.evidence.design import POINTS, Designs
from sim.evidence.fact import FactError
from sim.evidence.scoring import NOT_MEASURED, PATIENCE, Progress, Row, Verdict, choose_facts, score, with_region
from sim.evidence.tables import render_json, render_markdown, render_regions, render_table
from sim.lab.worker_pool import MOST_WORKERS, available_workers
from sim.lab.worker_process import WorkerError
from sim.lab.writing import check_file, check_place, replaced_file, write_text
from sim.model.scenario.messages import Faults, quoted
from sim.safe_text import escape


def evidence_command(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID", help="Score only this fact, group or prefix; repeatable."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Fewer runs, and one look: about a minute; more facts stay inconclusive.")
    ] = False,
    points: Annotated[
        int | None,
        typer.Option(
            "--points",
            metavar="N",
            min=1,
            max=100_000,
            help=f"First measure facts at N points of the plausible ranges, or at those that are missing; keep them. "
            f"A whole design has {POINTS}. Without it, points that are kept are read.",
        ),
    ] = None,
    regions: Annotated[
        bool,
        typer.Option(
            "--regions", help="Say only where facts hold over the plausible ranges, and what moves headlines."
        ),
    ] = False,
    design: Annotated[
        Path | None,
        typer.Option(
            "--design", metavar="FOLDER", help="Folder that keeps the points; else results/reference/regions."
        ),
    ] = None,
    patience: Annotated[
        float,
        typer.Option(
            "--patience", metavar="SECONDS", min=0.0, help="No further look at an undecided fact after this long."
        ),
    ] = PATIENCE,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, max=MOST_WORKERS, help="Processes; else one per processor."),
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

    A fact that cannot be decided is measured again with twice the runs, up to 64 times. Where it holds, over the plausible
    ranges, is read from points that are kept; --points makes them, all facts of a setting together.

    Exit code 0: nothing fails; 1: a fact fails or its measure broke down; 2: bad input; 130: interrupted, nothing written.

    Example: centricity evidence --only march-1991 --quick
    """
    try:
        _check_places(out or (), regions, None if points is None else design)
        chosen = choose_facts(only, quick)
        if design is not None and not design.is_dir() and (points is None or escape(str(design)) != str(design)):
            rule = f"must be a folder that keeps points, got {quoted(str(design))}."
            raise FactError([f"--design: {rule} Leave it out, or make one with --points N."])
        designs = Designs(design)
        count = workers or available_workers()
        if points is not None:
            with _show_progress("points") as progress:
                designs.extend(chosen, points, count, progress, whole=not (only or quick))
        movers = designs.headlines(chosen)
        if regions:
            every = [with_region(Row(fact, None, Verdict.INCONCLUSIVE, 0.0), designs) for fact in chosen]
            rows = [row for row in every if row.no_region in ("", NOT_MEASURED)] or every
            echo(render_regions(rows, movers))
            return
        with _show_progress("facts") as progress:
            rows = score(only, quick, progress, workers=count, designs=designs, patience=patience)
    except FactError as error:
        if debug:
            traceback.print_exc()
        write_messages(error.faults)
        raise typer.Exit(BAD_INPUT) from None
    except KeyboardInterrupt:
        echo(
            "Interrupted: nothing was written but points that were measured. "
            "Go on with --only GROUP for the facts you still want.", err=True,
        )  # fmt: skip
        raise typer.Exit(INTERRUPTED) from None
    except WorkerError as error:
        echo(str(error).replace("workers=1", "--workers 1"), err=True)
        raise typer.Exit(DONE_WITH_FAILURES) from None
    problems = []
    for path in out or ():
        render = render_markdown if path.suffix == ".md" else render_json
        try:
            with replaced_file(path) as new:
                write_text(new, render(rows, quick, movers))
        except OSError as error:
            problems.append(str(error) if error.filename is None else describe_os_error(error))
    echo(render_table(rows, movers if only else ()))
    write_messages(problems)
    if problems or any(row.error or row.verdict is Verdict.FAILS for row in rows):
        raise typer.Exit(DONE_WITH_FAILURES)


def _check_places(files: Sequence[Path], regions: bool, design: Path | None) -> None:
    """Refuse places that cannot be written, before minutes of work; with regions alone no file is written."""
    faults = Faults()
    if design is not None:
        check_place(design.resolve() / "points", "--design", faults)
    for file in files:
        if regions:
            faults.add("--out", "must not stand beside --regions, which scores nothing. Leave one of the two out.")
        else:
            check_file(file, (), faults)
    if faults.messages:
        raise FactError(faults.messages)


@contextmanager
def _show_progress(what: str) -> Iterator[Progress]:
    """A bar with the time left on a terminal, plain lines elsewhere; both on the standard error."""
    if not sys.stderr.isatty():
        start = monotonic()

        def write_line(done: int, total: int, fact_id: str) -> None:
            if fact_id and (done % 10 == 0 or total <= 10):
                left = f", about {(monotonic() - start) / done * (total - done):.0f} s left" if done else ""
                echo(f"{done}/{total}{left}: {fact_id}", err=True)

        yield write_line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=make_console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total, fact_id: bar.update(task, completed=done, total=total, description=fact_id or "done")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("evidence")(evidence_command)
