"""Grain: the same real organization with another number of simulated customers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from long.studies import STUDIES

from lab.small import small
from sim.lab import compare, grain
from sim.lab.comparison_plan import ComparisonRequest, plan_comparison
from sim.lab.grain import describe_effort, spread_without_grain, with_grain
from sim.lab.yearly_figures import yearly_figures
from sim.model.policies.policy import FrozenMapping
from sim.model.registry import current
from sim.model.scenario import Scenario, ScenarioError, shipped
from sim.model.scenario.finding import find
from sim.model.scenario.loading import read_toml
from sim.model.scenario.messages import Faults

BANK = {"customers.initial": 2000, "customers.market": 2500, "customers.represented": 90.0}


def bank() -> Scenario:
    return Scenario.load("retail-bank").override(BANK)


def at(size: float | None, scenario: Scenario | None = None) -> Scenario:
    faults = Faults()
    ready = with_grain(bank() if scenario is None else scenario, size, faults)
    faults.raise_any()
    return ready


def counts(scenario: Scenario) -> tuple[object, ...]:
    return tuple(scenario.parameters[name] for name in BANK)


@pytest.mark.parametrize("name", list(shipped.files("scenarios")))
def test_every_file_says_how_many_are_simulated(name: str) -> None:
    assert {"initial", "market", "represented"} <= read_toml(find(name))["customers"].keys()


def test_the_real_organization_stays_the_same() -> None:
    assert at(None) == bank()
    assert counts(at(1.0)) == (180_000, 225_000, 1.0)
    assert counts(at(9.0)) == (20_000, 25_000, 9.0)
    uneven = at(7.0)
    assert yearly_figures(uneven, {}).customers == pytest.approx(180_000, rel=1e-12)
    assert yearly_figures(uneven, {}).market_share == pytest.approx(0.8, abs=1e-4)
    assert counts(at(90.0, at(1.0))) == counts(bank())


def test_futures_and_ranges_that_count_people_follow() -> None:
    open_market = FrozenMapping({"customers.market": 5000, "money.margin": 6.0})
    ranges = FrozenMapping({"customers.market": (2000.0, 10_000.0), "money.margin": (3.0, 6.0)})
    fine = at(1.0, replace(bank(), futures=FrozenMapping({"open": open_market}), plausible=ranges))
    assert dict(fine.futures["open"]) == {"customers.market": 450_000, "money.margin": 6.0}
    assert dict(fine.plausible) == {"customers.market": (180_000.0, 900_000.0), "money.margin": (3.0, 6.0)}
    assert fine.in_future("open").parameters["customers.initial"] == 180_000
    assert at(1.0).plausible == bank().plausible  # nothing becomes uncertain that was known


def test_more_people_than_memory_holds_are_refused_with_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grain, "free_memory", lambda: 50_000_000)
    with pytest.raises(ScenarioError) as caught:
        at(1.0)
    assert caught.value.faults == [
        "--grain 1 must leave no more people than memory holds, got 225,000 in the market: about 0.2 GB a worker, and 0.1 GB are "
        "free. Write --grain 6 or more."
    ]
    assert counts(at(6.0))[0] == 30_000


def test_more_people_than_the_model_holds_are_refused() -> None:
    with pytest.raises(
        ScenarioError, match=r"--grain 1: customers.initial must be 0 to 10,?000,?000 .* Write --grain 2 or more"
    ):
        at(1.0, bank().override({"customers.represented": 50_000.0}))


def test_what_many_people_take_is_told() -> None:
    assert describe_effort(bank(), 2, 30, 150) == []
    (warning,) = describe_effort(at(1.0), 2, 10, 50)
    assert warning.startswith("225,000 people of the market are simulated: about 225 MB in each of 2 workers, and ")


def test_a_comparison_at_another_grain_is_repeated_by_its_command() -> None:
    request = ComparisonRequest.of({"scenario": "retail-bank", "policies": ["symbolic"], "grain": "fine", "weeks": 4})
    plan = plan_comparison(request)
    assert plan.scenario.parameters["customers.represented"] == 1.0
    assert "--grain 1" in plan.command
    assert "--grain 1" in plan.single_run


def test_the_page_says_how_many_stand_for_how_many() -> None:
    coarse = small().override({"customers.represented": 25.0})
    comparison = compare(coarse, ["none", "talk"], replicates=4, workers=1, weeks=8)
    words = comparison.grain_in_words()
    assert words.startswith("80 simulated customers stand for 2,000 (25 each). Chance of the simulation: ")
    values = comparison.measures_of_runs().query("policy == 'talk'")["net_present_value"]
    low, high = spread_without_grain(float(values.std()), 25.0)
    assert (low, high) == pytest.approx((values.std() / 5.0, values.std()))
    assert compare(small(), ["none", "talk"], replicates=2, workers=1, weeks=4).grain_in_words() == ""


RARE = {"active_clients", "acquired", "lost", "failures", "recovered", "conflicts", "revealed"}
"""Outcomes of few events a week, of which hundreds of runs of 2,000 simulated customers cannot tell 2 % (or .005)."""


def test_levels_are_the_same_whether_one_is_simulated_for_one_or_for_ninety() -> None:
    """Of every outcome the whole interval of the difference lies within the margin, save of those of rare events.

    The runs are a study of the long circle (``tests/long/grain.py``); this reads what is kept of it.
    """
    kept = STUDIES["grain"].kept()
    assert kept is not None
    outcomes = kept["result"]["outcomes"]
    assert set(outcomes) == set(current().outcomes)
    assert not {name: row for name, row in outcomes.items() if row["differ"]}
    assert {name for name, row in outcomes.items() if not row["agree"]} <= RARE
