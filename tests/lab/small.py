"""A small organization for tests of comparisons: 30 people, 80 customers, 40 weeks."""

from __future__ import annotations

from functools import cache

from sim.lab import Comparison, compare
from sim.lab.comparison_plan import PolicyLike
from sim.model.policies.policy import Phase, Policy
from sim.model.scenario import Scenario

WEEKS = 40

TEXT = """
name = "small"
about = "A small organization."
weeks = 40
currency = "EUR"
default_policies = ["none", "talk", "drill"]

[employees]
number = 30

[customers]
initial = 80
market = 100
contract_share = 0.5

[run]
burn_in = 6

[[departments]]
name = "front"
share = 0.6
facing = 0.9
power = 0.5

[[departments]]
name = "back office"
share = 0.4
facing = 0.0
power = 0.5

[policies.talk]
about = "Talk for a quarter."
from = 0
until = 13
speeches = 2

[policies.drill]
about = "Coaching to the end."
coaching = 1
training = 2

[[events]]
kind = "manager_exit"
week = 20

[futures.restless]
"employees.turnover" = 0.1
"""
"""As a file."""


def small() -> Scenario:
    """The scenario, with its own policies alone."""
    import tomllib

    return Scenario.from_dict(tomllib.loads(TEXT))


def make_policy(name: str, start: int = 0, end: int | None = 20, **amounts: float) -> Policy:
    """A policy with one phase."""
    return Policy(name, (Phase(start, end, None, amounts),), about=f"About {name}.")


@cache
def compared() -> Comparison:
    """A comparison that many tests look at and none changes: it ends, goes on, and does nothing."""
    policies: list[PolicyLike] = ["none", make_policy("ending", speeches=3.0, coaching=1.0), "drill"]
    return compare(small(), policies, replicates=4, seed=5, workers=1)
