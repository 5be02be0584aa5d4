"""What compiled loops are given: arrays that do not overlap, which the compiler relies on."""

from __future__ import annotations

import dataclasses
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from support import burned_in, event, everything

from sim.model import engine
from sim.model.kernel.records import ARGUMENTS
from sim.model.organization import Organization
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario

SMALL = {"employees.number": 30, "customers.initial": 60, "customers.market": 90, "run.burn_in": 4}


def arrays(organization: Organization) -> dict[str, np.ndarray[Any, Any]]:
    """Every array that the loops are given of an organization, by name; empty ones overlap with nothing."""
    given = engine._bound_records(organization)
    named: dict[str, np.ndarray[Any, Any]] = {}
    for name, record in zip((name for name in ARGUMENTS if name != "outcomes"), given, strict=True):
        if isinstance(record, np.ndarray):
            named[name] = record
        else:
            named |= {f"{name}.{column}": array for column, array in record._asdict().items()}
    values, choices = engine._allocate_results(organization, 3)
    named |= {"outcomes": values, "choices": choices}
    return {name: array for name, array in named.items() if array.size}


def overlaps(organization: Organization) -> list[tuple[str, str]]:
    """Pairs of arrays of an organization that share memory."""
    found = arrays(organization)
    return [pair for pair in combinations(found, 2) if np.may_share_memory(found[pair[0]], found[pair[1]])]


@pytest.mark.parametrize("policy", [Policy("none"), everything()], ids=["none", "everything"])
@pytest.mark.parametrize("plain", [True, False], ids=["plain", "compiled"])
def test_no_array_overlaps_another(policy: Policy, plain: bool) -> None:
    organization = burned_in(Scenario.load("retail-bank").override(SMALL), policy)
    assert overlaps(organization) == []
    for _ in range(6):
        if plain:
            with engine.uncompiled():
                engine.run_week(organization)
        else:
            engine.run_week(organization)
        assert overlaps(organization) == []
    copied = organization.copy()
    assert overlaps(copied) == []
    one, other = arrays(organization), arrays(copied)
    shared = [name for name, array in one.items() if np.may_share_memory(array, other[name])]
    assert shared == [], "a copy has arrays of its own"


def test_effects_that_come_into_force_do_not_overlap() -> None:
    kinds = ("service_crisis", "margin_squeeze", "budget_cut", "election")
    scenario = Scenario.load("retail-bank").override(SMALL)
    organization = burned_in(
        dataclasses.replace(scenario, events=tuple(event(kind, 0) for kind in kinds)), everything()
    )
    before = arrays(organization)
    engine.run_week(organization)
    for effects in ("crises", "squeezes", "budget_cuts", "campaigns"):
        array = arrays(organization)[f"environment.{effects}"]
        assert array is before[f"environment.{effects}"] and array.shape == (4, 2) and array.any()
    assert overlaps(organization) == []


def test_what_is_assigned_is_copied_and_stays_apart() -> None:
    organization = burned_in(Scenario.load("retail-bank").override(SMALL), Policy("none"))
    organization.employees.value = organization.employees.energy
    assert overlaps(organization) == []


def test_two_columns_in_one_array_are_seen() -> None:
    organization = burned_in(Scenario.load("retail-bank").override(SMALL), Policy("none"))
    organization.employees.replace("value", organization.employees.energy)
    vars(organization)["bound"] = None
    assert overlaps(organization) == [("employees.energy", "employees.value")]


def test_an_event_brings_its_effect_to_the_loops() -> None:
    scenario = Scenario.load("retail-bank").override(SMALL)
    crisis = event("service_crisis", 1, share=1.0, weeks=2)
    organization = burned_in(dataclasses.replace(scenario, events=(crisis,)))
    failures = []
    for _ in range(4):
        engine.run_week(organization)
        failures.append(organization.outcomes["failures"] / organization.outcomes["contacts"])
    assert failures[1] == failures[2] == 1.0 and failures[0] < 1.0 and failures[3] < 1.0
