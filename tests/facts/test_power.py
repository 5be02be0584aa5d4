"""The facts about power and governance: the arithmetic of survivors, and rows that must not disappear."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence.fact import Fact, load_facts
from sim.evidence.measures.power import overstatement

pytestmark = pytest.mark.recipe("fact")


def test_survivors_overstate_by_what_the_rest_of_the_sample_does_not_show() -> None:
    """Above the median of 4.5 champions earn 10 and others 6; of all they earn 3.25 and 5.5."""
    earned = np.array([[0.0, 4.0], [1.0, 5.0], [2.0, 6.0], [10.0, 7.0]])
    assert overstatement(earned) == pytest.approx((10.0 - 6.0 - (3.25 - 5.5)) / earned.std())
    alike = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    assert overstatement(alike) == 0.0, "a program that does nothing"
    assert np.isnan(overstatement(alike - np.array([9.0, 0.0]))), "no champion is left"


def test_facts_that_do_not_come_out_are_still_there() -> None:
    """The texts' claim about sacrifice, and whether a champion pays, are reported with any result."""
    ids = {row.id for row in _facts()}
    assert {"sacrifice-passed/usual", "sacrifice-passed/dear", "champion/profit-later", "weeks-needed"} <= ids


def _facts() -> list[Fact]:
    return load_facts()
