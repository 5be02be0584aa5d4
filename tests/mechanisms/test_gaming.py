"""A bonus on the score: who games, what it buys, and what it does to the score."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, amounts, differing, in_unit_interval, rising, run, same_bits, tiny, vectors

from sim.model.mechanisms import gaming as mechanism

rules = on_arrays(mechanism)


def test_a_week_of_learning_to_game_by_hand() -> None:
    learned = rules.update_gaming_of_person(np.array([0.1]), np.array([0.5]), np.array([0.25]), 0.8, 4.0)
    assert learned[0] == pytest.approx(0.1 + (0.8 * 0.5 * 0.75 - 0.1) * (1.0 - math.exp(-0.25)), rel=1e-14)


def test_who_values_customers_is_not_tempted() -> None:
    values = np.linspace(0.0, 1.0, 11)
    learned = rules.update_gaming_of_person(np.zeros(11), np.ones(11), values, 1.0, 1.0)
    assert rising(-learned) and learned[-1] == 0.0 < learned[0]


@given(vectors(), vectors(), vectors(), SHARES, st.floats(1.0, 520.0))
def test_gaming_stays_a_share(before: Floats, bonus: Floats, value: Floats, temptation: float, weeks: float) -> None:
    assert in_unit_interval(rules.update_gaming_of_person(before, bonus, value, temptation, weeks))


@given(vectors(), vectors(), vectors(), SHARES, SHARES)
def test_delivery_under_a_bonus_stays_a_share(
    delivery: Floats, bonus: Floats, games: Floats, effort: float, distraction: float
) -> None:
    assert in_unit_interval(rules.delivery_under_bonus(delivery, bonus, games, effort, distraction))


@given(vectors())
def test_no_bonus_and_no_gaming_change_no_bit_of_delivery(delivery: Floats) -> None:
    nothing = np.zeros(delivery.size)
    assert same_bits(rules.delivery_under_bonus(delivery, nothing, nothing, 0.3, 0.3), delivery)


def test_those_who_game_serve_less_and_the_others_more() -> None:
    served = rules.delivery_under_bonus(np.full(2, 0.5), np.ones(2), np.array([0.0, 1.0]), 0.2, 0.1)
    np.testing.assert_allclose(served, [0.6, 0.45], rtol=1e-14)


@given(vectors(), SHARES, SHARES)
def test_answers_are_talked_up_and_expectations_down(answers: Floats, games: float, strength: float) -> None:
    up = rules.inflate_answers(answers, games, strength)
    down = rules.lower_expectation(answers, np.full(answers.size, games), strength)
    assert in_unit_interval(np.minimum(up, 1.0)) and in_unit_interval(down)
    assert np.all(up >= answers - 1e-15) and np.all(down <= answers)


def test_only_those_at_work_who_face_customers_count() -> None:
    games, facing = np.array([0.2, 0.6, 1.0, 1.0]), np.array([True, True, False, True])
    employees = SimpleNamespace(gaming=games, facing=facing, employed=np.array([True, True, True, False]))
    assert mechanism.mean_gaming(employees) == pytest.approx(0.4)
    employees.facing = np.zeros(4, dtype=np.bool_)
    assert mechanism.mean_gaming(employees) == 0.0


STEADY = {
    "employees.number": 40,
    "employees.turnover": 0.0,
    "employees.dismissal": 0.0,
    "customers.initial": 200,
    "customers.market": 250,
    "customers.contract_share": 1.0,
    "survey.response_rate": 1.0,
    "survey.sample": 1000.0,
}


def test_gaming_raises_the_score_without_raising_service() -> None:
    honest = run(tiny({**STEADY, "gaming.temptation": 0.0}), amounts(score_bonus=1.0), weeks=26).weekly.tail(8).mean()
    gamed = run(tiny(STEADY), amounts(score_bonus=1.0), weeks=26).weekly.tail(8).mean()
    assert gamed["reported"] > honest["reported"] + 0.02
    assert gamed["enacted"] < honest["enacted"]


def test_gaming_is_let_be_when_it_no_longer_pays() -> None:
    scenario = tiny({**STEADY, "gaming.weeks": 1.0})
    weekly = run(scenario, amounts(0, 10, score_bonus=1.0), weeks=40).weekly
    plain = run(scenario, weeks=40).weekly
    lift = (weekly["reported"] - plain["reported"]).to_numpy()
    assert lift[5:10].mean() > 0.03 > lift[-5:].mean()


def test_a_bonus_that_buys_nothing_and_tempts_nobody_changes_nothing_but_the_books() -> None:
    values = {"gaming.temptation": 0.0, "gaming.effort": 0.0}
    changed = differing(run(tiny(values), amounts(score_bonus=1.0)).weekly, run(tiny(values)).weekly)
    assert set(changed) == {"policy_cost", "profit", "sponsored"}
