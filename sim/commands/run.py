"""``centricity run``: one run, week by week, and the history of single agents in it."""

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
from sim.commands.options import Assignments, Grain, ScenarioName, Seed, Weeks, Years
from sim.commands.progress import show_progress
from sim.commands.terminal import echo

if TYPE_CHECKING:
    import pandas as pd

    from sim.model.policies.policy import Policy
    from sim.model.scenario import Scenario
    from sim.model.scenario.messages import Faults

ENDINGS = (".csv", ".parquet")
"""Formats of tables, by the ending of the file."""

KINDS = ("customer", "employee", "department", "executive")
"""Agents that can be traced."""

LONGEST_AGENT_NUMBER = 18
"""Digits of the largest number of an agent; larger ones would not fit a column."""

Agent = tuple[str, int]
"""Kind and number of an agent."""


def run(
    context: typer.Context,
    scenario: ScenarioName = "retail-bank",
    policy: Annotated[
        str | None, typer.Option(metavar="P", help="Policy that runs, or its TOML file; else none.")
    ] = None,
    weeks: Weeks = None,
    years: Years = None,
    seed: Seed = 1,
    assignments: Assignments = None,
    grain: Grain = None,
    point: Annotated[
        str | None,
        typer.Option(
            metavar="STORE:DESIGN:ROW:REPLICATE",
            help="Repeat this run of a sweep instead, :FUTURE after it if it is in one; --policy says which of its policies.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Weekly rows go here: .csv or .parquet. Replaced if it exists.")
    ] = None,
    trace: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND:ID",
            help="Report what happened to customer:17, employee:3, department:branches or executive:0, and why; repeatable.",
        ),
    ] = None,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the output of --trace here instead: .csv or .parquet.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Run one organization under one policy and write its weekly rows.

    Reach exists only in pairs and is missing here (`centricity compare` has it). Exit code 0: done; 1: could not be
    written, or a traced agent does not exist; 2: bad input, nothing written; 130: interrupted, nothing written.

    Example: centricity run retail-bank --policy value-driven --seed 7 --out run.csv --trace employee:3

    centricity run --point results/indices:sobol:12:0 --policy symbolic --out again.csv
    """
    with reporting_faults(debug):
        given = [name for name in _NOT_BESIDE_POINT if _was_given(context, name)] if point is not None else []
        ready, loaded_policy, seed, agents = _check_arguments(
            scenario, policy, (weeks, years), seed, assignments or [], grain, point, given, out, trace or [], history
        )
    try:
        if out is not None:
            _write_weekly(ready, loaded_policy, seed, out)
        if agents:
            _report_histories(ready, loaded_policy, seed, agents, history)
    except KeyboardInterrupt:
        write_messages(
            ["Interrupted: no part of a file was written. The same command starts again; --weeks N makes it shorter."]
        )
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        if debug or isinstance(error, BrokenPipeError):
            raise
        write_messages([describe_os_error(error) if error.filename is not None else str(error)])
        raise typer.Exit(DONE_WITH_FAILURES) from error


_NOT_BESIDE_POINT = {
    "scenario": "a scenario", "weeks": "--weeks", "years": "--years", "seed": "--seed", "assignments": "--set",
    "grain": "--grain",
}  # fmt: skip
"""What a run of a sweep has already, and how messages call it."""


def _was_given(context: typer.Context, name: str) -> bool:
    """Whether an option or argument was typed."""
    source = context.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"


def _check_arguments(
    scenario: str,
    policy: str | None,
    length: tuple[int | None, int | None],
    seed: int,
    assignments: list[str],
    grain: str | None,
    point: str | None,
    beside: list[str],
    out: Path | None,
    trace: list[str],
    history: Path | None,
) -> tuple[Scenario, Policy, int, list[Agent]]:
    """Check everything; all faults are raised together."""
    from sim.lab.comparison_plan import LARGEST_SEED, check_whole_number, find_policies, length_of_run, load_scenario
    from sim.lab.grain import GRAIN, with_grain
    from sim.lab.writing import check_file
    from sim.model.policies.policy import NO_POLICY
    from sim.model.scenario.messages import Faults
    from sim.model.scenario.refusals import read

    faults = Faults()
    ready: Scenario | None
    if point is not None:
        ready, loaded_policies, seed = _find_point(point, policy, beside, faults)
    else:
        check_whole_number("seed", seed, 0, LARGEST_SEED, faults)
        ready = load_scenario(scenario, length_of_run(*length, faults), {}, assignments, faults)
        wanted = None if grain is None else read(GRAIN.adapter.validate_python, grain, "--grain", faults)
        ready = None if ready is None else with_grain(ready, wanted, faults)
        loaded_policies = [] if ready is None else find_policies(ready, [policy or NO_POLICY], faults)
    names = None if ready is None else [department.name for department in ready.departments]
    agents = [agent for word in trace if (agent := _read_agent(word, names, faults)) is not None]
    if out is not None:
        check_file(out, ENDINGS, faults)
    elif not trace and not faults.messages:  # else it would look like their cause
        faults.add("--out", "must name a file for the weekly rows, got none. Write for example --out run.csv.")
    if history is not None:
        check_file(history, ENDINGS, faults, "--history")
        if not trace:
            faults.add("--history", "needs an agent to trace. Add for example --trace customer:17.")
    faults.raise_any()
    assert ready is not None  # else there would have been faults
    return ready, loaded_policies[0], seed, agents


def _find_point(
    point: str, policy: str | None, beside: list[str], faults: Faults
) -> tuple[Scenario | None, list[Policy], int]:
    """Scenario, policy and seed of a run of a sweep; ``None`` and nothing after noting a fault."""
    from sim.lab.sweep.single_run import find_run
    from sim.model.scenario import ScenarioError

    for name in beside:
        faults.add(
            "--point", f"must not be given beside {_NOT_BESIDE_POINT[name]}, which the sweep has. Leave one out."
        )
    try:
        found = find_run(point, policy)
    except ScenarioError as error:
        faults.take(error.faults)
        return None, [], 0
    if not found.same_source:
        write_messages(["The sweep was run by another source of the program, so that numbers may come out otherwise."])
    return found.scenario, [found.policy], found.seed


def _read_agent(word: str, departments: list[str] | None, faults: Faults) -> Agent | None:
    """The agent that ``KIND:ID`` means; ``None`` after noting a fault.

    Args:
        word: As typed.
        departments: Names of departments; ``None`` if they are not known.
        faults: Takes the message.
    """
    from sim.model.scenario.messages import quoted
    from sim.model.scenario.suggestions import closest

    kind, _, which = word.partition(":")
    if kind not in KINDS or not which:
        near = closest(kind, KINDS)
        hint = f"Did you mean {near}:{which or 0}?" if near else "Write for example --trace customer:17."
        faults.add("--trace", f"must be KIND:ID, with a KIND of {', '.join(KINDS)}, got {quoted(word)}. {hint}")
        return None
    if kind == "department" and departments is not None:
        if which in departments:
            return kind, departments.index(which)
        if not _is_number(which) or int(which) >= len(departments):
            near = closest(which, departments)
            hint = f"Did you mean department:{near}?" if near else f"Known: {', '.join(departments)}."
            faults.add("--trace", f"must name a department of the scenario, got {quoted(word)}. {hint}")
            return None
    if not _is_number(which):
        if kind != "department":
            faults.add("--trace", f"must have a whole number, 0 or more, after {kind}:, got {quoted(word)}.")
        return None
    return kind, int(which)


def _is_number(word: str) -> bool:
    """Whether a word can be the number of an agent."""
    return word.isdecimal() and len(word) <= LONGEST_AGENT_NUMBER


def _write_weekly(scenario: Scenario, loaded_policy: Policy, seed: int, out: Path) -> None:
    """Run, and write one row a week."""
    from sim.lab.outcome_checks import NotANumberError
    from sim.lab.replicate import run_single
    from sim.lab.weekly import write_weekly_rows
    from sim.lab.writing import replaced_file

    with show_progress("weeks") as progress:
        try:
            result = run_single(scenario, loaded_policy, seed, progress)
        except NotANumberError as error:
            write_messages([f"{error}. Nothing was written. Choose parameters that are less extreme together."])
            raise typer.Exit(DONE_WITH_FAILURES) from error
    with replaced_file(out) as new:
        write_weekly_rows(result, new)
    echo(f"{out}: {len(result.values)} weeks of {scenario.name} under {loaded_policy.name}, seed {seed}")


def _write_history(table: pd.DataFrame, file: Path) -> None:
    """Write histories in the format of the file's ending, whole or not at all."""
    from sim.lab.writing import replaced_file, write_csv, write_parquet

    with replaced_file(file) as new:
        (write_csv if file.suffix.lower() == ".csv" else write_parquet)(table, new)


