"""People come and go: monthly rates in weeks, hazards that satisfaction and unmet demands shift, hiring by value."""

from __future__ import annotations

import math
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import defaults, on_arrays
from support import SHARES, Floats, burned_in, in_unit_interval, legal, rising, same_bits, tiny, vectors

from sim.model.engine import run_week
from sim.model.mechanisms import staffing as mechanism

rules = on_arrays(mechanism)


def satisfied(satisfaction: Floats, energy: Floats, cynicism: Floats, relief: Floats, weeks: float) -> Floats:
    """Satisfaction after a week, where felt justice does not count."""
    weights = defaults(*(f"employees.satisfaction_{name}" for name in ("energy", "cynicism", "relief")))
    after = rules.update_satisfaction(satisfaction, energy, cynicism, relief, weeks, *weights, 0.3, 0.0)
    return np.asarray(after)


def hired(candidates: Floats, pick: Floats, hiring_filter: Floats) -> Floats:
    """Which of the candidates for each seat is hired, where candidates are as good as their draws."""
    seats, number = candidates.shape
    draws = {"candidates": candidates.ravel(), "picked": pick}
    with (
        patch.object(mechanism, "block", lambda stream, *_: draws[stream]),
        patch.object(mechanism, "uniform", lambda start, position: start[position]),
        patch.object(mechanism, "candidate_value", lambda draw, *_: draw),
    ):
        return np.array(
            [
                mechanism.newcomer_value(
                    seat,
                    SimpleNamespace(hiring_filter=hiring_filter),
                    SimpleNamespace(department=np.arange(seats)),
                    SimpleNamespace(hiring_candidates=number, hiring_value_mean=0.4, hiring_value_concentration=4.0),
                    SimpleNamespace(candidates="candidates", candidate_picked="picked"),
                    SimpleNamespace(number=0),
                )
                for seat in range(seats)
            ]
        )


def test_three_percent_a_month() -> None:
    assert rules.weekly_from_monthly(0.03) == pytest.approx(1.0 - 0.97 ** (12.0 / 52.0), rel=1e-14)
    assert rules.weekly_from_monthly(0.0) == 0.0
    assert rules.weekly_from_monthly(1.0) == 1.0


@given(legal("employees.turnover"))
def test_weekly_rates_compound_to_the_monthly_one(monthly: float) -> None:
    weekly = rules.weekly_from_monthly(monthly)
    assert 0.0 <= weekly <= monthly
    assert (1.0 - weekly) ** 52 == pytest.approx((1.0 - monthly) ** 12, rel=1e-12)


def test_leaving_by_hand() -> None:
    probability = rules.leaving_probability(0.01, np.array([0.7, 0.2]), 0.7, 2.0)
    assert probability[0] == pytest.approx(0.01, rel=1e-13)
    assert probability[1] == pytest.approx(1.0 - 0.99 ** math.exp(1.0), rel=1e-13)


@given(vectors(), legal("employees.turnover"), SHARES, legal("employees.satisfaction_link"))
def test_leaving_is_a_probability_that_falls_with_satisfaction(
    satisfaction: Floats, monthly: float, reference: float, link: float
) -> None:
    base = rules.weekly_from_monthly(monthly)
    probability = rules.leaving_probability(base, np.sort(satisfaction), reference, link)
    assert in_unit_interval(probability)
    assert rising(-probability)


@given(vectors(), st.floats(0.0, 0.2), SHARES)
def test_without_the_link_everyone_has_the_base_rate_bit_for_bit(
    satisfaction: Floats, base: float, reference: float
) -> None:
    assert same_bits(rules.leaving_probability(base, satisfaction, reference, 0.0), np.full(satisfaction.size, base))


def test_dismissal_by_hand() -> None:
    probability = rules.dismissal_probability(0.001, np.array([1.0, 0.5, 0.0]), 3.0)
    expected = [0.001, 1.0 - 0.999 ** math.exp(1.5), 1.0 - 0.999 ** math.exp(3.0)]
    np.testing.assert_allclose(probability, expected, rtol=1e-12)


