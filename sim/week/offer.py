"""What becomes of an employee's delivery on its way to the customer: structure, focus, motive, partners, needs."""

from __future__ import annotations

import numpy as np

from sim.kernel.arrays import FloatArray, IntArray
from sim.mechanisms import focus, motive, needs, partners, structure
from sim.organization import Organization


def arriving(org: Organization, served: FloatArray, seat: IntArray) -> FloatArray:
    """Share of each customer's needs that is served in the end; each part is passed over where it is switched off.

    Args:
        org: The organization.
        served: What the seat that each customer meets would deliver.
        seat: That seat.
    """
    by_customer = org.number("structure.by_customer")
    if by_customer > 0.0:
        served = structure.align(served, by_customer, org.number("structure.alignment"))
        heads = int(org.employees.employed.sum())
        org.now.coordination_cost += structure.coordination_cost(
            heads, by_customer, org.number("structure.coordination")
        )
    served = _in_segments(org, served)
    means = org.number("motive.means")
    if means > 0.0:
        served = motive.serve_by_motive(served, _paying(org), means, org.number("motive.cut"))
    dependence = org.number("partners.dependence")
    if dependence > 0.0:
        served = partners.through_partners(served, float(org.surroundings.partners.min()), dependence)
    weight = org.number("needs.weight")
    if weight > 0.0:
        served = needs.fit(served, needs.match(org.employees.picture, org.surroundings.needs)[seat], weight)
    return served


def covered_by_promises(org: Organization) -> FloatArray:
    """How far each position of the market is promised an offer of its own, 0 to 1."""
    position = np.arange(len(org.customers))
    return focus.covered(position, org.amount_overall("segments"), int(org.number("focus.market_segments")))


def _in_segments(org: Organization, served: FloatArray) -> FloatArray:
    """Service by segment, as far as segments are promised offers of their own."""
    promised = org.amount_overall("segments")
    if promised == 0.0:
        return served
    org.now.complexity = org.number("focus.complexity") * promised
    return focus.serve_segments(
        served,
        covered_by_promises(org),
        promised,
        fit=org.number("focus.fit"),
        dilution=org.number("focus.dilution"),
    )


def _paying(org: Organization) -> FloatArray:
    """How far each customer pays for being served."""
    customers = org.customers
    visits = np.where(customers.contract, customers.contact_rate, customers.rate)
    worth = customers.spending * np.where(customers.contract, 1.0, customers.rate)
    cost = visits * (org.number("money.contact_cost") + org.number("money.served_cost"))
    return motive.pays(worth, cost, org.number("motive.hurdle"))
