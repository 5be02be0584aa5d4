"""Executives choose their place between talk and work."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARES

from sim.mechanisms.place import turned_to_talk

HORIZONS = st.floats(4.0, 2600.0)


@given(SHARES, SHARES, HORIZONS, st.floats(0.0, 1040.0), SHARES)
def test_what_is_turned_is_a_share(
    decoupling: float, power: float, horizon: float, payback: float, poor: float
) -> None:
    turned = turned_to_talk(decoupling, power, horizon, payback, poor)
    assert 0.0 <= turned <= decoupling
    assert turned_to_talk(0.0, power, horizon, payback, poor) == 0.0


def test_power_impatience_and_poor_results_each_do_it() -> None:
    assert turned_to_talk(1.0, 0.0, 52.0, 104.0, 0.0) == 0.0
    assert turned_to_talk(1.0, 1.0, 52.0, 104.0, 0.0) == pytest.approx(1.0 - math.exp(-2.0))
    assert turned_to_talk(1.0, 0.0, 52.0, 104.0, 0.4) == pytest.approx(0.4)
    assert turned_to_talk(1.0, 1.0, 52.0, 0.0, 0.0) == 0.0, "work that pays at once is done"


@given(SHARES, HORIZONS, HORIZONS)
def test_who_looks_further_ahead_turns_less(power: float, one: float, other: float) -> None:
    near, far = sorted((one, other))
    assert turned_to_talk(1.0, power, far, 104.0, 0.1) <= turned_to_talk(1.0, power, near, 104.0, 0.1)
