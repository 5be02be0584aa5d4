"""An experiment: uncertainties, levers and events kept apart, the designs that vary them, and the measures to keep."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sim.model.kernel.parameters import ParameterType, ParameterValue
from sim.model.policies.policy import FrozenMapping, Policy
from sim.model.scenario import Scenario

Role = Literal["uncertainty", "lever", "shock"]

SHARED, BY_ROW = "shared", "by-row"
"""Seeds of replicates: the same at all points, or each independently drawn row with seeds of its own."""

AS_DESCRIBED = ""
"""Name of the scenario as described, among its futures."""

KINDS = ("grid", "list", "one-at-a-time", "latin-hypercube", "sobol", "morris")
"""Kinds of designs."""

SAMPLED = ("latin-hypercube", "sobol", "morris")
"""Kinds whose rows are drawn in the unit cube and then scaled to the ranges of the factors."""


@dataclass(frozen=True, slots=True)
class Factor:
    """Something that an experiment varies.

    Attributes:
        name: Column of the table of points.
        role: Whether it cannot be decided (uncertainty), the organization decides it (lever), or it happens (shock).
        kind: Type of its values.
        low, high: Range, both ends included; ``None`` where it has values of its own, or is for lists alone.
        values: The only values it takes; empty where it has a range.
        log: Whether a range is divided by factors rather than by differences.
        base: Value where a design does not vary it; ``None`` for a lever that leaves the policy as it is written.
        unit: Unit of its values.
        meaning: What it is.
        target: What it changes: a parameter, ``amounts``, ``until``, ``stop_when`` or a resource, or a field of an event.
        policies: Policies that a lever changes; empty for other roles.
    """

    name: str
    role: Role
    kind: ParameterType
    low: float | None
    high: float | None
    values: tuple[ParameterValue, ...]
    log: bool
    base: ParameterValue | None
    unit: str
    meaning: str
    target: str
    policies: tuple[str, ...] = ()

    @property
    def has_range(self) -> bool:
        """Whether a design can choose values by itself."""
        return bool(self.values) or self.low is not None

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest value of a range."""
        if self.low is None or self.high is None:
            raise ValueError(f"{self.name} has no range")
        return self.low, self.high

    def to_dict(self) -> dict[str, Any]:
        """What a reader of the results needs to know of it, for JSON."""
        table: dict[str, Any] = {name: getattr(self, name) for name in ("name", "role", "kind", "low", "high")}
        table["values"] = list(self.values)
        table["scale"] = "log" if self.log else "linear"
        table |= {name: getattr(self, name) for name in ("base", "unit", "meaning", "target")}
        return {**table, "policies": list(self.policies)} if self.role == "lever" else table


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """An event of the experiment; those of its fields that vary are factors called ``NAME.FIELD``.

    Attributes:
        name: What the experiment calls it.
        kind: Kind of event.
        fixed: Fields that do not vary, ``week`` and ``happens`` among them.
        varied: Field -> name of the factor.
        departments: Departments that it happens to; ``None`` means all.
    """

    name: str
    kind: str
    fixed: Mapping[str, ParameterValue]
    varied: Mapping[str, str]
    departments: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "kind": self.kind,
            "fixed": dict(self.fixed),
            "varied": dict(self.varied),
            "departments": None if self.departments is None else list(self.departments),
        }


@dataclass(frozen=True, slots=True)
class Design:
    """A block of points.

    Attributes:
        name: What the experiment calls it.
        kind: One of :data:`KINDS`.
        over: Names of the factors that it varies; all others stand at their base.
        policies: Policies that run at every row.
        futures: Futures that every row runs in; :data:`AS_DESCRIBED` for the scenario as described.
        options: ``number``, ``second_order``, ``trajectories``, ``levels``, as its kind has them.
        points: Rows of a list: factor -> value, with ``label``.
        seed: Seed of what it draws.
    """

    name: str
    kind: str
    over: tuple[str, ...]
    policies: tuple[str, ...]
    futures: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=FrozenMapping)
    points: tuple[Mapping[str, ParameterValue], ...] = ()
    seed: int = 0

    @property
    def draws(self) -> int:
        """How many parts were drawn independently: rows, base blocks or trajectories; 0 where rows were chosen."""
        if self.kind not in SAMPLED:
            return 0
        return int(self.options["trajectories" if self.kind == "morris" else "number"])

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        table: dict[str, Any] = {"name": self.name, "kind": self.kind, "over": list(self.over)}
        table |= {"policies": list(self.policies), "futures": list(self.futures), "seed": self.seed}
        table |= {name: dict(value) if isinstance(value, Mapping) else value for name, value in self.options.items()}
        return {**table, "points": [dict(point) for point in self.points]} if self.points else table


