"""One agent's history: what happened to it, week by week, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pandas as pd

from sim.model.engine import run_week
from sim.model.mechanisms.lifetime import shifted_hazard, staying_shift
from sim.model.organization import Organization
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario
from sim.model.simulation import burn_in, with_policy

TRACED = ("customer", "employee", "department", "executive")
"""Kinds of agents that can be traced."""


@dataclass
class _History:
    """Rows of the history, in order."""

    rows: list[tuple[int, str, float, str]] = field(default_factory=list)
    week: int = 0

    def record(self, what: str, value: float, cause: str) -> None:
        self.rows.append((self.week, what, float(value), cause))


def trace(scenario: Scenario, policy: Policy, seed: int, weeks: int, kind: str, identity: int) -> pd.DataFrame:
    """History of one agent under a policy.

    Args:
        kind: ``customer``, ``employee``, ``department`` or ``executive``.
        identity: Number in order of arrival; agents of the outset come first.

    Returns:
        Columns ``week, what, value, cause``. Empty when the agent never came within these weeks.

    Raises:
        ValueError: If ``kind`` is unknown or ``identity`` negative.
    """
    if kind not in _RECORDERS or identity < 0:
        raise ValueError(f"an agent is one of {', '.join(TRACED)} and a number from 0 on, got {kind}:{identity}")
    organization = with_policy(burn_in(scenario, seed), policy)
    history = _History()
    recorder = _RECORDERS[kind]
    before = _row(organization, kind, identity)
    for _ in range(weeks):
        history.week = organization.week
        run_week(organization)
        after = _row(organization, kind, identity)
        recorder(organization, history, identity, before, after)
        before = after
    if before >= 0 and kind in _FINAL_RECORDERS:
        _FINAL_RECORDERS[kind](organization, history, before)
    return pd.DataFrame(history.rows, columns=["week", "what", "value", "cause"])


def _row(org: Organization, kind: str, identity: int) -> int:
    """Position at which the agent is now, or -1."""
    found = np.flatnonzero(getattr(org, f"{kind}s").identity == identity)
    return int(found[0]) if found.size else -1


def _customer(org: Organization, history: _History, identity: int, before: int, after: int) -> None:
    """A customer's contacts with the satisfaction after them, arrival, and exit with its hazard."""
    customers = org.customers
    if before < 0 and after >= 0:
        chance = org.number("customers.acquisition")
        history.record("became a customer", 1, f"base chance {chance:.4f} a week, reputation {org.reputation:+.2f} sd")
    row = before if before >= 0 else after
    if before >= 0 and customers.contact[row]:
        history.record("served", customers.served[row], _why_served(org, row))
        history.record("satisfaction", customers.satisfaction[row], f"expectation now {customers.expectation[row]:.3f}")
        history.record("trust", customers.trust[row], f"depth of relationship {customers.depth[row]:.3f}")
    if before >= 0 and customers.lost[before] and customers.lost_identity[before] == identity:
        own = customers.hazard[before] if customers.contract[before] else customers.dropout[before]
        shift = staying_shift(customers, before, parameters_of(org))
        draw = customers.leaving_draw[before]
        chance = current_leaving_probability(org, before)
        word = "left" if customers.contract[before] else "stopped buying"
        per = "in this week" if customers.contract[before] else "after this purchase"
        drawn = f", drew {draw:.5f}" if customers.contract[before] else ""
        history.record(
            word,
            chance,
            f"chance {chance:.5f} {per}: own baseline {own:.5f}, its log-odds shifted by {-shift:+.3f} "
            f"(satisfaction {customers.satisfaction[before]:.3f}, trust and depth of the relationship){drawn}",
        )


def current_leaving_probability(org: Organization, position: int) -> float:
    """Probability that the customer at a position leaves this week, or stops buying after a purchase."""
    customers = org.customers
    own = customers.hazard[position] if customers.contract[position] else customers.dropout[position]
    return shifted_hazard(float(own), float(staying_shift(customers, position, parameters_of(org))))


def parameters_of(org: Organization) -> SimpleNamespace:
    """Parameters of an organization as rules and steps read them: ``parameters.norm_sharpness``."""
    known = org.registry.parameters.items()
    return SimpleNamespace(**{entry.record_name: entry.encode(org.parameters[name]) for name, entry in known})


def _customer_at_the_end(org: Organization, history: _History, row: int) -> None:
    """State of a customer who is still there at the end."""
    customers, chance = org.customers, current_leaving_probability(org, row)
    history.record(
        "still a customer",
        chance,
        f"chance to leave {chance:.5f}: own baseline "
        f"{customers.hazard[row] if customers.contract[row] else customers.dropout[row]:.5f}, satisfaction "
        f"{customers.satisfaction[row]:.3f}, trust {customers.trust[row]:.3f}, after {customers.tenure[row]:.0f} weeks",
    )


