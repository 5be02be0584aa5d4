"""Amounts of resources in compiled loops."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from sim.kernel.arrays import FloatArray, IntArray
from sim.kernel.compiling import inlined
from sim.policies.resources import RESOURCE_NAMES, RESOURCES

_Resources = namedtuple("_Resources", RESOURCE_NAMES)

OF: Any = _Resources(*range(len(RESOURCE_NAMES)))
"""Column of each resource: ``amounts[department, OF.speeches]``."""

LIMITS = np.array([resource.high for resource in RESOURCES.values()])
"""Largest legal amount of each resource."""


@inlined
def some(amounts: FloatArray, resource: int) -> bool:
    """Whether any department gets any of a resource."""
    for department in range(amounts.shape[0]):
        if amounts[department, resource] != 0.0:
            return True
    return False


@inlined
def overall(amounts: FloatArray, seats: IntArray, resource: int) -> float:
    """Amount of a resource in force, mean over seats."""
    total = 0.0
    count = 0
    for department in range(amounts.shape[0]):
        total += amounts[department, resource] * seats[department]
        count += seats[department]
    return total / count if total != 0.0 else 0.0


@inlined
def largest_share(amounts: FloatArray) -> float:
    """Largest amount of all, each against its limit."""
    largest = 0.0
    for department in range(amounts.shape[0]):
        for resource in range(amounts.shape[1]):
            largest = max(largest, amounts[department, resource] / LIMITS[resource])
    return largest
