"""Rules put together: as they are or compiled, with the model's own functions or others in their place."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.kernel.linking import Linker, name_of, names_in
from sim.model.kernel.time_constants import closed_in_a_week
from sim.model.mechanisms import energy, lifetime, standard

OURS = frozenset({__name__})
_SHARE = st.floats(0.0, 1.0)


def doubled(value: float) -> float:
    """A rule."""
    return 2.0 * value


def served(value: float) -> float:
    """A rule that calls another."""
    return doubled(value) + 1.0


def twice(value: float) -> float:
    """A rule that calls one that calls another."""
    return served(served(value))


def tripled(value: float) -> float:
    """A rival of :func:`doubled`."""
    return 3.0 * value


class Customers(NamedTuple):
    """A record with columns that are called as rules are."""

    served: Any
    depth: Any


def depth(customers: Customers) -> float:
    """A step whose name is that of a column which it reads, as is the name of a rule that it does not call."""
    return float(customers.depth[0] + customers.served[0])


def nested(values: list[float]) -> list[float]:
    """A rule that is called in a function inside."""

    def inside(value: float) -> float:
        return doubled(value) - 1.0

    return [inside(value) for value in values]


def call(function: Any) -> Any:
    """A linked function is a part of compiled loops, so something compiled must call it."""

    def outer(*given: Any) -> Any:
        return function(*given)

    return numba.njit(error_model="numpy")(outer)


def test_a_function_is_known_by_its_file_and_name() -> None:
    assert name_of(energy.energy_after_week) == "energy.energy_after_week"
    assert name_of(closed_in_a_week) == "time_constants.closed_in_a_week"


@pytest.mark.parametrize("compiled", [False, True])
def test_another_function_takes_the_place_wherever_it_is_called(compiled: bool) -> None:
    own, other = (
        Linker(compiled, replacements, OURS).link(twice) for replacements in ({}, {name_of(doubled): tripled})
    )
    if compiled:
        own, other = call(own), call(other)
    assert own(1.0) == 7.0
    assert other(1.0) == 13.0
    assert twice(1.0) == 7.0, "what the module holds is not changed"


def test_the_function_asked_for_can_itself_be_replaced() -> None:
    assert Linker(False, {name_of(served): tripled}, OURS).link(served) is not served
    assert Linker(False, {name_of(served): tripled}, OURS).link(served)(2.0) == 6.0


def test_a_function_is_linked_once() -> None:
    linker = Linker(False, None, OURS)
    assert linker.link(served) is linker.link(served)
    assert linker.link(twice).__globals__["served"] is linker.link(served)
    assert linker.link(served) is not Linker(False, None, OURS).link(served), "another linker has its own"


def test_what_is_not_ours_is_left_alone() -> None:
    assert Linker(False).prepared(twice).__globals__["served"] is served
    assert Linker(False, None, OURS).prepared(twice).__globals__["served"] is not served
    assert Linker(False).prepared(standard.erode_standard).__globals__["power"] is not standard.power


def test_attributes_are_no_globals_even_of_the_same_name() -> None:
    assert names_in(depth.__code__) == {"float"}
    assert names_in(twice.__code__) == {"served"}


@pytest.mark.parametrize("compiled", [False, True])
def test_a_column_with_the_name_of_its_step_or_of_a_rule_is_just_a_column(compiled: bool) -> None:
    """If it were taken for the global of that name, linking the step would link the step, and so on without end."""
    linked = Linker(compiled, {name_of(served): tripled}, OURS).link(depth)
    assert linked is not None
    run = call(linked) if compiled else linked
    assert run(Customers(np.array([0.25]), np.array([0.5]))) == 0.75
    assert linked is not depth


def test_names_inside_functions_inside_are_seen() -> None:
    assert "doubled" in names_in(nested.__code__)
    assert Linker(False, {name_of(doubled): tripled}, OURS).link(nested)([1.0, 2.0]) == [2.0, 5.0]


def test_a_prepared_function_keeps_its_name_and_defaults() -> None:
    def with_default(value: float, factor: float = 4.0) -> float:
        return value * factor

    prepared = Linker(False, None, OURS).prepared(with_default)
    assert prepared(2.0) == 8.0
    assert (prepared.__name__, prepared.__module__) == ("with_default", __name__)
    assert prepared.__qualname__ == with_default.__qualname__


_spend = Linker(compiled=True).link(energy.energy_after_week)


@numba.njit(error_model="numpy")
def _spend_one(level: float, pressure: float, relief: float) -> float:
    return _spend(level, pressure, relief, 0.05, 0.2, 2.5, 0.5, 0.01)


@given(_SHARE, st.floats(0.05, 5.0), _SHARE)
def test_a_compiled_rule_gives_the_bits_of_the_plain_one(level: float, pressure: float, relief: float) -> None:
    assert _spend_one(level, pressure, relief) == energy.energy_after_week(
        level, pressure, relief, 0.05, 0.2, 2.5, 0.5, 0.01
    )


_erode = Linker(compiled=True).link(standard.erode_standard)


@numba.njit(error_model="numpy")
def _erode_one(level: float, pressure: float) -> tuple[float, float]:
    return _erode(level, pressure, -0.6, 20.0, np.inf, 0.1)


@given(st.floats(0.2, 2.0), st.floats(0.0, 5.0))
def test_a_function_of_two_results_and_choices(level: float, pressure: float) -> None:
    with np.errstate(all="ignore"):
        plain = standard.erode_standard(level, pressure, -0.6, 20.0, np.inf, 0.1)
    assert np.array_equal(_erode_one(level, pressure), plain, equal_nan=True)


_leaving = Linker(compiled=True).link(lifetime.leaving_probability)


@numba.njit(error_model="numpy")
def _leaving_one(hazard: float, deviation: float) -> float:
    return _leaving(hazard, deviation, 0.7)


@given(st.one_of(st.just(0.0), st.just(1.0), _SHARE), st.floats(-1e6, 1e6))
def test_a_function_with_cases_to_choose_from(hazard: float, deviation: float) -> None:
    with np.errstate(all="ignore"):
        plain = lifetime.leaving_probability(hazard, deviation, 0.7)
    assert _leaving_one(hazard, deviation) == plain


def test_plain_functions_can_be_given_anything() -> None:
    linked = Linker(False, None, OURS).link(depth)
    assert linked(SimpleNamespace(depth=[1.0], served=[math.pi])) == 1.0 + math.pi
