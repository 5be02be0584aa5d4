"""Ties and encounters: who can see whom."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.mechanisms.network import draw_colleague, tie_colleagues

SIZES = st.lists(st.integers(1, 12), min_size=1, max_size=4)


def draws(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).random(shape)


@given(SIZES, st.integers(1, 20), st.floats(0.0, 1.0), st.integers(0, 99))
def test_everyone_is_tied_to_somebody_else(sizes: list[int], degree: int, by_department: float, seed: int) -> None:
    department = np.repeat(np.arange(len(sizes)), sizes)
    seats = department.size
    ties = tie_colleagues(department, degree, by_department, draws(seed, seats, degree), draws(seed + 1, seats, degree))
    assert ties.shape == (seats, degree)
    assert ties.min() >= 0 and ties.max() < seats
    itself = ties == np.arange(seats)[:, None]
    assert not itself.any() if seats > 1 else itself.all()


def test_closed_departments_keep_to_themselves_where_they_can() -> None:
    department = np.array([0, 0, 0, 1, 2, 2])
    ties = tie_colleagues(department, 50, 1.0, draws(0, 6, 50), draws(1, 6, 50))
    for seat in (0, 1, 2, 4, 5):
        assert set(department[ties[seat]]) == {department[seat]}
    assert set(ties[3]) == {0, 1, 2, 4, 5}, "someone alone in a department has colleagues elsewhere"


def test_open_departments_mix_with_everyone_alike() -> None:
    department = np.repeat([0, 1], [20, 80])
    ties = tie_colleagues(department, 400, 0.0, draws(2, 100, 400), draws(3, 100, 400))
    counts = np.bincount(ties.ravel(), minlength=100)
    assert counts.sum() == 40_000
    assert counts.min() > 300 and counts.max() < 500
    assert (department[ties[:20]] == 0).mean() == pytest.approx(19 / 99, abs=0.02)


def test_the_share_of_ties_inside_is_the_closure() -> None:
    department = np.repeat([0, 1, 2, 3], 50)
    ties = tie_colleagues(department, 100, 0.6, draws(4, 200, 100), draws(5, 200, 100))
    inside = (department[ties] == department[:, None]).mean()
    assert inside == pytest.approx(0.6 + 0.4 * 49 / 199, abs=0.01)


TIES = np.array([[1, 2], [2, 2], [0, 1], [0, 0]])
MANAGER = np.array([0, 0, 0, 2])


def everybody_meets(
    ties: IntArray, manager: IntArray, kind: FloatArray, partner: FloatArray, *, mixing: float, manager_share: float
) -> IntArray:
    """Whom each seat sees in one encounter."""
    employees = SimpleNamespace(colleagues=ties, manager=manager)
    vertical = mixing + (1.0 - mixing) * manager_share
    seen = [
        draw_colleague(seat, float(kind[seat]), float(partner[seat]), employees, mixing, vertical)
        for seat in range(len(ties))
    ]
    return np.array(seen, dtype=np.int64)


def see(kind: float, partner: float, mixing: float = 0.2, manager_share: float = 0.5) -> list[int]:
    drawn = np.full(4, kind), np.full(4, partner)
    return list(everybody_meets(TIES, MANAGER, *drawn, mixing=mixing, manager_share=manager_share))


def test_an_encounter_is_with_anyone_the_manager_or_a_tie() -> None:
    assert see(0.1, 0.0) == [1, 2, 3, 0]  # anyone: the next seat
    assert see(0.1, 0.99) == [3, 0, 1, 2]  # anyone: the seat before
    assert see(0.3, 0.0) == [1, 0, 0, 2]  # the manager; a head, who has none, a tie
    assert see(0.59, 0.99) == [2, 0, 0, 2]
    assert see(0.61, 0.0) == [1, 2, 0, 0]  # a tie
    assert see(0.61, 0.99) == [2, 2, 1, 0]


def test_shares_of_encounters() -> None:
    seats = 2000
    ties = np.full((seats, 3), 7)
    manager = np.full(seats, 11)
    kinds = (np.arange(seats) + 0.5) / seats
    seen = everybody_meets(ties, manager, kinds, draws(6, seats), mixing=0.1, manager_share=0.2)
    assert (seen == 11).mean() == pytest.approx(0.9 * 0.2, abs=0.005)
    assert (seen == 7).mean() == pytest.approx(0.9 * 0.8, abs=0.005)


def test_the_well_mixed_limit_sees_everybody_else_alike_and_never_oneself() -> None:
    seats = 50
    ties, manager = np.zeros((seats, 2), dtype=np.int64), np.zeros(seats, dtype=np.int64)
    counts = np.zeros((seats, seats), dtype=np.int64)
    for seed in range(400):
        drawn = draws(seed, seats), draws(seed + 1000, seats)
        seen = everybody_meets(ties, manager, *drawn, mixing=1.0, manager_share=0.9)
        counts[np.arange(seats), seen] += 1
    assert np.diag(counts).sum() == 0
    expected = 400 / 49
    chi_square = ((counts[~np.eye(seats, dtype=np.bool_)] - expected) ** 2 / expected).sum()
    freedom = seats * (seats - 2)
    assert abs(chi_square - freedom) < 5 * np.sqrt(2 * freedom)


def test_someone_alone_in_the_organization_sees_only_themselves() -> None:
    ties = tie_colleagues(np.zeros(1, dtype=np.int64), 3, 0.5, draws(0, 1, 3), draws(1, 1, 3))
    for kind in (0.0, 0.5, 0.99):
        alone = everybody_meets(
            ties, np.zeros(1, dtype=np.int64), np.array([kind]), np.array([0.99]), mixing=0.3, manager_share=0.3
        )
        assert alone.tolist() == [0]
