"""Paired runs for the facts: the same organization with and without a policy, over seeds that follow from their purpose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np

from sim.evidence.region import bank, overrides_key
from sim.model.kernel.array_types import FloatArray
from sim.model.organization import Organization
from sim.model.policies.policy import Phase, Policy
from sim.model.scenario import Scenario
from sim.model.simulation import Run, burn_in, simulate, with_policy

SMALL: Mapping[str, Any] = {
    "employees.number": 150,
    "customers.initial": 300,
    "customers.market": 400,
    "executives.succession": 0.0,
}
"""The retail bank at a third of its size, so that a fact costs seconds; no executive leaves by chance."""

SHIPPED: Mapping[str, Any] = {name: value for name, value in SMALL.items() if name != "executives.succession"}
"""The same where executives leave by chance, as in the bank that ships."""

WINDOW = 13
LATER = (98, 111)  # weeks 98 to 110 after the end of sponsorship


@dataclass(frozen=True)
class Pair:
    """A run under a policy, and its twin."""

    run: Run
    twin: Run

    def lift(self, outcome: str) -> FloatArray:
        """Policy minus twin, week by week."""
        result: FloatArray = self.run.weekly[outcome].to_numpy() - self.twin.weekly[outcome].to_numpy()
        return result

    @property
    def end(self) -> int:
        """Week in which sponsorship was over (the last week of the run, if it never was)."""
        return len(self.run.weekly) if self.run.sponsorship_end is None else self.run.sponsorship_end


def policy_of(scenario: Scenario, policy: str | Mapping[str, Any]) -> Policy:
    """A policy given by name, or written out as ``{"from", "until", RESOURCE: amount}`` or with ``phases`` of these."""
    if isinstance(policy, str):
        return scenario.policy(policy)
    phases = policy.get("phases", [policy])
    return Policy(
        "written-out",
        tuple(
            Phase(
                start=int(phase.get("from", 0)),
                end=phase.get("until"),
                amounts={key: float(value) for key, value in phase.items() if key not in ("from", "until")},
            )
            for phase in phases
        ),
    )


def pairs(
    policy: str | Mapping[str, Any],
    overrides: Mapping[str, Any] | None,
    weeks: int,
    replicates: int,
    twin: str | Mapping[str, Any] = "none",
    shipped: bool = False,
) -> list[Pair]:
    """Independent pairs. Facts about the same runs share them, so the runs are made only once."""
    purpose = repr(_frozen({**(SHIPPED if shipped else SMALL), **(overrides or {})}))
    return pairs_on(seeds(purpose, replicates), policy, overrides, weeks, twin, shipped)


def pairs_on(
    chosen: Iterable[int],
    policy: str | Mapping[str, Any],
    overrides: Mapping[str, Any] | None,
    weeks: int,
    twin: str | Mapping[str, Any] = "none",
    shipped: bool = False,
) -> list[Pair]:
    """Pairs on given seeds, so that two lists differ only by the policy and the overrides.

    With ``shipped`` executives leave by chance and the scheduled events of the scenario happen, to the twin, too.
    """
    base = SHIPPED if shipped else SMALL
    key = (_frozen(policy), _frozen({**base, **(overrides or {})}), weeks, _frozen(twin), shipped)
    return [_pair(overrides_key(), *key, seed) for seed in chosen]


def seeds(purpose: str, count: int) -> Iterator[int]:
    """Seeds derived from their purpose."""
    state = np.random.SeedSequence([crc32(purpose.encode()), 20260101]).generate_state(count, np.uint32)
    return iter(state.tolist())


@lru_cache(maxsize=4000)
def _pair(key: Any, policy: Any, overrides: Any, weeks: int, twin: Any, events: bool, seed: int) -> Pair:
    return Pair(_run(key, policy, overrides, weeks, events, seed), _run(key, twin, overrides, weeks, events, seed))


@lru_cache(maxsize=4000)
def _run(key: Any, policy: Any, overrides: Any, weeks: int, events: bool, seed: int) -> Run:
    """One run; ``key`` is only part of the cache's key."""
    burned_in = _burned_in(key, overrides, events, seed)
    return simulate(with_policy(burned_in, policy_of(burned_in.scenario, _thawed(policy))), weeks)


@lru_cache(maxsize=200)
def _burned_in(key: Any, overrides: Any, events: bool, seed: int) -> Organization:
    """An organization after its burn-in, which is the same for all policies; it is not to be changed."""
    return burn_in(scenario_with(_thawed(overrides), events), seed)


@lru_cache(maxsize=8)
def _at_point(events: bool, key: Any) -> Scenario:
    """The bank, with or without its scheduled events, with the parameters of the present setting and point."""
    return (Scenario.load("retail-bank") if events else bank()).override(dict(key))


def scenario_with(overrides: Mapping[str, Any], events: bool = False) -> Scenario:
    """The retail bank with these parameters, at the present point (:mod:`sim.evidence.region`); scheduled events if asked."""
    return _at_point(events, overrides_key()).override(overrides)


def _frozen(value: Any) -> Any:
    """A hashable copy of nested tables and lists."""
    if isinstance(value, Mapping):
        return ("table", tuple((key, _frozen(item)) for key, item in sorted(value.items())))
    if isinstance(value, list | tuple):
        return ("list", tuple(_frozen(item) for item in value))
    return value


def _thawed(value: Any) -> Any:
    """The inverse of :func:`_frozen`."""
    if isinstance(value, tuple) and len(value) == 2 and value[0] == "table":
        return {key: _thawed(item) for key, item in value[1]}
    if isinstance(value, tuple) and len(value) == 2 and value[0] == "list":
        return [_thawed(item) for item in value[1]]
    return value
