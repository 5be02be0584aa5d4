"""Executives choose their place between talk and work."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES

from sim.mechanisms import place as mechanism

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
    weights = [np.array([weight]) for weight in (customers, 1.0 - customers - own, own)]
    view = np.array([assessment])
    work = rules.worth_of_work(weights[0], weights[1], view, rules.chance_to_reap(104.0, horizon, poor, 0.01), 0.3)
    return rules.turned_to_talk(work, rules.worth_of_talk(weights[2], view, power, 0.3), 1.0, 6.0)


@given(SHARES, st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.floats(0.0, 100.0))
def test_what_is_turned_is_a_share(most: float, work: float, talk: float, sharpness: float) -> None:
    turned = rules.turned_to_talk(np.array([work]), np.array([talk]), most, sharpness)
    assert 0.0 <= turned <= most
    assert rules.turned_to_talk(np.array([work]), np.array([talk]), 0.0, sharpness) == 0.0


def test_who_will_be_gone_reaps_nothing_and_who_is_patient_all() -> None:
    assert rules.chance_to_reap(104.0, 52.0, 0.0, 0.01) == pytest.approx(math.exp(-2.0))
    assert rules.chance_to_reap(0.0, 52.0, 1.0, 1.0) == 1.0, "work that pays at once is reaped"
    assert rules.chance_to_reap(100.0, 100.0, 1.0, 0.01) == pytest.approx(math.exp(-2.0))


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


def test_executives_decide_together() -> None:
    worth = np.array([0.2, -0.2])
    assert rules.turned_to_talk(worth, np.zeros(2), 0.6, 10.0) == pytest.approx(0.3)
