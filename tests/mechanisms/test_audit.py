"""Oversight is independence x probability x consequence: without one of them there is none."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, vectors

from sim.model.mechanisms import audit as mechanism

rules = on_arrays(mechanism)


def overseen(independence: Floats, probability: Floats, consequence: Floats) -> float:
    """Strength of oversight over an organization of two departments, in a week of :func:`update_oversight`."""
    policy = SimpleNamespace(
        audit_independence=independence,
        audit_probability=probability,
        audit_consequence=consequence,
        participation=np.zeros(2),
    )
    week = SimpleNamespace(oversight=-1.0)
    executives = SimpleNamespace(weight_customers=np.array([0.3]))
    mechanism.update_oversight(executives, SimpleNamespace(seats=SEATS), policy, week)
    return float(week.oversight)


SEATS = np.array([30.0, 10.0])


def test_without_one_of_the_three_there_is_none() -> None:
    for three in itertools.product((0.0, 1.0), repeat=3):
        strength = overseen(*(np.full(2, each) for each in three))
        assert strength == float(all(three))


def test_it_is_counted_by_the_seats_that_are_watched() -> None:
    one = np.ones(2)
    assert overseen(one, np.array([1.0, 0.0]), 0.5 * one) == pytest.approx(0.375)


@given(vectors(size=2), vectors(size=2), vectors(size=2))
def test_strength_is_a_share(independence: Floats, probability: Floats, consequence: Floats) -> None:
    assert 0.0 <= overseen(independence, probability, consequence) <= 1.0


@given(SHARES, SHARES, SHARES)
def test_who_takes_part_has_what_those_in_power_lend(strength: float, participation: float, executives: float) -> None:
    joined = rules.oversight_with_participation(strength, participation, executives)
    assert strength - 1e-12 <= joined <= 1.0
    assert rules.oversight_with_participation(strength, 0.0, executives) == strength
    assert rules.oversight_with_participation(0.0, participation, executives) == pytest.approx(
        participation * executives**2
    )


@given(SHARES, SHARES, SHARES)
def test_a_watched_line_moves_to_customers_only(line: float, strength: float, deterrence: float) -> None:
    assert line <= rules.deterred_weight(line, strength, deterrence) <= 1.0 + 1e-12
    assert rules.deterred_weight(line, 0.0, deterrence) == line


@given(SHARES, SHARES, SHARES, SHARES)
def test_a_watched_score_lies_between_claim_and_truth(
    claimed: float, true: float, strength: float, truthfulness: float
) -> None:
    reported = rules.corrected_score(claimed, true, strength, truthfulness)
    assert min(claimed, true) - 1e-12 <= reported <= max(claimed, true) + 1e-12
    assert rules.corrected_score(claimed, true, 0.0, truthfulness) == claimed
    assert rules.corrected_score(claimed, true, 1.0, 1.0) == pytest.approx(true)
