"""Worlds in which facts are scored: what each sets, and that what is remembered of one is not taken for another."""

from __future__ import annotations

import pytest

from sim.evidence.fact import load_facts
from sim.evidence.measures.experiments import pairs, scenario_with
from sim.evidence.region import standing
from sim.lab.worlds import CORE, DEFAULT, ISOLATED, values_in, worlds
from sim.model.registry import current
from sim.model.scenario import Scenario

TINY = {"employees.number": 12, "customers.initial": 20, "customers.market": 30, "run.burn_in": 4}
HEADLINES = (
    "symbolic",
    "speech-fades",
    "procedural",
    "value-driven",
    "value-driven-holds",
    "posters",
    "symbolic-first",
)


def test_every_world_is_legal_and_the_default_sets_nothing() -> None:
    assert tuple(worlds()) == (DEFAULT, CORE, ISOLATED)
    assert all(worlds().values()) and dict(values_in(DEFAULT)) == {}
    for world in worlds():
        Scenario.load("retail-bank").override(values_in(world))


def test_the_core_alone_is_all_other_mechanisms_at_rest() -> None:
    neutral = [mechanism.neutral for mechanism in current().mechanisms.values() if not mechanism.core]
    assert dict(values_in(CORE)) == {name: value for each in neutral for name, value in each.items()}


def test_isolated_conjectures_are_those_that_the_default_has_on() -> None:
    """What is at rest for a fact about something else is on in the bank, but for what a bank has not."""
    bank = Scenario.load("retail-bank").parameters
    same = {name for name, value in values_in(ISOLATED).items() if bank[name] == value}
    assert same == {"structure.by_customer"}


def test_headline_facts_stand_in_the_default_world_and_in_the_core() -> None:
    for group in HEADLINES:
        facts = [fact for fact in load_facts() if fact.id.split("/")[0] == group]
        assert {fact.world for fact in facts} == {DEFAULT, CORE}, group
        assert {fact.id.removesuffix("/core") for fact in facts if fact.world == CORE} == {
            fact.id for fact in facts if fact.world == DEFAULT
        }


@pytest.mark.parametrize("world", [DEFAULT, CORE, ISOLATED])
def test_runs_are_remembered_together_with_their_world(world: str) -> None:
    with standing(values_in(world)):
        here = pairs({"training": 1.0}, TINY, 6, 1)[0]
        assert pairs({"training": 1.0}, TINY, 6, 1)[0] is here
        assert scenario_with(TINY).parameters["fads.rate"] == (0.5 if world == DEFAULT else 0.0)
    elsewhere = DEFAULT if world != DEFAULT else CORE
    with standing(values_in(elsewhere)):
        assert pairs({"training": 1.0}, TINY, 6, 1)[0] is not here