@dataclass(frozen=True, slots=True)
class Until:
    """Replicates until an interval is narrow enough, decided at fixed numbers of replicates.

    Attributes:
        metric: Outcome whose 95 % interval is looked at, point by point.
        half_width: What half of the interval must not exceed, in the unit of the outcome.
        check_at: Numbers of replicates at which to look.
        most: Number of replicates after which a point stops anyway.
    """

    metric: str
    half_width: float
    check_at: tuple[int, ...]
    most: int

    def to_dict(self) -> dict[str, Any]:
        """For JSON, and as it stands in a file."""
        return {
            "metric": self.metric,
            "half_width": self.half_width,
            "check_at": list(self.check_at),
            "max": self.most,
        }


@dataclass(frozen=True, slots=True)
class Window:
    """A run's own measure: the mean of a weekly outcome over some weeks, missing ones left out.

    Attributes:
        name: Column of the table of runs.
        outcome: Weekly outcome.
        start, end: First week, and the one after the last.
    """

    name: str
    outcome: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        """For JSON, and as it stands in a file."""
        return {"name": self.name, "outcome": self.outcome, "from": self.start, "until": self.end}


@dataclass(frozen=True)
class Experiment:
    """A designed experiment, checked and complete; made by :func:`sim.lab.sweep.loading.load_experiment`.

    Attributes:
        name: What it is called; ``about``, ``notice``, ``suggestion``, ``claim``: for people.
        scenario: The scenario with everything that is fixed: length, parameters, the experiment's own policies.
        scenario_events: Whether the scenario's own events happen too.
        seed: Seed that the seeds of replicates and designs are derived from.
        objective: Outcome that policies are chosen by.
        targets: Outcome -> what is good enough; for readers of the results, no run depends on it.
        keep: Measures of single runs to keep; ``windows``: the experiment's own.
        weekly: Weekly outcomes to keep, in the last week of every stretch of ``every`` weeks.
        factors: Everything that varies, by name, in the order of the file: uncertainties, levers, events.
        planned_events: Events of the experiment.
        loaded_policies: Policies by name.
        designs: Blocks of points.
        replicates: Number of replicates at every point, or the rule for when to stop.
        time_limit: Seconds after which a run counts as hanging.
        budget: Most runs in all; ``None`` is no limit.
        seeds: :data:`SHARED`, or :data:`BY_ROW`.
    """

    name: str
    about: str
    notice: str
    suggestion: str
    claim: str
    scenario: Scenario
    scenario_events: bool
    seed: int
    objective: str
    targets: Mapping[str, float]
    keep: tuple[str, ...]
    windows: tuple[Window, ...]
    weekly: tuple[str, ...]
    every: int
    factors: Mapping[str, Factor]
    planned_events: tuple[PlannedEvent, ...]
    loaded_policies: Mapping[str, Policy]
    designs: tuple[Design, ...]
    replicates: int | Until
    time_limit: float
    budget: int | None
    seeds: str = SHARED

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Columns of the table of runs that hold results."""
        return (*self.keep, *(window.name for window in self.windows))

    @property
    def most_replicates(self) -> int:
        """Largest number of replicates that any point may have."""
        return self.replicates if isinstance(self.replicates, int) else self.replicates.most

    @cached_property
    def definition(self) -> dict[str, Any]:
        """Everything that decides the result, for JSON."""
        fixed = isinstance(self.replicates, int)
        return {
            "scenario": self.scenario.to_dict(),
            **self.scenario.fingerprints_of_extensions,
            "scenario_events": self.scenario_events,
            "seed": self.seed,
            "objective": self.objective,
            "keep": list(self.keep),
            "windows": [window.to_dict() for window in self.windows],
            "weekly": {"outcomes": list(self.weekly), "every": self.every} if self.weekly else None,
            "factors": [factor.to_dict() for factor in self.factors.values()],
            "shocks": [event.to_dict() for event in self.planned_events],
            "policies": {name: policy.to_dict() for name, policy in self.loaded_policies.items()},
            "designs": [design.to_dict() for design in self.designs],
            "replicates": {"fixed": self.replicates} if fixed else {"until": self._until().to_dict()},
            "time_limit": self.time_limit,
            "budget": self.budget,
            **({} if self.seeds == SHARED else {"seeds": self.seeds}),
        }

    def _until(self) -> Until:
        assert isinstance(self.replicates, Until)
        return self.replicates

    @property
    def words(self) -> dict[str, Any]:
        """What is there for readers of the results: texts and targets. No run depends on it."""
        return {**self.texts, "targets": dict(self.targets)}

    @property
    def texts(self) -> dict[str, str]:
        """Texts for people; no run depends on them."""
        return {
            "name": self.name,
            "about": self.about,
            "notice": self.notice,
            "try": self.suggestion,
            "claim": self.claim,
        }

    @cached_property
    def hash(self) -> str:
        """Fingerprint of all that decides the result (SHA-256, hexadecimal); what is there for readers does not count."""
        text = json.dumps(self.definition, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()
