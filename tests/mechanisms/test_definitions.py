"""Bounded confidence: who listens, what is kept, and who meets whom."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import Floats, amounts, run, same_bits, tiny

from sim.model.kernel.random import Streams
from sim.model.kernel.sums import PARTIAL_SUM_COUNT
from sim.model.mechanisms import definitions as mechanism
from sim.model.outcomes.weekly import definition_agreement

rules = on_arrays(mechanism)


def keys_of(seed: int, size: int) -> Floats:
    """Draws that decide who meets whom in week 0."""
    return Streams(seed).uniform("definitions", 0, size)


def talked(
    opinion: Floats,
    confidence: float,
    convergence: float,
    share: float = 1.0,
    seed: int = 1,
    employed: np.ndarray | None = None,
) -> Floats:
    """Definitions after a week of :func:`discuss_definitions` without any policy."""
    size = opinion.size
    there = np.ones(size, dtype=np.bool_) if employed is None else employed
    employees = SimpleNamespace(value=np.zeros(size), employed=there, definition=opinion.copy())
    scratch = SimpleNamespace(
        seat_value=np.zeros(size),
        seat_list=np.zeros(size, dtype=np.int64),
        seat_starts=np.zeros(size + 1, dtype=np.int64),
        seat_order=np.zeros(size, dtype=np.int64),
    )
    parameters = SimpleNamespace(
        definitions_meetings=share, definitions_confidence=confidence, definitions_convergence=convergence
    )
    streams = SimpleNamespace(definitions=np.uint64(Streams(seed).key("definitions")))
    with np.errstate(over="ignore"):  # draws are made of whole numbers that wrap around
        mechanism.discuss_definitions(
            employees,
            SimpleNamespace(seats=np.array([size])),
            scratch,
            SimpleNamespace(alignment=np.zeros(1)),
            parameters,
            streams,
            SimpleNamespace(number=0),
        )
    return np.asarray(employees.definition)


def agreement(definition: Floats, employed: np.ndarray) -> float:
    """How far people mean the same, as the week's outcome has it."""
    scratch = SimpleNamespace(seat_value=np.zeros(definition.size), partial_sums=np.zeros(PARTIAL_SUM_COUNT))
    employees = SimpleNamespace(definition=definition, employed=employed)
    return float(definition_agreement(employees, scratch, SimpleNamespace(headcount=float(employed.sum()))))


def test_pairs_match_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    opinion, there = rng.random(100), rng.random(100) < 0.9
    result = talked(opinion, 0.3, 0.4, share=0.8, employed=there)
    keys = keys_of(1, 100)
    order = [seat for seat in np.argsort(keys, kind="stable").tolist() if keys[seat] < 0.8]
    plain = opinion.tolist()
    for i, j in zip(order[0::2], order[1::2], strict=False):
        gap = plain[j] - plain[i]
        if abs(gap) < 0.3 and there[i] and there[j]:
            plain[i], plain[j] = plain[i] + 0.4 * gap, plain[j] - 0.4 * gap
    np.testing.assert_allclose(result, plain, rtol=1e-14)
    assert np.array_equal(result[keys >= 0.8], opinion[keys >= 0.8])
    assert np.array_equal(result[~there], opinion[~there])


def test_nobody_listens_without_confidence() -> None:
    opinion = np.random.default_rng(2).random(10)
    assert np.array_equal(talked(opinion, 0.0, 0.5), opinion)
    assert not rules.definition_step(np.linspace(-1.0, 1.0, 5), 0.0, 0.5).any()


@given(seed=st.integers(0, 1000), confidence=st.floats(0.0, 1.0), convergence=st.floats(0.0, 0.5))
def test_definitions_stay_in_range_and_keep_their_mean(seed: int, confidence: float, convergence: float) -> None:
    opinion = np.random.default_rng(seed).random(40)
    result = talked(opinion, confidence, convergence, seed=seed)
    assert result.min() >= opinion.min() - 1e-15 and result.max() <= opinion.max() + 1e-15
    assert result.mean() == pytest.approx(opinion.mean())
    everyone = np.ones(40, dtype=np.bool_)
    assert 0.0 <= agreement(result, everyone) <= 1.0
    assert agreement(result, everyone) >= agreement(opinion, everyone) - 1e-12


@given(seed=st.integers(0, 500), share=st.floats(0.0, 1.0), size=st.integers(0, 60))
def test_everybody_is_in_at_most_one_pair(seed: int, share: float, size: int) -> None:
    opinion = np.arange(float(size))  # the mean of a pair tells who the two were
    result = talked(opinion, np.inf, 0.5, share, seed)
    moved = np.flatnonzero(result != opinion)
    assert np.all(keys_of(seed, size)[moved] < share)
    met = {seat: int(2 * result[seat]) - seat for seat in moved.tolist()}
    assert all(met[other] == seat for seat, other in met.items())
    assert len(met) == np.count_nonzero(keys_of(seed, size) < share) // 2 * 2


def test_agreement_of_known_spreads() -> None:
    everyone = np.ones(4, dtype=np.bool_)
    assert agreement(np.full(4, 0.3), everyone) == 1.0
    assert agreement(np.array([0.0, 0.0, 1.0, 1.0]), everyone) == 0.0
    assert agreement(np.array([0.0, 1.0, 1.0, 0.0]), np.array([True, False, False, True])) == 1.0
    assert np.isnan(agreement(np.ones(4), np.zeros(4, dtype=np.bool_)))


def test_people_bring_definitions_from_the_middle_of_the_range() -> None:
    draw = np.linspace(0.0, 1.0, 5)
    assert same_bits(rules.definition_from_draw(draw, 1.0), draw)
    np.testing.assert_allclose(rules.definition_from_draw(draw, 0.4), [0.3, 0.4, 0.5, 0.6, 0.7])
    assert np.all(rules.definition_from_draw(draw, 0.0) == 0.5)


def test_whoever_means_something_else_takes_less_of_it() -> None:
    taken = rules.shared_understanding(np.array([0.2, 0.6, 1.0]), 0.4, 0.5)
    np.testing.assert_allclose(taken, [0.9, 0.9, 0.7])
    assert np.all(rules.shared_understanding(np.array([0.2, 0.6, 1.0]), 0.4, 0.0) == 1.0)
    assert rules.shared_understanding(0.2, np.nan, 0.5) == 1.0, "nobody is there"


def test_talks_bring_definitions_together() -> None:
    values = {"employees.number": 60, "employees.turnover": 0.0, "definitions.confidence": 0.2}
    talked = run(tiny(values), amounts(0, 26, alignment=1.0), weeks=30).weekly["definition_agreement"]
    plain = run(tiny(values), weeks=30).weekly["definition_agreement"]
    assert talked.iloc[-1] > plain.iloc[-1] + 0.1


def test_misalignment_costs_training_coaching_and_procedures_their_effect() -> None:
    policy = amounts(procedures=0.8, monitoring=0.5, coaching=1.0)
    values = {"employees.number": 60, "definitions.meetings": 0.0}
    lost = run(tiny({**values, "definitions.discord": 1.0}), policy).weekly.mean()
    kept = run(tiny(values), policy).weekly.mean()
    assert lost["compliance"] < kept["compliance"] and lost["practicing"] < kept["practicing"]
