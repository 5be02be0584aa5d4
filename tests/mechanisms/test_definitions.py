"""Bounded confidence: who listens, what is kept, and who meets whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import amounts, run, tiny

from sim.kernel.random import Streams
from sim.mechanisms import definitions as mechanism

rules = on_arrays(mechanism)


def test_pairs_match_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    opinion, order = rng.random(100), rng.permutation(100)
    first, second = order[:40], order[40:80]
    result = rules.meet_and_adjust(opinion, first, second, confidence=0.3, convergence=0.4)
    plain = opinion.tolist()
    for i, j in zip(first, second, strict=True):
        gap = plain[j] - plain[i]
        if abs(gap) < 0.3:
            plain[i], plain[j] = plain[i] + 0.4 * gap, plain[j] - 0.4 * gap
    np.testing.assert_allclose(result, plain, rtol=1e-14)
    assert np.array_equal(result[order[80:]], opinion[order[80:]])


def test_nobody_listens_without_confidence() -> None:
    opinion = np.random.default_rng(2).random(10)
    first, second = np.arange(5), np.arange(5, 10)
    result = rules.meet_and_adjust(opinion, first, second, confidence=0.0, convergence=0.5)
    assert np.array_equal(result, opinion) and result is not opinion


@given(seed=st.integers(0, 1000), confidence=st.floats(0.0, 1.0), convergence=st.floats(0.0, 0.5))
def test_definitions_stay_in_range_and_keep_their_mean(seed: int, confidence: float, convergence: float) -> None:
    rng = np.random.default_rng(seed)
    opinion = rng.random(40)
    first, second = rules.pair_up(rng.random(40), 1.0)
    result = rules.meet_and_adjust(opinion, first, second, confidence=confidence, convergence=convergence)
    assert result.min() >= opinion.min() - 1e-15 and result.max() <= opinion.max() + 1e-15
    assert result.mean() == pytest.approx(opinion.mean())
    everyone = np.ones(40, dtype=np.bool_)
    assert 0.0 <= rules.agreement(result, everyone) <= 1.0
    assert rules.agreement(result, everyone) >= rules.agreement(opinion, everyone) - 1e-12


@given(seed=st.integers(0, 500), share=st.floats(0.0, 1.0), size=st.integers(0, 60))
def test_everybody_is_in_at_most_one_pair(seed: int, share: float, size: int) -> None:
    keys = Streams(seed).uniform("meetings", 0, size)
    first, second = rules.pair_up(keys, share)
    both = np.concatenate([first, second])
    assert first.shape == second.shape and np.unique(both).size == both.size
    assert np.all(keys[both] < share)


def test_agreement_of_known_spreads() -> None:
    everyone = np.ones(4, dtype=np.bool_)
    assert rules.agreement(np.full(4, 0.3), everyone) == 1.0
    assert rules.agreement(np.array([0.0, 0.0, 1.0, 1.0]), everyone) == 0.0
    assert rules.agreement(np.array([0.0, 1.0, 1.0, 0.0]), np.array([True, False, False, True])) == 1.0
    assert np.isnan(rules.agreement(np.ones(4), np.zeros(4, dtype=np.bool_)))


def test_people_bring_definitions_from_the_middle_of_the_range() -> None:
    draw = np.linspace(0.0, 1.0, 5)
    assert rules.bring(draw, 1.0) is draw
    np.testing.assert_allclose(rules.bring(draw, 0.4), [0.3, 0.4, 0.5, 0.6, 0.7])
    assert np.all(rules.bring(draw, 0.0) == 0.5)


def test_whoever_means_something_else_takes_less_of_it() -> None:
    present = np.array([True, True, False])
    taken = rules.understood(np.array([0.2, 0.6, 1.0]), present, 0.5)
    np.testing.assert_allclose(taken, [0.9, 0.9, 0.7])
    assert np.all(rules.understood(np.array([0.2, 0.6, 1.0]), present, 0.0) == 1.0)
    assert np.all(rules.understood(np.array([0.2]), np.array([False]), 0.5) == 1.0)


def test_talks_bring_definitions_together() -> None:
    values = {"employees.number": 60, "employees.turnover": 0.0, "definitions.confidence": 0.2}
    talked = run(tiny(values), amounts(0, 26, alignment=1.0), weeks=30).weekly["definition_agreement"]
    plain = run(tiny(values), weeks=30).weekly["definition_agreement"]
    assert talked.iloc[-1] > plain.iloc[-1] + 0.1


def test_discord_costs_training_coaching_and_procedures_their_effect() -> None:
    policy = amounts(procedures=0.8, monitoring=0.5, coaching=1.0)
    values = {"employees.number": 60, "definitions.meetings": 0.0}
    lost = run(tiny({**values, "definitions.discord": 1.0}), policy).weekly.mean()
    kept = run(tiny(values), policy).weekly.mean()
    assert lost["compliance"] < kept["compliance"] and lost["practicing"] < kept["practicing"]
