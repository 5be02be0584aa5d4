"""The manifest of a store: what was run, with which program, where, when, and its progress."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, model_validator

from sim.lab.fingerprint import own_source
from sim.lab.manifest import describe_machine, installed_version, versions
from sim.lab.sweep.designs import count_rows
from sim.lab.sweep.experiment import AS_DESCRIBED, SHARED, Experiment, Until
from sim.lab.sweep.points import Points
from sim.lab.task import replicate_seed
from sim.model.scenario.messages import quoted
from sim.safe_text import unseen_in

KIND = "sweep"
"""What tells the manifest of a sweep from any other."""

FORMAT = 1
"""Version of the form of a store."""

RUNNING, FINISHED = "running", "finished"
"""Whether all runs are there and compacted."""

_SEEDS = 1000  # more would make the manifest unreadable; they follow from the seed

EXTRA_PACKAGES = ("SALib", "dask", "distributed")

RUNS_FILE, WEEKLY_FILE = "runs.parquet", "weekly.parquet"
"""Tables of a finished store."""

_Count = Annotated[int, Field(ge=0, lt=2**53)]
_Number = Annotated[float, Field(allow_inf_nan=False)]
_Value = StrictInt | _Number | bool | str


class _Form(BaseModel):
    """A part of the manifest; keys that nobody reads may be anything."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _File(_Form):
    bytes: _Count
    sha256: Annotated[str, Field(pattern="^[0-9a-f]+$", max_length=64)]


class _Fixed(_Form):
    week: _Count = 0
    happens: bool = True


class _PlannedEvent(_Form):
    name: str
    fixed: _Fixed
    varied: dict[str, str]


class _Texts(_Form):
    name: str = ""
    claim: str | None = None
    targets: dict[str, _Number] = {}
    seeds: str = "shared"
    scenario_events: bool = True
    planned_events: list[_PlannedEvent] = Field([], alias="shocks")


class _Event(_Form):
    kind: str
    week: int


class _Scenario(_Form):
    events: list[_Event] = []


class _Factor(_Form):
    name: str
    kind: Literal["number", "integer", "switch", "choice"]
    role: Literal["uncertainty", "lever", "shock"]
    low: _Number | None = None
    high: _Number | None = None
    values: list[_Value] | None = None
    base: _Value | None = None
    unit: str | None = None
    policies: list[str] | None = None

    @model_validator(mode="after")
    def _has_values(self) -> Self:
        if self.kind in ("number", "integer") and not self.values and (self.low is None) != (self.high is None):
            raise ValueError("low and high must both be numbers, or both be missing")
        return self


class _Design(_Form):
    name: str
    kind: str
    rows: Annotated[int, Field(ge=1, lt=2**40)]
    over: list[str]
    second_order: bool | None = None


class _Weekly(_Form):
    outcomes: list[str]
    every: Annotated[int, Field(ge=1)]


class _Until(_Form):
    metric: str
    half_width: _Number


class _Replicates(_Form):
    fixed: Annotated[int, Field(ge=1, lt=2**40)] | None = None
    until: _Until | None = None


class _Runs(_Form):
    done: _Count
    failed: _Count


class _Manifest(_Form):
    """What of a manifest is read by anybody, and must be as it is written here."""

    kind: Literal["sweep"]
    format: Literal[1]
    status: Literal["running", "finished"]
    experiment: _Texts
    experiment_hash: str = ""
    currency: str = ""
    objective: str = ""
    weeks: _Count = 0
    scenario: _Scenario = _Scenario()
    factors: list[_Factor]
    designs: list[_Design]
    outcomes: list[str]
    weekly: _Weekly | None
    replicates: _Replicates
    points: _Count
    runs: _Runs = _Runs(done=0, failed=0)
    stopped: dict[str, _Count] | None
    versions: dict[str, str | None] = {}
    code: str = ""
    sessions: list[dict[str, Any]] = []
    lost: list[str] = []
    files: dict[str, _File]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        known = {factor.name for factor in self.factors}
        for design in self.designs:
            if unknown := [name for name in design.over if name not in known]:
                raise ValueError(f"design {design.name} varies {unknown[0]}, which must be one of the factors")
        for names in (self.outcomes, [factor.name for factor in self.factors], [each.name for each in self.designs]):
            if len(set(names)) < len(names):
                raise ValueError("outcomes, factors and designs must have names of their own")
        if (self.replicates.fixed is None) == (self.replicates.until is None):
            raise ValueError("replicates must be either fixed or until")
        needed = [RUNS_FILE, *([WEEKLY_FILE] if self.weekly else [])] if self.status == FINISHED else []
        if missing := [name for name in needed if name not in self.files]:
            raise ValueError(f"files must have the SHA-256 of {missing[0]}")
        return self


