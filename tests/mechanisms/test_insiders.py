"""Bad news is filtered on its way up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES

from sim.model.mechanisms import insiders as mechanism

rules = on_arrays(mechanism)


def test_levels_grow_with_the_logarithm_of_people() -> None:
    assert rules.hierarchy_levels(1, 10.0) == 0.0
    assert rules.hierarchy_levels(1000, 10.0) == pytest.approx(3.0)
    assert math.isfinite(rules.hierarchy_levels(0, 1.0))


@given(SHARES, SHARES, st.floats(0.0, 10.0), SHARES)
def test_what_arrives_is_never_worse_than_what_was_found(
    score: float, filtered: float, ranks: float, oversight: float
) -> None:
    heard = rules.filtered_score(score, filtered, ranks, oversight)
    assert score - 1e-12 <= heard <= 1.0
    assert rules.filtered_score(score, 0.0, ranks, oversight) == pytest.approx(score)
    assert rules.filtered_score(score, filtered, 0.0, oversight) == pytest.approx(score)
    assert rules.filtered_score(score, filtered, ranks, 1.0) == pytest.approx(score), (
        "oversight goes round the hierarchy"
    )


def test_each_level_keeps_its_share() -> None:
    assert rules.filtered_score(0.6, 0.5, 2.0, 0.0) == pytest.approx(0.9)
    assert math.isnan(rules.filtered_score(math.nan, 0.5, 2.0, 0.0))
