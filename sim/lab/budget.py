"""One budget for all: bundles scaled so that each is planned to cost the same, since a large one wins by size alone.

Costs are *planned*: at full staff, for every scheduled week (a phase with a condition as if it never stopped), without
budget cuts or successors. What a run really costs is in its ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from sim.policies.bundle import Bundle
from sim.policies.plan import Plan
from sim.policies.resources import RESOURCES
from sim.scenario import Scenario, ScenarioError

NOT_SCALED = ("protected_budget",)
"""Resources that are no effort but a rule about the others; half a rule is another policy, not a smaller one."""

_ENOUGH = 1e-9  # relative; closer than any ledger looks


@dataclass(frozen=True, slots=True)
class Budget:
    """What every policy may spend, and by how much its amounts were multiplied for that.

    Attributes:
        amount: Planned cost of every policy that costs anything, in the scenario's currency.
        factors: Policy to factor, 1 where nothing changed; policies that cost nothing are left out.
        limited_by: Policy that can spend no more than this, where that is less than the median of the planned costs;
            empty where the budget is the median.
    """

    amount: float
    factors: Mapping[str, float]
    limited_by: str


def planned_cost(bundle: Bundle, scenario: Scenario) -> float:
    """What a bundle is planned to cost over a run, in currency, not discounted.

    Sum over weeks of amount x cost x people reached (or share of the organization reached, for resources that are
    paid for once).
    """
    names = [department.name for department in scenario.departments]
    shares = np.array([department.share for department in scenario.departments])
    shares = shares / shares.sum()
    heads = float(scenario.parameters["employees.number"])
    prices = np.array(
        [
            float(scenario.parameters[f"cost.{resource.name}"]) * (heads if resource.per == "head" else 1.0)
            for resource in RESOURCES.values()
        ]
    )
    plan = Plan(bundle, names)
    edges = {0, scenario.weeks}
    for phase in bundle.phases:  # amounts change at the edges of phases only
        edges |= {min(phase.start, scenario.weeks), min(phase.end or scenario.weeks, scenario.weeks)}
    total = 0.0
    for first, last in pairwise(sorted(edges)):
        total += (last - first) * float((shares[:, np.newaxis] * plan.amounts(first) * prices).sum())
    return total


def scaled(bundle: Bundle, factor: float) -> Bundle:
    """The bundle with its amounts times ``factor``, each up to the legal maximum of its resource."""
    phases = []
    for phase in bundle.phases:
        amounts = {
            name: amount if name in NOT_SCALED else min(amount * factor, RESOURCES[name].high)
            for name, amount in phase.amounts.items()
        }
        phases.append(replace(phase, amounts=amounts))
    return replace(bundle, phases=tuple(phases))


def largest_factor(bundle: Bundle) -> float:
    """Factor from which on every amount is at its legal maximum."""
    ratios = [
        RESOURCES[name].high / amount
        for phase in bundle.phases
        for name, amount in phase.amounts.items()
        if amount > 0.0 and name not in NOT_SCALED
    ]
    return max(ratios, default=1.0)


def equal_budget(bundles: Sequence[Bundle], scenario: Scenario) -> tuple[tuple[Bundle, ...], Budget]:
    """Scale bundles to one budget: the median of what they are planned to cost, but no more than each can spend.

    Args:
        bundles: Policies; those that cost nothing stay as they are.
        scenario: Its costs, staff and departments.

    Returns:
        The bundles in the same order, and the budget.

    Raises:
        ScenarioError: If no policy costs anything, or one costs more than the budget whatever its amounts.
    """
    costs = {bundle.name: planned_cost(bundle, scenario) for bundle in bundles}
    paid = [bundle for bundle in bundles if costs[bundle.name] > 0.0]
    if not paid:
        raise ScenarioError(
            ["--equal-budget needs policies that cost something, got none. Name others with --policy, or leave it out."]
        )
    most = {bundle.name: planned_cost(scaled(bundle, largest_factor(bundle)), scenario) for bundle in paid}
    scarcest = min(most, key=lambda name: most[name])
    median = float(np.median([costs[bundle.name] for bundle in paid]))
    amount = min(median, most[scarcest])
    fixed = [bundle.name for bundle in paid if planned_cost(scaled(bundle, 0.0), scenario) >= amount]
    if fixed:
        raise ScenarioError(
            [
                f"--equal-budget: {name} costs more than the common budget of {amount:.6g} {scenario.currency} by its "
                f"{' and '.join(NOT_SCALED)} alone. Set the cost of that lower, or leave the policy out."
                for name in fixed
            ]
        )
    factors = {bundle.name: _factor(bundle, scenario, amount) for bundle in paid}
    result = tuple(
        scaled(bundle, factor) if (factor := factors.get(bundle.name, 1.0)) != 1.0 else bundle for bundle in bundles
    )
    return result, Budget(amount, factors, scarcest if amount < median else "")


def _factor(bundle: Bundle, scenario: Scenario, amount: float) -> float:
    """Factor at which a bundle is planned to cost ``amount``."""
    from scipy.optimize import brentq

    def excess(factor: float) -> float:
        return planned_cost(scaled(bundle, factor), scenario) - amount

    high = largest_factor(bundle)
    if abs(excess(1.0)) <= _ENOUGH * amount:
        return 1.0
    if abs(excess(high)) <= _ENOUGH * amount:
        return high
    return float(brentq(excess, 0.0, high, xtol=1e-12, rtol=1e-12))
