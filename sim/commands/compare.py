"""``centricity compare``: the main job."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.errors import (
    BAD_INPUT,
    DONE_WITH_FAILURES,
    INTERRUPTED,
    Debug,
    describe_os_error,
    reporting_faults,
    write_messages,
    write_warnings,
)
from sim.commands.options import RESULTS, Assignments, Grain, Posterior, ScenarioName, Seed, Weeks, Workers, Years
from sim.commands.progress import format_duration, show_progress
from sim.commands.publication_options import Column, Font, Formats
from sim.commands.terminal import echo, make_console

if TYPE_CHECKING:
    from rich.table import Table

    from sim.lab.comparison import Comparison
    from sim.lab.comparison_plan import ComparisonPlan
    from sim.lab.display import Measure
    from sim.lab.kept_results import KeptResults
    from sim.lab.worker_pool import WorkerPool
    from sim.pages.publication.request import Publication

REPORT = ("sim.pages.report.html", "pyarrow.parquet", "rich.table")
"""Modules that the results will be shown with."""

_WIDEST = 100
_NAME_WIDTH = 14
_GAP = 2


def compare(
    scenario: ScenarioName = "retail-bank",
    second: Annotated[
        str | None,
        typer.Argument(help="A second scenario: the same policies in it, with the same seeds, less the first."),
    ] = None,
    policies: Annotated[
        list[str] | None,
        typer.Option("--policy", metavar="P", help="Policy or its TOML file; repeatable. Else the scenario's own."),
    ] = None,
    replicates: Annotated[int, typer.Option(metavar="N", help="Organizations, each run under every policy.")] = 30,
    weeks: Weeks = None,
    years: Years = None,
    seed: Seed = 1,
    workers: Workers = None,
    assignments: Assignments = None,
    equal_budget: Annotated[
        bool,
        typer.Option("--equal-budget", help="Scale the policies so that all spend the same, found by a pilot."),
    ] = False,
    budget: Annotated[
        float | None,
        typer.Option(
            "--budget",
            metavar="AMOUNT",
            help="Scale each to this planned cost, or as far as it can spend; a ceiling of --equal-budget.",
        ),
    ] = None,
    grain: Grain = None,
    futures: Annotated[
        bool, typer.Option("--futures", help="Also run the scenario's named futures, and choose over all of them.")
    ] = False,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without", metavar="MECHANISM", help="Switch a mechanism off, in policies and twins; repeatable."
        ),
    ] = None,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Also switch off each mechanism in turn, to see why policies differ.")
    ] = False,
    targets: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="MEASURE>=N",
            help="What would be good enough, say retention_annual>=0.9 (or <=): the report says how likely it is; repeatable.",
        ),
    ] = None,
    unknown: Annotated[
        int,
        typer.Option(
            "--unknown",
            metavar="N",
            help="Also run N draws of what the scenario leaves at its default or calls [plausible], two runs each: 40 or more.",
        ),
    ] = 0,
    tornado: Annotated[
        bool,
        typer.Option(
            "--tornado", help="Also move each such parameter alone to both ends of its plausible range (long)."
        ),
    ] = False,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME",
            help="For the two above: vary these parameters or sections (norm) instead, of any kind; repeatable.",
        ),
    ] = None,
    posterior: Posterior = None,
    tables: Annotated[
        str | None,
        typer.Option(
            "--tables",
            metavar="LIST",
            help="Also write tables: xlsx, one workbook with their dictionary; latex, into publication; both with a comma.",
        ),
    ] = None,
    formats: Formats = None,
    column: Column = None,
    font: Font = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=f"New folder, or one with an earlier comparison. Else {RESULTS}/SCENARIO."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Compare policies with their no-policy twins and with each other.

    Prints a table and the answer in words; writes tables, pictures and a report into a folder, whole or not at all. An
    earlier comparison in that folder is replaced. A comparison of more than a few seconds that was interrupted goes on where it
    stopped when the same command is given again. Exit code 0: done; 1: done, but runs failed or could not be written; 2: bad
    input, nothing written; 130: interrupted, no results written.

    Example: centricity compare retail-bank --policy none --policy symbolic --replicates 10 --set employees.turnover=0.05

    centricity compare today.toml merged.toml --policy value-driven

    centricity compare retail-bank --format pdf,svg --column single --tables latex

    centricity compare my-bank.toml --target "retention_annual>=0.93" --target "net_present_value>=0" --futures --unknown 40
    """
    given = locals()
    with reporting_faults(debug):
        from sim.lab.comparison_plan import ComparisonRequest, plan_comparison
        from sim.lab.extras import require
        from sim.lab.writing import check_folder
        from sim.model.scenario import ScenarioError
        from sim.model.scenario.messages import Faults
        from sim.pages.publication.request import read_publication

        faults = Faults()
        plan = None
        publication, workbook = read_publication(formats, tables, column, font, True, faults)
        if workbook:
            try:
                require("openpyxl", "--tables xlsx", "lab")
            except ScenarioError as error:
                faults.take(error.faults)
        try:
            plan = plan_comparison(ComparisonRequest.of(given))
        except ScenarioError as error:
            faults.take(error.faults)
        folder = out if out is not None else None if plan is None else RESULTS / plan.scenario.name
        if folder is not None:
            check_folder(folder, faults)
        faults.raise_any()
        assert plan is not None  # else there would have been faults
        assert folder is not None
    from sim.lab.comparison_run import worker_pool_for
    from sim.lab.kept_results import KeptResults, folder_for
    from sim.lab.lock import LockedError
    from sim.lab.writing import MANIFEST

    try:
        with worker_pool_for(plan) as pool, KeptResults(folder_for(folder)) as kept:
            comparison = _run_with_progress(plan, pool, kept)
            again = (folder / MANIFEST).exists()
            problem = _save(comparison, folder, debug, pool, workbook, publication)
            if not problem:
                kept.remove()
    except (LockedError, ScenarioError) as error:
        write_messages(error.faults if isinstance(error, ScenarioError) else [str(error)])
        raise typer.Exit(BAD_INPUT) from error
    _print(comparison)  # after the files are there, since the reader of the words may stop listening
    if problem:
        write_messages([problem])
        raise typer.Exit(DONE_WITH_FAILURES)
    _tell_files(comparison, folder, again, bool(publication))
    if comparison.failures:
        _report_failures(comparison)
        raise typer.Exit(DONE_WITH_FAILURES)


