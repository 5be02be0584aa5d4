"""Partners (suppliers, distributors and others): what passes through them is no better than the weakest.

Leontief: a chain serves no better than its weakest link. Spending on one's own service beyond the bottleneck
is wasted; higher standards for partners lift the bottleneck. No data were found on size (seed text: stakeholders).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.amounts import mean_over_seats
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import environment_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Contacts, Departments, Environment, Parameters, PolicyAmounts, Week
from sim.model.kernel.sums import clip, smallest
from sim.model.kernel.time_constants import closed_in_a_week

PARAMETERS = declare("""
partners.dependence = 0.0 share; 0 to 1, plausible 0 to 0.8; own; tier 5
    Share of what customers get that passes through partners.
    Source: Conjecture; 0 where the organization does everything itself
partners.number = 4 partners; 1 to 1000, plausible 1 to 20; own; tier 5
    Number of partners that service depends on.
    Source: Conjecture; set by the user
partners.quality = 0.6 share; 0 to 1, plausible 0.4 to 0.9; unknown; tier 5
    Share of customers' needs that a partner of middling quality can serve.
    Source: Conjecture
partners.spread = 0.2 share; 0 to 1, plausible 0.05 to 0.3; unknown; tier 5
    How far the best and the worst of partners lie from the middle.
    Source: Conjecture
partners.improvement = 0.7 share; 0 to 1, plausible 0.3 to 0.9; unknown; tier 5
    Part of what partners lack that full standards, with help to meet them, make good.
    Source: Conjecture
partners.weeks = 26.0 weeks; 1 to 520, plausible 8 to 52; unknown; tier 5
    Time constant with which partners follow the standards they are held to.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"partners.dependence": 0.0}
"""Nothing that customers get passes through partners."""

ACTIVE: Mapping[str, ParameterValue] = {"partners.dependence": 0.5}
"""Off unless a scenario depends on partners: half of what customers get passes through them."""


COLUMNS = (
    environment_column(
        "partners_alone",
        "Quality of each partner that nobody holds to standards.",
        rows="partners.number",
        initial="initial_qualities",
    ),
    environment_column(
        "partners",
        "Quality of each partner now.",
        rows="partners.number",
        initial=lambda initial: initial.environment.partners_alone,
    ),
)


def own_quality(draw: float, quality: float, spread: float) -> float:
    """Quality of each partner left alone: quality + spread (2 u - 1), kept in [0, 1]."""
    return clip(quality + spread * (2.0 * draw - 1.0), 0.0, 1.0)


def update_quality(quality: float, own: float, standards: float, improvement: float, weeks: float) -> float:
    """Quality after a week: it follows own + (1 - own) x improvement x standards with time constant ``weeks``."""
    target = own + (1.0 - own) * improvement * standards
    return quality + (target - quality) * closed_in_a_week(weeks)


def limit_by_weakest(served: float, weakest: float, dependence: float) -> float:
    """What reaches the customer: the dependent share of it no better than the weakest partner.

    (1 - d) served + d min(served, weakest) = served - d max(served - weakest, 0).
    """
    return served - dependence * max(served - weakest, 0.0)


def initial_qualities(initial: InitialState) -> FloatArray:
    """Quality of partners that are left alone."""
    draws = initial.uniform("founding partners", initial.whole("partners.number"))
    settings = initial.number("partners.quality"), initial.number("partners.spread")
    return np.array([own_quality(draw, *settings) for draw in draws.tolist()])


def update_partner_quality(
    environment: Environment, departments: Departments, policy: PolicyAmounts, parameters: Parameters
) -> None:
    """Partners rise to the standards to which they are held, and fall back when they are held to none."""
    if parameters.partners_dependence == 0.0:
        return
    standards = mean_over_seats(policy.partner_standards, departments.seats)
    for partner in range(environment.partners.size):
        environment.partners[partner] = update_quality(
            environment.partners[partner],
            environment.partners_alone[partner],
            standards,
            parameters.partners_improvement,
            parameters.partners_weeks,
        )


def limit_service_by_partners(environment: Environment, contacts: Contacts, parameters: Parameters, week: Week) -> None:
    """Part of the service passes through partners, and is no better than the weakest of them."""
    dependence = parameters.partners_dependence
    if dependence == 0.0:
        return
    weakest = smallest(environment.partners)
    for contact in range(week.contacts):
        contacts.service[contact] = limit_by_weakest(contacts.service[contact], weakest, dependence)
