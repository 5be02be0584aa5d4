"""Points of the plausible ranges: which parameters are drawn at a point, and what a fact's measure gives there.

A claim that holds only at the defaults may be a result of tuning. So facts are measured again at points all over the
plausible ranges. Drawn are the parameters that nobody can look up (:func:`sim.lab.plausible.unknown_parameters`), all at once.
Three things are not drawn. Levers, definitions and what an organization knows of itself stay as in the retail bank. What
the *setting* names stays as the setting has it: at a point of the core alone, no mechanism beside it may come back on. What a
fact sets itself goes before both.

At each point a fact gets as few runs as possible, mostly a single pair, and counts as holding if the value lies in its band.
Chance at a point counts against the claim, so the share is more often too low than too high.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from math import isnan
from types import MappingProxyType, ModuleType
from zlib import crc32

import numpy as np

from sim.evidence.fact import Fact
from sim.evidence.measurement import RunBudget
from sim.evidence.registry import Measure, load_measures
from sim.lab.evidence_settings import parameters_in
from sim.lab.latin_hypercube import latin_hypercube
from sim.lab.plausible import unknown_parameters, value_at
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.parameters import Parameter, ParameterValue
from sim.model.registry import current
from sim.model.scenario import Scenario

BLOCK = 50
"""Points of a Latin hypercube. More points are more hypercubes, so that a design can be extended."""

_SEED = 20_260_101
_MEASURES = "sim.evidence.measures."

parameter_overrides: ContextVar[Mapping[str, ParameterValue]] = ContextVar(
    "parameter_overrides", default=MappingProxyType({})
)
"""Parameters of the present setting and point; empty in the default setting."""

_known_draws: ContextVar[tuple[Mapping[str, ParameterValue], ...]] = ContextVar("known_draws", default=())
"""What drawn organizations have in place of draws from the plausible ranges, one after another; nothing if empty."""


@cache
def bank() -> Scenario:
    """The retail bank without scheduled events: where facts are scored."""
    table = Scenario.load("retail-bank").to_dict()
    return Scenario.from_dict({key: value for key, value in table.items() if key != "events"}, place="evidence")


def reason_without_region(fact: Fact, measure: Measure) -> str:
    """Why a fact has no region; empty if it has one."""
    if getattr(measure, "__module__", "") not in _modules_on_the_model():
        return "no run of the organization is in it"
    if fact.calibrated:
        return "it set a parameter"
    return "" if fact.region else "it means nothing over the ranges"


def can_have_region(fact: Fact, measure: Measure) -> bool:
    """Whether a fact has a region: it is about runs of the organization, set no parameter and does not opt out."""
    return not reason_without_region(fact, measure)


@cache
def parameters_drawn(setting: str) -> tuple[Parameter, ...]:
    """Parameters that are drawn in a setting, with the ranges that hold for the bank."""
    return tuple(unknown_parameters(bank(), current(), parameters_in(setting)))


def draw_parameters(setting: str, number: int) -> dict[str, ParameterValue]:
    """Parameters at a point of a setting.

    A parameter's draws follow from its name and the number of the point: they are the same in every setting, and another
    parameter, more or fewer, leaves them alone. Each :data:`BLOCK` of points is a Latin hypercube.
    """
    return _values_at(parameters_drawn(setting), number)


def draw_organization(scenario: Scenario, number: int, fixed: Collection[str] = ()) -> dict[str, ParameterValue]:
    """Unknown parameters of one of many organizations of a scenario, over the ranges that hold for it.

    Within :func:`draw_from` what is drawn there goes before, and the rest stays as it is drawn here.

    Args:
        scenario: The scenario, with its own ranges.
        number: Number of the organization; the draws are those of the point of this number.
        fixed: Names that are not drawn, because somebody set them.
    """
    drawn = _values_at(unknown_parameters(scenario, current(), fixed), number)
    known = _known_draws.get()
    return drawn | {name: known[number % len(known)][name] for name in drawn if known and name in known[0]}


@contextmanager
def draw_from(draws: Sequence[Mapping[str, ParameterValue]]) -> Iterator[None]:
    """Draw organizations whose parameters are those of a posterior, as far as it names them.

    Args:
        draws: Draws of equal weight, all with the same names: organization ``n`` has the draw ``n`` of these, over and over.
    """
    token = _known_draws.set(tuple(draws))
    try:
        yield
    finally:
        _known_draws.reset(token)


def _values_at(parameters: Iterable[Parameter], number: int) -> dict[str, ParameterValue]:
    """Values of parameters at the point of a number."""
    return {one.name: value_at(one, float(_shares(one.name, number // BLOCK)[number % BLOCK])) for one in parameters}


@cache
def _shares(name: str, block: int) -> FloatArray:
    """Places of a parameter in its range, at the points of a block."""
    generator = np.random.default_rng([_SEED, crc32(name.encode()), block])
    return latin_hypercube(generator, BLOCK)[:, 0]


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


def organizations_key() -> tuple[object, int]:
    """The same for drawn organizations, which also hang on what they are drawn from."""
    return overrides_key(), crc32(repr([sorted(each.items()) for each in _known_draws.get()]).encode())


def _modules_on_the_model() -> dict[str, ModuleType]:
    """Modules of measures that run the organization."""
    return {
        name: module
        for name, module in list(sys.modules.items())
        if name.startswith(_MEASURES) and hasattr(module, "scenario_with")
    }


def clear_caches() -> None:
    """Clear the caches of runs in the modules of measures."""
    for module in _modules_on_the_model().values():
        for item in list(vars(module).values()):
            clear = getattr(item, "cache_clear", None)
            if clear is not None:
                clear()


@dataclass(frozen=True, slots=True)
class Point:
    """A task: some facts of a setting, and the point at which to measure them."""

    setting: str
    number: int
    facts: tuple[Fact, ...]


def measure_at_point(point: Point) -> dict[str, float | None]:
    """Values of facts at a point by id; NaN where there is none, and ``None`` where the measure breaks down.

    All facts share their runs, because caches are cleared only afterwards.
    """
    return measure_with({**draw_parameters(point.setting, point.number), **parameters_in(point.setting)}, point.facts)


def measure_with(values: Mapping[str, ParameterValue], facts: Sequence[Fact]) -> dict[str, float | None]:
    """Values of facts with these parameters, with the fewest runs."""
    measures = load_measures()
    found: dict[str, float | None] = {}
    clear_caches()
    with warnings.catch_warnings(), override_parameters(values):
        warnings.simplefilter("ignore")  # a single run has no spread, which would give a warning
        for fact in facts:
            budget = RunBudget(quick=True, seed=RunBudget.for_fact(fact.id, quick=True).seed, minimal=True)
            try:
                found[fact.id] = measures[fact.measure](budget, **fact.arguments).value
            except Exception:
                found[fact.id] = None
    clear_caches()  # this point is not needed again
    return found


def holds(fact: Fact, value: float | None) -> bool | None:
    """Whether a fact holds at a point; where its measure breaks down it does not, and without a value nothing is known."""
    if value is None:
        return False
    return None if isnan(value) else fact.low <= value <= fact.high
