"""From planned to spent: the lines add up, and each has its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.small import make_policy, small
from sim.lab import Comparison, compare
from sim.lab.spending import LINES, Spending, reconcile
from sim.model.policies.policy import Condition, FrozenMapping, Phase, Policy
from sim.model.scenario import Scenario
from sim.model.scenario.events import Event

STILL = {
    "employees.turnover": 0.0,
    "employees.dismissal": 0.0,
    "executives.succession": 0.0,
    "place.decoupling": 0.0,
    "executives.dismissal": 0.0,
}
CUT = Event("budget_cut", 10, FrozenMapping({"share": 0.5, "weeks": 10}))


def spent(policy: Policy, events: tuple[Event, ...] = (), **values: object) -> tuple[Spending, Comparison]:
    """What a policy spends in the small organization, in which nothing happens but what a test asks for."""
    scenario: Scenario = replace(small(), events=events)
    overrides = {**STILL, **{name.replace("__", "."): value for name, value in values.items()}}
    comparison = compare(scenario, [policy], replicates=3, workers=1, overrides=overrides)
    lines = reconcile(comparison.plan.loaded_policies[0], comparison.plan.scenario, comparison.weekly, comparison.runs)
    assert lines is not None
    total = lines.stopped + lines.cut + lines.vacant + lines.dropped + lines.spent
    assert total == pytest.approx(lines.planned)
    costs = comparison.runs.set_index("policy").loc[policy.name, "cost"]
    assert lines.spent == pytest.approx(costs.mean())
    assert comparison.summary["spending"][policy.name] == pytest.approx(lines.to_dict())
    assert list(lines.to_dict()) == list(LINES)
    return lines, comparison


def others(lines: Spending, *names: str) -> dict[str, float]:
    """The lines that should be nothing."""
    return {name: value for name, value in lines.to_dict().items() if name not in ("planned", "spent", *names)}


def nothing(lines: Spending, *names: str) -> None:
    assert others(lines, *names) == pytest.approx(dict.fromkeys(others(lines, *names), 0.0), abs=1e-6)


def test_where_nothing_happens_the_plan_is_spent() -> None:
    lines, _ = spent(make_policy("coach", coaching=0.5, speeches=1.0))
    nothing(lines)
    assert lines.dropped == 0.0  # no trace of rounding in the report
    assert lines.spent == pytest.approx(lines.planned)


def test_a_budget_cut_takes_what_is_not_protected() -> None:
    lines, _ = spent(make_policy("coach", coaching=0.5), (CUT,))
    nothing(lines, "cut")
    assert lines.cut == pytest.approx(lines.planned * 0.5 * 10 / 20)
    lines, _ = spent(make_policy("coach", coaching=0.5, protected_budget=0.4), (CUT,))
    nothing(lines, "cut")
    assert lines.cut == pytest.approx(lines.planned * 0.5 * 0.6 * 10 / 20)


def test_a_condition_stops_a_phase() -> None:
    stopping = Phase(0, None, None, {"coaching": 0.5}, Condition("work_pressure", above=0.0))
    going_on = Phase(0, None, None, {"speeches": 1.0})
    lines, _ = spent(Policy("stops", (stopping, going_on)))
    nothing(lines, "stopped")
    week = 0.5 * 30 * float(small().parameters["cost.coaching"])
    assert lines.stopped == pytest.approx(39 * week)  # its first week is over when the condition holds


def test_executives_turn_work_into_talk() -> None:
    lines, _ = spent(make_policy("coach", coaching=0.5), place__decoupling=0.8, place__talk=0.0)
    nothing(lines, "dropped")
    assert lines.dropped > 0.0
    lines, _ = spent(make_policy("coach", coaching=0.5), place__decoupling=0.8)
    nothing(lines, "dropped")
    assert lines.dropped < 0.0  # here speeches cost more than the coaching that they took the place of


def test_vacant_seats_cost_nothing() -> None:
    lines, comparison = spent(make_policy("coach", coaching=0.5), employees__turnover=0.1)
    nothing(lines, "vacant")
    share = 1.0 - comparison.weekly.query("policy == 'coach' and week < 20")["employees"].mean() / 30
    assert lines.vacant == pytest.approx(lines.planned * share)


def test_a_successor_stops_the_program() -> None:
    lines, comparison = spent(
        make_policy("coach", coaching=0.5), executives__succession=1.0, executives__successor_keeps=0.0
    )
    ends = comparison.runs.query("policy == 'coach'")["sponsorship_end"]
    assert ends.notna().any()
    nothing(lines, "stopped")
    assert lines.stopped > 0.0


def test_a_ceiling_is_told_with_what_was_spent() -> None:
    policies = [make_policy("cheap", posters=0.5), make_policy("coach", coaching=0.5)]
    comparison = compare(small(), policies, replicates=2, workers=1, budget=9_000.0)
    words = " ".join(comparison.budget_in_words())
    assert words.startswith("One planned budget of EUR 9,000. cheap: amounts times")
    assert "cheap cannot spend it all and is compared at the most that the resources allow." in words
    assert "Spent on average: cheap EUR" in words
    assert "That is not the same" in words
    assert comparison.summary["organization"]["planned"]["cheap"] == pytest.approx(4_000.0)
