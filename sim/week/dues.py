"""Accounts: who falls behind with payment, who is dunned, who pays."""

from __future__ import annotations

from sim.mechanisms import dues
from sim.organization import Organization


def collect_dues(org: Organization) -> None:
    """Some customers under contract fall behind with payment; dunning brings money in and costs satisfaction and trust."""
    arrears = org.number("dues.arrears")
    if arrears == 0.0:
        return
    customers, now = org.customers, org.now
    market = len(customers)
    owing = customers.active & (customers.dues > 0.0)
    dunning = org.number("dues.dunning")
    chance = dues.payment_chance(dunning, org.number("dues.payment"), org.number("dues.collection"))
    pays = owing & (org.uniform("pays dues", market) < chance)
    now.collected = float(customers.dues[pays].sum())
    customers.dues[pays] = 0.0
    falls = customers.active & customers.contract & ~owing & (org.uniform("falls behind", market) < arrears)
    now.behind = (owing & ~pays) | falls
    customers.dues = dues.owe(customers.dues, now.behind, customers.spending)
    harshness = org.number("dues.harshness")
    customers.satisfaction = dues.dun(customers.satisfaction, owing, dunning, harshness)
    customers.redress = dues.dun(customers.redress, owing, dunning, harshness)
    customers.trust = dues.dun(customers.trust, owing, dunning, harshness)
