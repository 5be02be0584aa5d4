"""Points, worlds and jobs: what has to be run.

A *point* is a row of a design in one future under one policy. Points that differ only by policy and levers share a
*world*: the same burn-in and the same twin. A world with a replicate is a *job*; all jobs of a replicate have the same
seed, so that points are compared on common random numbers.

With ``seeds = "by-row"`` each independently drawn row has seeds of its own, and so worlds of its own. Rows of a base block
or a trajectory, which are compared with each other, have common random numbers still, as have rows that were chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.lab.sweep.designs import Rows, list_rows
from sim.lab.sweep.experiment import AS_DESCRIBED, SHARED, Experiment, Factor, PlannedEvent
from sim.lab.sweep.levers import apply_levers
from sim.lab.sweep.read_factors import HAPPENS
from sim.lab.task import replicate_seed
from sim.model.kernel.parameters import ParameterType, ParameterValue
from sim.model.policies.policy import FrozenMapping, Policy
from sim.model.scenario import Event, Scenario
from sim.model.scenario.crossing import CROSS_RULES, broken
from sim.model.scenario.messages import Faults
from sim.model.scenario.solving import HORIZON, beyond_run

KEYS = ("point", "world", "design", "row", "label", "future", "policy")
"""First columns of the table of points."""

_TYPES: Mapping[ParameterType, pa.DataType] = {
    "number": pa.float64(),
    "integer": pa.int64(),
    "choice": pa.string(),
    "switch": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class Variant:
    """A policy of a job.

    Attributes:
        point: Number of the point.
        policy: What runs, with the values of its levers.
    """

    point: int
    policy: Policy


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that happens in one world with one seed.

    Attributes:
        world, replicate: Their numbers.
        seed: Seed of all runs.
        values: Parameters that differ from the scenario's.
        future: Future that the scenario is in first.
        events: What happens besides the scenario's own events; ``None`` where those are all.
        variants: Policies to run after the twin.
    """

    world: int
    replicate: int
    seed: int
    values: Mapping[str, ParameterValue]
    future: str
    events: tuple[Event, ...] | None
    variants: tuple[Variant, ...]

    def scenario(self, base: Scenario) -> Scenario:
        """The scenario of this world.

        Raises:
            ScenarioError: If its values do not go together.
        """
        scenario = base.in_future(self.future) if self.future != AS_DESCRIBED else base
        scenario = scenario.override(self.values)
        return scenario if self.events is None else replace(scenario, events=self.events)


