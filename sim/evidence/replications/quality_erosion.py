"""Oliva & Sterman (2001), "Cutting corners and working overtime", Management Science 47(7): effort and standard.

Published: in a bank's lending center temporary overload lowered the time that people think an order deserves, and
relief did not bring it back; estimates alpha = -.64, 18.83 weeks down, 8.14e6 weeks (never) up, 1.08 hours per order.

What we get: the submodel of effort and standard exactly (it is deterministic): a pulse of +10 % for 26 weeks leaves
94.66 % of the standard for good, noise without any overload leaves 93.2 % after two years at a standard deviation of
10 %, and the same pulse with recovery as fast as erosion leaves nothing.

What differs and why: overtime, fatigue, hiring and the pressure for quality of the full model are left out, because
their equations and the bank's data are not public. The estimates themselves are taken over, not re-estimated.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import ArrayLike

from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.elementwise import with_rules
from sim.model.mechanisms.standard import erode_standard, work_pressure

_LEAST_WORK = sys.float_info.min  # powers of smaller values are not exact; they count as no work


def oliva_sterman2001(
    demand: ArrayLike,
    capacity: ArrayLike,
    alpha: float = -0.64,
    tau_down: float = 18.83,
    tau_up: float = 8.14e6,
    standard: float = 1.08,
    *,
    floor: float = 0.1,
) -> FloatArray:
    """Standard (hours per order) that people hold in each week; weeks count from 0.

    Args:
        demand: Orders per week; weeks on the last axis, any number of independent centers before it.
        capacity: Service hours per week; one number, or broadcasting against ``demand``.
        alpha: Elasticity of time given with respect to work pressure.
        tau_down, tau_up: Weeks for the standard to fall and to rise; ``inf`` for never.
        standard: Standard at the start.
        floor: Least hours that an order takes.

    Returns:
        ``(..., weeks + 1)``: element t is the standard in week t, before that week's load changes it. The last element is
        the standard after the last week.
    """
    orders, hours = np.broadcast_arrays(np.asarray(demand, dtype=np.float64), np.asarray(capacity, dtype=np.float64))
    if orders.ndim == 0:
        raise ValueError(
            "demand must have one value a week, got a single number: repeat it for as many weeks as you want"
        )
    if not np.all(hours > 0):
        raise ValueError(f"capacity must be positive in every week, got {hours.min():g}")
    path = np.empty((*orders.shape[:-1], orders.shape[-1] + 1))
    path[..., 0] = standard
    weeks = orders.shape[-1]
    flat = np.array(orders.reshape(-1, weeks)), np.array(hours.reshape(-1, weeks)), path.reshape(-1, weeks + 1)
    _run_weeks(*flat, float(alpha), float(tau_down), float(tau_up), float(floor))
    return path


@with_rules
def _run_weeks(
    orders: FloatArray,
    hours: FloatArray,
    path: FloatArray,
    alpha: float,
    tau_down: float,
    tau_up: float,
    floor: float,
) -> None:
    """Standards of every center, week after week, into ``path`` ``(centers, weeks + 1)``."""
    for center in range(orders.shape[0]):
        for week in range(orders.shape[1]):
            held = path[center, week]
            pressure = work_pressure(orders[center, week], held, hours[center, week])
            pressure = pressure if pressure >= _LEAST_WORK else 0.0
            path[center, week + 1] = erode_standard(held, pressure, alpha, tau_down, tau_up, floor)[1]
