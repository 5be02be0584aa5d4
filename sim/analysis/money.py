"""Money: what a policy is worth to the organization and to its customers. Both are always reported.

All values are discounted at an annual rate from week 0 on; money of week 0 counts in full. The first ``horizon`` weeks
count, or the whole run if it is shorter. Nothing is extrapolated beyond what was simulated, except in the lifetime
value of a customer, which is a formula.
"""

from __future__ import annotations

import numpy as np

from sim.analysis.change import YEAR, weekly_retention
from sim.analysis.missing import FloatArray, total_if_complete


def discount_factors(weeks: int, rate: float) -> FloatArray:
    """Worth today of one unit of money in each of the next weeks.

    Args:
        weeks: Number of weeks.
        rate: Discount rate per year (.05 is 5 %).
    """
    if not rate > -1.0:
        raise ValueError(f"rate must be above -1 (per year), got {rate}; 0.05 is five per cent")
    factors: FloatArray = (1.0 + rate) ** (-np.arange(weeks) / YEAR)
    return factors


def _within(values: FloatArray, horizon: int) -> FloatArray:
    """The first ``horizon`` weeks of the run."""
    if horizon < 1:
        raise ValueError(f"horizon must be at least 1 (weeks), got {horizon}")
    return values[..., :horizon]


def discounted(values: FloatArray, rate: float, horizon: int) -> FloatArray:
    """Discounted sum; missing if a week is missing.

    The discounted sum of ``profit`` is the organization's value, that of ``customer_value`` the customers' value. That
    of a run's profit minus its twin's is the policy's net present value.

    Args:
        values: [..., week] money a week.
        rate: Discount rate per year.
        horizon: Weeks that count.
    """
    counted = _within(values, horizon)
    return total_if_complete(counted * discount_factors(counted.shape[-1], rate))


def cumulative_gain(profit_lift: FloatArray, rate: float, horizon: int) -> FloatArray:
    """Discounted profit gained against the twin so far, week by week; missing after the horizon.

    Args:
        profit_lift: [..., week] profit of the run minus its twin's.
        rate: Discount rate per year.
        horizon: Weeks that count.
    """
    lift = profit_lift.copy()
    lift[..., horizon:] = np.nan
    running: FloatArray = np.cumsum(lift * discount_factors(lift.shape[-1], rate), axis=-1)
    return running


def loyalty_gained(loyalty_lift: FloatArray, customers: FloatArray, rate: float, horizon: int) -> FloatArray:
    """Stated loyalty gained against the twin: points, times customers, times years, discounted as money is.

    The break-even value of loyalty is the policy's loss divided by this.

    Args:
        loyalty_lift: [..., week] attitudinal loyalty (0 to 1) of the run minus its twin's.
        customers: [..., week] active customers of the run, counting all that the simulated ones stand for.
        rate: Discount rate per year.
        horizon: Weeks that count.
    """
    return discounted(100.0 * loyalty_lift * customers / YEAR, rate, horizon)


def break_even_week(profit_lift: FloatArray, rate: float, horizon: int) -> FloatArray:
    """First week from which the discounted profit gained so far is positive for good.

    *For good* means up to the horizon or the end of the run. Missing if it does not happen.

    Args:
        profit_lift: [..., week] profit of the run minus its twin's.
        rate: Discount rate per year.
        horizon: Weeks that count.
    """
    counted = _within(profit_lift, horizon)
    weeks = counted.shape[-1]
    if weeks == 0:
        return np.full(counted.shape[:-1], np.nan)
    gained = np.cumsum(counted * discount_factors(weeks, rate), axis=-1)
    not_yet = ~(gained > 0.0)  # a missing sum is not positive, and no later sum is
    last_not_yet = np.where(not_yet.any(axis=-1), weeks - 1 - not_yet[..., ::-1].argmax(axis=-1), -1)
    return np.where(last_not_yet < weeks - 1, last_not_yet + 1.0, np.nan)


def customer_lifetime_value(
    revenue: FloatArray,
    service_cost: FloatArray,
    active_customers: FloatArray,
    retention: FloatArray,
    rate: float,
    horizon: int,
) -> FloatArray:
    r"""What one customer is worth to the organization, by the usual formula.

    .. math:: CLV = m \sum_{t=0}^{H-1} \left( \frac{r}{(1 + i)^{1/52}} \right)^t

    with the margin *m* = all revenue less service cost over all customer-weeks, *r* the geometric mean of the weekly
    retention, *i* the annual rate and *H* the horizon in weeks (Gupta & Lehmann 2003, with a finite horizon). It
    holds margin and retention constant, and so ignores that they improve with tenure.

    Args:
        revenue, service_cost, active_customers, retention: [..., week].
        rate: Discount rate per year.
        horizon: Weeks that a customer is followed, beyond the end of the run if it is shorter.
    """
    margin_known = np.isfinite(revenue) & np.isfinite(service_cost) & np.isfinite(active_customers)
    earned = np.where(margin_known, revenue - service_cost, 0.0).sum(axis=-1)
    customer_weeks = np.where(margin_known, active_customers, 0.0).sum(axis=-1)
    margin = np.divide(earned, customer_weeks, out=np.full(earned.shape, np.nan), where=customer_weeks > 0.0)
    _within(retention, horizon)  # refuses a horizon below 1
    kept = weekly_retention(retention)[..., np.newaxis] ** np.arange(horizon)
    value: FloatArray = margin * (kept * discount_factors(horizon, rate)).sum(axis=-1)
    return value
