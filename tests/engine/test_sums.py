"""Sums over everybody in loops, compiled and plain, against those of the standard library and of NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.linking import Linker
from sim.model.kernel.sums import (
    PARTIAL_SUM_COUNT,
    count_of,
    headcount_by_department,
    mean_where,
    positions_of,
    rank,
    sum_by_department,
    sum_of,
    sum_where,
)

Ways = list[Callable[..., Any]]


def both_ways(function: Callable[..., Any]) -> Ways:
    """A function as plain Python, and compiled with what it calls."""
    return [function, numba.njit(error_model="numpy")(Linker(compiled=True).prepared(function))]


def _sums_of(there: Any, values: Any, partial_sums: Any) -> tuple[float, float, float, int]:
    return (
        sum_where(there, values, partial_sums),
        sum_of(values, partial_sums),
        mean_where(there, values, partial_sums),
        count_of(there),
    )


SUMS = both_ways(_sums_of)


@st.composite
def _people(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    size = draw(st.integers(0, 3 * PARTIAL_SUM_COUNT + 1))
    values = draw(st.lists(st.floats(-1e9, 1e9), min_size=size, max_size=size))
    there = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return np.array(there, dtype=bool), np.array(values, dtype=float)


@pytest.mark.parametrize("sums", SUMS, ids=["plain", "compiled"])
@given(people=_people())
def test_sums_are_those_of_all_who_are_there(sums: Callable[..., Any], people: tuple[np.ndarray, np.ndarray]) -> None:
    there, values = people
    some, everything, mean, count = sums(there, values, np.full(PARTIAL_SUM_COUNT, np.nan))
    scale = np.abs(values).sum()
    assert some == pytest.approx(math.fsum(values[there]), abs=1e-13 * scale + 1e-300)
    assert everything == pytest.approx(math.fsum(values), abs=1e-13 * scale + 1e-300)
    assert count == there.sum()
    assert math.isnan(mean) if count == 0 else mean == some / count


@given(_people())
def test_plain_and_compiled_sums_are_the_same_to_the_last_bit(people: tuple[np.ndarray, np.ndarray]) -> None:
    plain, fast = (np.array(sums(*people, np.zeros(PARTIAL_SUM_COUNT)), dtype=float) for sums in SUMS)
    np.testing.assert_array_equal(plain, fast)


@pytest.mark.parametrize("sums", SUMS, ids=["plain", "compiled"])
def test_who_is_not_there_may_be_no_number(sums: Callable[..., Any]) -> None:
    there, values = np.array([True, False, False]), np.array([2.0, np.nan, np.inf])
    assert sums(there, values, np.zeros(PARTIAL_SUM_COUNT))[0] == 2.0


def _positions(flags: Any, positions: Any) -> int:
    return positions_of(flags, positions)


@pytest.mark.parametrize("find", both_ways(_positions), ids=["plain", "compiled"])
@given(listed=st.lists(st.booleans(), max_size=70))
def test_positions_are_those_of_true_flags_in_order(find: Callable[..., Any], listed: list[bool]) -> None:
    flags = np.array(listed, dtype=bool)
    positions = np.full(flags.size, -1)
    count = find(flags, positions)
    assert positions[:count].tolist() == np.flatnonzero(flags).tolist()


def _by_department(there: Any, department: Any, values: Any, heads: Any, total: Any) -> None:
    headcount_by_department(there, department, heads)
    sum_by_department(there, department, values, total)


@pytest.mark.parametrize("add_up", both_ways(_by_department), ids=["plain", "compiled"])
def test_departments_are_added_up_apart(add_up: Callable[..., Any]) -> None:
    there, department = np.array([True, True, False, True]), np.array([1, 0, 1, 1])
    heads, total = np.full(3, 9.0), np.full(3, 9.0)
    add_up(there, department, np.array([0.5, 2.0, np.nan, 0.25]), heads, total)
    assert heads.tolist() == [1.0, 2.0, 0.0]
    assert total.tolist() == [2.0, 0.75, 0.0]


def _rank(keys: Any, starts: Any, order: Any, count: int, limit: float) -> None:
    rank(keys, starts, order, count, limit)


@pytest.mark.parametrize("put_in_order", both_ways(_rank), ids=["plain", "compiled"])
@given(count=st.integers(0, 60), seed=st.integers(0, 2**32))
def test_those_who_meet_are_ranked_as_numpy_ranks_them(put_in_order: Callable[..., Any], count: int, seed: int) -> None:
    keys: FloatArray = np.round(np.random.default_rng(seed).random(max(count, 1)) * 0.25, 2)  # with ties
    order, starts = np.zeros(keys.size, dtype=np.int64), np.zeros(keys.size + 1, dtype=np.int64)
    put_in_order(keys, starts, order, count, 0.26)
    np.testing.assert_array_equal(order[:count], np.argsort(keys[:count], kind="stable"))
