"""Whose interest counts: owners look at the margin, politicians at elections."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, rising

from sim.model.mechanisms import interest as mechanism

rules = on_arrays(mechanism)


def attention(week: int, early: tuple[tuple[int, float], ...] = ()) -> float:
    return paid(week, 104, 208, 26.0, early)


def paid(week: int, first: int, cycle: int, campaign: float, early: tuple[tuple[int, float], ...] = ()) -> float:
    """Attention that politicians pay in a week of :func:`update_political_attention`."""
    campaigns = np.array([(size, vote) for vote, size in early], dtype=np.float64).reshape(-1, 2)
    parameters = SimpleNamespace(
        interest_political=1.0,
        interest_first_election=first,
        interest_cycle_weeks=cycle,
        interest_campaign_weeks=campaign,
    )
    now = SimpleNamespace(number=week, political_attention=-9.0)
    mechanism.update_political_attention(SimpleNamespace(campaigns=campaigns), parameters, now)
    return float(now.political_attention)


def test_attention_rises_to_the_vote_and_is_gone_after_it() -> None:
    before = [attention(week) for week in range(-103, 105)]
    assert rising(before)
    assert attention(104) > 0.8 and attention(105) < -0.1
    assert attention(104 + 208) == attention(104) == attention(104 - 208)


@given(st.integers(0, 1000), st.integers(4, 600), st.floats(1.0, 200.0))
def test_over_a_cycle_attention_is_nothing_on_average(first: int, cycle: int, campaign: float) -> None:
    weeks = [paid(week, first, cycle, campaign) for week in range(cycle)]
    assert np.mean(weeks) == pytest.approx(0.0, abs=1e-9)


def test_an_early_election_lifts_attention_until_the_vote_and_not_a_week_longer() -> None:
    called = ((50, 1.0),)
    assert attention(50, called) == pytest.approx(attention(104))
    assert attention(45, called) > attention(45) + 0.5
    assert attention(51, called) == attention(51)
    assert attention(45, ((50, 0.0),)) == attention(45), "one that nobody pays attention to is none"


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), SHARES)
def test_private_is_slack_and_public_is_attention(slack: float, paid: float, political: float) -> None:
    assert rules.convenience(slack, paid, 0.0) == slack
    assert rules.convenience(slack, paid, 1.0) == paid
    mixed = rules.convenience(slack, paid, political)
    assert min(slack, paid) - 1e-12 <= mixed <= max(slack, paid) + 1e-12
