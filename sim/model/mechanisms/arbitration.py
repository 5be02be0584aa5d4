"""How a conflict is resolved when a customer does not accept a refusal.

*Hierarchy*: those who decided decide again, and nothing changes. *Ombudsman*: some refused customers appeal, and the
ombudsman gives both sides equal weight. *Contract*: terms decide part of the cases beforehand and give both sides equal
weight. Then no one has to appeal, and no one may concede more.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.parameters import ParameterValue, choice_code, declare
from sim.model.kernel.records import Contacts, Customers, Parameters, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform

PARAMETERS = declare("""
arbitration.rule = hierarchy; one of hierarchy, ombudsman, contract; lever; tier 5
    Who resolves a conflict that a customer does not let rest.
    Source: Conjecture; the question is the seed's: how do we resolve the conflict
arbitration.appeals = 0.15 share; 0 to 1, plausible 0.02 to 0.4; unknown; tier 5
    Share of refused customers who go to the ombudsman.
    Source: Conjecture: few of those who are wronged complain, fewer still to a third party
arbitration.covered = 0.4 share; 0 to 1, plausible 0.1 to 0.8; lever; tier 5
    Share of conflicts that the terms of a contract foresee.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"arbitration.rule": "hierarchy"}
"""Those who decided decide again."""

ACTIVE: Mapping[str, ParameterValue] = {"arbitration.rule": "contract"}
"""Off unless a scenario has it: terms decide part of the conflicts, or there is an ombudsman."""


STREAMS = ("arbitration",)

HIERARCHY = choice_code(PARAMETERS, "arbitration.rule", "hierarchy")
OMBUDSMAN = choice_code(PARAMETERS, "arbitration.rule", "ombudsman")
CONTRACT = choice_code(PARAMETERS, "arbitration.rule", "contract")


def arbitrate(
    conceded: bool, gain: float, cost: float, draw: float, rule: float, appeals: float, covered: float
) -> bool:
    """Whether a conflict ends for the customer.

    Args:
        conceded: What those in power decided.
        gain, cost: What is at stake for the customer and for the organization, currency.
        draw: Uniform draw: who appeals, or which cases the terms foresee.
        rule: Code of ``hierarchy``, ``ombudsman`` or ``contract``.
        appeals, covered: Share of refused cases appealed, and of all cases foreseen by contract.
    """
    fair = gain > cost
    if rule == OMBUDSMAN:
        return conceded | (fair & (draw < appeals))
    if rule == CONTRACT:
        return fair if draw < covered else conceded
    return conceded


def arbitrate_conflicts(
    customers: Customers, contacts: Contacts, parameters: Parameters, streams: Streams, week: Week
) -> None:
    """Refused customers appeal, or terms of a contract decide the case."""
    if parameters.arbitration_rule == HIERARCHY:
        return
    start = block(streams.arbitration, week.number, 0)
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        if customers.conflict[position]:
            customers.conceded[position] = arbitrate(
                customers.conceded[position],
                contacts.gain[contact],
                contacts.cost[contact],
                uniform(start, position),
                parameters.arbitration_rule,
                parameters.arbitration_appeals,
                parameters.arbitration_covered,
            )