def _tell_files(comparison: Comparison, folder: Path, again: bool, publication: bool) -> None:
    """Say what was written."""
    took = format_duration(float(comparison.manifest["duration_seconds"]))
    echo(f"\nWritten to {folder}{' (in place of an earlier comparison)' if again else ''} after {took}:")
    echo(f"  {folder / 'report.html'} for people; summary.json, weekly.parquet, runs.csv, manifest.json, figures")
    echo("  figures/first-page.pdf is the first page of the report, to be printed or sent")
    if publication:
        echo("  publication has what a paper needs: captions, methods.md, references.bib; document.tex includes it all")


def _run_with_progress(plan: ComparisonPlan, pool: WorkerPool, kept: KeptResults) -> Comparison:
    """Run everything, with progress."""
    from sim.lab.comparison_run import run_comparison
    from sim.lab.worker_process import WorkerError

    policies = len(plan.policies)
    echo(
        f"{plan.scenario.name}: {policies} {'policy' if policies == 1 else 'policies'}, {plan.replicates} replicates"
        f"{f' in {1 + len(plan.futures)} futures' if plan.futures else ''}"
        f"{f' and {len(plan.variants)} variants with mechanisms switched' if plan.variants else ''}"
        f"{f' and {len(plan.parameter_points)} parameter points' if plan.parameter_points else ''}, "
        f"{plan.scenario.weeks} weeks, "
        f"{plan.workers} {'worker' if plan.workers == 1 else 'workers'}",
        err=True,
    )
    write_messages(f"  {sentence}" for sentence in plan.figures.sentences())
    if plan.as_written:
        write_messages(["  A pilot of the first replicates then changes amounts so that all policies spend the same."])
    write_warnings(plan.warnings)
    with show_progress("replicates") as progress:
        try:
            return run_comparison(plan, progress, REPORT, pool, kept)
        except KeyboardInterrupt:
            done, total = progress.done, plan.tasks
        except WorkerError as error:
            write_messages([str(error).replace("workers=1", "--workers 1")])
            raise typer.Exit(DONE_WITH_FAILURES) from error
    kept.save_before_end()
    fewer = done * plan.replicates // total
    goes_on = f"goes on after the {kept.number} that are kept in {kept.folder}" if kept.number else "starts again"
    write_messages(
        [
            f"Interrupted after {done} of {total} replicates: no results were written. The same command {goes_on}"
            + (f"; with --replicates {fewer} it would be done in the time it had." if fewer else ".")
        ]
    )
    raise typer.Exit(INTERRUPTED)


def _save(
    comparison: Comparison, folder: Path, debug: bool, pool: WorkerPool, workbook: bool, publication: Publication
) -> str:
    """Write the folder; return why it cannot be written, empty if it was."""
    from sim.lab.workbook import write_workbook
    from sim.lab.writing import DiskFullError
    from sim.pages.report import save_report

    try:
        also = [write_workbook] if workbook else []
        if publication:
            from sim.pages.publication.of_comparison import write_comparison

            also.append(partial(write_comparison, request=publication))
        save_report(comparison, folder, pool, also)
    except KeyboardInterrupt:
        write_messages([f"Interrupted while writing: {folder} is as it was. The same command starts again."])
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        if debug:
            raise
        return str(error) if isinstance(error, DiskFullError) else describe_os_error(error)
    return ""


