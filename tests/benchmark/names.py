"""Names of what the fused kernel draws, spends and records: plain numbers, so that they compile to constants."""

from __future__ import annotations

(
    LEAVE, HIRE, CANDIDATES, PICK, ELSEWHERE, MEANING, ENCOUNTER, CHOICE, DEFINITIONS, CONTACT, WORKLOAD, ASSIGNMENT,
    CONFLICT, STAKES, FAILURE, AMENDS, CUSTOMER_LEAVES, ACQUISITION, NEWCOMER, SURVEY, SUCCESSION,
) = range(21)  # fmt: skip
"""Streams."""

(
    SPEECHES, POSTERS, PROCEDURES, MONITORING, TRAINING, COACHING, HIRING_FILTER, SPONSOR, AUTHORITY, RELIEF,
) = range(10)  # fmt: skip
"""Resources, in the order of :data:`SPENT`."""

SPENT = (
    "speeches", "posters", "procedures", "monitoring", "training", "coaching", "hiring_filter", "sponsor_attention",
    "recovery_authority", "relief",
)  # fmt: skip

RECORDED = (
    "practicing", "internalization", "salience", "compliance", "standard", "cynicism", "energy", "employee_satisfaction",
    "attention_customer", "work_pressure", "definition_agreement", "department_gap", "employees", "hired", "left",
    "dismissed", "espoused", "executive_self_assessment", "enacted", "enacted_per_customer", "reported", "satisfaction",
    "trust", "attitudinal_loyalty", "active_customers", "active_clients", "acquired", "lost", "retention", "contacts",
    "failures", "recovered", "conflicts", "revealed", "revenue", "service_cost", "policy_cost", "profit",
    "customer_value",
)  # fmt: skip
"""Weekly outcomes, in the order of the columns that the kernel fills."""


(
    PRACTICING, INTERNALIZATION, SALIENCE, COMPLIANCE, STANDARD, CYNICISM, ENERGY, CONTENT, ATTENTION, PRESSURE,
    AGREEMENT, GAP, EMPLOYEES, HIRED, LEFT, DISMISSED, ESPOUSED, ASSESSMENT, ENACTED, PER_CUSTOMER, REPORTED,
    SATISFACTION, TRUST, LOYALTY, ACTIVE, CLIENTS, ACQUIRED, LOST, RETENTION, CONTACTS, FAILURES, RECOVERED, CONFLICTS,
    REVEALED, REVENUE, SERVICE_COST, POLICY_COST, PROFIT, CUSTOMER_VALUE,
) = range(len(RECORDED))  # fmt: skip