def _report_histories(
    scenario: Scenario, loaded_policy: Policy, seed: int, agents: list[Agent], history: Path | None
) -> None:
    """Print or write the histories of some agents."""
    import pandas as pd

    from sim.model.tracing import trace

    tables, absent = [], []
    for kind, identity in agents:
        table = trace(scenario, loaded_policy, seed, scenario.weeks, kind, identity)
        if table.empty:
            absent.append(f"--trace {kind}:{identity}: no one of that number was there in these weeks of seed {seed}.")
        if history is None:
            _print_history(f"{kind} {identity}", table)
        table.insert(0, "agent", f"{kind}:{identity}")
        tables.append(table)
    if history is not None:
        _write_history(pd.concat(tables, ignore_index=True), history)
        echo(f"{history}: {sum(len(table) for table in tables)} rows about {len(tables)} agents")
    if absent:
        write_messages([*absent, "Numbers count in order of arrival, from 0; lower ones came first."])
        raise typer.Exit(DONE_WITH_FAILURES)


def _print_history(name: str, table: pd.DataFrame) -> None:
    """A line for each thing that happened to an agent: week, what, value, cause."""
    echo(f"{name}: {'was not there in these weeks' if table.empty else f'{len(table)} events'}")
    width = max((len(str(what)) for what in table["what"]), default=0)
    for week, what, value, cause in table.itertuples(index=False):
        echo(f"  week {week:>4}  {what:<{width}}  {value:>8.4g}  {cause}")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("run")(run)