def _employee_at_the_end(org: Organization, history: _History, row: int) -> None:
    """State of an employee who is still there at the end."""
    employees = org.employees
    history.record(
        "still employed",
        1,
        f"value {employees.value[row]:.3f}, habit {employees.habit[row]:.2f}, cynicism {employees.cynicism[row]:.2f}, "
        f"energy {employees.energy[row]:.2f}, satisfaction {employees.satisfaction[row]:.2f}",
    )


def _why_served(org: Organization, row: int) -> str:
    """Why a customer was served or not in this week's contact."""
    customers, employees = org.customers, org.employees
    seat = int(customers.met[row])
    if seat < 0:
        return "nobody could be reached: the seats tried were vacant"
    causes = [f"met employee {employees.identity[seat]}"]
    causes.append("who practiced" if employees.choice[seat] else "who did not practice")
    causes.append(f"energy {employees.energy[seat]:.2f}")
    causes.append(f"work pressure {employees.pressure[seat]:.2f}")
    if customers.conflict[row]:
        causes.append(
            "conflict decided for the customer" if customers.conceded[row] else "conflict decided against them"
        )
    if customers.failed[row]:
        causes.append("failed, and made right" if customers.recovered[row] else "failed, and not made right")
    return ", ".join(causes)


def _employee(org: Organization, history: _History, identity: int, before: int, after: int) -> None:
    """An employee's choices with memory, value and prompts behind them, arrival, and exit."""
    employees = org.employees
    if after < 0:
        if before >= 0:
            dismissed = identity in employees.dismissed[: org.this_week.dismissed]
            reason = "dismissed" if dismissed else "left of their own accord"
            history.record(
                reason, 1, "internal demands unmet or chance" if dismissed else "turnover, satisfaction, or an event"
            )
        return
    if before < 0:
        history.record(
            "was hired", 1, f"value {employees.value[after]:.3f}, filter {org.amount('hiring_filter')[after]:.2f}"
        )
    size = employees.memory.shape[1]
    share = employees.memory_total[after] / (100 * size)
    prompts = [f"{share:.2f} of memory practiced", f"value {employees.value[after]:.3f}"]
    prompted_by = int(employees.prompted_by[after])
    if prompted_by:
        prompts.append(("coached", "by example", "monitored")[prompted_by - 1])
    for name in ("coaching", "monitoring"):
        amount = org.amount(name)[after]
        if amount > 0:
            prompts.append(f"{name} {amount:.2f}")
    history.record(
        "practiced" if employees.choice[after] else "did not practice", employees.choice[after], ", ".join(prompts)
    )
    history.record(
        "delivery",
        employees.delivery[after],
        f"attention to customers {employees.attention_customers[after]:.2f}, energy {employees.energy[after]:.2f}, "
        f"standard {employees.standard[after]:.2f}, compliance {employees.followed[after]:.2f}, "
        f"cynicism {employees.cynicism[after]:.2f}",
    )


def _department(org: Organization, history: _History, identity: int, before: int, after: int) -> None:
    """Practice and work of a department."""
    employees = org.employees
    present = employees.employed & (employees.department == identity)
    if after < 0:
        return
    heads = int(present.sum())
    pressure = org.departments.work_pressure[after]
    history.record("employees", heads, f"of {org.departments.seats[after]} seats")
    if heads:
        practice = float(employees.choice[present].mean())
        history.record(
            "practicing", practice, f"work pressure {pressure:.2f}, adopted {org.departments.adopted[after]:.2f}"
        )


def _executive(org: Organization, history: _History, identity: int, before: int, after: int) -> None:
    """Self-assessment and weights of an executive."""
    executives = org.executives
    if after < 0:
        if before >= 0:
            history.record("left office", 1, "succession by chance or by an event")
        return
    if before < 0:
        history.record("took office", 1, f"true weight on customers {executives.weight_customers[after]:.3f}")
    reported = (
        "no survey answers" if np.isnan(org.this_week.reported) else f"reported score {org.this_week.reported:.3f}"
    )
    history.record("self-assessment", executives.self_assessment[after], reported)


_RECORDERS: dict[str, Callable[[Organization, _History, int, int, int], None]] = {
    "customer": _customer,
    "employee": _employee,
    "department": _department,
    "executive": _executive,
}

_FINAL_RECORDERS: dict[str, Callable[[Organization, _History, int], None]] = {
    "customer": _customer_at_the_end,
    "employee": _employee_at_the_end,
}
