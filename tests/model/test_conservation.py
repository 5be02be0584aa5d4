"""Conservation: customers, employees, money and attention add up, and no value leaves its bounds."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import burned_in, event, everything, legal, parameter, tiny, violations

from sim.model import registry
from sim.model.engine import run_week
from sim.model.events import EVENT_KINDS
from sim.model.mechanisms.norm import COACHED, MONITORED
from sim.model.organization import Organization
from sim.model.policies.policy import Phase, Policy
from sim.model.policies.resources import RESOURCES
from sim.model.scenario import Department, Event, Scenario

SIZES = {"employees.number", "customers.initial", "customers.market", "run.burn_in", "norm.rule"}
SIZES |= {"lifetime.retention_annual"}  # from which another one of these follows
FREE = sorted(set(registry.current().parameters) - SIZES)


def check_week(organization: Organization, customers_before: int, employees_before: int) -> None:
    """Everything that must hold after any week of any run."""
    outcomes = organization.outcomes
    customers, employees = organization.customers, organization.employees
    assert violations(organization) == []

    assert outcomes["active_customers"] == customers_before + outcomes["acquired"] - outcomes["lost"]
    assert not np.any(customers.acquired & customers.lost), "nobody comes and goes in one week"
    assert outcomes["employees"] == employees_before + outcomes["hired"] - outcomes["left"] - outcomes["dismissed"]

    for columns, taken in ((customers, customers.active), (employees, employees.employed)):
        assert np.array_equal(columns.identity >= 0, taken)
        there = columns.identity[taken]
        assert np.unique(there).size == there.size, "two of one identity"
    assert customers.identity.max(initial=-1) < organization.customers_ever_acquired
    assert employees.identity.max(initial=-1) < organization.employees_ever_hired
    assert np.array_equal(employees.memory.sum(axis=1, dtype=np.int64), employees.memory_total)
    assert not employees.choice[~employees.employed].any()
    assert (employees.choice[employees.prompted_by == MONITORED] == 1).all()
    assert (employees.choice[employees.prompted_by == COACHED] == 1).all()
    assert not employees.prompted_by[~employees.employed].any()

    attention = sum(
        getattr(employees, f"attention_{side}") for side in ("customers", "colleagues", "bosses", "deadlines")
    )
    if organization.number("justice.attention_effect") == 0.0:
        np.testing.assert_allclose(np.asarray(attention), 1.0, rtol=0, atol=1e-12)
    assert ((np.asarray(attention) >= 0.0) & (np.asarray(attention) <= 1.0 + 1e-12)).all()  # the rest is brooding
    executives = organization.executives
    weights = executives.weight_customers + executives.weight_owners + executives.weight_self
    np.testing.assert_allclose(weights, 1.0, rtol=0, atol=1e-12)
    assert organization.departments.power.sum() == pytest.approx(1.0)
    assert organization.departments.seats.sum() == len(employees)
    assert 0.0 <= organization.talk <= 1.0 and 0.0 <= organization.market <= 1.0
    assert math.isfinite(organization.reputation)

    costs = ("service_cost", "policy_cost", "wages", "replacement_cost")
    profit = outcomes["revenue"]
    for name in costs:
        profit -= outcomes[name]
    assert outcomes["profit"] == profit
    for name in ("revenue", *costs, "customer_value"):
        assert math.isfinite(outcomes[name]) and outcomes[name] >= 0.0
    for name, outcome in registry.current().outcomes.items():
        value = outcomes[name]
        assert not math.isinf(value)
        if outcome.unit in ("share", "index") and not math.isnan(value):
            assert 0.0 <= value <= 1.0, name


def check_run(scenario: Scenario, policy: Policy, weeks: int, seed: int = 1) -> Organization:
    organization = burned_in(scenario, policy, seed)
    for _ in range(weeks):
        customers, employees = int(organization.customers.active.sum()), int(organization.employees.employed.sum())
        run_week(organization)
        check_week(organization, customers, employees)
    return organization


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A small organization with any legal values for some parameters, in one to three departments."""
    values: dict[str, object] = {
        "employees.number": draw(st.integers(1, 15)),
        "customers.market": (market := draw(st.integers(1, 40))),
        "customers.initial": draw(st.integers(0, market)),
        "run.burn_in": draw(st.integers(0, 3)),
        "norm.rule": draw(st.sampled_from(parameter("norm.rule").choices)),
    }
    for name in draw(st.lists(st.sampled_from(FREE), unique=True, max_size=12)):
        entry = parameter(name)
        if entry.type == "integer":
            values[name] = round(min(draw(legal(name)), 300.0))
        elif entry.type == "number":
            values[name] = draw(legal(name))
    count = draw(st.integers(1, 3))
    cut = draw(st.lists(st.floats(0.05, 1.0), min_size=count, max_size=count))
    departments = tuple(
        Department(f"d{index}", part / sum(cut), draw(st.sampled_from([0.0, 0.5, 1.0])), 1.0)
        for index, part in enumerate(cut)
    )
    events = tuple(draw(st.lists(st.sampled_from(sorted(EVENT_KINDS)).flatmap(some_event), max_size=3)))
    return dataclasses.replace(tiny(values, events), departments=departments)


