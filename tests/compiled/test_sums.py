"""Sums over everybody in compiled loops, against plain ones."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sim.compiled import sums


@numba.njit
def _sums(there, values, lanes):
    return (
        sums.sum_where(there, values, lanes),
        sums.sum_of(values, lanes),
        sums.mean_where(there, values, lanes),
        sums.count_of(there),
    )


@st.composite
def _people(draw):
    size = draw(st.integers(0, 3 * sums.LANES + 1))
    values = draw(st.lists(st.floats(-1e9, 1e9), min_size=size, max_size=size))
    there = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return np.array(there, dtype=bool), np.array(values, dtype=float)


@given(_people())
def test_sums_are_those_of_all_who_are_there(people):
    there, values = people
    some, everything, mean, count = _sums(there, values, np.full(sums.LANES, np.nan))
    scale = np.abs(values).sum()
    assert some == pytest.approx(math.fsum(values[there]), abs=1e-13 * scale + 1e-300)
    assert everything == pytest.approx(math.fsum(values), abs=1e-13 * scale + 1e-300)
    assert count == there.sum()
    assert math.isnan(mean) if count == 0 else mean == some / count


def test_who_is_not_there_may_be_no_number():
    there, values = np.array([True, False, False]), np.array([2.0, np.nan, np.inf])
    assert _sums(there, values, np.zeros(sums.LANES))[0] == 2.0


@numba.njit
def _positions(flags, positions):
    return sums.positions_of(flags, positions)


@given(st.lists(st.booleans(), max_size=70))
def test_positions_are_those_of_true_flags_in_order(flags):
    flags = np.array(flags, dtype=bool)
    positions = np.full(flags.size, -1)
    count = _positions(flags, positions)
    assert positions[:count].tolist() == np.flatnonzero(flags).tolist()


@numba.njit
def _by_department(there, department, values, heads, total):
    sums.heads_by_department(there, department, heads)
    sums.by_department(there, department, values, total)


def test_departments_are_added_up_apart():
    there, department = np.array([True, True, False, True]), np.array([1, 0, 1, 1])
    heads, total = np.full(3, 9.0), np.full(3, 9.0)
    _by_department(there, department, np.array([0.5, 2.0, np.nan, 0.25]), heads, total)
    assert heads.tolist() == [1.0, 2.0, 0.0]
    assert total.tolist() == [2.0, 0.75, 0.0]
