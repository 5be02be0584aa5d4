"""Compliance: procedures and monitoring change what people do while someone looks; habit keeps part of it.

Terms: *compliance* (Kelman 1958). Monitoring raises compliance, which falls below its starting level when monitoring
stops: field evidence from hand hygiene in 71 hospital units (Staats, Dai, Hofmann & Milkman 2017); crowding-out of
intrinsic motivation: Frey & Jegen 2001. Dropped practices follow managers' exits: Bloom et al. 2020 (India).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.dynamics import closed_in_a_week, saturating
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "compliance.adoption_weeks",
        4.0,
        "weeks",
        "Time constant with which conduct follows what is demanded.",
        "Improvement half-lives of 1-3 months for simple changes (Schneiderman 1988)",
        Tier.CONJECTURE,
        0.5,
        52.0,
        (2.0, 12.0),
    ),
    Parameter(
        "compliance.unwatched",
        0.25,
        "share",
        "Share of a procedure that people follow when nobody monitors but their manager stands behind it.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.1, 0.5),
    ),
    Parameter(
        "compliance.shortcut",
        1.5,
        "per unit of excess load",
        "Share of the procedure dropped for each unit by which work exceeds capacity.",
        "Oliva & Sterman 2001 for the mechanism (cutting corners); size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        20.0,
        (0.5, 3.0),
    ),
    Parameter(
        "habit.formation_weeks",
        26.0,
        "weeks",
        "Time constant with which what is done becomes habit.",
        "Lally et al. 2010: median 66 days for a simple daily act; weekly work practices slower (conjecture)",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (10.0, 52.0),
    ),
    Parameter(
        "habit.decay_weeks",
        86.0,
        "weeks",
        "Time constant with which an unsupported habit wears off.",
        "Training in use 62, 44, 34 % at 0, 6, 12 months: half-life 13.8 months (hrm.20135)",
        Tier.SURVEY,
        2.0,
        2000.0,
        (40.0, 120.0),
    ),
    Parameter(
        "habit.orphaned_decay",
        3.0,
        "1",
        "How many times faster habits wear off under a manager who did not adopt them.",
        "Bloom et al. 2020: managers' turnover is the first stated reason for dropping a practice; ratio >= 2",
        Tier.CONJECTURE,
        1.0,
        20.0,
        (2.0, 5.0),
    ),
    Parameter(
        "habit.load_decay",
        2.0,
        "per unit of excess load",
        "How much each unit of excess load speeds the loss of habits.",
        "Conjecture after Oliva & Sterman 2001",
        Tier.CONJECTURE,
        0.0,
        20.0,
        (0.0, 5.0),
    ),
    Parameter(
        "manager.adoption_weeks",
        13.0,
        "weeks",
        "Time constant with which a manager makes the procedures their own.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (6.0, 26.0),
    ),
    Parameter(
        "crowding.strength",
        0.25,
        "share",
        "Share of discretionary effort that full crowding-out takes once nobody monitors any more.",
        "Set so that conduct falls below its earlier level once monitoring stops, as in Staats et al. 2017; prior 0 to .3",
        Tier.EXPERIMENT,
        0.0,
        1.0,
        (0.0, 0.3),
    ),
    Parameter(
        "crowding.weeks",
        52.0,
        "weeks",
        "Time constant with which monitoring crowds out, and its absence restores.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (13.0, 104.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"delivery.compliance": 0.0, "crowding.strength": 0.0}
"""Conduct under procedures reaches no customer, and being watched crowds nothing out."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def shortcut(load: FloatArray, sensitivity: float) -> FloatArray:
    """Share of the procedure that is still followed when work exceeds capacity: max(0, 1 - k max(0, load - 1))."""
    return np.maximum(0.0, 1.0 - sensitivity * np.maximum(load - 1.0, 0.0))


def unwatched_conduct(
    procedures: FloatArray, monitoring: FloatArray, adopted: FloatArray, discretion: FloatArray, unwatched: float
) -> FloatArray:
    """Share of procedures followed of one's own accord, 0 to 1: where nobody looks but a manager stands behind it.

    procedures x (1 - m) x unwatched x adopted x discretion.
    """
    return procedures * (1.0 - monitoring) * unwatched * adopted * discretion


def comply(compliance: FloatArray, demand: FloatArray, adoption_weeks: float) -> FloatArray:
    """Conduct follows what is demanded with time constant ``adoption_weeks``."""
    return compliance + (demand - compliance) * closed_in_a_week(adoption_weeks)


def form_habit(
    habit: FloatArray,
    practised: FloatArray,
    adopted: FloatArray,
    load: FloatArray,
    *,
    formation_weeks: float,
    decay_weeks: float,
    orphaned_decay: float,
    load_decay: float,
) -> FloatArray:
    """Habit grows toward what is practised and wears off when it is not, faster without the manager and under load.

    Toward more practice: rate 1/formation_weeks. Toward less: rate
    (1 + (orphaned - 1)(1 - adopted)) (1 + load_decay max(0, load - 1)) / decay_weeks.

    Args:
        practised: Share of procedures practised in a way that leaves a habit: what was done only because somebody
            looked counts less (:func:`habitual`).
    """
    loss = (1.0 + (orphaned_decay - 1.0) * (1.0 - adopted)) / decay_weeks
    loss = loss * (1.0 + load_decay * np.maximum(load - 1.0, 0.0))
    rate = np.where(practised > habit, 1.0 / formation_weeks, loss)
    return habit + (practised - habit) * saturating(rate)


def habitual(compliance: FloatArray, own: FloatArray, watched: FloatArray, surveillance_weight: float) -> FloatArray:
    """Part of this week's compliance that can become habit: all that is own, less of what is done under surveillance.

    compliance x (own + weight x watched) / (own + watched); 0 where nothing is demanded. Acts put down to being watched
    say little about oneself (Kelley 1973) and control weakens the forming of habits (Gardner & Lally 2013).
    """
    demand = own + watched
    credit = np.where(demand > 0.0, (own + surveillance_weight * watched) / np.where(demand > 0.0, demand, 1.0), 0.0)
    return compliance * credit


def adopt_procedures(adopted: FloatArray, procedures: FloatArray, adoption_weeks: float) -> FloatArray:
    """A department's manager makes running procedures their own; what is adopted stays until the manager leaves."""
    return adopted + np.maximum(procedures - adopted, 0.0) * closed_in_a_week(adoption_weeks)


def crowd_out(crowding: FloatArray, monitoring: FloatArray, weeks: float) -> FloatArray:
    """Being monitored replaces one's own reasons (Frey & Jegen 2001): crowding follows monitoring, time constant weeks."""
    return crowding + (monitoring - crowding) * closed_in_a_week(weeks)


def discretionary(crowding: FloatArray, monitoring: FloatArray, strength: float) -> FloatArray:
    """Share of discretionary effort left: 1 - strength x crowding x (1 - monitoring); 1 while still fully watched."""
    return 1.0 - strength * crowding * (1.0 - monitoring)
