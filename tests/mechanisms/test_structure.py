"""Organizing by customer: less is lost in between, and more has to be agreed on."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, same_bits, vectors

from sim.model.mechanisms import structure as mechanism

rules = on_arrays(mechanism)


@given(vectors(), SHARES, legal("structure.alignment"))
def test_alignment_helps_where_something_is_lost(served: Floats, by_customer: float, alignment: float) -> None:
    aligned = rules.reduce_loss(served, by_customer, alignment)
    assert in_unit_interval(np.minimum(aligned, 1.0)) and (aligned <= 1.0 + 1e-15).all() and (aligned >= served).all()
    assert same_bits(rules.reduce_loss(served, 0.0, alignment), served)


def test_cost_by_hand() -> None:
    assert rules.coordination_cost(100, 0.5, 20.0) == 1000.0
    assert rules.coordination_cost(100, 0.0, 20.0) == 0.0
    assert rules.reduce_loss(np.array([0.5]), 1.0, 0.2).tolist() == [0.55]
