"""Who sets the criteria, and how lenient criteria of one's own are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARES

from sim.mechanisms.criteria import INDEPENDENT, PARAMETERS, lenience, wanted_line

SETTERS = next(parameter.choices for parameter in PARAMETERS if parameter.name == "criteria.setter")


def test_each_wants_what_it_stands_for() -> None:
    lines = {setter: wanted_line(setter, 0.2, 0.4, 0.8, 0.5) for setter in SETTERS}
    assert lines == {
        "executive": 0.2,
        "staff": 0.4,
        "customers": pytest.approx(0.5),
        "independent": INDEPENDENT,
    }


@given(SHARES, SHARES)
def test_a_captured_panel_wants_what_executives_want(executives: float, panel: float) -> None:
    assert wanted_line("customers", executives, 0.5, panel, 1.0) == pytest.approx(executives)
    assert wanted_line("customers", executives, 0.5, panel, 0.0) == panel


@given(st.sampled_from(SETTERS), SHARES, SHARES, SHARES)
def test_nobody_is_more_lenient_than_executives_and_independents_not_at_all(
    setter: str, staff: float, capture: float, leniency: float
) -> None:
    added = lenience(setter, staff, capture, leniency)
    assert 0.0 <= added <= lenience("executive", staff, capture, leniency) == leniency
    assert lenience("independent", staff, capture, leniency) == 0.0
    assert lenience(setter, staff, capture, 0.0) == 0.0
