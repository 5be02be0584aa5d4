"""Recovery: words wear out, acts do not, and delight stays below the top."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, vectors

from sim.model.mechanisms import recovery as mechanism

rules = on_arrays(mechanism)


def test_an_apology_by_hand() -> None:
    heard = np.array([0.0, 1.0, 2.0, 3.0, 40.0])
    np.testing.assert_allclose(rules.apology_effect(heard, 0.4, 3.0), [0.4, 0.2, 0.0, -0.2, -0.4], atol=1e-15)


@given(legal("recovery.words"), legal("recovery.worn_out"))
def test_every_apology_does_less_than_the_one_before(words: float, worn_out: float) -> None:
    effect = rules.apology_effect(np.arange(30.0), words, worn_out)
    assert rising(-effect) and effect[0] == words and effect.min() >= -words


@given(vectors(), SHARES)
def test_the_loss_that_remains_is_a_share_and_smaller_the_more_is_restored(restored: Floats, loss: float) -> None:
    remaining = rules.remaining_loss(loss, np.sort(restored))
    assert in_unit_interval(remaining) and rising(-remaining)
    assert (rules.remaining_loss(loss, -np.ones(2)) >= loss).all(), "what does harm costs more"


@given(vectors(), legal("recovery.delight"))
def test_delight_never_leaves_the_scale(satisfaction: Floats, gain: float) -> None:
    added = rules.recovery_gain(satisfaction, gain)
    assert (added >= 0.0).all() and (added <= gain + 1e-15).all()
    assert in_unit_interval(satisfaction + added)


def test_what_binds_and_what_a_failure_costs_by_hand() -> None:
    assert mechanism.binding_satisfaction(0.8, 0.1, 0.0) == 0.8 - 0.1
    assert mechanism.binding_satisfaction(0.8, 0.1, 1.0) == 0.8
    assert mechanism.binding_satisfaction(0.8, 0.1, 0.5) == pytest.approx(0.75)
    assert mechanism.loss_left(0.25, False, 0.3) == 0.25
    assert mechanism.loss_left(0.25, True, 0.3) == pytest.approx(0.075)
    assert mechanism.loss_left(0.25, True, 0.0) == 0.0
