"""Standards under load: people short of time cut corners, and soon call the cut corner normal.

Oliva and Sterman (2001), "Cutting corners and working overtime: quality erosion in the service industry", Management
Science 47(7). The standard is the time that a person believes a piece of work deserves. Under pressure less is given;
the standard follows down within months and, as estimated in a bank's lending center, hardly ever up again.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

_SOURCE = "Oliva & Sterman 2001, weekly estimates from a UK bank's lending center"

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        name="standard.sensitivity",
        default=-0.64,
        unit="1",
        meaning="Elasticity of the time given to a piece of work with respect to work pressure.",
        source=f"{_SOURCE} (alpha); Dogan 2007 estimates -0.60",
        tier=Tier.REPLICATION,
        low=-2.0,
        high=0.0,
        plausible=(-0.8, -0.4),
    ),
    Parameter(
        name="standard.erosion_weeks",
        default=18.83,
        unit="weeks",
        meaning="Time constant with which the standard falls toward what is actually given.",
        source=f"{_SOURCE} (tau down); Dogan 2007 estimates 12.48",
        tier=Tier.REPLICATION,
        low=1.0,
        high=1e9,
        plausible=(12.0, 19.0),
    ),
    Parameter(
        name="standard.recovery_weeks",
        default=8.14e6,
        unit="weeks",
        meaning="Time constant with which the standard rises again by itself; in practice it does not.",
        source=f"{_SOURCE} (tau up, effectively infinite); Dogan 2007 estimates 85,600",
        tier=Tier.REPLICATION,
        low=1.0,
        high=1e9,
        plausible=(8.56e4, 8.14e6),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"standard.sensitivity": 0.0}
"""Work gets the time that it deserves however much there is of it, and the standard stays."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def work_pressure(demand: FloatArray, standard: FloatArray, capacity: FloatArray) -> FloatArray:
    """Work that the standard asks for, relative to the hours there are (1: just enough time for the standard).

    Source: Oliva & Sterman (2001), ``wp = CO * TPOD / SC``.

    Args:
        demand: Pieces of work that came in this week.
        standard: Time that each is believed to deserve, in the unit of ``capacity``.
        capacity: Time available this week; positive.
    """
    return np.asarray(demand * standard / capacity, dtype=np.float64)


def erode_standard(
    standard: FloatArray,
    work_pressure: FloatArray,
    *,
    alpha: float,
    tau_down: float,
    tau_up: float,
    floor: float = 0.1,
) -> tuple[FloatArray, FloatArray]:
    """Time given this week, and the standard that people hold themselves to next week.

    ``given = max(pressure**alpha * standard, floor)``;
    ``standard' = standard + (given - standard) * (1 - exp(-1 / tau))``, with ``tau_up`` where more was given than the
    standard asks and ``tau_down`` elsewhere. Source: Oliva & Sterman (2001), with ``tau_up`` practically infinite: load
    that passes leaves a standard that stays.

    Args:
        standard: Time a piece of work is believed to deserve; any shape.
        work_pressure: Pressure of the week; same shape or one that broadcasts. Where it is not positive there was no
            work to give time to: the standard itself is returned as given, and stays.
        alpha: Elasticity, not positive.
        tau_down, tau_up: Time constants in weeks; ``inf`` switches the direction off.
        floor: Least time that anything takes.

    Returns:
        Time given and new standard, both of the broadcast shape. Pressure 1 changes no bit.
    """
    worked = work_pressure > 0
    response = np.power(np.where(worked, work_pressure, 1.0), alpha)
    given = np.where(worked, np.maximum(response * standard, floor), standard)
    share_down, share_up = -np.expm1(-1.0 / tau_down), -np.expm1(-1.0 / tau_up)
    gap = given - standard
    return given, standard + gap * np.where(gap > 0, share_up, share_down)
