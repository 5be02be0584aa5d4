"""The model as it ships against the reference: everything on, the same draws, the same numbers."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import event, everything, make_policy, parameter, tiny

from reference.comparison import COUNTS, SMALL, compare
from reference.coverage import BESIDE_THE_CORE, CHOICES
from sim.model import registry
from sim.model.events import EVENT_KINDS
from sim.model.policies.policy import NONE, Phase, Policy
from sim.model.policies.resources import RESOURCES
from sim.model.scenario import Event, Scenario, shipped_policies

pytestmark = pytest.mark.recipe("mechanism", "resource", "outcome")

BANK = Scenario.load("retail-bank")
WEEKS = 160  # past the end of sponsorship, and the succession
OTHERS = sorted(set(shipped_policies(registry.current())) - set(BANK.default_policies))
EVERYTHING = {name: BANK.parameters[name] for name in (*BESIDE_THE_CORE, "expectation.market")}
SCENARIOS = ("champion", "online-store", "professional-services", "public-agency", "utility")


def test_the_default_bank_is_as_specified() -> None:
    weekly = compare(BANK, BANK.policy("value-driven"), seed=1)
    assert min(weekly[name].sum() for name in COUNTS) > 0.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("policy", BANK.default_policies)
def test_a_small_bank_is_as_specified(policy: str, seed: int) -> None:
    compare(BANK.override(SMALL), BANK.policy(policy), seed, WEEKS)


@pytest.mark.slow
@pytest.mark.parametrize("policy", OTHERS)
def test_every_policy_that_ships_is_as_specified(policy: str) -> None:
    compare(BANK.override(SMALL), BANK.policy(policy), 5, WEEKS)


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_that_ships_is_as_specified(name: str) -> None:
    scenario = Scenario.load(name).override(SMALL)
    for policy in scenario.default_policies:
        compare(scenario, scenario.policy(policy), 6, 230)  # past the last event


@pytest.mark.parametrize("kind", sorted(EVENT_KINDS))
def test_every_event_is_as_specified(kind: str) -> None:
    first, second = event(kind, 20), event(kind, 60)
    if EVENT_KINDS[kind].departments:
        second = dataclasses.replace(second, departments=("branches",))
    struck = dataclasses.replace(BANK.override(SMALL), events=(first, second))
    compare(struck, BANK.policy("mixed"), seed=8)


@pytest.mark.slow
@pytest.mark.parametrize("setter", CHOICES["criteria.setter"])
@pytest.mark.parametrize("rule", CHOICES["line.rule"])
def test_every_way_to_draw_the_line_is_as_specified(rule: str, setter: str) -> None:
    half_public = {
        "line.rule": rule,
        "criteria.setter": setter,
        "interest.political": 0.5,
        "structure.by_customer": 0.5,
    }
    events = (event("executive_succession", 10), event("election", 20), event("margin_squeeze", 40))
    bank = dataclasses.replace(BANK.override({**SMALL, **half_public}), events=events)
    spent = {"participation": 0.5, "audit_independence": 0.5, "audit_probability": 1.0, "audit_consequence": 0.5}
    compare(
        bank, make_policy(Phase(5, 60, None, {**spent, "delegation": 1.0, "delegated_power": 0.5})), seed=10, weeks=80
    )


@pytest.mark.parametrize("seed", range(12))
def test_fads_that_keep_coming_are_as_specified(seed: int) -> None:
    eager = {"fads.rate": 6.0, "fads.inertia": 0.0, "fads.stories": 20, "fads.skepticism": 0.2}
    bank = BANK.override(
        {**EVERYTHING, **eager, "employees.number": 12, "customers.initial": 30, "customers.market": 45}
    )
    compare(bank, bank.policy("mixed"), seed, weeks=40)


def test_departments_without_power_are_as_specified() -> None:
    front = {"name": "front", "share": 0.6, "facing": 0.8, "power": 0.01}
    back = {"name": "back", "share": 0.4, "facing": 0.0, "power": 0.99}
    values = {**EVERYTHING, "employees.number": 20, "customers.initial": 40, "customers.market": 60, "run.burn_in": 4}
    scenario = Scenario.from_dict({"departments": [front, back]}).override(
        {**values, "power.budget": 1.0, "place.power": 0.9}
    )
    compare(scenario, BANK.policy("mixed"), seed=12, weeks=60)


def test_a_market_that_comes_for_promises_is_as_specified() -> None:
    bank = BANK.override({**SMALL, "focus.reach": 4.0, "customers.acquisition": 0.04, "lifetime.churn_alpha": 1.5})
    weekly = compare(bank, BANK.policy("focus"), seed=13, weeks=60)
    assert weekly["acquired"].sum() > 20.0


@pytest.mark.parametrize("tries", [1, 2])
def test_definitions_may_be_other_numbers(tries: int) -> None:
    values = {
        "calendar.farthest_weeks": 1 + tries,
        "credit.ordinary": 0.7,
        "criteria.independent": 0.9,
        "criteria.setter": "independent",
        "employees.turnover": 0.3,
        "power.budget": 1.0,
        "power.least_capacity": 0.95,
        "service.tries": tries,
        "standard.floor": 0.97,
        "workload.least": 0.9,
        "workload.most": 1.05,
    }
    compare(BANK.override({**SMALL, **values}), BANK.policy("mixed"), seed=14, weeks=60)
    calm = tiny({**EVERYTHING, **values, "workload.baseline": 0.5})
    compare(
        calm, make_policy(Phase(2, None, None, {"moments": 0.5, "speeches": 1.0, "training": 1.0})), seed=15, weeks=60
    )


@pytest.mark.parametrize("share", [0.2, 0.6, 1.0])
def test_all_resources_at_once_are_as_specified(share: float) -> None:
    spent = everything(share, 4, 60)
    scenario = tiny({**EVERYTHING, "structure.by_customer": 0.5, "place.decoupling": 0.2}, (event("budget_cut", 30),))
    compare(scenario, spent, seed=11, weeks=90)


SIZES = ("customers.", "employees.number", "employees.span", "network.degree", "run.")
NUMBERS = sorted(
    name for name, entry in registry.current().parameters.items() if entry.plausible and not name.startswith(SIZES)
)


@st.composite
def any_values(draw: st.DrawFn) -> dict[str, object]:
    """Some parameters of the whole model anywhere in their plausible ranges, and any rules."""
    values: dict[str, object] = dict(EVERYTHING)
    for name in draw(st.lists(st.sampled_from(NUMBERS), min_size=4, max_size=16, unique=True)):
        entry = parameter(name)
        assert entry.plausible is not None
        low, high = entry.plausible
        whole = entry.type == "integer"
        values[name] = draw(st.integers(int(low), int(high)) if whole else st.floats(low, high))
    for name, choices in CHOICES.items():
        values[name] = draw(st.sampled_from(choices))
    values["interest.political"] = draw(st.sampled_from([0.0, 0.5, 1.0]))
    values["structure.by_customer"] = draw(st.sampled_from([0.0, 0.5]))
    values["customers.contract_share"] = draw(st.sampled_from([0.0, 0.5, 1.0]))
    return values


@st.composite
def any_event(draw: st.DrawFn) -> Event:
    """One event of any kind, place and size, within the weeks compared."""
    kind = draw(st.sampled_from(sorted(EVENT_KINDS)))
    fields = {
        name: float(draw(st.integers(1, 40))) if name == "weeks" else draw(st.floats(0.0, 1.0))
        for name in EVENT_KINDS[kind].fields
    }
    struck = event(kind, draw(st.integers(0, 70)), **fields)
    limited = EVENT_KINDS[kind].departments and draw(st.booleans())
    return dataclasses.replace(struck, departments=("front",)) if limited else struck


@st.composite
def any_phase(draw: st.DrawFn) -> Phase:
    """Some weeks of any amounts of some resources, everywhere or in one department."""
    names = draw(st.lists(st.sampled_from(sorted(RESOURCES)), min_size=1, max_size=8, unique=True))
    spent = {name: draw(st.floats(0.0, RESOURCES[name].high)) for name in names}
    start = draw(st.integers(0, 20))
    end = draw(st.none() | st.integers(start + 1, 90))
    return Phase(start, end, draw(st.sampled_from([None, ("front",), ("back",)])), spent)


@pytest.mark.slow
@settings(max_examples=80)
@given(
    any_values(),
    st.lists(any_event(), max_size=4),
    st.lists(any_phase(), min_size=1, max_size=3),
    st.integers(0, 2**32),
)
def test_any_tiny_organization_is_as_specified(
    values: dict[str, object], events: list[Event], phases: list[Phase], seed: int
) -> None:
    compare(tiny(values, tuple(events)), make_policy(*phases), seed, weeks=104)


@pytest.mark.parametrize("rule", CHOICES["norm.rule"])
def test_every_rule_of_the_norm_is_as_specified(rule: str) -> None:
    compare(BANK.override({**SMALL, "norm.rule": rule}), BANK.policy("mixed"), seed=9)


def test_an_empty_market_and_an_empty_firm_are_as_specified() -> None:
    nobody = tiny({**EVERYTHING, "customers.initial": 0, "customers.acquisition": 0.0})
    leaving = tiny({**EVERYTHING, "employees.turnover": 0.5, "hiring.delay_weeks": 52.0})
    spent: Policy = make_policy(
        Phase(0, None, None, {"speeches": 1.0, "training": 1.0, "score_bonus": 0.5, "moments": 1.0})
    )
    for scenario in (nobody, leaving):
        for policy in (NONE, spent):
            compare(scenario, policy, seed=1, weeks=60)
