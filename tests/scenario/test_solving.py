"""Parameters that follow from others: retention gives the second shape of churn."""

from __future__ import annotations

import pytest

from sim.model.mechanisms.lifetime import book_retention
from sim.model.scenario import Scenario, ScenarioError

DEPARTMENTS = [{"name": "all", "share": 1.0, "facing": 0.5, "power": 1.0}]


def bank(**lifetime: object) -> Scenario:
    return Scenario.from_dict({"departments": DEPARTMENTS, "lifetime": lifetime}, place="my.toml")


def test_without_retention_the_shape_is_what_it_was() -> None:
    assert bank().parameters["lifetime.churn_beta"] == 3.806
    assert bank(churn_beta=2.0).parameters["lifetime.churn_beta"] == 2.0


def test_a_scenario_holds_the_retention_and_what_follows() -> None:
    parameters = bank(retention_annual=0.9).parameters
    assert parameters["lifetime.retention_annual"] == 0.9
    assert book_retention(0.668, float(parameters["lifetime.churn_beta"]), 10.0) == pytest.approx(0.9, abs=1e-12)
    newcomers = bank(retention_annual=0.9, retention_of="newcomers").parameters
    assert newcomers["lifetime.churn_beta"] == pytest.approx(9 * 0.668)


def test_it_follows_again_when_something_else_changes() -> None:
    scenario = bank(retention_annual=0.9, retention_of="newcomers")
    assert scenario.override({"lifetime.churn_alpha": 1.0}).parameters["lifetime.churn_beta"] == pytest.approx(9.0)
    assert scenario.assign(["lifetime.retention_annual=0.8"]).parameters["lifetime.churn_beta"] == pytest.approx(
        4 * 0.668
    )


def test_a_retention_replaces_a_shape_that_a_file_gives() -> None:
    given = bank(churn_beta=2.0).override({"lifetime.retention_annual": 0.9, "lifetime.retention_of": "newcomers"})
    assert given.parameters["lifetime.churn_beta"] == pytest.approx(9 * 0.668)


def test_what_was_written_is_read_again() -> None:
    scenario = bank(retention_annual=0.87)
    assert Scenario.from_dict(scenario.to_dict()) == scenario


AGAINST = (
    "lifetime.churn_beta must not be given beside lifetime.retention_annual, from which it follows (6.012), got 2.0 and 0.9. "
    "Leave it out, or set lifetime.retention_annual to 0."
)


def test_both_at_once_are_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        bank(retention_annual=0.9, retention_of="newcomers", churn_beta=2.0)
    assert caught.value.faults == [f"my.toml: {AGAINST}"]
    scenario = bank(retention_annual=0.9, retention_of="newcomers")
    with pytest.raises(ScenarioError) as caught:
        scenario.override({"lifetime.churn_beta": 2.0})
    assert caught.value.faults == [AGAINST]
    plain = bank()
    with pytest.raises(ScenarioError) as caught:
        plain.assign(
            ["lifetime.churn_beta=2.0", "lifetime.retention_annual=0.9", "lifetime.retention_of=newcomers"],
        )
    assert caught.value.faults == [f"--set: {AGAINST}"]


def test_a_future_against_a_retention_is_refused_when_it_comes() -> None:
    futures = {"restless": {"lifetime.churn_beta": 2.0}}
    scenario = Scenario.from_dict({"departments": DEPARTMENTS, "futures": futures})
    assert scenario.in_future("restless").parameters["lifetime.churn_beta"] == 2.0
    given = scenario.override({"lifetime.retention_annual": 0.9, "lifetime.retention_of": "newcomers"})
    with pytest.raises(ScenarioError) as caught:
        given.in_future("restless")
    assert caught.value.faults == [AGAINST]


def test_a_retention_out_of_reach_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        bank(retention_annual=0.2)
    assert caught.value.faults == [
        "my.toml: lifetime.retention_annual must be 0.515 to 0.999 at lifetime.churn_alpha = 0.668, got 0.2. "
        "Change one of them."
    ]
