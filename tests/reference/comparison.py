"""The model and the reference side by side, from the same organization on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reference.agents import differing_states, far_apart
from reference.model import ReferenceModel
from sim.model.outcomes.weekly import OUTCOMES
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario
from sim.model.simulation import burn_in, simulate, with_policy

WEEKS = 104
COUNTS = tuple(name for name, outcome in OUTCOMES.items() if outcome.unit == "count")
SMALL = {"employees.number": 60, "customers.initial": 200, "customers.market": 260, "run.burn_in": 26}


def differences(fast: pd.DataFrame, plain: pd.DataFrame) -> list[str]:
    """Weekly outcomes that are not the same, each with the first week in which they are not."""
    found = []
    for name in plain.columns:
        one, other = fast[name].to_numpy(np.float64), plain[name].to_numpy(np.float64)
        apart = one != other if name in COUNTS else far_apart(one, other)
        if apart.any():
            week = int(apart.argmax())
            found.append(f"{name} in week {week}: {one[week]!r} and {other[week]!r}")
    return found


def compare(
    scenario: Scenario,
    policy: Policy,
    seed: int,
    weeks: int = WEEKS,
) -> pd.DataFrame:
    """Run both, demand that they agree, and return the weekly outcomes."""
    organization = with_policy(burn_in(scenario, seed), policy)
    model = ReferenceModel(organization)
    fast, plain = simulate(organization, weeks).weekly, model.run(weeks)
    assert differences(fast, plain) == []
    assert differing_states(organization, model) == []
    return fast
