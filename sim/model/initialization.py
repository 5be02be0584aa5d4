"""The organization before its first week: who works there, who their customers are, who leads.

The organization starts with people and customers of long standing, as if they had come at a steady rate and some had
stayed. Otherwise sorting alone (the loyal remain) would move the baseline for years. What each column holds at the
outset is declared with the column, in its mechanism's file.
"""

from __future__ import annotations

from sim.model.agents.initial_state import InitialState
from sim.model.engine import refuse_patched, run_step
from sim.model.kernel.random import Streams
from sim.model.kernel.records import TABLES
from sim.model.organization import Organization
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario
from sim.model.week import INITIALIZATION


def initialize(scenario: Scenario, policy: Policy, streams: Streams) -> Organization:
    """Organization at the beginning of its burn-in."""
    refuse_patched(scenario.registry)
    organization = Organization(scenario, policy, streams, week=-int(scenario.parameters["run.burn_in"]))
    initial = InitialState(organization, INITIALIZATION, run_step)
    for table in TABLES:
        initial.fill(table)
    for step in INITIALIZATION:
        initial.run(step)
    initial.fill("customers", again=True)
    for number in organization.registry.numbers:
        record = organization.week_numbers if number.weekly else organization.numbers
        record[number.name] = initial.value(number.start)
    return organization
