"""The line between customers' and the organization's interest, by its rules."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES

from sim.model.mechanisms import line as mechanism

rules = on_arrays(mechanism)

PUSHES = st.floats(-20.0, 20.0)
WEEKS = st.floats(1.0, 500.0)


def test_a_level_begins_at_the_first_value_and_closes_in() -> None:
    assert rules.smooth_exponentially(math.nan, 7.0, 13.0) == 7.0
    assert rules.smooth_exponentially(1.0, 2.0, 1.0) == pytest.approx(1.0 + (1.0 - math.exp(-1.0)))
    assert rules.smooth_exponentially(3.0, 3.0, 5.0) == 3.0


@pytest.mark.parametrize(
    ("recent", "normal", "expected"),
    [
        (110.0, 100.0, 0.1),
        (0.0, 100.0, -1.0),
        (-50.0, 100.0, -1.0),
        (500.0, 100.0, 1.0),
        (math.nan, 100.0, 0.0),
        (1.0, math.nan, 0.0),
        (-20.0, -10.0, -1.0),
        (5.0, -10.0, 0.0),
        (0.0, 0.0, 0.0),
    ],
)
def test_slack_is_profit_against_what_one_is_used_to(recent: float, normal: float, expected: float) -> None:
    assert rules.slack(recent, normal) == pytest.approx(expected)


@given(SHARES, PUSHES)
def test_a_tilted_line_is_a_share_and_moves_with_the_push(line: float, push: float) -> None:
    moved = rules.shift_log_odds(line, push)
    assert 0.0 <= moved <= 1.0
    assert moved >= line if push > 0.0 else moved <= line
    assert rules.shift_log_odds(line, 0.0) == line
    assert (rules.shift_log_odds(0.0, push), rules.shift_log_odds(1.0, push)) == (0.0, 1.0), (
        "a line of 0 or 1 is moved by nothing"
    )


def test_a_push_of_log_two_makes_cost_count_half() -> None:
    assert rules.shift_log_odds(0.25, math.log(2.0)) == pytest.approx(0.25 / (0.25 + 0.375))


@given(SHARES, SHARES, SHARES, SHARES, WEEKS)
def test_a_negotiated_line_moves_toward_both_sides(
    line: float, proposed: float, convenient: float, bargaining: float, weeks: float
) -> None:
    moved = rules.negotiated_weight(line, proposed, convenient, bargaining, weeks)
    goal = bargaining * proposed + (1.0 - bargaining) * convenient
    assert min(line, goal) - 1e-12 <= moved <= max(line, goal) + 1e-12


@given(SHARES, SHARES, st.floats(0.0, 2.0))
def test_ordinary_service_follows_the_line(line: float, reference: float, ordinary: float) -> None:
    assert rules.service_factor(line, line, ordinary) == 1.0
    assert rules.service_factor(line, reference, 0.0) == 1.0
    factor = rules.service_factor(line, reference, ordinary)
    assert factor >= 0.0 and (factor >= 1.0 if line >= reference else factor <= 1.0)


@pytest.mark.parametrize("rule", ["FIXED", "CONVENIENCE"])
def test_a_fixed_line_stays_whatever_profit_does_and_a_convenient_one_falls_with_it(rule: str) -> None:
    """Profit at half of what is usual: slack -1/2, so that cost counts exp(1/2) times as much where it is convenient."""
    week = SimpleNamespace(proposed_weight=0.3, political_attention=0.0, oversight=0.0, decision_weight=0.0)
    organization = SimpleNamespace(decision_weight=0.4, reference_weight=0.3, recent_profit=50.0, normal_profit=100.0)
    parameters = SimpleNamespace(
        line_rule=getattr(mechanism, rule), line_convenience=1.0, line_ordinary=0.0, interest_political=0.0
    )
    executives = SimpleNamespace(weight_customers=np.array([0.3, 0.3]))
    mechanism.set_decision_weight(executives, parameters, week, organization)
    expected = 0.4 if rule == "FIXED" else 0.3 / (0.3 + 0.7 * math.exp(0.5))
    assert week.decision_weight == organization.decision_weight == pytest.approx(expected, rel=1e-14)
