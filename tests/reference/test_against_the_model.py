"""The core of the model against the reference: the same draws, hence the same whole numbers, and the rest to nine digits."""

from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import amounts, event, make_policy, parameter, tiny

from reference.agents import differing_states
from reference.comparison import COUNTS, SMALL, WEEKS, compare
from reference.coverage import BESIDE_THE_CORE, core_of
from reference.model import ReferenceModel
from sim.model.initialization import initialize
from sim.model.kernel.random import Streams
from sim.model.policies.policy import NONE, Condition, Phase, Policy
from sim.model.scenario import Scenario
from sim.model.simulation import burn_in, with_policy

pytestmark = pytest.mark.recipe("mechanism", "resource", "outcome")

CORE_POLICIES = ("none", "symbolic", "procedural", "value-driven")


@pytest.mark.parametrize("policy", CORE_POLICIES)
def test_the_main_job_is_as_specified(policy: str) -> None:
    bank = core_of(Scenario.load("retail-bank"))
    weekly = compare(bank, bank.policy(policy), seed=1)
    assert min(weekly[name].sum() for name in COUNTS) > 0.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4])
@pytest.mark.parametrize("policy", [*CORE_POLICIES, "symbolic-then-value-driven"])
@pytest.mark.parametrize("name", ["retail-bank", "online-store"])
def test_small_organizations_are_as_specified(name: str, policy: str, seed: int) -> None:
    scenario = core_of(Scenario.load(name).override(SMALL))
    compare(scenario, scenario.policy(policy), seed, weeks=160)  # past the end of sponsorship, and the succession


def test_a_model_that_nobody_holds_is_gone() -> None:
    model = weakref.ref(ReferenceModel(with_policy(burn_in(core_of(tiny()), 1), NONE)))
    gc.collect()
    assert model() is None


def test_the_burn_in_is_as_specified() -> None:
    bank = core_of(Scenario.load("retail-bank").override({**SMALL, "run.burn_in": 52}))
    organization = initialize(bank, NONE, Streams(5))
    model = ReferenceModel(organization)
    model.run(52)
    assert model.week == 0
    assert differing_states(burn_in(bank, 5), model) == []


CORE = (
    "attention.", "coaching.", "compliance.", "conflict.", "crowding.", "cynicism.", "definitions.", "delivery.",
    "employees.dismissal", "employees.satisfaction_link", "employees.turnover", "energy.", "espoused.", "example.",
    "executives.", "expectation.", "habit.", "hiring.", "lifetime.", "loyalty.", "manager.", "monitoring.", "network.m",
    "norm.", "recovery.base", "recovery.practice", "relationship.", "salience.", "satisfaction.", "service.",
    "standard.", "survey.", "training.", "trust.", "word_of_mouth.", "workload.",
)  # fmt: skip


def _core_numbers() -> list[str]:
    """Parameters of the week that a draw may move."""
    known = Scenario.load("retail-bank").parameters
    return [
        name
        for name in known
        if name.startswith(CORE) and name not in BESIDE_THE_CORE and parameter(name).plausible is not None
    ]


@st.composite
def core_values(draw: st.DrawFn) -> dict[str, object]:
    """Some parameters of the core anywhere in their plausible ranges."""
    values: dict[str, object] = {}
    for name in draw(st.lists(st.sampled_from(_core_numbers()), min_size=4, max_size=12, unique=True)):
        entry = parameter(name)
        assert entry.plausible is not None
        low, high = entry.plausible
        whole = entry.type == "integer"
        values[name] = draw(st.integers(int(low), int(high)) if whole else st.floats(low, high))
    return values


POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "speeches": st.floats(0.0, 5.0),
        "posters": st.floats(0.0, 1.0),
        "procedures": st.floats(0.0, 1.0),
        "monitoring": st.floats(0.0, 1.0),
        "training": st.floats(0.0, 10.0),
        "coaching": st.floats(0.0, 1.0),
        "hiring_filter": st.floats(0.0, 1.0),
        "sponsor_attention": st.floats(0.0, 1.0),
        "protected_budget": st.floats(0.0, 1.0),
        "recovery_authority": st.floats(0.0, 1.0),
        "relief": st.floats(0.0, 1.0),
        "alignment": st.floats(0.0, 1.0),
    },
)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    core_values(),
    POLICIES,
    st.sampled_from(["best-response", "majority"]),
    st.sampled_from([("front",), None]),
    st.integers(0, 2**32),
)
def test_any_tiny_organization_is_as_specified(
    values: dict[str, object],
    spent: dict[str, float],
    rule: str,
    departments: tuple[str, ...] | None,
    seed: int,
) -> None:
    shaken = (event("executive_succession", 40, share=0.5),)
    scenario = core_of(tiny({**values, "norm.rule": rule}, shaken))
    compare(scenario, make_policy(Phase(3, 70, departments, spent)), seed)


def test_a_phase_that_waits_for_a_condition_is_as_specified() -> None:
    until = Condition("practicing", above=0.5)
    policy = Policy("until half", (Phase(0, None, None, {"coaching": 1.0, "training": 5.0}, until),))
    weekly = compare(core_of(tiny()), policy, seed=3)
    assert 0 < (weekly["sponsored"] > 0.0).sum() < WEEKS


def test_a_market_without_customers_and_a_firm_without_people_are_as_specified() -> None:
    compare(core_of(tiny({"customers.initial": 0, "customers.acquisition": 0.0})), NONE, 1, weeks=20)
    compare(
        core_of(tiny({"employees.turnover": 0.5, "hiring.delay_weeks": 52.0})), amounts(speeches=1.0, training=1.0), 1
    )
