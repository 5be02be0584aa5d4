"""The norm: what people remember of their colleagues, and how they answer it."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model.steps import STAYING, until
from rules import on_arrays
from support import SHARES, Floats, burned_in, in_unit_interval, legal, rising, same_bits, tiny, vectors

from sim.evidence.replications.memories import Ties, on_a_tie
from sim.model.engine import run_step
from sim.model.initialization import initialize
from sim.model.kernel.random import Streams
from sim.model.mechanisms import norm as mechanism
from sim.model.policies.policy import NONE

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
    chance = rules.practice_probability(np.array([0.5, 0.75, 0.1]), np.array([0.5, 0.4, 0.9]), 1.0, 8.0, 0.5)
    expected = [0.5, 1.0 / (1.0 + math.exp(-8.0 * 0.2)), 1.0 / (1.0 + math.exp(-8.0 * -0.2))]
    np.testing.assert_allclose(chance, expected, rtol=1e-14)
    moved = rules.practice_probability(0.75, 0.4, np.array([0.0, 2.0]), 8.0, 0.5)
    expected = [1.0 / (1.0 + math.exp(8.0 * 0.05)), 1.0 / (1.0 + math.exp(-8.0 * 0.45))]
    np.testing.assert_allclose(moved, expected, rtol=1e-14)


def test_whom_colleagues_do_not_move_does_what_they_value() -> None:
    """Those of them who value something else hardly ever practice, whatever others do."""
    alone = rules.practice_probability(np.linspace(0.0, 1.0, 5), np.full(5, 0.1), 0.0, 7.0, 1.0)
    assert same_bits(alone, np.full(5, alone[0])) and alone[0] < 0.06


@given(vectors(), vectors(), st.floats(0.0, 4.0), legal("norm.sharpness"), legal("norm.value_weight"))
def test_for_and_against_are_mirror_images(
    share: Floats, value: Floats, susceptibility: float, sharpness: float, weight: float
) -> None:
    chance = rules.practice_probability(share, value, susceptibility, sharpness, weight)
    opposite = rules.practice_probability(1.0 - share, 1.0 - value, susceptibility, sharpness, weight)
    np.testing.assert_allclose(chance + opposite, 1.0, atol=1e-12)


def test_probability_rises_with_susceptibility_where_most_practice() -> None:
    steps = np.linspace(0.0, 3.0, 7)
    chance = rules.practice_probability(np.full(7, 0.75), np.full(7, 0.4), steps, 8.0, 0.5)
    assert rising(chance) and chance[-1] > chance[0]


@given(vectors(), vectors(), legal("norm.sharpness"), legal("norm.value_weight"))
def test_probability_is_a_share_that_rises_with_memory_and_value(
    share: Floats, value: Floats, sharpness: float, weight: float
) -> None:
    assert in_unit_interval(rules.practice_probability(share, value, 1.0, sharpness, weight))
    same = np.full(share.size, 0.3)
    assert rising(rules.practice_probability(np.sort(share), same, 1.0, sharpness, weight))
    assert rising(rules.practice_probability(same, np.sort(value), 1.0, sharpness, weight))


def test_without_sharpness_people_toss_a_coin() -> None:
    assert rules.practice_probability(np.array([0.0, 1.0]), np.array([0.0, 1.0]), 1.0, 0.0, 10.0).tolist() == [0.5, 0.5]


def test_the_sharp_limit_is_the_majority() -> None:
    counts = np.arange(13)
    chance = rules.practice_probability(counts / 12.0, np.full(13, 0.2), 1.0, 1e4, 0.0)
    majority = rules.majority_choice(rules.SEEN * counts, 12 * rules.SEEN, 1)
    np.testing.assert_allclose(np.delete(chance, 6), np.delete(majority, 6), atol=1e-12)
    assert chance[6] == 0.5


def test_a_whole_memory_of_zeros_and_little_value_cannot_start_by_itself() -> None:
    # With beta 1 and v 1, s is exactly zero: the best that values alone can do against a memory of zeros is a coin.
    assert rules.practice_probability(np.zeros(1), np.ones(1), 1.0, 7.0, 1.0)[0] == 0.5
    assert rules.practice_probability(np.zeros(1), np.full(1, 0.4), 1.0, 7.0, 1.0)[0] < 0.02


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


KINDS = (mechanism.FREE, mechanism.COACHED, mechanism.BY_EXAMPLE, mechanism.MONITORED)
WEIGHTS = {"monitored": 0.3, "coached": 0.5, "by_example": 0.8}


def test_each_kind_of_prompt_has_a_weight_of_its_own() -> None:
    assert rules.weight_of_choice(np.array(KINDS), **WEIGHTS).tolist() == [1.0, 0.5, 0.8, 0.3]


def test_what_a_colleague_remembers_of_prompted_practice_is_discounted() -> None:
    choice, weight = np.array([1, 1, 1, 1, 0, 0]), np.array([1.0, 0.3, 0.005, 0.0, 1.0, 0.3])
    assert rules.observed_choice(choice, weight).tolist() == [100, 30, 0, 0, 0, 0]


@given(vectors(), SHARES, legal("norm.value_drift"), legal("norm.omission_weight"))
def test_with_equal_weights_it_does_not_matter_who_prompted(
    value: Floats, weight: float, rate: float, omission: float
) -> None:
    """Coaching, example and monitoring: the same drift of value, and the same in colleagues' memory."""
    shown, drifted = set(), []
    for kind in KINDS[1:]:
        counts = rules.weight_of_choice(kind, weight, weight, weight)
        shown.add(rules.observed_choice(1, counts))
        drifted.append(rules.drift_values(value, 1, counts, rate, omission))
    assert len(shown) == 1
    assert same_bits(drifted[0], drifted[1]) and same_bits(drifted[0], drifted[2])


