"""Newcomers: the draws that make a customer, and what every column holds for a new customer or employee.

The two functions below stand for what the columns declare as their ``newcomer``: :mod:`sim.model.engine` puts in their place
functions that set one column after the other, in the order of the registry.
"""

from __future__ import annotations

from sim.model.kernel.records import Block, Customers, Employees, Parameters, PolicyAmounts, Streams, Week

CHURN, PURCHASES, DROPOUT, WAITING, CONTACTS, AGREEMENT = range(6)
"""Uniform draws that decide what a customer is like, by position."""

SPENDING, SATISFACTION, EXPECTATION = range(3)
"""Normal draws that decide what a customer spends and feels at first, by position."""

TRAITS, FEELINGS = 5, 3
"""Number of them for a customer of the outset, whose agreement is drawn separately."""


def welcome_employee(
    seat: int, employees: Employees, policy: PolicyAmounts, parameters: Parameters, streams: Streams, week: Week
) -> None:
    """Set every column of a seat to what it holds for a newcomer."""
    raise NotImplementedError("sim.model.engine puts a function made from the columns in place of this one")


def welcome_customer(
    position: int,
    traits: Block,
    trait: int,
    feelings: Block,
    feeling: int,
    customers: Customers,
    parameters: Parameters,
) -> None:
    """Set every column of a position in the market to what it holds for a newcomer.

    Args:
        position: The position in the market that the customer takes.
        traits, trait: Block of uniform draws, and the position of the first that is this customer's.
        feelings, feeling: Block of normal draws, and the position of the first that is this customer's.
        customers, parameters: Records, as steps get them.
    """
    raise NotImplementedError("sim.model.engine puts a function made from the columns in place of this one")
