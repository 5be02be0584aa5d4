"""Moments with customers in mind: six steps in limited time, mixed skills, engaged leaders, and what people learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, amounts, burned_in, differing, in_unit_interval, rising, run, tiny, vectors

from sim.model.engine import run_week
from sim.model.mechanisms import moments as mechanism
from sim.model.organization import Organization

rules = on_arrays(mechanism)


def carry_through(hours: float, needed: Floats) -> Floats:
    """How far each step gets, one after the other."""
    return np.asarray(rules.share_completed(hours - np.append(0.0, np.cumsum(needed)[:-1]), needed))


def payoff(completed: Floats) -> float:
    """What a moment pays off, as :func:`hold_one_moment` has it: a step that is not done leaves nothing of the others."""
    return float(np.prod(completed))


NEEDS = vectors(st.floats(0.1, 50.0))


def test_a_mixed_team_is_one_and_a_narrow_one_gets_little_done() -> None:
    assert rules.team_skill(1.0, 0.5) == pytest.approx(1.0)
    assert rules.team_skill(0.0, 0.5) == 0.0
    by_hand = 1.0 / np.mean(1.0 / (4.0 * np.array([0.85, 0.05, 0.05, 0.05])))  # elasticity .5: the harmonic mean
    assert rules.team_skill(0.2, 0.5) == pytest.approx(by_hand, rel=1e-12)
    assert rising([rules.team_skill(share, 0.5) for share in np.linspace(0.0, 1.0, 11)])
    assert rules.team_skill(0.2, 0.9) > rules.team_skill(0.2, 0.3)


@given(SHARES, st.floats(0.1, 0.95), SHARES, SHARES)
def test_skill_and_pace_are_shares(breadth: float, substitution: float, engagement: float, weight: float) -> None:
    skill = rules.team_skill(breadth, substitution)
    assert -1e-12 <= skill <= 1.0 + 1e-12
    assert -1e-12 <= rules.team_pace(skill, engagement, weight) <= 1.0 + 1e-12


def test_lack_of_time_cuts_the_last_steps() -> None:
    needed = np.full(6, 6.0)
    assert carry_through(36.0, needed).tolist() == [1.0] * 6
    assert carry_through(21.0, needed).tolist() == [1.0, 1.0, 1.0, 0.5, 0.0, 0.0]
    assert carry_through(0.0, needed).tolist() == [0.0] * 6
    assert payoff(carry_through(33.0, needed)) == pytest.approx(0.5)
    assert payoff(carry_through(30.0, needed)) == 0.0


@given(st.floats(0.0, 400.0), NEEDS)
def test_steps_are_done_in_order(hours: float, needed: Floats) -> None:
    completed = carry_through(hours, needed)
    assert in_unit_interval(completed) and rising(-completed)
    assert float((completed * needed).sum()) <= hours + 1e-9
    assert payoff(completed) <= completed.min() + 1e-15


@given(vectors(), SHARES, SHARES)
def test_insight_stays_a_share(insight: Floats, paid: float, learning: float) -> None:
    assert in_unit_interval(rules.update_insight(insight, paid, learning))


def test_time_needed_has_the_mean_that_was_given() -> None:
    drawn = rules.step_hours(np.random.default_rng(1).standard_normal(200_000), 6.0, 0.5)
    assert drawn.mean() == pytest.approx(6.0, rel=0.01)


STEADY = {"employees.turnover": 0.0, "employees.dismissal": 0.0, "employees.number": 40, "moments.impatience": 0.0}


@dataclass
class Held:
    """An organization after some weeks, and what it held: moments, their waits and payoffs, by weeks with any."""

    organization: Organization
    moments: list[int]
    waits: list[float]
    payoffs: list[float]


def held(values: dict[str, object], weeks: int = 60, per_week: float = 0.5) -> Held:
    organization = burned_in(tiny({**STEADY, **values}), amounts(moments=per_week))
    result = Held(organization, [], [], [])
    for _ in range(weeks):
        run_week(organization)
        if organization.this_week.moments_held:
            result.moments.append(int(organization.this_week.moments_held))
            result.waits.append(float(organization.this_week.moments_wait))
            result.payoffs.append(float(organization.this_week.moments_payoff))
    return result


def test_moments_wait_for_a_joint_half_day_and_teach() -> None:
    course = held({})
    assert sum(course.moments) > 5
    assert all(wait >= moments for wait, moments in zip(course.waits, course.moments, strict=True))
    assert 0.1 < course.organization.employees.insight.mean() < 1.0
    assert in_unit_interval(np.array(course.payoffs) / np.array(course.moments))
    assert 0.0 <= course.organization.engagement <= 1.0


def test_free_calendars_take_the_wait_away_and_full_ones_the_moments() -> None:
    free = held({"calendar.busy": 0.0, "calendar.standing": 0.0})
    assert free.waits == free.moments and free.moments
    assert held({"calendar.standing": 1.0}).moments == []


def test_a_narrow_team_gets_less_than_half_as_far() -> None:
    mixed, narrow = held({"moments.breadth": 1.0}), held({"moments.breadth": 0.2})
    assert sum(narrow.payoffs) / sum(narrow.moments) < 0.5 * sum(mixed.payoffs) / sum(mixed.moments)
    assert narrow.moments == mixed.moments, "the same half days"


def test_what_was_learned_leaves_with_those_who_go() -> None:
    organization = held({}).organization
    employees = organization.employees
    knew = employees.insight[5]
    assert knew > 0.0
    organization.employees.employed[5] = False
    organization.employees.identity[5] = -1
    for _ in range(60):
        run_week(organization)
        if employees.employed[5]:
            break
    assert employees.insight[5] < knew


def test_leaders_without_early_wins_end_the_series() -> None:
    impatient = {"moments.impatience": 1.0, "moments.hours": 0.0, "moments.first_engagement": 0.0}
    course = held(impatient)
    assert course.organization.moments_ended and course.moments == [1]
    assert np.all(course.organization.environment.appointments == -1)
    assert not held({**impatient, "moments.impatience": 0.0}).organization.moments_ended


def test_moments_at_neutral_settings_change_only_the_books() -> None:
    values = {**STEADY, **rules.NEUTRAL}
    changed = differing(run(tiny(values), amounts(moments=1.0)).weekly, run(tiny(values)).weekly)
    assert set(changed) == {"policy_cost", "profit", "sponsored"}
