"""The reference covers all that ships, and refuses what it does not know instead of passing over it in silence."""

from __future__ import annotations

import pytest
from support import amounts, event, tiny

from reference import coverage
from reference.coverage import CHOICES, EVENTS, MECHANISMS, RESOURCES, NotCoveredError, core_of, refuse_more
from sim.lab.switching import default_values
from sim.model import registry
from sim.model.events import EVENT_KINDS
from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import NONE
from sim.model.policies.resources import RESOURCES as ALL_RESOURCES
from sim.model.scenario import Scenario, shipped_policies

pytestmark = pytest.mark.recipe("mechanism", "resource")

KNOWN = registry.current()
PUBLIC: dict[str, ParameterValue] = {"interest.political": 1.0}  # by default nobody's interest but owners' counts
SCENARIOS = ("champion", "online-store", "professional-services", "public-agency", "retail-bank", "utility")


def test_what_it_says_it_covers_is_in_the_model() -> None:
    """What is added to the model later is refused until it is written here as well (the tests below)."""
    assert set(MECHANISMS) == set(KNOWN.mechanisms), "write it in tests/reference as well, then name it in coverage.py"
    assert set(EVENTS) <= set(EVENT_KINDS)
    assert set(RESOURCES) <= set(ALL_RESOURCES)
    chosen = {name: entry.choices for name, entry in KNOWN.parameters.items() if entry.type == "choice"}
    assert chosen == CHOICES


@pytest.mark.parametrize("name", SCENARIOS)
def test_all_that_ships_is_covered(name: str) -> None:
    scenario = Scenario.load(name)
    for policy in (*scenario.default_policies, *shipped_policies(KNOWN)):
        refuse_more(scenario, scenario.policy(policy))


@pytest.mark.parametrize("mechanism", sorted(name for name, each in KNOWN.mechanisms.items() if each.neutral))
def test_a_mechanism_that_is_not_known_is_refused(mechanism: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "MECHANISMS", tuple(set(MECHANISMS) - {mechanism}))
    known = KNOWN.mechanisms[mechanism]
    with pytest.raises(NotCoveredError, match=f"mechanism {mechanism}"):
        refuse_more(tiny().override(default_values(known) | dict(known.active) | PUBLIC), NONE)


def test_a_mechanism_that_is_not_known_may_be_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "MECHANISMS", tuple(set(MECHANISMS) - {"dues"}))
    refuse_more(core_of(tiny()), NONE)


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_a_rule_that_is_not_known_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHOICES, name, ())
    with pytest.raises(NotCoveredError, match=name.replace(".", r"\.")):
        refuse_more(tiny(), NONE)


@pytest.mark.parametrize("resource", sorted(RESOURCES))
def test_a_resource_that_is_not_known_is_refused(resource: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "RESOURCES", tuple(set(RESOURCES) - {resource}))
    with pytest.raises(NotCoveredError, match=f"resource {resource}"):
        refuse_more(tiny(), amounts(**{resource: ALL_RESOURCES[resource].high}))


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_an_event_that_is_not_known_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "EVENTS", tuple(set(EVENTS) - {kind}))
    with pytest.raises(NotCoveredError, match=f"event {kind}"):
        refuse_more(tiny(events=(event(kind, 3),)), NONE)
