"""What people mean by "customer centricity": definitions that meet, and approach only if they are not too far apart.

Bounded confidence (Deffuant, Neau, Amblard & Weisbuch 2000, "Mixing beliefs among interacting agents"): each person
has a definition in [0, 1]; two who meet and differ by less than the confidence move toward each other, others do not
listen. Wide confidence ends in one definition, narrow confidence in camps: an umbrella term. What a policy asks for
means little to someone who means something else by it, so its effect falls with the variance of definitions.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

_SOURCE = "Deffuant et al. 2000"

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        name="definitions.confidence",
        default=0.25,
        unit="share of the range",
        meaning="Largest difference of definitions at which two colleagues still listen to each other.",
        source=f"{_SOURCE}: one camp from about .30 up, two from .25 down; how far people listen is this model's guess",
        tier=Tier.CONJECTURE,
        low=0.0,
        high=1.0,
        plausible=(0.1, 0.5),
    ),
    Parameter(
        name="definitions.convergence",
        default=0.5,
        unit="share of the gap",
        meaning="How far each of two who listen to each other moves; at 0.5 they agree at once.",
        source=f"{_SOURCE} (mu); it sets the speed, not the number of camps",
        tier=Tier.REPLICATION,
        low=0.0,
        high=0.5,
        plausible=(0.1, 0.5),
    ),
    Parameter(
        name="definitions.meetings",
        default=0.25,
        unit="per week",
        meaning="Share of employees who in a week talk with a colleague about what centricity is to mean.",
        source="This model's guess: about once a month",
        tier=Tier.CONJECTURE,
        low=0.0,
        high=1.0,
        plausible=(0.05, 1.0),
    ),
    Parameter(
        name="definitions.spread",
        default=1.0,
        unit="share of the range",
        meaning="Range over which people's definitions are spread evenly when they come (0: all mean the same).",
        source="Conjecture: the term is used for anything, so that newcomers bring every meaning of it",
        tier=Tier.CONJECTURE,
        low=0.0,
        high=1.0,
        plausible=(0.3, 1.0),
    ),
    Parameter(
        name="definitions.discord",
        default=0.5,
        unit="share",
        meaning="Part of coaching, example and procedures lost on someone whose definition stands a full range off the mean.",
        source="Conjecture for the seed's claim that all have to agree on the target first. Middle of its range",
        tier=Tier.CONJECTURE,
        low=0.0,
        high=1.0,
        plausible=(0.0, 1.0),
    ),
    Parameter(
        name="definitions.talk_meetings",
        default=0.5,
        unit="per week",
        meaning="Further share of employees whom full talks about the target have meet someone in a week.",
        source="This model's guess: everyone about every second week, against once a month",
        tier=Tier.CONJECTURE,
        low=0.0,
        high=1.0,
        plausible=(0.2, 0.8),
    ),
    Parameter(
        name="definitions.talk_listening",
        default=0.15,
        unit="share of the range",
        meaning="How much wider a difference people listen across in full talks that are well led.",
        source="This model's guess: enough for one camp instead of two (Deffuant et al. 2000: .25 to .30)",
        tier=Tier.CONJECTURE,
        low=0.0,
        high=1.0,
        plausible=(0.05, 0.4),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"training.ambiguity": 0.0, "definitions.discord": 0.0}
"""What people mean by it costs nothing."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. The term is an umbrella everywhere: a common effort is lost on those who mean something else, in
training and beyond it."""


def bring(draw: FloatArray, spread: float) -> FloatArray:
    """Definitions that people bring, spread evenly over the middle of the range: 1/2 + spread (u - 1/2)."""
    return draw if spread == 1.0 else 0.5 + spread * (draw - 0.5)


def understood(definition: FloatArray, present: BoolArray, loss: float) -> FloatArray:
    """Part of a common effort that each person takes as it was meant: 1 - loss |x - mean x|; all of it at loss 0."""
    if loss == 0.0 or not present.any():
        return np.ones_like(definition)
    result: FloatArray = 1.0 - loss * np.abs(definition - definition[present].mean())
    return result


def pair_up(keys: FloatArray, share: float) -> tuple[IntArray, IntArray]:
    """Who meets whom: positions whose key lies under ``share``, paired in the order of their keys.

    Ranks are taken over all positions, vacant ones included, so a departure unpairs one partner and moves nobody else.

    Args:
        keys: A uniform draw per position.
        share: Share of the positions that meet someone.

    Returns:
        Positions of the first and the second of each pair; every position is in at most one.
    """
    order = np.argsort(keys, kind="stable")
    pairs = int(np.count_nonzero(keys < share)) // 2
    return order[0 : 2 * pairs : 2], order[1 : 2 * pairs : 2]


def meet_and_adjust(
    definition: FloatArray, first: IntArray, second: IntArray, *, confidence: float, convergence: float
) -> FloatArray:
    """Definitions after pairs have met: those nearer than ``confidence`` approach each other.

    ``x_i += mu (x_j - x_i)`` and ``x_j += mu (x_i - x_j)`` where ``|x_i - x_j| < epsilon``. Source: Deffuant et al.
    (2000). The mean of each pair, hence of all, is kept.

    Args:
        definition: Definition per position, in [0, 1]; not changed.
        first, second: Positions of the pairs; every position in at most one (leave out pairs with a vacant seat).
        confidence: epsilon; at 0 nobody listens.
        convergence: mu, 0 to 0.5; a scalar, or one value a pair.
    """
    step = approach(definition[second] - definition[first], confidence, convergence)
    adjusted = definition.copy()
    adjusted[first] += step
    adjusted[second] -= step
    return adjusted


def approach(gap: FloatArray, confidence: float, convergence: float | FloatArray) -> FloatArray:
    """Step of the first toward the second of a pair: convergence x gap where the gap is less than ``confidence``, else 0."""
    return np.where(np.abs(gap) < confidence, convergence * gap, 0.0)


def agreement(definition: FloatArray, present: BoolArray) -> float:
    """How far people mean the same: 1 - 2 standard deviations of the definitions of those present.

    1: one definition; 0: two camps of equal size at the two ends (the largest possible spread); about .42 when
    definitions are uniform over the range. Missing (NaN) when nobody is present.
    """
    if not present.any():
        return float("nan")
    return float(np.clip(1.0 - 2.0 * np.std(definition[present]), 0.0, 1.0))
