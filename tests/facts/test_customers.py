"""The facts of the customers' side hold over many seeds, with intervals, as `centricity evidence` scores them."""

from __future__ import annotations

import pytest

from facts.scored_facts import assert_holds, burned_in, scored
from sim.evidence.scoring import Verdict

pytestmark = pytest.mark.recipe("fact")

HELD = (
    "redress",
    "recovery-paradox",
    "recovered-or-left",
    "recovery-after-crisis",
    "intrusive-campaign",
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

UNDECIDED = ("symbolic-first/values/core", "symbolic-first/practice/core")
"""Headlines of which the core alone shows nothing: their note says why. They may not fail."""

OPEN = (
    "recovered-or-never-failed",
    "pictures-of-needs",
    "focus",
    "dunning",
    "ends-at-equal-profit",
    "win-win",
    "pareto-front",
)
"""Groups in which a case or more cannot be decided, or takes long to; a case that fails says why in its note."""


@pytest.mark.slow
@pytest.mark.parametrize("group", HELD)
def test_a_fact_holds(group: str) -> None:
    rows = burned_in(group)
    assert_holds([row for row in rows if row.fact.id not in UNDECIDED])
    for row in rows:
        assert row.verdict is not Verdict.FAILS and (row.verdict is Verdict.HOLDS or row.fact.note)


@pytest.mark.slow
@pytest.mark.parametrize("group", OPEN)
def test_a_fact_does_not_fail(group: str) -> None:
    for row in scored(group, quick=True):
        assert row.error == ""
        assert row.verdict is not Verdict.FAILS or row.fact.note, (row.fact.id, row.fact.band, row.measurement)
