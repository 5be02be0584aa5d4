"""Capability: what a department has learned to do better, built by adoption, worn out by time, kept up by values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from model.steps import STAYING
from rules import on_arrays
from support import SHARES, Floats, burned_in, differing, in_unit_interval, legal, rising, run, tiny, vectors

from sim.model.engine import run_step
from sim.model.initialization import initialize
from sim.model.kernel.random import Streams
from sim.model.mechanisms import capability as mechanism
from sim.model.policies.policy import NONE

rules = on_arrays(mechanism)

WEEKS = (52.0, 104.0)


def test_a_week_by_hand() -> None:
    build, erosion = 0.5 / 52.0, 0.7 / 104.0
    target = build / (build + erosion)
    expected = target + (0.2 - target) * math.exp(-(build + erosion))
    assert rules.capability_after_week(0.2, 0.5, 0.3, *WEEKS) == pytest.approx(expected, rel=1e-14)


def test_limits() -> None:
    assert rules.capability_after_week(0.4, 0.0, 0.0, *WEEKS) == pytest.approx(0.4 * math.exp(-1.0 / 104.0), rel=1e-14)
    grown = 1.0 - 0.6 * math.exp(-1.0 / 52.0)
    assert rules.capability_after_week(0.4, 1.0, 1.0, *WEEKS) == pytest.approx(grown, rel=1e-14)
    assert rules.capability_after_week(0.4, 0.0, 1.0, *WEEKS) == 0.4, "what is kept up by all stays as it is"


def test_it_is_the_exact_solution_and_not_one_step_of_it() -> None:
    capability, steps = 0.3, 20_000
    for _ in range(steps):
        capability += (0.8 / 2.0 * (1.0 - capability) - 0.5 / 3.0 * capability) / steps
    assert rules.capability_after_week(0.3, 0.8, 0.5, 2.0, 3.0) == pytest.approx(capability, abs=1e-5)


def test_it_settles_where_building_and_erosion_balance() -> None:
    capability = 0.9
    for _ in range(3000):
        capability = rules.capability_after_week(capability, 0.5, 0.3, *WEEKS)
    build, erosion = 0.5 / 52.0, 0.7 / 104.0
    assert capability == pytest.approx(build / (build + erosion), rel=1e-9)


@given(vectors(), SHARES, SHARES, legal("capability.build_weeks"), legal("capability.erosion_weeks"))
def test_it_stays_a_share(capability: Floats, adoption: float, upkeep: float, build: float, erosion: float) -> None:
    assert in_unit_interval(rules.capability_after_week(capability, adoption, upkeep, build, erosion))


def test_adoption_builds_it_and_upkeep_keeps_it() -> None:
    steps = np.linspace(0.0, 1.0, 9)
    built = rules.capability_after_week(np.full(9, 0.4), steps, np.full(9, 0.3), *WEEKS)
    kept = rules.capability_after_week(np.full(9, 0.4), np.full(9, 0.3), steps, *WEEKS)
    for each in built, kept:
        assert rising(each) and each[-1] > each[0]


def test_departments_begin_where_old_practice_has_led_to() -> None:
    """A fifth practice, and value .4: b = .2 / 52, e = (1 - .08) / 104. It would stay there."""
    values = {
        "hiring.outside_practice": 0.2,
        "hiring.value_mean": 0.4,
        "norm.value_anchor": 0.0,
        "norm.value_drift": 0.0,
    }
    departments = initialize(tiny(values), NONE, Streams(1)).departments
    build, erosion = 0.2 / 52.0, 0.92 / 104.0
    np.testing.assert_allclose(departments.capability, build / (build + erosion), rtol=1e-14)
    assert rules.capability_after_week(departments.capability[0], 0.2, 0.08, *WEEKS) == pytest.approx(
        departments.capability[0], rel=1e-14
    )
    untouched = initialize(tiny({"hiring.outside_practice": 0.0}), NONE, Streams(1)).departments
    assert not untouched.capability.any()


def test_a_department_is_improved_by_those_who_took_up_the_better_way() -> None:
    """Seven people face customers. Two practice, one follows procedures only, by a half."""
    organization = burned_in(tiny(STAYING))
    employees, departments = organization.employees, organization.departments
    employees.employed[:] = True
    front = np.flatnonzero(employees.department == 0)
    employees.choice[:], employees.followed[:], employees.value[:], employees.delivery[:] = 0, 0.0, 0.5, 0.4
    employees.choice[front[:2]], employees.value[front[:2]], employees.followed[front[1]] = 1, [0.9, 0.6], 0.3
    employees.followed[front[2]] = 0.5
    departments.capability[:] = 0.2
    departments.headcount[:] = departments.seats
    run_step(organization, "improve_work")
    adoption, upkeep = 2.5 / front.size, 1.5 / front.size
    expected = rules.capability_after_week(0.2, adoption, upkeep, *WEEKS)
    idle = 0.2 * math.exp(-1.0 / 104.0)
    np.testing.assert_allclose(departments.capability, [expected, idle], rtol=1e-12)
    served = 0.4 + 0.6 * 0.2 * departments.capability[employees.department]
    np.testing.assert_allclose(employees.delivery, served, rtol=1e-12)


def test_vacant_seats_adopt_nothing() -> None:
    organization = burned_in(tiny(STAYING))
    employees, departments = organization.employees, organization.departments
    employees.choice[:], employees.employed[:] = 1, False
    departments.headcount[:] = 0.0
    before = departments.capability.copy()
    run_step(organization, "improve_work")
    np.testing.assert_allclose(departments.capability, before * math.exp(-1.0 / 104.0), rtol=1e-12)


def test_without_an_effect_it_changes_no_bit() -> None:
    neutral = dict(rules.NEUTRAL)
    one = run(tiny({**neutral, "capability.build_weeks": 1.0, "capability.erosion_weeks": 9.0})).weekly
    assert differing(one, run(tiny(neutral)).weekly) == []
