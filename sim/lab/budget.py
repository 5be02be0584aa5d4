"""One budget for all: policies are scaled to the same planned cost, because a large one would win by size alone.

A budget that is asked for is a ceiling: a policy that cannot spend all of it spends as much as its resources allow.

Costs here are *planned*: at full staff, for every scheduled week (a phase with a condition counts as endless), without
budget cuts or successors. What a run really costs is in its ledger; :mod:`sim.lab.equal_spending` makes that equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np

from sim.model.kernel.array_types import FloatArray
from sim.model.policies.policy import Policy
from sim.model.policies.schedule import Schedule
from sim.model.registry import current
from sim.model.scenario import Scenario, ScenarioError, check_argument
from sim.model.scenario.rules import Rule, number

BUDGET = Rule(number(gt=0, le=1e15), "", "an amount above 0, at most 1e15", remedy="Give what each policy may cost.")
"""Rule for what each policy may cost."""

NOT_SCALED = ("protected_budget",)
"""Resources that are not scaled: each is a rule about the others, and half a rule is not a smaller policy but
another."""

_ENOUGH = 1e-9  # relative; closer than any ledger looks


@dataclass(frozen=True, slots=True)
class Pilot:
    """What policies spent in the first replicates, by which their amounts were scaled.

    Attributes:
        replicates: Number of replicates.
        rounds: How often amounts were changed after that.
        planned: Policy -> planned cost as it will run, in the scenario's currency.
        spent: Policy -> what it then spent in these replicates on average; not a number where no run was done.
        apart: How much more the dearest spent than the cheapest, relative.
        reasons: Policy -> why it cannot spend the same, of those that do not.
    """

    replicates: int
    rounds: int
    planned: Mapping[str, float]
    spent: Mapping[str, float]
    apart: float
    reasons: Mapping[str, str]

    def to_entry(self) -> dict[str, Any]:
        """As in ``manifest.json`` and ``summary.json``."""
        spent = {name: None if np.isnan(amount) else amount for name, amount in self.spent.items()}
        apart = None if np.isnan(self.apart) else self.apart
        return {**asdict(self), "planned": dict(self.planned), "spent": spent, "apart": apart}


@dataclass(frozen=True, slots=True)
class Budget:
    """The common budget, and the factor by which each policy's amounts were multiplied to meet it.

    Attributes:
        amount: Planned cost of every policy that costs anything, in the scenario's currency; with a pilot, what each spends.
        factors: Policy -> factor, 1 where nothing changed; policies that cost nothing are left out.
        limited_by: Policy that can spend no more than this, if that is less than the median of the planned costs;
            empty where the budget is the median or was asked for.
        most: Policy -> the most that it can spend, of those that cannot spend the whole budget that was asked for.
        at_most: Policy -> its resources that cannot grow by the factor because they are at their legal maximum. Its
            mixture has changed; policies with an unchanged mixture are left out.
        ceiling: What no policy may be planned to cost more than; ``None`` where that was not asked for.
        pilot: What was spent, by which amounts were scaled; ``None`` where planned costs are made equal.
    """

    amount: float
    factors: Mapping[str, float]
    limited_by: str
    at_most: Mapping[str, tuple[str, ...]]
    most: Mapping[str, float] = field(default_factory=dict)
    ceiling: float | None = None
    pilot: Pilot | None = None

    def describe(self, policy: str) -> str:
        """How a policy was scaled, in words."""
        factor = self.factors[policy]
        capped = " and ".join(name.replace("_", " ") for name in self.at_most.get(policy, ()))
        below = f", {self.most[policy]:,.0f} at most" if policy in self.most else ""
        return f"amounts times {factor:.3g}{f', {capped} no further than allowed' if capped else ''}{below}"


def planned_cost(policy: Policy, scenario: Scenario) -> float:
    """Planned cost of a policy over a run, in currency, not discounted.

    Sum over weeks of amount x cost x people reached (or share of the organization reached, for resources that are
    paid for once).
    """
    head, once = weekly_plan(policy, scenario)
    return float(head.sum() + once.sum())


def weekly_plan(policy: Policy, scenario: Scenario, cuts: bool = False) -> tuple[FloatArray, FloatArray]:
    """Planned cost of every week, of what is paid by head and of what is paid once for the organization.

    Args:
        policy: The policy.
        scenario: Its prices, staff, departments and events.
        cuts: Whether events have cut what is not protected.
    """
    shares = np.array([department.share for department in scenario.departments])
    shares = shares / shares.sum()
    heads = float(scenario.parameters["employees.number"])
    resources = scenario.registry.resources
    prices = np.array([float(scenario.parameters[f"cost.{name}"]) for name in resources])
    by_head = np.array([resource.per == "head" for resource in resources.values()])
    protected = list(resources).index("protected_budget") if "protected_budget" in resources else None
    schedule, weeks = Schedule(policy, scenario), scenario.weeks
    in_force = [event for event in scenario.events if cuts and event.kind == "budget_cut"]
    edges = {0, weeks, *(week for phase in policy.phases for week in (phase.start, phase.end or weeks))}
    edges |= {week for event in in_force for week in (event.week, event.week + ceil(float(event.fields["weeks"])))}
    head, once = np.zeros(weeks), np.zeros(weeks)
    for first, last in pairwise(sorted({min(edge, weeks) for edge in edges})):  # amounts change at these alone
        amounts = schedule.amounts(first)  # [department, resource]
        open_to_cuts = 1.0 - (amounts[:, protected] if protected is not None else np.zeros(len(shares)))
        kept = np.ones(len(shares))
        for event in in_force:
            if event.week <= first < event.week + float(event.fields["weeks"]):
                kept = kept * (1.0 - float(event.fields["share"]) * open_to_cuts)
        cost = (shares * kept) @ amounts * prices
        head[first:last], once[first:last] = heads * cost[by_head].sum(), cost[~by_head].sum()
    return head, once


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
        requested: The most that each may be planned to cost, in the scenario's currency, instead of the median.

    Returns:
        The policies in the same order, and the budget.

    Raises:
        ScenarioError: If no policy costs anything, or one costs more than the budget whatever its amounts.
    """
    costs = {policy.name: planned_cost(policy, scenario) for policy in loaded_policies}
    paid = [policy for policy in loaded_policies if costs[policy.name] > 0.0]
    if not paid:
        raise ScenarioError(
            ["--equal-budget needs policies that cost something, got none. Name others with --policy, or leave it out."]
        )
    most = {policy.name: most_planned(policy, scenario) for policy in paid}
    scarcest = min(most, key=lambda name: most[name])
    median = float(np.median([costs[policy.name] for policy in paid]))
    amount = min(median, most[scarcest])
    if requested is not None:
        check_argument("--budget", requested, BUDGET)
        amount = requested
    below = {name: limit for name, limit in most.items() if limit < amount * (1.0 - _ENOUGH)}
    fixed = [policy.name for policy in paid if planned_cost(scale_amounts(policy, 0.0), scenario) >= amount]
    if fixed:
        raise ScenarioError(
            [
                f"--equal-budget: {name} costs more than the common budget of {amount:.6g} {scenario.currency} by its "
                f"{' and '.join(NOT_SCALED)} alone. Set the cost of that lower, or leave the policy out."
                for name in fixed
            ]
        )
    result, factors = scale_to({name: min(amount, most[name]) for name in most}, loaded_policies, scenario)
    limited_by = scarcest if requested is None and amount < median else ""
    return result, Budget(amount, factors, limited_by, capped_resources(paid, factors), below, requested)


