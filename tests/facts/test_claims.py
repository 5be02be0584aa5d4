"""Every claim of the texts has a fact, a text, and a part of the model that represents it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.evidence.claims import Claim, load_claims, load_texts
from sim.evidence.fact import load_facts
from sim.model import registry
from sim.model.scenario import Scenario
from sim.model.scenario.shipped import files

pytestmark = pytest.mark.recipe("fact")

KNOWN = registry.current()
FACTS = load_facts()


def test_the_claims_are_numbered_through_in_the_order_of_the_texts() -> None:
    assert [claim.row for claim in load_claims()] == list(range(1, 39))
    first = [claim.text for claim in load_claims()][:36]  # two more of text 003 were numbered later
    assert first == sorted(first)
    assert {claim.text for claim in load_claims()} == {"000", "001", "002", "003", "004"}


def test_every_text_is_cited_by_author_and_title_or_by_its_first_words() -> None:
    assert load_texts().keys() == {claim.text for claim in load_claims()}
    page = (Path(__file__).parents[2] / "docs" / "texts.md").read_text(encoding="utf-8")
    for cited in load_texts().values():
        assert cited.split('"')[1].rstrip(" .") in page, cited


@pytest.mark.parametrize("claim", load_claims(), ids=lambda claim: f"row {claim.row}")
def test_a_claim_has_facts_by_its_text_and_something_that_answers_for_it(claim: Claim) -> None:
    serving = [fact for fact in FACTS if claim.row in fact.rows]
    assert any(fact.seed.startswith(f"{claim.text}:") for fact in serving), claim.claim
    named = {*KNOWN.mechanisms, *KNOWN.event_kinds, *files("policies"), *files("scenarios")}
    assert claim.served_by and set(claim.served_by) <= named, set(claim.served_by) - named


def test_every_row_that_a_fact_names_is_a_claim_and_every_text_is_numbered() -> None:
    rows = {claim.row for claim in load_claims()}
    assert {row for fact in FACTS for row in fact.rows} <= rows
    assert [fact.id for fact in FACTS if fact.seed and not fact.rows] == []


def test_policies_events_and_scenarios_that_ship_serve_some_claim() -> None:
    """Everything in the package represents a claim, or is a variation of something that does."""
    serving = {name for claim in load_claims() for name in claim.served_by}
    variations = {
        "delegated-department-with-power",
        "value-driven-until-half",
        "focus",
        "moments",
        "retail-bank",
        "utility",
    }
    shipped = {*KNOWN.event_kinds, *files("policies"), *files("scenarios")}
    assert shipped - serving <= variations
    assert Scenario.load("retail-bank").policy("value-driven").phases
