"""Closing a gap over time, and an effect that saturates with its dose."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import over
from support import Floats, in_unit_interval, rising, vectors

from sim.model.kernel.time_constants import closed_in_a_week, kept_after_a_week, saturating

TIMES = st.floats(0.5, 1e9)


@pytest.mark.parametrize(("weeks", "closed"), [(1.0, 0.6321205588285577), (4.0, 0.22119921692859512)])
def test_what_closes_in_a_week(weeks: float, closed: float) -> None:
    assert closed_in_a_week(weeks) == pytest.approx(closed, rel=1e-15)
    assert kept_after_a_week(weeks) == pytest.approx(1.0 - closed, rel=1e-15)


@given(TIMES)
def test_what_closes_and_what_is_kept_make_the_whole(weeks: float) -> None:
    assert 0.0 < closed_in_a_week(weeks) < 1.0
    assert closed_in_a_week(weeks) + kept_after_a_week(weeks) == pytest.approx(1.0, abs=1e-15)


@given(TIMES, st.integers(1, 50))
def test_a_gap_of_one_is_left_at_exp_after_n_weeks(time_constant: float, weeks: int) -> None:
    left = 1.0
    for _ in range(weeks):
        left -= left * closed_in_a_week(time_constant)
    assert left == pytest.approx(math.exp(-weeks / time_constant), rel=1e-9)


def test_a_slow_gap_closes_at_the_rate_of_its_time_constant() -> None:
    # 1 - exp(-x) would lose most digits here; expm1 keeps them.
    assert closed_in_a_week(1e9) == pytest.approx(1e-9, rel=1e-8)


def test_no_dose_has_no_effect_at_all() -> None:
    assert over(saturating)(np.zeros(3)).tolist() == [0.0, 0.0, 0.0]


def test_a_dose_has_the_effect_that_was_computed_by_hand() -> None:
    np.testing.assert_allclose(over(saturating)(np.array([math.log(2.0), 1e-12, 50.0])), [0.5, 1e-12, 1.0], rtol=1e-11)


@given(vectors(st.floats(0.0, 1e6)))
def test_an_effect_is_a_share_and_rises_with_its_dose(dose: Floats) -> None:
    effect = over(saturating)(np.sort(dose))
    assert in_unit_interval(effect)
    assert rising(effect)
    assert np.all(effect <= np.sort(dose))
