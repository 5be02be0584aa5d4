"""The evidence that is kept in the repository is about facts that ship: their claims, bands and settings.

A fact that is new need not have been run yet; ``centricity list evidence`` says so.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.commands.list import ROWS, Catalog
from sim.evidence.design import Designs, shipped_folder
from sim.evidence.fact import Fact, load_facts
from sim.evidence.kept import NOT_YET_RUN, kept_verdicts
from sim.evidence.scoring import Row, Verdict
from sim.evidence.tables import count_verdicts, to_records

KEPT = Path(__file__).parents[2] / "results" / "reference"
FOUND = (
    "measured",
    "low",
    "high",
    "runs",
    "verdict",
    "looks",
    "out_of_time",
    "region",
    "no_region",
    "seconds",
    "error",
)
"""Fields that only a run can fill."""

pytestmark = [pytest.mark.skipif(not KEPT.is_dir(), reason="needs the checkout"), pytest.mark.recipe("fact")]


def kept() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((KEPT / "evidence.json").read_text(encoding="utf-8"))
    return document


def _unscored(fact: Fact) -> Row:
    """A fact that has not been scored."""
    return Row(fact, None, Verdict.INCONCLUSIVE, 0.0)


def said(record: dict[str, Any]) -> dict[str, Any]:
    """The parts of a fact that do not depend on its result, as in JSON."""
    text: dict[str, Any] = json.loads(json.dumps({key: value for key, value in record.items() if key not in FOUND}))
    return text


def test_what_is_kept_is_about_the_facts_that_ship() -> None:
    """If this fails: centricity evidence --out results/reference/evidence.json --out results/reference/evidence.md"""
    now = {record["id"]: record for record in to_records([_unscored(fact) for fact in load_facts()])}
    ids = [record["id"] for record in kept()["facts"]]
    gone = set(ids) - set(now)
    assert not gone, f"no facts any more: {', '.join(sorted(gone))}"
    assert ids == [name for name in now if name in set(ids)]
    for record in kept()["facts"]:
        assert said(record) == said(now[record["id"]]), record["id"]


def test_a_fact_that_is_not_kept_is_said_to_be_not_yet_run() -> None:
    verdicts = kept_verdicts()
    assert verdicts == {record["id"]: record["verdict"] for record in kept()["facts"]}
    text = {row["name"]: row["kept"] for row in ROWS[Catalog.EVIDENCE]()}
    assert text == {fact.id: verdicts.get(fact.id, NOT_YET_RUN) for fact in load_facts()}


def test_what_is_kept_is_a_full_run_in_which_no_measure_broke_down() -> None:
    document = kept()
    assert document["quick"] is False
    assert sum(document["counts"].values()) == len(document["facts"])
    assert set(document["counts"]) == set(count_verdicts([]))
    assert [record["id"] for record in document["facts"] if record["error"]] == []


def test_the_table_for_people_has_every_fact_and_every_claim() -> None:
    text = (KEPT / "evidence.md").read_text(encoding="utf-8")
    for record in kept()["facts"]:
        assert f"| `{record['id']}` |" in text
    assert text.count("\n| ") >= len(kept()["facts"]) + 36
    said_so = ", ".join(f"{number} {verdict}" for verdict, number in kept()["counts"].items())
    assert said_so in text


@pytest.mark.skipif(
    not shipped_folder().is_dir(), reason="no points are kept yet: centricity evidence --points 400 --regions"
)
def test_regions_that_are_kept_are_those_of_the_points_that_are_kept() -> None:
    """If this fails, points were made anew after the evidence was: run it again, as above."""
    designs, facts = Designs(), {fact.id: fact for fact in load_facts()}
    columns = {name for design in designs.by_setting.values() for name in design.values}
    assert columns <= set(facts), f"no facts any more: {', '.join(sorted(columns - set(facts)))}"
    for record in kept()["facts"]:
        region = designs.region(facts[record["id"]])
        found = None if region is None else (region.share.value, region.share.low, region.share.high, region.share.runs)
        written = record["region"]
        assert found == (
            None if written is None else tuple(written[part] for part in ("share", "low", "high", "points"))
        ), record["id"]
