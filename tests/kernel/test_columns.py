"""Columns describe themselves, copy themselves, and say when a value leaves its bounds."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.kernel.columns import Columns, column, share


@dataclass
class Cats(Columns):
    identity: IntArray = column("Number of the cat.", "number", -1)
    asleep: BoolArray = column("Whether it sleeps.", "yes or no")
    hunger: FloatArray = share("Hunger.")
    lives: IntArray = column("Lives left.", "lives", 0, 9)
    weight: FloatArray = column("Weight.", "kg", 0.0)
    kittens: IntArray = column("Hungry kittens, two places a cat.", "kittens", 0, 1)


def cats() -> Cats:
    return Cats(
        identity=np.arange(3),
        asleep=np.array([True, False, True]),
        hunger=np.array([0.0, 0.5, 1.0]),
        lives=np.array([9, 0, 7]),
        weight=np.array([4.0, np.inf, 0.0]),
        kittens=np.zeros((3, 2), dtype=np.int64),
    )


def test_columns_describe_themselves_in_order() -> None:
    described = Cats.described()
    assert list(described) == ["identity", "asleep", "hunger", "lives", "weight", "kittens"]
    assert (described["hunger"].unit, described["hunger"].low, described["hunger"].high) == ("index", 0.0, 1.0)
    assert (described["weight"].low, described["weight"].high) == (0.0, None)
    assert described["lives"].meaning == "Lives left."


def test_length_is_the_number_of_positions() -> None:
    assert len(cats()) == 3


def test_a_copy_is_independent_in_both_directions() -> None:
    original = cats()
    copied = original.copy()
    assert isinstance(copied, Cats)
    for name in Cats.described():
        assert not np.shares_memory(getattr(original, name), getattr(copied, name)), name
    copied.hunger[0] = 0.9
    original.lives[1] = 3
    assert original.hunger[0] == 0.0
    assert copied.lives[1] == 0


def test_columns_travel() -> None:
    arrived = pickle.loads(pickle.dumps(cats()))
    for name in Cats.described():
        np.testing.assert_array_equal(getattr(arrived, name), getattr(cats(), name))


def test_values_at_their_bounds_and_infinite_ones_without_bound_are_fine() -> None:
    assert cats().violations() == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("hunger", np.nan, "Cats.hunger has values that are not numbers"),
        ("hunger", np.nextafter(1.0, 2.0), "Cats.hunger rises to 1, above 1"),
        ("hunger", -0.25, "Cats.hunger falls to -0.25, below 0"),
        ("lives", 10, "Cats.lives rises to 10, above 9"),
        ("identity", -2, "Cats.identity falls to -2, below -1"),
        ("weight", -np.inf, "Cats.weight falls to -inf, below 0"),
        ("weight", np.nan, "Cats.weight has values that are not numbers"),
        ("kittens", 2, "Cats.kittens rises to 2, above 1"),
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
    nobody = Cats(**{name: getattr(cats(), name)[:0] for name in Cats.described()})
    assert len(nobody) == 0
    assert nobody.violations() == []
