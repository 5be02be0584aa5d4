"""The week begins: events strike, executives come and go, resources are set."""

from __future__ import annotations

import numpy as np

from sim.mechanisms.leadership import true_weights
from sim.organization import Organization
from sim.policies.resources import RESOURCE_NAMES, RESOURCES
from sim.scenario.schema import Event

_WEEKS_A_YEAR = 52.0
_PROTECTED = RESOURCE_NAMES.index("protected_budget")


def strike(org: Organization) -> None:
    """Events that the scenario schedules for this week strike."""
    for event in org.scenario.events:
        if event.week != org.week:
            continue
        if event.kind == "executive_succession":
            org.now.forced_succession = float(event.fields["share"])
        elif event.kind == "manager_exit":
            names = [department.name for department in org.scenario.departments]
            hit = np.array([event.departments is None or name in event.departments for name in names])
            org.now.forced_manager_exit = hit * float(event.fields["share"])
        elif event.kind == "budget_cut":
            org.budget_cuts.append((float(event.fields["share"]), org.week + int(event.fields["weeks"])))
        elif event.kind == "market_shift":
            org.market = min(1.0, org.market + float(event.fields["size"]))
            org.now.upheaval += float(event.fields["size"])
        elif event.kind == "service_crisis":
            org.surroundings.crises.append((float(event.fields["share"]), org.week + int(event.fields["weeks"])))
        elif event.kind == "merger":
            org.now.forced_merger = float(event.fields["share"])
        else:
            _shake_governance(org, event)


def _shake_governance(org: Organization, event: Event) -> None:
    """Events that strike those who decide: an early election, a squeeze of the margin, the next fad."""
    size = float(event.fields["share"])
    if size == 0.0:
        return
    if event.kind == "election":
        org.governance.campaigns.append((org.week + int(event.fields["weeks"]), size))
    elif event.kind == "margin_squeeze":
        org.governance.squeezes.append((size, org.week + int(event.fields["weeks"])))
    elif event.kind == "next_fad":
        org.now.fad = size


def succeed(org: Organization) -> None:
    """Executives leave and are succeeded at once; a sponsor's successor goes on with the program or ends it."""
    executives = org.executives
    count = len(executives)
    weekly = -np.expm1(np.log1p(-min(org.number("executives.succession"), 1.0 - 1e-12)) / _WEEKS_A_YEAR)
    leaving = org.uniform("executive leaves", count) < weekly
    leaving[: int(np.ceil(org.now.forced_succession * count))] = True
    executives.tenure += 1.0
    if not leaving.any():
        return
    rows = np.flatnonzero(leaving)
    normal = org.normal("successor weights", (count, 2))
    customers, owners, own = true_weights(
        normal[:, 0],
        normal[:, 1],
        org.number("executives.customer_weight"),
        org.number("executives.self_weight"),
        org.number("executives.weight_spread"),
    )
    executives.weight_customers[rows] = customers[rows]
    executives.weight_owners[rows] = owners[rows]
    executives.weight_self[rows] = own[rows]
    executives.self_assessment[rows] = org.number("satisfaction.reference")
    executives.tenure[rows] = 0.0
    executives.identity[rows] = org.executives_seen + np.arange(rows.size)
    org.executives_seen += rows.size
    keeps = org.uniform("successor keeps", 1)[0] < org.number("executives.successor_keeps")
    # A chief who comes before the program has begun is its sponsor, not a successor who could end it.
    if leaving[0] and org.begun and not keeps:
        org.program = 0.0


def fund(org: Organization) -> None:
    """The policy's amounts are set; what is not protected falls to budget cuts and to the sponsor's successor."""
    if org.week < 0:
        return
    wanted = org.plan.amounts(org.week)
    protected = wanted[:, [_PROTECTED]]
    kept = 1.0 - (1.0 - org.program) * (1.0 - protected)
    for share, until in org.budget_cuts:
        if org.week < until:
            kept = kept * (1.0 - share * (1.0 - protected))
    org.now.amounts = wanted * kept
    org.begun = org.begun or bool(wanted.any())


def pay_for_policy(org: Organization) -> float:
    """Cost of the amounts in force: per head reached, or for the whole organization (by share of seats reached)."""
    if not org.now.amounts.any():
        return 0.0
    seats = org.departments.seats
    heads = np.bincount(org.employees.department[org.employees.employed], minlength=seats.size)
    total = 0.0
    for index, resource in enumerate(RESOURCES.values()):
        price = org.number(f"cost.{resource.name}")
        amounts = org.now.amounts[:, index]
        reached = heads if resource.per == "head" else seats / seats.sum()
        total += price * float((amounts * reached).sum())
    return total
