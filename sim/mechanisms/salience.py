"""Identification: what leaders say raises attention for a few weeks, and cynicism where staff see that it is untrue.

Terms: *identification* (Kelman 1958), *espoused* and *enacted* (Argyris & Schoen 1974), cynicism about organizational
change (Reichers, Wanous & Austin 1997).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.dynamics import kept_after_a_week, saturating
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "salience.gain",
        0.5,
        "per speech",
        "How far the first, believed speech lifts attention toward its ceiling.",
        "Conjecture; no field measurement of a speech's lift is known",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 0.8),
    ),
    Parameter(
        "salience.forgetting_weeks",
        4.0,
        "weeks",
        "Time constant with which attention to a message is forgotten.",
        "Range 2-6 weeks assumed from forgetting curves; no organizational measurement",
        Tier.CONJECTURE,
        0.5,
        52.0,
        (2.0, 6.0),
    ),
    Parameter(
        "salience.habituation",
        0.5,
        "per speech",
        "How much each message still remembered weakens the next one.",
        "Habituation: Rankin et al. 2009 for the form; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        5.0,
        (0.2, 1.0),
    ),
    Parameter(
        "salience.habituation_weeks",
        52.0,
        "weeks",
        "Time constant with which having heard it all before wears off.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (26.0, 104.0),
    ),
    Parameter(
        "cynicism.gain",
        0.05,
        "per message",
        "How much one message raises cynicism for each unit by which what is espoused exceeds what staff see enacted.",
        "Direction: Simons 2002 (behavioral integrity); size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.02, 0.12),
    ),
    Parameter(
        "cynicism.tolerance",
        0.2,
        "share",
        "Gap between espoused and enacted that staff let pass as ordinary talk.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.3),
    ),
    Parameter(
        "cynicism.fading_weeks",
        104.0,
        "weeks",
        "Time constant with which cynicism fades when nothing feeds it.",
        "Conjecture: trust in management recovers over years",
        Tier.CONJECTURE,
        1.0,
        2000.0,
        (52.0, 208.0),
    ),
    Parameter(
        "cynicism.blunting",
        0.7,
        "share",
        "How much full cynicism takes from whatever comes next, the genuine included.",
        "Direction: Reichers et al. 1997, Bernerth et al. 2011; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.3, 1.0),
    ),
    Parameter(
        "cynicism.initial",
        0.05,
        "index",
        "Cynicism of staff at the outset and of newcomers.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.3),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {
    "salience.gain": 0.0,
    "cynicism.gain": 0.0,
    "cynicism.initial": 0.0,
    "delivery.salience": 0.0,
    "attention.salience_shift": 0.0,
}
"""Messages are neither remembered nor resented, and what else keeps customers on people's minds changes nothing."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def receptiveness(cynicism: FloatArray, blunting: float) -> FloatArray:
    """Share of a message, training or coaching that still gets through: 1 - blunting x cynicism."""
    return 1.0 - blunting * cynicism


def hear_speeches(
    salience: FloatArray,
    exposure: FloatArray,
    speeches: FloatArray,
    receptive: FloatArray,
    *,
    gain: float,
    forgetting_weeks: float,
    habituation: float,
    habituation_weeks: float,
) -> tuple[FloatArray, FloatArray]:
    """One week of hearing and forgetting.

    a <- a exp(-1/tau) + (1 - a) (1 - exp(-gain speeches receptive / (1 + habituation exposure)));
    exposure <- exposure exp(-1/tau_h) + speeches.

    Args:
        salience: How present the topic is in people's minds, 0 to 1.
        exposure: Messages heard and not yet worn off.
        speeches: Messages this week.
        receptive: Share that gets through to each person.

    Returns:
        New salience and new exposure. Without speeches salience only fades.
    """
    kept = salience * kept_after_a_week(forgetting_weeks)
    dose = gain * speeches * receptive / (1.0 + habituation * exposure)
    risen = kept + (1.0 - kept) * saturating(dose)
    return risen, exposure * kept_after_a_week(habituation_weeks) + speeches


def grow_cynical(
    cynicism: FloatArray,
    messages: FloatArray,
    espoused: float,
    witnessed: FloatArray,
    *,
    gain: float,
    tolerance: float,
    fading_weeks: float,
) -> FloatArray:
    """Messages that staff can see are untrue make them cynical; otherwise cynicism fades.

    y <- y exp(-1/tau) + (1 - y) (1 - exp(-gain messages max(0, espoused - witnessed - tolerance))).

    Args:
        cynicism: 0 to 1.
        messages: Speeches and posters met this week.
        espoused: What leadership says, 0 to 1.
        witnessed: What each person sees being done around them, 0 to 1.
    """
    gap = np.maximum(espoused - witnessed - tolerance, 0.0)
    kept = cynicism * kept_after_a_week(fading_weeks)
    return kept + (1.0 - kept) * saturating(gain * messages * gap)
