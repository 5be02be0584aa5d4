"""What is done about a failure, and what that restores: notice, acknowledge, apologize, make right.

Trust comes back with acts more than with words, and words wear out: Halperin, Ho, List & Muir (2022), 1.5 million late
riders: money beats words, and an apology that is repeated can do worse than none. Making right may lift satisfaction
above where it was before the failure, but not repurchase or word of mouth (de Matos, Henrique & Rossi 2007). Abeler
et al. (2010) found words cheaper than small money in withdrawing a bad rating: the texts do not agree everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "recovery.notice",
        0.8,
        "share",
        "Share of failures that the organization notices; what nobody notices is neither apologized for nor made right.",
        "Conjecture: most dissatisfied customers do not complain",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.4, 1.0),
    ),
    Parameter(
        "recovery.apology",
        0.6,
        "share",
        "Share of noticed failures left as they are for which somebody says sorry.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.3, 0.9),
    ),
    Parameter(
        "recovery.words",
        0.3,
        "share",
        "Part of the lost trust that a first apology restores by itself.",
        "Conjecture: money restores all of it in this model; Halperin et al. 2022 for words doing less than money",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.5),
    ),
    Parameter(
        "recovery.worn_out",
        3.0,
        "apologies",
        "Number of the apology that restores nothing any more; later ones do harm.",
        "Halperin et al. 2022: repeated apologies no better, or worse, than none",
        Tier.EXPERIMENT,
        2.0,
        20.0,
        (2.0, 5.0),
    ),
    Parameter(
        "recovery.memory_weeks",
        52.0,
        "weeks",
        "Time constant with which a customer forgets that somebody apologized.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (12.0, 104.0),
    ),
    Parameter(
        "recovery.delight",
        0.05,
        "index",
        "Satisfaction gained by a failure made right, beyond what faultless service gives.",
        "de Matos et al. 2007: positive on satisfaction, none on repurchase; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.1),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"recovery.words": 0.0, "recovery.delight": 0.0, "recovery.notice": 1.0}
"""Every failure is noticed, words restore nothing, and what is made right counts as service without a fault."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Failures happen everywhere: some pass unnoticed, first apologies restore some trust, and making right
pleases more than no fault."""


def apology_effect(heard: FloatArray, words: float, worn_out: float) -> FloatArray:
    """Part of the lost trust that the next apology restores; negative where it makes things worse.

    words x (1 - heard / (N - 1)), at least -words: full for the first, nothing for the N-th (Halperin et al. 2022).

    Args:
        heard: Apologies heard before and not yet forgotten, one a customer.
        words: Effect of a first apology.
        worn_out: N.
    """
    result: FloatArray = words * np.maximum(1.0 - heard / (worn_out - 1.0), -1.0)
    return result


def remaining_loss(loss: float | FloatArray, restored: FloatArray) -> FloatArray:
    """Share of trust that is lost in the end: loss x (1 - restored), kept in [0, 1]."""
    return np.clip(loss * (1.0 - restored), 0.0, 1.0)


def delight(satisfaction: FloatArray, gain: float) -> FloatArray:
    """Satisfaction actually gained by being made right: ``gain``, as far as there is room below 1."""
    result: FloatArray = np.minimum(satisfaction + gain, 1.0) - satisfaction
    return result
