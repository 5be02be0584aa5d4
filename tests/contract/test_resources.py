"""Every resource is inert at zero, documented, has a cost that is booked to the cent, and does something."""

from __future__ import annotations

import pickle
from functools import cache

import numpy as np
import pandas as pd
import pytest
from support import amounts, burned_in, differing, event, make_policy, run, tiny

from sim.model.engine import run_week
from sim.model.organization import Organization
from sim.model.policies.policy import Condition, Phase
from sim.model.policies.resources import RESOURCE_NAMES, RESOURCES, Resource
from sim.model.simulation import Run, burn_in, simulate, with_policy

pytestmark = pytest.mark.recipe("resource")

BOOKKEEPING = {"policy_cost", "profit", "sponsored"}
"""Outcomes that record a resource by definition; a resource must change something else."""

COMPANY = {
    "procedures": 0.5,
    "monitoring": 0.5,
    "training": 1.0,
    "coaching": 0.3,
    "sponsor_attention": 0.2,
    "audit_independence": 0.5,
    "audit_probability": 0.5,
    "audit_consequence": 0.5,
    "delegation": 0.5,
}
"""What a resource is added to: some of them work through others, as monitoring does through procedures."""

LIVELY = {
    "employees.number": 40,
    "employees.turnover": 0.1,
    "hiring.delay_weeks": 2.0,
    "hiring.outside_practice": 0.3,
    "needs.weight": 0.5,
    "partners.dependence": 0.5,
}

STAYING = {"employees.turnover": 0.0, "employees.dismissal": 0.0}

WEEKS = 40


@cache
def lively() -> Organization:
    """An organization with many hires, some practice, and a budget cut in week 5: everything has its occasion."""
    return burn_in(tiny(LIVELY, (event("budget_cut", 5, share=0.5, weeks=20),)), 1)


def lives(**resources: float) -> Run:
    return simulate(with_policy(lively(), amounts(**resources)), WEEKS)


@cache
def alone() -> pd.DataFrame:
    return lives().weekly


@cache
def in_company_without(name: str) -> pd.DataFrame:
    return lives(**{**COMPANY, name: 0.0}).weekly


def test_all_the_resources_are_there() -> None:
    assert {
        "speeches",
        "posters",
        "procedures",
        "monitoring",
        "training",
        "coaching",
        "hiring_filter",
        "sponsor_attention",
        "protected_budget",
        "recovery_authority",
        "relief",
        "promotion",
        "consent",
        "disclosure",
        "feedback",
        "segments",
        "partner_standards",
    } <= set(RESOURCE_NAMES)


@pytest.mark.parametrize("name", RESOURCE_NAMES)
def test_a_resource_is_documented(name: str) -> None:
    resource = RESOURCES[name]
    assert resource.name == name and name.isidentifier()
    assert resource.meaning.endswith(".") and len(resource.meaning.split()) >= 5
    assert resource.unit and resource.source and resource.channels
    assert resource.low == 0.0 < resource.high < np.inf
    assert resource.cost >= 0.0 and resource.per in ("head", "organization")
    assert pickle.loads(pickle.dumps(resource)) == resource


def test_a_resource_has_nothing_that_could_make_it_last() -> None:
    known = {
        "name",
        "unit",
        "low",
        "high",
        "meaning",
        "per",
        "cost",
        "channels",
        "source",
        "tier",
        "nature",
        "by_attention",
    }
    assert set(Resource.__dataclass_fields__) == known, "a new field: make sure that it is no decay in disguise"


def test_executives_can_make_talk_of_work_alone() -> None:
    """What a program does can end as talk; who watches over it and pays for it cannot. No name decides: a property does."""
    natures = {name: resource.nature for name, resource in RESOURCES.items()}
    assert [name for name, nature in natures.items() if nature == "talk"] == ["speeches", "posters"]
    assert {natures[name] for name in ("audit_independence", "protected_budget", "score_bonus")} == {"terms"}
    assert {natures[name] for name in ("training", "coaching", "procedures", "relief")} == {"work"}


def test_a_cost_that_cannot_be_added_up_is_refused() -> None:
    with pytest.raises(ValueError, match="per must be head or organization, got branch"):
        Resource("x", "u", 0.0, 1.0, "Meaning.", "branch", 1.0, (), "Source")


@pytest.mark.parametrize("name", RESOURCE_NAMES)
def test_nothing_of_a_resource_is_the_baseline_bit_for_bit(name: str) -> None:
    none = lives(**{name: 0.0})
    assert differing(none.weekly, alone()) == []
    assert (none.sponsorship_start, none.sponsorship_end, none.permanent) == (None, None, False)


@pytest.mark.parametrize("name", RESOURCE_NAMES)
def test_all_of_a_resource_changes_something(name: str) -> None:
    changed = differing(lives(**{**COMPANY, name: RESOURCES[name].high}).weekly, in_company_without(name))
    assert set(changed) - BOOKKEEPING, f"{name} is paid for and does nothing"


THROUGH_OTHERS = {
    "protected_budget",
    "monitoring",
    "audit_independence",
    "audit_probability",
    "audit_consequence",
    "delegated_power",
}
"""Resources that do nothing alone: oversight is a product, and power without an office is nobody's."""


