"""The norm: what people remember of their colleagues, and how they answer it."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.evidence.replications.memories import Ties, on_a_tie
from sim.model.mechanisms import norm as mechanism

rules = on_arrays(mechanism)

ENTRIES = st.integers(0, rules.SEEN)


@given(data=st.data(), people=st.integers(1, 5), size=st.integers(1, 13), rounds=st.integers(0, 40))
def test_memory_is_what_a_queue_of_the_last_observations_holds(
    data: st.DataObject, people: int, size: int, rounds: int
) -> None:
    start = data.draw(st.lists(st.lists(ENTRIES, min_size=size, max_size=size), min_size=people, max_size=people))
    memory = np.array(start, dtype=np.int16)
    total = memory.sum(axis=1, dtype=np.int64)
    cursor = np.zeros(people, dtype=np.int64)
    queues = [deque(entries, maxlen=size) for entries in start]
    for _ in range(rounds):
        observed = np.array(data.draw(st.lists(ENTRIES, min_size=people, max_size=people)), dtype=np.int64)
        seen = np.array(data.draw(st.lists(st.booleans(), min_size=people, max_size=people)))
        for person in np.flatnonzero(seen).tolist():
            mechanism.remember(memory, total, cursor, person, int(observed[person]))
        for queue, what, happened in zip(queues, observed.tolist(), seen.tolist(), strict=True):
            if happened:
                queue.append(what)
        assert total.tolist() == [sum(queue) for queue in queues]
        for row, queue, oldest in zip(memory.tolist(), queues, cursor.tolist(), strict=True):
            assert row[oldest:] + row[:oldest] == list(queue)


def test_what_one_sees_leaves_every_bit_of_the_others() -> None:
    memory = np.array([[100, 0, 30], [0, 0, 0]], dtype=np.int16)
    total, cursor = np.array([130, 0]), np.array([2, 1])
    mechanism.remember(memory, total, cursor, 1, 100)
    assert memory.tolist() == [[100, 0, 30], [0, 100, 0]]
    assert total.tolist() == [130, 100] and cursor.tolist() == [2, 2]
    mechanism.remember(memory, total, cursor, 1, 30)
    assert memory[1].tolist() == [0, 100, 30] and total[1] == 130 and cursor[1] == 0, "the oldest is the first again"


@given(data=st.data(), size=st.integers(1, 100), ties=st.sampled_from(["previous", "random", "one"]))
def test_majority_is_what_a_plain_loop_over_counts_says(data: st.DataObject, size: int, ties: Ties) -> None:
    half = rules.SEEN * size // 2
    totals = st.integers(0, rules.SEEN * size) | st.integers(max(half - 1, 0), half + 1)
    people = data.draw(st.lists(st.tuples(totals, st.integers(0, 1)), min_size=1, max_size=9))
    total = np.array([each[0] for each in people])
    previous = np.array([each[1] for each in people])
    coins = np.random.default_rng(size).random(total.size)
    expected = []
    for (count, before), tossed in zip(people, coins.tolist(), strict=True):
        if count + count > rules.SEEN * size:
            expected.append(1)
        elif count + count < rules.SEEN * size:
            expected.append(0)
        else:
            expected.append({"previous": before, "one": 1, "random": int(tossed < 0.5)}[ties])
    tie = on_a_tie(ties, previous, np.random.default_rng(size))
    assert rules.majority_choice(total, rules.SEEN * size, tie).tolist() == expected


def test_ties_are_exact_for_memories_of_odd_and_even_length() -> None:
    assert rules.majority_choice(np.array([600, 600]), 1200, np.array([0, 1])).tolist() == [0, 1]
    assert rules.majority_choice(np.array([599, 601]), 1200, np.array([1, 0])).tolist() == [0, 1]
    assert rules.majority_choice(np.array([550, 500, 600]), 1100, np.array([1, 1, 0])).tolist() == [1, 0, 1]


def test_probability_by_hand() -> None:
    chance = rules.practice_probability(np.array([0.5, 0.75, 0.1]), np.array([0.5, 0.4, 0.9]), 8.0, 0.5)
    expected = [0.5, 1.0 / (1.0 + math.exp(-8.0 * 0.2)), 1.0 / (1.0 + math.exp(-8.0 * -0.2))]
    np.testing.assert_allclose(chance, expected, rtol=1e-14)


@given(vectors(), vectors(), legal("norm.sharpness"), legal("norm.value_weight"))
def test_probability_is_a_share_that_rises_with_memory_and_value(
    share: Floats, value: Floats, sharpness: float, weight: float
) -> None:
    assert in_unit_interval(rules.practice_probability(share, value, sharpness, weight))
    same = np.full(share.size, 0.3)
    assert rising(rules.practice_probability(np.sort(share), same, sharpness, weight))
    assert rising(rules.practice_probability(same, np.sort(value), sharpness, weight))


def test_without_sharpness_people_toss_a_coin() -> None:
    assert rules.practice_probability(np.array([0.0, 1.0]), np.array([0.0, 1.0]), 0.0, 10.0).tolist() == [0.5, 0.5]


def test_the_sharp_limit_is_the_majority() -> None:
    counts = np.arange(13)
    chance = rules.practice_probability(counts / 12.0, np.full(13, 0.2), 1e4, 0.0)
    majority = rules.majority_choice(rules.SEEN * counts, 12 * rules.SEEN, 1)
    np.testing.assert_allclose(np.delete(chance, 6), np.delete(majority, 6), atol=1e-12)
    assert chance[6] == 0.5


def test_a_whole_memory_of_zeros_and_little_value_cannot_start_by_itself() -> None:
    # With beta 1 and v 1, s is exactly zero: the best that values alone can do against a memory of zeros is a coin.
    assert rules.practice_probability(np.zeros(1), np.ones(1), 7.0, 1.0)[0] == 0.5
    assert rules.practice_probability(np.zeros(1), np.full(1, 0.4), 7.0, 1.0)[0] < 0.02


def test_values_drift_toward_free_choices() -> None:
    value, choice = np.array([0.4, 0.4, 0.4]), np.array([1, 1, 0])
    drifted = rules.drift_values(value, choice, np.array([1.0, 0.3, 1.0]), 0.01, 0.25)
    np.testing.assert_allclose(drifted, [0.4 + 0.006, 0.4 + 0.0018, 0.4 - 0.001], rtol=1e-14)


@given(
    vectors(),
    st.lists(st.integers(0, 1), min_size=6, max_size=6),
    vectors(),
    legal("norm.value_drift"),
    legal("norm.omission_weight"),
)
def test_values_stay_shares_and_move_the_way_of_the_choice(
    value: Floats, choice: list[int], weight: Floats, rate: float, omission: float
) -> None:
    chosen = np.array(choice)
    drifted = rules.drift_values(value, chosen, weight, rate, omission)
    assert in_unit_interval(drifted)
    assert np.all(drifted[chosen == 1] >= value[chosen == 1])
    assert np.all(drifted[chosen == 0] <= value[chosen == 0])
    assert same_bits(rules.drift_values(value, chosen, weight, 0.0, omission), value)


def test_averaging_by_hand() -> None:
    seen = np.array([True, False])
    averaged = rules.average_values(np.array([0.2, 0.2]), np.array([0.8, 0.8]), seen, 0.1)
    assert averaged.tolist() == [pytest.approx(0.26), 0.2]


@given(vectors(), vectors(), legal("norm.averaging_rate"))
def test_averaging_stays_between_the_two(value: Floats, other: Floats, rate: float) -> None:
    averaged = rules.average_values(value, other, np.ones(value.size, dtype=np.bool_), rate)
    assert in_unit_interval(averaged)
    assert np.all(averaged >= np.minimum(value, other) - 1e-15)
    assert np.all(averaged <= np.maximum(value, other) + 1e-15)
    assert same_bits(rules.average_values(value, other, np.zeros(value.size, dtype=np.bool_), rate), value)
    assert same_bits(rules.average_values(value, value, np.ones(value.size, dtype=np.bool_), rate), value)


def test_what_a_colleague_remembers_of_watched_practice_is_discounted() -> None:
    choice, watched = np.array([1, 1, 0, 0]), np.array([False, True, False, True])
    assert rules.observed_choice(choice, watched, 0.3).tolist() == [100, 30, 0, 0]
    assert rules.observed_choice(choice, watched, 1.0).tolist() == [100, 100, 0, 0]
    assert rules.observed_choice(choice, watched, 0.0).tolist() == [100, 0, 0, 0]


@given(SHARES)
def test_what_is_witnessed_is_a_whole_number_of_hundredths(weight: float) -> None:
    witnessed = rules.observed_choice(np.array([1, 0]), np.array([True, True]), weight)
    assert witnessed.dtype.kind == "i"
    assert 0 <= witnessed[0] <= rules.SEEN and witnessed[1] == 0
    assert abs(witnessed[0] - rules.SEEN * weight) <= 0.5
