"""Region of a fact: the share of the plausible ranges over which it holds. The fact is scored at points all over them.

A claim that holds only at the defaults may be a result of tuning. All parameters with a plausible range are drawn together
(a Latin hypercube over the whole registry), except those that the fact itself sets. At each point the fact gets as few
runs as possible, mostly a single pair, and counts as holding if the value lies in its band. Chance at a point counts
against the claim, so the share is more often too low than too high.
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
from sim.evidence.measurement import Measurement, RunBudget
from sim.evidence.registry import Measure, load_measures
from sim.lab.evidence_settings import parameters_in
from sim.model.kernel.parameters import Parameter, ParameterValue, Tier
from sim.model.registry import current

POINTS = 8
"""Points of a full run. A claim that holds at all of them holds over at least two thirds of the ranges (Wilson's limit)."""

_SEED = 20_260_101
_MEASURES = "sim.evidence.measures."

parameter_overrides: ContextVar[Mapping[str, ParameterValue]] = ContextVar(
    "parameter_overrides", default=MappingProxyType({})
)
"""Parameters of the present setting and point; empty in the default setting."""


@dataclass(frozen=True, slots=True)
class RegionPoint:
    """A task: some facts, and the point of the plausible ranges at which to score them."""

    facts: tuple[Fact, ...]
    number: int
    of: int


def can_have_region(fact: Fact, measure: Measure) -> bool:
    """Whether a fact has a region: a conjecture about runs of the organization that does not opt out."""
    return (
        fact.tier is Tier.CONJECTURE and fact.region and getattr(measure, "__module__", "") in _modules_on_the_model()
    )


def list_points(facts: Sequence[Fact], measures: Mapping[str, Measure], number: int) -> list[RegionPoint]:
    """Tasks: facts whose measures are in the same file are scored together at a point, because they share runs."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        if can_have_region(fact, measures[fact.measure]):
            groups.setdefault(measures[fact.measure].__module__, []).append(fact)
    return [RegionPoint(tuple(group), index, number) for group in groups.values() for index in range(number)]


def draw_parameters(number: int, of: int) -> dict[str, ParameterValue]:
    """Parameters at one of a number of points; always the same for the same arguments."""
    factors = [one for one in current().parameters.values() if one.plausible]
    sampler = qmc.LatinHypercube(d=len(factors), rng=np.random.default_rng([_SEED, of]))
    shares = sampler.random(of)[number]
    return {one.name: _scale_to_range(one, float(share)) for one, share in zip(factors, shares, strict=True)}


def _scale_to_range(parameter: Parameter, share: float) -> ParameterValue:
    assert parameter.plausible is not None
    low, high = parameter.plausible
    value = low + share * (high - low)
    return round(value) if parameter.type == "integer" else value


@contextmanager
def override_parameters(values: Mapping[str, ParameterValue]) -> Iterator[None]:
    """Score with these parameters; the caches of measures keep runs by their overrides."""
    token = parameter_overrides.set(MappingProxyType(dict(values)))
    try:
        yield
    finally:
        parameter_overrides.reset(token)


def overrides_key() -> tuple[tuple[str, ParameterValue], ...]:
    """The overrides at present, as part of the key under which measures cache runs."""
    return tuple(sorted(parameter_overrides.get().items()))


def _modules_on_the_model() -> dict[str, ModuleType]:
    """Modules of measures that run the organization."""
    return {
        name: module
        for name, module in list(sys.modules.items())
        if name.startswith(_MEASURES) and hasattr(module, "scenario_with")
    }


def _clear_caches() -> None:
    """Clear the caches of runs in the modules of measures."""
    for module in _modules_on_the_model().values():
        for item in list(vars(module).values()):
            clear = getattr(item, "cache_clear", None)
            if clear is not None:
                clear()


def score_at_point(point: RegionPoint) -> dict[str, bool]:
    """Whether each fact holds at the point, by its id; facts without a value there are left out."""
    measures = load_measures()
    found: dict[str, bool] = {}
    drawn = draw_parameters(point.number, point.of)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a single run has no spread, which would give a warning
        for fact in point.facts:
            run_budget = RunBudget(quick=True, seed=RunBudget.for_fact(fact.id, quick=True).seed, minimal=True)
            try:
                with override_parameters({**parameters_in(fact.setting), **drawn}):
                    value = measures[fact.measure](run_budget, **fact.arguments).value
            except Exception:  # where a measure breaks down, its claim counts as not holding
                found[fact.id] = False
                continue
            if not isnan(value):
                found[fact.id] = fact.low <= value <= fact.high
    _clear_caches()  # this point is not needed again
    return found


def share_held(fact: Fact, point_results: Sequence[Mapping[str, bool]]) -> Measurement | None:
    """Share of the points at which a fact holds, with Wilson's interval; ``None`` if no points were scored."""
    known = [result[fact.id] for result in point_results if fact.id in result]
    return Measurement.of_share(sum(known), len(known)) if known else None
