"""One budget: planned costs, the factors that make them equal, and what cannot be scaled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.small import make_policy, small
from sim.lab import compare
from sim.lab.budget import equal_budget, planned_cost, scale_amounts
from sim.model.policies.policy import NONE, Condition, Phase, Policy
from sim.model.policies.resources import RESOURCES
from sim.model.scenario import ScenarioError


def price(resource: str) -> float:
    return float(small().parameters[f"cost.{resource}"])


def test_planned_cost_adds_up_over_weeks_heads_and_departments() -> None:
    scenario = small()
    policy = Policy(
        "mixed",
        (
            Phase(0, 10, None, {"speeches": 2.0}),
            Phase(5, None, ("front",), {"training": 1.0}),
            Phase(100, None, None, {"training": 1.0}),
        ),
    )
    expected = 10 * 2.0 * price("speeches") + 35 * 0.6 * 30 * price("training")
    assert planned_cost(policy, scenario) == pytest.approx(expected)
    assert planned_cost(NONE, scenario) == 0.0


def test_planned_cost_counts_what_the_legal_maximum_lets_through() -> None:
    double = Policy("double", (Phase(0, 4, None, {"posters": 0.8}), Phase(0, 4, None, {"posters": 0.8})))
    assert planned_cost(double, small()) == pytest.approx(4 * price("posters"))


def test_a_phase_with_a_condition_is_planned_as_if_it_never_stopped() -> None:
    plain = Phase(0, 20, None, {"coaching": 0.5})
    stopping = replace(plain, stop_when=Condition("practicing", above=0.01))
    assert planned_cost(Policy("a", (stopping,)), small()) == planned_cost(Policy("b", (plain,)), small())


def test_all_policies_are_planned_to_cost_the_median() -> None:
    scenario = small()
    policies = [
        make_policy("cheap", speeches=0.05),
        make_policy("middle", coaching=0.2),
        make_policy("dear", training=2.0, protected_budget=1.0),
        NONE,
    ]
    result, budget = equal_budget(policies, scenario)
    middle = planned_cost(policies[1], scenario)
    assert budget.amount == pytest.approx(middle)
    assert budget.limited_by == ""
    assert budget.factors["middle"] == 1.0
    assert result[1] is policies[1]
    assert result[3] is NONE
    for policy in result[:3]:
        assert planned_cost(policy, scenario) == pytest.approx(middle)
    assert result[2].phases[0].amounts["protected_budget"] == 1.0
    assert set(budget.factors) == {"cheap", "middle", "dear"}


def test_no_policy_is_asked_to_spend_more_than_it_can() -> None:
    scenario = small()
    policies = [
        make_policy("posters", posters=0.5),
        make_policy("training", training=2.0),
        make_policy("more", training=4.0),
    ]
    result, budget = equal_budget(policies, scenario)
    assert budget.limited_by == "posters"
    assert result[0].phases[0].amounts["posters"] == pytest.approx(RESOURCES["posters"].high)
    assert budget.amount == pytest.approx(planned_cost(result[0], scenario))
    for policy in result:
        assert planned_cost(policy, scenario) == pytest.approx(budget.amount)


def test_amounts_stay_legal() -> None:
    grown = scale_amounts(make_policy("big", speeches=4.0, training=1.0), 3.0)
    assert grown.phases[0].amounts == {"speeches": RESOURCES["speeches"].high, "training": 3.0}


def test_a_budget_needs_policies_that_cost_something() -> None:
    with pytest.raises(ScenarioError, match="--equal-budget"):
        equal_budget([NONE, make_policy("free", speeches=0.0)], small())


def test_what_cannot_be_scaled_must_fit_the_budget() -> None:
    scenario = small().override({"cost.protected_budget": 1e6})
    policies = [make_policy("protected", protected_budget=1.0, posters=0.1), make_policy("posters", posters=0.1)]
    with pytest.raises(ScenarioError, match="protected costs more than the common budget"):
        equal_budget(policies, scenario)


def test_at_full_staff_the_ledger_pays_what_was_planned() -> None:
    still = {
        "employees.turnover": 0.0,
        "employees.dismissal": 0.0,
        "executives.succession": 0.0,
        "place.decoupling": 0.0,
    }
    comparison = compare(
        replace(small(), events=()),
        [make_policy("talk more", speeches=1.0), make_policy("coach", coaching=0.5)],
        replicates=1,
        workers=1,
        overrides=still,
        equal_budget=True,
    )
    spent = comparison.runs.set_index("policy")["cost"].drop("none")
    budget = comparison.manifest["budget"]
    assert spent.to_dict() == pytest.approx({"talk more": budget, "coach": budget})
    factors = {name: entry["factor"] for name, entry in comparison.manifest["bundles"].items()}
    assert comparison.plan.budget is not None
    assert factors == comparison.plan.budget.factors
    assert comparison.table()["amounts times"].to_dict() == {name: f"{factors[name]:.3g}" for name in factors}


def test_a_budget_that_is_asked_for_is_a_ceiling() -> None:
    scenario = small()
    policies = [make_policy("cheap", speeches=0.05), make_policy("dear", training=2.0)]
    result, budget = equal_budget(policies, scenario, 5_000.0)
    assert [planned_cost(one, scenario) for one in result] == pytest.approx([5_000.0, 5_000.0])
    assert (budget.amount, budget.limited_by) == (5_000.0, "")
    most = planned_cost(scale_amounts(policies[0], 1e9), scenario)  # more than the other can spend too
    result, budget = equal_budget(policies, scenario, most * 1.1)
    assert planned_cost(result[0], scenario) == pytest.approx(most)
    assert set(budget.most) == {"cheap", "dear"}
    assert f"{most:,.0f} at most" in budget.describe("cheap")
    result, budget = equal_budget(policies, scenario, most * 0.9)
    assert planned_cost(result[0], scenario) == pytest.approx(most * 0.9)
    assert "cheap" not in budget.most
    for nonsense in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ScenarioError, match="must be an amount above 0"):
            equal_budget(policies, scenario, nonsense)


def test_resources_that_cannot_grow_any_further_are_named() -> None:
    scenario = small()
    policies = [make_policy("capped", posters=0.9, coaching=0.1), make_policy("free", coaching=0.5)]
    _, budget = equal_budget(policies, scenario, planned_cost(policies[0], scenario) * 2.0)
    assert budget.at_most == {"capped": ("posters",)}
    assert "posters no further than allowed" in budget.describe("capped")
    assert "further" not in budget.describe("free")
