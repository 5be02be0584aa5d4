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
