"""Beliefs about needs: learned by contact, lost without it, worth as much as they are right."""

from __future__ import annotations

import math
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, vectors

from sim.model.kernel.random import Streams
from sim.model.kernel.scalar_draws import block
from sim.model.mechanisms import needs as mechanism

rules = on_arrays(mechanism)

STILL = {
    "needs_empathy": 0.0,
    "needs_forgetting_weeks": math.inf,
    "needs_socialization": 0.0,
    "customers_represented": 1.0,
}
"""Nobody learns, forgets, or is taught, and each simulated customer stands for one."""


def draws_of(seed: int, seats: int, dimensions: int) -> Floats:
    """Draws of beliefs in week 0: who empathizes, who forgets, who is taught, and what is guessed, a draw a belief."""
    return Streams(seed).uniform("picture", 0, 4 * seats * dimensions).reshape(4, seats, dimensions)


def learned(
    beliefs: np.ndarray,
    met: list[int],
    needs: np.ndarray,
    seed: int = 1,
    code: np.ndarray | None = None,
    employed: list[bool] | None = None,
    beside: float = 0.0,
    **parameters: float,
) -> SimpleNamespace:
    """Everybody's beliefs after a week of :func:`learn_beliefs`, what they did, and the margins of those who do better."""
    seats, dimensions = beliefs.shape
    employees = SimpleNamespace(
        beliefs=beliefs.copy(),
        actions=np.zeros_like(beliefs),
        employed=np.ones(seats, dtype=np.bool_) if employed is None else np.array(employed),
        facing=np.ones(seats, dtype=np.bool_),
    )
    environment = SimpleNamespace(
        organizational_code=np.zeros(dimensions, dtype=np.int16) if code is None else code,
        needs=needs,
        margin=np.zeros(dimensions, dtype=np.int64),
    )
    scratch = SimpleNamespace(
        seat_count=np.array(met),
        seat_value=np.zeros(seats),
        second_seat_value=np.zeros(seats),
        seat_list=np.zeros(seats, dtype=np.int64),
        seat_flag=np.zeros(seats, dtype=np.bool_),
    )
    with np.errstate(over="ignore"):  # draws are made of whole numbers that wrap around
        start = block(np.uint64(Streams(seed).key("picture")), 0, 0)
        given = SimpleNamespace(**{**STILL, **parameters})
        mechanism.learn_beliefs(employees, environment, scratch, beside, start, given)
    return SimpleNamespace(beliefs=employees.beliefs, actions=employees.actions, margin=environment.margin)


NEEDS = np.array([1, -1, 1, -1], dtype=np.int16)


def beliefs_of(rows: int = 3) -> st.SearchStrategy[np.ndarray]:
    signs = st.lists(st.sampled_from([-1, 0, 1]), min_size=4 * rows, max_size=4 * rows)
    return signs.map(lambda values: np.array(values, dtype=np.int16).reshape(rows, 4))


def test_contact_moves_a_belief_one_step_toward_what_is_needed() -> None:
    beliefs = np.array([[-1, 0, 1, -1], [-1, 0, 1, -1]], dtype=np.int16)
    moved = learned(beliefs, [1, 0], NEEDS, needs_empathy=1.0).beliefs
    assert moved.tolist() == [[0, -1, 1, -1], [-1, 0, 1, -1]]
    assert moved.dtype == np.int16
    again = learned(moved, [1, 0], NEEDS, needs_empathy=1.0).beliefs
    assert again[0].tolist() == NEEDS.tolist()


def test_more_contacts_teach_more() -> None:
    chance = rules.empathy_probability(np.array([0, 1, 5]), 0.1)
    np.testing.assert_allclose(chance, [0.0, 0.1, 1.0 - 0.9**5], rtol=1e-14)
    moved = learned(np.zeros((3, 400), np.int16), [0, 1, 5], np.ones(400, np.int16), needs_empathy=0.1).beliefs
    assert np.array_equal(moved == 1, draws_of(1, 3, 400)[0] < chance[:, None])