def scale_to(
    planned: Mapping[str, float], loaded_policies: Sequence[Policy], scenario: Scenario
) -> tuple[tuple[Policy, ...], dict[str, float]]:
    """Scale policies each to a planned cost of its own.

    Args:
        planned: Policy -> what it shall be planned to cost; a policy that is not named stays as it is.
        loaded_policies: The policies as they are written.
        scenario: Its costs, staff and departments.

    Returns:
        The policies in the same order, and the factors of those that are named.
    """
    factors = {
        policy.name: _factor(policy, scenario, planned[policy.name])
        for policy in loaded_policies
        if policy.name in planned
    }
    scaled = tuple(
        scale_amounts(policy, factor) if (factor := factors.get(policy.name, 1.0)) != 1.0 else policy
        for policy in loaded_policies
    )
    return scaled, factors


def most_planned(policy: Policy, scenario: Scenario) -> float:
    """What a policy is planned to cost with every resource at its legal maximum."""
    return planned_cost(scale_amounts(policy, largest_factor(policy)), scenario)


def capped_resources(loaded_policies: Sequence[Policy], factors: Mapping[str, float]) -> dict[str, tuple[str, ...]]:
    """Policy -> resources that its factor would take beyond their legal maximum; policies without any are left out."""
    found = {policy.name: _capped_resources(policy, factors[policy.name]) for policy in loaded_policies}
    return {name: resources for name, resources in found.items() if resources}


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
    if excess(0.0) >= 0.0:
        return 0.0
    return float(brentq(excess, 0.0, high, xtol=1e-12, rtol=1e-12))
