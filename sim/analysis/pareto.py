"""Two values at once: which policies no other beats for both customers and organization, and how often both gain."""

from __future__ import annotations

import numpy as np

from sim.analysis.intervals import Interval, share_interval
from sim.analysis.missing import BoolArray, FloatArray


def pareto_front(values: FloatArray) -> BoolArray:
    """Which points no other dominates; a dominating point has at least as much of every value and more of one.

    Args:
        values: [point, value], more is better; a point with a missing value (NaN) is not on the front and beats no other.
            For policies: mean customer_value and mean organization_value.

    Returns:
        Whether each point is on the front; equal points are on it together.
    """
    known = np.isfinite(values).all(axis=1)
    one, other = values[:, np.newaxis, :], values[np.newaxis, :, :]
    with np.errstate(invalid="ignore"):
        beaten = np.all(other >= one, axis=2) & np.any(other > one, axis=2) & known
    front: BoolArray = known & ~beaten.any(axis=1)
    return front


def win_win(customer_change: FloatArray, organization_change: FloatArray) -> Interval:
    """Share of cases in which customers and organization both gain over the twin, with Wilson's interval.

    Args:
        customer_change, organization_change: One value a case; cases with a missing one are left out.
    """
    known = np.isfinite(customer_change) & np.isfinite(organization_change)
    both = (customer_change[known] > 0.0) & (organization_change[known] > 0.0)
    return share_interval(float(both.mean()) if both.size else float("nan"), int(both.size))
