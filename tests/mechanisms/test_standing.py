"""Standing: who keeps colleagues waiting loses their help and favor, and wins them back."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from model.steps import until
from rules import on_arrays
from support import SHARES, Floats, burned_in, differing, in_unit_interval, legal, rising, run, same_bits, tiny, vectors

from sim.model.engine import run_step
from sim.model.mechanisms import standing as mechanism

rules = on_arrays(mechanism)


def test_a_week_by_hand() -> None:
    closed = 1.0 - math.exp(-1.0 / 13.0)
    assert rules.standing_after_week(1.0, 0.4, 13.0) == pytest.approx(1.0 - 0.6 * closed, rel=1e-14)
    assert rules.standing_after_week(0.2, 0.9, 13.0) == pytest.approx(0.2 + 0.7 * closed, rel=1e-14)


@given(vectors(), vectors(), legal("standing.weeks"))
def test_standing_moves_toward_how_one_serves_and_not_beyond(standing: Floats, served: Floats, weeks: float) -> None:
    after = rules.standing_after_week(standing, served, weeks)
    assert in_unit_interval(after)
    assert np.all(np.abs(after - served) <= np.abs(standing - served))
    assert same_bits(rules.standing_after_week(standing, standing, weeks), standing)


def test_it_is_lost_as_fast_as_it_is_won() -> None:
    lost, won = rules.standing_after_week(1.0, 0.0, 13.0), rules.standing_after_week(0.0, 1.0, 13.0)
    assert lost + won == pytest.approx(1.0, abs=1e-15)


def test_help_and_favor_by_hand() -> None:
    assert rules.delivery_with_help(0.5, 0.4, 0.1) == pytest.approx(0.5 * 0.94, rel=1e-14)
    assert rules.demands_met_with_favor(0.8, 0.4, 0.5) == pytest.approx(0.8 * 0.7, rel=1e-14)
    assert rules.demands_met_with_favor(0.8, 0.0, 1.0) == 0.0


@pytest.mark.parametrize("rule", [rules.delivery_with_help, rules.demands_met_with_favor])
@given(values=vectors(), standing=vectors(), effect=SHARES)
def test_disfavor_takes_a_share_and_full_standing_nothing(
    rule: Callable[..., Floats], values: Floats, standing: Floats, effect: float
) -> None:
    left = rule(values, standing, effect)
    assert in_unit_interval(left) and np.all(left <= values)
    assert same_bits(rule(values, np.ones(values.size), effect), values)
    assert same_bits(rule(values, standing, 0.0), values)
    assert rising(rule(np.full(values.size, 0.5), np.sort(standing), effect))


def test_standing_follows_attention_to_colleagues_and_help_follows_standing() -> None:
    organization = burned_in(tiny())
    employees = organization.employees
    employees.employed[:], employees.standing[:], employees.delivery[:] = True, 1.0, 0.5
    sides = [organization.number(f"attention.to_{side}") for side in ("colleagues", "bosses", "deadlines")]
    asked = sides[0] / sum(sides) * (1.0 - employees.role_share)
    assert (asked > 0.0).all()
    employees.attention_colleagues[:] = 2.0 * asked
    employees.attention_colleagues[3] = 0.25 * asked[3]
    employees.employed[5] = False
    employees.attention_colleagues[5] = 0.0
    run_step(organization, "update_standing")
    expected = 1.0 - 0.75 * (1.0 - math.exp(-1.0 / 13.0))
    assert employees.standing[3] == pytest.approx(expected, rel=1e-12)
    assert employees.delivery[3] == pytest.approx(0.5 * (1.0 - 0.1 * (1.0 - expected)), rel=1e-12)
    others = np.delete(np.arange(12), 3)
    assert (employees.standing[others] == 1.0).all() and (employees.delivery[others] == 0.5).all()


def test_newcomers_have_the_favor_that_everyone_begins_with() -> None:
    organization = burned_in(tiny({"employees.turnover": 0.5, "hiring.delay_weeks": 1.0, "employees.number": 60}))
    employees = organization.employees
    employees.standing[:] = 0.3
    identity = employees.identity.copy()
    until(organization, "hire_employees")
    until(organization, "hire_employees")
    new = employees.employed & (employees.identity != identity)
    assert new.sum() > 2
    assert (employees.standing[new] == 1.0).all() and (employees.standing[~new] == 0.3).all()


def dismissed(standing: float, protection: float) -> int:
    values = {
        "employees.number": 200, "employees.turnover": 0.0, "employees.dismissal": 0.05, "standing.protection": protection,
    }  # fmt: skip
    organization = burned_in(tiny(values))
    organization.employees.standing[:] = standing
    return int(until(organization, "end_employment").this_week.dismissed)


def test_colleagues_who_are_kept_waiting_do_not_speak_up() -> None:
    assert dismissed(0.0, 1.0) > dismissed(1.0, 1.0)
    assert dismissed(0.0, 0.0) == dismissed(1.0, 0.0)


def test_at_neutral_settings_it_is_not_followed() -> None:
    neutral = dict(rules.NEUTRAL)
    assert differing(run(tiny({**neutral, "standing.weeks": 1.0})).weekly, run(tiny(neutral)).weekly) == []
