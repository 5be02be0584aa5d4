"""Who sets the criteria, and how lenient criteria of one's own are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES

from sim.model.mechanisms import criteria as mechanism

rules = on_arrays(mechanism)

SETTER = next(parameter for parameter in rules.PARAMETERS if parameter.name == "criteria.setter")
SETTERS = {choice: SETTER.encode(choice) for choice in SETTER.choices}


def test_each_wants_what_it_stands_for() -> None:
    lines = {setter: rules.weight_of_setter(code, 0.2, 0.4, 0.8, 0.5, 0.6) for setter, code in SETTERS.items()}
    assert lines == {
        "executive": 0.2,
        "staff": 0.4,
        "customers": pytest.approx(0.5),
        "independent": 0.6,
    }


@given(SHARES, SHARES)
def test_a_captured_panel_wants_what_executives_want(executives: float, panel: float) -> None:
    assert rules.weight_of_setter(rules.CUSTOMERS, executives, 0.5, panel, 1.0, 0.5) == pytest.approx(executives)
    assert rules.weight_of_setter(rules.CUSTOMERS, executives, 0.5, panel, 0.0, 0.5) == panel


@given(st.sampled_from(sorted(SETTERS.values())), SHARES, SHARES, SHARES)
def test_nobody_is_more_lenient_than_executives_and_independents_not_at_all(
    setter: float, staff: float, capture: float, leniency: float
) -> None:
    added = rules.added_by_leniency(setter, staff, capture, leniency)
    assert 0.0 <= added <= rules.added_by_leniency(SETTERS["executive"], staff, capture, leniency) == leniency
    assert rules.added_by_leniency(SETTERS["independent"], staff, capture, leniency) == 0.0
    assert rules.added_by_leniency(setter, staff, capture, 0.0) == 0.0
