"""People come and go: leaving of their own accord, dismissal for unmet internal demands, hiring through a filter.

Separations of about 3.5 % a month: US JOLTS. Attraction-selection-attrition: Schneider 1987. Turnover is given per
month; weekly = 1 - (1 - m)^(12/52).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.kernel.dynamics import closed_in_a_week
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "employees.number",
        500,
        "seats",
        "Employees at full staff.",
        "The user's own organization",
        Tier.CONJECTURE,
        1,
        200_000,
    ),
    Parameter(
        "employees.span",
        10,
        "people",
        "People who report to one manager.",
        "Common span of control 5-12 (practitioner)",
        Tier.SURVEY,
        1,
        100,
        (5, 15),
    ),
    Parameter(
        "employees.turnover",
        0.02,
        "per month",
        "Share of employees who leave of their own accord in a month.",
        "US JOLTS separations about 3.5 % a month, quits about 2 %",
        Tier.OBSERVATION,
        0.0,
        0.5,
        (0.01, 0.1),
    ),
    Parameter(
        "employees.dismissal",
        0.002,
        "per month",
        "Share dismissed in a month although internal demands are met.",
        "JOLTS layoffs and discharges about 1 % a month; for cause only a part of it",
        Tier.OBSERVATION,
        0.0,
        0.5,
        (0.001, 0.01),
    ),
    Parameter(
        "employees.dismissal_steepness",
        3.0,
        "log odds",
        "How much the hazard of dismissal rises when no internal demand is met at all (3: twenty times).",
        "Conjecture: at least three times the base when internal demands go unmet",
        Tier.CONJECTURE,
        0.0,
        10.0,
        (1.1, 5.0),
    ),
    Parameter(
        "employees.satisfaction_link",
        1.0,
        "log odds per unit",
        "How much one unit of lost employee satisfaction raises the hazard of leaving.",
        "Harter et al. 2002: engagement and turnover r = -.30",
        Tier.EXPERIMENT,
        0.0,
        10.0,
        (0.0, 3.0),
    ),
    Parameter(
        "employees.satisfaction_initial",
        0.7,
        "index",
        "Employee satisfaction at the outset and of newcomers.",
        "Typical engagement survey level",
        Tier.SURVEY,
        0.0,
        1.0,
        (0.5, 0.8),
    ),
    Parameter(
        "employees.satisfaction_weeks",
        13.0,
        "weeks",
        "Time constant with which satisfaction follows working life.",
        "Conjecture",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (4.0, 52.0),
    ),
    Parameter(
        "hiring.delay_weeks",
        8.0,
        "weeks",
        "Mean time for which a vacated seat stands empty.",
        "Hiring delays of 8 to 26 weeks (prior of the literature reviewed)",
        Tier.SURVEY,
        1.0,
        104.0,
        (4.0, 26.0),
    ),
    Parameter(
        "hiring.value_mean",
        0.4,
        "index",
        "Mean value that people bring from outside.",
        "Conjecture: most people put their own organization's demands first",
        Tier.CONJECTURE,
        0.01,
        0.99,
        (0.3, 0.5),
    ),
    Parameter(
        "hiring.value_concentration",
        2.0,
        "Beta a + b",
        "How alike people from outside are (larger: more alike).",
        "Conjecture",
        Tier.CONJECTURE,
        0.5,
        1000.0,
        (1.0, 5.0),
    ),
    Parameter(
        "hiring.candidates",
        4,
        "candidates",
        "Candidates from whom a full hiring filter takes the one with most value.",
        "Conjecture",
        Tier.CONJECTURE,
        1,
        50,
        (2, 8),
    ),
    Parameter(
        "hiring.outside_practice",
        0.05,
        "share",
        "Share of ones that newcomers remember from where they worked before.",
        "Conjecture: near the baseline",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.2),
    ),
    Parameter(
        "hiring.standard",
        1.0,
        "ratio",
        "Standard that newcomers bring, against the organization's own.",
        "Conjecture: newcomers arrive with the standard they were taught",
        Tier.CONJECTURE,
        0.1,
        2.0,
        (0.9, 1.1),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"employees.turnover": 0.0, "employees.dismissal": 0.0}
"""Nobody leaves and nobody is dismissed, but by an event of the scenario."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def weekly_from_monthly(monthly: float) -> float:
    """Weekly share that compounds to ``monthly`` over a month of 52/12 weeks: 1 - (1 - m)^(12/52)."""
    return float(-np.expm1(np.log1p(-monthly) * 12.0 / 52.0)) if monthly < 1.0 else 1.0


def leaving_odds(base: float, satisfaction: FloatArray, reference: float, link: float) -> FloatArray:
    """Weekly probability of leaving of one's own accord, by proportional hazards in satisfaction.

    1 - (1 - base)^(exp(link (reference - satisfaction))); exactly ``base`` where link is 0.
    """
    if link == 0.0:
        return np.full_like(satisfaction, base)
    result: FloatArray = -np.expm1(np.log1p(-base) * np.exp(link * (reference - satisfaction)))
    return result


def dismissal_odds(base: float, fulfilment: FloatArray, steepness: float) -> FloatArray:
    """Weekly probability of dismissal: 1 - (1 - base)^(exp(steepness x share of internal demands unmet))."""
    result: FloatArray = -np.expm1(np.log1p(-base) * np.exp(steepness * (1.0 - fulfilment)))
    return result


def leave(
    employed: BoolArray, draw: FloatArray, own_accord: FloatArray, dismissed: FloatArray
) -> tuple[BoolArray, BoolArray]:
    """Who leaves of their own accord and who is dismissed, by one draw a seat: first the one, then the other."""
    leaving = employed & (draw < own_accord)
    sent_away = employed & ~leaving & (draw < own_accord + (1.0 - own_accord) * dismissed)
    return leaving, sent_away


def choose_candidate(candidates: FloatArray, pick: FloatArray, hiring_filter: FloatArray) -> FloatArray:
    """Value of the person hired: with probability ``hiring_filter`` the best of the candidates, else the first.

    Args:
        candidates: Values, shape (seats, candidates).
        pick: Uniform draw a seat.
        hiring_filter: 0 to 1 a seat.
    """
    return np.where(pick < hiring_filter, candidates.max(axis=1), candidates[:, 0])


def employee_satisfaction(
    satisfaction: FloatArray,
    energy: FloatArray,
    cynicism: FloatArray,
    relief: FloatArray,
    weeks: float,
    *,
    justice: FloatArray | None = None,
    justice_weight: float = 0.0,
) -> FloatArray:
    """Satisfaction follows working life: target .6 E + .25 (1 - y) + .15 relief, time constant ``weeks``.

    Where felt justice has a weight w, the target is (1 - w) of this and w J. Job demands-resources (Bakker & Demerouti
    2007) for the ingredients; the weights are a conjecture.
    """
    target = 0.6 * energy + 0.25 * (1.0 - cynicism) + 0.15 * relief
    if justice is not None and justice_weight > 0.0:
        target = (1.0 - justice_weight) * target + justice_weight * justice
    return satisfaction + (target - satisfaction) * closed_in_a_week(weeks)


def reports_to(department: IntArray, span: int) -> IntArray:
    """Seat of each seat's manager: the first of its team of ``span``; team leads report to the department's head.

    Heads report to themselves. Shape (seats,).
    """
    manager = np.empty_like(department)
    for label in np.unique(department):
        seats = np.flatnonzero(department == label)
        rank = np.arange(seats.size)
        lead = seats[(rank // (span + 1)) * (span + 1)]
        manager[seats] = np.where(seats == lead, seats[0], lead)
    return manager
