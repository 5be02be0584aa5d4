"""Workload: contacts that load people, whatever number of customers is simulated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.mechanisms.service import need_probability
from sim.model.mechanisms.workload import real_contacts_of_a_week

numbers = st.floats(0.0, 1e4)


@given(numbers, numbers, numbers, st.floats(0.0, 3.0), st.floats(1e-3, 1.0))
def test_where_each_stands_for_one_the_contacts_load_people(
    contacts: float, needs: float, repeats: float, scale: float, represented: float
) -> None:
    assert real_contacts_of_a_week(contacts, needs, repeats, scale, represented) == contacts


@given(numbers, numbers, st.floats(1.0, 1e6))
def test_what_is_expected_loads_people_in_full(needs: float, repeats: float, represented: float) -> None:
    contacts = needs + repeats
    assert real_contacts_of_a_week(contacts, needs, repeats, 1.0, represented) == pytest.approx(contacts, abs=1e-9)


def test_mean_and_variance_are_those_of_all_real_customers() -> None:
    """Fifty simulated customers who stand for 16 each, beside 800 real ones; a third comes back in the week after."""
    rng = np.random.default_rng(1)
    rate, returns, represented, weeks = 0.3, 0.4, 16, 20_000

    def simulate(people: int, stands: float) -> np.ndarray:
        back, scale, expected, loads = np.zeros(people, dtype=bool), 1.0, 0.0, []
        for _ in range(weeks):
            new = rng.random(people) < rate
            contact = new | back
            contacts = float(contact.sum())
            load = real_contacts_of_a_week(contacts, rate * people, expected, scale, stands)
            scale = load / contacts if contacts else 1.0
            back = contact & (rng.random(people) < returns)
            expected = contacts * returns * (1.0 - rate)
            loads.append(load)
        return np.array(loads[50:]) / people

    coarse, fine = simulate(50, represented), simulate(800, 1.0)
    level = rate / (1.0 - (1.0 - rate) * returns)
    assert coarse.mean() == pytest.approx(fine.mean(), rel=0.003)
    assert fine.mean() == pytest.approx(level, rel=0.003)
    assert coarse.std() == pytest.approx(fine.std(), rel=0.1)
    assert coarse.std() < 0.4 * math.sqrt(level * (1.0 - level) / 50)


def test_a_need_comes_by_contract_or_by_purchase() -> None:
    assert need_probability(True, 0.2, 5.0) == 0.2
    assert need_probability(False, 0.2, 0.5) == pytest.approx(1.0 - math.exp(-0.5), rel=1e-12)