@given(vectors(), legal("norm.value_drift"), SHARES)
def test_values_drift_alike_both_ways_where_omissions_count_as_much(value: Floats, rate: float, weight: float) -> None:
    toward = rules.drift_values(value, 1, weight, rate, 1.0)
    away = rules.drift_values(1.0 - value, 0, weight, rate, 1.0)
    np.testing.assert_allclose(away, 1.0 - toward, atol=1e-15)


@given(SHARES)
def test_what_is_witnessed_is_a_whole_number_of_hundredths(weight: float) -> None:
    witnessed = rules.observed_choice(np.array([1, 0]), weight)
    assert witnessed.dtype.kind == "i"
    assert 0 <= witnessed[0] <= rules.SEEN and witnessed[1] == 0
    assert abs(witnessed[0] - rules.SEEN * weight) <= 0.5


def test_who_is_mistaken_takes_a_choice_for_its_opposite() -> None:
    assert rules.misperceived(np.array([100, 0, 30, 30]), np.array([True, True, True, False])).tolist() == [
        0,
        100,
        70,
        30,
    ]


def test_share_taken_for_practice_by_hand() -> None:
    assert rules.share_seen(0.2, 0.1) == pytest.approx(0.2 * 0.9 + 0.8 * 0.1, rel=1e-14)
    assert rules.share_seen(0.7, 0.5) == pytest.approx(0.5, rel=1e-14), "errors half of the time tell nothing"


@given(vectors(), legal("norm.misperception"))
def test_errors_pull_what_is_seen_to_the_middle(practice: Floats, error: float) -> None:
    seen = rules.share_seen(practice, error)
    assert in_unit_interval(seen)
    assert np.all(np.abs(seen - 0.5) <= np.abs(practice - 0.5) + 1e-15)
    np.testing.assert_allclose(rules.share_seen(1.0 - practice, error), 1.0 - seen, atol=1e-15)
    assert same_bits(rules.share_seen(practice, 0.0), practice)


# --- where values settle --------------------------------------------------------------------------------------------


def test_values_return_by_hand() -> None:
    assert rules.return_to_set_point(0.8, 0.4, 0.1) == pytest.approx(0.76, rel=1e-14)
    assert rules.return_to_set_point(0.2, 0.4, 0.1) == pytest.approx(0.22, rel=1e-14)


