"""Arrears: dunning brings money in and costs goodwill."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, vectors

from sim.model.mechanisms import dues as mechanism

rules = on_arrays(mechanism)

FLAGS = st.lists(st.booleans(), min_size=6, max_size=6).map(np.array)


@given(legal("dues.payment"), legal("dues.collection"))
def test_harder_dunning_makes_more_people_pay(payment: float, collection: float) -> None:
    chances = [rules.payment_probability(dunning, payment, collection) for dunning in (0.0, 0.3, 0.7, 1.0)]
    assert rising(chances) and in_unit_interval(chances)
    assert chances[0] == pytest.approx(payment, abs=1e-15)


@given(vectors(st.floats(0.0, 100.0)), FLAGS, vectors(st.floats(0.0, 10.0)))
def test_only_those_behind_owe_more(arrears: Floats, behind: np.ndarray, margin: Floats) -> None:
    after = rules.arrears_after_week(arrears, behind, margin)
    assert np.array_equal(after[behind], (arrears + margin)[behind]) and np.array_equal(
        after[~behind], arrears[~behind]
    )


@given(vectors(), FLAGS, SHARES, legal("dues.harshness"))
def test_only_the_dunned_resent_it(feeling: Floats, dunned: np.ndarray, dunning: float, harshness: float) -> None:
    after = rules.feeling_after_dunning(feeling, dunned, dunning, harshness)
    assert in_unit_interval(after) and np.array_equal(after[~dunned], feeling[~dunned]) and (after <= feeling).all()


def test_half_as_hard_costs_a_quarter() -> None:
    lost = [
        1.0 - rules.feeling_after_dunning(np.ones(1), np.ones(1, np.bool_), dunning, 0.4)[0] for dunning in (0.5, 1.0)
    ]
    assert lost == pytest.approx([0.1, 0.4])
