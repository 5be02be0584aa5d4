"""The kernel fused by hand is an honest limit: it does the week's work, so its mean outcomes resemble the model's."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from benchmark import limit, names
from benchmark.subjects import POLICY
from sim.outcomes.weekly import OUTCOMES
from sim.scenario import Scenario
from sim.simulation import adopt, settle, simulate

WEEKS, SEEDS = 156, range(1, 9)


@cache
def _means(policy: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean outcomes of the model and of the limit, a row a seed, from the same beginnings."""
    bank = Scenario.load("retail-bank").override({"run.burn_in": 26})
    fast, fused = [], []
    for seed in SEEDS:
        organization = adopt(settle(bank, seed), bank.policy(policy))
        fused.append(limit.run(limit.prepare(organization, WEEKS)).mean())
        fast.append(simulate(organization, WEEKS).weekly[list(names.RECORDED)].mean())
    return pd.DataFrame(fast), pd.DataFrame(fused)


def test_it_records_the_weekly_outcomes() -> None:
    missing = set(OUTCOMES) - set(names.RECORDED)
    assert missing == {"reach", "sponsored"}  # of pairs, and of the plan


@pytest.mark.parametrize("policy", ["none", POLICY, "procedural"])
def test_its_mean_outcomes_resemble_the_models(policy: str) -> None:
    fast, fused = _means(policy)
    apart = (fused.mean() - fast.mean()).abs()
    noise = 5.0 * np.sqrt((fast.var() + fused.var()) / len(SEEDS)) + 0.002 * fast.mean().abs()
    assert apart[apart > noise].index.tolist() == [], pd.DataFrame({"fast": fast.mean(), "fused": fused.mean()})


def test_the_policy_does_something_to_it() -> None:
    plain, fused = _means("none")[1], _means(POLICY)[1]
    assert fused["practicing"].mean() > plain["practicing"].mean() + 0.2


def test_as_many_draws_or_only_those_that_matter_give_the_same_numbers() -> None:
    bank = Scenario.load("retail-bank").override({"run.burn_in": 4})
    organization = adopt(settle(bank, 1), bank.policy(POLICY))
    one, other = (limit.run(limit.prepare(organization, 30, lavish)) for lavish in (True, False))
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)
