"""``centricity fit``: what an organization's own history says about the unknown parameters."""

from __future__ import annotations

import shlex
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
)
from sim.commands.options import RESULTS, Assignments, Cluster, Seed, Workers
from sim.commands.progress import format_duration, show_progress
from sim.commands.terminal import echo
from sim.commands.workers_for import workers_for

if TYPE_CHECKING:
    from sim.fitting.fitting import Result
    from sim.fitting.request import FitSetup
    from sim.lab.kept_results import KeptResults
    from sim.lab.worker_pool import WorkerPool

_READING = "How the history is read"


def fit(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario that ships, or a TOML file.")],
    history: Annotated[
        Path, typer.Argument(metavar="HISTORY", help="CSV with a row a quarter (month, year), oldest first.")
    ],
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="P", help="What was done when: a policy or its file. Else nothing was."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only tell what a history like this one can tell, and what would add to it.")
    ] = False,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME",
            help="Fit this parameter or section, of any kind; repeatable. Else the unknown ones that matter.",
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(metavar="N", help="Histories of the model, best a power of 2; more tell more.")
    ] = 4096,
    hold_out: Annotated[
        int | None, typer.Option("--hold-out", metavar="K", help="Judge by the last K periods, foretold without them.")
    ] = None,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    assignments: Assignments = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="NAME=COLUMN",
            help="Which column of the file is practice, satisfaction, net_promoter, engagement, retention, churn, complaints, "
            "turnover, reported or cost, by name or number from 1; repeatable.",
            rich_help_panel=_READING,
        ),
    ] = None,
    scales: Annotated[
        list[str] | None,
        typer.Option(
            "--scale",
            metavar="NAME=LOW-HIGH",
            help="Scale of a column, such as satisfaction=1-5, or percent.",
            rich_help_panel=_READING,
        ),
    ] = None,
    respondents: Annotated[
        list[str] | None,
        typer.Option(
            "--respondents",
            metavar="[NAME=]N",
            help="How many answered, where no column says so (such as satisfaction_respondents, or respondents for all).",
            rich_help_panel=_READING,
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--changes",
            metavar="NAME",
            help="This column holds changes since the first row, not levels; repeatable.",
            rich_help_panel=_READING,
        ),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            metavar="WORD", help="Length of a row: year, half-year, quarter, month or week.", rich_help_panel=_READING
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="ROW", help="Row in which week 0 of the policy is; else the first.", rich_help_panel=_READING
        ),
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar="WORD", help="Mark before decimals: point or comma.", rich_help_panel=_READING)
    ] = None,
    date_format: Annotated[
        str | None,
        typer.Option(
            "--date-format", metavar="FORMAT", help="How dates are written, such as %d.%m.%Y.", rich_help_panel=_READING
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=f"New folder, or one with an earlier fit. Else {RESULTS}/SCENARIO-fit."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Learn unknown parameters from your organization's own history, and say what it cannot tell.

    Writes fit.html, posterior.parquet (draws, for `compare --posterior DIR` and `advise --posterior DIR`), scenario.toml (their
    median), summary.json and manifest.json. A fit that was interrupted goes on where it stopped when the same command is given
    again, and a fit into the folder of its plan runs nothing anew. Exit code 0: done; 1: done, but runs failed; 2: bad input,
    nothing written; 130: interrupted.

    Example: centricity fit retail-bank survey.csv --policy what-we-did.toml --respondents 240 --out my-fit
    """
    given = locals()
    with reporting_faults(debug):
        from sim.fitting.request import FitRequest, plan_request
        from sim.lab.writing import MANIFEST, check_folder
        from sim.model.scenario import ScenarioError
        from sim.model.scenario.messages import Faults

        faults = Faults()
        setup = None
        try:
            setup = plan_request(FitRequest.of(given))
        except ScenarioError as error:
            faults.take(error.faults)
        folder = out if out is not None else None if setup is None else RESULTS / f"{setup.scenario.name}-fit"
        if folder is not None:
            check_folder(folder, faults, MANIFEST, "fit")
        faults.raise_any()
        assert setup is not None  # else there would have been faults
        assert folder is not None
    from sim.lab.kept_results import KeptResults, folder_for
    from sim.lab.lock import LockedError

    try:
        with workers_for(setup.workers, cluster) as pool, KeptResults(folder_for(folder)) as kept:
            result = _run_with_progress(setup, pool, kept, folder)
            problem = _save(result, folder, debug)
            if not problem:
                kept.remove()
    except (LockedError, ScenarioError) as error:
        write_messages(error.faults if isinstance(error, ScenarioError) else [str(error)])
        raise typer.Exit(BAD_INPUT) from error
    from sim.fitting.fitting import describe_result

    echo("\n".join(describe_result(result)))
    if problem:
        write_messages([problem])
        raise typer.Exit(DONE_WITH_FAILURES)
    took = format_duration(float(result.manifest["duration_seconds"]))
    echo(f"\nWritten to {folder} after {took}: {_files(setup)}")
    if not setup.plan:
        echo(f"Next: centricity compare {shlex.quote(str(scenario))} --posterior {shlex.quote(str(folder))}")
    if result.raw.failures:
        failures = result.raw.failures
        write_messages([f"{len(failures)} draws failed; manifest.json has them. The first: {failures[0]['error']}"])
        raise typer.Exit(DONE_WITH_FAILURES)


def _files(setup: FitSetup) -> str:
    return "summary.json, manifest.json, table.npz" if setup.plan else (
        "fit.html, posterior.parquet, scenario.toml, summary.json, manifest.json, table.npz"
    )  # fmt: skip


def _run_with_progress(setup: FitSetup, pool: WorkerPool, kept: KeptResults, folder: Path) -> Result:
    """Run everything, with progress."""
    from sim.fitting.fitting import run_fit
    from sim.lab.worker_process import ClusterError, WorkerError

    weeks = max(end for _, end in setup.windows)
    echo(
        f"{setup.scenario.name}: {len(setup.history.observed.rows)} periods of {', '.join(setup.history.observed.columns)}, "
        f"{setup.draws} draws of {len(setup.drawn)} unknown parameters, {weeks} weeks each under {setup.policy.name}",
        err=True,
    )
    write_messages(f"  {source}" for source in setup.history.sources)
    write_messages(f"warning: {warning}" for warning in setup.warnings)
    with show_progress("draws") as progress:
        try:
            return run_fit(setup, pool, progress, kept, folder)
        except KeyboardInterrupt:
            done = progress.done
        except (WorkerError, ClusterError) as error:
            write_messages([str(error).replace("workers=1", "--workers 1")])
            raise typer.Exit(DONE_WITH_FAILURES) from error
    kept.save_before_end()
    goes_on = f"goes on after what is kept in {kept.folder}" if kept.number else "starts again"
    write_messages(
        [f"Interrupted after {done} of {setup.draws} draws: nothing was written. The same command {goes_on}."]
    )
    raise typer.Exit(INTERRUPTED)


def _save(result: Result, folder: Path, debug: bool) -> str:
    """Write the folder; return why it cannot be written, empty if it was."""
    from sim.fitting.page_content import write_fit_page
    from sim.lab.writing import DiskFullError

    try:
        result.save(folder, also=(write_fit_page,))
    except OSError as error:
        if debug:
            raise
        return str(error) if isinstance(error, DiskFullError) else describe_os_error(error)
    return ""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("fit")(fit)
