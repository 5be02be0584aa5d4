"""Mutual learning, step by step, against plain loops of the original program's rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays

from sim.evidence.replications import mutual_learning
from sim.model.mechanisms import learning as mechanism

rules = on_arrays(mechanism)


def draw_organizations(seed: int, runs: int = 6, people: int = 9, dimensions: int = 7) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "reality": rng.choice([-1, 1], (runs, dimensions)).astype(np.int8),
        "code": rng.integers(-1, 2, (runs, dimensions), dtype=np.int8),
        "beliefs": rng.integers(-1, 2, (runs, people, dimensions), dtype=np.int8),
        "guesses": rng.choice([-1, 1], (runs, people, dimensions)).astype(np.int8),
        "each": rng.random((runs, people, dimensions)),
        "code_draw": rng.random((runs, dimensions)),
        "person_draw": rng.random((runs, people)),
    }


def period(d: dict[str, np.ndarray], socialization: float, code_learning: float) -> tuple[np.ndarray, np.ndarray]:
    """Beliefs and codes after a period of the rules, put together as the replication of March (1991) does."""
    code, beliefs = d["code"].copy(), d["beliefs"].copy()
    runs, _, dimensions = beliefs.shape
    mutual_learning._learn(
        d["reality"],
        code,
        beliefs,
        ((d["guesses"] + 1) // 2).astype(np.int8),
        d["each"].astype(np.float32),
        d["code_draw"],
        np.float32(socialization),
        code_learning,
        np.empty(dimensions, dtype=np.int64),
        np.empty(runs, dtype=np.bool_),
    )
    return beliefs, code


@pytest.mark.parametrize("seed", range(5))
def test_socialization_is_one_step_toward_a_code_that_speaks(seed: int) -> None:
    d = draw_organizations(seed)
    result, _ = period(d, 0.4, 0.3)
    for r, i, m in np.ndindex(d["beliefs"].shape):
        belief, official = int(d["beliefs"][r, i, m]), int(d["code"][r, m])
        if official != 0 and d["each"][r, i, m] < 0.4 and belief != official:
            belief += 1 if official > belief else -1
        assert result[r, i, m] == belief
    assert result.dtype == np.int8


@pytest.mark.parametrize("seed", range(5))
def test_code_learns_from_the_majority_of_superior_people(seed: int) -> None:
    d = draw_organizations(seed)
    actions = rules.chosen_action(d["beliefs"], (d["guesses"] + 1) / 4)
    _, result = period(d, 0.4, 0.3)
    for r, m in np.ndindex(d["code"].shape):
        score = sum(int(c) * int(x) for c, x in zip(d["code"][r], d["reality"][r], strict=True))
        superior = [
            person
            for person in actions[r]
            if sum(int(a) * int(x) for a, x in zip(person, d["reality"][r], strict=True)) > score
        ]
        margin = sum(int(person[m]) for person in superior)
        expected = int(d["code"][r, m])
        if margin and d["code_draw"][r, m] < 1 - 0.7 ** abs(margin):
            expected = 1 if margin > 0 else -1
        assert result[r, m] == expected


def test_actions_follow_beliefs_and_guess_where_there_is_none() -> None:
    assert rules.chosen_action(np.array([1, 0, -1]), np.array([0.1, 0.1, 0.9])).tolist() == [1, -1, -1]


def test_turnover_and_turbulence_change_whom_the_draw_hits() -> None:
    d = draw_organizations(3)
    newcomers = np.zeros_like(d["beliefs"])
    result = mutual_learning._turn_over(d["beliefs"], newcomers, d["person_draw"], 0.5)
    gone = d["person_draw"] < 0.5
    assert not result[gone].any() and np.array_equal(result[~gone], d["beliefs"][~gone])
    shifted = mutual_learning._shift_reality(d["reality"], d["code_draw"], 0.5)
    assert np.array_equal(shifted != d["reality"], d["code_draw"] < 0.5)


def test_guesses_are_fair() -> None:
    assert rules.chosen_action(0, np.array([0.0, 0.49, 0.5, 0.99])).tolist() == [-1, -1, 1, 1]


def test_a_step_goes_toward_the_other_and_stops_there() -> None:
    for belief in (-1, 0, 1):
        for other in (-1, 0, 1):
            assert rules.step_toward(belief, other) == np.sign(other - belief)


def test_a_majority_is_adopted_the_more_surely_the_larger_it_is() -> None:
    chances = rules.adoption_probability(np.array([0, 1, -1, 3, -50]), 0.3)
    np.testing.assert_allclose(chances, [0.0, 0.3, 0.3, 1.0 - 0.7**3, 1.0 - 0.7**50], rtol=1e-14)


@given(seed=st.integers(0, 300), first=st.floats(0.0, 1.0), second=st.floats(0.0, 1.0))
def test_everything_stays_a_sign_and_zero_rates_do_nothing(seed: int, first: float, second: float) -> None:
    d = draw_organizations(seed, 2, 4, 3)
    beliefs, code = period(d, first, second)
    assert set(np.unique(beliefs)) <= {-1, 0, 1} and set(np.unique(code)) <= {-1, 0, 1}
    assert np.all(np.abs(mutual_learning._net_knowledge(code, d["reality"])) <= 1)
    beliefs, code = period(d, 0.0, 0.0)
    assert np.array_equal(beliefs, d["beliefs"]) and np.array_equal(code, d["code"])
