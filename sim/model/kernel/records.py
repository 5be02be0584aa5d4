"""What steps read and write, by the names of their arguments. A step asks for what it needs and gets nothing else.

- ``employees``, ``customers``, ``departments``, ``executives``: columns of the agents
- ``environment``: columns of the environment; ``contacts``: this week's contacts
- ``policy``: amounts of resources in force; ``requested``: amounts that the policy asks for; each by department
  (``policy.training[department]``)
- ``phases``: phases of the policy (:mod:`sim.model.policies.schedule`); ``events``: events of the scenario, in order
  (:mod:`sim.model.events`)
- ``organization``, ``week``: numbers of the organization and of the week
- ``parameters``: the parameters (``parameters.norm_sharpness``)
- ``streams``: keys of random streams (``streams.choice``)
- ``resources``: facts about each resource, in the order of ``policy`` (``resources[resource].price``)
- ``outcomes``: the week's outcomes
- ``scratch``: working memory, which holds nothing from one step to the next
"""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np

from sim.model.kernel.columns import FLAG, WHOLE, Column
from sim.model.kernel.sums import PARTIAL_SUM_COUNT

Employees: TypeAlias = Any
Customers: TypeAlias = Any
Departments: TypeAlias = Any
Executives: TypeAlias = Any
Environment: TypeAlias = Any
Contacts: TypeAlias = Any
Scratch: TypeAlias = Any
PolicyAmounts: TypeAlias = Any
Phases: TypeAlias = Any
Events: TypeAlias = Any
Resources: TypeAlias = Any
Parameters: TypeAlias = Any
Streams: TypeAlias = Any
Week: TypeAlias = Any
OrganizationNumbers: TypeAlias = Any
Outcomes: TypeAlias = Any
Block: TypeAlias = np.uint64
"""The draws of a stream in a week (see :mod:`sim.model.kernel.scalar_draws`)."""

TABLES = ("employees", "customers", "departments", "executives", "environment", "contacts", "scratch")
"""Records of columns that are state."""

COLUMN_RECORDS = (*TABLES, "policy", "requested", "phases", "events")
"""All records of columns."""

ARGUMENTS = (*COLUMN_RECORDS, "resources", "parameters", "streams", "week", "organization", "outcomes")
"""Everything that a step may ask for."""


def _scratch_column(name: str, rows: str, meaning: str, **more: Any) -> Column:
    return Column("scratch", name, meaning, "", (None, None), rows=rows, lasting=False, **more)


SCRATCH = (
    _scratch_column("seat_value", "employees", "A number a seat."),
    _scratch_column("second_seat_value", "employees", "Another number a seat."),
    _scratch_column("seat_flag", "employees", "Yes or no a seat.", dtype=FLAG),
    _scratch_column("seat_count", "employees", "A count a seat.", dtype=WHOLE),
    _scratch_column("seat_list", "employees", "A list of seats.", dtype=WHOLE),
    _scratch_column("seat_order", "employees", "An order of seats.", dtype=WHOLE),
    _scratch_column("seat_starts", "employees + 1", "Where in an order each bin begins.", dtype=WHOLE),
    _scratch_column("position_value", "customers", "A number a position in the market."),
    _scratch_column("second_position_value", "customers", "Another number a position."),
    _scratch_column("position_flag", "customers", "Yes or no a position.", dtype=FLAG),
    _scratch_column("position_list", "customers", "A list of positions.", dtype=WHOLE),
    _scratch_column("department_value", "departments", "A number a department."),
    _scratch_column("second_department_value", "departments", "Another number a department."),
    _scratch_column("partial_sums", str(PARTIAL_SUM_COUNT), "Parts of a sum (:mod:`sim.model.kernel.sums`)."),
)
"""Working memory."""


@cache
def record_class(table: str, fields: tuple[str, ...]) -> Any:
    """Class of a record of arrays. Numba must find it by name in a module."""
    name = f"{table.title()}{_fingerprint(fields)}"
    kind = namedtuple(name, fields)  # type: ignore[misc]
    kind.__module__ = __name__
    globals()[name] = kind
    return kind


def _fingerprint(fields: tuple[str, ...]) -> str:
    """Eight hexadecimal digits that identify a list of fields."""
    return blake2b(" ".join(fields).encode(), digest_size=4).hexdigest()
