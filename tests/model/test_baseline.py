"""The baseline stands still: what a policy is compared with must not move by itself."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from support import run

from sim.model.scenario import Scenario

LEVELS = (
    "practicing",
    "internalization",
    "enacted",
    "satisfaction",
    "trust",
    "attitudinal_loyalty",
    "standard",
    "energy",
    "cynicism",
    "employee_satisfaction",
    "attention_customer",
    "definition_agreement",
    "executive_self_assessment",
    "reported",
)
"""Outcomes on a scale of 1."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["retail-bank", "online-store", "professional-services", "utility"])
def test_after_the_burn_in_no_outcome_drifts(name: str) -> None:
    scenario = dataclasses.replace(Scenario.load(name), events=())
    runs = [run(scenario, None, 208, seed).weekly for seed in range(16)]  # one run's definitions wander by .008 a year

    def level(outcome: str, year: int) -> float:
        return float(np.mean([weekly[outcome].to_numpy()[52 * year : 52 * (year + 1)].mean() for weekly in runs]))

    changes = {outcome: (level(outcome, 3) - level(outcome, 0)) / 3.0 for outcome in LEVELS}
    assert {outcome: change for outcome, change in changes.items() if abs(change) > 0.01} == {}
    growth = (level("active_customers", 3) / level("active_customers", 0)) ** (1.0 / 3.0) - 1.0
    assert abs(growth) < 0.04, "the base of customers grows or shrinks by itself"


MARGINS = {"practicing": 0.04, "internalization": 0.02, "attitudinal_loyalty": 0.04}
"""By how much five years without a policy may move a level."""

CLIENTS = 0.2
"""By what share they may move the number of clients."""

AGING = {
    "champion": "half of the customers have come in the last years, and their relationships deepen",
    "online-store": "there is a handful of clients, since few buy more than once",
    "utility": "contacts are rare, so that relationships go on deepening for decades",
}
"""Scenarios whose number of clients rises by more, and why."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["retail-bank", "online-store", "professional-services", "utility", "public-agency", "champion"]
)
def test_five_years_without_a_policy_move_practice_values_clients_and_loyalty_by_no_more_than_their_margins(
    name: str,
) -> None:
    scenario = dataclasses.replace(Scenario.load(name), events=())
    runs = [run(scenario, None, 260, seed).weekly for seed in range(6)]

    def level(outcome: str, year: int) -> float:
        return float(np.mean([weekly[outcome].to_numpy()[52 * year : 52 * (year + 1)].mean() for weekly in runs]))

    moved = {outcome: level(outcome, 4) - level(outcome, 0) for outcome in MARGINS}
    assert {outcome: change for outcome, change in moved.items() if abs(change) > MARGINS[outcome]} == {}
    if name not in AGING:
        assert abs(level("active_clients", 4) / level("active_clients", 0) - 1.0) < CLIENTS
