"""``centricity advise``: the best program under a budget."""

from __future__ import annotations

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
from sim.commands.options import RESULTS, Assignments, Cluster, Posterior, ScenarioName, Seed, Workers
from sim.commands.progress import format_duration, show_progress
from sim.commands.terminal import echo
from sim.commands.workers_for import workers_for

if TYPE_CHECKING:
    from sim.lab.advice.advising import Advice
    from sim.lab.advice.request import AdvicePlan
    from sim.lab.kept_results import KeptResults
    from sim.lab.worker_pool import WorkerPool


def advise(
    budget: Annotated[
        float, typer.Option("--budget", metavar="AMOUNT", help="The most that the program may be planned to cost.")
    ],
    scenario: ScenarioName = "retail-bank",
    objective: Annotated[
        str | None, typer.Option(metavar="M", help="Measure to choose by; else the scenario's objective.")
    ] = None,
    years: Annotated[
        int | None, typer.Option(metavar="N", help="Length of a run, and years that money is counted for.")
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(
            "--require",
            metavar="EXPRESSION",
            help='What must be reached, such as "retention_annual>=0.9 in 95 %" of runs; repeatable.',
        ),
    ] = None,
    resources: Annotated[
        list[str] | None,
        typer.Option("--resource", metavar="NAME", help="Buy this and what else is named alone; repeatable."),
    ] = None,
    policies: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            metavar="P",
            help="Try this policy or its file too; repeatable. Else the scenario's and those that ship.",
        ),
    ] = None,
    futures: Annotated[
        bool, typer.Option("--futures", help="Runs take turns in the scenario's named futures.")
    ] = False,
    known: Annotated[
        bool,
        typer.Option(
            "--known",
            help="Leave unknown parameters as they are; else each run draws them from their plausible ranges.",
        ),
    ] = False,
    posterior: Posterior = None,
    runs: Annotated[int, typer.Option(metavar="N", help="Runs, about; more find better programs.")] = 5000,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    assignments: Assignments = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=f"New folder, or one with earlier advice. Else {RESULTS}/SCENARIO-advice."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Find the best program under a budget: which resources, how much, when, for how long, and where.

    Every program meets the same runs; the best ones meet again on fresh seeds, which alone decide. Writes best.toml, a policy
    for `compare`, advice.json, advice.html and candidates.csv; and watched.toml, the same with a rule that ends it early, where
    one surely saves something on fresh seeds. Advice that was interrupted goes on where it stopped when the
    same command is given again. Exit code 0: done; 1: done, but runs failed; 2: bad input, nothing written; 130: interrupted.

    Example: centricity advise retail-bank --budget 900000 --years 5 --require "retention_annual>=0.9 in 95 %"
    """
    given = locals()
    with reporting_faults(debug):
        from sim.lab.advice.request import AdviceRequest, plan_advice
        from sim.lab.writing import MANIFEST, check_folder
        from sim.model.scenario import ScenarioError
        from sim.model.scenario.messages import Faults

        faults = Faults()
        plan = None
        try:
            plan = plan_advice(AdviceRequest.of(given))
        except ScenarioError as error:
            faults.take(error.faults)
        folder = out if out is not None else None if plan is None else RESULTS / f"{plan.scenario.name}-advice"
        if folder is not None:
            check_folder(folder, faults, MANIFEST, "advice")
        faults.raise_any()
        assert plan is not None  # else there would have been faults
        assert folder is not None
    from sim.lab.kept_results import KeptResults, folder_for
    from sim.lab.lock import LockedError

    try:
        with workers_for(plan.workers, cluster) as pool, KeptResults(folder_for(folder)) as kept:
            advice = _run_with_progress(plan, pool, kept)
            problem = _save(advice, folder, debug)
            if not problem:
                kept.remove()
    except (LockedError, ScenarioError) as error:
        write_messages(error.faults if isinstance(error, ScenarioError) else [str(error)])
        raise typer.Exit(BAD_INPUT) from error
    from sim.lab.advice.advising import describe_advice

    echo("\n".join(describe_advice(advice)))
    if problem:
        write_messages([problem])
        raise typer.Exit(DONE_WITH_FAILURES)
    took = format_duration(float(advice.manifest["duration_seconds"]))
    echo(f"\nWritten to {folder} after {took}: {_files(advice, folder)}")
    if advice.manifest["failures"]:
        failures = advice.manifest["failures"]
        write_messages(
            [f"{len(failures)} replicates failed; manifest.json has them. The first: {failures[0]['error']}"]
        )
        raise typer.Exit(DONE_WITH_FAILURES)


def _files(advice: Advice, folder: Path) -> str:
    page = f"{folder / 'advice.html'} for people; advice.json, candidates.csv, manifest.json"
    if not advice.best.phases:
        return page
    return f"{page}; best.toml\n  for `centricity compare {advice.plan.scenario.name} --policy {folder / 'best.toml'}`"


def _run_with_progress(plan: AdvicePlan, pool: WorkerPool, kept: KeptResults) -> Advice:
    """Run everything, with progress."""
    from sim.lab.advice.advising import run_advice
    from sim.lab.worker_process import ClusterError, WorkerError

    drawn = len(plan.cells.draws.names)
    echo(
        f"{plan.scenario.name}: programs of up to {plan.scenario.currency} {plan.space.budget:,.0f}, "
        f"{len(plan.space.resources)} resources, about {plan.effort.runs} runs of {plan.scenario.weeks} weeks"
        f"{f', {drawn} unknown parameters drawn' if drawn else ''}"
        f"{f', {1 + len(plan.cells.futures)} futures' if plan.cells.futures else ''}",
        err=True,
    )
    with show_progress("runs") as progress:
        try:
            return run_advice(plan, pool, progress, kept)
        except KeyboardInterrupt:
            done = progress.done
        except (WorkerError, ClusterError) as error:
            write_messages([str(error).replace("workers=1", "--workers 1")])
            raise typer.Exit(DONE_WITH_FAILURES) from error
    kept.save_before_end()
    goes_on = f"goes on after what is kept in {kept.folder}" if kept.number else "starts again"
    write_messages(
        [
            f"Interrupted after {done} of about {plan.effort.runs} runs: no advice was written. The same command {goes_on}."
        ]
    )
    raise typer.Exit(INTERRUPTED)


def _save(advice: Advice, folder: Path, debug: bool) -> str:
    """Write the folder; return why it cannot be written, empty if it was."""
    from sim.lab.writing import DiskFullError
    from sim.pages.advice import write_page

    try:
        advice.save(folder, also=(write_page,))
    except OSError as error:
        if debug:
            raise
        return str(error) if isinstance(error, DiskFullError) else describe_os_error(error)
    return ""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("advise")(advise)
