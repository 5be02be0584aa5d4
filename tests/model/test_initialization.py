"""The organization before its first week: seats, people who have been there for a while, customers who have stayed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import tiny, violations

from sim.analysis.intervals import mean_limits
from sim.model.initialization import initialize
from sim.model.kernel.elementwise import elementwise
from sim.model.kernel.random import Streams
from sim.model.mechanisms.lifetime import annual_churn, weekly_hazard
from sim.model.mechanisms.staffing import weekly_from_monthly
from sim.model.organization import Organization
from sim.model.scenario import Department, Scenario

INSURER = Path(__file__).parents[1] / "lab" / "insurer.toml"

LARGE: Mapping[str, object] = {"employees.number": 4000, "customers.initial": 20_000, "customers.market": 25_000}


def initialized(values: Mapping[str, object], seed: int = 1) -> Organization:
    scenario = tiny(values)
    return initialize(scenario, scenario.policy("none"), Streams(seed))


def test_initialization_puts_everyone_at_work_and_the_first_positions_under_contract_or_not() -> None:
    organization = initialized({})
    assert violations(organization) == []
    assert organization.week == -4
    assert organization.employees.employed.all() and organization.employees_ever_hired == 12
    assert organization.customers.active.tolist() == [True] * 30 + [False] * 15
    assert organization.customers_ever_acquired == 30 and organization.executives_ever_appointed == 5
    assert (organization.customers.identity[30:] == -1).all()


@settings(max_examples=60)
@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6), st.integers(1, 60))
def test_seats_are_whole_add_up_and_follow_the_shares(weights: list[float], number: int) -> None:
    departments = tuple(
        Department(f"d{index}", weight / sum(weights), 0.5, 0.5) for index, weight in enumerate(weights)
    )
    scenario = dataclasses.replace(tiny({"employees.number": number}), departments=departments)
    organization = initialize(scenario, scenario.policy("none"), Streams(0))
    seats = organization.departments.seats
    assert seats.sum() == number == len(organization.employees)
    exact = np.array([department.share for department in departments]) * number
    assert np.all(np.abs(seats - exact) < 1.0)
    assert np.bincount(organization.employees.department, minlength=len(seats)).tolist() == seats.tolist()
    assert organization.environment.facing_seats.size >= 1


@pytest.mark.parametrize("facing", [0.0, 0.25, 0.9, 1.0])
def test_the_last_seats_of_a_department_face_customers(facing: float) -> None:
    scenario = dataclasses.replace(
        tiny({"employees.number": 20}),
        departments=(Department("front", 0.5, facing, 1.0), Department("back", 0.5, 1.0, 1.0)),
    )
    faces = initialize(scenario, scenario.policy("none"), Streams(0)).employees.facing
    assert faces[10:].all()
    assert faces[:10].sum() == round(facing * 10)
    assert not np.any(np.diff(faces[:10].astype(np.int64)) < 0), "managers sit first and do not face customers"


def test_where_nobody_faces_customers_one_seat_must() -> None:
    scenario = dataclasses.replace(
        tiny({"employees.number": 20}),
        departments=(Department("one", 0.5, 0.0, 1.0), Department("other", 0.5, 0.0, 1.0)),
    )
    assert initialize(scenario, scenario.policy("none"), Streams(0)).employees.facing.sum() == 1


def test_power_is_shared_out() -> None:
    assert initialized({}).departments.power.tolist() == pytest.approx([0.4, 0.6])


@pytest.mark.parametrize("turnover", [0.0, 0.02, 0.2])
def test_staff_have_the_tenure_of_those_who_came_steadily_and_stayed(turnover: float) -> None:
    tenure = initialized({**LARGE, "employees.turnover": turnover, "employees.history": 10.0}).employees.tenure
    assert tenure.min() >= 0.0 and tenure.max() <= 520.0
    # Density proportional to exp(-rate t) on 0 to 520 weeks.
    rate = -np.log1p(-weekly_from_monthly(turnover))
    expected = 260.0 if rate == 0.0 else 1.0 / rate - 520.0 / np.expm1(rate * 520.0)
    assert tenure.mean() == pytest.approx(expected, rel=0.05)


def with_turnovers(everywhere: float, *own: float | None) -> Organization:
    """A large organization of equal departments that have their own turnover, or that of all."""
    departments = tuple(Department(f"d{index}", 1.0 / len(own), 0.5, 0.5, each) for index, each in enumerate(own))
    scenario = dataclasses.replace(tiny({**LARGE, "employees.turnover": everywhere}), departments=departments)
    return initialize(scenario, scenario.policy("none"), Streams(1))


def test_a_department_may_have_its_own_turnover() -> None:
    employees = (organization := with_turnovers(0.01, 0.05, None)).employees
    assert organization.departments.turnover.tolist() == [0.05, 0.01]
    for department, monthly in enumerate((0.05, 0.01)):
        there = employees.department == department
        plain = with_turnovers(monthly, None, None).employees.tenure
        assert np.array_equal(employees.tenure[there], plain[there]), "as if all had this turnover"


def test_where_nobody_leaves_nobody_leaves_any_department() -> None:
    assert with_turnovers(0.0, 0.05, None).departments.turnover.tolist() == [0.0, 0.0]


def test_without_history_all_are_new() -> None:
    organization = initialized({"employees.history": 0.0, "customers.history": 0.0})
    assert not organization.employees.tenure.any()
    assert not organization.customers.tenure.any()
    assert not organization.customers.depth.any()


def test_without_history_nobody_has_left_yet_even_those_who_leave_for_certain() -> None:
    """A customer who leaves within the week (hazard 1) has stayed for no weeks: 1 ** 0 is 1 and not missing."""
    certain = {"lifetime.churn_alpha": 100.0, "lifetime.churn_beta": 0.01, "customers.contract_share": 1.0}
    organization = initialized({**certain, "customers.history": 0.0})
    assert (organization.customers.hazard[organization.customers.active] > 0.99).any()
    assert violations(organization) == []


def test_customers_who_hardly_ever_buy_are_initialized_without_complaint() -> None:
    """A purchase rate of next to nothing is a very long wait, not an overflow."""
    rare = {**LARGE, "customers.contract_share": 0.0, "customers.history": 0.0, "lifetime.purchase_shape": 0.01}
    customers = initialized(rare).customers
    assert (customers.next_purchase[customers.active] > 1e6).any()


def test_the_installed_base_under_contract_is_those_who_came_steadily_and_stayed() -> None:
    """Those who are still there after years leave less than those who come: else sorting alone would move the baseline."""
    values = {**LARGE, "customers.contract_share": 1.0}
    base, new = initialized(values).customers, initialized({**values, "customers.history": 0.0}).customers
    there = base.active
    # Density of (theta, age) proportional to Beta(theta) (1 - theta) ** (age / 52) on 0 to 520 weeks.
    annual = elementwise(annual_churn)((np.arange(20_000) + 0.5) / 20_000, 0.668, 3.806)
    log_stay = np.log1p(-annual) / 52.0
    weight = np.expm1(520.0 * log_stay) / log_stay
    expected = float((elementwise(weekly_hazard)(annual) * weight).sum() / weight.sum())
    assert base.hazard[there].mean() == pytest.approx(expected, rel=0.04)
    assert expected < 0.6 * new.hazard[there].mean()
    tenure = (np.exp(520.0 * log_stay) * (520.0 * log_stay - 1.0) + 1.0) / log_stay**2
    assert base.tenure[there].mean() == pytest.approx(float(tenure.sum() / weight.sum()), rel=0.03)
    assert not base.rate[there].any() and not base.dropout[there].any()


def test_the_installed_base_keeps_the_annual_retention_that_was_given() -> None:
    values = {**LARGE, "lifetime.retention_annual": 0.9, "customers.contract_share": 1.0}
    customers = initialized(values).customers
    kept = (1.0 - customers.hazard[customers.active]) ** 52
    assert kept.mean() == pytest.approx(0.9, abs=0.004)


def test_a_retention_entered_once_is_the_mean_over_replicates_to_a_tenth_of_a_point() -> None:
    scenario = Scenario.load(INSURER).override({"lifetime.retention_annual": 0.88})
    kept = []
    for replicate in range(64):
        customers = initialize(scenario, scenario.policy("none"), Streams(replicate)).customers
        kept.append(((1.0 - customers.hazard[customers.active]) ** 52).mean())
    mean, low, high = (float(each) for each in mean_limits(np.array(kept)))
    assert low <= 0.88 <= high and high - low < 0.001, mean


def test_the_installed_base_without_contract_still_buys() -> None:
    values = {**LARGE, "customers.contract_share": 0.0}
    base, new = initialized(values).customers, initialized({**values, "customers.history": 0.0}).customers
    there = base.active
    assert (base.rate * base.dropout)[there].mean() < 0.5 * (new.rate * new.dropout)[there].mean()
    assert base.tenure[there].mean() > 52.0 and base.depth[there].mean() > new.depth[new.active].mean()
    assert not base.hazard[there].any()


def test_the_new_have_the_published_distribution() -> None:
    customers = initialized({**LARGE, "customers.history": 0.0, "customers.contract_share": 1.0}).customers
    annual = 1.0 - (1.0 - customers.hazard[customers.active]) ** 52
    assert annual.mean() == pytest.approx(0.668 / (0.668 + 3.806), abs=0.005)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_share_under_contract_is_the_parameter(share: float) -> None:
    customers = initialized({**LARGE, "customers.contract_share": share}).customers
    assert customers.contract.mean() == pytest.approx(share, abs=0.01)
    assert np.isinf(customers.next_purchase[customers.contract]).all()
    assert not customers.contact_rate[~customers.contract].any()


def test_a_larger_market_begins_with_the_same_people() -> None:
    small, large = initialized({}), initialized({"customers.market": 90})
    for name in ("hazard", "rate", "dropout", "satisfaction", "spending", "tenure", "contract"):
        np.testing.assert_array_equal(
            getattr(small.customers, name)[:30], getattr(large.customers, name)[:30], err_msg=name
        )


def test_a_larger_staff_begins_with_the_same_people() -> None:
    small, large = initialized({}), initialized({"employees.number": 24})
    for name in ("value", "tenure", "definition"):
        np.testing.assert_array_equal(getattr(small.employees, name), getattr(large.employees, name)[:12], err_msg=name)
    np.testing.assert_array_equal(small.employees.memory, large.employees.memory[:12])


def test_values_come_from_the_labor_market_and_are_at_rest() -> None:
    employees = initialized(LARGE).employees
    assert employees.set_point.mean() == pytest.approx(0.4, abs=0.01)
    old = initialized({**LARGE, "employees.history": 30.0, "employees.turnover": 0.0}).employees
    np.testing.assert_array_equal(old.value, employees.value, err_msg="what is at rest does not hang on tenure")
    assert employees.value.mean() < 0.4


def test_without_a_set_point_to_return_to_values_wear_with_tenure() -> None:
    wearing = {**LARGE, "norm.value_anchor": 0.0}
    new = initialized({**wearing, "employees.history": 0.0}).employees
    assert new.value.mean() == pytest.approx(0.4, abs=0.01)
    old = initialized({**wearing, "employees.history": 30.0, "employees.turnover": 0.0}).employees
    assert old.value.mean() < new.value.mean()


def test_contacts_are_expected_as_customers_call_and_buy() -> None:
    organization = initialized(LARGE)
    customers = organization.customers
    expected = customers.contact_rate[customers.active].sum() + customers.rate[customers.active].sum()
    assert organization.contacts_expected == pytest.approx(float(expected))


def test_the_baseline_begins_at_its_own_level() -> None:
    """What is served in the first year is what the staffing and the market were set for: no drift by construction."""
    scenario = Scenario.load("retail-bank")
    organization = initialize(scenario, scenario.policy("none"), Streams(1))
    assert organization.market == scenario.parameters["expectation.market"]
    assert abs(organization.customers.satisfaction[organization.customers.active].mean() - 0.7) < 0.02
