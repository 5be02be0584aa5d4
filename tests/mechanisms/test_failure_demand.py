"""Needs that come back: how likely, with how much, what they cost, and how they are counted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, burned_in, in_unit_interval, legal, run, tiny, vectors

from sim.model.engine import run_week
from sim.model.mechanisms import failure_demand as mechanism

rules = on_arrays(mechanism)

MANY = {"customers.initial": 300, "customers.market": 400, "failure_demand.returns": 1.0, "service.failure": 0.3}


def test_what_comes_back_by_hand() -> None:
    assert mechanism.return_probability(0.4, 0.5) == pytest.approx(0.3)
    assert mechanism.return_probability(1.0, 1.0) == 0.0
    assert mechanism.still_open(0.5, 0.4) == pytest.approx(0.3)


@given(vectors(), SHARES, legal("failure_demand.returns"))
def test_what_is_open_stays_a_share(need: Floats, served: float, returns: float) -> None:
    assert in_unit_interval(rules.still_open(need, served))
    assert 0.0 <= mechanism.return_probability(served, returns) <= 1.0


def test_contacts_with_repeats_by_hand() -> None:
    # Half of the contacts bring the rest back, but for the quarter of weeks with a new need: k = c + (1 - c) k / 2.
    contacts = mechanism.weekly_contacts(np.array([0.25, 0.0, 1.0]), 0.5, 1.0)
    np.testing.assert_allclose(contacts, [0.25 / (1.0 - 0.75 * 0.5), 0.0, 1.0], rtol=1e-15)
    assert mechanism.weekly_contacts(np.array([0.25]), 0.5, 0.0)[0] == 0.25


def test_expected_repeats_are_those_that_come() -> None:
    """Where all customers call at one rate and a fixed share is served, the formula gives their contacts."""
    generator = np.random.default_rng(1)
    own, unserved, weeks, back, contacts = 0.3, 0.6, 200_000, False, 0
    for new, again in generator.random((weeks, 2)):
        contact = new < own or back
        contacts += contact
        back = contact and again < unserved
    assert contacts / weeks == pytest.approx(mechanism.weekly_contacts(np.array([own]), unserved, 1.0)[0], abs=0.01)


def test_a_repeat_brings_what_was_open_and_a_new_need_counts_as_new() -> None:
    organization = burned_in(tiny(MANY))
    customers = organization.customers
    repeats = 0
    for _ in range(10):
        before, there = customers.open_need.copy(), customers.active.copy()
        run_week(organization)
        contact, repeat = customers.contact, customers.repeat
        assert (contact[there & (before > 0.0)]).all()
        assert (customers.need[repeat] == before[repeat]).all()
        assert (customers.need[contact & ~repeat] == 1.0).all() and (customers.need[~contact] == 0.0).all()
        first = contact & ~repeat
        assert organization.outcomes["enacted"] == pytest.approx(customers.served[first].mean())
        assert organization.outcomes["failure_demand"] == pytest.approx(repeat.sum() / contact.sum())
        served = (customers.need * customers.served).sum()
        assert organization.outcomes["enacted_per_customer"] == pytest.approx(served / customers.active.sum())
        repeats += int(repeat.sum())
    assert repeats > 100


def test_nothing_comes_back_at_zero() -> None:
    weekly = run(tiny({**MANY, "failure_demand.returns": 0.0})).weekly
    assert (weekly["failure_demand"].dropna() == 0.0).all()


def test_poor_service_costs_contacts() -> None:
    poor = run(tiny({**MANY, "delivery.routine": 0.5}), weeks=20).weekly
    good = run(tiny({**MANY, "delivery.routine": 0.95}), weeks=20).weekly
    assert poor["failure_demand"].mean() > good["failure_demand"].mean() + 0.05
    assert poor["contacts"].sum() > good["contacts"].sum()
    assert math.isfinite(poor["enacted"].mean()) and poor["enacted"].mean() < good["enacted"].mean()
