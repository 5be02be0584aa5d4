"""Money: margins of customers and the cost of their contacts."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import Floats, rising, same_bits, vectors

from sim.model.kernel.sums import PARTIAL_SUM_COUNT
from sim.model.mechanisms import ledger as mechanism

rules = on_arrays(mechanism)


def test_spending_by_hand() -> None:
    spent = rules.spending(np.array([0.0, 1.0, -1.0]), 8.0, 0.6)
    np.testing.assert_allclose(spent, [8.0 * math.exp(-0.18), 8.0 * math.exp(0.42), 8.0 * math.exp(-0.78)], rtol=1e-14)


@pytest.mark.slow
def test_the_mean_margin_is_the_parameter_whatever_the_spread() -> None:
    normal = np.random.default_rng(4).standard_normal(400_000)
    for spread in (0.0, 0.6, 1.0):
        assert rules.spending(normal, 8.0, spread).mean() == pytest.approx(8.0, rel=0.01)


@given(vectors(st.floats(-6.0, 6.0)), st.floats(0.0, 1e6), st.floats(0.0, 3.0))
def test_spending_is_never_negative(normal: Floats, mean: float, spread: float) -> None:
    spent = rules.spending(np.sort(normal), mean, spread)
    assert np.all(np.isfinite(spent)) and np.all(spent >= 0.0)
    assert rising(spent)
    assert same_bits(rules.spending(normal, mean, 0.0), np.full(normal.size, mean))


def booked(served: Floats, contact: np.ndarray, wage: float = 0.0, hired: int = 0) -> SimpleNamespace:
    """An otherwise quiet week of :func:`keep_accounts`: four people at work on three seats, 4 a contact and 3 a need served."""
    nobody, nothing = np.zeros(served.size, dtype=np.bool_), np.zeros(served.size)
    customers = SimpleNamespace(
        active=~nobody,
        lost=nobody,
        acquired=nobody,
        behind=nobody,
        contract=~nobody,
        spending=nothing,
        purchases=nothing,
        served=np.where(contact, served, 0.0),
        need=np.where(contact, 1.0, 0.0),
        recovered=nobody,
    )
    parameters = SimpleNamespace(
        dues_arrears=0.0,
        money_contact_cost=4.0,
        money_served_cost=3.0,
        money_need_value=0.0,
        recovery_cost=0.0,
        customers_represented=1.0,
        money_wage=wage,
        money_replacement=0.25,
        relationship_wallet_trust=0.0,
        relationship_wallet_depth=0.0,
        price_premium=0.0,
    )
    names: tuple[str, ...] = (
        "promoted",
        "collected",
        "conceded_cost",
        "conceded_gain",
        "complexity",
        "coordination_cost",
    )
    names += ("wages", "replacement_cost")
    week = SimpleNamespace(number=0, contacts=int(contact.sum()), people_added=0.5, **dict.fromkeys(names, 0.0))
    mechanism.keep_accounts(
        customers,
        SimpleNamespace(
            seats=np.array([2, 2]),
            headcount=np.array([1.0, 2.0]),
            people_per_seat=np.array([1.0, 1.5]),
            newcomers=np.array([hired, 0.0]),
        ),
        SimpleNamespace(squeezes=np.zeros((0, 2))),
        SimpleNamespace(
            position_value=nothing.copy(),
            second_position_value=nothing.copy(),
            partial_sums=np.zeros(PARTIAL_SUM_COUNT),
        ),
        Spent(np.zeros(2)),
        (SimpleNamespace(limit=1.0),),
        parameters,
        week,
    )
    assert week.policy_cost == 0.0
    return week


def service_cost(served: Floats, contact: np.ndarray) -> float:
    """Cost of service of an otherwise quiet week."""
    return float(booked(served, contact).service_cost)


class Spent(NamedTuple):
    """A policy with one resource."""

    resource: Floats


def test_cost_of_service_by_hand() -> None:
    served, contact = np.array([0.5, 0.9, 1.0, 0.0]), np.array([True, False, True, True])
    assert service_cost(served, contact) == pytest.approx(3 * 4.0 + 1.5 * 3.0, rel=1e-15)


def test_a_quiet_week_costs_nothing() -> None:
    assert service_cost(np.ones(3), np.zeros(3, dtype=np.bool_)) == 0.0
    assert service_cost(np.zeros(0), np.zeros(0, dtype=np.bool_)) == 0.0


def test_wages_and_replacements_by_hand() -> None:
    assert mechanism.wages(3.0, 700.0) == 2100.0
    assert mechanism.replacement_cost(2.0, 700.0, 0.25) == 2 * 0.25 * 36_400.0
    week = booked(np.ones(3), np.zeros(3, dtype=np.bool_), wage=700.0, hired=2)
    assert (week.wages, week.replacement_cost) == (2800.0, 2.5 * 0.25 * 36_400.0)


def test_without_a_wage_nobody_costs_anything() -> None:
    week = booked(np.ones(3), np.zeros(3, dtype=np.bool_), hired=2)
    assert week.wages == week.replacement_cost == 0.0
