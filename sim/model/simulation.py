"""One run, from initialization to the last week, as tables.

:class:`sim.model.mesa_model.CentricityModel` gives the same bits as a Mesa model.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.model.engine import VACANT, ChoiceArray, run_weeks
from sim.model.initialization import initialize
from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.kernel.random import Streams
from sim.model.organization import Organization
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.policies.policy import Policy
from sim.model.policies.schedule import Schedule
from sim.model.results import Run
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults, show

__all__ = ["Run", "burn_in", "fill_ties", "seat_choices", "simulate", "sponsorship", "with_policy"]

_SPONSORED = OUTCOME_NAMES.index("sponsored")


def burn_in(scenario: Scenario, seed: int, ties: ArrayLike | None = None) -> Organization:
    """Initialize an organization without a policy and run its burn-in. Week 0 comes next.

    Args:
        scenario: The organization.
        seed: Seed of all its random numbers.
        ties: Who sees whom, in place of ties that are drawn: see :func:`fill_ties`.
    """
    organization = initialize(scenario, scenario.policy("none"), Streams(seed))
    if ties is not None:
        colleagues = organization.employees.colleagues
        colleagues[:] = fill_ties(ties, *colleagues.shape)
    run_weeks(organization, -organization.week)
    return organization


def fill_ties(ties: ArrayLike, seats: int, degree: int) -> IntArray:
    """Colleagues of each seat from an edge list.

    A seat with fewer ties than ``network.degree`` has them in turn until all places are taken. So its ties weigh alike if the
    degree is a multiple of their number, and by one place more or less otherwise.

    Args:
        ties: Pairs of seats, shape (ties, 2): the first sees the second. A tie that works both ways is listed twice.
        seats: Number of seats (``employees.number``), which are numbered from 0.
        degree: Places for colleagues of each seat (``network.degree``).

    Returns:
        Seats, shape (seats, degree).

    Raises:
        ScenarioError: If a pair is none of two different seats, if a seat has no tie, or more than there are places.
    """
    pairs = np.asarray(ties)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.issubdtype(pairs.dtype, np.integer):
        raise ScenarioError([f"ties must be pairs of whole numbers, shape (ties, 2), got {show(ties)}."])
    wrong = np.flatnonzero((pairs < 0).any(1) | (pairs >= seats).any(1) | (pairs[:, 0] == pairs[:, 1]))
    counts = np.bincount(np.delete(pairs[:, 0], wrong), minlength=seats)
    faults = Faults()
    if wrong.size:
        got = pairs[wrong[0]].tolist()
        faults.add(
            f"ties[{wrong[0]}]", f"must be two different seats from 0 to {seats - 1}, got {got}. Number them from 0."
        )
    elif not counts.all():
        faults.add(
            "ties",
            f"must have one for every seat; {int((counts == 0).sum())} of {seats} have no tie, the first of them seat "
            f"{int(counts.argmin())}. Add a tie, or set employees.number to the number of people in the list.",
        )
    elif counts.max() > degree:
        many = f"seat {int(counts.argmax())} has {int(counts.max())} ties, which is more than network.degree ({degree})"
        faults.add("ties", f"must fit the network: {many}. Raise it.")
    faults.raise_any()
    ordered = pairs[np.argsort(pairs[:, 0], kind="stable"), 1]
    first = np.cumsum(counts) - counts
    places: IntArray = ordered[first[:, None] + np.arange(degree) % counts[:, None]]
    return places


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
