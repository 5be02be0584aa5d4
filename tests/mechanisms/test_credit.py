"""Credit that goes to some makes others feel less important, and less gets through to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import defaults, on_arrays
from support import SHARES, Floats, in_unit_interval, same_bits, vectors

from sim.model.mechanisms import credit as mechanism

rules = on_arrays(mechanism)

SEATS = np.array([40.0, 15.0, 20.0, 10.0, 10.0, 5.0])
(ORDINARY,) = defaults("credit.ordinary")


def earned(facing: Floats, program: float, shared: float) -> Floats:
    """Credit of each department."""
    mean = float((facing * SEATS).sum() / SEATS.sum())
    return np.asarray(rules.credit_of_department(facing, mean, program, shared))


@given(vectors(), SHARES, SHARES)
def test_credit_is_a_zero_sum_game(facing: Floats, program: float, shared: float) -> None:
    credit = earned(facing, program, shared)
    assert (credit * SEATS).sum() == pytest.approx(0.0, abs=1e-9)
    assert not earned(facing, program, 1.0).any(), "shared by all, nobody stands out"
    assert not earned(facing, 0.0, shared).any(), "without a program there is no credit to take"


@given(vectors(), vectors(st.floats(-1.0, 1.0)), st.floats(1.0, 500.0))
def test_importance_is_a_share_and_stays_ordinary_without_credit(
    importance: Floats, credit: Floats, weeks: float
) -> None:
    assert in_unit_interval(rules.update_importance(importance, credit, weeks, ORDINARY))
    ordinary = np.full(6, ORDINARY)
    assert same_bits(rules.update_importance(ordinary, np.zeros(6), weeks, ORDINARY), ordinary)


@given(vectors(), SHARES)
def test_only_the_slighted_stop_listening(importance: Floats, threat: float) -> None:
    through = rules.reception_under_threat(importance, threat, ORDINARY)
    assert in_unit_interval(through)
    assert np.all(through[importance >= ORDINARY] == 1.0)
    assert np.all(rules.reception_under_threat(importance, 0.0, ORDINARY) == 1.0)
    assert rules.reception_under_threat(np.zeros(1), threat, ORDINARY)[0] == pytest.approx(1.0 - threat)
