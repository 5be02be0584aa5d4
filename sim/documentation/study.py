"""A study: a scenario and the policies that are compared in it; and what of the model acts in it.

A mechanism does not act where its parameters are at their neutral values, nor where nothing sets it going: moments need a
policy that holds them, gaming needs a bonus. What sets each going stands here, since the code of a mechanism does not say it in
one place. A test changes all that a study leaves out at once, and compares all bits of all runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

from sim.model.kernel.columns import Column, Number
from sim.model.kernel.parameters import Parameter
from sim.model.policies.policy import NONE, Policy
from sim.model.policies.resources import Resource
from sim.model.registry import MECHANISMS, modules
from sim.model.scenario import Scenario

WORK, ANY = "work", "anything"
"""Any resource that is work, and any resource at all."""

Causes = tuple[tuple[str, ...], ...]
"""Sets of things of which one must be there in full: resources, ``work``, ``anything``, ``event:KIND``, ``PARAMETER=VALUE``,
``PARAMETER>0``, ``PARAMETER<1``."""

_TAUGHT: Causes = (("training",), ("coaching",), ("sponsor_attention",))
_CONTRACT: Causes = (("customers.contract_share>0",),)
_PURCHASES: Causes = (("customers.contract_share<1",),)
_SHIFT: Causes = (("event:market_shift",), ("event:merger",))

STARTS: Mapping[str, Causes] = {
    "audit": (("participation",), ("audit_independence", "audit_probability", "audit_consequence")),
    "compliance": (("procedures",), ("monitoring",)),
    "credit": ((ANY,),),
    "delegation": (("delegation",),),
    "disclosure": (("disclosure",), ("consent",)),
    "empathy": (("moments",),),
    "focus": (("segments",),),
    "gaming": (("score_bonus",),),
    "moments": (("moments",),),
    "place": ((WORK,),),
    "promotion": (("promotion",),),
    "sponsorship": ((ANY,),),
}
"""Mechanisms that do nothing by themselves, and what sets them going."""

PARAMETER_STARTS: Mapping[str, Causes] = {
    "calendar.farthest_weeks": (("moments",),),
    "calendar.lead_weeks": (("moments",),),
    "calendar.standing": (("moments",),),
    "coaching.": (("coaching",),),
    "criteria.capture": (("criteria.setter=customers",),),
    "criteria.independent": (("criteria.setter=independent",),),
    "criteria.panel": (("criteria.setter=customers",),),
    "definitions.talk_listening": (("alignment",),),
    "definitions.talk_meetings": (("alignment",),),
    "employees.satisfaction_relief": (("relief",),),
    "energy.relief_effect": (("relief",),),
    "example.": (("sponsor_attention",),),
    "lifetime.churn_alpha": _CONTRACT,
    "lifetime.churn_beta": _CONTRACT,
    "lifetime.dropout_a": _PURCHASES,
    "lifetime.dropout_b": _PURCHASES,
    "lifetime.purchase_scale": _PURCHASES,
    "lifetime.purchase_shape": _PURCHASES,
    "lifetime.retention_annual": _CONTRACT,
    "lifetime.retention_of": _CONTRACT,
    "line.bargaining": (("line.rule=negotiated",),),
    "line.negotiation_weeks": (("line.rule=negotiated",),),
    "money.margin": _CONTRACT,
    "monitoring.": (("monitoring",),),
    "needs.sensing": (("feedback",),),
    "needs.upheaval": _SHIFT,
    "norm.averaging_rate": (("norm.rule=averaging",),),
    "norm.coached_weight": (("coaching",),),
    "norm.example_weight": (("sponsor_attention",),),
    "norm.monitored_weight": (("monitoring",),),
    "partners.improvement": (("partner_standards",),),
    "relationship.founding_depth": (("relationship.founding=given",),),
    "relationship.founding_weeks": (("relationship.founding=given",),),
    "service.contact_spread": _CONTRACT,
    "service.contacts": _CONTRACT,
    "staffing.volume_weeks": (("staffing.follows_volume>0",),),
    "training.": _TAUGHT,
    "workload.procedure_burden": (("procedures",),),
    "workload.relief_effect": (("relief",),),
}
"""Parameters (or sections of them) that do nothing by themselves within a mechanism that acts, and what sets them going."""

RULE_STARTS: Mapping[str, Causes] = {
    "line.negotiated_weight": (("line.rule=negotiated",),),
    "norm.average_values": (("norm.rule=averaging",),),
    "norm.majority_choice": (("norm.rule=majority",),),
    "norm.practice_probability": (("norm.rule=best-response",),),
}
"""The same of rules, one of which is chosen."""

COLUMN_STARTS: Mapping[str, Causes] = {
    "customers.contact_rate": _CONTRACT,
    "customers.dropout": _PURCHASES,
    "customers.hazard": _CONTRACT,
    "customers.next_purchase": _PURCHASES,
    "customers.rate": _PURCHASES,
}
"""The same of state variables."""


def _is_above(value: Any, asked: str) -> bool:
    return float(value) > float(asked)


def _is_below(value: Any, asked: str) -> bool:
    return float(value) < float(asked)


@dataclass(frozen=True)
class Study:
    """A scenario with the policies that are compared in it.

    Attributes:
        scenario: The scenario.
        policies: All but the twin.
    """

    scenario: Scenario
    policies: tuple[Policy, ...]

    @classmethod
    def of(cls, scenario: Scenario, policies: Sequence[Policy] = ()) -> Study:
        """The study of these policies, or of the scenario's own."""
        chosen = policies or [scenario.policies[name] for name in scenario.default_policies if name != NONE.name]
        return cls(scenario, tuple(policy for policy in chosen if policy.name != NONE.name))

    @cached_property
    def spent(self) -> frozenset[str]:
        """Names of resources that any of the policies spends."""
        return frozenset(name for policy in self.policies for name in policy.resources)

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """Resources that any of the policies spends, and those that executives turn work into."""
        talk = self.acts("place")
        return {
            name: each
            for name, each in self.scenario.registry.resources.items()
            if name in self.spent or (talk and each.nature == "talk")
        }

    @cached_property
    def event_kinds(self) -> frozenset[str]:
        """Kinds of events that happen."""
        return frozenset(event.kind for event in self.scenario.events)

    def is_caused(self, causes: Causes) -> bool:
        """Whether one of the causes is there in full."""
        return any(all(self._is_there(each) for each in together) for together in causes)

    def _is_there(self, cause: str) -> bool:
        values = self.scenario.parameters
        if cause == ANY:
            return bool(self.spent)
        if cause == WORK:
            return any(self.scenario.registry.resources[name].nature == "work" for name in self.spent)
        if cause.startswith("event:"):
            return cause.removeprefix("event:") in self.event_kinds
        for sign, holds in (("=", lambda value, asked: str(value) == asked), (">", _is_above), ("<", _is_below)):
            name, found, asked = cause.partition(sign)
            if found:
                return bool(holds(values[name], asked))
        return cause in self.spent

    def acts(self, mechanism: str) -> bool:
        """Whether a mechanism (its name with hyphens) acts."""
        known = self.scenario.registry.mechanisms.get(mechanism)
        values = self.scenario.parameters
        if known is not None and known.neutral and all(values[name] == value for name, value in known.neutral.items()):
            return mechanism == "fads" and "next_fad" in self.event_kinds
        return self.is_caused(STARTS[mechanism]) if mechanism in STARTS else True

    @cached_property
    def mechanisms(self) -> dict[str, ModuleType]:
        """Files of mechanisms that act, by name."""
        own = {
            module.__name__.removeprefix(f"{MECHANISMS}.").replace("_", "-"): module
            for module in modules()
            if module.__name__.startswith(f"{MECHANISMS}.")
        }
        return {name: own[name] for name in sorted(own) if self.acts(name)}

    @cached_property
    def _resting(self) -> frozenset[str]:
        """Modules of mechanisms that do not act."""
        acting = {module.__name__ for module in self.mechanisms.values()}
        return frozenset(
            module.__name__ for module in modules()
            if module.__name__.startswith(f"{MECHANISMS}.") and module.__name__ not in acting
        )  # fmt: skip

    def has(self, module: str) -> bool:
        """Whether what a module declares is part of the study: all but mechanisms that do not act."""
        return module not in self._resting

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Parameters that act."""
        resting = {
            parameter.name for module in modules() if not self.has(module.__name__)
            for parameter in getattr(module, "PARAMETERS", ())
        }  # fmt: skip
        return {
            name: parameter
            for name, parameter in self.scenario.registry.parameters.items()
            if name not in resting and self._parameter_acts(name)
        }

    def _parameter_acts(self, name: str) -> bool:
        if name.startswith("cost."):
            return name.removeprefix("cost.") in self.resources
        return all(
            self.is_caused(causes)
            for prefix, causes in PARAMETER_STARTS.items()
            if name == prefix or (prefix.endswith(".") and name.startswith(prefix))
        )

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """State variables of the mechanisms that act."""
        resting = {
            (column.table, column.name) for module in modules() if not self.has(module.__name__)
            for column in getattr(module, "COLUMNS", ())
        }  # fmt: skip
        return tuple(
            column
            for column in self.scenario.registry.columns
            if column.lasting
            and (column.table, column.name) not in resting
            and self.is_caused(COLUMN_STARTS.get(f"{column.table}.{column.name}", ((),)))
        )

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """The same of the organization as a whole."""
        resting = {
            number.name
            for module in modules()
            if not self.has(module.__name__)
            for number in getattr(module, "NUMBERS", ())
        }
        return tuple(
            number for number in self.scenario.registry.numbers if not number.weekly and number.name not in resting
        )
