"""Amounts of another period: what people know by the year is what the model counts by the week or the month."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.periods import in_period

DEPARTMENTS = [{"name": "all", "share": 1.0, "facing": 0.5, "power": 1.0}]

YEARLY = {
    "money": {"margin": "208 per year", "wage": "52,000.00 per year"},
    "service": {"contacts": "1.56 per year"},
    "employees": {"turnover": "19.2 % per year"},
    "plausible": {"money.margin": ["104 per year", "6 per week"]},
    "futures": {"lean": {"money.margin": "104 per year"}},
}


def organization(**table: Any) -> Scenario:
    return Scenario.from_dict({"departments": DEPARTMENTS, **table}, place="my.toml")


@pytest.mark.parametrize(
    ("text", "periods", "value"),
    [
        ("208 per year", 52, 4.0),
        ("13 a month", 52, 3.0),
        ("1.6 per month", 12, 1.6),
        ("19.2 % per year", 12, 0.016),
        ("€ 52 per quarter", 52, 4.0),
        ("52 per Year", 52, 1.0),
    ],
)
def test_an_amount_is_spread_evenly_over_its_period(text: str, periods: int, value: float) -> None:
    assert in_period(text, periods) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "value", ["208", "per year", "208 per decade", "1,250 per year", "much per year", 3.0, True, None]
)
def test_anything_else_stays_as_it_is(value: object) -> None:
    assert in_period(value, 52) is value


def test_a_scenario_holds_the_number_that_the_model_counts() -> None:
    scenario = organization(**YEARLY)
    assert scenario.parameters["money.margin"] == 4.0
    assert scenario.parameters["money.wage"] == 1000.0
    assert scenario.parameters["service.contacts"] == pytest.approx(0.03)
    assert scenario.parameters["employees.turnover"] == pytest.approx(0.016)
    assert scenario.plausible["money.margin"] == (2.0, 6.0)
    assert scenario.in_future("lean").parameters["money.margin"] == 2.0
    assert Scenario.from_dict(scenario.to_dict()) == scenario


def test_it_holds_for_assignments_departments_prices_and_policies() -> None:
    scenario = organization(policies={"taught": {"training": "52 per year"}})
    assert scenario.policy("taught").phases[0].amounts["training"] == 1.0
    changed = scenario.assign(["money.margin=208 per year", "cost.training=520 per year"])
    assert changed.parameters["money.margin"] == 4.0
    assert changed.parameters["cost.training"] == 10.0
    department = {"name": "all", "share": 1.0, "facing": 0.5, "power": 1.0, "turnover": "12 % per year"}
    assert Scenario.from_dict({"departments": [department]}).departments[0].turnover == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"money": {"contact_cost": "9 per year"}}, "my.toml: money.contact_cost must be a number"),
        ({"money": {"margin": "9 per decade"}}, "my.toml: money.margin must be a number"),
        ({"employees": {"turnover": "900 % per year"}}, "my.toml: employees.turnover must be 0 to 0.5 (per month)"),
    ],
)
def test_what_has_no_such_period_is_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        organization(**table)
    assert caught.value.faults[0].startswith(message)
    assert len(caught.value.faults) == 1