def _report_failures(comparison: Comparison) -> None:
    """Say which runs failed, the first few in full."""
    failures = comparison.failures
    write_messages(
        [f"{len(failures)} of {comparison.plan.runs} runs failed; manifest.json has all of them with tracebacks:"]
    )
    write_messages(
        f"  {failure['policy']}, replicate {failure['replicate']}, seed {failure['seed']}: {failure['error']}"
        for failure in failures[:3]
    )


def _print(comparison: Comparison) -> None:
    """The table, in as many parts as the width asks for, and the answer in words."""
    from rich.text import Text

    terminal = make_console()
    width = min(terminal.width, _WIDEST) if terminal.is_terminal else _WIDEST
    console = make_console(highlight=False, width=width)
    console.print(Text("Means over replicates, 95 % intervals below.", style="dim"))
    for measures in _columns_by_table(comparison, width):
        console.print(_table(comparison, measures))
        console.print()
    if comparison.plan.budget is not None:
        console.print(Text(" ".join(comparison.budget_in_words())))
        console.print()
    if comparison.plan.futures:
        console.print(_futures_table(comparison))
        console.print()
    if comparison.summary["targets"]:
        for line in comparison.chances():
            console.print(Text(line))
        console.print()
    if grain := comparison.grain_in_words():
        console.print(Text(grain))
        console.print()
    for line in comparison.drift:
        console.print(Text(f"Warning: {line}"))
        console.print()
    headline, *lines = comparison.answer()
    console.print(Text(headline, style="bold"))
    for line in lines:
        console.print(Text(line))
    differences = comparison.differences()
    if differences:
        console.print()
    for line in differences:
        console.print(Text(line))


def _columns_by_table(comparison: Comparison, width: int) -> list[Sequence[Measure]]:
    """Columns for each of the tables that fit the width one below the other, spread evenly over them."""
    from sim.lab.display import KEY_MEASURES

    widths = [_width(_column(comparison, measure)) for measure in KEY_MEASURES]
    for parts in range(1, len(KEY_MEASURES) + 1):
        size = -(-len(KEY_MEASURES) // parts)
        starts = range(0, len(KEY_MEASURES), size)
        if all(_NAME_WIDTH + _GAP + sum(widths[start : start + size]) <= width for start in starts):
            break
    return [KEY_MEASURES[start : start + size] for start in starts]


def _column(comparison: Comparison, measure: Measure) -> list[str]:
    """Heading of a column and its cells, in lines."""
    from sim.lab.display import unit_of

    unit = unit_of(measure.name, comparison.summary["objective"], comparison.plan.scenario.currency)
    cells = [comparison.cells[policy][measure.name] for policy in comparison.ranked]
    texts = [f"{cell.value}\n{cell.interval}" for cell in cells]
    return [f"{_wrap(measure.heading, max(10, _width(texts) - _GAP))}\n{unit}", *texts]


def _width(column: Sequence[str]) -> int:
    """Characters that a column takes, with the gap beside it."""
    return _GAP + max(len(line) for cell in column for line in cell.split("\n"))


def _table(comparison: Comparison, measures: Sequence[Measure]) -> Table:
    """Some measures of all policies, each value above its interval."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, _GAP, 0, 0), show_edge=False)
    table.add_column("policy", no_wrap=True)
    columns = [_column(comparison, measure) for measure in measures]
    for heading, *_ in columns:
        table.add_column(Text(heading, justify="right"), justify="right", no_wrap=True)
    for row, policy in enumerate(comparison.ranked, start=1):
        values = [column[row].partition("\n") for column in columns]
        cells = [Text.assemble(value, (f"\n{interval}", "dim")) for value, _, interval in values]
        table.add_row(Text(_wrap(policy, _NAME_WIDTH), style="bold"), *cells)
    return table


def _futures_table(comparison: Comparison) -> Table:
    """The objective of every policy in every future."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    title, rows = comparison.futures_table()
    table = Table(
        box=box.SIMPLE_HEAD, padding=(0, _GAP, 0, 0), show_edge=False, title=Text(title), title_justify="left"
    )
    table.add_column("future")
    for policy in comparison.ranked:
        table.add_column(Text(_wrap(policy, _NAME_WIDTH), justify="right"), justify="right")
    for future, values in rows.items():
        table.add_row(Text(future), *(Text.assemble(cell.value, (f"\n{cell.interval}", "dim")) for cell in values))
    return table


def _wrap(text: str, width: int) -> str:
    """Text broken at blanks and hyphens."""
    import textwrap

    return "\n".join(textwrap.wrap(text, width, break_long_words=False))


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("compare")(compare)
