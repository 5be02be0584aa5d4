"""Customers: positions in the market, each taken by a customer or by someone who could become one."""

from __future__ import annotations

from dataclasses import dataclass

from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.kernel.columns import Columns, column, share


@dataclass
class CustomerColumns(Columns):
    """One row a position in the market. A position without customer (``active`` false) is a prospect's."""

    identity: IntArray = column("Number of this customer in order of arrival; -1 for a prospect.", "number", -1)
    active: BoolArray = column("Whether the position is taken by a customer.", "yes or no")
    contract: BoolArray = column("Under contract (leaves) or not (simply stops buying).", "yes or no")
    hazard: FloatArray = column("Own baseline probability of leaving in a week, under contract.", "per week", 0.0, 1.0)
    rate: FloatArray = column("Purchases per week while buying, without contract.", "per week", 0.0)
    dropout: FloatArray = column("Own baseline chance of stopping after a purchase.", "per purchase", 0.0, 1.0)
    next_purchase: FloatArray = column("Time of the next purchase; far away under contract.", "weeks")
    contact_rate: FloatArray = column("Chance of a service contact in a week, under contract.", "per week", 0.0, 1.0)
    spending: FloatArray = column("Margin per week under contract, else per purchase.", "currency", 0.0)
    expectation: FloatArray = share("Share of needs that the customer expects to have served.")
    satisfaction: FloatArray = share("Satisfaction with what the customer got so far.")
    trust: FloatArray = share("Trust that the organization keeps its word and makes right what went wrong.")
    loyalty: FloatArray = share("Attitudinal loyalty: what the customer says of staying and recommending.")
    depth: FloatArray = share("Depth of the relationship, from one-time buyer to close client.")
    tenure: FloatArray = column("Weeks since becoming a customer.", "weeks", 0.0)
    contacts: IntArray = column("Service contacts so far.", "count", 0)
    redress: FloatArray = share(
        "Part of satisfaction that comes from failures made right; it pleases and binds nobody."
    )
    apologies: FloatArray = column("Apologies heard and not yet forgotten.", "apologies", 0.0)
    agreed: BoolArray = column("Whether the customer agrees to promotional contact when asked.", "yes or no")
    irritation: FloatArray = share("Irritation at unwanted contact.")
    blocked: BoolArray = column("Whether the customer has blocked promotional contact, for good.", "yes or no")
    dues: FloatArray = column("Money owed.", "currency", 0.0)
