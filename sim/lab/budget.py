"""One budget for all: policies are scaled to the same planned cost, because a large one would win by size alone.

Costs are *planned*: at full staff, for every scheduled week (a phase with a condition counts as endless), without
budget cuts or successors. What a run really costs is in its ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from sim.model.policies.policy import Policy
from sim.model.policies.schedule import Schedule
from sim.model.registry import current
from sim.model.scenario import Scenario, ScenarioError, check_argument
from sim.model.scenario.rules import Rule, number

BUDGET = Rule(number(gt=0), "", "an amount above 0", remedy="Give what each policy may cost.")
"""Rule for what each policy may cost."""

NOT_SCALED = ("protected_budget",)
"""Resources that are not scaled: each is a rule about the others, and half a rule is not a smaller policy but
another."""

_ENOUGH = 1e-9  # relative; closer than any ledger looks


@dataclass(frozen=True, slots=True)
class Budget:
    """The common budget, and the factor by which each policy's amounts were multiplied to meet it.

    Attributes:
        amount: Planned cost of every policy that costs anything, in the scenario's currency.
        factors: Policy -> factor, 1 where nothing changed; policies that cost nothing are left out.
        limited_by: Policy that can spend no more than this, if that is less than the median of the planned costs;
            empty where the budget is the median or was asked for.
        at_most: Policy -> its resources that cannot grow by the factor because they are at their legal maximum. Its
            mixture has changed; policies with an unchanged mixture are left out.
    """

    amount: float
    factors: Mapping[str, float]
    limited_by: str
    at_most: Mapping[str, tuple[str, ...]]

    def describe(self, policy: str) -> str:
        """How a policy was scaled, in words."""
        factor = self.factors[policy]
        capped = " and ".join(name.replace("_", " ") for name in self.at_most.get(policy, ()))
        return f"amounts times {factor:.3g}{f', {capped} no further than allowed' if capped else ''}"


def planned_cost(policy: Policy, scenario: Scenario) -> float:
    """Planned cost of a policy over a run, in currency, not discounted.

    Sum over weeks of amount x cost x people reached (or share of the organization reached, for resources that are
    paid for once).
    """
    shares = np.array([department.share for department in scenario.departments])
    shares = shares / shares.sum()
    heads = float(scenario.parameters["employees.number"])
    prices = np.array(
        [
            float(scenario.parameters[f"cost.{resource.name}"]) * (heads if resource.per == "head" else 1.0)
            for resource in scenario.registry.resources.values()
        ]
    )
    schedule = Schedule(policy, scenario)
    edges = {0, scenario.weeks}
    for phase in policy.phases:  # amounts change at the edges of phases only
        edges |= {min(phase.start, scenario.weeks), min(phase.end or scenario.weeks, scenario.weeks)}
    total = 0.0
    for first, last in pairwise(sorted(edges)):
        total += (last - first) * float((shares[:, np.newaxis] * schedule.amounts(first) * prices).sum())
    return total


def scale_amounts(policy: Policy, factor: float) -> Policy:
    """The policy with its amounts times ``factor``, each up to the legal maximum of its resource."""
    phases = []
    for phase in policy.phases:
        amounts = {
            name: amount if name in NOT_SCALED else min(amount * factor, current().resources[name].high)
            for name, amount in phase.amounts.items()
        }
        phases.append(replace(phase, amounts=amounts))
    return replace(policy, phases=tuple(phases))


def largest_factor(policy: Policy) -> float:
    """Factor from which on every amount is at its legal maximum."""
    ratios = [
        current().resources[name].high / amount
        for phase in policy.phases
        for name, amount in phase.amounts.items()
        if amount > 0.0 and name not in NOT_SCALED
    ]
    return max(ratios, default=1.0)


def equal_budget(
    loaded_policies: Sequence[Policy], scenario: Scenario, requested: float | None = None
) -> tuple[tuple[Policy, ...], Budget]:
    """Scale policies to one budget: the median of their planned costs, but no more than each can spend.

    Args:
        loaded_policies: Policies; those that cost nothing stay as they are.
        scenario: Its costs, staff and departments.
        requested: The budget, in the scenario's currency, instead of the median.

    Returns:
        The policies in the same order, and the budget.

    Raises:
        ScenarioError: If no policy costs anything, one costs more than the budget whatever its amounts, or one cannot
            spend the budget that is requested.
    """
    costs = {policy.name: planned_cost(policy, scenario) for policy in loaded_policies}
    paid = [policy for policy in loaded_policies if costs[policy.name] > 0.0]
    if not paid:
        raise ScenarioError(
            ["--equal-budget needs policies that cost something, got none. Name others with --policy, or leave it out."]
        )
    most = {policy.name: planned_cost(scale_amounts(policy, largest_factor(policy)), scenario) for policy in paid}
    scarcest = min(most, key=lambda name: most[name])
    median = float(np.median([costs[policy.name] for policy in paid]))
    amount = min(median, most[scarcest])
    if requested is not None:
        _refuse_unspendable(requested, most, scenario.currency)
        amount = requested
    fixed = [policy.name for policy in paid if planned_cost(scale_amounts(policy, 0.0), scenario) >= amount]
    if fixed:
        raise ScenarioError(
            [
                f"--equal-budget: {name} costs more than the common budget of {amount:.6g} {scenario.currency} by its "
                f"{' and '.join(NOT_SCALED)} alone. Set the cost of that lower, or leave the policy out."
                for name in fixed
            ]
        )
    factors = {policy.name: _factor(policy, scenario, amount) for policy in paid}
    result = tuple(
        scale_amounts(policy, factor) if (factor := factors.get(policy.name, 1.0)) != 1.0 else policy
        for policy in loaded_policies
    )
    capped = {policy.name: names for policy in paid if (names := _capped_resources(policy, factors[policy.name]))}
    return result, Budget(amount, factors, scarcest if requested is None and amount < median else "", capped)


def _refuse_unspendable(requested: float, most: Mapping[str, float], currency: str) -> None:
    """Refuse a budget that is no amount of money, or more than a policy can spend."""
    check_argument("--budget", requested, BUDGET)
    raise_for = [
        f"--budget: {name} can spend no more than {limit:,.0f} {currency}, with every amount at its maximum, got "
        f"{requested:,.0f}. Ask for less, or leave the policy out."
        for name, limit in most.items()
        if requested > limit * (1.0 + _ENOUGH)
    ]
    if raise_for:
        raise ScenarioError(raise_for)


def _capped_resources(policy: Policy, factor: float) -> tuple[str, ...]:
    """Resources that the factor would take beyond their legal maximum."""
    names = {
        name: None
        for phase in policy.phases
        for name, amount in phase.amounts.items()
        if name not in NOT_SCALED and amount * factor > current().resources[name].high * (1.0 + _ENOUGH)
    }
    return tuple(names)


def _factor(policy: Policy, scenario: Scenario, amount: float) -> float:
    """Factor at which a policy is planned to cost ``amount``."""
    from scipy.optimize import brentq

    def excess(factor: float) -> float:
        return planned_cost(scale_amounts(policy, factor), scenario) - amount

    high = largest_factor(policy)
    if abs(excess(1.0)) <= _ENOUGH * amount:
        return 1.0
    if abs(excess(high)) <= _ENOUGH * amount:
        return high
    return float(brentq(excess, 0.0, high, xtol=1e-12, rtol=1e-12))
