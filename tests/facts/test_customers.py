"""The facts of the customers' side hold over many seeds, with intervals, as `centricity evidence` scores them."""

from __future__ import annotations

import pytest

from sim.evidence.scoring import Row, Verdict, score

HELD = (
    "redress",
    "recovery-paradox",
    "recovery-after-crisis",
    "intrusive-campaign",
    "blocking",
    "targeted-and-obtrusive",
    "openness",
    "risk-told",
    "consent",
    "empathy",
    "sensing",
    "persistent-and-wrong",
    "partners",
    "structure",
    "ends",
    "harshness",
    "zero-service",
    "symbolic-first",
)

OPEN = ("pictures-of-needs", "focus", "dunning", "ends-at-equal-profit", "win-win", "pareto-front")
"""Groups in which a case or more cannot be decided, or takes long to: nothing in them may fail."""


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
@pytest.mark.parametrize("group", OPEN)
def test_a_fact_does_not_fail(group: str) -> None:
    rows = [row for row in score(only=[group], quick=True) if row.fact.id.split("/")[0] == group]
    assert rows
    for row in rows:
        assert row.error == ""
        assert row.verdict is not Verdict.FAILS, (row.fact.id, row.fact.band, row.measurement)
