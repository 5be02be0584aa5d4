"""Executives: what they state, what they weigh, how they see themselves."""

from __future__ import annotations

from dataclasses import dataclass

from sim.kernel.arrays import FloatArray, IntArray
from sim.kernel.columns import Columns, column, share


@dataclass
class ExecutiveColumns(Columns):
    """One row an executive; row 0 is the chief executive, who sponsors policies."""

    identity: IntArray = column("Number of this executive in order of appointment.", "number", 0)
    stated: FloatArray = share("Weight on customers that the executive states in public.")
    weight_customers: FloatArray = share("True weight on customers' interest.")
    weight_owners: FloatArray = share("True weight on owners' interest.")
    weight_self: FloatArray = share("True weight on the executive's own interest.")
    self_assessment: FloatArray = share("How customer-centric the executive thinks the organization is.")
    customer_time: FloatArray = share("Share of this week's half days spent with customers.")
    tenure: FloatArray = column("Weeks in office.", "weeks", 0.0)
