"""Focus: how many segments of the market are promised an offer of their own.

Customers who are promised an offer of their own are served better by it, come more readily, and expect more. But promises
compete for the same people: the loss grows with the square of their number, and contacts cost more. With few promises most
customers get an offer made for no one; with many, all promises are broken (seed text;
the focused factory: Skinner 1974; trade-offs: Porter 1996).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.amounts import mean_over_seats
from sim.model.kernel.columns import this_week
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Contacts, Departments, Parameters, PolicyAmounts, Week
from sim.model.kernel.sums import clip

_FOCUS = "Conjecture; Skinner 1974 and Porter 1996 for direction"

PARAMETERS = declare("""
focus.market_segments = 8 segments; 1 to 100, plausible 4 to 12; own; tier 5
    Number of segments of equal size that the market falls into.
    Source: Conjecture; set by the user
focus.fit = 0.6 ratio; 0 to 5, plausible 0.2 to 1; unknown; tier 5
    How much better an offer made for their segment serves customers.
    Source: Conjecture; Skinner 1974 and Porter 1996 for direction
focus.dilution = 0.01 per segment squared; 0 to 1, plausible 0.003 to 0.03; unknown; tier 5
    How much service is lost since promises compete for the same people.
    Source: Conjecture; Skinner 1974 and Porter 1996 for direction
focus.promise = 0.03 share; 0 to 1, plausible 0 to 0.1; unknown; tier 5
    Service that customers expect beyond their experience where they are promised an offer of their own.
    Source: Conjecture; Skinner 1974 and Porter 1996 for direction
focus.reach = 0.5 ratio; 0 to 10, plausible 0.2 to 1; unknown; tier 5
    How much more readily prospects come whose segment is promised an offer of its own.
    Source: Conjecture; Skinner 1974 and Porter 1996 for direction
focus.complexity = 0.05 per segment; 0 to 5, plausible 0 to 0.2; unknown; tier 5
    Extra cost of a contact for every segment promised, as a share of the cost of a contact.
    Source: Conjecture; Skinner 1974 and Porter 1996 for direction
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "focus.fit": 0.0,
    "focus.dilution": 0.0,
    "focus.promise": 0.0,
    "focus.reach": 0.0,
    "focus.complexity": 0.0,
}
"""A promise helps nobody and burdens nobody."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""Nothing to set: the mechanism works wherever the organization promises segments an offer of their own."""


NUMBERS = (
    this_week("promised", "Segments of the market that are promised an offer of their own.", "segments", start=0.0),
    this_week("complexity", "Extra cost of a contact, as a share.", "share"),
)


def segment_coverage(position: int, promised: float, segments: int) -> float:
    """How far each customer's segment has an offer of its own, 0 to 1. Segments get offers one after the other.

    Args:
        position: Positions in the market; a position's segment is its number modulo ``segments``.
        promised: Number of segments promised; a fraction is an offer half made.
        segments: Number of segments of the market.
    """
    return clip(promised - position % segments, 0.0, 1.0)


def service_of_segment(served: float, covered: float, promised: float, fit: float, dilution: float) -> float:
    """What reaches customers: served x (1 + fit x covered) x exp(-dilution x promised^2), at most 1."""
    return min(served * (1.0 + fit * covered) * exp(-dilution * promised * promised), 1.0)


def promise_offers_to_segments(
    departments: Departments, policy: PolicyAmounts, parameters: Parameters, week: Week
) -> None:
    """Some segments of the market are promised an offer of their own, which raises the cost of contacts."""
    week.promised = mean_over_seats(policy.segments, departments.seats)
    if week.promised != 0.0:
        week.complexity = parameters.focus_complexity * week.promised


def adjust_service_by_segment(contacts: Contacts, parameters: Parameters, week: Week) -> None:
    """An offer of their own serves customers better, but promises compete for the same people."""
    if week.promised == 0.0:
        return
    for contact in range(week.contacts):
        share = segment_coverage(contacts.customer[contact], week.promised, int(parameters.focus_market_segments))
        contacts.service[contact] = service_of_segment(
            contacts.service[contact], share, week.promised, parameters.focus_fit, parameters.focus_dilution
        )


def raise_promised_expectations(contacts: Contacts, parameters: Parameters, week: Week) -> None:
    """Customers who are promised an offer of their own expect more."""
    if week.promised == 0.0:
        return
    for contact in range(week.contacts):
        share = segment_coverage(contacts.customer[contact], week.promised, int(parameters.focus_market_segments))
        contacts.expected[contact] = min(contacts.expected[contact] + parameters.focus_promise * share, 1.0)
