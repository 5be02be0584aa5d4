"""Settings in which facts are scored: what each sets, and that their runs are not confused."""

from __future__ import annotations

import pytest

from sim.evidence.fact import load_facts
from sim.evidence.measures.experiments import pairs, scenario_with
from sim.evidence.region import override_parameters
from sim.lab.evidence_settings import CORE, DEFAULT, ISOLATED, evidence_settings, parameters_in
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


def test_every_setting_is_legal_and_the_default_sets_nothing() -> None:
    assert tuple(evidence_settings()) == (DEFAULT, CORE, ISOLATED)
    assert all(evidence_settings().values()) and dict(parameters_in(DEFAULT)) == {}
    for setting in evidence_settings():
        Scenario.load("retail-bank").override(parameters_in(setting))


def test_the_core_alone_is_all_other_mechanisms_at_rest() -> None:
    neutral = [mechanism.neutral for mechanism in current().mechanisms.values() if not mechanism.core]
    assert dict(parameters_in(CORE)) == {name: value for each in neutral for name, value in each.items()}


def test_isolated_conjectures_are_those_that_the_default_has_on() -> None:
    """Mechanisms that are off for facts about others are on in the bank, except those that a bank does not have."""
    bank = Scenario.load("retail-bank").parameters
    same = {name for name, value in parameters_in(ISOLATED).items() if bank[name] == value}
    assert same == {"structure.by_customer"}


AS_SHIPPED = {"value-driven-holds/as-shipped"}
"""Facts about the bank with its own events, which the core alone has no part in."""


def test_headline_facts_are_scored_in_the_default_setting_and_in_the_core() -> None:
    for group in HEADLINES:
        facts = [fact for fact in load_facts() if fact.id.split("/")[0] == group]
        assert {fact.setting for fact in facts} == {DEFAULT, CORE}, group
        assert {fact.id.removesuffix("/core") for fact in facts if fact.setting == CORE} == {
            fact.id for fact in facts if fact.setting == DEFAULT and fact.id not in AS_SHIPPED
        }


@pytest.mark.parametrize("setting", [DEFAULT, CORE, ISOLATED])
def test_runs_are_cached_together_with_their_setting(setting: str) -> None:
    with override_parameters(parameters_in(setting)):
        here = pairs({"training": 1.0}, TINY, 6, 1)[0]
        assert pairs({"training": 1.0}, TINY, 6, 1)[0] is here
        assert scenario_with(TINY).parameters["fads.rate"] == (0.5 if setting == DEFAULT else 0.0)
    elsewhere = DEFAULT if setting != DEFAULT else CORE
    with override_parameters(parameters_in(elsewhere)):
        assert pairs({"training": 1.0}, TINY, 6, 1)[0] is not here
