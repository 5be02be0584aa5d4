"""Saying no: to how many segments of the market an offer of their own is promised.

Whoever is promised an offer of their own is served better by it, comes more readily, and expects more. Every promise
also competes with every other for the same people, so that what is lost grows with the square of their number, and
makes contacts dearer. Few promises leave customers with an offer made for nobody, many break all of them (seed text;
the focused factory: Skinner 1974; trade-offs: Porter 1996).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray, IntArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

_FOCUS = "Conjecture; Skinner 1974 and Porter 1996 for direction"

PARAMETERS = (
    Parameter(
        "focus.market_segments",
        8,
        "segments",
        "Number of segments of equal size that the market falls into.",
        "Conjecture; set by the user",
        Tier.CONJECTURE,
        1,
        100,
        (4, 12),
    ),
    Parameter(
        "focus.fit",
        0.6,
        "ratio",
        "How much better an offer made for their segment serves customers.",
        _FOCUS,
        Tier.CONJECTURE,
        0.0,
        5.0,
        (0.2, 1.0),
    ),
    Parameter(
        "focus.dilution",
        0.01,
        "per segment squared",
        "How much service is lost since promises compete for the same people.",
        _FOCUS,
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.003, 0.03),
    ),
    Parameter(
        "focus.promise",
        0.03,
        "share",
        "Service that customers expect beyond their experience where they are promised an offer of their own.",
        _FOCUS,
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.1),
    ),
    Parameter(
        "focus.reach",
        0.5,
        "ratio",
        "How much more readily prospects come whose segment is promised an offer of its own.",
        _FOCUS,
        Tier.CONJECTURE,
        0.0,
        10.0,
        (0.2, 1.0),
    ),
    Parameter(
        "focus.complexity",
        0.05,
        "per segment",
        "Extra cost of a contact for every segment promised, as a share of the cost of a contact.",
        _FOCUS,
        Tier.CONJECTURE,
        0.0,
        5.0,
        (0.0, 0.2),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {
    "focus.fit": 0.0,
    "focus.dilution": 0.0,
    "focus.promise": 0.0,
    "focus.reach": 0.0,
    "focus.complexity": 0.0,
}
"""A promise helps nobody and burdens nobody."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""Nothing to set: the mechanism works wherever the organization promises segments an offer of their own."""


def covered(position: IntArray, promised: float, segments: int) -> FloatArray:
    """How far each customer's segment has an offer of its own, 0 to 1; segments are taken up one after the other.

    Args:
        position: Positions in the market; a position's segment is its number modulo ``segments``.
        promised: Number of segments promised; a fraction is an offer half made.
        segments: Number of segments of the market.
    """
    return np.clip(promised - position % segments, 0.0, 1.0)


def serve_segments(
    served: FloatArray, covered: FloatArray, promised: float, *, fit: float, dilution: float
) -> FloatArray:
    """What reaches customers: served x (1 + fit x covered) x exp(-dilution x promised^2), at most 1."""
    result: FloatArray = np.minimum(served * (1.0 + fit * covered) * np.exp(-dilution * promised * promised), 1.0)
    return result
