"""Training and coaching: changing what people value, and having them practise it this week.

Transfer of training and its decay: Arthur et al. 1998; Saks & Belcourt 2006 (62, 44, 34 % in use at 0, 6, 12 months).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.dynamics import saturating
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "training.effect",
        0.01,
        "per hour",
        "How far one hour of training moves a receptive person's value toward 1.",
        "Conjecture: a week's worth of hours (40) moves a person by a third of the way",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.003, 0.03),
    ),
    Parameter(
        "training.ambiguity",
        0.5,
        "share",
        "Part of the training lost on someone whose definition of centricity stands a full range off the others' mean.",
        "Conjecture for the seed's claim that all have to agree on the target first",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 1.0),
    ),
    Parameter(
        "training.standard_effect",
        0.01,
        "per hour",
        "How far one hour of training or coaching lifts an eroded standard back toward the organization's own.",
        "Conjecture: names what raises a standard again, which Oliva & Sterman 2001 found load does not",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.03),
    ),
    Parameter(
        "coaching.effect",
        0.5,
        "share",
        "Probability that a receptive person practises in a week of full coaching.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.3, 0.9),
    ),
    Parameter(
        "coaching.hours",
        0.5,
        "hours per week",
        "Working time that full coaching takes from each person.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        40.0,
        (0.25, 2.0),
    ),
    Parameter(
        "example.effect",
        0.3,
        "share",
        "Probability that a receptive person follows the example of a manager who practised last week, when an "
        "executive gives the topic all attention.",
        "Direction: Bandura 1977; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.6),
    ),
    Parameter(
        "monitoring.practice",
        0.5,
        "share",
        "Probability that full procedures under full monitoring make a person act for the customer in a given week.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 0.8),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {
    "training.effect": 0.0,
    "training.standard_effect": 0.0,
    "coaching.effect": 0.0,
    "example.effect": 0.0,
    "monitoring.practice": 0.0,
}
"""Hours of training and coaching are spent and change nobody; nobody follows an example or a watching eye."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def train(value: FloatArray, hours: FloatArray, receptive: FloatArray, effect: float) -> FloatArray:
    """Hours of training move values toward 1: v <- v + (1 - v)(1 - exp(-effect hours receptive))."""
    return value + (1.0 - value) * saturating(effect * hours * receptive)


def restore_standard(standard: FloatArray, hours: FloatArray, effect: float) -> FloatArray:
    """Training and coaching lift an eroded standard back toward 1 (never beyond what it already is above 1)."""
    return standard + np.maximum(1.0 - standard, 0.0) * saturating(effect * hours)


def prompted(
    coaching: FloatArray,
    example: FloatArray,
    receptive: FloatArray,
    *,
    coaching_effect: float,
    example_effect: float,
) -> FloatArray:
    """Probability that coaching or a leader's example makes a person practise this week (independent prompts)."""
    by_coaching = coaching * coaching_effect * receptive
    by_example = example * example_effect * receptive
    return 1.0 - (1.0 - by_coaching) * (1.0 - by_example)
