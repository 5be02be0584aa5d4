"""Service encounters: whom a customer meets, what goes wrong, what is made right."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.model.mechanisms import service as mechanism

rules = on_arrays(mechanism)

SEATS = np.array([4, 7, 9, 2])


def assign(there: np.ndarray, draws: Floats) -> np.ndarray:
    """Whom customers with these draws meet at their only try in a week of :func:`assign_employees_to_contacts`; -1 for nobody."""
    customers = SimpleNamespace(met=np.zeros(draws.size, dtype=np.int64))
    with (
        patch.object(mechanism, "block", lambda *_: None),
        patch.object(mechanism, "uniform", lambda _, position: draws[position]),
    ):
        mechanism.assign_employees_to_contacts(
            SimpleNamespace(employed=there),
            customers,
            SimpleNamespace(facing_seats=SEATS),
            SimpleNamespace(customer=np.arange(draws.size)),
            SimpleNamespace(service_tries=1),
            SimpleNamespace(assignment=None),
            SimpleNamespace(number=0, contacts=draws.size),
        )
    return customers.met


def employed(*there: int) -> np.ndarray:
    result = np.zeros(12, dtype=np.bool_)
    result[list(there)] = True
    return result


def test_the_draw_picks_the_seat() -> None:
    draws = np.array([0.0, 0.2499, 0.25, 0.5, 0.99])
    assert assign(employed(2, 4, 7, 9), draws).tolist() == [4, 4, 7, 9, 2]


def test_a_vacant_seat_meets_nobody() -> None:
    draws = np.array([0.0, 0.3, 0.6, 0.9])
    assert assign(employed(2, 7), draws).tolist() == [-1, 7, -1, 2]
    assert assign(employed(), draws).tolist() == [-1] * 4


@given(st.sets(st.sampled_from(SEATS.tolist())), st.integers(0, 2**32), st.sampled_from(SEATS.tolist()))
def test_who_leaves_changes_only_whom_their_own_customers_meet(there: set[int], seed: int, leaver: int) -> None:
    draws = np.random.default_rng(seed).random(40)
    before = assign(employed(*there), draws)
    after = assign(employed(*(there - {leaver})), draws)
    others = before != leaver
    assert np.array_equal(after[others], before[others])
    assert leaver not in after


def test_customers_spread_evenly_over_the_seats() -> None:
    met = assign(employed(2, 4, 7, 9), (np.arange(4000) + 0.5) / 4000)
    assert np.bincount(met)[SEATS].tolist() == [1000] * 4


def test_failure_by_hand() -> None:
    np.testing.assert_allclose(
        rules.failure_probability(np.array([0.0, 0.75, 1.0]), 0.12), [0.12, 0.03, 0.0], rtol=1e-14
    )


@given(vectors(), legal("service.failure"))
def test_failure_is_a_probability_that_falls_with_service(served: Floats, failure: float) -> None:
    probability = rules.failure_probability(np.sort(served), failure)
    assert in_unit_interval(probability)
    assert rising(-probability)


def test_recovery_by_hand() -> None:
    probability = rules.recovery_probability(
        np.array([0.0, 1.0, 1.0]), np.array([0.0, 0.0, 0.5]), base=0.2, by_practice=0.4
    )
    np.testing.assert_allclose(probability, [0.2, 1.0 - 0.8 * 0.6, 1.0 - 0.8 * 0.6 * 0.5], rtol=1e-14)
    assert rules.recovery_probability(np.zeros(1), np.ones(1), base=0.0, by_practice=0.0)[0] == 1.0


@given(vectors(), vectors(), legal("recovery.base"), legal("recovery.practice"))
def test_recovery_is_a_probability_that_rises_with_practice_and_authority(
    practice: Floats, authority: Floats, base: float, by_practice: float
) -> None:
    assert in_unit_interval(rules.recovery_probability(practice, authority, base=base, by_practice=by_practice))
    half = np.full(practice.size, 0.5)
    assert rising(rules.recovery_probability(np.sort(practice), half, base=base, by_practice=by_practice))
    assert rising(rules.recovery_probability(half, np.sort(authority), base=base, by_practice=by_practice))


def test_without_norm_and_authority_the_base_remains_bit_for_bit() -> None:
    none = np.zeros(3)
    assert same_bits(rules.recovery_probability(none, none, base=0.25, by_practice=0.4), np.full(3, 0.25))


def test_no_failure_where_nothing_can_fail() -> None:
    assert rules.failure_probability(np.array([0.0, 0.4]), 0.0).tolist() == [0.0, 0.0]
    assert rules.failure_probability(np.ones(1), 0.12)[0] == pytest.approx(0.0)
