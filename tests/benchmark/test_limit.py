"""The kernel fused by hand is an honest limit: it does the week's work, so its mean outcomes resemble the model's."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from benchmark import limit, names
from benchmark.subjects import POLICY, Size, bank
from sim.organization import Organization
from sim.outcomes.weekly import OUTCOMES
from sim.scenario import Scenario
from sim.simulation import adopt, settle, simulate

SIZE, SEEDS = Size(10, 104), range(1, 6)
"""Large, since means over many people say more than means over many runs."""


@cache
def _settled(seed: int) -> Organization:
    """Five executives decide for everybody; their successions would drown everything else in noise."""
    return settle(bank(SIZE, 26).override({"executives.succession": 0.0}), seed)


@cache
def _means(policy: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean outcomes of the model and of the limit, a row a seed, from the same beginnings."""
    fast, fused = [], []
    for seed in SEEDS:
        settled = _settled(seed)
        organization = adopt(settled, settled.scenario.policy(policy))
        fused.append(limit.run(limit.prepare(organization, SIZE.weeks)).mean())
        fast.append(simulate(organization, SIZE.weeks).weekly[list(names.RECORDED)].mean())
    return pd.DataFrame(fast), pd.DataFrame(fused)


def test_it_records_the_weekly_outcomes() -> None:
    missing = set(OUTCOMES) - set(names.RECORDED)
    assert missing == {"reach", "sponsored"}  # of pairs, and of the plan


@pytest.mark.parametrize("policy", ["none", POLICY, "procedural"])
def test_its_mean_outcomes_resemble_the_models(policy: str) -> None:
    fast, fused = _means(policy)
    apart = fused - fast  # by seed: they begin alike
    noise = 3.0 * apart.std() / np.sqrt(len(SEEDS)) + 0.01 * fast.mean().abs()
    wrong = apart.mean().abs() > noise
    assert apart.columns[wrong].tolist() == [], pd.DataFrame({"fast": fast.mean(), "fused": fused.mean()})[wrong]


def test_the_policy_does_something_to_it() -> None:
    plain, fused = _means("none")[1], _means(POLICY)[1]
    assert fused["practicing"].mean() > plain["practicing"].mean() + 0.2


def test_as_many_draws_or_only_those_that_matter_give_the_same_numbers() -> None:
    bank = Scenario.load("retail-bank").override({"run.burn_in": 4})
    organization = adopt(settle(bank, 1), bank.policy(POLICY))
    one, other = (limit.run(limit.prepare(organization, 30, lavish)) for lavish in (True, False))
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)