class Points:
    """All points of an experiment, and the jobs that they need.

    Args:
        experiment: What is to be run.

    Raises:
        ScenarioError: If a package that a design needs is missing, or values at a point do not go together.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self._factors = list(experiment.factors.values())
        self._rows = {design.name: list_rows(design, experiment.factors) for design in experiment.designs}
        self._columns = self._make_columns()
        self._seeds = self._draw_seeds()
        self._worlds = self._number_worlds()
        self._check_together()
        self._loaded_policies: dict[tuple[Any, ...], Policy] = {}

    @property
    def number(self) -> int:
        """Number of points."""
        return int(self._columns["point"].size)

    @property
    def worlds(self) -> int:
        """Number of worlds."""
        return int(self._worlds.max()) + 1 if self._worlds.size else 0

    @property
    def world_of(self) -> NDArray[np.int64]:
        """World of each point."""
        return self._worlds

    @cached_property
    def table(self) -> pa.Table:
        """One row per point."""
        columns = {key: pa.array(self._columns[key]) for key in ("point", "row")}
        arrays = {
            "point": columns["point"],
            "world": pa.array(self._worlds),
            "design": pa.array(self._columns["design"], pa.string()),
            "row": columns["row"],
            **{key: pa.array(self._columns[key], pa.string()) for key in ("label", "future", "policy")},
        }
        for factor in self._factors:
            arrays[factor.name] = pa.array(self._columns[factor.name].tolist(), _TYPES[factor.kind])
        return pa.table(arrays)

    @cached_property
    def unit(self) -> pa.Table | None:
        """Position of each row of a sampled design in the unit cube; ``None`` where nothing was drawn."""
        drawn = [
            (design, rows) for design in self.experiment.designs if (rows := self._rows[design.name]).unit is not None
        ]
        if not drawn:
            return None
        names: list[str] = []
        numbers: list[int] = []
        positions: dict[str, list[float | None]] = {factor.name: [] for factor in self._factors}
        for design, rows in drawn:
            names += [design.name] * rows.number
            numbers += range(rows.number)
            assert rows.unit is not None
            for name, column in positions.items():
                varied = name in design.over
                column.extend(rows.unit[:, design.over.index(name)].tolist() if varied else [None] * rows.number)
        table = {"design": pa.array(names, pa.string()), "row": pa.array(numbers, pa.int64())}
        return pa.table({**table, **{name: pa.array(column, pa.float64()) for name, column in positions.items()}})

    def members(self, world: int) -> NDArray[np.int64]:
        """Points of a world, in order."""
        return self._order[self._starts[world] : self._starts[world + 1]]

    def job(self, world: int, replicate: int, active: NDArray[np.bool_] | None = None) -> Job:
        """What to do for one world and replicate.

        Args:
            world, replicate: Their numbers.
            active: Whether each point still needs replicates; all of them if not given.
        """
        members = self.members(world)
        first = int(members[0])
        chosen = members if active is None else members[active[members]]
        return Job(
            world=world,
            replicate=replicate,
            seed=replicate_seed(self._seeds[first], replicate),
            values=FrozenMapping(self._parameter_values(first)),
            future=str(self._columns["future"][first]),
            events=self._events(first),
            variants=tuple(Variant(int(point), self._policy(int(point))) for point in chosen),
        )

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(self._worlds, kind="stable")

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.searchsorted(self._worlds[self._order], np.arange(self.worlds + 1)).astype(np.int64)

    def _make_columns(self) -> dict[str, NDArray[Any]]:
        """Every column of the table but the worlds: designs, rows, futures, policies, the last changing fastest."""
        parts: dict[str, list[NDArray[Any]]] = {key: [] for key in KEYS if key not in ("point", "world")}
        parts |= {factor.name: [] for factor in self._factors}
        for design in self.experiment.designs:
            rows = self._rows[design.name]
            futures, policies = np.array(design.futures, dtype=object), np.array(design.policies, dtype=object)
            times = futures.size * policies.size
            parts["design"].append(np.full(rows.number * times, design.name, dtype=object))
            parts["row"].append(np.repeat(np.arange(rows.number), times))
            parts["label"].append(np.repeat(np.array(rows.labels, dtype=object), times))
            parts["future"].append(np.tile(np.repeat(futures, policies.size), rows.number))
            parts["policy"].append(np.tile(policies, rows.number * futures.size))
            for factor in self._factors:
                parts[factor.name].append(np.repeat(_column(factor, rows), times))
        columns = {name: np.concatenate(arrays) for name, arrays in parts.items()}
        columns["point"] = np.arange(columns["row"].size)
        return columns

    def _draw_seeds(self) -> list[int]:
        """The seed of each point from which those of its replicates follow."""
        shared = self.experiment.seed
        if self.experiment.seeds == SHARED:
            return [shared] * self.number
        seeds: list[int] = []
        for design in self.experiment.designs:
            rows = self._rows[design.name].number
            own = [_row_seed(shared, design.name, draw) for draw in range(design.draws)]
            times = len(design.futures) * len(design.policies)
            by_row = np.repeat(np.array(own, dtype=object), rows // len(own)) if own else [shared] * rows
            seeds += np.repeat(np.array(by_row, dtype=object), times).tolist()
        return seeds

    def _number_worlds(self) -> NDArray[np.int64]:
        """Number of the world of each point, in the order in which worlds first appear."""
        names = ["future", *(factor.name for factor in self._factors if factor.role != "lever")]
        seen: dict[tuple[Any, ...], int] = {}
        keys = zip(self._seeds, *(self._columns[name].tolist() for name in names), strict=True)
        return np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int64)

    def _check_together(self) -> None:
        """Refuse points whose values break a rule between parameters."""
        names = {factor.target for factor in self._factors if factor.role == "uncertainty"}
        rules = [rule for rule in CROSS_RULES if names & set(rule.parameters)]
        if not rules and HORIZON not in names:
            return
        faults = Faults(self.experiment.name)
        base = self.experiment.scenario.parameters
        for world in range(self.worlds):
            point = int(self.members(world)[0])
            future = str(self._columns["future"][point])
            changed = self.experiment.scenario.futures[future] if future != AS_DESCRIBED else {}
            location = f"row {self._columns['row'][point]} of the design {self._columns['design'][point]}:"
            values = {**base, **changed, **self._parameter_values(point)}
            too_far = beyond_run(values, self.experiment.scenario.weeks)
            for name, rule, remedy in (*broken(values, rules=rules), *too_far):
                faults.refuse(f"{location} {name}", rule, remedy)
            if not faults.patient:
                break
        faults.raise_any()

    def _parameter_values(self, point: int) -> dict[str, ParameterValue]:
        """Parameters of a point that are uncertain."""
        return parameters_at(self._factors, lambda name: self._columns[name][point])

    def _events(self, point: int) -> tuple[Event, ...] | None:
        """All that happens at a point, the scenario's own events first; ``None`` where those are all."""
        experiment = self.experiment
        own = experiment.scenario.events if experiment.scenario_events else None
        return events_at(own, experiment.planned_events, lambda name: self._columns[name][point])

    def _policy(self, point: int) -> Policy:
        """The policy of a point, with the values of its levers; points with the same policy and levers share one object."""
        policy = str(self._columns["policy"][point])
        levers = levers_at(policy, self._factors, lambda name: self._columns[name][point])
        key = (policy, *levers)
        if key not in self._loaded_policies:
            if len(self._loaded_policies) > 10_000:
                self._loaded_policies.clear()
            self._loaded_policies[key] = apply_levers(self.experiment.loaded_policies[policy], levers)
        return self._loaded_policies[key]


