"""The weekly outcomes: one row a week, the columns that every table, figure and command speaks of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One column of the weekly table.

    Attributes:
        name: Column name.
        unit: Unit; ``share`` and ``index`` run from 0 to 1.
        meaning: What it says, and when it is missing.
    """

    name: str
    unit: str
    meaning: str


OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome("espoused", "index", "What leadership says: stated weight on customers, raised by recent talk."),
        Outcome(
            "enacted",
            "share",
            "Share of what the customer needed that was served, mean over this week's service "
            "contacts; refused conflicts count as not served. Missing in weeks without contacts.",
        ),
        Outcome(
            "enacted_per_customer",
            "needs per week",
            "Needs served this week per active customer. Missing without customers.",
        ),
        Outcome(
            "reported",
            "index",
            "Score that the organization shows itself: mean satisfaction of those who answered "
            "its survey. Missing when nobody answered.",
        ),
        Outcome(
            "practicing",
            "share",
            "Share of employees whose choice this week was for the customer. Missing when nobody is employed.",
        ),
        Outcome("internalization", "index", "Mean value of employees. Missing when nobody is employed."),
        Outcome("salience", "index", "Mean salience of the topic among employees. Missing when nobody is employed."),
        Outcome(
            "compliance",
            "share",
            "Mean share of procedures followed, by demand or habit, load taken off. Missing when nobody is employed.",
        ),
        Outcome(
            "reach",
            "share",
            "Share of seats whose 13-week mean choice stands .1 above the twin's minus the share .1 "
            "below. Exists in pairs only: missing in a single run.",
        ),
        Outcome(
            "standard", "ratio", "Mean standard that employees hold themselves to. Missing when nobody is employed."
        ),
        Outcome("cynicism", "index", "Mean cynicism of employees. Missing when nobody is employed."),
        Outcome("energy", "index", "Mean energy of employees. Missing when nobody is employed."),
        Outcome("employee_satisfaction", "index", "Mean satisfaction of employees. Missing when nobody is employed."),
        Outcome(
            "definition_agreement",
            "index",
            "How far employees mean the same by centricity (1: all the same). Missing when nobody is employed.",
        ),
        Outcome(
            "department_gap",
            "share",
            "Largest minus smallest share of practicing among departments. Missing when nobody is employed.",
        ),
        Outcome(
            "attention_customer",
            "share",
            "Mean share of attention that employees give to customers. Missing when nobody is employed.",
        ),
        Outcome("satisfaction", "index", "Mean satisfaction of active customers. Missing without customers."),
        Outcome("trust", "index", "Mean trust of active customers. Missing without customers."),
        Outcome(
            "attitudinal_loyalty",
            "index",
            "Mean attitudinal loyalty of active customers: what they say. Missing without customers.",
        ),
        Outcome("active_customers", "count", "Customers at the end of the week."),
        Outcome("active_clients", "count", "Customers whose relationship is deep enough to count as clients."),
        Outcome("acquired", "count", "Customers who came this week."),
        Outcome("lost", "count", "Customers who left or stopped buying this week."),
        Outcome(
            "retention",
            "share",
            "Weekly retention: under contract, share of the week's first customers who stayed; "
            "without, share of their expected purchases. Missing without customers.",
        ),
        Outcome("contacts", "count", "Service contacts this week."),
        Outcome("failures", "count", "Contacts that went wrong."),
        Outcome("recovered", "count", "Failures made right."),
        Outcome("conflicts", "count", "Contacts in which interests collided."),
        Outcome(
            "revealed", "share", "Share of this week's conflicts decided for the customer. Missing without conflicts."
        ),
        Outcome("executive_self_assessment", "index", "How customer-centric executives think the organization is."),
        Outcome("employees", "count", "Employees at the end of the week."),
        Outcome("hired", "count", "Employees hired this week."),
        Outcome("left", "count", "Employees who left of their own accord this week."),
        Outcome("dismissed", "count", "Employees dismissed this week."),
        Outcome("work_pressure", "ratio", "Mean of work against capacity. Missing when nobody is employed."),
        Outcome("sponsored", "share", "Largest amount of any resource this week, as share of its legal range."),
        Outcome("revenue", "currency", "Margin before service this week."),
        Outcome("service_cost", "currency", "Cost of service, recoveries and conceded conflicts this week."),
        Outcome("policy_cost", "currency", "Cost of the policy's resources this week."),
        Outcome("profit", "currency", "Revenue less service cost and policy cost."),
        Outcome("customer_value", "currency", "Worth to customers of needs served, and of conflicts decided for them."),
    )
}

OUTCOME_NAMES: tuple[str, ...] = tuple(OUTCOMES)
