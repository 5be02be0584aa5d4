"""Susceptibility: people differ in how far training, prompts and colleagues move them, and keep what they have."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model.steps import until
from rules import on_arrays
from support import Floats, amounts, burned_in, legal, rising, tiny, vectors

from sim.model.engine import run_step
from sim.model.initialization import initialize
from sim.model.kernel.elementwise import elementwise
from sim.model.kernel.random import Streams
from sim.model.mechanisms import susceptibility as mechanism
from sim.model.organization import Organization
from sim.model.policies.policy import NONE

rules = on_arrays(mechanism)

DRAWS = st.floats(0.0, 1.0, exclude_max=True)
SPREADS = st.sampled_from([0.0, 0.5, 2.0]) | st.floats(0.01, 2.0)


def test_a_spread_of_one_is_the_exponential_distribution() -> None:
    draws = np.array([0.0, 0.5, 0.9])
    np.testing.assert_allclose(rules.susceptibility_from_draw(draws, 1.0), -np.log1p(-draws), rtol=1e-12)


def test_quantiles_by_hand() -> None:
    """With a variance of 1/2 the shape is 2: the share below m is 1 - (1 + 2 m) exp(-2 m)."""
    for factor in (0.2, 1.0, 2.5):
        below = 1.0 - (1.0 + 2.0 * factor) * math.exp(-2.0 * factor)
        assert rules.susceptibility_from_draw(below, math.sqrt(0.5)) == pytest.approx(factor, rel=1e-9)


@given(vectors(DRAWS))
def test_without_a_spread_all_are_alike_to_the_last_bit(draws: Floats) -> None:
    for spread in (0.0, 1e-200, 1e-7):
        assert rules.susceptibility_from_draw(draws, spread).tolist() == [1.0] * draws.size


@given(vectors(DRAWS), SPREADS)
def test_a_factor_is_never_negative_and_rises_with_the_draw(draws: Floats, spread: float) -> None:
    factors = rules.susceptibility_from_draw(np.sort(draws), spread)
    assert np.all(factors >= 0.0) and np.all(np.isfinite(factors))
    assert rising(factors)


@pytest.mark.parametrize("spread", [0.2, 0.5, 1.0])
def test_the_mean_is_one_and_the_spread_is_the_parameter(spread: float) -> None:
    factors = elementwise(mechanism.susceptibility_from_draw)((np.arange(20_000) + 0.5) / 20_000, spread)
    assert factors.mean() == pytest.approx(1.0, abs=1e-3)
    assert factors.std() == pytest.approx(spread, rel=1e-2)


def founded(spread: float) -> Organization:
    return initialize(tiny({"employees.number": 300, "susceptibility.spread": spread}), NONE, Streams(3))


def test_people_of_the_outset_differ_by_the_spread() -> None:
    assert (founded(0.0).employees.susceptibility == 1.0).all()
    factors = founded(0.5).employees.susceptibility
    assert factors.mean() == pytest.approx(1.0, abs=0.1)
    assert factors.std() == pytest.approx(0.5, abs=0.1)
    assert np.array_equal(np.argsort(factors), np.argsort(founded(1.0).employees.susceptibility)), (
        "the same people lead"
    )


def test_who_stays_keeps_theirs_and_newcomers_bring_their_own() -> None:
    values = {"employees.number": 60, "employees.turnover": 0.5, "hiring.delay_weeks": 1.0}
    organization = burned_in(tiny(values))
    employees = organization.employees
    before, identity = employees.susceptibility.copy(), employees.identity.copy()
    until(organization, "hire_employees")
    until(organization, "hire_employees")
    new = (employees.identity != identity) & employees.employed
    assert 0 < new.sum() < 60
    kept = employees.identity == identity
    assert np.array_equal(employees.susceptibility[kept], before[kept])
    assert not (employees.susceptibility[new] == before[new]).any()
    assert np.unique(employees.susceptibility[new]).size == new.sum()


def test_it_multiplies_what_gets_through() -> None:
    organization = burned_in(tiny(), amounts(speeches=1.0))
    employees = until(organization, "hire_employees").employees
    employees.susceptibility[:] = np.linspace(0.0, 2.0, 12)
    run_step(organization, "update_salience_and_cynicism")
    through = 1.0 - organization.number("cynicism.blunting") * employees.cynicism
    np.testing.assert_allclose(employees.receptiveness, through * np.linspace(0.0, 2.0, 12), rtol=1e-14)


@given(legal("susceptibility.spread"))
def test_any_legal_spread_has_a_median_below_one(spread: float) -> None:
    if spread >= 0.01:
        assert rules.susceptibility_from_draw(0.5, spread) < 1.0