ValueOf = Callable[[str], Any]
"""The value of a factor at a point, by its name."""


def parameters_at(factors: Iterable[Factor], value_of: ValueOf) -> dict[str, ParameterValue]:
    """Parameters of a point that are uncertain, by dotted name."""
    return {factor.target: _plain(value_of(factor.name)) for factor in factors if factor.role == "uncertainty"}


def levers_at(policy: str, factors: Iterable[Factor], value_of: ValueOf) -> list[tuple[str, ParameterValue | None]]:
    """What the levers of a policy change at a point, each with its value."""
    levers = (factor for factor in factors if factor.role == "lever" and policy in factor.policies)
    return [(factor.target, value_of(factor.name)) for factor in levers]


def events_at(
    own: tuple[Event, ...] | None, planned_events: Sequence[PlannedEvent], value_of: ValueOf
) -> tuple[Event, ...] | None:
    """All that happens at a point.

    Args:
        own: The scenario's own events; ``None`` where they do not happen.
        planned_events: Those of the experiment.
        value_of: Values of their fields that vary.

    Returns:
        The events in the order of the weeks; ``None`` where the scenario's own are all.
    """
    if not planned_events and own is not None:
        return None
    events = list(own or ())
    for planned in planned_events:
        fields = {**planned.fixed, **{key: value_of(name) for key, name in planned.varied.items()}}
        if fields.pop(HAPPENS):
            events.append(_make_event(planned, fields))
    return tuple(sorted(events, key=lambda event: event.week))


def _row_seed(seed: int, design: str, draw: int) -> int:
    """Seed of one independently drawn row, block or trajectory of a design, whatever other designs there are."""
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(crc32(b"row"), crc32(design.encode()), draw))
    return int(sequence.generate_state(1, np.uint64)[0])


def _column(factor: Factor, rows: Rows) -> NDArray[Any]:
    """Values of a factor in the rows of a design: what the design says, else the base."""
    if factor.name in rows.values:
        return rows.values[factor.name].astype(object)
    column = np.empty(rows.number, dtype=object)
    column[:] = factor.base
    return column


def _make_event(planned: PlannedEvent, fields: dict[str, ParameterValue]) -> Event:
    week = int(_plain(fields.pop("week")))
    plain = {name: _plain(value) for name, value in fields.items()}
    return Event(planned.kind, week, FrozenMapping(plain), planned.departments)


def _plain(value: Any) -> Any:
    """A plain Python value in place of one of NumPy's."""
    return value.item() if isinstance(value, np.generic) else value
