"""``centricity lesson``: one page for the classroom."""

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
from sim.commands.options import Workers
from sim.commands.progress import show_progress
from sim.commands.terminal import echo

if TYPE_CHECKING:
    from sim.pages.lesson.lesson import Lesson
    from sim.pages.lesson.precomputed import Runs


def lesson(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="speech, checklists, critical-mass or line: a lesson for each hour.")
    ] = "speech",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="The page; replaced if it exists. Else NAME.html here.")
    ] = None,
    words: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Texts in another language; else English.")
    ] = None,
    workers: Workers = None,
    debug: Debug = False,
) -> None:
    """Make a page for the classroom: predict, run, explain, try.

    The runs of the real model behind it are computed once (a minute or two) and kept in your cache folder. The page
    needs no server and no network. Exit code 0: done; 1: runs failed or the page could not be written; 2: bad input,
    nothing written; 130: interrupted, runs so far are kept.

    Example: centricity lesson critical-mass --out critical-mass.html
    """
    with reporting_faults(debug):
        chosen, file, count = _check_arguments(name, out, workers)
        from sim.pages.lesson.words import english, translated

        texts = english() if words is None else translated(words)
    runs = _compute_with_progress(chosen, count)
    from sim.pages.lesson.page import write_page

    try:
        write_page(chosen, runs, file, texts)
    except KeyboardInterrupt:
        write_messages([f"Interrupted while writing: {file} is as it was. The same command starts again."])
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        if debug:
            raise
        write_messages([describe_os_error(error) if error.filename is not None else str(error)])
        raise typer.Exit(DONE_WITH_FAILURES) from error
    size = file.stat().st_size / 1e6
    echo(f"{file}: {texts['lessons'][chosen.name]['title']} ({size:.1f} MB). Open it in a browser; no network needed.")


def _check_arguments(name: str, out: Path | None, workers: int | None) -> tuple[Lesson, Path, int]:
    """Check everything; all faults are raised together."""
    from sim.lab.comparison_plan import check_whole_number
    from sim.lab.worker_pool import MOST_WORKERS, available_workers
    from sim.lab.writing import check_file
    from sim.model.scenario.messages import Faults, quoted
    from sim.model.scenario.suggestions import closest
    from sim.pages.lesson.lessons import LESSONS

    faults = Faults()
    if name not in LESSONS:
        near = closest(name, LESSONS)
        hint = f"Did you mean {near}?" if near else f"Known: {', '.join(LESSONS)}."
        faults.add("NAME", f"must be a lesson, got {quoted(name)}. {hint}")
    file = out if out is not None else Path(f"{name if name in LESSONS else 'lesson'}.html")
    check_file(file, (".html",), faults)
    if workers is not None:
        check_whole_number("workers", workers, 1, MOST_WORKERS, faults)
    faults.raise_any()
    return LESSONS[name], file, min(available_workers() if workers is None else workers, MOST_WORKERS)


def _compute_with_progress(chosen: Lesson, workers: int) -> Runs:
    """Compute what is not kept, with progress."""
    from sim.lab.worker_process import WorkerError
    from sim.pages.lesson.precomputed import LessonError, precompute

    with show_progress("organizations") as progress:
        try:
            return precompute(chosen, workers, progress)
        except KeyboardInterrupt:
            done = progress.done
        except (LessonError, WorkerError, OSError) as error:
            write_messages([str(error).replace("workers=1", "--workers 1")])
            raise typer.Exit(DONE_WITH_FAILURES) from error
    write_messages([f"Interrupted: the runs of {done} organizations are kept. The same command goes on from there."])
    raise typer.Exit(INTERRUPTED)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("lesson")(lesson)
