"""Running a week of an organization up to one of its steps."""

from __future__ import annotations

from collections.abc import Mapping

from support import settled, tiny

from sim.engine import live_through
from sim.organization import Organization
from sim.policies.bundle import Bundle
from sim.week import WEEK

STAYING = {"employees.turnover": 0.0, "employees.dismissal": 0.0}


def until(organization: Organization, name: str, but: tuple[str, ...] = ()) -> Organization:
    """Run one more week up to and including the step with this name, some steps left out."""
    organization.start_week()
    for step in WEEK:
        if step.name not in but:
            step.run(organization)
        if step.name == name:
            return organization
    raise AssertionError(f"no step {name}")


def lived(values: Mapping[str, object], policy: Bundle | None = None, weeks: int = 1) -> Organization:
    organization = settled(tiny(values), policy)
    for _ in range(weeks):
        live_through(organization)
    return organization
