"""The main claims of the texts: not at the defaults alone, and as shipped where they say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.evidence.design import Designs
from sim.evidence.fact import load_facts
from sim.evidence.measures.experiments import SHIPPED, SMALL, scenario_with
from sim.evidence.scoring import choose_facts, score
from sim.model.scenario import Scenario

pytestmark = pytest.mark.recipe("fact")


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
