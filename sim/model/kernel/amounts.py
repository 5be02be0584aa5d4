"""Amounts of resources: one array per resource, with one entry per department."""

from __future__ import annotations

from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.kernel.records import PolicyAmounts, Resources


def any_amount(amounts: FloatArray) -> bool:
    """Whether any department gets any of a resource."""
    for amount in amounts:
        if amount != 0.0:
            return True
    return False


def mean_over_seats(amounts: FloatArray, seats: IntArray) -> float:
    """Amount of a resource in force: mean over seats."""
    total = 0.0
    count = 0
    for department in range(amounts.size):
        total += amounts[department] * seats[department]
        count += seats[department]
    return total / count if total != 0.0 else 0.0


def largest_share(policy: PolicyAmounts, resources: Resources) -> float:
    """Largest amount of any resource, as a share of its limit."""
    largest = 0.0
    for resource in range(len(policy)):
        for department in range(policy[resource].size):
            largest = max(largest, policy[resource][department] / resources[resource].limit)
    return largest
