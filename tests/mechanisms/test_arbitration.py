"""How conflicts end when customers do not let them rest."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, same_bits, vectors

from sim.model.kernel.parameters import choice_code
from sim.model.mechanisms import arbitration as mechanism

rules = on_arrays(mechanism)

HIERARCHY = choice_code(mechanism.PARAMETERS, "arbitration.rule", "hierarchy")

MONEY = st.floats(0.0, 1e6)
GAIN, COST = np.array([10.0, 10.0, 10.0, 10.0]), np.array([5.0, 5.0, 20.0, 20.0])
CONCEDED = np.array([True, False, True, False])
FIRST = np.zeros(4)


def test_the_hierarchy_changes_nothing() -> None:
    assert same_bits(rules.arbitrate(CONCEDED, GAIN, COST, FIRST, HIERARCHY, 1.0, 1.0), CONCEDED)


def test_an_ombudsman_hears_the_refused_and_weighs_both_sides_alike() -> None:
    assert rules.arbitrate(CONCEDED, GAIN, COST, FIRST, rules.OMBUDSMAN, 1.0, 1.0).tolist() == [True, True, True, False]


def test_a_contract_decides_what_it_foresees_for_either_side() -> None:
    assert rules.arbitrate(CONCEDED, GAIN, COST, FIRST, rules.CONTRACT, 1.0, 1.0).tolist() == [True, True, False, False]
    assert same_bits(rules.arbitrate(CONCEDED, GAIN, COST, FIRST, rules.CONTRACT, 1.0, 0.0), CONCEDED)


@given(vectors(MONEY), vectors(MONEY), vectors(st.floats(0.0, 0.999)), SHARES)
def test_appeals_never_cost_a_customer_anything(gain: Floats, cost: Floats, draw: Floats, appeals: float) -> None:
    conceded = gain > 2.0 * cost
    heard = rules.arbitrate(conceded, gain, cost, draw, rules.OMBUDSMAN, appeals, 0.0)
    assert np.all(heard | ~conceded)
    assert same_bits(rules.arbitrate(conceded, gain, cost, draw, rules.OMBUDSMAN, 0.0, 0.0), conceded)
