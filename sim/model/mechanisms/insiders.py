"""Information filtering: each level of hierarchy between customers and executives filters bad news.

People keep bad news from their superiors (MUM effect: Rosen & Tesser 1970). With ``levels`` levels of hierarchy a share
(1 - filter)^levels of what is wrong arrives at the top. 80 % of 362 firms thought their customers' experience superior, 8 %
of customers agreed (Bain 2005, consultancy).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.model.kernel.elementary_functions import log, power
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters, Week

PARAMETERS = declare("""
insiders.filter = 0.15 share; 0 to 1, plausible 0 to 0.4; unknown; tier 5
    Share of bad news that each level of hierarchy keeps to itself.
    Source: Direction: Rosen & Tesser 1970; size is a conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"insiders.filter": 0.0}
"""Bad news arrives."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Every organization of more than a few levels filters bad news: a seventh of it on each level."""


def hierarchy_levels(people: int, span: float) -> float:
    """Levels of hierarchy for a number of people when each manager leads ``span``: log people / log span."""
    return log(max(people, 1)) / log(max(span, 2.0))


def filtered_score(score: float, filtered: float, levels: float, oversight: float) -> float:
    """Score as it arrives at the top: what is missing shrinks by (1 - filtered x (1 - oversight)) on each level.

    Oversight goes round the hierarchy: at full strength nothing is filtered. A missing score stays missing.
    """
    through = power(1.0 - filtered * (1.0 - oversight), levels)
    return 1.0 - (1.0 - score) * through


def report_score_upward(employees: Employees, parameters: Parameters, week: Week) -> None:
    """The score goes up the hierarchy. Each level passes on less of what is wrong."""
    week.score_at_top = week.reported
    if parameters.insiders_filter > 0.0 and not math.isnan(week.reported):
        height = hierarchy_levels(employees.value.size, parameters.employees_span)
        week.score_at_top = filtered_score(week.reported, parameters.insiders_filter, height, week.oversight)
