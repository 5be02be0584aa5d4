"""Mutual learning, step by step, against plain loops of the original program's rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays

from sim.mechanisms import learning as mechanism

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


@pytest.mark.parametrize("seed", range(5))
def test_socialization_is_one_step_toward_a_code_that_speaks(seed: int) -> None:
    d = draw_organizations(seed)
    result = rules.socialize(d["beliefs"], d["code"], d["each"], 0.4)
    for r, i, m in np.ndindex(d["beliefs"].shape):
        belief, official = int(d["beliefs"][r, i, m]), int(d["code"][r, m])
        if official != 0 and d["each"][r, i, m] < 0.4 and belief != official:
            belief += 1 if official > belief else -1
        assert result[r, i, m] == belief
    assert result.dtype == np.int8


@pytest.mark.parametrize("seed", range(5))
def test_code_learns_from_the_majority_of_superior_people(seed: int) -> None:
    d = draw_organizations(seed)
    actions = rules.act(d["beliefs"], d["guesses"])
    result = rules.learn_code(d["code"], actions, d["reality"], d["code_draw"], 0.3)
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
    beliefs, guesses = np.array([[1, 0, -1]], dtype=np.int8), np.array([[-1, -1, 1]], dtype=np.int8)
    assert rules.act(beliefs, guesses).tolist() == [[1, -1, -1]]


def test_turnover_and_turbulence_change_whom_the_draw_hits() -> None:
    d = draw_organizations(3)
    newcomers = np.zeros_like(d["beliefs"])
    result = rules.turn_over(d["beliefs"], newcomers, d["person_draw"], 0.5)
    gone = d["person_draw"] < 0.5
    assert not result[gone].any() and np.array_equal(result[~gone], d["beliefs"][~gone])
    shifted = rules.shift_reality(d["reality"], d["code_draw"], 0.5)
    assert np.array_equal(shifted != d["reality"], d["code_draw"] < 0.5)


def test_absent_people_teach_nothing_and_unequal_voices_count_unequally() -> None:
    d = draw_organizations(4)
    actions = rules.act(d["beliefs"], d["guesses"])
    call = (d["code"], actions, d["reality"], np.zeros_like(d["code_draw"]), 1.0)
    nobody = np.zeros(d["person_draw"].shape, dtype=np.bool_)
    assert np.array_equal(rules.learn_code(*call, present=nobody), d["code"])
    equal = rules.learn_code(*call, voice=np.ones(d["person_draw"].shape))
    assert np.array_equal(equal, rules.learn_code(*call))
    one_voice = np.zeros(d["person_draw"].shape)
    one_voice[:, 0] = 1.0
    heard = rules.learn_code(*call, voice=one_voice)
    better = rules.performance(actions, d["reality"])[:, 0] > (d["code"] * d["reality"]).sum(axis=1)
    assert np.array_equal(heard[better], actions[better, 0])
    assert np.array_equal(heard[~better], d["code"][~better])


@given(seed=st.integers(0, 300), first=st.floats(0.0, 1.0), second=st.floats(0.0, 1.0))
def test_everything_stays_a_sign_and_zero_rates_do_nothing(seed: int, first: float, second: float) -> None:
    d = draw_organizations(seed, 2, 4, 3)
    actions = rules.act(d["beliefs"], d["guesses"])
    beliefs = rules.socialize(d["beliefs"], d["code"], d["each"], first)
    code = rules.learn_code(d["code"], actions, d["reality"], d["code_draw"], second)
    assert set(np.unique(beliefs)) <= {-1, 0, 1} and set(np.unique(code)) <= {-1, 0, 1}
    assert np.all(np.abs(rules.net_knowledge(code, d["reality"])) <= 1)
    assert np.array_equal(rules.socialize(d["beliefs"], d["code"], d["each"], 0.0), d["beliefs"])
    assert np.array_equal(rules.learn_code(d["code"], actions, d["reality"], d["code_draw"], 0.0), d["code"])


def test_one_organization_needs_no_replicate_axis() -> None:
    d = draw_organizations(6)
    whole = rules.socialize(d["beliefs"], d["code"], d["each"], 0.4)
    assert np.array_equal(rules.socialize(d["beliefs"][2], d["code"][2], d["each"][2], 0.4), whole[2])
    actions = rules.act(d["beliefs"], d["guesses"])
    learned = rules.learn_code(d["code"], actions, d["reality"], d["code_draw"], 0.3)
    single = rules.learn_code(d["code"][2], actions[2], d["reality"][2], d["code_draw"][2], 0.3)
    assert np.array_equal(single, learned[2])
