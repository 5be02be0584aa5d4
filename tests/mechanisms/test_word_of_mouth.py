"""What customers say, the reputation it makes, and whom it brings."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, legal, vectors

from sim.model.kernel.sums import PARTIAL_SUM_COUNT
from sim.model.mechanisms import word_of_mouth as mechanism

rules = on_arrays(mechanism)


def said_by(satisfaction: Floats, reference: float, sd: float, positive: float) -> float:
    """What these customers say in a week of :func:`spread_word_of_mouth` after which nobody remembers anything else."""
    size = satisfaction.size
    customers = SimpleNamespace(
        satisfaction=satisfaction, recovery_satisfaction=np.zeros(size), active=np.ones(size, dtype=np.bool_)
    )
    scratch = SimpleNamespace(
        position_value=np.zeros(size), second_position_value=np.zeros(size), partial_sums=np.zeros(PARTIAL_SUM_COUNT)
    )
    parameters = SimpleNamespace(
        satisfaction_reference=reference,
        satisfaction_sd=sd,
        word_of_mouth_positive_share=positive,
        word_of_mouth_memory_weeks=1e-9,
        relationship_recommendation=0.0,
        recovery_binding=0.0,
    )
    organization = SimpleNamespace(reputation=0.0)
    mechanism.spread_word_of_mouth(customers, scratch, parameters, organization)
    return float(organization.reputation)


def test_voice_by_hand() -> None:
    # Standardized: 1, -2, 0. Praise 1/3, complaint 2/3.
    said = said_by(np.array([0.85, 0.4, 0.7]), 0.7, 0.15, 0.75)
    assert said == pytest.approx(2.0 * (0.75 / 3.0 - 0.25 * 2.0 / 3.0), rel=1e-12)


def test_nobody_says_nothing() -> None:
    assert said_by(np.zeros(0), 0.7, 0.15, 0.75) == 0.0


def test_at_equal_feelings_praise_is_three_times_as_frequent() -> None:
    spread = 0.7 + 0.15 * np.array([-1.0, 1.0])
    assert said_by(spread, 0.7, 0.15, 0.75) == pytest.approx(0.75 - 0.25)
    assert said_by(spread, 0.7, 0.15, 0.5) == pytest.approx(0.0, abs=1e-15)


@given(vectors(), legal("satisfaction.reference"), legal("satisfaction.sd"), legal("word_of_mouth.positive_share"))
def test_happier_customers_speak_better(satisfaction: Floats, reference: float, sd: float, positive: float) -> None:
    said = said_by(satisfaction, reference, sd, positive)
    assert math.isfinite(said)
    assert said_by(np.minimum(satisfaction + 0.1, 1.0), reference, sd, positive) >= said - 1e-12


def test_reputation_by_hand() -> None:
    assert rules.update_reputation(0.2, 1.0, 13.0) == pytest.approx(
        0.2 + 0.8 * (1.0 - math.exp(-1.0 / 13.0)), rel=1e-14
    )


@given(st.floats(-100.0, 100.0), st.floats(-100.0, 100.0), legal("word_of_mouth.memory_weeks"))
def test_reputation_moves_toward_what_is_said(before: float, said: float, weeks: float) -> None:
    after = rules.update_reputation(before, said, weeks)
    assert min(before, said) - 1e-9 <= after <= max(before, said) + 1e-9
    assert rules.update_reputation(before, before, weeks) == before


def test_prospects_come_by_their_own_draw() -> None:
    prospect = np.array([True, True, True, False])
    chance = 0.1 * math.exp(0.3 * 2.0)
    draw = np.array([chance - 1e-9, chance + 1e-9, 0.0, 0.0])
    assert rules.is_acquired(prospect, draw, 0.1, 2.0, 0.3).tolist() == [True, False, True, False]


def test_without_the_link_reputation_changes_nobody() -> None:
    draw = np.linspace(0.0, 0.999, 1000)
    prospect = np.ones(1000, dtype=np.bool_)
    for reputation in (-50.0, 0.0, 50.0):
        assert np.array_equal(rules.is_acquired(prospect, draw, 0.1, reputation, 0.0), draw < 0.1)


@given(legal("customers.acquisition"), st.floats(-200.0, 200.0), legal("word_of_mouth.strength"), SHARES)
def test_a_better_name_never_keeps_anyone_away(base: float, reputation: float, strength: float, better: float) -> None:
    draw = np.linspace(0.0, 0.999, 200)
    prospect = np.ones(200, dtype=np.bool_)
    fewer = rules.is_acquired(prospect, draw, base, reputation, strength)
    more = rules.is_acquired(prospect, draw, base, reputation + better, strength)
    assert np.all(more | ~fewer)
    assert not rules.is_acquired(~prospect, draw, base, reputation, strength).any()


def test_nobody_comes_to_a_closed_market() -> None:
    assert not rules.is_acquired(np.ones(5, dtype=np.bool_), np.zeros(5), 0.0, 10.0, 5.0).any()
