"""Motive: who does not pay is served less where customers are means, and alike where they are ends."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.model.mechanisms import motive as mechanism

rules = on_arrays(mechanism)


def test_paying_by_hand() -> None:
    found = rules.payment_ratio(np.array([8.0, 4.0, 0.0, 1.0]), np.array([1.0, 2.0, 1.0, 0.0]), 4.0)
    assert found.tolist() == [1.0, 0.5, 0.0, 1.0]


@given(vectors(), vectors(), legal("motive.hurdle"))
def test_paying_is_a_share_that_rises_with_worth(worth: Floats, cost: Floats, hurdle: float) -> None:
    assert in_unit_interval(rules.payment_ratio(worth, cost, hurdle))
    assert rising(rules.payment_ratio(np.sort(worth), np.full(worth.size, 0.3), hurdle))


@given(vectors(), vectors(), SHARES, legal("motive.cut"))
def test_only_where_it_stops_paying_motives_part(served: Floats, paying: Floats, means: float, cut: float) -> None:
    given = rules.service_by_payment(served, paying, means, cut)
    assert in_unit_interval(given) and (given <= served).all()
    assert same_bits(rules.service_by_payment(served, np.ones(served.size), means, cut), served)
    assert same_bits(rules.service_by_payment(served, paying, 0.0, cut), served), "ends: by need alone"
