"""Pictures of needs: learned by contact, lost without it, worth as much as they are right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, vectors

from sim.mechanisms import needs as mechanism

rules = on_arrays(mechanism)

NEEDS = np.array([1, -1, 1, -1], dtype=np.int16)


def pictures(rows: int = 3) -> st.SearchStrategy[np.ndarray]:
    signs = st.lists(st.sampled_from([-1, 0, 1]), min_size=4 * rows, max_size=4 * rows)
    return signs.map(lambda values: np.array(values, dtype=np.int16).reshape(rows, 4))


def test_contact_moves_a_belief_one_step_toward_what_is_needed() -> None:
    picture = np.array([[-1, 0, 1, -1], [-1, 0, 1, -1]], dtype=np.int16)
    moved = rules.empathize(picture, NEEDS, np.array([1, 0]), np.zeros((2, 4)), 0.3)
    assert moved.tolist() == [[0, -1, 1, -1], [-1, 0, 1, -1]]
    assert moved.dtype == np.int16
    again = rules.empathize(moved, NEEDS, np.array([1, 0]), np.zeros((2, 4)), 0.3)
    assert again[0].tolist() == NEEDS.tolist()


def test_more_contacts_teach_more() -> None:
    draw = np.tile(np.linspace(0.0, 0.999, 4000), (3, 1))
    moved = rules.empathize(np.zeros((3, 4000), np.int16), np.ones(4000, np.int16), np.array([0, 1, 5]), draw, 0.1)
    np.testing.assert_allclose(moved.mean(axis=1), [0.0, 0.1, 1.0 - 0.9**5], atol=0.001)


@given(pictures(), st.integers(0, 2**32))
def test_only_those_without_contact_forget(picture: np.ndarray, seed: int) -> None:
    draw = np.random.default_rng(seed).random(picture.shape)
    faded = rules.fade(picture, np.array([0, 1, 4]), draw, 1.0)
    assert np.array_equal(faded[1:], picture[1:])
    assert np.isin(faded, [-1, 0, 1]).all() and (np.abs(faded) <= np.abs(picture)).all()
    assert not faded[0][draw[0] >= np.exp(-1.0)].any()


def test_feedback_puts_the_official_picture_right() -> None:
    wrong = -NEEDS
    assert rules.hear_feedback(wrong, NEEDS, np.array([0.0, 0.2, 0.4, 0.6]), 0.3).tolist() == [1, -1, -1, 1]
    assert rules.hear_feedback(wrong, NEEDS, np.zeros(4), 0.0).tolist() == wrong.tolist()


@given(pictures())
def test_match_is_the_share_met_with_half_for_no_belief(picture: np.ndarray) -> None:
    by_hand = [
        np.mean([1.0 if b == n else 0.5 if b == 0 else 0.0 for b, n in zip(row, NEEDS, strict=True)]) for row in picture
    ]
    np.testing.assert_allclose(rules.match(picture, NEEDS), by_hand, rtol=1e-14)


@given(vectors(), vectors(), legal("needs.weight"))
def test_what_was_not_needed_is_worth_less(served: Floats, match: Floats, weight: float) -> None:
    worth = rules.fit(served, np.sort(match), weight)
    assert in_unit_interval(worth) and (worth <= served).all()
    assert rising(rules.fit(np.full(match.size, 0.6), np.sort(match), weight))
    assert np.array_equal(rules.fit(served, np.ones(served.size), weight), served)


@given(SHARES, legal("needs.upheaval"), legal("needs.drift"))
def test_needs_turn_by_drift_or_by_a_shift(size: float, upheaval: float, drift: float) -> None:
    assert 0.0 <= rules.turned(size, upheaval, drift) <= 1.0
    assert rules.turned(0.0, upheaval, drift) == pytest.approx(drift, abs=1e-15)
    assert rules.turned(size, upheaval, drift) >= rules.turned(0.0, upheaval, drift)


def test_guesses_are_fair() -> None:
    assert rules.guesses(np.array([0.0, 0.49, 0.5, 0.99])).tolist() == [-1, -1, 1, 1]
