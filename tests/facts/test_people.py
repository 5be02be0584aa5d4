"""The facts of people and time: those that this version shows are held, those that it does not show are known."""

from __future__ import annotations

import pytest

from sim.evidence.scoring import Row, Verdict, score

HELD = (
    "score-target",
    "score-target-parts",
    "service-under-bonus",
    "fatigue",
    "relief",
    "justice",
    "employee-first",
    "agree-first",
    "camps",
    "executive-time",
    "moments",
    "compression",
    "early-wins",
    "moments-serve",
    "upkeep",
    "attention-by-role",
)

KNOWN_TO_FAIL = ("survey-gap", "employee-first-wins/value-driven", "moments-concentrated/enough-time")
"""Claims that do not come out; when one does, its note and the README want another look."""


def scored(group: str, quick: bool) -> list[Row]:
    """Every case of a group of facts."""
    rows = [row for row in score(only=[group], quick=quick) if row.fact.id.split("/")[0] == group]
    assert rows
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("group", HELD)
def test_a_fact_is_not_contradicted(group: str) -> None:
    """A quick look, to stay within the budget of the suite; the full sample where that decides nothing."""
    rows = scored(group, quick=True)
    if all(row.verdict is Verdict.INCONCLUSIVE for row in rows):
        rows = scored(group, quick=False)
    for row in rows:
        assert row.error == ""
        assert row.verdict is not Verdict.FAILS, (row.fact.id, row.fact.band, row.measurement)
    assert any(row.verdict is Verdict.HOLDS for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("fact", KNOWN_TO_FAIL)
def test_what_does_not_come_out_is_said(fact: str) -> None:
    (row,) = score(only=[fact])
    assert row.error == ""
    assert row.verdict is Verdict.FAILS, row.measurement
    assert row.fact.note
