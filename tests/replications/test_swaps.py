"""Replications depend on the mechanisms: with a rival mechanism the published numbers do not come out."""

from __future__ import annotations

import numpy as np
import pytest
from rules import swapped

from sim.evidence import Verdict, score
from sim.evidence.replications import (
    beta_geometric_nbd,
    bounded_confidence,
    datasets,
    march1991,
    mutual_learning,
    norm_persistence,
    persistence,
    quality_erosion,
    social_convention,
)
from sim.model.kernel.array_types import BoolArray, IntArray, SmallIntArray
from sim.model.kernel.time_constants import closed_in_a_week
from sim.model.mechanisms import lifetime
from sim.model.mechanisms.norm import SEEN


def verdicts(*facts: str) -> set[Verdict]:
    rows = score(facts, quick=True)
    assert not [row.error for row in rows if row.error]
    return {row.verdict for row in rows}


def forgiving(
    standard: float, work_pressure: float, alpha: float, tau_down: float, tau_up: float, floor: float
) -> tuple[float, float]:
    """Standards that rise as fast as they fall."""
    given = max(work_pressure**alpha * standard, floor)
    return given, standard + (given - standard) * closed_in_a_week(tau_down)


def test_standards_that_recover_as_fast_as_they_fall_refute_oliva_and_sterman(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "oliva-sterman-2001-pulse/week-52"
    assert verdicts(group) == {Verdict.HOLDS}
    loop = swapped(quality_erosion._run_weeks, "standard.erode_standard", forgiving)
    monkeypatch.setattr(quality_erosion, "_run_weeks", loop)
    assert verdicts(group) == {Verdict.FAILS}


def test_averaging_in_place_of_the_majority_refutes_centola(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "centola-2018-group/0.292"
    assert verdicts(group) == {Verdict.HOLDS}
    coins = np.random.default_rng(1)

    def imitate(
        memories: SmallIntArray,
        total: IntArray,
        cursor: IntArray,
        choice: IntArray,
        speaker: IntArray,
        hearer: IntArray,
        tie: IntArray,
        is_stubborn: BoolArray,
    ) -> None:
        """People remember, and then do what one of those whom they remember did."""
        oldest, shown = cursor[hearer], SEEN * choice[speaker]
        total[hearer] += shown - memories[hearer, oldest]
        memories[hearer, oldest] = shown
        cursor[hearer] = (oldest + 1) % memories.shape[1]
        imitated = coins.random(hearer.size) < total[hearer] / (SEEN * memories.shape[1])
        choice[hearer] = np.where(is_stubborn[hearer], 1, imitated)

    monkeypatch.setattr(social_convention, "hear", imitate)
    monkeypatch.setattr(persistence, "hear", imitate)
    assert verdicts(group) == {Verdict.FAILS}
    assert norm_persistence(0.03, 4, 1.0, replicates=10, rng=1) < 0.2  # and no norm outlasts its sponsor


def everybody(performance: int, own: int) -> bool:
    """The code learns from the members who are there."""
    return True


def test_learning_from_everybody_refutes_march(monkeypatch: pytest.MonkeyPatch) -> None:
    assert march1991(0.1, 0.5, replicates=100, rng=1) > 0.93
    follow_the_crowd = swapped(mutual_learning._learn, "mutual_learning._does_better", everybody)
    monkeypatch.setattr(mutual_learning, "_learn", follow_the_crowd)
    assert march1991(0.1, 0.5, replicates=100, rng=1) < 0.3


def test_customers_who_never_drop_out_refute_cdnow(monkeypatch: pytest.MonkeyPatch) -> None:
    age = datasets.cdnow().age
    assert beta_geometric_nbd.simulate(0.243, 4.414, 0.793, 2.426, age, rng=1).sum() < 2900
    monkeypatch.setattr(lifetime, "dropout_probability", lambda uniform, a, b: 0.0 * uniform)
    assert beta_geometric_nbd.simulate(0.243, 4.414, 0.793, 2.426, age, rng=1).sum() > 3500


@pytest.mark.slow
def test_equal_customers_refute_rising_retention(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "sbg-high-end-agents"
    assert verdicts(group) == {Verdict.HOLDS}
    monkeypatch.setattr(lifetime, "annual_churn", lambda uniform, a, b: a / (a + b))
    assert verdicts(group) == {Verdict.FAILS}


def open_minded(gap: float, confidence: float, convergence: float) -> float:
    """All people listen to one another."""
    return convergence * gap


def test_open_minds_refute_camps(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "deffuant-2000-camps/0.2"
    assert verdicts(group) == {Verdict.HOLDS}
    loop = swapped(bounded_confidence._meet, "definitions.definition_step", open_minded)
    monkeypatch.setattr(bounded_confidence, "_meet", loop)
    assert verdicts(group) == {Verdict.FAILS}
