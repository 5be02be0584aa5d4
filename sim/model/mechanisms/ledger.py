"""The ledger: revenue, cost of service, of policies, of wages and of replacing people. Amounts are in currency per week.

Wages and contacts are told apart: wages pay people's time, whatever they do with it; the cost of a contact and of serving in it
is what comes on top (material, licenses, postage, concessions by routine).
"""

from __future__ import annotations

from sim.model.agents.newcomers import SPENDING
from sim.model.kernel.amounts import largest_share
from sim.model.kernel.columns import customer_column, effect_column, this_week
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import declare
from sim.model.kernel.records import (
    Block,
    Customers,
    Departments,
    Environment,
    Parameters,
    PolicyAmounts,
    Resources,
    Scratch,
    Week,
)
from sim.model.kernel.scalar_draws import normal
from sim.model.kernel.sums import count_of, sum_of
from sim.model.mechanisms.failure_demand import needs_served
from sim.model.mechanisms.price import margin_with_premium
from sim.model.mechanisms.relationship import share_of_wallet, tie

PARAMETERS = declare("""
money.margin = 8.0 currency per week; 0 to 1e+06, plausible 4 to 12; own; tier 5
    Mean margin before service of a customer under contract.
    Source: The user's own organization
money.margin_spread = 0.6 sd of log; 0 to 3, plausible 0.3 to 1; own; tier 5
    How much customers differ in margin or spending.
    Source: Conjecture
money.purchase = 20.0 currency; 0 to 1e+06, plausible 10 to 30; own; tier 5
    Mean margin of one purchase of a customer without contract.
    Source: The user's own organization
money.contact_cost = 4.0 currency; 0 to 1e+06, plausible 2 to 6; own; tier 5
    Cost of a contact in which nothing beyond routine is served, beyond the wages of those who serve.
    Source: The user's own organization
money.served_cost = 3.0 currency; 0 to 1e+06, plausible 1.5 to 4.5; own; tier 5
    Extra cost of a contact in which all of the need is served, beyond the wages of those who serve.
    Source: The user's own organization
money.wage = 0.0 currency per week and person; 0 to 100000, plausible 0 to 2000; own; tier 5
    What a person at work costs in a week, taxes and contributions included (0: wages are left out of the ledger).
    Source: The user's own organization
money.replacement = 0.21 share; 0 to 1, plausible 0.1 to 0.4; own; tier 3
    Cost of replacing one person, as a share of a year's wage: leaving, search, and what newcomers are taught.
    Source: Boushey & Glynn 2012: about 21 % of annual pay, median of 27 case studies
money.need_value = 12.0 currency; 0 to 1e+06, plausible 6 to 18; own; tier 5
    What having a need fully served is worth to a customer.
    Source: Conjecture; scale of the scenario
money.discount = 0.08 per year; 0 to 1, plausible 0.04 to 0.12; own; tier 3
    Rate at which later money is discounted.
    Source: Usual cost of capital 6-10 %
money.horizon = 260 weeks; 1 to 5200; definition; tier 5
    Weeks over which customers' value is counted.
    Source: Definition
""")


COLUMNS = (
    customer_column(
        "spending",
        "Margin per week under contract, else per purchase.",
        "currency",
        bounds=(0.0, None),
        newcomer="newcomer_spending",
    ),
    effect_column("squeezes", "Squeezes of the margin in force: the share of revenue that is lost."),
)

NUMBERS = (
    this_week("revenue", "Margin before service.", "currency"),
    this_week("service_cost", "Cost of service, recoveries and conceded conflicts.", "currency"),
    this_week("policy_cost", "Cost of the policy's resources.", "currency"),
    this_week("wages", "Wages of the people at work.", "currency"),
    this_week("replacement_cost", "Cost of leaving and hiring, for the people who came this week.", "currency"),
    this_week("customer_value", "Worth to customers of needs served, and of conflicts decided for them.", "currency"),
)


def spending(normal: float, mean: float, spread: float) -> float:
    """Margin of each customer: lognormal with the given mean, mean x exp(spread z - spread^2 / 2)."""
    return mean * exp(spread * normal - 0.5 * spread * spread)


def wages(people: float, wage: float) -> float:
    """Wages of a week: people at work x wage."""
    return people * wage


