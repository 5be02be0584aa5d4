"""What is measured: the main job at any size, and the two programs that can run it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from reference.coverage import core_of
from reference.model import ReferenceModel

from sim.model.organization import Organization
from sim.model.scenario import Scenario
from sim.model.simulation import burn_in, simulate, with_policy

POLICY = "value-driven"
SEED = 1
SHORT_BURN_IN = 8
"""Weeks of burn-in where only speed matters."""

Job = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Size:
    """A bank some times as large as the default one, and the number of weeks for which it is run.

    Attributes:
        times: Customers against the default bank's.
        weeks: Length of a run.
        seats: Seats for every 2,000 customers.
    """

    times: float
    weeks: int
    seats: int = 500

    @property
    def employees(self) -> int:
        """Seats."""
        return round(self.seats * self.times)

    @property
    def customers(self) -> int:
        """Customers at the outset."""
        return round(2000 * self.times)

    @property
    def agents(self) -> int:
        """Employees and customers."""
        return self.employees + self.customers


def bank(size: Size, burn_in: int | None = None, *, as_shipped: bool = False) -> Scenario:
    """The retail bank at that size, its core alone unless it is to be as shipped; numbers of people grow alike."""
    scenario = Scenario.load("retail-bank")
    if not as_shipped:
        scenario = core_of(scenario)
    sample = float(scenario.parameters["survey.sample"])
    values: dict[str, object] = {
        "employees.number": size.employees,
        "customers.initial": size.customers,
        "customers.market": round(2500 * size.times),
        "survey.sample": type(scenario.parameters["survey.sample"])(max(sample * size.times, 1)),
        "weeks": size.weeks,
    }
    if burn_in is not None:
        values["run.burn_in"] = burn_in
    return scenario.override(values)


@cache
def burned_in(size: Size) -> Organization:
    """Such a bank about to begin; made once and left as it is."""
    return burn_in(bank(size, SHORT_BURN_IN), SEED)


def ready(size: Size) -> Organization:
    """A copy of it that has adopted the policy."""
    organization = burned_in(size)
    return with_policy(organization, organization.scenario.policy(POLICY))


def prepare_model(size: Size) -> Job:
    """The model as users run it."""
    organization = ready(size)
    return lambda: simulate(organization, size.weeks)


def prepare_reference(size: Size) -> Job:
    """The plain Mesa model of the same week."""
    model = ReferenceModel(ready(size))
    return lambda: model.run(size.weeks)


MODEL, REFERENCE = "model", "reference"

PROGRAMS: dict[str, Callable[[Size], Job]] = {
    MODEL: prepare_model,
    REFERENCE: prepare_reference,
}
"""Each makes ready outside of what is timed, and gives what is timed."""
