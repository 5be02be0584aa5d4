"""Columns describe themselves, copy themselves, and say when a value leaves its bounds."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from sim.model.kernel.columns import (
    FLAG,
    SMALL,
    WHOLE,
    Column,
    Columns,
    contact_column,
    customer_column,
    department_column,
    effect_column,
    employee_column,
    environment_column,
    executive_column,
    number,
    this_week,
)

CATS = (
    Column("cats", "identity", "Number of the cat.", "number", (-1, None), WHOLE),
    Column("cats", "asleep", "Whether it sleeps.", "yes or no", dtype=FLAG),
    Column("cats", "hunger", "Hunger."),
    Column("cats", "lives", "Lives left.", "lives", (0, 9), SMALL),
    Column("cats", "weight", "Weight.", "kg", (0.0, None)),
    Column("cats", "kittens", "Hungry kittens, two places a cat.", "kittens", (0, 1), WHOLE, width=2),
    Column("cats", "purring", "How loudly it purrs this week.", lasting=False),
)


def cats() -> Columns:
    return Columns(
        CATS,
        {
            "identity": np.arange(3),
            "asleep": np.array([True, False, True]),
            "hunger": np.array([0.0, 0.5, 1.0]),
            "lives": np.array([9, 0, 7], dtype=np.int16),
            "weight": np.array([4.0, np.inf, 0.0]),
            "kittens": np.zeros((3, 2), dtype=np.int64),
            "purring": np.array([0.0, 7.0, np.nan]),
        },
    )


def test_columns_describe_themselves_in_order() -> None:
    described = cats().described()
    assert list(described) == ["identity", "asleep", "hunger", "lives", "weight", "kittens"]
    assert (described["hunger"].unit, described["hunger"].low, described["hunger"].high) == ("index", 0.0, 1.0)
    assert (described["weight"].low, described["weight"].high) == (0.0, None)
    assert described["lives"].meaning == "Lives left."


def test_length_is_the_number_of_positions() -> None:
    assert len(cats()) == 3


def test_a_copy_is_independent_in_both_directions() -> None:
    original = cats()
    copied = original.copy()
    assert isinstance(copied, Columns)
    for name in cats().described():
        assert not np.shares_memory(getattr(original, name), getattr(copied, name)), name
    copied.hunger[0] = 0.9
    original.lives[1] = 3
    assert original.hunger[0] == 0.0
    assert copied.lives[1] == 0


def test_columns_travel() -> None:
    arrived = pickle.loads(pickle.dumps(cats()))
    for name in cats().described():
        np.testing.assert_array_equal(getattr(arrived, name), getattr(cats(), name))


def test_values_at_their_bounds_and_infinite_ones_without_bound_are_fine() -> None:
    assert cats().violations() == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("hunger", np.nan, "cats.hunger has values that are not numbers"),
        ("hunger", np.nextafter(1.0, 2.0), "cats.hunger rises to 1, above 1"),
        ("hunger", -0.25, "cats.hunger falls to -0.25, below 0"),
        ("lives", 10, "cats.lives rises to 10, above 9"),
        ("identity", -2, "cats.identity falls to -2, below -1"),
        ("weight", -np.inf, "cats.weight falls to -inf, below 0"),
        ("weight", np.nan, "cats.weight has values that are not numbers"),
        ("kittens", 2, "cats.kittens rises to 2, above 1"),
    ],
)
def test_what_leaves_its_bounds_is_named(name: str, value: float, words: str) -> None:
    bad = cats()
    getattr(bad, name)[1] = value
    assert bad.violations() == [words]


def test_every_fault_is_named_at_once() -> None:
    bad = cats()
    bad.hunger[0] = -1.0
    bad.lives[0] = 99
    assert len(bad.violations()) == 2


def test_nobody_breaks_no_rule() -> None:
    nobody = Columns(CATS, {name: getattr(cats(), name)[:0] for name in cats().declared})
    assert len(nobody) == 0
    assert nobody.violations() == []


def test_what_is_written_anew_every_week_is_no_state() -> None:
    assert list(cats().declared) == [*cats().described(), "purring"]
    assert len(cats().arrays()) == len(CATS)


def test_what_is_assigned_is_copied_into_the_array_in_place() -> None:
    held = cats()
    hunger, mine = held.hunger, np.array([0.1, 0.2, 0.3])
    held.hunger = mine
    assert held.hunger is hunger and hunger.tolist() == [0.1, 0.2, 0.3]
    mine[0] = 0.9
    assert hunger[0] == 0.1
    held.lives = 4
    assert held.lives.tolist() == [4, 4, 4] and held.lives.dtype == np.int16
    with pytest.raises(ValueError, match="broadcast"):
        held.hunger = np.zeros(2)


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    words = "there is no column claws. The columns are identity, asleep, hunger, lives, weight, kittens, purring."
    with pytest.raises(AttributeError, match=words):
        _ = cats().claws
    with pytest.raises(AttributeError, match=words):
        cats().claws = 1.0


def test_another_array_takes_the_place_where_the_length_is_not_settled() -> None:
    held = cats()
    held.replace("lives", np.array([1.0, 2.0]))
    assert held.lives.tolist() == [1, 2] and held.lives.dtype == np.int16
    assert held.lives.flags.c_contiguous


def test_equal_columns_hold_the_same_missing_values_included() -> None:
    other = cats()
    assert cats() == other
    other.purring[0] = 0.5
    assert cats() != other
    assert cats() != "cats"
    with pytest.raises(TypeError, match="unhashable"):
        hash(cats())


def test_a_copy_keeps_the_order_in_memory() -> None:
    held = cats()
    held.kittens[1, 0] = 1
    by_column = Columns(
        CATS, {**{name: getattr(held, name) for name in held.declared}, "kittens": np.zeros((3, 2), order="F")}
    )
    assert by_column.copy().kittens.flags.f_contiguous


@pytest.mark.parametrize(
    ("declare", "table"),
    [
        (employee_column, "employees"),
        (customer_column, "customers"),
        (department_column, "departments"),
        (executive_column, "executives"),
        (environment_column, "environment"),
        (contact_column, "contacts"),
    ],
)
def test_a_column_is_a_share_that_newcomers_begin_at_0_unless_told_otherwise(declare: object, table: str) -> None:
    column = declare("zeal", "How eager.")  # type: ignore[operator]
    assert (column.table, column.name, column.meaning, column.unit) == (table, "zeal", "How eager.", "index")
    assert (column.low, column.high, column.newcomer, column.initial, column.width) == (0.0, 1.0, 0.0, None, 0)
    assert column.lasting == (table != "contacts")
    assert column.dtype == np.float64


def test_only_lists_that_are_found_later_have_no_fixed_length() -> None:
    assert not environment_column("ponds", "Ponds.").has_fixed_length
    storms = effect_column("storms", "Storms.")
    assert storms.has_fixed_length and (storms.rows, storms.width) == ("events", 2)
    assert employee_column("zeal", "How eager.").has_fixed_length
    assert environment_column("needs", "Needs.", rows="needs.dimensions").has_fixed_length


def test_numbers_last_or_begin_every_week_anew() -> None:
    lasting, weekly = number("mood", "Mood.", start=0.5), this_week("rain", "Rain.", "mm")
    assert (lasting.weekly, lasting.start, weekly.weekly, weekly.start, weekly.unit) == (False, 0.5, True, 0.0, "mm")