def test_a_simulated_customer_stands_for_many_contacts() -> None:
    assert mechanism.contacts_beside(40, 20, 1.0) == mechanism.contacts_beside(40, 20, 0.25) == 0.0
    assert mechanism.contacts_beside(40, 20, 50.0) == 98.0  # 49 others for each of the 2 that a seat meets
    assert mechanism.contacts_beside(40, 0, 50.0) == 0.0
    assert mechanism.real_contacts(3, 98.0, 50.0) == 101.0
    assert mechanism.real_contacts(3, 0.0, 1.0) == 3.0
    assert mechanism.real_contacts(3, 0.0, 0.5) == 1.5


def test_without_a_simulated_customer_there_may_have_been_others() -> None:
    alone = mechanism.no_contact_probability
    assert alone(0, 0.0, 1.0) == 1.0 and alone(2, 0.0, 1.0) == 0.0 and alone(1, 98.0, 50.0) == 0.0
    assert alone(0, 0.5, 2.0) == pytest.approx(math.exp(-0.5), rel=1e-14)
    assert alone(2, 0.0, 0.25) == pytest.approx(0.75**2, rel=1e-14)
    kept = mechanism.belief_kept_probability
    assert kept(0.9, 1.0) == 0.9 and kept(0.9, 0.0) == 1.0
    assert kept(0.9, 0.5) == pytest.approx(0.95, rel=1e-14)


@pytest.mark.parametrize("represented", [0.5, 4.0, 100.0])
def test_what_is_learned_from_as_many_real_customers_does_not_depend_on_how_many_are_simulated(
    represented: float,
) -> None:
    """Contacts of 20 seats are spread at random: 400 real ones a week, each simulated one standing for some of them."""
    seats, real, rate, random = 20, 400, 0.002, np.random.default_rng(3)

    def learned_a_week(represented: float, weeks: int = 400) -> tuple[float, float]:
        answered = round(real / represented)
        moved, kept = [], []
        for _ in range(weeks):
            met = random.multinomial(answered, np.full(seats, 1.0 / seats))
            beside = mechanism.contacts_beside(answered, seats, represented)
            for each in met.tolist():
                contacts = mechanism.real_contacts(each, beside, represented)
                moved.append(mechanism.empathy_probability(contacts, rate))
                kept.append(
                    mechanism.belief_kept_probability(0.9, mechanism.no_contact_probability(each, beside, represented))
                )
        return float(np.mean(moved)), float(np.mean(kept))

    one, other = learned_a_week(1.0), learned_a_week(represented)
    assert other == pytest.approx(one, abs=2e-3)
    assert one[0] == pytest.approx(1.0 - (1.0 - rate / seats) ** real, abs=2e-3)


@given(beliefs_of(), st.integers(0, 2**32))
def test_only_those_without_contact_forget(beliefs: np.ndarray, seed: int) -> None:
    faded = learned(beliefs, [0, 1, 4], NEEDS, seed, needs_forgetting_weeks=1.0).beliefs
    assert np.array_equal(faded[1:], beliefs[1:])
    assert np.isin(faded, [-1, 0, 1]).all() and (np.abs(faded) <= np.abs(beliefs)).all()
    assert np.array_equal(faded[0], np.where(draws_of(seed, 3, 4)[1][0] < np.exp(-1.0), beliefs[0], 0))


@given(beliefs_of(5), st.integers(0, 2**32), st.lists(st.booleans(), min_size=5, max_size=5))
def test_the_code_hears_those_who_are_there_and_do_better(beliefs: np.ndarray, seed: int, there: list[bool]) -> None:
    code = np.array([1, 0, -1, -1], dtype=np.int16)
    week = learned(beliefs, [1] * 5, NEEDS, seed, code, there)
    guesses = np.where(draws_of(seed, 5, 4)[3] < 0.5, -1, 1)
    assert np.array_equal(week.actions, np.where(beliefs == 0, guesses, beliefs)), "by belief, else by a guess"
    superior = (week.actions @ NEEDS > code @ NEEDS) & np.array(there)
    assert week.margin.tolist() == week.actions[superior].sum(axis=0).tolist()


