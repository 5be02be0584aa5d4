"""``centricity sweep``: a designed experiment; the same command again goes on where it was."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.errors import (
    BAD_INPUT,
    DONE_WITH_FAILURES,
    INTERRUPTED,
    Debug,
    reporting_faults,
    write_messages,
)
from sim.commands.options import RESULTS, Cluster, Workers, Years
from sim.commands.progress import format_duration
from sim.commands.terminal import echo, make_console

if TYPE_CHECKING:
    from sim.lab.sweep import Experiment, SweepReport
    from sim.lab.sweep.points import Points
    from sim.lab.sweep.progress import SweepState, Watcher

_SECONDS_BETWEEN = 5.0
_SHOWN = 3


def sweep(
    experiment: Annotated[str, typer.Argument(help="Name of an experiment that ships, or a TOML file.")],
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=f"New folder, or one with this sweep in it. Else {RESULTS}/EXPERIMENT."),
    ] = None,
    replicates: Annotated[
        int | None, typer.Option(metavar="N", help="Replicates at every point; else the experiment's.")
    ] = None,
    weeks: Annotated[int | None, typer.Option(metavar="N", help="Length of a run; else the experiment's.")] = None,
    years: Years = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed; else the experiment's.")] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter that is the same at every point; repeatable."),
    ] = None,
    retry_failed: Annotated[
        bool,
        typer.Option("--retry-failed", help="Repeat runs that have failed before, with those of the same world."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be run, and write nothing.")] = False,
    debug: Debug = False,
) -> None:
    """Run a designed experiment: thousands of runs, on every processor or on a cluster.

    Finished runs stay on the disk: interrupt it, or pull the plug, and the same command goes on where it was. Exit code
    0: done; 1: done, but runs failed, or it could not go on; 2: bad input, nothing written; 130: interrupted.

    Example: centricity sweep critical-mass --workers 2 --out results/critical-mass
    """
    with reporting_faults(debug):
        ready, points = _check_arguments(experiment, workers, replicates, (weeks, years), seed, assignments or [])
        folder = out if out is not None else RESULTS / ready.name
        if dry_run:
            echo("\n".join(_describe_plan(ready, points)))
            return
    write_messages(_describe_plan(ready, points))
    report = _run_with_progress(ready, folder, workers, cluster, retry_failed, debug)
    _print_report(report)
    if report.failed:
        raise typer.Exit(DONE_WITH_FAILURES)


def _check_arguments(
    experiment: str,
    workers: int | None,
    replicates: int | None,
    length: tuple[int | None, int | None],
    seed: int | None,
    assignments: list[str],
) -> tuple[Experiment, Points]:
    """Check everything; all faults are raised together."""
    from sim.lab.comparison_plan import check_whole_number, length_of_run
    from sim.lab.sweep import load_experiment
    from sim.lab.sweep.points import Points
    from sim.lab.worker_pool import MOST_WORKERS
    from sim.model.scenario import ScenarioError
    from sim.model.scenario.messages import Faults

    faults = Faults()
    ready = None
    if workers is not None:
        check_whole_number("workers", workers, 1, MOST_WORKERS, faults)
    weeks = length_of_run(*length, faults)
    try:
        ready = load_experiment(experiment, {"replicates": replicates, "weeks": weeks, "seed": seed}, assignments)
    except ScenarioError as error:
        faults.take(error.faults)
    faults.raise_any()
    assert ready is not None  # else there would have been faults
    return ready, Points(ready)


def _describe_plan(experiment: Experiment, points: Points) -> list[str]:
    """What will be run, in words."""
    from sim.lab.sweep.designs import count_rows

    designs = ", ".join(
        f"{design.name} ({count_rows(design, experiment.factors)} rows)" for design in experiment.designs
    )
    replicates = experiment.replicates
    if isinstance(replicates, int):
        planned = f"{replicates} replicates: {points.number * replicates} runs"
    else:
        planned = (
            f"up to {replicates.most} replicates, until the interval of {replicates.metric} is within "
            f"{replicates.half_width:g}: at most {points.number * replicates.most} runs"
        )
        if experiment.budget is not None:
            planned += f", budget {experiment.budget}"
    return [
        f"{experiment.name}: {designs}; {points.number} points in {points.worlds} worlds, {planned}, "
        f"{experiment.scenario.weeks} weeks each"
    ]


def _run_with_progress(
    experiment: Experiment, folder: Path, workers: int | None, cluster: str | None, retry_failed: bool, debug: bool
) -> SweepReport:
    """Run everything, with progress; errors of files and processes become messages here."""
    import shlex

    from sim.lab.lock import LockedError
    from sim.lab.store_files import StoreError
    from sim.lab.sweep import sweep as run_sweep
    from sim.lab.sweep.sweeping import ProgramChangedError
    from sim.lab.worker_process import ClusterError, WorkerError

    command = shlex.join(["centricity", *sys.argv[1:]])
    try:
        with reporting_faults(debug), _show_progress() as watch:
            try:
                return run_sweep(
                    experiment, folder, workers, cluster, watch, lambda text: write_messages([text]), command,
                    retry_failed=retry_failed,
                )  # fmt: skip
            except (StoreError, WorkerError, ClusterError, ProgramChangedError) as error:
                if debug:
                    raise
                problem = str(error)
            except LockedError as error:
                write_messages([str(error)])
                raise typer.Exit(BAD_INPUT) from error
    except KeyboardInterrupt:
        write_messages(
            [f"Interrupted: what was finished is in {folder}. The same command goes on where it was:", f"  {command}"]
        )
        raise typer.Exit(INTERRUPTED) from None
    write_messages(
        [problem, f"What was finished is in {folder}. The same command goes on where it was:", f"  {command}"]
    )
    raise typer.Exit(DONE_WITH_FAILURES)


@contextmanager
def _show_progress() -> Iterator[Watcher]:
    """Show progress while the block runs: a bar on a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=make_console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def update(state: SweepState) -> None:
            bar.update(task, completed=state.over, total=state.total, description=_format_pace(state))

        yield update


