"""The facts about power and governance that this version is known to show are held; the others are the command's to report."""

from __future__ import annotations

import pytest

from facts.looking import assert_holds, settled
from sim.evidence.fact import Fact, load_facts
from sim.evidence.scoring import Verdict, score

HELD = (
    "oversight-gap",
    "oversight-works",
    "participation-does-little",
    "line",
    "criteria",
    "arbitration",
    "early-election",
    "power",
    "power-not-empathy",
    "voice",
    "delegated",
    "place",
    "place-weighed",
    "status",
    "survivors",
    "merger",
)


@pytest.mark.slow
@pytest.mark.parametrize("group", HELD)
def test_a_fact_holds(group: str) -> None:
    assert_holds(settled(group))


@pytest.mark.slow
@pytest.mark.parametrize("fact", ["whose-interest/private-margin", "whose-interest/public-elections"])
def test_enacted_follows_whose_interest_counts(fact: str) -> None:
    (row,) = score(only=[fact])
    assert row.verdict is Verdict.HOLDS, row.measurement


def test_facts_that_do_not_come_out_are_still_there() -> None:
    """The texts' claim about sacrifice, and whether a champion pays, are reported whatever they turn out to be."""
    ids = {row.id for row in _facts()}
    assert {"sacrifice-passed/usual", "sacrifice-passed/dear", "champion/profit-later"} <= ids


def _facts() -> list[Fact]:
    return load_facts()
