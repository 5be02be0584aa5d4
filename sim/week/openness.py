"""How a contact is taken: what is seen of the work, what is forgiven, what an apology and an amends restore."""

from __future__ import annotations

import numpy as np

from sim.kernel.arrays import BoolArray, FloatArray, IntArray
from sim.kernel.dynamics import kept_after_a_week
from sim.mechanisms import disclosure, recovery
from sim.organization import Organization
from sim.week.offer import covered_by_promises


def perceived(org: Organization, rows: IntArray) -> FloatArray:
    """Service in this week's contacts as customers perceive it: openness shows what is better and what is worse."""
    served = org.now.served[rows]
    open_work = org.amount("disclosure")
    if not open_work.any():
        return served
    seat = np.maximum(org.now.met[rows], 0)
    return disclosure.perceive(served, open_work[seat], org.market, org.number("disclosure.lift"))


def expected(org: Organization, rows: IntArray) -> FloatArray:
    """What customers in contact expect: their experience, and more where they are promised an offer of their own."""
    expectation = org.customers.expectation[rows]
    if org.amount_overall("segments") == 0.0:
        return expectation
    return np.minimum(expectation + org.number("focus.promise") * covered_by_promises(org)[rows], 1.0)


def trust_earned(org: Organization, rows: IntArray) -> float | FloatArray:
    """Trust that a contact fully served earns: more where the customer is asked first."""
    gain = org.number("trust.gain")
    asked = org.amount("consent")
    if not asked.any():
        return gain
    seat = np.maximum(org.now.met[rows], 0)
    return disclosure.earn_trust(gain, asked[seat], org.number("consent.respect"))


def trust_lost(org: Organization, rows: IntArray) -> float | FloatArray:
    """Share of trust that a failure left as it is costs: less where the risk was told, or somebody apologizes for it."""
    now, customers = org.now, org.customers
    loss: float | FloatArray = org.number("trust.loss")
    open_risk = org.amount("disclosure")
    if open_risk.any():
        disclosed = org.uniform("risk told", len(customers))[rows] < open_risk[np.maximum(now.met[rows], 0)]
        loss = disclosure.forgive(loss, disclosed, org.number("disclosure.forbearance"))
    words = org.number("recovery.words")
    if words > 0.0:
        effect = recovery.apology_effect(customers.apologies[rows], words, org.number("recovery.worn_out"))
        loss = recovery.remaining_loss(loss, np.where(now.apologized[rows], effect, 0.0))
        customers.apologies += now.apologized
    return loss


def respond_to_failures(org: Organization, recovered: BoolArray) -> BoolArray:
    """Failures made right among ``recovered``, as far as they are noticed; for some of the others somebody apologizes.

    Args:
        org: The organization; ``now.failed`` is known.
        recovered: Failures that would be made right if noticed.
    """
    now, market = org.now, recovered.size
    noticed, made_right = now.failed, recovered
    notice = org.number("recovery.notice")
    if notice < 1.0:
        noticed = now.failed & (org.uniform("noticed", market) < notice)
        made_right = recovered & noticed
    if org.number("recovery.words") > 0.0:
        org.customers.apologies *= kept_after_a_week(org.number("recovery.memory_weeks"))
        left = noticed & ~made_right
        now.apologized = left & (org.uniform("apology", market) < org.number("recovery.apology"))
    return made_right


def please(org: Organization, rows: IntArray, weight: FloatArray) -> None:
    """Making right pleases: satisfaction rises beyond the service itself; what it adds wears off like all satisfaction."""
    gain = org.number("recovery.delight")
    customers = org.customers
    if gain == 0.0:
        return
    customers.redress[rows] *= 1.0 - weight
    pleased = rows[org.now.recovered[rows]]
    added = recovery.delight(customers.satisfaction[pleased], gain)
    customers.satisfaction[pleased] += added
    customers.redress[pleased] += added