class _Lines:
    """Progress without a terminal: a line every few seconds, and fewer lines the longer it takes."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._last_time = self._started

    def __call__(self, state: SweepState) -> None:
        now = time.monotonic()
        if now - self._last_time < max(_SECONDS_BETWEEN, 0.05 * (now - self._started)) or state.over >= state.total:
            return
        self._last_time = now
        write_messages([f"{state.over} of {state.total} runs, {_format_pace(state)}"])


def _format_pace(state: SweepState) -> str:
    """Failures, rate and time left in words."""
    failed = f"{state.failed} failed, " if state.failed else ""
    left = state.seconds_left
    if left is None:
        return f"{failed}no rate yet"
    rate = f"{state.rate:.1f} a second" if state.rate >= 1.0 else f"{state.rate * 60:.1f} a minute"
    return f"{failed}{rate}, about {format_duration(left)} left"


def _print_report(report: SweepReport) -> None:
    """Report on the sweep in words."""
    from sim.lab.sweep.reading import count_failures, read_store

    runs = report.done + report.failed
    if not report.new:
        echo(f"{report.folder}: finished before, {runs} runs; nothing to do")
    else:
        earlier = f", {runs - report.new} of them before" if runs > report.new else ""
        echo(f"{report.folder}: {runs} runs{earlier}; {format_duration(report.seconds)}")
    write_messages(read_store(report.folder).manifest.get("lost", []))
    if report.stopped is not None:
        words = {
            "narrow": "narrow enough", "undefined": "without any value", "max": "at the most replicates",
            "budget": "out of budget",
        }  # fmt: skip
        said = ", ".join(f"{number} {words[reason]}" for reason, number in report.stopped.items() if number)
        echo(f"points stopped: {said}")
    if report.missing:
        said = ", ".join(f"{name} in {number}" for name, number in report.missing.items())
        echo(f"undefined, and so missing: {said} of {report.done} finished runs")
    if report.failed:
        write_messages(
            [
                f"{report.failed} of {runs} runs failed; runs.parquet has a row for each, circumstances.parquet its "
                "traceback, and --retry-failed does them again:"
            ]
        )
        for number, (error, times, point, replicate) in enumerate(count_failures(report.folder)):
            if number == _SHOWN:
                write_messages(["  ..."])
                break
            write_messages([f"  {times} times, first at point {point}, replicate {replicate}: {error}"])
    echo(f"next: centricity analyze {report.folder}")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("sweep")(sweep)
