"""Checks of a run's outcomes: a number may be missing only where the outcome says so."""

from __future__ import annotations

import numpy as np

from sim.model.kernel.array_types import FloatArray
from sim.model.registry import current


class NotANumberError(ValueError):
    """An outcome is infinite, or missing where it must be there: these parameters are beyond what the arithmetic can do."""


def validate_outcomes(values: FloatArray, names: tuple[str, ...], first: int = 0) -> None:
    """Refuse a run that holds an infinite number, or lacks one that must be there.

    Args:
        values: Outcomes by week, shape (weeks, outcomes).
        names: Names of the outcomes.
        first: Number of the first week.

    Raises:
        NotANumberError: With the first such outcome and week.
    """
    wrong = ~np.isfinite(values)
    if not wrong.any():
        return
    known = current().outcomes
    for column, name in enumerate(names):
        missing = np.isnan(values[:, column])
        needs = known[name].needs if name in known else ""
        if not needs:
            wrong[missing, column] = False
        elif needs in names:
            wrong[missing & ~(values[:, names.index(needs)] > 0.0), column] = False
    if wrong.any():
        row, column = (int(index) for index in np.argwhere(wrong)[0])
        raise NotANumberError(f"{names[column]} is not a number in week {first + row}: {values[row, column]}")
