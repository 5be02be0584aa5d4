"""Departments get voice and capacity by their power, not by what they know of customers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, rising, vectors

from sim.model.mechanisms import power as mechanism

rules = on_arrays(mechanism)

SEATS = np.array([40.0, 15.0, 20.0, 10.0, 10.0, 5.0])


def spoken(power: Floats, known: Floats, value: Floats) -> float:
    """Line that departments of one person each draw when they alone have a say, in a week of :func:`weigh_departments_voices`."""
    people = power.size
    departments = SimpleNamespace(seats=np.ones(people), headcount=np.ones(people), facing=known, power=power)
    employees = SimpleNamespace(employed=np.ones(people, dtype=np.bool_), department=np.arange(people), value=value)
    parameters = SimpleNamespace(power_voice=1.0, power_skill=1.0, power_known_to_all=0.0, power_value_share=0.5)
    week = SimpleNamespace(proposed_weight=0.123)
    mechanism.weigh_departments_voices(
        employees, departments, SimpleNamespace(department_value=np.zeros(people)), parameters, week
    )
    return float(week.proposed_weight)


@given(vectors(), SHARES)
def test_those_who_deal_with_customers_know_most(facing: Floats, skill: float) -> None:
    known = rules.knowledge(np.sort(facing), skill, 0.3)
    assert in_unit_interval(known) and rising(known)
    assert rules.knowledge(np.zeros(1), skill, 0.3)[0] == 0.3


def test_a_department_is_heard_by_its_power() -> None:
    known, value = np.array([1.0, 0.3]), np.array([0.5, 0.2])
    assert spoken(np.array([1.0, 0.0]), known, value) == pytest.approx(0.75)
    assert spoken(np.array([0.0, 1.0]), known, value) == pytest.approx(0.25)


@given(vectors(), vectors(), vectors())
def test_a_voiced_line_is_a_share(raw: Floats, known: Floats, value: Floats) -> None:
    power = (raw + 0.01) / (raw + 0.01).sum()
    assert -1e-12 <= spoken(power, known, value) <= 1.0 + 1e-12


@given(vectors(), SHARES)
def test_what_one_department_gains_others_lose(raw: Floats, budget: float) -> None:
    power = (raw + 0.01) / (raw + 0.01).sum()
    capacity = rules.capacity_share(power, SEATS / SEATS.sum(), budget, 0.1)
    assert np.all(capacity >= 0.1)
    assert (capacity * SEATS).sum() / SEATS.sum() >= 1.0 - 1e-9
    if np.all(capacity > 0.1):
        assert (capacity * SEATS).sum() / SEATS.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(rules.capacity_share(SEATS / SEATS.sum(), SEATS / SEATS.sum(), budget, 0.1), 1.0)
    np.testing.assert_array_equal(rules.capacity_share(power, SEATS / SEATS.sum(), 0.0, 0.1), 1.0)
