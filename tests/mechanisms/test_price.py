"""A premium over the market's price: what it brings, whom it loses, and who bears it."""

from __future__ import annotations

import math

import pytest
from support import run, tiny

from sim.model.mechanisms import price as mechanism


def test_a_premium_by_hand() -> None:
    assert mechanism.response_to_premium(0.1, 0.0, 1.3, 0.5) == pytest.approx(0.13)
    assert mechanism.response_to_premium(0.1, 2.0, 1.3, 0.5) == pytest.approx(0.13 * math.exp(-1.0))
    assert mechanism.response_to_premium(-0.1, 0.0, 1.3, 0.5) == pytest.approx(-0.13)
    assert mechanism.margin_with_premium(0.1, 0.5) == pytest.approx(1.2)
    assert mechanism.coming_at_premium(0.1, 1.3) == pytest.approx(math.exp(-0.13))


def test_a_premium_brings_more_at_once_and_loses_customers_later() -> None:
    size = {"customers.initial": 300, "customers.market": 400, "price.sensitivity": 10.0}
    without, dear = run(tiny(size), weeks=60).weekly, run(tiny({**size, "price.premium": 0.2}), weeks=60).weekly
    assert dear["revenue"].iloc[0] > without["revenue"].iloc[0]
    assert dear["active_customers"].iloc[-1] < without["active_customers"].iloc[-1]
