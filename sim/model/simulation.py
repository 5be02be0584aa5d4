"""One run, from initialization to the last week, as tables.

:class:`sim.model.mesa_model.CentricityModel` gives the same bits as a Mesa model.
"""

from __future__ import annotations

import numpy as np

from sim.model.engine import VACANT, ChoiceArray, run_weeks
from sim.model.initialization import initialize
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.random import Streams
from sim.model.organization import Organization
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.policies.policy import Policy
from sim.model.policies.schedule import Schedule
from sim.model.results import Run
from sim.model.scenario import Scenario

__all__ = ["Run", "burn_in", "seat_choices", "simulate", "sponsorship", "with_policy"]

_SPONSORED = OUTCOME_NAMES.index("sponsored")


def burn_in(scenario: Scenario, seed: int) -> Organization:
    """Initialize an organization without a policy and run its burn-in. Week 0 comes next."""
    organization = initialize(scenario, scenario.policy("none"), Streams(seed))
    run_weeks(organization, -organization.week)
    return organization


def with_policy(burned_in: Organization, policy: Policy) -> Organization:
    """Copy of an organization after its burn-in that will run ``policy``. The original is not changed."""
    organization = burned_in.copy()
    organization.schedule = Schedule(policy, burned_in.scenario)
    return organization


def simulate(organization: Organization, weeks: int) -> Run:
    """Run ``weeks`` weeks and return the results. Changes ``organization``."""
    first = organization.week
    values, choices = run_weeks(organization, weeks)
    names = tuple(organization.registry.outcomes)
    return Run(first, values, choices, *sponsorship(values[:, _SPONSORED], first), names)


def seat_choices(organization: Organization) -> ChoiceArray:
    """This week's choice of each seat; :data:`VACANT` for a vacant one."""
    employees = organization.employees
    return np.where(employees.employed, employees.choice, VACANT).astype(np.int8)


def sponsorship(sponsored: FloatArray, first: int) -> tuple[int | None, int | None, bool]:
    """First week with resources, first week without any again, and whether resources are still in force at the end."""
    weeks = np.flatnonzero(sponsored > 0.0)
    if weeks.size == 0:
        return None, None, False
    start, last = int(weeks[0]), int(weeks[-1])
    runs_on = last == sponsored.size - 1
    return first + start, None if runs_on else first + last + 1, runs_on
