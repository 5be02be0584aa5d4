"""``centricity check``: are these files right?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.commands.errors import BAD_INPUT, Debug, reporting_faults, write_warnings
from sim.commands.terminal import echo
from sim.model.extensions import consent, describe_extension, read
from sim.model.policies.policy import NO_POLICY
from sim.model.registry import current
from sim.model.scenario import Scenario, load_policy
from sim.model.scenario.finding import Source, find
from sim.model.scenario.loading import read_toml
from sim.model.scenario.shipped import KINDS, ShippedKind
from sim.model.scenario.suggestions import closest
from sim.model.scenario.values import SCENARIO_KEYS, STRUCTURE, sections

if TYPE_CHECKING:
    import pandas as pd

_EXPERIMENT_KEYS = {"scenario", "factors", "design"}
_LESSON_KEYS = {"scenes", "prediction", "controls"}
BASELINE_RUNS = 4
"""Runs without a policy that show whether a baseline drifts."""

_POLICY_KEYS = {"phases", "from", "until", "stop_when"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A file without faults.

    Attributes:
        summary: What it holds, in a few words.
        figures: An organization in the figures of a year, a sentence each.
        warnings: What is hardly meant in it.
        scenario: The scenario, if it is one.
    """

    summary: str
    figures: Sequence[str] = ()
    warnings: Sequence[str] = ()
    scenario: Scenario | None = None


def check_scenario(name: str) -> Checked:
    """What a scenario file holds; its faults are raised."""
    from sim.lab.plausibility import warnings_of
    from sim.lab.yearly_figures import yearly_figures

    scenario = Scenario.load(name)
    counts = (scenario.weeks, "week"), (len(scenario.departments), "department"), (len(scenario.events), "event")
    parts = ", ".join(count(number, noun) for number, noun in counts)
    summary = f"scenario {scenario.name}: {parts}, policies {', '.join(scenario.policies)}"
    figures = [*yearly_figures(scenario).sentences(), *_before_week_0(scenario)]
    return Checked(summary, figures, warnings_of(scenario, name), scenario)


def _before_week_0(scenario: Scenario) -> list[str]:
    """That numbers of the outset move before week 0, as a sentence; none without a burn-in."""
    weeks = int(scenario.parameters["run.burn_in"])
    if not weeks:
        return []
    return [
        f"All this is the outset. {count(weeks, 'week')} without a policy come before week 0, in which people and customers come "
        "and go; --baseline tells how many there are then."
    ]


def check_policy(name: str) -> Checked:
    """What a policy file holds, in a few words; its faults are raised."""
    policy = load_policy(name)
    return Checked(
        f"policy {policy.name}: {count(len(policy.phases), 'phase')}, {', '.join(policy.resources) or 'no resources'}"
    )


def check_extension(name: str) -> str:
    """What an extension declares, in a few words; read and not run. Its faults are raised."""
    contents = describe_extension(read(name))
    parts = (
        (contents.parameters, "parameter"),
        (contents.resources, "resource"),
        (contents.event_kinds, "event kind"),
        (contents.outcomes, "outcome"),
    )
    return "extension, not run: " + ", ".join(count(len(found), noun) for found, noun in parts)


