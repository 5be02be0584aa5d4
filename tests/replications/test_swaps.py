"""Replications hang on the mechanisms: swap one for a rival, and the published numbers are gone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.evidence import Verdict, score
from sim.kernel.arrays import FloatArray
from sim.mechanisms import definitions, learning, lifetime, norm, standard
from sim.replications import beta_geometric_nbd, datasets, march1991, norm_persistence


def verdicts(*facts: str) -> set[Verdict]:
    rows = score(facts, quick=True)
    assert not [row.error for row in rows if row.error]
    return {row.verdict for row in rows}


def test_standards_that_recover_as_fast_as_they_fall_refute_oliva_and_sterman(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "oliva-sterman-2001-pulse/week-52"
    assert verdicts(group) == {Verdict.HOLDS}
    original = standard.erode_standard

    def forgiving(held: FloatArray, pressure: FloatArray, **changes: Any) -> tuple[FloatArray, FloatArray]:
        return original(held, pressure, **{**changes, "tau_up": changes["tau_down"]})

    monkeypatch.setattr(standard, "erode_standard", forgiving)
    assert verdicts(group) == {Verdict.FAILS}


def test_averaging_in_place_of_the_majority_refutes_centola(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "centola-2018-group/0.292"
    assert verdicts(group) == {Verdict.HOLDS}

    def imitate(total: Any, memory_size: int, previous: Any, ties: str = "", coin: FloatArray | None = None) -> Any:
        assert coin is not None
        return (coin < total / (norm.SEEN * memory_size)).astype(previous.dtype)

    monkeypatch.setattr(norm, "majority_choice", imitate)
    assert verdicts(group) == {Verdict.FAILS}
    assert norm_persistence(0.03, 4, 1.0, replicates=10, rng=1) < 0.2  # and no norm outlasts its sponsor


def test_learning_from_everybody_refutes_march(monkeypatch: pytest.MonkeyPatch) -> None:
    assert march1991(0.1, 0.5, replicates=100, rng=1) > 0.93

    def follow_the_crowd(code: Any, actions: Any, reality: Any, uniform: Any, rate: float) -> Any:
        margin = actions.sum(axis=-2)
        adopted = (uniform < 1.0 - (1.0 - rate) ** np.abs(margin)) & (margin != 0)
        return np.where(adopted, np.sign(margin).astype(code.dtype), code)

    monkeypatch.setattr(learning, "learn_code", follow_the_crowd)
    assert march1991(0.1, 0.5, replicates=100, rng=1) < 0.3


def test_customers_who_never_drop_out_refute_cdnow(monkeypatch: pytest.MonkeyPatch) -> None:
    age = datasets.cdnow().age
    assert beta_geometric_nbd.simulate(0.243, 4.414, 0.793, 2.426, age, rng=1).sum() < 2900
    monkeypatch.setattr(lifetime, "dropout_probability", lambda uniform, a, b: np.zeros_like(uniform))
    assert beta_geometric_nbd.simulate(0.243, 4.414, 0.793, 2.426, age, rng=1).sum() > 3500


def test_equal_customers_refute_rising_retention(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "sbg-high-end-agents"
    assert verdicts(group) == {Verdict.HOLDS}
    monkeypatch.setattr(lifetime, "annual_churn", lambda uniform, a, b: np.full_like(uniform, a / (a + b)))
    assert verdicts(group) == {Verdict.FAILS}


def test_open_minds_refute_camps(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "deffuant-2000-camps/0.2"
    assert verdicts(group) == {Verdict.HOLDS}
    original = definitions.meet_and_adjust

    def open_minded(definition: Any, first: Any, second: Any, **changes: Any) -> Any:
        return original(definition, first, second, **{**changes, "confidence": 1.0})

    monkeypatch.setattr(definitions, "meet_and_adjust", open_minded)
    assert verdicts(group) == {Verdict.FAILS}
