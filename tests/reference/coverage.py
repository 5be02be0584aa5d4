"""What the reference covers; a scenario or policy that asks for more is refused."""

from __future__ import annotations

from sim.kernel.parameters import ParameterValue
from sim.policies.bundle import Bundle
from sim.scenario import Scenario

LEFT_OUT: dict[str, ParameterValue] = {
    "arbitration.rule": "hierarchy",
    "calendar.listening": 0.0,
    "credit.threat": 0.0,
    "criteria.leniency": 0.0,
    "criteria.setter": "executive",
    "definitions.discord": 0.0,
    "dues.arrears": 0.0,
    "fads.rate": 0.0,
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
    "recovery.words": 0.0,
    "structure.by_customer": 0.0,
}
"""Parameters that must have these values, at which a mechanism that the reference leaves out changes nothing."""

NORM_RULES = ("best-response", "majority")

EVENTS = ("executive_succession",)

RESOURCES = (
    "alignment",
    "coaching",
    "hiring_filter",
    "monitoring",
    "posters",
    "procedures",
    "protected_budget",
    "recovery_authority",
    "relief",
    "speeches",
    "sponsor_attention",
    "training",
)


class NotCoveredError(ValueError):
    """The reference cannot say what would happen."""


def refuse_more(scenario: Scenario, bundle: Bundle) -> None:
    """Refuse what the reference leaves out.

    Raises:
        NotCoveredError: With everything in scenario and policy that it does not cover.
    """
    parameters = scenario.parameters
    found = [f"{name} = {parameters[name]}" for name, value in LEFT_OUT.items() if parameters[name] != value]
    if parameters["norm.rule"] not in NORM_RULES:
        found.append(f"norm.rule = {parameters['norm.rule']}")
    found += [f"event {event.kind}" for event in scenario.events if event.kind not in EVENTS]
    found += [f"resource {name}" for name in bundle.resources if name not in RESOURCES]
    if found:
        raise NotCoveredError(f"the reference does not cover {', '.join(found)}")
