"""Justice among colleagues: being served and treated fairly by one another feeds energy and attention.

Felt justice follows how one is treated: by the attention that colleagues have for each other (interactional justice), by
one's own share of the load (distributive justice, equity: Adams 1965), and by whether fatigue is noticed and tended.
Injustice at work goes with exhaustion (meta-analysis: Robbins, Ford & Tetrick 2012) and lower satisfaction (Colquitt et
al. 2001). The directions are theirs; all sizes are conjectures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.kernel.dynamics import closed_in_a_week
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "justice.initial",
        0.7,
        "index",
        "Felt justice at the outset and of newcomers; at this level it neither feeds nor drains.",
        "Conjecture: the level of ordinary employee surveys",
        Tier.CONJECTURE,
        0.05,
        1.0,
        (0.5, 0.9),
    ),
    Parameter(
        "justice.weeks",
        13.0,
        "weeks",
        "Time constant with which felt justice follows treatment.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (4.0, 52.0),
    ),
    Parameter(
        "justice.energy_effect",
        0.5,
        "per unit",
        "How much one unit of felt justice above the outset speeds the recovery of energy (1: twice as fast).",
        "Direction: Robbins, Ford & Tetrick 2012; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 1.0),
    ),
    Parameter(
        "justice.attention_effect",
        0.25,
        "share",
        "Part of attention that brooding over injustice takes where no justice is felt at all.",
        "Conjecture; withholding effort restores equity (Adams 1965)",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.5),
    ),
    Parameter(
        "justice.satisfaction_effect",
        0.25,
        "share",
        "Weight of felt justice in employee satisfaction.",
        "Direction: Colquitt et al. 2001; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.5),
    ),
)

_EFFECTS = ("justice.energy_effect", "justice.attention_effect", "justice.satisfaction_effect")

NEUTRAL: Mapping[str, ParameterValue] = dict.fromkeys(_EFFECTS, 0.0)
"""Justice changes nothing, and is not followed."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. People everywhere judge how they are treated: the middle of the plausible ranges."""


def served_by_colleagues(given: FloatArray, asked: FloatArray, colleagues: IntArray, employed: BoolArray) -> FloatArray:
    """How far each person's colleagues have the attention for them that their roles ask for, 0 to 1.

    Mean over the colleagues who are there of min(1, given / asked); 1 where nobody is there to let one down.

    Args:
        given: Share of attention that each seat gives to colleagues.
        asked: Share that its role asks for.
        colleagues: Seats of each seat's colleagues, shape (seats, degree).
        employed: Whether each seat is taken.
    """
    service = np.where(employed, np.minimum(given / np.maximum(asked, 1e-12), 1.0), 0.0)
    heads = employed[colleagues].sum(axis=1)
    total = service[colleagues].sum(axis=1)
    return np.where(heads > 0, total / np.maximum(heads, 1), 1.0)


def feel_justice(
    justice: FloatArray, served: FloatArray, own_load: FloatArray, mean_load: float, relief: FloatArray, weeks: float
) -> FloatArray:
    """Felt justice moves toward treatment: J <- J + (T - J)(1 - e^(-1/weeks)).

    T = q + (1 - q) relief with q = served x min(1, mean load / own load): colleagues who serve one another, a load no
    heavier than others', and fatigue that is noticed and tended.
    """
    fair = np.minimum(mean_load / np.maximum(own_load, 1e-12), 1.0)
    treated = served * fair
    treated = treated + (1.0 - treated) * relief
    result: FloatArray = justice + (treated - justice) * closed_in_a_week(weeks)
    return result


def rest_under_justice(recovery: float, justice: FloatArray, initial: float, effect: float) -> float | FloatArray:
    """Recovery of energy, faster where justice is felt: recovery (1 + effect (J - J_0)); as it is at effect 0."""
    if effect == 0.0:
        return recovery
    return recovery * (1.0 + effect * (justice - initial))


def attention_kept(justice: FloatArray, initial: float, effect: float) -> FloatArray:
    """Part of attention that is not spent brooding: 1 - effect max(0, 1 - J / J_0)."""
    return 1.0 - effect * np.maximum(1.0 - justice / initial, 0.0)
