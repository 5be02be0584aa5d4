"""What is legal but hardly meant: each rule warns of its case, and of no scenario that ships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from lab.small import TEXT, small
from sim.commands.check import baseline_of
from sim.lab.plausibility import drifting, implausible, implausible_budget, implausible_numbers, warnings_of
from sim.lab.yearly_figures import yearly_figures
from sim.model.scenario import Scenario, shipped

INSURER = {
    "customers.initial": 2000,
    "customers.market": 2500,
    "customers.represented": 90.0,
    "employees.number": 1400,
    "employees.turnover": 0.016,
    "service.contacts": 0.03,
    "money.margin": 4.04,
    "money.contact_cost": 9.0,
    "lifetime.retention_annual": 0.88,
}


def insurer(**values: object) -> Scenario:
    """A mid-size insurer, with some values changed."""
    changed = {name.replace("__", "."): value for name, value in values.items()}
    return Scenario.load("retail-bank").override({**INSURER, "money.wage": 0.0, **changed})


@pytest.mark.parametrize("name", list(shipped.files("scenarios")))
def test_no_scenario_that_ships_is_implausible(name: str) -> None:
    assert warnings_of(Scenario.load(name), name) == []


def test_a_usual_organization_is_plausible() -> None:
    assert implausible(insurer()) == []


@pytest.mark.parametrize(
    ("values", "place", "remedy"),
    [
        (
            {"money__contact_cost": 900.0},
            "money.contact_cost makes 1.56 contacts cost EUR 1.4 thousand a year",
            "raise money.margin",
        ),
        ({"customers__market": 2100}, "customers.market has 95 % of the market", "Raise it"),
        (
            {"customers__initial": 2, "customers__market": 3},
            "customers.initial describes 180 customers",
            "leave it out",
        ),
        (
            {"employees__turnover": 0.192},
            "employees.turnover of 0.192 (per month) comes to 2.3",
            'write "0.192 per year"',
        ),
        ({"service__contacts": 0.9}, "service.contacts of 0.9 (per week) comes to 46.8", 'write "0.9 per year"'),
        ({"money__wage": 52_000.0}, "money.wage of 52000 (currency per week and person)", 'write "52000 per year"'),
        ({"money__margin": 210.0}, "money.margin of 210 a week comes to EUR 10.9 thousand", 'write "210 per year"'),
        ({"money__margin": 600.0, "money__wage": 900.0}, "money.margin of 600 a week comes to", "times all wages"),
    ],
)
def test_what_is_hardly_meant_is_told_with_place_value_and_remedy(
    values: dict[str, object], place: str, remedy: str
) -> None:
    found = [each for each in implausible(insurer(**values)) if each.startswith(place)]
    assert len(found) == 1
    assert remedy in found[0]


def test_a_department_may_have_the_turnover_of_a_year() -> None:
    scenario = insurer()
    departments = tuple(replace(each, turnover=0.3) for each in scenario.departments[:1]) + scenario.departments[1:]
    (warning,) = implausible(replace(scenario, departments=departments))
    assert warning.startswith(f"departments.{departments[0].name}.turnover of 0.3 (per month)")


def test_a_point_between_thousands_is_seen_in_files_and_assignments(tmp_path: Path) -> None:
    file = tmp_path / "dots.toml"
    file.write_text(TEXT.replace("number = 30", "number = 30.000"), encoding="utf-8")
    assert implausible_numbers(file, ["money.margin=1.250", "money.margin=4.125", "norm.rule=majority"]) == [
        f"{file}: employees.number = 30.000 is read as 30. If the point separates thousands, write 30000; else write 30.",
        "--set money.margin = 1.250 is read as 1.25. If the point separates thousands, write 1250; else write 1.25.",
    ]
    assert implausible_numbers(small()) == []


def test_a_budget_far_below_every_plan_is_hardly_meant() -> None:
    planned = {"academy": 2_000_000.0, "roadshow": 400_000.0, "free": 0.0}
    assert implausible_budget(900_000.0, planned, "EUR") == []
    (warning,) = implausible_budget(900.0, planned, "EUR")
    assert "roadshow: EUR 400 thousand" in warning
    assert warning.endswith("write 900000.")


def weekly(customers_a_year: float = 1.0, satisfaction_a_year: float = 0.0) -> pd.DataFrame:
    weeks = pd.Series(range(260))
    table = {"policy": "none", "week": weeks, "active_customers": 1000.0 * customers_a_year ** (weeks / 52)}
    scores = dict.fromkeys(("enacted", "trust", "attitudinal_loyalty", "employee_satisfaction"), 0.5)
    return pd.DataFrame({**table, **scores, "satisfaction": 0.7 + satisfaction_a_year * weeks / 52})


def test_a_baseline_that_drifts_is_told() -> None:
    assert drifting(weekly()) == []
    assert drifting(weekly(1.03, 0.005)) == []
    (warning,) = drifting(weekly(0.9, -0.02))
    assert "customers from 950 to 623 simulated" in warning
    assert "satisfaction from 69.0 to 61.0 of 100" in warning
    assert drifting(weekly(0.9).query("week < 90")) == []


def test_figures_are_those_of_a_year() -> None:
    figures = yearly_figures(insurer(), {"academy": 2_140_320.0})
    assert (figures.customers, figures.simulated, figures.people) == (180_000.0, 2000, 1400)
    assert figures.kept == pytest.approx(0.88)
    assert figures.margin == pytest.approx(52 * 4.04)
    assert figures.margin_of_all == pytest.approx(180_000 * 52 * 4.04)
    assert figures.contacts == pytest.approx(1.56)
    assert figures.leaving == pytest.approx(12 * 0.016, rel=0.01)
    customers, money, people, surveys, planned = figures.sentences()
    assert customers == (
        "180,000 customers (2,000 simulated, each for 90), 80 % of the market; 88.0 % are kept a year."
    )
    assert "EUR 210 a year" in money
    assert "EUR 37.8 million in all" in money
    assert "1.56 needs a year, each a contact at EUR 9 to 12" in money
    assert people == "1,400 people, of whom 19 % leave a year; wages are not in the ledger."
    assert "satisfaction 70 of 100" in surveys
    assert planned == "Planned cost over 260 weeks: academy EUR 2.14 million."


def test_without_contracts_purchases_are_what_customers_bring() -> None:
    figures = yearly_figures(Scenario.load("online-store"), {})
    assert figures.kept is None
    assert figures.margin == pytest.approx(figures.contacts * 12.0)
    assert "none is under contract" in figures.sentences()[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", list(shipped.files("scenarios")))
def test_no_baseline_that_ships_drifts(name: str) -> None:
    measured, drift = baseline_of(Scenario.load(name))
    assert measured.startswith("Measured in 4 runs without a policy: ")
    assert drift == []
