"""One run of a sweep again: its scenario, policy and seed, from what the store holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.lab.fingerprint import own_source
from sim.lab.sweep.experiment import AS_DESCRIBED, Factor, PlannedEvent
from sim.lab.sweep.levers import apply_levers
from sim.lab.sweep.points import Job, events_at, levers_at, parameters_at
from sim.lab.sweep.reading import Store, read_store
from sim.model.policies.policy import NO_POLICY, FrozenMapping, Policy
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults, quoted

POINT = re.compile(r"(?P<store>.+):(?P<design>[^:]+):(?P<row>\d{1,9}):(?P<replicate>\d{1,9})(?::(?P<future>[^:]+))?")
"""How a run of a store is named. The path may have colons of its own."""


@dataclass(frozen=True)
class SingleRun:
    """A run of a sweep.

    Attributes:
        scenario: As it was at this point, in its future.
        policy: What ran, with the values of its levers.
        seed: Seed of the run.
        same_source: Whether the program is the one that made the store, so that numbers come out alike.
    """

    scenario: Scenario
    policy: Policy
    seed: int
    same_source: bool


def find_run(word: str, policy: str | None) -> SingleRun:
    """The run that ``STORE:DESIGN:ROW:REPLICATE`` means, with ``:FUTURE`` where it is in one of the named futures.

    Args:
        word: As typed.
        policy: Which policy of the row; ``None`` where it has only one.

    Raises:
        ScenarioError: If there is no such run, or the store cannot be read.
    """
    faults = Faults("--point")
    match = POINT.fullmatch(word)
    if match is None:
        raise ScenarioError(
            [
                f"--point must be STORE:DESIGN:ROW:REPLICATE, got {quoted(word)}. Write for example results/indices:sobol:12:0."
            ]
        )
    store = read_store(match["store"])
    points = store.points
    points = _chosen(points, "design", match["design"], "a design of the store", faults)
    points = _chosen(points, "row", int(match["row"]), f"a row of the design {match['design']}", faults)
    future = match["future"] or (AS_DESCRIBED if AS_DESCRIBED in set(points["future"]) else None)
    what = "the future of this row, after one more colon"
    points = _chosen(points, "future", future, what, faults)
    points = _chosen(points, "policy", policy, "--policy, and a policy of this row", faults)
    point = {str(name): value for name, value in points.iloc[0].items()}
    runs = store.runs[store.runs["point"] == point["point"]]
    replicate = _chosen(runs, "replicate", int(match["replicate"]), "a replicate that was run at this point", faults)
    try:
        return _restored(store, point, int(replicate["seed"].iloc[0]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise ScenarioError(
            [f"{store.folder}: the manifest must be as the sweep wrote it, got a damaged one. Take it from a copy."]
        ) from error


def _chosen(table: pd.DataFrame, column: str, value: object, what: str, faults: Faults) -> pd.DataFrame:
    """Rows of a table with this value; the only value that there is, where none is named.

    Raises:
        ScenarioError: If there is none, or several and none is named.
    """
    known = list(dict.fromkeys(table[column].tolist()))
    if value is None and len(known) == 1:
        value = known[0]
    if value is None or value not in known:
        shown = [str(each) or "the one as described" for each in known[:_SHOWN]]
        listed = f"{', '.join(shown)}{', ...' if len(known) > _SHOWN else ''}" if shown else "none yet"
        got = "none" if value is None else quoted(str(value))
        faults.add(f"must name {what}", f"({listed}), got {got}. Name one of them.")
        faults.raise_any()
    return table[table[column] == value]


_SHOWN = 8


def _restored(store: Store, point: Mapping[str, Any], seed: int) -> SingleRun:
    """What ran at a point, from the manifest and a row of the table of points."""
    manifest = store.manifest
    experiment = manifest["experiment"]
    own = {name: table for name, table in experiment["policies"].items() if name != NO_POLICY}
    written = dict(manifest["scenario"])
    base = Scenario.from_dict({**written, "policies": {**written["policies"], **own}}, place=str(store.folder))
    factors = [_factor(table) for table in manifest["factors"]]
    planned = [_planned(table) for table in experiment["shocks"]]

    def value_of(name: str) -> Any:
        return None if pd.isna(point[name]) else point[name]

    name = str(point["policy"])
    events = events_at(base.events if experiment["scenario_events"] else None, planned, value_of)
    values = FrozenMapping(parameters_at(factors, value_of))
    job = Job(int(point["world"]), 0, seed, values, str(point["future"]), events, ())
    policy = apply_levers(base.policy(name), levers_at(name, factors, value_of))
    return SingleRun(job.scenario(base), policy, seed, manifest["code"] == own_source())


def _factor(table: Mapping[str, Any]) -> Factor:
    """The factor that ``Factor.to_dict`` has described."""
    kept = {name: table[name] for name in ("name", "role", "kind", "low", "high", "base", "unit", "meaning", "target")}
    policies = tuple(table.get("policies", ()))
    return Factor(**kept, values=tuple(table["values"]), log=table["scale"] == "log", policies=policies)


def _planned(table: Mapping[str, Any]) -> PlannedEvent:
    """The event that ``PlannedEvent.to_dict`` has described."""
    departments = None if table["departments"] is None else tuple(table["departments"])
    return PlannedEvent(
        table["name"], table["kind"], FrozenMapping(table["fixed"]), FrozenMapping(table["varied"]), departments
    )
