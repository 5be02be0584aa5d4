"""Builders that the tests of the model share: a tiny organization, runs of it, and legal values of parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from hypothesis import strategies as st

from sim.lab.evidence_settings import ISOLATED, parameters_in
from sim.model import registry
from sim.model.kernel.columns import Columns
from sim.model.kernel.parameters import Parameter
from sim.model.organization import Organization
from sim.model.policies.policy import Phase, Policy
from sim.model.policies.resources import RESOURCES
from sim.model.scenario import Event, Scenario
from sim.model.simulation import Run, burn_in, simulate, with_policy

Floats = npt.NDArray[np.float64]

TINY: Mapping[str, object] = {
    "employees.number": 12,
    "customers.initial": 30,
    "customers.market": 45,
    "customers.contract_share": 0.5,
    "run.burn_in": 4,
    "executives.dismissal": 0.0,
    **parameters_in(ISOLATED),
    "capability.effect": 0.2,
    "direction.bonus": 0.1,
    "direction.example": 0.1,
    "direction.hours": 0.1,
    "employees.satisfaction_customers": 0.2,
    "energy.dissonance": 0.03,
    "standing.help": 0.1,
    "standing.protection": 0.5,
}
"""An organization so small that a week takes a thousandth of a second, with customers of both kinds.

Mechanisms that would act in every step at once are at rest, so that a step can be tried by itself; a test of one of them
switches it on. What a policy costs has no one lose their post, so that money spent for nothing changes only the books.
"""

DEPARTMENTS = [
    {"name": "front", "share": 0.6, "facing": 0.8, "power": 0.4},
    {"name": "back", "share": 0.4, "facing": 0.0, "power": 0.6},
]

COLUMNS = ("customers", "employees", "departments", "executives")


@cache
def _plain() -> Scenario:
    return Scenario.from_dict({"departments": DEPARTMENTS})


def tiny(values: Mapping[str, object] | None = None, events: tuple[Event, ...] = ()) -> Scenario:
    """The tiny organization with other values for some parameters, and events."""
    scenario = _plain().override({**TINY, **(values or {})})
    return dataclasses.replace(scenario, events=events)


def event(kind: str, week: int, **fields: float) -> Event:
    """An event with defaults for what is not given."""
    known = registry.current().event_kinds[kind].fields
    return Event(kind, week, {name: fields.get(name, float(entry.default)) for name, entry in known.items()})


def make_policy(*phases: Phase, name: str = "bundle") -> Policy:
    """A policy of these phases."""
    return Policy(name, phases)


def amounts(start: int = 0, end: int | None = None, /, **resources: float) -> Policy:
    """A policy with constant amounts."""
    return make_policy(Phase(start, end, None, resources))


def everything(share: float = 1.0, start: int = 0, end: int | None = None) -> Policy:
    """A policy that spends ``share`` of the legal maximum of every resource."""
    spent = {name: share * resource.high for name, resource in RESOURCES.items()}
    return make_policy(Phase(start, end, None, spent))


def burned_in(scenario: Scenario, policy: Policy | None = None, seed: int = 1) -> Organization:
    """Organization after its burn-in, about to begin a policy."""
    return with_policy(burn_in(scenario, seed), policy or Policy("none"))


def run(scenario: Scenario, policy: Policy | None = None, weeks: int = 30, seed: int = 1) -> Run:
    """One run."""
    return simulate(burned_in(scenario, policy, seed), weeks)


def differing(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """Columns of two weekly tables that differ in any bit."""
    assert list(one.columns) == list(other.columns)
    return [name for name in one.columns if not same_bits(one[name].to_numpy(), other[name].to_numpy())]


def same_bits(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    """Whether two arrays are equal to the last bit, missing values included."""
    return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()


def same_state(one: Organization, other: Organization) -> list[str]:
    """Columns of two organizations that differ in any bit."""
    pairs = [(kind, getattr(one, kind), getattr(other, kind)) for kind in COLUMNS]
    return [
        f"{kind}.{name}"
        for kind, left, right in pairs
        for name in left.described()
        if not same_bits(getattr(left, name), getattr(right, name))
    ]


def violations(organization: Organization) -> list[str]:
    """What is wrong with any column of an organization, in words."""
    columns: list[Columns] = [getattr(organization, kind) for kind in COLUMNS]
    return [fault for each in columns for fault in each.violations()]


def parameter(name: str) -> Parameter:
    """A parameter of the model."""
    return registry.current().parameters[name]


def legal(name: str) -> st.SearchStrategy[float]:
    """Any legal value of a numeric parameter, ends included and tried often."""
    entry = parameter(name)
    assert entry.low is not None and entry.high is not None
    low, high = entry.low, entry.high
    return st.sampled_from([low, float(entry.default), high]) | st.floats(low, high)


SHARES = st.sampled_from([0.0, 1.0, 0.5]) | st.floats(0.0, 1.0)
"""A share or index, often an end of its range."""


def vectors(elements: st.SearchStrategy[float] = SHARES, size: int = 6) -> st.SearchStrategy[Floats]:
    """Arrays of ``size`` values."""
    return st.lists(elements, min_size=size, max_size=size).map(lambda values: np.array(values, dtype=np.float64))


def in_unit_interval(values: npt.ArrayLike) -> bool:
    """Whether all values are shares: numbers from 0 to 1, to the last bit."""
    array = np.asarray(values)
    return bool(np.all((array >= 0.0) & (array <= 1.0)))


def rising(values: npt.ArrayLike) -> bool:
    """Whether no value is smaller than the one before."""
    return bool(np.all(np.diff(np.asarray(values, dtype=np.float64)) >= 0.0))