def count(number: int, noun: str) -> str:
    """A number of things in words: ``1 event``, ``2 events``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def check_experiment(name: str) -> Checked:
    """What an experiment file holds, in a few words; its faults are raised."""
    from sim.lab.sweep import load_experiment
    from sim.lab.sweep.points import Points

    experiment = load_experiment(name)
    points = Points(experiment)
    most = experiment.most_replicates
    return Checked(
        f"experiment {experiment.name}: {count(len(experiment.designs), 'design')}, {count(points.number, 'point')}, "
        f"{'' if experiment.replicates == most else 'at most '}{count(most, 'replicate')}"
    )


def check_lesson(name: str) -> Checked:
    """What the file of a lesson holds, in a few words; its faults are raised."""
    from sim.pages.lesson.loading import load_lesson

    lesson = load_lesson(name)
    runs = len(lesson.worlds) * len(lesson.policies) * lesson.replicates
    return Checked(
        f"lesson {lesson.name}: {count(len(lesson.scenes), 'scene')}, {count(len(lesson.policy_controls), 'control')}, "
        f"{count(len(lesson.assumptions), 'assumption')}, {count(runs, 'run')}"
    )


def baseline_of(scenario: Scenario) -> tuple[str, list[str]]:
    """What some runs without any policy give, as a sentence, and warnings about what drifts in them."""
    from sim.lab import compare
    from sim.lab.plausibility import SCORES, drifting

    found = compare(scenario, policies=[NO_POLICY], replicates=BASELINE_RUNS, workers=1)
    kept = found.summary["policies"][NO_POLICY]["retention_annual"]["mean"]
    scores = found.weekly[list(SCORES)].mean()
    shown = ", ".join(f"{name.replace('_', ' ')} {100.0 * scores[name]:.1f}" for name in SCORES[1:])
    retention = (
        ""
        if kept is None
        else f"{100.0 * kept:.1f} % of customers (or of what they are expected to buy) are kept a year; "
    )
    sentence = f"Measured in {BASELINE_RUNS} runs without a policy: {retention}{shown} of 100."
    return f"{sentence} {_week_0(scenario, found.weekly)}", drifting(found.weekly)


def _week_0(scenario: Scenario, weekly: pd.DataFrame) -> str:
    """How many customers and employees there are in week 0, beside the numbers of the file."""
    first = weekly[weekly["week"] == 0].mean(numeric_only=True)
    customers, people = int(scenario.parameters["customers.initial"]), int(scenario.parameters["employees.number"])
    return (
        f"In week 0: {first['active_customers']:,.0f} simulated customers (at the outset {customers:,}), "
        f"{first['employees']:,.0f} people ({people:,})."
    )


CHECKS: dict[ShippedKind, Callable[[str], Checked]] = {
    "scenarios": check_scenario,
    "policies": check_policy,
    "experiments": check_experiment,
    "lessons": check_lesson,
}
"""How each kind of file is checked."""


def kind_of(source: Source, table: Mapping[str, Any]) -> ShippedKind:
    """Kind of a file, by its keys: those of a lesson or an experiment, the resources of a policy, or else a scenario."""
    folder = source.path.parent.name
    if _LESSON_KEYS & table.keys() or folder == "lessons":
        return "lessons"
    if _EXPERIMENT_KEYS & table.keys() or folder == "experiments":
        return "experiments"
    known = current()
    # Some names are both, a resource with an amount and a section that is a table: `coaching = 0.5` and `[coaching]`.
    amounts = {key for key, value in table.items() if key in known.resources and not isinstance(value, Mapping)}
    if (STRUCTURE.keys() | sections(known).keys()) & (table.keys() - amounts):
        return "scenarios"
    legal = [*_POLICY_KEYS, *known.resources]
    policy = folder == "policies" or any(closest(key, legal) for key in table if key not in SCENARIO_KEYS)
    return "policies" if policy else "scenarios"


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Paths, or names of what ships.")],
    baseline: Annotated[
        bool,
        typer.Option(
            "--baseline", help="Also run each scenario a few times without a policy, and warn of what drifts."
        ),
    ] = False,
    debug: Debug = False,
) -> None:
    """Check scenario, policy, experiment and lesson files; report every fault of each.

    Of a scenario it says what the file comes to in the figures of a year, and warns of what is hardly meant.

    Example: centricity check my-bank.toml scenarios/policies/symbolic.toml
    """
    consent.reading = True  # extensions are read and not run
    faulty = False
    for name in files:
        try:
            with reporting_faults(debug):
                if name.endswith(".py"):
                    echo(f"{name}: ok ({check_extension(name)})")
                    continue
                source = find(name, *KINDS)
                checked = CHECKS[kind_of(source, read_toml(source))](name)
        except typer.Exit:
            faulty = True
            continue
        echo(f"{source.label}: ok ({checked.summary})")
        figures, warnings = [*checked.figures], [*checked.warnings]
        if baseline and checked.scenario is not None and not checked.scenario.extensions:  # which are not run here
            measured, drift = baseline_of(checked.scenario)
            figures.append(measured)
            warnings += drift
        for sentence in figures:
            echo(f"  {sentence}")
        write_warnings(warnings)
    if faulty:
        raise typer.Exit(BAD_INPUT)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("check")(check)
