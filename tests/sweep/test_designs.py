"""Designs: their shapes, and the properties that make each of them what it is."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lab.sweep.designs import Rows, count_rows, list_rows, value_at
from sim.lab.sweep.experiment import Design, Factor
from sim.model.kernel.parameters import ParameterKind
from sim.model.scenario import ScenarioError


def number(name: str, low: float = 0.0, high: float = 1.0, base: float = 0.5, log: bool = False) -> Factor:
    """A factor of numbers."""
    return Factor(name, "uncertainty", "number", low, high, (), log, base, "1", "", name)


def whole(name: str, low: float, high: float, base: int) -> Factor:
    """A factor of whole numbers."""
    return Factor(name, "uncertainty", "integer", low, high, (), False, base, "1", "", name)


def words(name: str, *values: Any) -> Factor:
    """A factor with values of its own; the first is the base."""
    kind: ParameterKind = "switch" if isinstance(values[0], bool) else "choice"
    return Factor(name, "uncertainty", kind, None, None, values, False, values[0], "1", "", name)


def rows(kind: str, *over: Factor, points: tuple[Mapping[str, Any], ...] = (), **options: Any) -> Rows:
    """The rows of a design over some factors; their number is checked on the way."""
    factors = {factor.name: factor for factor in over}
    design = Design("d", kind, tuple(factors), (), (), options, points, seed=7)
    laid_out = list_rows(design, factors)
    assert laid_out.number == count_rows(design, factors)
    assert all(len(column) == laid_out.number for column in laid_out.values.values())
    return laid_out


def test_a_grid_is_every_combination() -> None:
    grid = rows("grid", number("a", 0.0, 1.0), words("b", "x", "y"), whole("c", 1, 9, 2), levels={"a": 2, "c": 3})
    combinations = set(zip(grid.values["a"], grid.values["b"], grid.values["c"], strict=True))
    assert len(combinations) == 12 == grid.number
    assert set(grid.values["a"]) == {0.0, 1.0}
    assert set(grid.values["c"]) == {1, 5, 9}


def test_levels_of_a_grid_are_spaced_by_differences_or_by_factors() -> None:
    assert list(rows("grid", number("a", 1.0, 100.0), levels=3).values["a"]) == [1.0, 50.5, 100.0]
    assert list(rows("grid", number("a", 1.0, 100.0, log=True), levels=3).values["a"]) == [1.0, 10.0, 100.0]
    assert list(rows("grid", number("a", 1.0, 3.0), levels=1).values["a"]) == [2.0]
    assert list(rows("grid", whole("c", 1, 3, 2), levels=9).values["c"]) == [1, 2, 3]  # no value twice


def test_a_list_says_what_it_says_and_leaves_the_rest_at_its_base() -> None:
    listed = rows("list", number("a"), words("b", True, False), points=({"a": 0.9, "label": "one"}, {"b": False}))
    assert list(listed.values["a"]) == [0.9, 0.5]
    assert list(listed.values["b"]) == [True, False]
    assert listed.labels == ("one", "")


def test_one_at_a_time_moves_each_alone() -> None:
    moved = rows("one-at-a-time", number("a", 0.0, 1.0), words("b", "x", "y", "z"))
    assert moved.labels == ("base", "a low", "a high", "b = y", "b = z")
    assert list(moved.values["a"]) == [0.5, 0.0, 1.0, 0.5, 0.5]
    assert list(moved.values["b"]) == ["x", "x", "x", "y", "z"]


@given(n=st.integers(1, 60), factors=st.integers(1, 5))
def test_a_latin_hypercube_uses_each_part_of_each_dimension_once(n: int, factors: int) -> None:
    drawn = rows("latin-hypercube", *(number(f"x{index}") for index in range(factors)), number=n)
    assert drawn.unit is not None
    parts = np.sort(np.floor(drawn.unit * n).astype(int), axis=0)
    assert (parts == np.arange(n)[:, np.newaxis]).all()


def test_designs_are_the_same_every_time_and_differ_by_seed() -> None:
    every: tuple[tuple[str, dict[str, Any]], ...] = (
        ("latin-hypercube", {"number": 8}),
        ("sobol", {"number": 8, "second_order": True}),
        ("morris", {"trajectories": 4, "levels": 4}),
    )
    for kind, options in every:
        first, again = (rows(kind, number("a"), number("b"), **options) for _ in range(2))
        assert np.array_equal(first.unit, again.unit)  # type: ignore[arg-type]
        factors = {name: number(name) for name in "ab"}
        other = list_rows(Design("d", kind, ("a", "b"), (), (), options, seed=8), factors)
        assert not np.array_equal(first.unit, other.unit)  # type: ignore[arg-type]


@pytest.mark.parametrize("second_order", [False, True])
def test_sobol_blocks_exchange_one_column_at_a_time(second_order: bool) -> None:
    drawn = rows("sobol", *(number(name) for name in "abc"), number=8, second_order=second_order)
    assert drawn.unit is not None
    size = 8 if second_order else 5
    assert drawn.number == 8 * size
    for block in drawn.unit.reshape(8, size, 3):
        first, last = block[0], block[-1]
        for column in range(3):
            expected = first.copy()
            expected[column] = last[column]
            assert np.array_equal(block[1 + column], expected)


def test_sobol_indices_of_a_known_function_come_out_right() -> None:
    from SALib.analyze import sobol

    names = ["a", "b", "c"]
    drawn = rows("sobol", *(number(name, -np.pi, np.pi) for name in names), number=1024, second_order=False)
    a, b, c = (drawn.values[name].astype(float) for name in names)
    ishigami = np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)
    problem = {"num_vars": 3, "names": names, "bounds": [[0.0, 1.0]] * 3}
    found = sobol.analyze(problem, ishigami, calc_second_order=False, seed=1)
    for index, (first, total) in enumerate(((0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437))):
        assert abs(found["S1"][index] - first) < 2 * found["S1_conf"][index] + 0.01
        assert abs(found["ST"][index] - total) < 2 * found["ST_conf"][index] + 0.01


def test_morris_moves_one_dimension_a_step_and_gives_the_known_effects() -> None:
    from SALib.analyze import morris

    drawn = rows("morris", *(number(name) for name in "abc"), trajectories=10, levels=4)
    assert drawn.unit is not None
    for path in drawn.unit.reshape(10, 4, 3):
        assert ((np.diff(path, axis=0) != 0).sum(axis=1) == 1).all()
    a, b, c = drawn.unit.T
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0.0, 1.0]] * 3}
    found = morris.analyze(problem, drawn.unit, 3.0 * a - 2.0 * b + 0.0 * c, num_levels=4, seed=1)
    assert np.allclose(found["mu"], [3.0, -2.0, 0.0])
    assert np.allclose(found["sigma"], 0.0, atol=1e-9)


@given(position=st.floats(0.0, 1.0), low=st.floats(-1e6, 1e6), width=st.floats(1e-3, 1e6))
def test_numbers_stay_in_their_range(position: float, low: float, width: float) -> None:
    factor = number("a", low, low + width)
    (value,) = value_at(factor, np.array([position]))
    assert low <= value <= low + width


@given(position=st.floats(0.0, 1.0), low=st.integers(-20, 20), width=st.integers(1, 30))
def test_whole_numbers_are_whole_and_get_equal_parts(position: float, low: int, width: int) -> None:
    factor = whole("a", low, low + width, low)
    (value,) = value_at(factor, np.array([position]))
    assert value == int(value)
    assert low <= value <= low + width
    middles = (np.arange(width + 1) + 0.5) / (width + 1)
    assert list(value_at(factor, middles)) == list(range(low, low + width + 1))


@given(position=st.floats(0.0, 1.0), count=st.integers(1, 7))
def test_words_get_equal_parts(position: float, count: int) -> None:
    factor = words("a", *(f"w{index}" for index in range(count)))
    assert value_at(factor, np.array([position]))[0] in factor.values
    assert list(value_at(factor, (np.arange(count) + 0.5) / count)) == list(factor.values)


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_where_a_package_is_missing_the_message_says_what_to_install(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, f"SALib.sample.{kind}", None)
    options: dict[str, Any] = {"number": 8, "second_order": False, "trajectories": 4, "levels": 4}
    with pytest.raises(ScenarioError, match=r'needs the package SALib.*pip install "centricity\[lab\]"'):
        rows(kind, number("a"), number("b"), **options)
