"""What compiled loops are given: arrays that do not overlap, which the compiler relies on."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from sim.compiled.world import World, see
from support import everything, settled

import sim.week
from sim import engine
from sim.organization import Organization
from sim.policies.bundle import Bundle
from sim.scenario import Scenario

SMALL = {"employees.number": 30, "customers.initial": 60, "customers.market": 90, "run.burn_in": 4}


def arrays(world: World) -> dict[str, np.ndarray[Any, Any]]:
    """Every array that a world hands over, by name; empty ones overlap with nothing."""
    groups = (*world.columns, *world.facts, world.around)
    named = {f"{type(group).__name__}.{name}": array for group in groups for name, array in group._asdict().items()}
    named |= {name: getattr(world, name) for name in ("amounts", "wanted", "prices", "keys", "settings", "state")}
    return {name: array for name, array in named.items() if array.size}


def overlaps(organization: Organization) -> list[tuple[str, str]]:
    """Pairs of arrays of an organization's world that share memory."""
    found = arrays(organization.world or see(organization))
    return [pair for pair in combinations(found, 2) if np.may_share_memory(found[pair[0]], found[pair[1]])]


@pytest.mark.parametrize("policy", [Bundle("none"), everything()], ids=["none", "everything"])
@pytest.mark.parametrize("live_through", [sim.week.live_through, engine.live_through])
def test_no_array_overlaps_another(policy: Bundle, live_through: Any) -> None:
    organization = settled(Scenario.load("retail-bank").override(SMALL), policy)
    assert overlaps(organization) == []
    for _ in range(6):
        live_through(organization)
        assert overlaps(organization) == []
    assert overlaps(organization.copy()) == []


def test_two_columns_in_one_array_are_seen() -> None:
    organization = settled(Scenario.load("retail-bank").override(SMALL), Bundle("none"))
    organization.employees.value = organization.employees.energy
    organization.world = None
    assert overlaps(organization) == [("Employees.value", "Employees.energy")]
