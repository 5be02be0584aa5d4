"""What a scenario file may hold, apart from its parameters and policies.

A file may leave out everything but its departments: parameters take the defaults of the registry. Departments have no
default, since how customers and power are spread over them is what a scenario is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.bundle import Bundle, FrozenMapping
from sim.model.scenario.rules import LONGEST_RUN, NAME, Rule, list_of, number, one_of, text, week_rule

WEEKS = 260
"""Weeks of a run unless the file says otherwise: five years."""

HEADLINE_POLICIES = ("none", "symbolic", "procedural", "value-driven", "symbolic-then-value-driven")
"""Policies that are compared when neither the file nor the user names any."""

OBJECTIVES = (
    "organization_value",
    "customer_value",
    "net_present_value",
    "customer_lifetime_value",
    "enacted_change",
    "lift_peak",
    "lift_at_end",
    "lift_later",
    "residual",
    "practicing_lift_at_end",
    "practicing_lift_later",
    "practicing_residual",
    "reach",
    "reach_peak",
    "attitudinal_loyalty_change",
    "retention_annual",
    "retention_change",
    "satisfaction_change",
    "trust_change",
    "revealed",
)
"""Measures of a comparison that can be an objective: one number each, of which more is better."""

STRUCTURE = {
    "departments": "list of tables [[departments]]",
    "policies": "tables [policies.NAME]",
    "events": "list of tables [[events]]",
    "futures": "tables [futures.NAME]",
}
"""Top-level keys with tables of their own, each with a hint."""

SETTINGS: Mapping[str, Rule] = {
    "name": NAME,
    "about": text("text: what the scenario is about"),
    "notice": text("text: what to notice"),
    "try": text("text: what to try"),
    "currency": text("text, default EUR", longest=12),
    "weeks": week_rule(1, LONGEST_RUN, "weeks", f"Leave it out for the default {WEEKS}."),
    "default_policies": list_of(
        NAME, "a list of policy names", 'Write for example ["none", "symbolic"].', "list of names"
    ),
    "objective": one_of(
        dict.fromkeys(OBJECTIVES, ""),
        "a measure to maximize",
        hint="measure to maximize, default organization_value",
    ),
}
"""Top-level keys with a single value."""

DEPARTMENT: Mapping[str, Rule] = {
    "name": NAME,
    "share": Rule(
        number(gt=0, le=1),
        "a number",
        "more than 0, at most 1 (share of the employees)",
        "share of the employees, more than 0, at most 1",
        "Leave a department without employees out.",
    ),
    "facing": Rule(
        number(ge=0, le=1),
        "a number",
        "0 to 1 (share of its work that faces customers)",
        "share of its work that faces customers, 0 to 1",
        "Write 0 for a back office.",
    ),
    "power": Rule(
        number(ge=0, le=1),
        "a number",
        "0 to 1 (weight in decisions)",
        "weight in decisions, 0 to 1",
        "Only the proportions between departments count.",
    ),
}
"""Keys of a table ``[[departments]]``; all of them are required."""


@dataclass(frozen=True, slots=True)
class Department:
    """A part of the organization.

    Attributes:
        name: What it is called; policies and events refer to it by this name.
        share: Share of all employees, above 0; the shares of all departments sum to 1.
        facing: Share of its work that faces customers, 0 to 1.
        power: Relative weight in decisions, 0 to 1; above 0 in at least one department.
    """

    name: str
    share: float
    facing: float
    power: float

    def to_dict(self) -> dict[str, Any]:
        """Table as it stands in a file."""
        return {"name": self.name, "share": self.share, "facing": self.facing, "power": self.power}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to the organization in a given week.

    Attributes:
        kind: Name in the registry of shocks.
        week: Week in which it happens, counted from 0 after the burn-in.
        fields: Every field of its kind, defaults filled in.
        departments: Names of the departments that it happens to; ``None`` means all.
    """

    kind: str
    week: int
    fields: Mapping[str, ParameterValue] = field(default_factory=FrozenMapping)
    departments: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Table as it stands in a file."""
        table = {"kind": self.kind, "week": self.week, **self.fields}
        return table if self.departments is None else {**table, "departments": list(self.departments)}


class Parts(TypedDict):
    """Everything a scenario consists of, checked and complete."""

    name: str
    about: str
    notice: str
    suggestion: str
    currency: str
    weeks: int
    default_policies: tuple[str, ...]
    objective: str
    parameters: Mapping[str, ParameterValue]
    departments: tuple[Department, ...]
    policies: Mapping[str, Bundle]
    events: tuple[Event, ...]
    futures: Mapping[str, Mapping[str, ParameterValue]]
