"""March (1991): the published figure, against a plain program, and at other parameters."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence.replications import march1991
from sim.evidence.replications.mutual_learning import knowledge_by_run

PUBLISHED = {(0.1, 0.1): 0.863, (0.5, 0.1): 0.800, (0.9, 0.1): 0.812, (0.1, 0.9): 0.973, (0.9, 0.9): 0.728}


def plain_march(p1: float, p2: float, p3: float, p4: float, periods: int, rng: np.random.Generator) -> float:
    """The original program's rules, one person and one dimension at a time (small organization)."""
    m, n = 6, 8
    reality = [int(v) for v in rng.choice([-1, 1], m)]
    code = [0] * m
    beliefs = rng.integers(-1, 2, (n, m)).tolist()
    for _ in range(periods):
        reality = [-v if rng.random() < p4 else v for v in reality]
        beliefs = [rng.integers(-1, 2, m).tolist() if rng.random() < p3 else person for person in beliefs]
        actions = [[b if b else int(rng.choice([-1, 1])) for b in person] for person in beliefs]
        score = sum(c * x for c, x in zip(code, reality, strict=True))
        superior = [a for a in actions if sum(v * x for v, x in zip(a, reality, strict=True)) > score]
        for person in beliefs:
            for d, official in enumerate(code):
                if official and person[d] != official and rng.random() < p1:
                    person[d] += 1 if official > person[d] else -1
        for d in range(m):
            margin = sum(a[d] for a in superior)
            if margin and rng.random() < 1 - (1 - p2) ** abs(margin):
                code[d] = 1 if margin > 0 else -1
    return sum(c * x for c, x in zip(code, reality, strict=True)) / m


@pytest.mark.parametrize(("socialization", "code_learning"), PUBLISHED)
def test_figure_1(socialization: float, code_learning: float) -> None:
    knowledge = march1991(socialization, code_learning, replicates=800, rng=11)
    assert knowledge == pytest.approx(PUBLISHED[socialization, code_learning], abs=0.015)


def test_figures_4_and_5_signs() -> None:
    slow, fast = ([march1991(p1, 0.5, p3, periods=20, replicates=400, rng=4) for p3 in (0.0, 0.1)] for p1 in (0.1, 0.9))
    assert slow[1] < slow[0] - 0.02 and fast[1] > fast[0] + 0.05
    alone, renewed = (march1991(0.5, 0.5, p3, 0.02, periods=100, replicates=200, rng=5) for p3 in (0.0, 0.1))
    assert alone < 0.1
    assert renewed > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("rates", [(0.3, 0.4, 0.0, 0.0), (0.7, 0.2, 0.15, 0.05), (1.0, 1.0, 0.0, 0.1)])
def test_agrees_with_a_plain_program(rates: tuple[float, float, float, float]) -> None:
    rng = np.random.default_rng(8)
    plain = np.array([plain_march(*rates, 12, rng) for _ in range(400)])
    vectorized = knowledge_by_run(*rates, dimensions=6, members=8, periods=12, replicates=4000, rng=9)
    error = np.hypot(plain.std() / 20, vectorized.std() / 4000**0.5)
    assert abs(plain.mean() - vectorized.mean()) < 4 * error


def test_equilibrium_equals_a_long_run() -> None:
    converged = march1991(0.5, 0.5, dimensions=10, members=20, replicates=2000, rng=1)
    long = march1991(0.5, 0.5, dimensions=10, members=20, periods=150, replicates=2000, rng=2)
    assert converged == pytest.approx(long, abs=0.03)


def test_the_same_seed_gives_the_same_number() -> None:
    assert march1991(0.3, 0.5, replicates=50, rng=3) == march1991(0.3, 0.5, replicates=50, rng=np.random.default_rng(3))


def test_refuses_what_has_no_answer() -> None:
    with pytest.raises(ValueError, match="no equilibrium"):
        march1991(0.5, 0.5, turnover=0.1, rng=1)
    with pytest.raises(ValueError, match="socialization must be a probability"):
        march1991(1.5, 0.5, rng=1)
    with pytest.raises(TypeError, match="rng must be a seed"):
        march1991(0.5, 0.5, rng="x")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not be negative"):
        march1991(0.5, 0.5, rng=-1)
