"""The facts about power and governance that this version is known to show are held; the others are the command's to report."""

from __future__ import annotations

import numpy as np
import pytest

from facts.scored_facts import assert_holds, burned_in
from sim.evidence.fact import Fact, load_facts
from sim.evidence.measures.power import overstatement
from sim.evidence.scoring import Verdict, score

pytestmark = pytest.mark.recipe("fact")

HELD = (
    "oversight-gap",
    "oversight-works",
    "oversight-costs",
    "participation-does-little",
    "line",
    "criteria",
    "arbitration",
    "early-election",
    "power",
    "power-not-empathy",
    "voice",
    "delegated",
    "survivors",
    "merger",
)


@pytest.mark.slow
@pytest.mark.parametrize("group", HELD)
def test_a_fact_holds(group: str) -> None:
    assert_holds(burned_in(group))


@pytest.mark.slow
@pytest.mark.parametrize("fact", ["whose-interest/private-margin", "whose-interest/public-elections"])
def test_enacted_follows_whose_interest_counts(fact: str) -> None:
    (row,) = score(only=[fact])
    assert row.verdict is Verdict.HOLDS, row.measurement


@pytest.mark.slow
def test_who_executives_are_decides_what_becomes_of_a_program() -> None:
    """Care for customers and having nothing to gain come out; care for applause does not, and its note says why."""
    rows = {row.fact.id: row for row in burned_in("place-weighed")}
    applause = rows.pop("place-weighed/cares-for-applause")
    assert_holds(list(rows.values()))
    assert applause.verdict is Verdict.FAILS and applause.fact.note


@pytest.mark.slow
@pytest.mark.parametrize("group", ["insiders", "place", "status"])
def test_what_does_not_come_out_in_size_has_a_note(group: str) -> None:
    for row in burned_in(group):
        assert row.error == ""
        assert row.verdict is not Verdict.FAILS or row.fact.note, row.fact.id


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
