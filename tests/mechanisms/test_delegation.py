"""An office of its own polishes the score; it changes what is done only with power."""

from __future__ import annotations

import pytest
from hypothesis import given
from rules import on_arrays
from support import SHARES

from sim.model.mechanisms import delegation as mechanism

rules = on_arrays(mechanism)


@given(SHARES, SHARES, SHARES)
def test_an_office_never_makes_the_score_worse(score: float, office: float, polish: float) -> None:
    assert score <= rules.polished_score(score, office, polish) <= 1.0 + 1e-12
    assert rules.polished_score(score, 0.0, polish) == score


@given(SHARES, SHARES, SHARES, SHARES, SHARES)
def test_without_power_nobody_heeds_it(line: float, office: float, power: float, influence: float, own: float) -> None:
    assert rules.weight_with_office(line, office, 0.0, influence, own) == line
    assert rules.weight_with_office(line, 0.0, power, influence, own) == line
    moved = rules.weight_with_office(line, office, power, influence, own)
    assert min(line, own) - 1e-12 <= moved <= max(line, own) + 1e-12
    assert rules.weight_with_office(line, 1.0, 1.0, 1.0, own) == pytest.approx(own)
