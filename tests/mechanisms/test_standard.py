"""Standards under load: against a plain loop, within bounds, and without any effect where there is no pressure."""

from __future__ import annotations

from math import exp, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays

from sim.model.mechanisms import standard as mechanism

rules = on_arrays(mechanism)

ESTIMATES = {"alpha": -0.64, "tau_down": 18.83, "tau_up": 8.14e6, "floor": 0.1}


def erode_one(held: float, pressure: float, alpha: float, tau_down: float, tau_up: float, floor: float) -> float:
    given_time: float = max(pressure**alpha * held, floor)
    tau = tau_up if given_time > held else tau_down
    return held + (given_time - held) * (1 - exp(-1 / tau))


def test_matches_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    held, pressure = rng.uniform(0.05, 2.0, 200), rng.uniform(0.2, 4.0, 200)
    _, new = rules.erode_standard(held, pressure, **ESTIMATES)
    plain = [erode_one(h, p, **ESTIMATES) for h, p in zip(held, pressure, strict=True)]
    np.testing.assert_allclose(new, plain, rtol=1e-12)


def test_pressure_one_changes_no_bit() -> None:
    held = np.random.default_rng(2).uniform(0.2, 2.0, 100)
    given_time, new = rules.erode_standard(held, np.ones(100), **ESTIMATES)
    assert np.array_equal(given_time, held) and np.array_equal(new, held)


def test_without_work_nothing_is_learned() -> None:
    given_time, new = rules.erode_standard(np.array([1.3]), np.array([0.0]), **ESTIMATES)
    assert given_time[0] == new[0] == 1.3


def test_infinite_recovery_never_recovers() -> None:
    _, new = rules.erode_standard(np.array([0.9]), np.array([0.1]), alpha=-0.64, tau_down=18.83, tau_up=inf, floor=0.1)
    assert new[0] == 0.9


def test_pressure_is_work_over_time() -> None:
    assert rules.work_pressure(np.array([110.0]), np.array([1.08]), np.array([108.0]))[0] == pytest.approx(1.1)


@given(
    held=st.floats(0.1, 5.0),
    pressure=st.floats(0.0, 50.0),
    alpha=st.floats(-2.0, 0.0),
    tau_down=st.floats(1.0, 1e9),
    tau_up=st.floats(1.0, 1e9),
)
def test_the_standard_stays_between_itself_and_what_was_given(
    held: float, pressure: float, alpha: float, tau_down: float, tau_up: float
) -> None:
    given_time, new = rules.erode_standard(
        np.array([held]), np.array([pressure]), alpha=alpha, tau_down=tau_down, tau_up=tau_up, floor=0.1
    )
    low, high = sorted((held, float(given_time[0])))
    assert low - 1e-12 <= new[0] <= high + 1e-9 * high
    assert given_time[0] >= 0.1


def test_broadcasts_over_people_of_one_department() -> None:
    _, new = rules.erode_standard(np.ones((3, 4)), np.array([[1.0], [1.1], [1.2]]), **ESTIMATES)
    assert new.shape == (3, 4)
    assert np.all(new[0] == 1.0) and np.all(new[1] > new[2])
