"""Empathy: shared by those who were there, kept up by use, else gone within weeks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model.steps import STAYING, until
from rules import on_arrays
from support import (
    SHARES,
    Floats,
    amounts,
    burned_in,
    differing,
    in_unit_interval,
    run,
    same_bits,
    tiny,
    vectors,
)

from sim.model.engine import run_step, run_week
from sim.model.mechanisms import empathy as mechanism

rules = on_arrays(mechanism)

DAYS = st.floats(0.5, 365.0)


def test_a_week_by_hand() -> None:
    left = 0.8 * math.exp(-7.0 / 5.0)
    assert rules.empathy_after_week(0.8, False, 5.0, 0.5) == pytest.approx(left, rel=1e-14)
    assert rules.empathy_after_week(0.8, True, 5.0, 0.5) == pytest.approx((0.8 + left) / 2.0, rel=1e-14)


def test_without_customers_it_is_gone_within_a_month() -> None:
    empathy = 1.0
    for _ in range(4):
        empathy = rules.empathy_after_week(empathy, False, 5.0, 0.5)
    assert empathy == pytest.approx(math.exp(-28.0 / 5.0), rel=1e-12) and empathy < 0.004


@given(vectors(), DAYS, SHARES)
def test_use_keeps_it_up_and_nothing_lifts_it(empathy: Floats, days: float, kept: float) -> None:
    unused, used = (rules.empathy_after_week(empathy, each, days, kept) for each in (False, True))
    assert in_unit_interval(unused) and in_unit_interval(used)
    assert np.all(unused <= used) and np.all(used <= empathy + 1e-15)
    assert same_bits(rules.empathy_after_week(empathy, True, days, 0.0), unused)
    np.testing.assert_allclose(rules.empathy_after_week(empathy, True, days, 1.0), empathy, atol=1e-15)


def test_who_shares_it_serves_more() -> None:
    organization = burned_in(tiny())
    employees = organization.employees
    employees.delivery[:], employees.empathy[:] = 0.4, 0.0
    run_step(organization, "serve_with_empathy")
    assert (employees.delivery == 0.4).all()
    employees.empathy[3] = 0.5
    run_step(organization, "serve_with_empathy")
    assert employees.delivery[3] == pytest.approx(0.4 + 0.6 * 0.3 * 0.5, rel=1e-14)
    assert (np.delete(employees.delivery, 3) == 0.4).all()


def test_it_fades_less_in_those_who_met_a_customer() -> None:
    organization = until(burned_in(tiny({**STAYING, "service.contacts": 0.5})), "update_beliefs")
    employees, customers = organization.employees, organization.customers
    employees.empathy[:] = 0.8
    met = np.zeros(len(employees), dtype=np.bool_)
    met[[seat for seat in customers.met[customers.contact].tolist() if seat >= 0]] = True
    assert 0 < met.sum() < met.size
    run_step(organization, "fade_empathy")
    left = 0.8 * math.exp(-7.0 / 5.0)
    np.testing.assert_allclose(employees.empathy, np.where(met, (0.8 + left) / 2.0, left), rtol=1e-12)


def test_a_moment_moves_those_who_were_there_and_it_passes() -> None:
    easy = {**STAYING, "calendar.busy": 0.0, "calendar.standing": 0.0, "moments.team": 4}
    organization = burned_in(tiny(easy), amounts(0, 8, moments=1.0))
    felt = []
    for _ in range(30):
        run_week(organization)
        felt.append(organization.employees.empathy.copy())
    most = max(float(each.max()) for each in felt)
    assert most > 0.0
    touched = [int((each > 0.0).sum()) for each in felt]
    assert min(each for each in touched if each) <= 4, "those of the first moment"
    assert felt[-1].max() < 0.01 * most


def test_without_an_effect_it_changes_no_bit() -> None:
    neutral, policy = dict(rules.NEUTRAL), amounts(moments=1.0)
    one = run(tiny({**neutral, "empathy.fading_days": 100.0, "empathy.kept_by_use": 0.0}), policy).weekly
    assert differing(one, run(tiny(neutral), policy).weekly) == []