@given(vectors(), vectors(), legal("norm.value_anchor"))
def test_values_return_without_overshooting(value: Floats, set_point: Floats, rate: float) -> None:
    after = rules.return_to_set_point(value, set_point, rate)
    assert in_unit_interval(after)
    assert np.all(np.abs(after - set_point) <= np.abs(value - set_point))
    assert same_bits(rules.return_to_set_point(value, set_point, 0.0), value)


def test_value_at_rest_by_hand() -> None:
    # up: .01 x .2 + .003 x .4 = .0032; against .01 x (.2 + .25 x .8) + .003 = .007
    assert rules.value_at_rest(0.4, 0.2, 0.01, 0.25, 0.003) == pytest.approx(0.0032 / 0.007, rel=1e-14)
    assert rules.value_at_rest(0.4, 0.2, 0.0, 0.25, 0.0) == 0.4
    assert rules.value_at_rest(0.4, 0.2, 0.0, 0.25, 0.003) == pytest.approx(0.4, rel=1e-14)
    assert rules.value_at_rest(0.4, 0.0, 0.01, 0.25, 0.0) == 0.0, "without a set point values wear down to old practice"
    assert rules.value_at_rest(0.4, 1.0, 0.01, 0.25, 0.0) == 1.0


@given(
    SHARES,
    SHARES,
    st.floats(0.0001, 0.2),
    legal("norm.omission_weight"),
    st.floats(0.0001, 0.2),
)
def test_where_values_settle_a_usual_week_moves_them_on_average_not_at_all(
    set_point: float, practice: float, drift: float, omission: float, anchor: float
) -> None:
    at_rest = rules.value_at_rest(set_point, practice, drift, omission, anchor)
    assert 0.0 <= at_rest <= 1.0
    moved = practice * (rules.drift_values(at_rest, 1, 1.0, drift, omission) - at_rest)
    moved += (1.0 - practice) * (rules.drift_values(at_rest, 0, 1.0, drift, omission) - at_rest)
    moved += rules.return_to_set_point(at_rest, set_point, anchor) - at_rest
    assert moved == pytest.approx(0.0, abs=1e-15)


def test_newcomers_are_like_the_staff_of_the_outset() -> None:
    """Newcomers bring values at rest under old practice, as those who are there have them."""
    values = {"employees.number": 60, "employees.turnover": 0.5, "hiring.delay_weeks": 1.0, "run.burn_in": 0}
    scenario = tiny(values)
    organization = initialize(scenario, NONE, Streams(2))
    settling = [
        float(scenario.parameters[f"norm.{name}"]) for name in ("value_drift", "omission_weight", "value_anchor")
    ]
    practice = float(scenario.parameters["hiring.outside_practice"])
    employees, identity = organization.employees, organization.employees.identity.copy()
    expected = rules.value_at_rest(employees.set_point, np.full(60, practice), *settling)
    assert same_bits(employees.value, expected)
    until(organization, "hire_employees")
    until(organization, "hire_employees")
    new = employees.employed & (employees.identity != identity)
    assert new.sum() > 2
    np.testing.assert_allclose(
        employees.value[new], rules.value_at_rest(employees.set_point[new], np.full(new.sum(), practice), *settling)
    )


def test_in_a_week_values_follow_the_choice_and_return_to_what_one_brought_and_learned() -> None:
    organization = burned_in(tiny({**STAYING, "norm.sharpness": 0.0, "employees.number": 30}))
    employees = organization.employees
    employees.value[:], employees.set_point[:], employees.learned[:] = 0.6, 0.3, 0.1
    employees.learned[:3] = 0.9
    run_step(organization, "choose_practice")
    assert (employees.prompted_by == mechanism.FREE).all()
    practiced = employees.choice == 1
    assert 5 < practiced.sum() < 25
    drifted = np.where(practiced, 0.6 + 0.01 * 0.4, 0.6 - 0.01 * 0.25 * 0.6)
    at_rest = np.where(np.arange(30) < 3, 1.0, 0.4)
    np.testing.assert_allclose(employees.value, drifted + 0.003 * (at_rest - drifted), rtol=1e-13)
