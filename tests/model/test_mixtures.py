"""Interactions do not explode: mixtures of all resources, events and mechanisms at their extremes, for up to five years.

Everything is drawn from the registries, so that a new resource, event or mechanism is tried with all the others the day it
is declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import burned_in, event, parameter, tiny

from model.test_conservation import check_week
from sim.model import registry
from sim.model.engine import run_week
from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import Phase, Policy
from sim.model.scenario import Event, Scenario

KNOWN = registry.current()
SHORTEST, LONGEST = 60, 260

SIZES = frozenset({"employees.number", "customers.initial", "customers.market", "customers.represented", "run.burn_in"})
"""Parameters that say how large the organization is: those of a small bank stay."""


def extremes(name: str) -> st.SearchStrategy[ParameterValue]:
    """Both ends of the plausible range of a parameter (of the legal one, where nobody said what is plausible)."""
    entry = parameter(name)
    if entry.type == "choice":
        return st.sampled_from(entry.choices)
    if entry.type == "switch":
        return st.booleans()
    low, high = entry.plausible or (entry.low, entry.high)
    assert low is not None and high is not None
    ends: tuple[ParameterValue, ...] = (round(low), round(high)) if entry.type == "integer" else (low, high)
    return st.sampled_from(ends)


@st.composite
def banks(draw: st.DrawFn, weeks: int) -> Scenario:
    """A small bank: each mechanism as it is, off or on, some parameters at an end, events of any size at any time."""
    values: dict[str, object] = {"employees.number": draw(st.integers(4, 24)), "run.burn_in": 2}
    for mechanism in KNOWN.mechanisms.values():
        values.update(draw(st.sampled_from(({}, mechanism.neutral, mechanism.active))))
    free = [name for name, entry in KNOWN.parameters.items() if entry.plausible and name not in SIZES | set(values)]
    for name in draw(st.lists(st.sampled_from(free), unique=True, max_size=10)):
        values[name] = draw(extremes(name))
    happen = st.sampled_from(sorted(KNOWN.event_kinds)).flatmap(lambda kind: events(kind, weeks))
    return tiny(values, tuple(draw(st.lists(happen, max_size=6))))


def events(kind: str, weeks: int) -> st.SearchStrategy[Event]:
    """An event with every field at an end of its range or at its default."""
    fields: Mapping[str, Any] = KNOWN.event_kinds[kind].fields
    drawn = {
        name: st.sampled_from((entry.low, entry.high, entry.default))
        if entry.type in ("number", "integer")
        else st.sampled_from(entry.choices or (False, True))
        for name, entry in fields.items()
    }
    return st.builds(
        lambda week, given: event(kind, week, **given), st.integers(0, weeks - 1), st.fixed_dictionaries(drawn)
    )


@st.composite
def mixtures(draw: st.DrawFn, weeks: int) -> Policy:
    """Every resource at nothing, half or all, in one to three phases that may overlap, end, or go on for good."""
    phases = []
    for _ in range(draw(st.integers(1, 3))):
        amounts = {
            name: share * resource.high
            for name, resource in KNOWN.resources.items()
            if (share := draw(st.sampled_from((0.0, 1.0, 0.5))))
        }
        start = draw(st.integers(0, weeks - 1))
        phases.append(Phase(start, draw(st.none() | st.integers(start + 1, weeks)), None, amounts))
    return Policy("mixture", tuple(phases))


@pytest.mark.slow
@settings(max_examples=25)
@given(st.data(), st.integers(SHORTEST, LONGEST), st.integers(0, 3))
def test_no_mixture_breaks_the_organization(data: st.DataObject, weeks: int, seed: int) -> None:
    scenario, policy = data.draw(banks(weeks)), data.draw(mixtures(weeks))
    organization = burned_in(scenario, policy, seed)
    for _ in range(weeks):
        customers, employees = int(organization.customers.active.sum()), int(organization.employees.employed.sum())
        run_week(organization)
        check_week(organization, customers, employees)


def test_everything_on_at_full_amounts_for_five_years() -> None:
    values = {name: value for mechanism in KNOWN.mechanisms.values() for name, value in mechanism.active.items()}
    events = tuple(event(kind, 20 + 25 * number) for number, kind in enumerate(sorted(KNOWN.event_kinds)))
    all_of_it = {name: resource.high for name, resource in KNOWN.resources.items()}
    organization = burned_in(tiny(values, events), Policy("all", (Phase(0, 130, None, all_of_it),)))
    for _ in range(LONGEST):
        customers, employees = int(organization.customers.active.sum()), int(organization.employees.employed.sum())
        run_week(organization)
        check_week(organization, customers, employees)
