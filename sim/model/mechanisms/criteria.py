"""Who sets the criteria: what counts for the customer, and what the organization may call good.

Executives set them by what they truly weigh; staff by their values; a panel of customers by customers' interest, as far
as those who convene it let it (elite capture: Olken 2007); an independent body gives both sides equal weight. Those who are
judged by criteria of their own are lenient: in England's emergency wards the reported rate was 96 %, patients' 77 % (Bevan
& Hood 2006), some 20 points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.model.kernel.columns import this_week
from sim.model.kernel.parameters import ParameterValue, choice_code, declare
from sim.model.kernel.records import Employees, Executives, Parameters, Scratch, Week
from sim.model.kernel.sums import mean_of, mean_where

PARAMETERS = declare("""
criteria.setter = executive; one of executive, staff, customers, independent; lever; tier 5
    Who sets the criteria for what is good enough.
    Source: Conjecture; the question is the seed's: who defines the criteria, and why
criteria.panel = 0.7 share; 0 to 1, plausible 0.5 to 0.9; unknown; tier 5
    Weight that a panel of customers would give to customers.
    Source: Conjecture
criteria.capture = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    How far a panel of customers says what those who convene it want to hear.
    Source: Direction: elite capture in Olken 2007; size is a conjecture
criteria.leniency = 0.1 index; 0 to 1, plausible 0 to 0.25; unknown; tier 3
    How much better than found the score looks by criteria that executives set themselves.
    Source: Bevan & Hood 2006: 96 % reported, 77 % by patients
criteria.independent = 0.5 share; 0 to 1; definition; tier 5
    Weight on customers of a body that belongs to neither side.
    Source: Definition: a unit of gain counts as much as a unit of cost
""")

NEUTRAL: Mapping[str, ParameterValue] = {"criteria.setter": "executive", "criteria.leniency": 0.0}
"""Executives set the criteria, and report what the survey found."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Executives set their own criteria unless a scenario says otherwise. Twenty points were found under
official targets (the scenario of an agency has them); half of it where an organization answers to itself alone."""


NUMBERS = (this_week("proposed_weight", "Weight of customers that those who have a say in the line want."),)

STAFF = choice_code(PARAMETERS, "criteria.setter", "staff")
CUSTOMERS = choice_code(PARAMETERS, "criteria.setter", "customers")
INDEPENDENT = choice_code(PARAMETERS, "criteria.setter", "independent")


def weight_of_setter(
    setter: float, executives: float, staff: float, panel: float, capture: float, independent: float
) -> float:
    """Weight on customers that the setter of the criteria wants.

    Args:
        setter: Code of ``executive``, ``staff``, ``customers`` or ``independent``.
        executives: Executives' true weight on customers.
        staff: Mean value of employees.
        panel: Weight that a free panel of customers would want.
        capture: How far the panel says what executives want.
        independent: Weight of a body that belongs to neither side.
    """
    if setter == STAFF:
        return staff
    if setter == CUSTOMERS:
        return panel + capture * (executives - panel)
    return independent if setter == INDEPENDENT else executives


def added_by_leniency(setter: float, staff: float, capture: float, leniency: float) -> float:
    """What leniency adds to the score that was found: own criteria are lenient, less so by people who value customers."""
    share = 1.0
    if setter == STAFF:
        share = 1.0 - staff
    elif setter == CUSTOMERS:
        share = capture
    elif setter == INDEPENDENT:
        share = 0.0
    return leniency * share


def set_criteria(
    employees: Employees, executives: Executives, scratch: Scratch, parameters: Parameters, week: Week
) -> None:
    """Those who set the criteria say what weight customers should have."""
    own = mean_of(executives.weight_customers)
    staff = own
    if parameters.criteria_setter == STAFF:
        staff = mean_where(employees.employed, employees.value, scratch.partial_sums)
        staff = own if math.isnan(staff) else staff
    week.proposed_weight = weight_of_setter(
        parameters.criteria_setter,
        own,
        staff,
        parameters.criteria_panel,
        parameters.criteria_capture,
        parameters.criteria_independent,
    )


def apply_lenient_criteria(employees: Employees, scratch: Scratch, parameters: Parameters, week: Week) -> None:
    """The leniency of those who set the criteria raises the score."""
    if math.isnan(week.reported) or parameters.criteria_leniency == 0.0:
        return
    staff = 0.0
    if parameters.criteria_setter == STAFF:
        staff = mean_where(employees.employed, employees.value, scratch.partial_sums)
        staff = 0.0 if math.isnan(staff) else staff
    added = added_by_leniency(
        parameters.criteria_setter, staff, parameters.criteria_capture, parameters.criteria_leniency
    )
    week.reported = min(week.reported + added, 1.0)