def check_form(manifest: Any) -> list[str]:
    """What is wrong with the form of a manifest; empty if nothing is.

    Returns:
        Place, rule and value of each fault, without the name of the file.
    """
    try:
        _Manifest.model_validate(manifest)
    except ValidationError as error:
        return [_describe(fault) for fault in error.errors(include_url=False)]
    return [describe_unseen(*hidden)] if (hidden := unseen_in(manifest)) else []


def describe_unseen(place: str, text: str) -> str:
    """Say that a text holds what cannot be seen."""
    return f"{place}: must not hold characters that cannot be seen, got {quoted(text)}"


def _describe(fault: Any) -> str:
    """A fault in words."""
    place = ".".join(str(part) for part in fault["loc"])
    message = str(fault["msg"])
    if not place:
        return message.removeprefix("Value error, ")
    value = json.dumps(fault.get("input"), ensure_ascii=True, default=str)
    rule = message[:1].lower() + message[1:].removeprefix("Value error, ")
    return f"{place}: {rule}, got {value if len(value) <= _SHOWN else value[:_SHOWN] + '...'}"


_SHOWN = 60
"""Characters of a value that messages show."""


def _shared_seeds(experiment: Experiment) -> list[int]:
    """Seeds of the first replicates; none where rows have seeds of their own, which the table of runs holds."""
    if experiment.seeds != SHARED:
        return []
    return [replicate_seed(experiment.seed, number) for number in range(min(experiment.most_replicates, _SEEDS))]


def describe_store(experiment: Experiment, points: Points, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The manifest of a store in which nothing has been run yet.

    Args:
        experiment: What is to be run.
        points: Its points.
        files: Size and SHA-256 of the files that are there from the start.
    """
    scenario = experiment.scenario
    replicates = experiment.replicates
    return {
        "kind": KIND,
        "format": FORMAT,
        "status": RUNNING,
        "experiment": {**experiment.words, **experiment.definition},
        "experiment_hash": experiment.hash,
        "claim": experiment.claim,
        "scenario": scenario.to_dict(),
        "scenario_hash": scenario.hash,
        "currency": scenario.currency,
        "objective": experiment.objective,
        "weeks": scenario.weeks,
        "seed": experiment.seed,
        "seeds": _shared_seeds(experiment),
        "factors": [factor.to_dict() for factor in experiment.factors.values()],
        "designs": [
            {**design.to_dict(), "rows": count_rows(design, experiment.factors)} for design in experiment.designs
        ],
        "policies": list(experiment.loaded_policies),
        "futures": list(dict.fromkeys((AS_DESCRIBED, *(name for each in experiment.designs for name in each.futures)))),
        "outcomes": list(experiment.outcomes),
        "weekly": {"outcomes": list(experiment.weekly), "every": experiment.every} if experiment.weekly else None,
        "replicates": {"until": replicates.to_dict()} if isinstance(replicates, Until) else {"fixed": replicates},
        "points": points.number,
        "worlds": points.worlds,
        "runs": {"done": 0, "failed": 0},
        "stopped": None,
        "versions": {**versions(), **{name: installed_version(name) for name in EXTRA_PACKAGES}},
        "code": own_source(),
        "machine": describe_machine(),
        "sessions": [],
        "files": files,
    }
