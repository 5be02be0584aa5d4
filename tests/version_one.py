"""The first version as a special case of this one: every parameter that is new since then, where it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.parameters import ParameterValue

VERSION_ONE: Mapping[str, ParameterValue] = {
    # What coaching and an example prompted counted as free practice, and what monitoring prompted did not.
    "norm.monitored_weight": 0.3,
    "norm.coached_weight": 1.0,
    "norm.example_weight": 1.0,
    # Mechanisms and rules that came later, each at its neutral setting.
    "expectation.market": 0.42,
    "norm.value_anchor": 0.0,
    "norm.misperception": 0.0,
    "learning.unused_weeks": 0.0,
    "coaching.span": 100_000.0,
    "susceptibility.spread": 0.0,
    "salience.value_effect": 0.0,
    "energy.dissonance": 0.0,
    "direction.example": 0.0,
    "direction.hours": 0.0,
    "direction.bonus": 0.0,
    "executives.dismissal": 0.0,
    "capability.effect": 0.0,
    "empathy.effect": 0.0,
    "standing.help": 0.0,
    "standing.protection": 0.0,
    "relationship.founding": "given",
    "relationship.stay_trust": 0.0,
    "relationship.stay_depth": 0.0,
    "relationship.forgiveness": 0.0,
    "relationship.wallet_trust": 0.0,
    "relationship.wallet_depth": 0.0,
    "relationship.recommendation": 0.0,
    "failure_demand.returns": 0.0,
    "recovery.binding": 0.0,
    "recovery.residual_loss": 0.0,
    "employees.satisfaction_customers": 0.0,
    "money.replacement": 0.0,
}
"""To add a parameter that is on by default is to add a line: the value at which the model is what it was without it."""
