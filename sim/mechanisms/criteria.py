"""Who sets the criteria: what counts for the customer, and what the organization may call good.

Executives set them by what they truly weigh; staff by their values; a panel of customers by customers' interest, as far
as those who convene it let it (elite capture: Olken 2007); an independent body gives both sides equal weight. Whoever is
judged by criteria of their own is lenient: in England's emergency wards the reported rate was 96 %, patients' 77 % (Bevan
& Hood 2006), some 20 points.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "criteria.setter",
        "executive",
        "1",
        "Who sets the criteria for what is good enough.",
        "Conjecture; the question is the seed's: who defines the criteria, and why",
        Tier.CONJECTURE,
        choices=("executive", "staff", "customers", "independent"),
    ),
    Parameter(
        "criteria.panel",
        0.7,
        "share",
        "Weight that a panel of customers would give to customers.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.5, 0.9),
    ),
    Parameter(
        "criteria.capture",
        0.5,
        "share",
        "How far a panel of customers says what those who convene it want to hear.",
        "Direction: elite capture in Olken 2007; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.2, 0.8),
    ),
    Parameter(
        "criteria.leniency",
        0.1,
        "index",
        "How much better than found the score looks by criteria that executives set themselves.",
        "Bevan & Hood 2006: 96 % reported, 77 % by patients",
        Tier.OBSERVATION,
        0.0,
        1.0,
        (0.0, 0.25),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"criteria.setter": "executive", "criteria.leniency": 0.0}
"""Executives set the criteria, and report what the survey found."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Executives set their own criteria unless a scenario says otherwise. Twenty points were found under
official targets (the scenario of an agency has them); half of it where an organization answers to itself alone."""

INDEPENDENT = 0.5
"""Weight on customers of a body that belongs to neither side: a unit of gain counts as much as a unit of cost."""


def wanted_line(setter: str, executives: float, staff: float, panel: float, capture: float) -> float:
    """Weight on customers that whoever sets the criteria wants.

    Args:
        setter: ``executive``, ``staff``, ``customers`` or ``independent``.
        executives: Executives' true weight on customers.
        staff: Mean value of employees.
        panel: Weight that a free panel of customers would want.
        capture: How far the panel says what executives want.
    """
    if setter == "staff":
        return staff
    if setter == "customers":
        return panel + capture * (executives - panel)
    return INDEPENDENT if setter == "independent" else executives


def lenience(setter: str, staff: float, capture: float, leniency: float) -> float:
    """How much better than found the score looks: own criteria are lenient, less so by people who value customers."""
    share = {"executive": 1.0, "staff": 1.0 - staff, "customers": capture, "independent": 0.0}[setter]
    return leniency * share