def test_serving_customers_only_multiplies_the_hazard_of_dismissal_at_least_threefold() -> None:
    probability = rules.dismissal_probability(0.0005, np.array([0.0, 1.0]), 3.0)
    assert probability[0] / probability[1] >= 3.0


@given(vectors(), legal("employees.dismissal"), legal("employees.dismissal_steepness"))
def test_dismissal_is_a_probability_that_rises_with_unmet_demands(
    fulfillment: Floats, monthly: float, steepness: float
) -> None:
    base = rules.weekly_from_monthly(monthly)
    probability = rules.dismissal_probability(base, np.sort(fulfillment), steepness)
    assert in_unit_interval(probability)
    assert rising(-probability)
    assert rules.dismissal_probability(0.0, fulfillment, steepness).tolist() == [0.0] * fulfillment.size


def test_newcomers_do_a_growing_share_of_the_work() -> None:
    share = rules.working_capacity(np.array([0.0, 3.0, 12.0, 400.0]), 12.0)
    assert share.tolist() == [0.0, 0.25, 1.0, 1.0]
    assert rules.working_capacity(np.array([0.0, 3.0]), 0.0).tolist() == [1.0, 1.0], "without onboarding all at once"


def test_a_seat_stands_for_more_people_where_staff_follows_volume() -> None:
    assert rules.people_per_seat(1.5, 0.8, 1.0) == pytest.approx(1.4)
    assert rules.people_per_seat(0.5, 0.8, 0.5) == pytest.approx(0.8)
    assert rules.people_per_seat(0.0, 1.0, 1.0) == 0.0
    assert rules.people_per_seat(np.array([0.3, 1.0, 2.0]), 0.8, 0.0).tolist() == [1.0, 1.0, 1.0]
    volume, facing = np.array([0.5, 1.5, 3.0]), 0.9
    work = facing * volume + 1.0 - facing
    np.testing.assert_allclose(work / rules.people_per_seat(volume, facing, 1.0), 1.0, rtol=1e-14)


def test_leaving_and_dismissal_by_one_draw() -> None:
    employed = np.array([True, True, True, True, False])
    draw = np.array([0.09, 0.10, 0.1899, 0.1901, 0.0])
    leaving, dismissed = rules.draw_separation(employed, draw, np.full(5, 0.1), np.full(5, 0.1))
    assert leaving.tolist() == [True, False, False, False, False]
    assert dismissed.tolist() == [False, True, True, False, False]


@given(
    st.lists(st.booleans(), min_size=6, max_size=6),
    vectors(st.floats(0.0, 1.0, exclude_max=True)),
    vectors(),
    vectors(),
)
def test_nobody_goes_twice_and_nobody_who_is_not_there(
    there: list[bool], draw: Floats, own: Floats, boss: Floats
) -> None:
    employed = np.array(there)
    leaving, dismissed = rules.draw_separation(employed, draw, own, boss)
    assert not np.any(leaving & dismissed)
    assert not np.any((leaving | dismissed) & ~employed)
    none = np.zeros(employed.size)
    assert not np.any(np.stack(rules.draw_separation(employed, draw, none, none)))


def test_shares_of_leaving_and_dismissal_add_up() -> None:
    draw = (np.arange(100_000) + 0.5) / 100_000
    leaving, dismissed = rules.draw_separation(
        np.ones(100_000, dtype=np.bool_), draw, np.full(100_000, 0.2), np.full(100_000, 0.3)
    )
    assert leaving.mean() == pytest.approx(0.2, abs=1e-4)
    assert dismissed.mean() == pytest.approx(0.8 * 0.3, abs=1e-4)


def test_a_full_filter_takes_the_best_and_none_takes_the_first() -> None:
    candidates = np.array([[0.2, 0.9, 0.4], [0.2, 0.9, 0.4], [0.5, 0.1, 0.3]])
    chosen = hired(candidates, np.array([0.49, 0.5, 0.0]), np.array([0.5, 0.5, 0.0]))
    assert chosen.tolist() == [0.9, 0.2, 0.5]
    assert hired(candidates, np.full(3, 0.999), np.ones(3)).tolist() == [0.9, 0.9, 0.5]