def some_event(kind: str) -> st.SearchStrategy[Event]:
    fields: Mapping[str, Any] = EVENT_KINDS[kind].fields
    share = next(iter(fields))
    return st.builds(lambda week, size: event(kind, week, **{share: size}), st.integers(0, 12), st.floats(0.0, 1.0))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Up to three phases with any legal amounts."""
    phases = []
    for _ in range(draw(st.integers(0, 3))):
        names = draw(st.lists(st.sampled_from(sorted(RESOURCES)), unique=True, max_size=5))
        amounts = {name: draw(st.floats(0.0, 1.0)) * RESOURCES[name].high for name in names}
        start = draw(st.integers(0, 10))
        phases.append(Phase(start, draw(st.none() | st.integers(start + 1, 20)), None, amounts))
    return Policy("drawn", tuple(phases))


@pytest.mark.slow
@settings(max_examples=60)
@given(scenarios(), policies(), st.integers(0, 5))
def test_whatever_is_drawn_nothing_gets_lost(scenario: Scenario, policy: Policy, seed: int) -> None:
    check_run(scenario, policy, 15, seed)


SMALLEST = {"employees.number": 1, "customers.initial": 1, "customers.market": 1, "executives.number": 1}


@pytest.mark.parametrize("contract", [0.0, 1.0])
@pytest.mark.parametrize("facing", [0.0, 1.0])
@pytest.mark.parametrize("burn_in", [0, 5])
def test_one_department_one_employee_one_customer(contract: float, facing: float, burn_in: int) -> None:
    scenario = dataclasses.replace(
        tiny({**SMALLEST, "customers.contract_share": contract, "run.burn_in": burn_in, "employees.turnover": 0.3}),
        departments=(Department("all", 1.0, facing, 1.0),),
    )
    organization = check_run(scenario, everything(), 60)
    assert organization.employees.facing.all(), "somebody has to serve"


def test_more_departments_than_people() -> None:
    departments = tuple(Department(f"d{index}", 0.2, 0.5, 0.2) for index in range(5))
    check_run(dataclasses.replace(tiny({"employees.number": 2}), departments=departments), everything(), 40)


def test_no_customers_at_all() -> None:
    organization = check_run(tiny({"customers.initial": 0, "customers.acquisition": 0.0}), everything(), 20)
    assert organization.outcomes["revenue"] == 0.0 and math.isnan(organization.outcomes["satisfaction"])
    organization = check_run(tiny({"customers.initial": 0, "customers.acquisition": 0.5}), everything(), 20)
    assert organization.outcomes["active_customers"] > 0


ALL_AT_ONCE = tuple(event(kind, 5) for kind in sorted(EVENT_KINDS))


@pytest.mark.parametrize("rule", parameter("norm.rule").choices)
@pytest.mark.parametrize("load", [0.0, 0.9, 3.0])
def test_all_resources_at_their_maximum_with_all_events_at_once(rule: str, load: float) -> None:
    values = {"norm.rule": rule, "workload.baseline": load, "executives.successor_keeps": 1.0}
    check_run(tiny(values, ALL_AT_ONCE), everything(), 30)


def test_who_is_dismissed_in_the_week_of_a_managers_exit_is_counted_once() -> None:
    values = {"employees.number": 40, "employees.dismissal": 0.5, "employees.turnover": 0.0, "employees.span": 1}
    events = tuple(event("manager_exit", week) for week in range(12))
    check_run(tiny(values, events), Policy("none"), 12)


def test_exits_and_arrivals_add_up_over_a_whole_run() -> None:
    organization = burned_in(tiny({"employees.turnover": 0.1, "customers.acquisition": 0.05}), everything())
    start_customers, start_staff = int(organization.customers.active.sum()), int(organization.employees.employed.sum())
    flows = dict.fromkeys(("acquired", "lost", "hired", "left", "dismissed"), 0.0)
    seen = organization.customers_ever_acquired, organization.employees_ever_hired
    for _ in range(60):
        run_week(organization)
        for name in flows:
            flows[name] += organization.outcomes[name]
    assert start_customers + flows["acquired"] - flows["lost"] == organization.customers.active.sum()
    assert start_staff + flows["hired"] - flows["left"] - flows["dismissed"] == organization.employees.employed.sum()
    assert organization.customers_ever_acquired - seen[0] == flows["acquired"] > 0
    assert organization.employees_ever_hired - seen[1] == flows["hired"] > 0


@pytest.mark.parametrize("represented", [1.0, 50.0])
def test_every_amount_can_be_traced_to_who_paid_it(represented: float) -> None:
    scenario = tiny(
        {
            "customers.represented": represented,
            "conflict.rate": 0.3,
            "customers.acquisition": 0.05,
            "dues.arrears": 0.1,
            "structure.by_customer": 0.5,
            "employees.turnover": 0.1,
            "money.wage": 700.0,
        }
    )
    organization = burned_in(scenario, everything(0.5))
    p = scenario.parameters
    for _ in range(25):
        before = organization.copy()
        run_week(organization)
        now, outcomes = organization.this_week, organization.outcomes
        old, new = before.customers, organization.customers
        margins = old.spending[old.active & old.contract].sum()
        purchases = (old.spending * new.purchases)[old.active].sum()
        first = new.spending[new.acquired & ~new.contract].sum()
        paid = margins + purchases + first + now.promoted + now.collected
        paid -= old.spending[new.behind].sum()
        assert outcomes["revenue"] == pytest.approx(represented * paid, abs=0.005)
        served = 0.0 if math.isnan(outcomes["enacted"]) else outcomes["enacted"] * outcomes["contacts"]
        cost = float(p["money.contact_cost"]) * outcomes["contacts"] + float(p["money.served_cost"]) * served
        cost += float(p["recovery.cost"]) * outcomes["recovered"] + now.conceded_cost
        cost += now.complexity * float(p["money.contact_cost"]) * outcomes["contacts"]
        cost = represented * cost + now.coordination_cost
        assert outcomes["service_cost"] == pytest.approx(cost, abs=0.005)
        value = float(p["money.need_value"]) * served + now.conceded_gain
        assert outcomes["customer_value"] == pytest.approx(represented * value, abs=0.005)
        there, new = organization.employees.employed, organization.employees.tenure == 0.0
        assert outcomes["wages"] == 700.0 * there.sum()
        year = 52 * 700.0
        assert outcomes["replacement_cost"] == pytest.approx(0.21 * year * (there & new).sum(), abs=0.005)
