"""Money is counted over the whole run, unless its horizon is something else, and never over weeks that were not simulated."""

from __future__ import annotations

import pytest

from sim.lab.comparison_plan import length_of_run, load_scenario
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults

DEPARTMENTS = [{"name": "all", "share": 1.0, "facing": 0.5, "power": 1.0}]


def shop(weeks: int = 100, **more: object) -> Scenario:
    return Scenario.from_dict({"departments": DEPARTMENTS, "weeks": weeks, **more}, place="my.toml")


def horizon_of(scenario: Scenario | None) -> object:
    assert scenario is not None
    return scenario.parameters["money.horizon"]


def test_it_follows_the_run() -> None:
    assert horizon_of(shop()) == 100
    assert horizon_of(shop().override({"weeks": 520})) == 520
    assert horizon_of(shop().override({"weeks": 520}).override({"weeks": 8})) == 8
    assert horizon_of(shop().assign(["weeks=30"])) == 30
    assert horizon_of(Scenario.from_dict(shop().to_dict()).override({"weeks": 30})) == 30, (
        "what was written follows, too"
    )


def test_once_it_is_set_it_stays() -> None:
    assert horizon_of(shop(money={"horizon": 60})) == 60
    assert horizon_of(shop(money={"horizon": 60}).override({"weeks": 520})) == 60
    assert horizon_of(shop().override({"weeks": 520, "money.horizon": 100})) == 100
    faults = Faults()
    assert horizon_of(load_scenario(shop(), 520, {}, ["money.horizon=100"], faults)) == 100
    assert horizon_of(load_scenario(shop(), 520, {"money.horizon": 100}, [], faults)) == 100
    assert not faults.messages


RULE = (
    "money.horizon must be at most the length of the run, 100 weeks, got 101. "
    "Leave it out, and it is 100, or make the run longer"
)


def test_a_horizon_beyond_the_run_is_refused() -> None:
    for make, place in (
        (lambda: shop(money={"horizon": 101}), "my.toml: "),
        (lambda: shop(futures={"far": {"money.horizon": 101}}), "my.toml: futures.far."),
        (lambda: shop().override({"money.horizon": 101}), ""),
        (lambda: shop().assign(["money.horizon=101"]), "--set: "),
        (lambda: shop(150, money={"horizon": 101}).override({"weeks": 100}), ""),
    ):
        with pytest.raises(ScenarioError) as caught:
            make()
        assert caught.value.faults == [f"{place}{RULE} (--weeks 101)."]


def test_an_option_that_makes_the_run_too_short_is_not_blamed_on_another_option() -> None:
    faults = Faults()
    assert load_scenario(shop(150, money={"horizon": 101}), 100, {}, [], faults) is None
    assert faults.messages == [f"{RULE} (--weeks 101)."]


def test_years_are_52_weeks_and_stand_in_place_of_weeks() -> None:
    faults = Faults()
    assert length_of_run(None, 10, faults) == 520
    assert length_of_run(30, None, faults) == 30
    assert not faults.messages
    for weeks, years, text in (
        (None, 0, "--years must be a whole number, 1 to 100, got 0. Give a whole number of years, or --weeks instead."),
        (30, 10, "--years must not be given beside --weeks, got 10 and 30. Leave one of them out."),
    ):
        refused = Faults()
        assert length_of_run(weeks, years, refused) is None
        assert refused.messages == [text]
