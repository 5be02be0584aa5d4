"""Standing among colleagues: those who keep fellow workers waiting lose their help and favor.

Someone who gives customers more than the role leaves has less for colleagues. They notice it, and withdraw: they help less, so
that less of what this person does gets through, and they speak up for them less when a boss finds fault (seed text 003:
colleagues vote one off the island). Helping among colleagues is reciprocal, and injustice toward them is answered by
withholding help (Settoon & Mossholder 2002; Adams 1965 for equity). All sizes are conjectures.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import employee_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters
from sim.model.kernel.time_constants import closed_in_a_week
from sim.model.mechanisms.justice import attention_received

PARAMETERS = declare("""
standing.help = 0.1 share; 0 to 1, plausible 0 to 0.2; unknown; tier 5
    Part of what a person delivers that hangs on colleagues' help, and is lost by someone who has no standing left.
    Source: Conjecture; less than what hangs on departments behind (delivery.support)
standing.protection = 0.5 share; 0 to 1, plausible 0 to 1; unknown; tier 5
    How far colleagues' disfavor counts with a boss who considers dismissal, against internal demands left unmet.
    Source: Conjecture for the seed's claim
standing.weeks = 13.0 weeks; 1 to 520, plausible 4 to 52; unknown; tier 5
    Time constant with which standing follows how a person serves colleagues.
    Source: Conjecture: as felt justice (justice.weeks)
""")

NEUTRAL: Mapping[str, ParameterValue] = {"standing.help": 0.0, "standing.protection": 0.0}
"""Colleagues put up with being kept waiting."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default: colleagues everywhere notice who keeps them waiting."""

COLUMNS = (employee_column("standing", "Help and favor that this person has among colleagues.", newcomer=1.0),)


def standing_after_week(standing: float, served: float, weeks: float) -> float:
    """Standing follows how far colleagues get the attention that the role asks for: s <- s + (q - s)(1 - e^(-1/weeks))."""
    return standing + (served - standing) * closed_in_a_week(weeks)


def delivery_with_help(delivery: float, standing: float, effect: float) -> float:
    """What gets through of a person's work with the help that is left: D (1 - effect (1 - s))."""
    return delivery * (1.0 - effect * (1.0 - standing))


def demands_met_with_favor(met: float, standing: float, protection: float) -> float:
    """Internal demands that count as met before a boss: met x (1 - protection (1 - s))."""
    return met * (1.0 - protection * (1.0 - standing))


def update_standing(employees: Employees, parameters: Parameters) -> None:
    """Standing follows how each person serves colleagues this week, and colleagues' help follows standing."""
    helping, protection = parameters.standing_help, parameters.standing_protection
    if helping == 0.0 and protection == 0.0:
        return
    total = parameters.attention_to_colleagues + parameters.attention_to_bosses + parameters.attention_to_deadlines
    asked, weeks = parameters.attention_to_colleagues / total, parameters.standing_weeks
    for seat in range(employees.value.size):
        if not employees.employed[seat]:
            continue
        served = attention_received(employees.attention_colleagues[seat], asked * (1.0 - employees.role_share[seat]))
        employees.standing[seat] = standing_after_week(employees.standing[seat], served, weeks)
        employees.delivery[seat] = delivery_with_help(employees.delivery[seat], employees.standing[seat], helping)