def replacement_cost(hired: float, wage: float, share: float) -> float:
    """Cost of the people who came this week, to replace others or to be more: their number x share x 52 weeks of wage."""
    return hired * share * 52.0 * wage


def newcomer_spending(
    position: int, customers: Customers, feelings: Block, feeling: int, parameters: Parameters
) -> float:
    """A newcomer's margin: per week under contract, else per purchase."""
    mean = parameters.money_margin if customers.contract[position] else parameters.money_purchase
    return mean * spending(normal(feelings, feeling + SPENDING), 1.0, parameters.money_margin_spread)


def keep_accounts(
    customers: Customers,
    departments: Departments,
    environment: Environment,
    scratch: Scratch,
    policy: PolicyAmounts,
    resources: Resources,
    parameters: Parameters,
    week: Week,
) -> None:
    """Revenue, all costs, and worth to customers are booked. A simulated customer stands for many."""
    late = parameters.dues_arrears != 0.0
    for position in range(customers.active.size):
        there = customers.active[position] | customers.lost[position]
        pays = there & (not customers.acquired[position]) & (not (late & customers.behind[position]))
        # Without contract, becoming a customer is a purchase.
        first = pays if customers.contract[position] else customers.acquired[position]
        scratch.position_value[position] = customers.spending[position] * (customers.purchases[position] + first)
    adjust_spending(customers, scratch, parameters)
    served, recovered = needs_served(customers, scratch), count_of(customers.recovered)
    week.revenue = sum_of(scratch.position_value, scratch.partial_sums) + week.promoted + week.collected
    for squeeze in range(environment.squeezes.shape[0]):
        if week.number < environment.squeezes[squeeze, 1]:
            week.revenue *= 1.0 - environment.squeezes[squeeze, 0]
    contact_cost = parameters.money_contact_cost
    week.service_cost = contact_cost * week.contacts + parameters.money_served_cost * served
    week.service_cost += parameters.recovery_cost * recovered + week.conceded_cost
    week.service_cost += week.complexity * contact_cost * week.contacts
    week.customer_value = parameters.money_need_value * served + week.conceded_gain
    week.revenue *= parameters.customers_represented
    week.service_cost *= parameters.customers_represented
    week.service_cost += week.coordination_cost  # of employees, who stand for themselves alone
    week.customer_value *= parameters.customers_represented
    week.policy_cost = cost_of_policy(departments, policy, resources)
    wage = parameters.money_wage
    if wage > 0.0:
        people, hired = 0.0, week.people_added
        for department in range(departments.headcount.size):
            people += departments.headcount[department] * departments.people_per_seat[department]
            hired += departments.newcomers[department] * departments.people_per_seat[department]
        week.wages = wages(people, wage)
        week.replacement_cost = replacement_cost(hired, wage, parameters.money_replacement)


def adjust_spending(customers: Customers, scratch: Scratch, parameters: Parameters) -> None:
    """What customers pay (``scratch.position_value``) follows trust and depth of the relationship, and a price premium."""
    by_trust, by_depth = parameters.relationship_wallet_trust, parameters.relationship_wallet_depth
    if by_trust != 0.0 or by_depth != 0.0:
        for position in range(customers.active.size):
            scratch.position_value[position] *= share_of_wallet(
                tie(
                    customers.trust[position],
                    customers.usual_trust[position],
                    customers.depth[position],
                    customers.usual_depth[position],
                    by_trust,
                    by_depth,
                )
            )
    if parameters.price_premium != 0.0:
        factor = margin_with_premium(parameters.price_premium, parameters.price_margin_share)
        for position in range(customers.active.size):
            scratch.position_value[position] *= factor


def cost_of_policy(departments: Departments, policy: PolicyAmounts, resources: Resources) -> float:
    """Cost of the amounts in force: per head reached, or for the whole organization (by share of seats reached)."""
    if largest_share(policy, resources) == 0.0:
        return 0.0
    seats, total = count_of(departments.seats), 0.0
    for resource in range(len(policy)):
        spent = 0.0
        for department in range(departments.seats.size):
            by_head = resources[resource].by_head
            people = departments.headcount[department] * departments.people_per_seat[department]
            reached = people if by_head else departments.seats[department] / seats
            spent += policy[resource][department] * reached
        total += resources[resource].price * spent
    return total