@given(beliefs_of(), st.integers(0, 2**32))
def test_people_are_taught_one_step_toward_an_organizational_code_that_speaks(beliefs: np.ndarray, seed: int) -> None:
    code = np.array([1, 0, -1, -1], dtype=np.int16)
    taught = learned(beliefs, [1] * 3, NEEDS, seed, code, [True, True, False], needs_socialization=0.4).beliefs
    moved = (draws_of(seed, 3, 4)[2] < 0.4) & (code != 0)
    expected = beliefs + np.where(moved, np.sign(code - beliefs), 0)
    assert np.array_equal(taught[:2], expected[:2])
    assert not taught[2].any(), "nobody sits there"


def test_feedback_puts_the_official_picture_right() -> None:
    def corrected(sensing: float) -> list[int]:
        """Organizational code, all wrong before, after a week of full feedback."""
        environment = SimpleNamespace(
            needs=NEEDS.copy(), organizational_code=-NEEDS, margin=np.zeros(4, dtype=np.int64)
        )
        parameters = SimpleNamespace(
            needs_weight=1.0,
            needs_upheaval=0.0,
            needs_drift=0.0,
            needs_learning=0.0,
            needs_sensing=sensing,
            customers_represented=1.0,
        )
        nobody = SimpleNamespace(customer=np.zeros(0, dtype=np.int64))
        streams = Streams(3)
        with np.errstate(over="ignore"), patch.object(mechanism, "learn_beliefs", lambda *_: None):
            mechanism.update_beliefs(
                SimpleNamespace(**dict.fromkeys(("value", "facing", "employed"), np.ones(3, dtype=np.bool_))),
                SimpleNamespace(seats=np.array([3])),
                SimpleNamespace(met=np.zeros(0, dtype=np.int64)),
                environment,
                nobody,
                SimpleNamespace(seat_count=np.zeros(3, dtype=np.int64)),
                SimpleNamespace(feedback=np.ones(1)),
                parameters,
                SimpleNamespace(needs=np.uint64(streams.key("needs")), picture=np.uint64(streams.key("picture"))),
                SimpleNamespace(number=0, contacts=0, upheaval=0.0),
            )
        assert environment.needs.tolist() == NEEDS.tolist()
        return [int(each) for each in environment.organizational_code]

    draws = Streams(3).uniform("needs", 0, 12)[8:]
    between = float(np.sort(draws)[1:3].mean())
    assert corrected(between) == np.where(draws < between, NEEDS, -NEEDS).tolist()
    assert corrected(0.0) == (-NEEDS).tolist() and corrected(1.0) == NEEDS.tolist()


@given(beliefs_of())
def test_match_is_the_share_met_with_half_for_no_belief(beliefs: np.ndarray) -> None:
    by_hand = [
        np.mean([1.0 if b == n else 0.5 if b == 0 else 0.0 for b, n in zip(row, NEEDS, strict=True)]) for row in beliefs
    ]
    agreed = (beliefs * NEEDS).sum(axis=1)
    np.testing.assert_allclose(rules.match_with_needs(agreed, NEEDS.size), by_hand, rtol=1e-14)


@given(vectors(), vectors(), legal("needs.weight"))
def test_what_was_not_needed_is_worth_less(served: Floats, match: Floats, weight: float) -> None:
    worth = rules.value_with_match(served, np.sort(match), weight)
    assert in_unit_interval(worth) and (worth <= served).all()
    assert rising(rules.value_with_match(np.full(match.size, 0.6), np.sort(match), weight))
    assert np.array_equal(rules.value_with_match(served, np.ones(served.size), weight), served)
    assert np.array_equal(rules.value_with_match(served, match, 0.0), served), "where a match is worth nothing"


@given(SHARES, legal("needs.upheaval"), legal("needs.drift"))
def test_needs_turn_by_drift_or_by_a_shift(size: float, upheaval: float, drift: float) -> None:
    assert 0.0 <= rules.change_probability(size, upheaval, drift) <= 1.0
    assert rules.change_probability(0.0, upheaval, drift) == pytest.approx(drift, abs=1e-15)
    assert rules.change_probability(size, upheaval, drift) >= rules.change_probability(0.0, upheaval, drift)
