"""``centricity check``: are these files right?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from sim.commands.errors import BAD_INPUT, Debug, reporting_faults
from sim.registry import current
from sim.scenario import Scenario, load_policy
from sim.scenario.loading import Source, find, read_toml
from sim.scenario.schema import STRUCTURE
from sim.scenario.shipped import KINDS, ShippedKind

_EXPERIMENT_KEYS = {"scenario", "factors", "design"}
_POLICY_KEYS = {"phases", "from", "until", "stop_when"}


def check_scenario(name: str) -> str:
    """What a scenario file holds, in a few words; its faults are raised."""
    scenario = Scenario.load(name)
    parts = f"{scenario.weeks} weeks, {len(scenario.departments)} departments, {len(scenario.policies)} policies"
    return f"scenario {scenario.name}: {parts}, {len(scenario.events)} events"


def check_policy(name: str) -> str:
    """What a policy file holds, in a few words; its faults are raised."""
    bundle = load_policy(name)
    return f"policy {bundle.name}: {len(bundle.phases)} phases, {', '.join(bundle.resources) or 'no resources'}"


def check_experiment(name: str) -> str:
    """What an experiment file holds, in a few words; its faults are raised."""
    return f"experiment {find(name, 'experiments').name}"


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
    if STRUCTURE.keys() & table.keys():
        return "scenarios"
    policy = (_POLICY_KEYS | current().resources.keys()) & table.keys()
    return "policies" if policy or folder == "policies" else "scenarios"


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Paths, or names of what ships.")],
    debug: Debug = False,
) -> None:
    """Check scenario, policy and experiment files; tell every fault of each.

    Example: centricity check my-bank.toml scenarios/policies/symbolic.toml
    """
    faulty = False
    for name in files:
        try:
            with reporting_faults(debug):
                source = find(name, *KINDS)
                summary = CHECKS[kind_of(source, read_toml(source))](name)
        except typer.Exit:
            faulty = True
        else:
            typer.echo(f"{source.label}: ok ({summary})")
    if faulty:
        raise typer.Exit(BAD_INPUT)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("check")(check)
