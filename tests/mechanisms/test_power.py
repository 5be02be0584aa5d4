"""Departments are heard, and fed, by their power; what they know of customers is another matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, rising, vectors

from sim.mechanisms import power as mechanism

rules = on_arrays(mechanism)

SEATS = np.array([40.0, 15.0, 20.0, 10.0, 10.0, 5.0])


@given(vectors(), SHARES)
def test_those_who_deal_with_customers_know_most(facing: Floats, skill: float) -> None:
    known = rules.knowledge(np.sort(facing), skill)
    assert in_unit_interval(known) and rising(known)
    assert rules.knowledge(np.zeros(1), skill)[0] == rules.KNOWN_TO_ALL


def test_a_department_is_heard_by_its_power() -> None:
    known, value = np.array([1.0, 0.3]), np.array([0.5, 0.2])
    assert rules.voiced_line(np.array([1.0, 0.0]), known, value) == pytest.approx(0.75)
    assert rules.voiced_line(np.array([0.0, 1.0]), known, value) == pytest.approx(0.25)


@given(vectors(), vectors(), vectors())
def test_a_voiced_line_is_a_share(raw: Floats, known: Floats, value: Floats) -> None:
    power = (raw + 0.01) / (raw + 0.01).sum()
    assert -1e-12 <= rules.voiced_line(power, known, value) <= 1.0 + 1e-12


@given(vectors(), SHARES)
def test_what_one_department_gains_others_lose(raw: Floats, budget: float) -> None:
    power = (raw + 0.01) / (raw + 0.01).sum()
    hands = rules.capacity(power, SEATS, budget)
    assert np.all(hands >= 0.1)
    assert (hands * SEATS).sum() / SEATS.sum() >= 1.0 - 1e-9
    if np.all(hands > 0.1):
        assert (hands * SEATS).sum() / SEATS.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(rules.capacity(SEATS / SEATS.sum(), SEATS, budget), 1.0)
    np.testing.assert_array_equal(rules.capacity(power, SEATS, 0.0), 1.0)