@pytest.mark.parametrize("name", sorted(THROUGH_OTHERS - {"monitoring"}))  # which crowds out, procedures or not
def test_a_factor_does_nothing_alone(name: str) -> None:
    assert set(differing(lives(**{name: RESOURCES[name].high}).weekly, alone())) <= BOOKKEEPING


@pytest.mark.parametrize("name", sorted(set(RESOURCE_NAMES) - THROUGH_OTHERS))
def test_most_resources_do_something_by_themselves(name: str) -> None:
    assert set(differing(lives(**{name: RESOURCES[name].high}).weekly, alone())) - BOOKKEEPING


@pytest.mark.parametrize("name", RESOURCE_NAMES)
def test_a_resource_does_nothing_before_it_begins(name: str) -> None:
    later = simulate(with_policy(lively(), amounts(12, None, **{name: RESOURCES[name].high})), 12)
    assert differing(later.weekly, alone().head(12)) == []


@pytest.mark.parametrize("name", RESOURCE_NAMES)
def test_the_price_is_booked_to_the_cent(name: str) -> None:
    resource = RESOURCES[name]
    amount = 0.7 * resource.high
    organization = burned_in(tiny({"employees.turnover": 0.2, f"cost.{name}": 12.34}), amounts(2, 9, **{name: amount}))
    for week in range(12):
        run_week(organization)
        heads = int(organization.employees.employed.sum())
        reached = heads if resource.per == "head" else 1
        expected = 12.34 * amount * reached if 2 <= week < 9 else 0.0
        assert organization.outcomes["policy_cost"] == pytest.approx(expected, abs=0.005), week


@pytest.mark.parametrize("name", RESOURCE_NAMES)
def test_a_partial_rollout_is_paid_for_where_it_reaches(name: str) -> None:
    resource = RESOURCES[name]
    policy = make_policy(Phase(0, None, ("back",), {name: resource.high}))
    organization = burned_in(tiny({f"cost.{name}": 10.0}), policy)
    for _ in range(5):
        run_week(organization)
        employees = organization.employees
        there = employees.department == 1
        reached = (employees.employed & there).sum() if resource.per == "head" else there.mean()
        assert organization.outcomes["policy_cost"] == pytest.approx(10.0 * resource.high * float(reached), abs=0.005)


def test_costs_of_several_resources_add_up_and_follow_a_budget_cut() -> None:
    scenario = tiny(STAYING, (event("budget_cut", 3, share=0.4, weeks=2),))
    weekly = run(scenario, amounts(speeches=2.0, training=1.5), weeks=7).weekly
    full = 2.0 * RESOURCES["speeches"].cost + 1.5 * RESOURCES["training"].cost * 12
    np.testing.assert_allclose(weekly["policy_cost"], [full] * 3 + [0.6 * full] * 2 + [full] * 2, atol=0.005)


def test_what_is_protected_survives_a_cut() -> None:
    scenario = tiny(STAYING, (event("budget_cut", 0, share=0.8),))
    price = 1.5 * RESOURCES["training"].cost * 12
    paid = {
        protected: run(scenario, amounts(training=1.5, protected_budget=protected), weeks=1).weekly["policy_cost"][0]
        for protected in (0.0, 0.5, 1.0)
    }
    assert paid == {0.0: pytest.approx(0.2 * price), 0.5: pytest.approx(0.6 * price), 1.0: pytest.approx(price)}


def test_what_is_protected_survives_a_successor_who_ends_the_program() -> None:
    values = {**STAYING, "executives.successor_keeps": 0.0, "executives.succession": 0.0}
    scenario = tiny(values, (event("executive_succession", 3),))
    price = 1.5 * RESOURCES["training"].cost * 12
    for protected in (0.0, 0.4, 1.0):
        paid = run(scenario, amounts(training=1.5, protected_budget=protected), weeks=6).weekly["policy_cost"]
        assert paid.tolist() == pytest.approx([price] * 3 + [protected * price] * 3, abs=0.005)


def test_overlapping_phases_add_up_to_the_legal_maximum_and_no_further() -> None:
    policy = make_policy(
        Phase(0, None, None, {"coaching": 0.7}), Phase(0, None, None, {"coaching": 0.6, "speeches": 1.0})
    )
    capped = run(tiny(), policy).weekly
    assert differing(capped, run(tiny(), amounts(coaching=1.0, speeches=1.0)).weekly) == []


def test_a_condition_ends_a_phase_for_good() -> None:
    def speeches(condition: Condition | None) -> Run:
        return run(tiny(), make_policy(Phase(0, None, None, {"speeches": 1.0}, condition)), weeks=30)

    always, until = speeches(None), speeches(Condition("salience", above=0.45))
    salience = always.weekly["salience"].to_numpy()
    crossed = int(np.flatnonzero(salience > 0.45)[0])
    assert 0 < crossed < 29
    sponsored = until.weekly["sponsored"].to_numpy() > 0.0
    assert sponsored.tolist() == [week <= crossed for week in range(30)], "it does not come back when salience falls"
    assert (until.sponsorship_start, until.sponsorship_end, until.permanent) == (0, crossed + 1, False)
    assert (always.sponsorship_start, always.sponsorship_end, always.permanent) == (0, None, True)
    assert speeches(Condition("salience", below=2.0)).sponsorship_end == 1
    assert speeches(Condition("reach", above=0.0)).permanent, "a missing value crosses no line"
