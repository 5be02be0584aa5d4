"""The Pareto front by hand and against its definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.pareto import pareto_front, win_win


def test_the_front_by_hand() -> None:
    values = np.array([[1.0, 5.0], [2.0, 4.0], [2.0, 3.0], [0.0, 5.0], [3.0, 1.0], [np.nan, 9.0], [1.0, 5.0]])
    assert pareto_front(values).tolist() == [True, True, False, False, True, False, True]
    assert pareto_front(np.zeros((0, 2))).tolist() == []


POINTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12)


@given(POINTS)
def test_somebody_is_on_the_front_and_everyone_else_is_beaten_by_someone_on_it(points: list[tuple[int, int]]) -> None:
    values = np.array(points, dtype=np.float64)
    front = pareto_front(values)
    assert front.any()
    for point, best in zip(values, front, strict=True):
        beaten = [bool((other >= point).all() and (other > point).any()) for other in values[front]]
        assert any(beaten) == (not best)


def test_win_win_is_where_both_gain() -> None:
    found = win_win(np.array([1.0, 1.0, -1.0, np.nan]), np.array([1.0, -1.0, 1.0, 1.0]))
    assert found.mean == 1.0 / 3.0 and 0.0 < found.low < found.mean < found.high < 1.0
    assert np.isnan(win_win(np.array([np.nan]), np.array([1.0])).mean)
