"""Executives choose between talk and work."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats

from sim.model.mechanisms import place as mechanism

rules = on_arrays(mechanism)

HORIZONS = st.floats(4.0, 2600.0)


def share(
    customers: float = 0.3,
    own: float = 0.15,
    assessment: float = 0.6,
    horizon: float = 208.0,
    poor: float = 0.0,
    power: float = 0.5,
) -> float:
    """Share turned to talk by one executive of these weights, all of it at most."""
    staying = rules.retention_probability(104.0, horizon, poor, 0.01)
    work = rules.expected_payoff_of_work(customers, 1.0 - customers - own, assessment, staying, 0.3)
    return float(rules.talk_probability(work, rules.expected_payoff_of_talk(own, assessment, power, 0.3), 6.0))


@given(SHARES, st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.floats(0.0, 100.0))
def test_what_is_turned_is_a_share(most: float, work: float, talk: float, sharpness: float) -> None:
    turned = most * rules.talk_probability(work, talk, sharpness)
    assert 0.0 <= turned <= most


def test_who_will_be_gone_reaps_nothing_and_who_is_patient_all() -> None:
    assert rules.retention_probability(104.0, 52.0, 0.0, 0.01) == pytest.approx(math.exp(-2.0))
    assert rules.retention_probability(0.0, 52.0, 1.0, 1.0) == 1.0, "work that pays at once is reaped"
    assert rules.retention_probability(100.0, 100.0, 1.0, 0.01) == pytest.approx(math.exp(-2.0))


def test_short_horizons_power_and_poor_results_each_bring_talk() -> None:
    assert share(horizon=52.0) > share()
    assert share(power=0.9) > share()
    assert share(poor=0.5) > share()


def test_the_horizon_moves_nobody_who_sees_no_gap_to_close() -> None:
    """Nothing says that the horizon matters: it matters to those who expect something of work."""
    assert share(assessment=1.0, horizon=52.0) == share(assessment=1.0)
    assert share(customers=0.0, own=1.0, horizon=52.0) == share(customers=0.0, own=1.0)


def test_who_cares_for_customers_works_and_who_cares_for_applause_talks() -> None:
    assert share(customers=0.8) < share() < share(customers=0.1, own=0.6)


@given(HORIZONS, HORIZONS)
def test_who_looks_further_ahead_turns_less(one: float, other: float) -> None:
    near, far = sorted((one, other))
    assert share(horizon=far) <= share(horizon=near)


class Amounts(NamedTuple):
    """A policy of work and of talk, in two departments."""

    training: Floats
    speeches: Floats


RESOURCES = (
    SimpleNamespace(is_work=True, is_talk=False, limit=2.0),
    SimpleNamespace(is_work=False, is_talk=True, limit=1.0),
)


def chosen(policy: Amounts, weights: Floats, decoupling: float) -> Amounts:
    """Amounts of work and of talk after executives have chosen, at equal weights for customers and owners."""
    executives = SimpleNamespace(
        tenure=np.zeros(weights.size),
        self_assessment=np.zeros(weights.size),
        weight_customers=weights,
        weight_owners=weights,
        weight_self=np.zeros(weights.size),
    )
    parameters = SimpleNamespace(
        place_decoupling=decoupling,
        place_payback_weeks=0.0,
        place_horizon_weeks=52.0,
        place_pressure=0.0,
        place_cost=0.0,
        place_power=1.0,
        place_reckoning=0.3,
        place_sharpness=10.0,
        place_talk=1.0,
    )
    organization = SimpleNamespace(recent_profit=math.nan, normal_profit=math.nan)
    mechanism.decouple_talk_from_work(executives, policy, RESOURCES, parameters, organization)
    return policy


def test_executives_decide_together() -> None:
    worth = np.array([0.2, -0.2])
    assert 0.6 * np.mean(rules.talk_probability(worth, np.zeros(2), 10.0)) == pytest.approx(0.3)
    # Two whose worths of work are 0.2 and -0.2: half of 60 % of the program's work, a half of its limit, ends as talk.
    policy = chosen(Amounts(np.array([1.0, 0.0]), np.zeros(2)), worth / 2.0, 0.6)
    assert policy.training.tolist() == pytest.approx([0.7, 0.0])
    assert policy.speeches.tolist() == pytest.approx([0.3 * 0.5, 0.0])


def test_nothing_is_turned_without_decoupling_or_without_work() -> None:
    policy = chosen(Amounts(np.array([1.0, 0.0]), np.zeros(2)), np.array([0.1]), 0.0)
    assert (policy.training.tolist(), policy.speeches.tolist()) == ([1.0, 0.0], [0.0, 0.0])
    policy = chosen(Amounts(np.zeros(2), np.array([0.2, 0.0])), np.array([0.1]), 0.6)
    assert policy.speeches.tolist() == [0.2, 0.0]
