"""What two organizations differ in, to the last bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.model.kernel.records import TABLES
from sim.model.organization import Organization

ROOM = ("scratch", "contacts")
"""Tables that are not state: working memory, and contacts, whose unused rows are from earlier weeks."""


def same(one: NDArray[np.generic], other: NDArray[np.generic]) -> bool:
    """Whether two arrays hold the same numbers, missing ones in the same places."""
    return bool(one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))


def differences(one: Organization, other: Organization) -> list[str]:
    """Every column, number, amount and outcome in which two organizations differ."""
    found = []
    for table in (*(name for name in TABLES if name not in ROOM), "policy", "requested"):
        left, right = getattr(one, table), getattr(other, table)
        found += [f"{table}.{name}" for name in left.declared if not same(getattr(left, name), getattr(right, name))]
    for held in ("numbers", "week_numbers"):
        left, right = getattr(one, held), getattr(other, held)
        found += [f"{held}.{name}" for name in left.dtype.names if not same(left[name], right[name])]
    contacts = int(one.this_week.contacts)
    for name in one.contacts.declared:
        left, right = (getattr(each.contacts, name)[:contacts] for each in (one, other))
        found += [] if same(left, right) else [f"contacts.{name}"]
    assert list(one.outcomes) == list(other.outcomes)
    return found + [
        name for name in one.outcomes if not same(np.array(one.outcomes[name]), np.array(other.outcomes[name]))
    ]
