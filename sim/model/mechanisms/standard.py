"""Standards under load: people short of time cut corners, and soon take the lower standard as normal.

Oliva and Sterman (2001), "Cutting corners and working overtime: quality erosion in the service industry", Management
Science 47(7). The standard is the time that a person believes a piece of work deserves. Under pressure less is given.
The standard follows down within months and, as estimated in a bank's lending center, hardly ever up again.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import employee_column
from sim.model.kernel.elementary_functions import expm1, power
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters

_SOURCE = "Oliva & Sterman 2001, weekly estimates from a UK bank's lending center"

PARAMETERS = declare("""
standard.sensitivity = -0.64; -2 to 0, plausible -0.8 to -0.4; unknown; tier 1
    Elasticity of the time given to a piece of work with respect to work pressure.
    Source: Oliva & Sterman 2001, weekly estimates from a UK bank's lending center (alpha); Dogan 2007 estimates -0.60
standard.erosion_weeks = 18.83 weeks; 1 to 1e+09, plausible 12 to 19; unknown; tier 1
    Time constant with which the standard falls toward what is actually given.
    Source: Oliva & Sterman 2001, weekly estimates from a UK bank's lending center (tau down); Dogan 2007 estimates 12.48
standard.recovery_weeks = 8140000.0 weeks; 1 to 1e+09, plausible 85600 to 8.14e+06; unknown; tier 1
    Time constant with which the standard rises again by itself; in practice it does not.
    Source: Oliva & Sterman 2001, weekly estimates from a UK bank's lending center (tau up, effectively infinite); Dogan
    2007 estimates 85,600
standard.floor = 0.1 ratio; 0.001 to 1; definition; tier 5
    Least time that anything takes, against what the organization's standard asks for.
    Source: Definition; never reached at ordinary pressure
""")

NEUTRAL: Mapping[str, ParameterValue] = {"standard.sensitivity": 0.0}
"""Work gets the time that it deserves, however much work there is, and the standard stays."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    employee_column(
        "standard",
        "Time that this person thinks a case deserves, against the organization's own.",
        "ratio",
        bounds=(0.0, None),
        newcomer="hiring.standard",
    ),
    employee_column(
        "quality",
        "Time given to a case this week, against the organization's own standard.",
        "ratio",
        bounds=(0.0, None),
        lasting=False,
    ),
)


def work_pressure(demand: float, standard: float, capacity: float) -> float:
    """Work that the standard asks for, relative to the hours there are (1: just enough time for the standard).

    Source: Oliva & Sterman (2001), ``wp = CO * TPOD / SC``.

    Args:
        demand: Pieces of work that came in this week.
        standard: Time that each is believed to deserve, in the unit of ``capacity``.
        capacity: Time available this week; positive.
    """
    return demand * standard / capacity


def erode_standard(
    standard: float,
    work_pressure: float,
    alpha: float,
    tau_down: float,
    tau_up: float,
    floor: float,
) -> tuple[float, float]:
    """Time given this week, and next week's standard.

    ``given = max(pressure**alpha * standard, floor)``;
    ``standard' = standard + (given - standard) * (1 - exp(-1 / tau))``, with ``tau_up`` where more was given than the
    standard asks and ``tau_down`` elsewhere. Source: Oliva & Sterman (2001), with ``tau_up`` practically infinite: load
    that passes leaves a standard that stays.

    Args:
        standard: Time a piece of work is believed to deserve.
        work_pressure: Pressure of the week. If it is not positive there was no work to give time to: the standard itself is
            returned as given, and stays.
        alpha: Elasticity, not positive.
        tau_down, tau_up: Time constants in weeks; ``inf`` switches the direction off.
        floor: Least time that anything takes.

    Returns:
        Time given and new standard. Pressure 1 changes no bit.
    """
    worked = work_pressure > 0
    response = power(work_pressure if worked else 1.0, alpha)
    least = max(response * standard, floor)
    given = least if worked else standard
    share_down, share_up = -expm1(-1.0 / tau_down), -expm1(-1.0 / tau_up)
    gap = given - standard
    return given, standard + gap * (share_up if gap > 0 else share_down)


def update_standards(employees: Employees, parameters: Parameters) -> None:
    """Under pressure less is given, and the standard follows."""
    alpha, floor = parameters.standard_sensitivity, parameters.standard_floor
    down, up = parameters.standard_erosion_weeks, parameters.standard_recovery_weeks
    for seat in range(employees.value.size):
        given, eroded = erode_standard(employees.standard[seat], employees.pressure[seat], alpha, down, up, floor)
        employees.quality[seat] = given
        employees.standard[seat] = eroded if employees.employed[seat] else employees.standard[seat]
