"""Changes, retention, conflicts and money by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.change import cost, last_year, retention_annual, revealed
from sim.analysis.money import break_even_week, customer_lifetime_value, discount_factors, discounted

NAN = float("nan")


def test_last_year_is_52_weeks_or_what_there_is() -> None:
    values = np.concatenate([np.full(100, 9.0), np.full(51, 1.0), [NAN]])
    assert last_year(values) == 1.0
    assert last_year(np.array([1.0, 3.0])) == 2.0
    assert np.isnan(last_year(np.full(60, NAN)))


def test_annual_retention_is_a_geometric_mean() -> None:
    assert retention_annual(np.full(260, 0.99)) == pytest.approx(0.99**52)
    assert retention_annual(np.array([0.98, NAN, 1.0])) == pytest.approx(0.98**26)
    assert retention_annual(np.array([0.98, 0.0])) == 0.0
    assert np.isnan(retention_annual(np.array([NAN, NAN])))


def test_revealed_weighs_weeks_by_their_conflicts() -> None:
    assert revealed(np.array([1.0, NAN, 0.0]), np.array([3.0, 0.0, 1.0])) == 0.75
    assert np.isnan(revealed(np.array([NAN, NAN]), np.array([0.0, 0.0])))


def test_a_sum_of_money_with_a_hole_is_missing() -> None:
    assert cost(np.array([1.0, 2.0])) == 3.0
    assert np.isnan(cost(np.array([1.0, NAN])))
    assert np.isnan(discounted(np.array([1.0, NAN]), 0.05, 10))
    assert discounted(np.array([1.0, NAN]), 0.05, 1) == 1.0


def test_discounting_is_annual_and_starts_in_week_0() -> None:
    factors = discount_factors(53, 0.1)
    assert factors[0] == 1.0
    assert factors[52] == pytest.approx(1 / 1.1)
    assert discounted(np.full(100, 2.0), 0.0, 10) == 20.0
    assert discounted(np.full(5, 2.0), 0.0, 10) == 10.0, "not beyond the run"


def test_money_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="horizon must be at least 1"):
        discounted(np.ones(5), 0.05, 0)
    with pytest.raises(ValueError, match="rate must be above -1"):
        discounted(np.ones(5), -1.0, 5)


def test_break_even_is_for_good() -> None:
    gains = np.array(
        [
            [-2.0, 1.0, 2.0, 0.0],  # sums -2, -1, 1, 1
            [1.0, -2.0, 2.0, 1.0],  # sums 1, -1, 1, 2: positive for good from week 2
            [1.0, 1.0, -3.0, 0.0],  # ends below
            [0.0, 0.0, 0.0, 0.0],  # never above
            [1.0, 1.0, 1.0, 1.0],
            [-2.0, NAN, 5.0, 5.0],
        ]
    )
    np.testing.assert_array_equal(break_even_week(gains, 0.0, 260), [2.0, 2.0, NAN, NAN, 0.0, NAN])
    assert break_even_week(gains[:1], 0.0, 2)[0] != 2.0, "beyond the horizon nothing counts"
    assert np.isnan(break_even_week(np.zeros((1, 0)), 0.05, 10)).all()


def test_lifetime_value_is_the_formula() -> None:
    weeks = 20
    revenue, service, active = np.full(weeks, 100.0), np.full(weeks, 60.0), np.full(weeks, 10.0)
    retention = np.full(weeks, 0.99)
    value = customer_lifetime_value(revenue, service, active, retention, 0.05, 104)
    step = 0.99 * 1.05 ** (-1 / 52)
    assert value == pytest.approx(4.0 * (1 - step**104) / (1 - step))
    nobody = customer_lifetime_value(revenue, service, np.zeros(weeks), retention, 0.05, 104)
    assert np.isnan(nobody)
    # weeks in which more customers are served weigh more
    uneven = customer_lifetime_value(np.array([10.0, 90.0]), np.zeros(2), np.array([10.0, 30.0]), np.ones(2), 0.0, 1)
    assert uneven == pytest.approx(100.0 / 40.0)
