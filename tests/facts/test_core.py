"""The facts about the model hold over many seeds, with intervals, as `centricity evidence` scores them.

A fact that fails is reported like the others by the command; here the ones that this version is known to show are held,
so that nobody loses one without noticing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.scored_facts import assert_holds, scored
from sim.evidence.design import Designs
from sim.evidence.fact import load_facts
from sim.evidence.measures.experiments import SHIPPED, SMALL, scenario_with
from sim.evidence.scoring import Verdict, choose_facts, score
from sim.model.scenario import Scenario

pytestmark = pytest.mark.recipe("fact")

KNOWN_TO_FAIL = (
    "symbolic/cynicism-stays/core",
    "procedural/rises-under-monitoring/core",
    "posters/cynicism-rises/core",
    "value-driven/pays-later/core",
)
"""Headlines that the core alone does not show: their notes say why."""

UNDECIDED = ("value-driven/pays-later",)
"""Inconclusive with this number of runs; it must not fail."""

HELD = (
    "sacrifice",
    "symbolic",
    "speech-fades",
    "procedural",
    "monitoring-removed",
    "value-driven",
    "value-driven-holds",
    "posters",
    "posters-gap",
    "continuum",
    "tenure-anchors",
    "attention",
    "dismissal",
    "well-mixed",
)


@pytest.mark.slow
@pytest.mark.parametrize("group", HELD)
def test_a_fact_holds(group: str) -> None:
    rows = scored(group)
    assert_holds([row for row in rows if row.fact.id not in (*KNOWN_TO_FAIL, *UNDECIDED)])
    failing = {row.fact.id: row for row in rows if row.verdict is Verdict.FAILS}
    assert set(failing) == {row.fact.id for row in rows} & set(KNOWN_TO_FAIL)
    assert all(row.fact.note for row in failing.values())


@pytest.mark.slow
def test_procedures_revert_where_managers_leave() -> None:
    (row,) = score(only=["procedural-reversion/manager-exit"])
    assert row.verdict is Verdict.HOLDS, row.measurement


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "least"),
    [("symbolic/gone-by-half-a-year", 0.5), ("procedural/reverts", 0.3), ("value-driven/holds-two-years-on", 0.3)],
)
def test_a_claim_is_not_confined_to_the_defaults(name: str, least: float, tmp_path: Path) -> None:
    """A few points of the plausible ranges of all unknown parameters: the whole design is the command's."""
    designs = Designs(tmp_path)
    designs.extend(choose_facts([name]), 8)
    (row,) = (row for row in score(only=[name], quick=True, designs=designs) if row.fact.id == name)
    assert row.error == "" and row.region is not None
    assert row.region.high > least, (row.fact.id, row.region)


def test_as_shipped_means_succession_and_events() -> None:
    shipped = Scenario.load("retail-bank")
    small = scenario_with(SHIPPED, events=True)
    assert small.events == shipped.events != ()
    assert small.parameters["executives.succession"] == shipped.parameters["executives.succession"] != 0.0
    calm = scenario_with(SMALL)
    assert (calm.events, calm.parameters["executives.succession"]) == ((), 0.0)
    arguments = {fact.id: fact.arguments for fact in load_facts()}
    assert arguments["value-driven-holds/as-shipped"]["shipped"] is True
    assert "shipped" not in arguments["value-driven-holds/no-succession"]
