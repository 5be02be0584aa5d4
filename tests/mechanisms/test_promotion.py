"""Promotional contact: what it sells, whom it reaches, what it wears away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.model.mechanisms import promotion as mechanism

rules = on_arrays(mechanism)


@given(st.floats(1.01, 3.0))
def test_targeted_and_obtrusive_is_worse_than_either(interaction: float) -> None:
    both = rules.relative_appeal(1.0, 1.0, interaction)
    assert both < rules.relative_appeal(1.0, 0.0, interaction) == rules.relative_appeal(0.0, 1.0, interaction) == 2.0
    assert rules.relative_appeal(0.0, 0.0, interaction) == 1.0


@given(SHARES, SHARES, legal("promotion.interaction"))
def test_appeal_is_never_negative_and_intrusion_is_a_share(targeting: float, obtrusive: float, x: float) -> None:
    assert rules.relative_appeal(targeting, obtrusive, x) >= 0.0
    assert 0.0 < rules.intrusiveness(targeting, obtrusive) <= 1.0
    assert rules.intrusiveness(1.0, 1.0) == 1.0


def test_contacts_by_hand() -> None:
    agreed, blocked = np.array([True, False, False, True]), np.array([False, False, True, True])
    assert rules.contacts_received(3.0, 0.0, agreed, blocked).tolist() == [3.0, 3.0, 0.0, 0.0]
    assert rules.contacts_received(3.0, 1.0, agreed, blocked).tolist() == [3.0, 0.0, 0.0, 0.0]
    assert rules.contacts_received(3.0, 0.5, agreed, blocked).tolist() == [3.0, 1.5, 0.0, 0.0]


def test_the_irritated_buy_nothing_and_more_contacts_bring_ever_less() -> None:
    ones = np.ones(3)
    margin = rules.extra_margin(100.0 * ones, np.array([0.0, 1.0, 2.0]), 0.0 * ones, 0.1)
    np.testing.assert_allclose(margin, 10.0 * (1.0 - np.exp([0.0, -1.0, -2.0])), rtol=1e-14)
    assert np.diff(margin)[1] < np.diff(margin)[0]
    assert not rules.extra_margin(ones, ones, ones, 0.1).any()


@given(vectors(), vectors(st.floats(0.0, 7.0)), legal("promotion.reactance"), legal("promotion.irritation_weeks"))
def test_irritation_is_a_share_and_fades_when_left_alone(
    now: Floats, u: Floats, reactance: float, weeks: float
) -> None:
    after = rules.update_irritation(now, u, reactance, weeks)
    assert in_unit_interval(after)
    assert (rules.update_irritation(now, 0.0 * u, reactance, weeks) <= now).all()
    half = np.full(u.size, 0.5)
    assert rising(rules.update_irritation(half, np.sort(u), reactance, weeks))


@given(vectors(), vectors(st.floats(0.0, 7.0)), legal("promotion.intrusion"))
def test_trust_only_falls_and_stays_a_share(trust: Floats, unwanted: Floats, intrusion: float) -> None:
    after = rules.trust_after_intrusion(trust, unwanted, intrusion)
    assert in_unit_interval(after) and (after <= trust).all()
    assert same_bits(rules.trust_after_intrusion(trust, 0.0 * unwanted, intrusion), trust)


def test_half_of_a_year_of_fading_by_hand() -> None:
    irritation = np.array([0.8])
    for _ in range(26):
        irritation = rules.update_irritation(irritation, np.zeros(1), 0.05, 26.0)
    assert irritation[0] == pytest.approx(0.8 / np.e)
