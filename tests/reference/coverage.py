"""What the reference covers; a scenario or policy that asks for more is refused."""

from __future__ import annotations

from sim.model import registry
from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario

BESIDE_THE_CORE: dict[str, ParameterValue] = {
    "arbitration.rule": "hierarchy",
    "calendar.listening": 0.0,
    "credit.threat": 0.0,
    "criteria.leniency": 0.0,
    "criteria.setter": "executive",
    "definitions.discord": 0.0,
    "dues.arrears": 0.0,
    "fads.rate": 0.0,
    "failure_demand.returns": 0.0,
    "insiders.filter": 0.0,
    "justice.attention_effect": 0.0,
    "justice.energy_effect": 0.0,
    "justice.satisfaction_effect": 0.0,
    "line.rule": "discretion",
    "motive.means": 0.0,
    "needs.weight": 0.0,
    "partners.dependence": 0.0,
    "place.decoupling": 0.0,
    "power.budget": 0.0,
    "power.voice": 0.0,
    "recovery.delight": 0.0,
    "recovery.notice": 1.0,
    "recovery.residual_loss": 0.0,
    "recovery.words": 0.0,
    "relationship.forgiveness": 0.0,
    "relationship.recommendation": 0.0,
    "relationship.stay_depth": 0.0,
    "relationship.stay_trust": 0.0,
    "relationship.wallet_depth": 0.0,
    "relationship.wallet_trust": 0.0,
    "structure.by_customer": 0.0,
}
"""Parameters at which the mechanisms that act beside the core in every week change nothing."""

MECHANISMS = (
    "arbitration", "attention", "audit", "calendar", "capability", "compliance", "conflict", "credit", "criteria",
    "definitions", "delegation", "delivery", "direction", "disclosure", "dues", "empathy", "energy", "fads",
    "failure-demand", "focus", "gaming", "insiders", "interest", "justice", "leadership", "ledger", "lifetime",
    "line", "moments", "motive", "needs", "network", "norm", "partners", "place", "power", "price", "promotion",
    "recovery", "relationship", "salience", "satisfaction", "service", "staffing", "standard", "standing",
    "structure", "survey", "susceptibility", "training", "word-of-mouth", "workload",
)  # fmt: skip

CHOICES = {
    "arbitration.rule": ("hierarchy", "ombudsman", "contract"),
    "criteria.setter": ("executive", "staff", "customers", "independent"),
    "lifetime.retention_of": ("book", "newcomers"),
    "line.rule": ("discretion", "convenience", "fixed", "negotiated"),
    "norm.rule": ("best-response", "majority", "averaging"),
    "relationship.founding": ("derived", "given"),
}
"""Rules among which a scenario chooses."""

EVENTS = (
    "budget_cut", "election", "executive_succession", "manager_exit", "margin_squeeze", "market_shift", "merger", "next_fad",
    "service_crisis",
)  # fmt: skip

RESOURCES = (
    "alignment", "audit_consequence", "audit_independence", "audit_probability", "coaching", "consent", "delegated_power",
    "delegation", "disclosure", "feedback", "hiring_filter", "moments", "monitoring", "participation", "partner_standards",
    "posters", "procedures", "promotion", "protected_budget", "recovery_authority", "relief", "score_bonus", "segments",
    "speeches", "sponsor_attention", "training",
)  # fmt: skip


def core_of(scenario: Scenario) -> Scenario:
    """The scenario with the core alone: all other mechanisms are off."""
    return scenario.override(dict(BESIDE_THE_CORE))


class NotCoveredError(ValueError):
    """The reference does not cover this scenario or policy."""


def refuse_more(scenario: Scenario, policy: Policy) -> None:
    """Refuse what the reference leaves out.

    Raises:
        NotCoveredError: With everything in scenario and policy that it does not cover.
    """
    parameters = scenario.parameters
    found = [
        f"mechanism {name}"
        for name, mechanism in registry.current().mechanisms.items()
        if name not in MECHANISMS
        and (mechanism.core or any(parameters[key] != value for key, value in mechanism.neutral.items()))
    ]
    found += [f"{name} = {parameters[name]}" for name, choices in CHOICES.items() if parameters[name] not in choices]
    found += [f"event {event.kind}" for event in scenario.events if event.kind not in EVENTS]
    found += [f"resource {name}" for name in policy.resources if name not in RESOURCES]
    if found:
        raise NotCoveredError(f"the reference does not cover {', '.join(found)}")
