"""Running a week of an organization up to one of its steps."""

from __future__ import annotations

from collections.abc import Mapping

from support import burned_in, tiny

from sim.model.engine import begin_week, run_step, run_week
from sim.model.organization import Organization
from sim.model.policies.policy import Policy

STAYING = {"employees.turnover": 0.0, "employees.dismissal": 0.0}

EMPLOYMENT_STEPS = ("end_employment", "lose_adoption_of_departed_managers", "hire_employees")
"""Steps in which people come and go."""


def until(organization: Organization, name: str, but: tuple[str, ...] = ()) -> Organization:
    """Run one more week up to and including the step with this name, some steps left out."""
    names = [step.__name__ for step in organization.registry.steps]
    unknown = {name, *but} - set(names)
    assert not unknown, f"no steps {unknown}"
    begin_week(organization)
    for step in organization.registry.steps[: names.index(name) + 1]:
        if step.__name__ not in but:
            run_step(organization, step)
    return organization


def lived(values: Mapping[str, object], policy: Policy | None = None, weeks: int = 1) -> Organization:
    organization = burned_in(tiny(values), policy)
    for _ in range(weeks):
        run_week(organization)
    return organization
