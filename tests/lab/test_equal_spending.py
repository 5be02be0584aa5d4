"""One budget that is spent: a pilot finds the amounts, whatever is cut, vacant or stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.small import make_policy, small
from sim.lab import Comparison, compare
from sim.lab.budget import Pilot
from sim.lab.comparison_plan import PolicyLike
from sim.lab.equal_spending import PILOT, TOLERANCE
from sim.model.policies.policy import Condition, FrozenMapping, Phase, Policy
from sim.model.scenario import Scenario
from sim.model.scenario.events import Event

EARLY = make_policy("early", 0, 10, coaching=1.0)
LATE = make_policy("late", 10, 30, coaching=0.4)


def with_cut(share: float = 0.5) -> Scenario:
    """The small organization, whose budget is cut from week 10 on."""
    return replace(small(), events=(Event("budget_cut", 10, FrozenMapping({"share": share, "weeks": 30})),))


def spent(comparison: Comparison, replicates: int = PILOT) -> dict[str, float]:
    """What each policy spent on average in the first replicates, from the weekly rows."""
    weekly = comparison.weekly[(comparison.weekly["replicate"] < replicates) & (comparison.weekly["policy"] != "none")]
    sums = weekly.groupby(["policy", "replicate"])["policy_cost"].sum()
    return {str(name): float(mean) for name, mean in sums.groupby("policy").mean().items()}


def pilot_of(comparison: Comparison) -> Pilot:
    budget = comparison.plan.budget
    assert budget is not None
    assert budget.pilot is not None
    return budget.pilot


def test_equal_is_what_is_spent_and_what_is_told_reconciles() -> None:
    policies: list[PolicyLike] = ["none", EARLY, LATE, make_policy("talk", speeches=1.0)]
    comparison = compare(with_cut(), policies, replicates=3, workers=1, equal_budget=True)
    amounts = spent(comparison)
    assert max(amounts.values()) / min(amounts.values()) - 1.0 <= TOLERANCE
    planned = comparison.summary["organization"]["planned"]
    assert planned["late"] > 1.3 * planned["early"]  # half of its work is cut, not the talk
    pilot = pilot_of(comparison)
    assert pilot.reasons == {}
    assert dict(pilot.spent) == pytest.approx(amounts)
    assert dict(pilot.planned) == pytest.approx(planned)
    assert comparison.summary["pilot"] == comparison.manifest["pilot"] == pilot.to_entry()
    assert comparison.summary["budget"] == pytest.approx(amounts["early"], rel=TOLERANCE)
    for name, lines in comparison.summary["spending"].items():
        assert lines["planned"] == pytest.approx(planned[name])
        assert lines["spent"] == pytest.approx(amounts[name])
    words = " ".join(comparison.budget_in_words())
    assert ", spent and not only planned. early: amounts times" in words
    assert "In the first 3 replicates, by which amounts were set, policies spend within" in words
    assert "That is not the same" not in words


def test_a_ceiling_holds_for_the_plan() -> None:
    comparison = compare(with_cut(), [EARLY, LATE], replicates=2, workers=1, equal_budget=True, budget=5_000.0)
    planned = comparison.summary["organization"]["planned"]
    assert planned["late"] == pytest.approx(5_000.0)
    assert planned["early"] < 3_500.0
    amounts = spent(comparison)
    assert amounts["early"] == pytest.approx(amounts["late"], rel=TOLERANCE)
    words = comparison.budget_in_words()[0]
    assert "the most that late can spend of a plan of at most EUR 5,000" in words
    alone = compare(with_cut(), [EARLY, LATE], replicates=2, workers=1, budget=5_000.0)
    assert alone.summary["pilot"] is None
    assert alone.summary["organization"]["planned"] == pytest.approx({"early": 5_000.0, "late": 5_000.0})


def test_the_pilot_is_the_beginning_of_the_comparison_for_any_number_of_workers() -> None:
    seen: list[tuple[int, int]] = []

    def run(workers: int) -> Comparison:
        return compare(
            with_cut(),
            [EARLY, LATE],
            replicates=PILOT + 2,
            workers=workers,
            equal_budget=True,
            overrides={"employees.turnover": 0.1},
            progress=lambda done, total: seen.append((done, total)),
        )

    comparison = run(1)
    assert (0, PILOT) in seen
    assert (PILOT, PILOT + 2) in seen
    assert seen[-1] == (PILOT + 2, PILOT + 2)
    pilot = pilot_of(comparison)
    assert pilot.replicates == PILOT
    assert dict(pilot.spent) == pytest.approx(spent(comparison))
    assert run(2).summary == comparison.summary


def test_a_policy_that_does_not_spend_the_same_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.lab.equal_spending.ROUNDS", 0)
    phase = Phase(0, None, None, {"coaching": 0.5}, Condition("work_pressure", above=0.0))
    policies = [EARLY, LATE, Policy("stops", (phase,), about="Stops after its first week.")]
    comparison = compare(with_cut(), policies, replicates=2, workers=1, equal_budget=True)
    pilot = pilot_of(comparison)
    assert pilot.apart > TOLERANCE
    assert pilot.reasons["stops"] == "when it stops depends on its amounts"
    words = comparison.budget_in_words()
    assert "stops spends another amount: when it stops depends on its amounts." in words
    assert "That is not the same" in words[-1]


def test_where_nothing_is_spent_the_plans_are_equal() -> None:
    comparison = compare(
        with_cut(1.0), [LATE], replicates=1, workers=1, equal_budget=True, overrides={"place.decoupling": 0.0}
    )
    assert spent(comparison)["late"] == 0.0
    pilot = pilot_of(comparison)
    assert pilot.reasons == {"late": "it spent nothing in the pilot"}
    assert pilot.to_entry()["apart"] is None
    assert "Nothing was spent in the first 1 replicate" in comparison.budget_in_words()[1]
