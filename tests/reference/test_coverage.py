"""The reference refuses what it leaves out, instead of passing over it in silence."""

from __future__ import annotations

import pytest
from support import amounts, event, tiny

from reference.coverage import EVENTS, LEFT_OUT, RESOURCES, NotCoveredError, core_of, refuse_more
from sim import registry
from sim.lab.switching import switched_on
from sim.policies.bundle import NONE
from sim.policies.resources import RESOURCES as ALL_RESOURCES
from sim.scenario import Scenario
from sim.shocks import SHOCKS

PARAMETERS = registry.current().parameters
"""Values at which each left out mechanism is on."""

SWITCHED_ON = {
    name: {key: mechanism.active.get(key, PARAMETERS[key].default) for key in {*mechanism.neutral, *mechanism.active}}
    for name, mechanism in registry.current().mechanisms.items()
    if any(
        LEFT_OUT.get(key, value) != value for key, value in switched_on(mechanism).items() | mechanism.active.items()
    )
}


@pytest.mark.parametrize("name", ["retail-bank", "online-store"])
@pytest.mark.parametrize("policy", ["none", "symbolic", "procedural", "value-driven", "symbolic-then-value-driven"])
def test_the_core_of_the_main_job_is_covered(name: str, policy: str) -> None:
    scenario = core_of(Scenario.load(name))
    refuse_more(scenario, scenario.policy(policy))


@pytest.mark.parametrize("mechanism", sorted(SWITCHED_ON))
def test_a_mechanism_that_is_left_out_is_refused(mechanism: str) -> None:
    with pytest.raises(NotCoveredError, match="does not cover"):
        refuse_more(core_of(tiny()).override(SWITCHED_ON[mechanism]), NONE)


def test_the_rival_rule_of_the_norm_is_refused() -> None:
    with pytest.raises(NotCoveredError, match=r"norm\.rule = averaging"):
        refuse_more(core_of(tiny({"norm.rule": "averaging"})), NONE)


@pytest.mark.parametrize("resource", sorted(set(ALL_RESOURCES) - set(RESOURCES)))
def test_other_resources_are_refused(resource: str) -> None:
    with pytest.raises(NotCoveredError, match=f"resource {resource}"):
        refuse_more(core_of(tiny()), amounts(**{resource: ALL_RESOURCES[resource].high}))


@pytest.mark.parametrize("kind", sorted(set(SHOCKS) - set(EVENTS)))
def test_other_events_are_refused(kind: str) -> None:
    with pytest.raises(NotCoveredError, match=f"event {kind}"):
        refuse_more(core_of(tiny(events=(event(kind, 3),))), NONE)
