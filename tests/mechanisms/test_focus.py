"""Focus: a promise helps those to whom it is made, and thins out service for all."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import Floats, in_unit_interval, legal, same_bits, vectors

from sim.model.mechanisms import focus as mechanism

rules = on_arrays(mechanism)


def test_segments_are_taken_up_one_after_the_other() -> None:
    position = np.arange(8)
    assert rules.segment_coverage(position, 2.0, 4).tolist() == [1.0, 1.0, 0.0, 0.0] * 2
    assert rules.segment_coverage(position, 1.25, 4).tolist() == [1.0, 0.25, 0.0, 0.0] * 2
    assert rules.segment_coverage(position, 9.0, 4).tolist() == [1.0] * 8


def test_service_by_segment_by_hand() -> None:
    served = rules.service_of_segment(np.array([0.5, 0.5]), np.array([1.0, 0.0]), 2.0, fit=0.6, dilution=0.1)
    np.testing.assert_allclose(served, [0.8 * np.exp(-0.4), 0.5 * np.exp(-0.4)], rtol=1e-14)


@given(vectors(), vectors(), st.floats(0.0, 10.0), legal("focus.fit"), legal("focus.dilution"))
def test_service_stays_a_share(served: Floats, reached: Floats, promised: float, fit: float, dilution: float) -> None:
    assert in_unit_interval(rules.service_of_segment(served, reached, promised, fit=fit, dilution=dilution))


@given(vectors(), legal("focus.fit"), legal("focus.dilution"))
def test_nothing_promised_changes_no_bit(served: Floats, fit: float, dilution: float) -> None:
    assert same_bits(rules.service_of_segment(served, np.zeros(served.size), 0.0, fit=fit, dilution=dilution), served)


@given(st.floats(0.2, 1.0), st.floats(0.003, 0.03))
def test_there_is_an_optimum_inside_the_range(fit: float, dilution: float) -> None:
    position = np.arange(8)
    total = [
        rules.service_of_segment(
            np.full(8, 0.45), rules.segment_coverage(position, n, 8), n, fit=fit, dilution=dilution
        ).sum()
        for n in np.arange(0.0, 11.0, 0.25)
    ]
    assert 0 < int(np.argmax(total)) < 40
