"""Sponsorship: which part of a policy is in force. Successors end programs, budgets are cut, and protected amounts stay.

A policy declares amounts of resources. What is left of them in each department is decided here.
"""

from __future__ import annotations

from sim.model.kernel.columns import FLAG, effect_column, number
from sim.model.kernel.records import Environment, OrganizationNumbers, PolicyAmounts, Week

NUMBERS = (
    number("program", "Share of the program that is still sponsored (1 until a successor ends it).", start=1.0),
    number(
        "begun",
        "Whether the policy has asked for anything yet; until then nobody sponsors it.",
        "yes or no",
        dtype=FLAG,
    ),
)

COLUMNS = (effect_column("budget_cuts", "Cuts of the budget in force: the part of amounts that is cut."),)


def fund_policy(
    environment: Environment,
    policy: PolicyAmounts,
    requested: PolicyAmounts,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """The policy's amounts are set. Budget cuts and the sponsor's successor reduce what is not protected."""
    for resource in range(len(policy)):
        policy[resource][:] = 0.0
    if week.number < 0:
        return
    for department in range(requested.protected_budget.size):
        open_to_cuts = 1.0 - requested.protected_budget[department]
        kept = 1.0 - (1.0 - organization.program) * open_to_cuts
        for cut in range(environment.budget_cuts.shape[0]):
            if week.number < environment.budget_cuts[cut, 1]:
                kept *= 1.0 - environment.budget_cuts[cut, 0] * open_to_cuts
        for resource in range(len(requested)):
            asked = requested[resource][department]
            policy[resource][department] = asked * kept
            if asked != 0.0:
                organization.begun = True
