"""The reference refuses what it leaves out, instead of passing over it in silence."""

from __future__ import annotations

import pytest
from support import amounts, event, tiny

from reference.coverage import EVENTS, RESOURCES, NotCoveredError, refuse_more
from sim import registry
from sim.policies.bundle import NONE
from sim.policies.resources import RESOURCES as ALL_RESOURCES
from sim.scenario import Scenario
from sim.shocks import SHOCKS

SWITCHED_ON = {name: each.active for name, each in registry.current().mechanisms.items() if each.active}


@pytest.mark.parametrize("name", ["retail-bank", "online-store"])
@pytest.mark.parametrize("policy", ["none", "symbolic", "procedural", "value-driven", "symbolic-then-value-driven"])
def test_the_main_job_is_covered(name: str, policy: str) -> None:
    scenario = Scenario.load(name)
    refuse_more(scenario, scenario.policy(policy))


@pytest.mark.parametrize("mechanism", sorted(SWITCHED_ON))
def test_a_mechanism_that_the_defaults_leave_off_is_refused(mechanism: str) -> None:
    with pytest.raises(NotCoveredError, match="does not cover"):
        refuse_more(tiny(SWITCHED_ON[mechanism]), NONE)


def test_the_rival_rule_of_the_norm_is_refused() -> None:
    with pytest.raises(NotCoveredError, match=r"norm\.rule = averaging"):
        refuse_more(tiny({"norm.rule": "averaging"}), NONE)


@pytest.mark.parametrize("resource", sorted(set(ALL_RESOURCES) - set(RESOURCES)))
def test_other_resources_are_refused(resource: str) -> None:
    with pytest.raises(NotCoveredError, match=f"resource {resource}"):
        refuse_more(tiny(), amounts(**{resource: ALL_RESOURCES[resource].high}))


@pytest.mark.parametrize("kind", sorted(set(SHOCKS) - set(EVENTS)))
def test_other_events_are_refused(kind: str) -> None:
    with pytest.raises(NotCoveredError, match=f"event {kind}"):
        refuse_more(tiny(events=(event(kind, 3),)), NONE)