def test_satisfaction_follows_working_life() -> None:
    closed = 1.0 - math.exp(-1.0 / 13.0)
    after = satisfied(np.array([0.7]), np.array([0.8]), np.array([0.2]), np.array([0.5]), 13.0)
    target = 0.6 * 0.8 + 0.25 * 0.8 + 0.15 * 0.5
    assert after[0] == pytest.approx(0.7 + (target - 0.7) * closed, rel=1e-14)


@given(vectors(), vectors(), vectors(), vectors(), legal("employees.satisfaction_weeks"))
def test_employee_satisfaction_stays_a_share(
    satisfaction: Floats, energy: Floats, cynicism: Floats, relief: Floats, weeks: float
) -> None:
    assert in_unit_interval(satisfied(satisfaction, energy, cynicism, relief, weeks))


def test_energy_and_relief_please_and_cynicism_does_not() -> None:
    steps, half = np.linspace(0.0, 1.0, 5), np.full(5, 0.5)
    assert rising(satisfied(half, steps, half, half, 13.0))
    assert rising(-satisfied(half, half, steps, half, 13.0))
    assert rising(satisfied(half, half, half, steps, 13.0))


def test_teams_of_a_span_report_to_their_first_and_leads_to_the_head() -> None:
    department = np.array([0] * 7 + [1] * 2)
    assert mechanism.managers_of(department, 2).tolist() == [0, 0, 0, 0, 3, 3, 0, 7, 7]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.integers(1, 100))
def test_everyone_has_a_manager_in_their_own_department(sizes: list[int], span: int) -> None:
    department = np.repeat(np.arange(len(sizes)), sizes)
    manager = mechanism.managers_of(department, span)
    seats = np.arange(department.size)
    assert np.array_equal(department[manager], department)
    heads = seats[manager == seats]
    assert heads.tolist() == np.searchsorted(department, np.arange(len(sizes))).tolist()
    assert np.array_equal(manager[manager[manager]], department_heads(department))
    team = np.bincount(manager[manager != seats], minlength=seats.size)
    leads = [seat for seat in range(seats.size) if team[seat] and seat not in heads]
    assert all(team[seat] <= span for seat in leads)


def department_heads(department: np.ndarray) -> np.ndarray:
    return np.asarray(np.searchsorted(department, department))


def test_satisfied_customers_please_those_who_met_them() -> None:
    same = mechanism.update_satisfaction(0.6, 0.8, 0.2, 0.0, 1e-9, 0.6, 0.25, 0.15, 0.5, 0.0)
    more = mechanism.update_satisfaction(0.6, 0.8, 0.2, 0.0, 1e-9, 0.6, 0.25, 0.15, 0.5, 0.0, 0.2 * 0.1)
    assert same == pytest.approx(0.6 * 0.8 + 0.25 * 0.8)
    assert more == pytest.approx(same + 0.02)
    least = mechanism.update_satisfaction(0.6, 0.0, 1.0, 0.0, 1e-9, 0.6, 0.25, 0.15, 0.5, 0.0, -0.1)
    assert least == pytest.approx(0.0, abs=1e-12)


def test_people_notice_the_customers_whom_they_met() -> None:
    organization = burned_in(tiny({"customers.initial": 300, "customers.market": 400}))
    run_week(organization)
    customers, seats = organization.customers, organization.employees
    there = customers.contact & ~customers.lost
    for seat in set(customers.met[customers.contact].tolist()) - {-1}:
        met = customers.contact & (customers.met == seat)
        usual = organization.number("satisfaction.reference")
        assert seats.met_satisfaction[seat] == pytest.approx(customers.satisfaction[met].mean() - usual)
    assert there.any() and (seats.met_satisfaction[~seats.facing] == 0.0).all()
