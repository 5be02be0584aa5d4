"""``centricity check``: are these files right?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from sim.commands.errors import BAD_INPUT, Debug, reporting_faults
from sim.commands.terminal import echo
from sim.model.extensions import consent, describe_extension, read
from sim.model.registry import current
from sim.model.scenario import Scenario, load_policy
from sim.model.scenario.finding import Source, find
from sim.model.scenario.loading import read_toml
from sim.model.scenario.shipped import KINDS, ShippedKind
from sim.model.scenario.suggestions import closest
from sim.model.scenario.values import SCENARIO_KEYS, STRUCTURE, sections

_EXPERIMENT_KEYS = {"scenario", "factors", "design"}
_POLICY_KEYS = {"phases", "from", "until", "stop_when"}


def check_scenario(name: str) -> str:
    """What a scenario file holds, in a few words; its faults are raised."""
    scenario = Scenario.load(name)
    counts = (scenario.weeks, "week"), (len(scenario.departments), "department"), (len(scenario.events), "event")
    parts = ", ".join(count(number, noun) for number, noun in counts)
    return f"scenario {scenario.name}: {parts}, policies {', '.join(scenario.policies)}"


def check_policy(name: str) -> str:
    """What a policy file holds, in a few words; its faults are raised."""
    policy = load_policy(name)
    return (
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


def check_experiment(name: str) -> str:
    """What an experiment file holds, in a few words; its faults are raised."""
    from sim.lab.sweep import load_experiment
    from sim.lab.sweep.points import Points

    experiment = load_experiment(name)
    points = Points(experiment)
    most = experiment.most_replicates
    return (
        f"experiment {experiment.name}: {count(len(experiment.designs), 'design')}, {count(points.number, 'point')}, "
        f"{'' if experiment.replicates == most else 'at most '}{count(most, 'replicate')}"
    )


CHECKS: dict[ShippedKind, Callable[[str], str]] = {
    "scenarios": check_scenario,
    "policies": check_policy,
    "experiments": check_experiment,
}
"""How each kind of file is checked."""


def kind_of(source: Source, table: Mapping[str, Any]) -> ShippedKind:
    """Kind of a file, by what is in it: the keys of an experiment, the resources of a policy, or else a scenario."""
    folder = source.path.parent.name
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
    debug: Debug = False,
) -> None:
    """Check scenario, policy and experiment files; report every fault of each.

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
                summary = CHECKS[kind_of(source, read_toml(source))](name)
        except typer.Exit:
            faulty = True
        else:
            echo(f"{source.label}: ok ({summary})")
    if faulty:
        raise typer.Exit(BAD_INPUT)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("check")(check)
