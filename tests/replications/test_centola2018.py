"""Centola et al. (2018): tipping points, the authors' program one encounter at a time, ties."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from sim.evidence.replications import centola2018, social_convention
from sim.evidence.replications.memories import Ties, on_a_tie
from sim.evidence.replications.social_convention import new_convention_by_run, tipping_points


def plain_game(population: int, committed: float, memory: int, rounds: int, ties: Ties, seed: int) -> float:
    """One group by the authors' rules, with lists."""
    rng = np.random.default_rng(seed)
    stubborn = round(committed * population)
    memories = [deque([0] * memory, maxlen=memory) for _ in range(population)]
    plays = [1] * stubborn + [0] * (population - stubborn)
    for _ in range(rounds):
        hearers = rng.integers(0, population, (population, 1))[:, 0]
        speakers = (hearers + rng.integers(1, population, (population, 1))[:, 0]) % population
        for speaker, hearer in zip(speakers, hearers, strict=True):
            memories[hearer].append(plays[speaker])
            ones, coin = sum(memories[hearer]), rng.random(1)[0] if ties == "random" else 0.0
            if hearer < stubborn:
                continue
            if 2 * ones != memory:
                plays[hearer] = int(2 * ones > memory)
            elif ties == "random":
                plays[hearer] = int(coin < 0.5)
            elif ties == "one":
                plays[hearer] = 1
    return float(np.mean(plays[stubborn:]))


@pytest.mark.parametrize("ties", ["random", "previous", "one"])
@pytest.mark.parametrize(("committed", "memory"), [(0.25, 12), (0.4, 5), (0.0, 3)])
def test_equals_a_plain_program_draw_by_draw(committed: float, memory: int, ties: Ties) -> None:
    for seed in range(4):
        share = new_convention_by_run(20, committed, memory, 15, ties, 1, rng=seed)
        assert share[0] == pytest.approx(plain_game(20, committed, memory, 15, ties, seed))


@pytest.mark.parametrize(
    ("committed", "takeover"), [(0.167, 0.0), (0.208, 0.01), (0.25, 0.24), (0.292, 0.85), (0.333, 1.0)]
)
def test_groups_of_the_experiment(committed: float, takeover: float) -> None:
    assert centola2018(24, committed, 12, 45, replicates=1500, rng=1) == pytest.approx(takeover, abs=0.06)


def test_a_quarter_tips_a_thousand() -> None:
    assert centola2018(1000, 0.22, 12, 400, replicates=4, rng=1) == 0.0
    assert centola2018(1000, 0.26, 12, 1000, replicates=4, rng=1) == 1.0


def test_waves_agree_with_one_encounter_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waves = new_convention_by_run(110, 0.25, 8, 40, replicates=300, rng=1)
    monkeypatch.setattr(social_convention, "_ONE_BY_ONE", 1000)
    single = new_convention_by_run(110, 0.25, 8, 40, replicates=300, rng=2)
    assert np.mean(waves > 0.5) == pytest.approx(np.mean(single > 0.5), abs=0.12)
    assert waves.mean() == pytest.approx(single.mean(), abs=0.1)


def test_longer_memory_tips_later() -> None:
    points = [tipping_points(400, memory, 150, replicates=3, rng=2).mean() for memory in (3, 7, 15)]
    assert points == sorted(points) and points[2] - points[0] > 0.08


def test_ties_toward_the_minority_tip_earlier() -> None:
    shares = [centola2018(24, 0.25, 12, 45, ties, 400, rng=3) for ties in ("one", "random", "previous")]
    assert shares[0] > shares[1] + 0.2 > shares[2] + 0.2


def test_nobody_committed_changes_nothing() -> None:
    assert np.all(new_convention_by_run(150, 0.0, 12, 30, replicates=3, rng=1) == 0.0)
    with pytest.raises(ValueError, match="committed must be a share"):
        centola2018(24, 1.2, 12, 45, rng=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("memory", "tipping"),
    [
        (3, 0.11),
        (5, 0.17),
        (7, 0.2),
        (9, 0.23),
        (12, 0.25),
        (15, 0.27),
        (20, 0.29),
        (30, 0.32),
        (50, 0.36),
        (100, 0.39),
    ],
)
def test_tipping_point_by_memory(memory: int, tipping: float) -> None:
    assert tipping_points(1000, memory, 1000, replicates=4, rng=5).mean() == pytest.approx(tipping, abs=0.0151)


def test_a_rule_of_ties_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="ties must be random, previous or one, got 'coin'"):
        on_a_tie("coin", np.array([0]), np.random.default_rng(1))  # type: ignore[arg-type]
