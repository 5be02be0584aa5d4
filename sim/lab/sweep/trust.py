"""Whether a run's numbers can be believed: what is missing must have a reason."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray

NEEDS: Mapping[str, str] = {
    **dict.fromkeys(
        ("practicing", "internalization", "salience", "standard", "cynicism", "energy", "employee_satisfaction"),
        "employees",
    ),
    **dict.fromkeys(("satisfaction", "trust", "attitudinal_loyalty"), "active_customers"),
    **dict.fromkeys(
        (
            "espoused",
            "employees",
            "active_customers",
            "revenue",
            "service_cost",
            "policy_cost",
            "profit",
            "customer_value",
        ),
        "",
    ),
}
"""Weekly outcomes that must be numbers, each with the count that must be above zero for it; empty where it always must.

All others may be missing for reasons of their own: nobody answered the survey, nobody called, there was no twin.
"""


def refuse_nonsense(weekly: FloatArray, names: tuple[str, ...]) -> None:
    """Refuse a run that holds an infinite number, or lacks one that must be there.

    Args:
        weekly: Weekly rows, shape (weeks, columns).
        names: Names of the columns, ``week`` among them.

    Raises:
        ValueError: With the first such outcome and week.
    """
    wrong = ~np.isfinite(weekly)
    if not wrong.any():
        return
    for column, name in enumerate(names):
        missing = np.isnan(weekly[:, column])
        if name not in NEEDS:
            wrong[missing, column] = False
        elif NEEDS[name] in names:
            wrong[missing & ~(weekly[:, names.index(NEEDS[name])] > 0.0), column] = False
    if wrong.any():
        row, column = (int(index) for index in np.argwhere(wrong)[0])
        week = int(weekly[row, names.index("week")])
        raise ValueError(f"{names[column]} is not a number in week {week}: {weekly[row, column]}")
