"""Reach: pairs by position, in whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.analysis.reach import reach_at_end, reach_curve, weeks_to_half_reach

NAN = float("nan")
CHOICES = arrays(np.int8, st.tuples(st.integers(1, 30), st.integers(1, 8)), elements=st.integers(-1, 1))


@settings(max_examples=50, deadline=None)
@given(CHOICES)
def test_a_run_reaches_nobody_against_itself(choices: np.ndarray) -> None:
    curve = reach_curve(choices, choices)
    known = curve[np.isfinite(curve)]
    assert (known == 0.0).all()
    assert np.isnan(curve[:12]).all()
    anybody = np.array([(choices[max(0, week - 12) : week + 1] >= 0).any() for week in range(len(choices))])
    np.testing.assert_array_equal(np.isfinite(curve[12:]), anybody[12:])


@settings(max_examples=50, deadline=None)
@given(CHOICES, st.integers(0, 1000))
def test_reach_agrees_with_the_plain_definition_and_turns_with_the_pair(choices: np.ndarray, seed: int) -> None:
    twin = np.random.default_rng(seed).integers(-1, 2, choices.shape).astype(np.int8)
    curve = reach_curve(choices, twin)
    np.testing.assert_array_equal(curve, -reach_curve(twin, choices))
    for week in range(12, len(choices)):
        scores = []
        for seat in range(choices.shape[1]):
            own = choices[week - 12 : week + 1, seat]
            other = twin[week - 12 : week + 1, seat]
            own, other = own[own >= 0], other[other >= 0]
            if own.size and other.size:
                # in hundreds of thousands, so that .1 is a whole number too
                gap = round(100_000 * (own.mean() - other.mean()))
                scores.append(int(gap >= 10_000) - int(gap <= -10_000))
        assert curve[week] == pytest.approx(np.mean(scores)) if scores else np.isnan(curve[week])


def test_reach_by_hand() -> None:
    policy = np.zeros((13, 4), dtype=np.int8)
    twin = np.zeros((13, 4), dtype=np.int8)
    policy[:2, 0] = 1  # 2 / 13 = .154: above
    policy[:1, 1] = 1  # 1 / 13 = .077: not enough
    twin[:, 2] = 1  # below
    twin[:, 3] = -1  # vacant: left out
    assert reach_curve(policy, twin)[-1] == pytest.approx((1 - 1) / 3)
    policy[:, 3] = 1
    twin[:, 3] = 0
    assert reach_curve(policy, twin)[-1] == pytest.approx((2 - 1) / 4)


def test_a_difference_of_exactly_a_tenth_counts() -> None:
    """Ten weeks held of thirteen: 3/10 - 2/10 is less than .1 in floating point and must count nevertheless."""
    policy = np.full((13, 1), -1, dtype=np.int8)
    twin = policy.copy()
    policy[:10, 0] = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    twin[:10, 0] = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert 3 / 10 - 2 / 10 < 0.1
    assert reach_curve(policy, twin)[-1] == 1.0


def test_choices_of_different_organizations_are_refused() -> None:
    with pytest.raises(ValueError, match="compare a run with its own twin"):
        reach_curve(np.zeros((13, 2), dtype=np.int8), np.zeros((13, 3), dtype=np.int8))


def test_reach_at_end_is_that_of_the_last_sponsored_week() -> None:
    reach = np.array([[NAN, 0.1, 0.2, 0.3]])
    assert reach_at_end(reach, np.array([3.0])) == 0.2
    assert np.isnan(reach_at_end(reach, np.array([NAN])))
    assert np.isnan(reach_at_end(reach, np.array([1.0])))


def test_weeks_to_half_reach() -> None:
    reach = np.array([[NAN, 0.4, 0.1, 0.2, 0.3, 0.4], [NAN, 0.0, 0.01, 0.02, 0.0, 0.0], [NAN] * 6])
    weeks = weeks_to_half_reach(reach, np.array([2.0, 0.0, 0.0]))
    assert weeks[0] == 1.0, "from the start of sponsorship on, against the peak since then"
    assert np.isnan(weeks[1:]).all(), "half of nothing"
    assert np.isnan(weeks_to_half_reach(reach, np.full(3, NAN))).all()
