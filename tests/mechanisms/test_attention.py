"""Attention sums to one: what one side gains the others lose, and internal work left undone has a price."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import defaults, on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.model.kernel.sums import PARTIAL_SUM_COUNT
from sim.model.mechanisms import attention as mechanism

rules = on_arrays(mechanism)


class Divided(NamedTuple):
    """Shares of attention."""

    customers: Floats
    colleagues: Floats
    bosses: Floats
    deadlines: Floats


def support(fulfillment: Floats, employed: np.ndarray, weight: float) -> float:
    """What is left for customers of service when these internal demands are met, in a week of :func:`allocate_attention`."""
    seats = fulfillment.size
    names = ("customers", "colleagues", "bosses", "deadlines")
    attention = {f"attention_{name}": np.zeros(seats) for name in names}
    parameters = {f"attention_{name}": value for name, value in SHIFTS.items()}
    parameters |= {"attention_internal_need": 1.0, "attention_internal_weight": weight, "direction_bonus": 0.0}
    week = SimpleNamespace(internal_work_factor=-1.0)
    mechanism.allocate_attention(
        SimpleNamespace(
            value=np.zeros(seats),
            employed=employed,
            # Who gives customers what internal work would need leaves that much of it undone.
            role_share=np.zeros(seats),
            choice=np.zeros(seats, dtype=np.int64),
            salience=(1.0 - fulfillment) / SHIFTS["salience_shift"],
            pressure=np.ones(seats),
            fulfillment=np.zeros(seats),
            justice=np.ones(seats),
            **attention,
        ),
        SimpleNamespace(partial_sums=np.zeros(PARTIAL_SUM_COUNT)),
        SimpleNamespace(justice_attention_effect=0.0, justice_initial=1.0, **parameters),
        week,
    )
    return float(week.internal_work_factor)


REST = {"to_colleagues": 0.45, "to_bosses": 0.2, "to_deadlines": 0.35}
SHIFTS = {"practice_shift": 0.12, "salience_shift": 0.05, "customer_pull": 0.0, "deadline_pull": 0.5, **REST}


def divide(role: float, practice: float = 0.0, salience: float = 0.0, pressure: float = 1.0, **other: float) -> Divided:
    settings = {**SHIFTS, **other}
    shares = rules.divide_attention(
        np.array([role]), np.array([practice]), np.array([salience]), np.array([pressure]), **settings
    )
    return Divided(*shares)


def total(divided: Divided) -> Floats:
    return np.sum(divided, axis=0)


def test_internal_parts_make_a_whole() -> None:
    assert sum(defaults(*(f"attention.{name}" for name in REST))) == pytest.approx(1.0, abs=1e-15)
    assert defaults(*(f"attention.{name}" for name in REST)) == list(REST.values())


def test_an_ordinary_week_follows_the_role() -> None:
    divided = divide(0.55)
    assert divided.customers[0] == 0.55
    assert divided.colleagues[0] == pytest.approx(0.45 * 0.45)
    assert divided.bosses[0] == pytest.approx(0.2 * 0.45)
    assert divided.deadlines[0] == pytest.approx(0.35 * 0.45)


def test_practice_and_salience_shift_attention_to_customers() -> None:
    divided = divide(0.08, practice=1.0, salience=0.4)
    assert divided.customers[0] == pytest.approx(0.08 + 0.12 + 0.02)
    assert total(divided)[0] == pytest.approx(1.0, abs=1e-15)


def test_nobody_gives_customers_more_than_everything() -> None:
    divided = divide(0.95, practice=1.0, salience=1.0)
    assert divided.customers[0] == 1.0
    assert divided.colleagues[0] == divided.bosses[0] == divided.deadlines[0] == 0.0


def test_the_order_to_give_customers_more_takes_from_the_rest() -> None:
    divided = divide(0.5, customer_pull=0.4)
    assert divided.customers[0] == pytest.approx(0.7)
    assert divided.colleagues[0] == pytest.approx(0.45 * 0.3)
    assert divide(0.5, customer_pull=1.0).customers[0] == 1.0


def test_deadlines_take_from_everything_above_capacity_only() -> None:
    pulled = divide(0.5, pressure=1.4)
    assert pulled.customers[0] == pytest.approx(0.5 * 0.8)
    assert pulled.deadlines[0] == pytest.approx(0.35 * 0.5 * 0.8 + 0.2)
    assert divide(0.5, pressure=0.3).customers[0] == 0.5
    overrun = divide(0.5, pressure=5.0)
    assert (overrun.customers[0], overrun.deadlines[0]) == (0.0, 1.0)


@given(
    vectors(),
    vectors(),
    vectors(),
    vectors(st.floats(0.05, 5.0)),
    legal("attention.practice_shift"),
    legal("attention.salience_shift"),
    legal("attention.customer_pull"),
    legal("attention.deadline_pull"),
)
def test_shares_are_shares_and_sum_to_one(
    role: Floats,
    practice: Floats,
    salience: Floats,
    pressure: Floats,
    by_practice: float,
    by_salience: float,
    pull: float,
    deadline: float,
) -> None:
    divided = Divided(
        *rules.divide_attention(
            role,
            practice,
            salience,
            pressure,
            practice_shift=by_practice,
            salience_shift=by_salience,
            customer_pull=pull,
            deadline_pull=deadline,
            **REST,
        )
    )
    for part in divided:
        assert in_unit_interval(part)
    np.testing.assert_allclose(total(divided), 1.0, rtol=0, atol=1e-14)


@given(SHARES, SHARES, SHARES, st.floats(0.05, 5.0))
def test_practicing_never_takes_attention_from_customers(
    role: float, practice: float, salience: float, pressure: float
) -> None:
    more = divide(role, practice, salience, pressure).customers[0]
    less = divide(role, practice / 2.0, salience, pressure).customers[0]
    assert more >= less


def test_the_factor_is_the_share_of_what_full_service_needs() -> None:
    factor = rules.attention_factor(np.array([0.77, 0.385, 0.9, 0.0]), np.full(4, 0.55), 0.12, 0.1)
    np.testing.assert_allclose(factor, [1.0, 0.5, 1.0, 0.0], rtol=1e-14)


@given(vectors(), vectors(), legal("attention.practice_shift"), SHARES)
def test_the_factor_is_a_share_that_rises_with_attention(
    customers: Floats, role: Floats, shift: float, reserve: float
) -> None:
    assert in_unit_interval(rules.attention_factor(customers, role, shift, reserve))
    assert rising(rules.attention_factor(np.sort(customers), np.full(customers.size, 0.4), shift, reserve))


def test_someone_who_practices_undisturbed_lacks_the_reserve_alone() -> None:
    for role in (0.0, 0.08, 0.55, 0.95, 1.0):
        given_, needed = divide(role, practice=1.0).customers, min(role + 0.12 + 0.1, 1.0)
        factor = rules.attention_factor(given_, np.array([role]), 0.12, 0.1)[0]
        assert factor == pytest.approx(given_[0] / needed, abs=1e-15)
        assert rules.attention_factor(given_, np.array([role]), 0.12, 0.0)[0] == pytest.approx(1.0, abs=1e-15)


def test_internal_fulfillment_by_hand() -> None:
    met = rules.internal_fulfillment(np.array([0.55, 0.73, 0.865, 1.0]), np.full(4, 0.55), 0.6)
    np.testing.assert_allclose(met, [1.0, 1.0, 0.5, 0.0], atol=1e-14)


def test_without_internal_demands_all_are_met() -> None:
    assert same_bits(rules.internal_fulfillment(np.ones(2), np.array([1.0, 0.3]), 0.0), np.ones(2))
    assert same_bits(rules.internal_fulfillment(np.ones(1), np.ones(1), 0.6), np.ones(1))


@given(vectors(), vectors(), legal("attention.internal_need"))
def test_fulfillment_is_a_share_that_falls_with_attention_to_customers(
    customers: Floats, role: Floats, need: float
) -> None:
    assert in_unit_interval(rules.internal_fulfillment(customers, role, need))
    assert rising(-rules.internal_fulfillment(np.sort(customers), np.full(customers.size, 0.4), need))


def test_support_is_a_power_of_the_mean_over_those_at_work() -> None:
    fulfillment, employed = np.array([0.2, 0.6, 1.0]), np.array([False, True, True])
    assert support(fulfillment, employed, 0.5) == pytest.approx(0.8**0.5, rel=1e-15)
    assert support(fulfillment, employed, 0.0) == 1.0
    assert support(np.ones(3), employed, 0.5) == 1.0
    assert support(np.zeros(3), employed, 0.5) == 0.0


def test_nobody_at_work_supports_nothing() -> None:
    assert support(np.ones(2), np.zeros(2, dtype=np.bool_), 0.5) == 0.0


@given(vectors(), legal("attention.internal_weight"))
def test_support_is_a_share(fulfillment: Floats, weight: float) -> None:
    assert in_unit_interval([support(fulfillment, np.ones(fulfillment.size, dtype=np.bool_), weight)])
