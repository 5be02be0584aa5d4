"""Change: where an organization and its customers stand in the last year, against the twin.

These measures exist for every policy. A permanent policy has no lift at the end of sponsorship, but it has these. They
answer "what is different now", not "what lasts".
"""

from __future__ import annotations

import numpy as np

from sim.analysis.missing import FloatArray, mean_where_known, total_if_complete

YEAR = 52
"""Weeks in a year, here and wherever a rate is annual."""

CHANGES = {
    "enacted_change": "enacted",
    "enacted_per_customer_change": "enacted_per_customer",
    "reported_change": "reported",
    "practicing_change": "practicing",
    "internalization_change": "internalization",
    "attitudinal_loyalty_change": "attitudinal_loyalty",
    "satisfaction_change": "satisfaction",
    "trust_change": "trust",
    "cynicism_change": "cynicism",
    "self_assessment_change": "executive_self_assessment",
}
"""Measures of change and the weekly outcome that each is of."""


def last_year(values: FloatArray) -> FloatArray:
    """Mean over a run's last 52 weeks, or all weeks of a shorter run. Missing weeks are left out.

    Args:
        values: [..., week]. The result is a change for a lift, and a level for a level.
    """
    return mean_where_known(values[..., -YEAR:])


def weekly_retention(retention: FloatArray) -> FloatArray:
    """Geometric mean of the weekly retention: the constant rate that would have kept as many customers.

    Args:
        retention: [..., week] share kept in each week, 0 or more; NaN where there was no customer to keep.
    """
    mean_log = mean_where_known(np.log(np.where(retention > 0.0, retention, np.nan)))
    # a week that lost all customers makes the product zero, whatever the other weeks kept
    return np.where((retention == 0.0).any(axis=-1), 0.0, np.exp(mean_log))


def retention_annual(retention: FloatArray) -> FloatArray:
    """Share of customers that would be left after a year at the run's mean weekly retention.

    Args:
        retention: [..., week] weekly retention.
    """
    annual: FloatArray = weekly_retention(retention) ** YEAR
    return annual


def revealed(share: FloatArray, conflicts: FloatArray) -> FloatArray:
    """Share of a run's conflicts that were decided for the customer; missing if there were no conflicts.

    Args:
        share: [..., week] share decided for the customer, NaN in weeks without conflict.
        conflicts: [..., week] number of conflicts.
    """
    known = np.isfinite(share) & np.isfinite(conflicts)
    number = np.where(known, conflicts, 0.0)
    won = (np.where(known, share, 0.0) * number).sum(axis=-1)
    total = number.sum(axis=-1)
    share_won: FloatArray = np.divide(won, total, out=np.full(np.shape(total), np.nan), where=total > 0.0)
    return share_won


def cost(policy_cost: FloatArray) -> FloatArray:
    """What the policy's resources cost over the whole run, not discounted.

    Args:
        policy_cost: [..., week] money a week.
    """
    return total_if_complete(policy_cost)
