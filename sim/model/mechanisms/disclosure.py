"""Openness: customers see the work, hear of risks beforehand, and are asked first.

Seeing the work moves perceived quality away from what the market offers: up where it is better (Buell, Kim & Tsay 2017:
22 % in a kitchen) and down where it is worse. A bad outcome costs less trust if its risk was disclosed. Informed consent
is respect, and respect earns trust.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.amounts import any_amount
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import (
    Contacts,
    Customers,
    Employees,
    OrganizationNumbers,
    Parameters,
    PolicyAmounts,
    Streams,
    Week,
)
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import clip

PARAMETERS = declare("""
disclosure.lift = 0.5 ratio; 0 to 2, plausible 0.2 to 0.8; unknown; tier 2
    How far full openness moves perceived service away from what the market offers, up or down.
    Source: Buell, Kim & Tsay 2017: 22 % better perceived where the work was good (0.5 gives that at .8 of needs served)
disclosure.forbearance = 0.5 share; 0 to 1, plausible 0.2 to 0.7; unknown; tier 5
    Part of the trust lost by a failure that is saved where the risk had been told.
    Source: Conjecture: a violation that was hidden weighs at least twice
consent.respect = 0.5 ratio; 0 to 5, plausible 0 to 1; unknown; tier 5
    Extra trust that a contact earns where the customer is asked first, against one where not.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "disclosure.lift": 0.0,
    "disclosure.forbearance": 0.0,
    "consent.respect": 0.0,
}
"""Openness changes neither what customers perceive nor what they forgive."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""Nothing to set: the mechanism works wherever the organization spends on disclosure or consent."""


STREAMS = ("risk told",)


def perceived_service(served: float, disclosure: float, market: float, lift: float) -> float:
    """Service as the customer perceives it, 0 to 1: P + lift x disclosure x (P - what the market offers)."""
    return clip(served + lift * disclosure * (served - market), 0.0, 1.0)


def loss_after_disclosure(loss: float, disclosed: bool, forbearance: float) -> float:
    """Share of trust lost by a failure: smaller by ``forbearance`` where the risk was disclosed."""
    forgiven = loss * (1.0 - forbearance)
    return forgiven if disclosed else loss


def gain_with_consent(gain: float, consent: float, respect: float) -> float:
    """Trust earned by a contact fully served: gain x (1 + respect x consent), at most 1."""
    return min(gain * (1.0 + respect * consent), 1.0)


def disclose_work(
    employees: Employees,
    customers: Customers,
    contacts: Contacts,
    policy: PolicyAmounts,
    parameters: Parameters,
    week: Week,
    organization: OrganizationNumbers,
) -> None:
    """Openness shows customers what is better and what is worse than in the market."""
    if not any_amount(policy.disclosure):
        return
    for contact in range(week.contacts):
        seat = max(customers.met[contacts.customer[contact]], 0)
        contacts.performance[contact] = perceived_service(
            contacts.performance[contact],
            policy.disclosure[employees.department[seat]],
            organization.market,
            parameters.disclosure_lift,
        )


def adjust_trust_for_openness(
    employees: Employees,
    customers: Customers,
    contacts: Contacts,
    policy: PolicyAmounts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
) -> None:
    """A contact earns more trust where the customer is asked first; a failure costs less where its risk was disclosed."""
    if not any_amount(policy.consent) and not any_amount(policy.disclosure):
        return
    risks = block(streams.risk_told, week.number, 0)
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        department = employees.department[max(customers.met[position], 0)]
        asked, opened = policy.consent[department], policy.disclosure[department]
        if asked != 0.0:
            contacts.trust_gain[contact] = gain_with_consent(
                contacts.trust_gain[contact], asked, parameters.consent_respect
            )
        if opened != 0.0:
            disclosed = uniform(risks, position) < opened
            contacts.trust_loss[contact] = loss_after_disclosure(
                contacts.trust_loss[contact], disclosed, parameters.disclosure_forbearance
            )
