"""The next fad: attention moves on, and what disappoints is dropped."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, same_bits, vectors

from sim.model.mechanisms import fads as mechanism

rules = on_arrays(mechanism)

USUAL = {"inertia": 0.5, "skepticism": 0.5, "stories": 8.0, "calibration": 0.25}


def test_arrivals_add_up_to_their_yearly_rate() -> None:
    assert rules.arrival_probability(0.0) == 0.0
    assert -52.0 * math.log1p(-rules.arrival_probability(0.7)) == pytest.approx(0.7)


def test_the_rule_is_that_of_the_publication() -> None:
    # n = 4 quarters and N = 8 stories: (1 - 1/2) (1 - 1/2^(4/4)) (1 - 1/2^(8/4)).
    assert rules.abandonment_probability(0.5, 52.0, 1.0, **USUAL) == pytest.approx(0.5 * 0.5 * 0.75)


@given(SHARES, st.floats(0.0, 1000.0), SHARES, SHARES, SHARES, st.floats(0.0, 100.0))
def test_a_chance_is_a_chance(
    outcome: float, weeks: float, appeal: float, inertia: float, skepticism: float, stories: float
) -> None:
    chance = rules.abandonment_probability(
        outcome, weeks, appeal, inertia=inertia, skepticism=skepticism, stories=stories, calibration=0.25
    )
    assert 0.0 <= chance <= 1.0


def test_success_novelty_and_inertia_keep_a_topic() -> None:
    assert rules.abandonment_probability(1.0, 52.0, 1.0, **USUAL) == 0.0
    assert rules.abandonment_probability(0.0, 0.0, 1.0, **USUAL) == 0.0
    assert rules.abandonment_probability(0.0, 52.0, 1.0, **{**USUAL, "inertia": 1.0}) == 0.0
    assert rules.abandonment_probability(0.0, 52.0, 1.0, **{**USUAL, "stories": 0.0}) == 0.0
    assert rules.abandonment_probability(0.2, 52.0, 1.0, **USUAL) > rules.abandonment_probability(
        0.8, 52.0, 1.0, **USUAL
    )


@given(vectors(), SHARES, SHARES)
def test_attention_can_only_be_taken(salience: Floats, displacement: float, appeal: float) -> None:
    left = rules.salience_after_displacement(salience, displacement, appeal)
    assert in_unit_interval(left) and np.all(left <= salience)
    assert same_bits(rules.salience_after_displacement(salience, 0.0, appeal), salience)
