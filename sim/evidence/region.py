"""Over what part of the plausible ranges does a claim hold? A fact is scored again at points all over them.

A claim that holds at the default alone was tuned, not found. Every parameter with a plausible range is drawn from it at
once (a Latin hypercube over the whole registry); what a fact itself sets stays as it says. At each point the fact gets a
glance, mostly a single pair of runs, and counts as holding if the value lies in its band. Chance at a point counts
against the claim, so the share is rather too low than too high.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import isnan
from types import MappingProxyType, ModuleType

import numpy as np
from scipy.stats import qmc

from sim.evidence.fact import Fact
from sim.evidence.measurement import Effort, Measurement
from sim.evidence.registry import Measure, gather
from sim.lab.evidence_settings import parameters_in
from sim.model.kernel.parameters import Parameter, ParameterValue, Tier
from sim.model.registry import current

POINTS = 8
"""Points of a full run: if a claim holds at all of them, it holds over two thirds of the ranges or more (Wilson's limit)."""

_SEED = 20_260_101
_MEASURES = "sim.evidence.measures."

surroundings: ContextVar[Mapping[str, ParameterValue]] = ContextVar("surroundings", default=MappingProxyType({}))
"""Parameters of the setting and the point at which facts are scored at present; none in the default setting."""


@dataclass(frozen=True, slots=True)
class Point:
    """Some facts at one of several points of the plausible ranges."""

    facts: tuple[Fact, ...]
    number: int
    of: int


def has_region(fact: Fact, measure: Measure) -> bool:
    """Whether the question makes sense: a conjecture, on runs of the organization, that does not decline it."""
    return fact.tier is Tier.CONJECTURE and fact.region and getattr(measure, "__module__", "") in _on_the_model()


def list_points(facts: Sequence[Fact], measures: Mapping[str, Measure], number: int) -> list[Point]:
    """Tasks: facts whose measures share a file are scored at a point together, since they share runs."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        if has_region(fact, measures[fact.measure]):
            groups.setdefault(measures[fact.measure].__module__, []).append(fact)
    return [Point(tuple(group), index, number) for group in groups.values() for index in range(number)]


def values_at(number: int, of: int) -> dict[str, ParameterValue]:
    """Parameters at one of so many points; the same for everybody who asks."""
    ranged = [one for one in current().parameters.values() if one.plausible]
    sampler = qmc.LatinHypercube(d=len(ranged), rng=np.random.default_rng([_SEED, of]))
    shares = sampler.random(of)[number]
    return {one.name: _at(one, float(share)) for one, share in zip(ranged, shares, strict=True)}


def _at(parameter: Parameter, share: float) -> ParameterValue:
    assert parameter.plausible is not None
    low, high = parameter.plausible
    value = low + share * (high - low)
    return round(value) if parameter.type == "integer" else value


@contextmanager
def standing(values: Mapping[str, ParameterValue]) -> Iterator[None]:
    """Score with these parameters; runs that measures remember are remembered together with where they were made."""
    token = surroundings.set(MappingProxyType(dict(values)))
    try:
        yield
    finally:
        surroundings.reset(token)


def whereabouts() -> tuple[tuple[str, ParameterValue], ...]:
    """Parameters in force just now, as measures remember them with their runs."""
    return tuple(sorted(surroundings.get().items()))


def _on_the_model() -> dict[str, ModuleType]:
    """Modules of measures that run the organization."""
    return {
        name: module
        for name, module in list(sys.modules.items())
        if name.startswith(_MEASURES) and hasattr(module, "scenario_with")
    }


def _forget() -> None:
    """Empty what modules of measures remember of runs."""
    for module in _on_the_model().values():
        for item in list(vars(module).values()):
            clear = getattr(item, "cache_clear", None)
            if clear is not None:
                clear()


def look(point: Point) -> dict[str, bool]:
    """Whether each fact comes out at the point, by its id; those that have no value there are left out."""
    measures = gather()
    found: dict[str, bool] = {}
    drawn = values_at(point.number, point.of)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a single run has no spread, and says so
        for fact in point.facts:
            effort = Effort(quick=True, seed=Effort.on(fact.id, quick=True).seed, glance=True)
            try:
                with standing({**parameters_in(fact.setting), **drawn}):
                    value = measures[fact.measure](effort, **fact.arguments).value
            except Exception:  # where a measure breaks down its claim does not come out: counted, not forgotten
                found[fact.id] = False
                continue
            if not isnan(value):
                found[fact.id] = fact.low <= value <= fact.high
    _forget()  # nobody comes back to this point
    return found


def share_held(fact: Fact, looks: Sequence[Mapping[str, bool]]) -> Measurement | None:
    """Share of the points at which a fact came out, with Wilson's interval; nothing where nobody looked."""
    known = [look[fact.id] for look in looks if fact.id in look]
    return Measurement.of_share(sum(known), len(known)) if known else None
