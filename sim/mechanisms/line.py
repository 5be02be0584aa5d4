"""Where the line is drawn between what customers need and what the organization wants to give, and by which rule.

The line is the weight of customers' gain against the organization's cost, 0 to 1. *Discretion*: those in power weigh
each case by their true weights. *Convenience*: the same, but cost weighs less while it is convenient and more when it is
not (seed: "wherever it happens to be politically or financially convenient"). *Fixed*: drawn once and kept, whoever
comes and whatever happens. *Negotiated*: moves slowly between what those who set the criteria want and what is convenient.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.kernel.dynamics import closed_in_a_week
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "line.rule",
        "convenience",
        "1",
        "By which rule the line between customers' and the organization's interest is drawn.",
        "Conjecture; the questions are the seed's: where do we draw the line, and why",
        Tier.CONJECTURE,
        choices=("discretion", "convenience", "fixed", "negotiated"),
    ),
    Parameter(
        "line.convenience",
        2.0,
        "log odds per unit",
        "How far the line moves when profit is twice its normal, or when an election is due.",
        "Conjecture; direction: shareholder pressure lowers lived values (Guiso, Sapienza & Zingales 2015)",
        Tier.CONJECTURE,
        0.0,
        10.0,
        (0.5, 4.0),
    ),
    Parameter(
        "line.slack_weeks",
        13.0,
        "weeks",
        "Over how many weeks those in power look at profit.",
        "Quarterly reporting",
        Tier.OBSERVATION,
        1.0,
        260.0,
        (4.0, 26.0),
    ),
    Parameter(
        "line.normal_weeks",
        156.0,
        "weeks",
        "Time constant with which a level of profit comes to be taken as normal.",
        "Conjecture",
        Tier.CONJECTURE,
        4.0,
        2600.0,
        (104.0, 260.0),
    ),
    Parameter(
        "line.negotiation_weeks",
        26.0,
        "weeks",
        "Time constant with which a negotiated line moves toward what both sides press for.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (13.0, 104.0),
    ),
    Parameter(
        "line.bargaining",
        0.5,
        "share",
        "Share in a negotiated line of those who set the criteria; the rest is what is convenient.",
        "Conjecture: equal bargaining power",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 0.8),
    ),
    Parameter(
        "line.ordinary",
        0.5,
        "per unit of weight",
        "How far the line also decides what is good enough in ordinary service.",
        "Conjecture: what is conceded in open conflicts is conceded in staffing and rules as well",
        Tier.CONJECTURE,
        0.0,
        2.0,
        (0.0, 1.0),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"line.rule": "discretion", "line.ordinary": 0.0}
"""Each case is decided by the true weights of those in power, and ordinary service does not depend on them."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Drawn where it is convenient, which the seed finds everywhere, unless a scenario says who draws it once
and for all."""


def smooth(level: float, value: float, weeks: float) -> float:
    """Smoothed level after one more week: x <- x + (value - x) (1 - exp(-1 / weeks)); begins at the first value."""
    if math.isnan(level):
        return value
    return level + (value - level) * closed_in_a_week(weeks)


def slack(recent: float, normal: float) -> float:
    """How much better than normal profit is lately: recent / normal - 1, from -1 to 1; 0 while nothing is known.

    Where normal profit is no gain there is no slack to be had: -1 below it, else 0.
    """
    if math.isnan(recent) or math.isnan(normal):
        return 0.0
    if normal <= 0.0:
        return -1.0 if recent < normal else 0.0
    return min(max(recent / normal - 1.0, -1.0), 1.0)


def tilt(line: float, push: float) -> float:
    """Line moved by ``push`` on the log odds: cost counts exp(-push) times as much. Lines of 0 and 1 stay."""
    if push == 0.0:
        return line
    customers, organization = line * math.exp(0.5 * push), (1.0 - line) * math.exp(-0.5 * push)
    return customers / (customers + organization)


def negotiate(line: float, wanted: float, convenient: float, bargaining: float, weeks: float) -> float:
    """Negotiated line after one more week: it closes in on bargaining x wanted + (1 - bargaining) x convenient."""
    return smooth(line, bargaining * wanted + (1.0 - bargaining) * convenient, weeks)


def permitted(line: float, benchmark: float, ordinary: float) -> float:
    """Factor on ordinary service of a line that has moved: 1 + ordinary (line - benchmark), at least 0."""
    return max(1.0 + ordinary * (line - benchmark), 0.0)
