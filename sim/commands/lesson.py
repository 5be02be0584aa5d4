"""``centricity lesson``: one page for the classroom."""

from __future__ import annotations

from collections.abc import Callable
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
    write_warnings,
)
from sim.commands.options import Workers
from sim.commands.progress import show_progress
from sim.commands.terminal import echo

if TYPE_CHECKING:
    from sim.pages.lesson.lesson import Lesson
    from sim.pages.lesson.precomputed import Runs
    from sim.pages.lesson.words import Words


def lesson(
    name: Annotated[
        str,
        typer.Argument(metavar="[NAME|FILE.toml]", help="A lesson that ships (centricity list lessons), or a file."),
    ] = "speech",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="The page; replaced if it exists. Else NAME.html here.")
    ] = None,
    words: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml",
            help="Texts in another language. If the file is not there, it is written, to be translated.",
        ),
    ] = None,
    students: Annotated[
        bool, typer.Option("--students", help="A page to hand out: without the teacher's sheet; parts open one by one.")
    ] = False,
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
        chosen, file, count = _check_arguments(name, out, words, workers)
        from sim.pages.lesson.words import english, to_translate, translated

        texts: Words | None = english(chosen) if words is None else None
        if words is not None and words.exists():
            texts = translated(words, chosen)
    if texts is None:
        assert words is not None
        _write(words, lambda: write_words(words, to_translate(chosen)), debug)
        echo(f"{words}: every text of the lesson {chosen.name}. Translate it; the same command then makes the page.")
        return
    runs = _compute_with_progress(chosen, count)
    _warn(chosen, runs)
    from sim.pages.lesson.page import write_page

    _write(file, lambda: write_page(chosen, runs, file, texts, students), debug)
    size = file.stat().st_size / 1e6
    echo(f"{file}: {texts['lesson']['title']} ({size:.1f} MB). Open it in a browser; no network needed.")


def write_words(file: Path, text: str) -> None:
    """Write texts to be translated, whole or not at all."""
    from sim.lab.writing import replaced_file, write_text

    with replaced_file(file) as new:
        write_text(new, text)


def _write(file: Path, write: Callable[[], None], debug: bool) -> None:
    """Write a file; say what went wrong if it cannot be written."""
    try:
        write()
    except KeyboardInterrupt:
        write_messages([f"Interrupted while writing: {file} is as it was. The same command starts again."])
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        if debug:
            raise
        write_messages([describe_os_error(error) if error.filename is not None else str(error)])
        raise typer.Exit(DONE_WITH_FAILURES) from error


def _warn(chosen: Lesson, runs: Runs) -> None:
    """Say where texts of the lesson do not fit what its runs show."""
    from sim.pages.lesson.answer import find_answer, mean_curve, untrue

    found = find_answer(chosen, runs)
    warnings = untrue(chosen, mean_curve(runs, chosen))
    if found.answer != chosen.expected:
        rule = f"prediction.answer is {chosen.expected}, and the runs show {found.answer}"
        warnings.insert(
            0, f"{rule} (policy B over no policy: {found.at_end:+.4f} at its end, {found.later:+.4f} later)."
        )
    write_warnings([f"{chosen.name}: {each} Change the text, or what it claims." for each in warnings])


def _check_arguments(name: str, out: Path | None, words: Path | None, workers: int | None) -> tuple[Lesson, Path, int]:
    """Check everything; all faults are raised together."""
    from sim.lab.comparison_plan import check_whole_number
    from sim.lab.worker_pool import MOST_WORKERS, available_workers
    from sim.lab.writing import check_file
    from sim.model.scenario import ScenarioError
    from sim.model.scenario.messages import Faults
    from sim.pages.lesson.loading import load_lesson

    faults = Faults()
    chosen = None
    try:
        chosen = load_lesson(name)
    except ScenarioError as error:
        faults.take(error.faults)
    file = out if out is not None else Path(f"{'lesson' if chosen is None else chosen.name}.html")
    check_file(file, (".html",), faults)
    if words is not None and not words.exists():
        check_file(words, (".toml",), faults)
    if workers is not None:
        check_whole_number("workers", workers, 1, MOST_WORKERS, faults)
    faults.raise_any()
    assert chosen is not None
    return chosen, file, min(available_workers() if workers is None else workers, MOST_WORKERS)


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
