"""Who comes: new customers into positions of the market, new employees into vacant seats."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import betaincinv

from sim.agents.customers import CustomerColumns
from sim.agents.employees import EmployeeColumns
from sim.kernel.arrays import FloatArray, IntArray, SmallIntArray
from sim.kernel.parameters import ParameterValue
from sim.kernel.random import Streams
from sim.mechanisms import lifetime, norm
from sim.mechanisms.definitions import bring
from sim.mechanisms.ledger import spending
from sim.mechanisms.staffing import choose_candidate

CONTACT_SPREAD = 0.5  # half-width of the uniform spread of contact rates around their mean

KIND_DRAWS, FEELING_DRAWS = 5, 3
"""Draws that make one customer: what they are like, and how they feel at first."""

_BLANK = (
    "salience",
    "exposure",
    "compliance",
    "habit",
    "crowding",
    "gaming",
    "insight",
    "tenure",
    "attention_customers",
    "attention_colleagues",
    "attention_bosses",
    "attention_deadlines",
    "picture",
)
"""What a newcomer starts without."""

_WITHOUT_A_PAST = ("redress", "apologies", "irritation", "blocked", "dues")
"""What a new customer has not yet met with."""


def arrive(
    customers: CustomerColumns,
    rows: IntArray,
    parameters: Mapping[str, ParameterValue],
    kind: FloatArray,
    feeling: FloatArray,
) -> None:
    """Put newcomers with attributes of their own into the positions ``rows``; identity and ``active`` are left alone.

    Args:
        rows: Positions of the market.
        kind: Uniform draws, shape (rows, :data:`KIND_DRAWS`).
        feeling: Standard normal draws, shape (rows, :data:`FEELING_DRAWS`).
    """
    p = parameters
    contract = customers.contract[rows]
    churn = lifetime.annual_churn(kind[:, 0], float(p["lifetime.churn_alpha"]), float(p["lifetime.churn_beta"]))
    customers.hazard[rows] = np.where(contract, lifetime.weekly_hazard(churn), 0.0)
    if contract.all():
        customers.rate[rows] = customers.dropout[rows] = 0.0
        customers.next_purchase[rows] = np.inf
    else:
        _buy_as_they_like(customers, rows, p, kind)
    heterogeneity = 1.0 + CONTACT_SPREAD * (2.0 * kind[:, 4] - 1.0)
    contact_rate = np.minimum(float(p["service.contacts"]) * heterogeneity, 1.0)
    customers.contact_rate[rows] = np.where(contract, contact_rate, 0.0)
    mean = np.where(contract, float(p["money.margin"]), float(p["money.purchase"]))
    customers.spending[rows] = mean * spending(feeling[:, 0], 1.0, float(p["money.margin_spread"]))
    sd = float(p["satisfaction.sd"])
    customers.satisfaction[rows] = np.clip(float(p["satisfaction.reference"]) + sd * feeling[:, 1], 0.0, 1.0)
    customers.expectation[rows] = np.clip(float(p["expectation.market"]) + 0.5 * sd * feeling[:, 2], 0.0, 1.0)
    customers.trust[rows] = float(p["trust.initial"])
    customers.loyalty[rows] = 0.5 * customers.satisfaction[rows] + 0.3 * customers.trust[rows]
    customers.depth[rows] = 0.0
    customers.tenure[rows] = 0.0
    customers.contacts[rows] = 0
    for name in _WITHOUT_A_PAST:
        getattr(customers, name)[rows] = 0


def _buy_as_they_like(
    customers: CustomerColumns, rows: IntArray, p: Mapping[str, ParameterValue], kind: FloatArray
) -> None:
    """Rates, dropout and first purchase of the newcomers among ``rows`` who come without contract."""
    contract = customers.contract[rows]
    rate = lifetime.purchase_rate(kind[:, 1], float(p["lifetime.purchase_shape"]), float(p["lifetime.purchase_scale"]))
    customers.rate[rows] = np.where(contract, 0.0, rate)
    dropout = lifetime.dropout_probability(kind[:, 2], float(p["lifetime.dropout_a"]), float(p["lifetime.dropout_b"]))
    customers.dropout[rows] = np.where(contract, 0.0, dropout)
    waiting = lifetime.waiting_time(customers.rate[rows], -np.log1p(-kind[:, 3]))
    customers.next_purchase[rows] = np.where(contract, np.inf, waiting)


def hired_values(
    parameters: Mapping[str, ParameterValue], streams: Streams, week: int, hiring_filter: FloatArray, rows: IntArray
) -> FloatArray:
    """Values of the people hired into the seats ``rows`` this week, given the hiring filter at every seat."""
    seats = hiring_filter.size
    p = parameters
    mean, concentration = float(p["hiring.value_mean"]), float(p["hiring.value_concentration"])
    drawn = streams.uniform("candidates", week, (seats, int(p["hiring.candidates"])))
    pick = streams.uniform("candidate picked", week, seats)
    # The best candidate has the largest draw, so that one quantile a seat is enough.
    chosen = choose_candidate(drawn[rows], pick[rows], hiring_filter[rows])
    return np.asarray(betaincinv(mean * concentration, (1.0 - mean) * concentration, chosen), dtype=np.float64)


def remembered_elsewhere(
    parameters: Mapping[str, ParameterValue], streams: Streams, week: int, seats: int
) -> SmallIntArray:
    """Memory that newcomers bring from where they worked before, shape (seats, memory)."""
    p = parameters
    draws = streams.uniform("remembered elsewhere", week, (seats, int(p["norm.memory"])))
    return np.where(draws < float(p["hiring.outside_practice"]), norm.SEEN, 0).astype(np.int16)


def join(
    employees: EmployeeColumns,
    rows: IntArray,
    first_identity: int,
    hiring_filter: FloatArray,
    parameters: Mapping[str, ParameterValue],
    streams: Streams,
    week: int,
) -> None:
    """Put newcomers into the vacant seats ``rows``: fresh energy, the outside's memory, values as the filter let in."""
    p = parameters
    seats = len(employees)
    employees.identity[rows] = first_identity + np.arange(rows.size)
    employees.employed[rows] = True
    employees.value[rows] = hired_values(p, streams, week, hiring_filter, rows)
    employees.memory[rows] = remembered_elsewhere(p, streams, week, seats)[rows]
    employees.memory_total[rows] = employees.memory[rows].sum(axis=1, dtype=np.int64)
    employees.memory_cursor[rows] = 0
    drawn = streams.uniform("newcomer definition", week, seats)[rows]
    employees.definition[rows] = bring(drawn, float(p["definitions.spread"]))
    for name in _BLANK:
        getattr(employees, name)[rows] = 0.0
    employees.choice[rows] = 0
    employees.surveilled[rows] = False
    employees.standard[rows] = float(p["hiring.standard"])
    employees.energy[rows] = 1.0
    employees.cynicism[rows] = float(p["cynicism.initial"])
    employees.satisfaction[rows] = float(p["employees.satisfaction_initial"])
    employees.justice[rows] = float(p["justice.initial"])
