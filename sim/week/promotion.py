"""Promotional contact: it reaches customers before they come forward themselves."""

from __future__ import annotations

import numpy as np

from sim.mechanisms import promotion
from sim.organization import Organization


def promote(org: Organization) -> None:
    """Promotional contacts reach customers; they sell a little, irritate whoever did not ask for them, and are blocked."""
    customers, now = org.customers, org.now
    amount = org.amount_overall("promotion")
    if amount == 0.0 and not customers.irritation.any():
        return
    targeting, obtrusiveness = org.number("promotion.targeting"), org.number("promotion.obtrusiveness")
    received = promotion.contacts_received(
        amount, org.amount_overall("consent"), customers.agreed, customers.blocked | ~customers.active
    )
    worth = customers.spending * np.where(customers.contract, 1.0, customers.rate)
    rate = org.number("promotion.sales") * promotion.appeal(
        targeting, obtrusiveness, org.number("promotion.interaction")
    )
    now.promoted = float(promotion.extra_margin(worth, received, customers.irritation, rate).sum())
    unwanted = received * ~customers.agreed * promotion.intrusiveness(targeting, obtrusiveness)
    customers.trust = promotion.wear_trust(customers.trust, unwanted, org.number("promotion.intrusion"))
    customers.irritation = promotion.irritate(
        customers.irritation, unwanted, org.number("promotion.reactance"), org.number("promotion.irritation_weeks")
    )
    blocks = org.uniform("blocks", len(customers)) < org.number("promotion.blocking") * customers.irritation
    customers.blocked |= blocks & (received > 0.0)
