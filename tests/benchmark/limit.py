"""The limit: the core week of the main job as one compiled kernel, fused by hand into flat loops over people.

It does the work of the retail bank under a policy: the same equations for each employee and customer, the same outcomes,
as many draws as the model makes (``lavish``) or only those that something hangs on. What it gives up is what the model is
for: keyed streams that a policy cannot shift are the cheapest mixing there is, mechanisms cannot be read, switched off or
traced, values of newcomers come from a table, and only customers under contract exist. Its numbers are its own; a test
holds their means against the model's.
"""

from __future__ import annotations

from collections import namedtuple
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from reference.numbers import Numbers
from scipy.special import betaincinv

from benchmark import market, names, people
from benchmark.draws import compiled_and_kept
from benchmark.market import call, come, look_back, serve, stay_or_go
from sim.organization import Organization
from sim.policies.plan import Plan
from sim.policies.resources import RESOURCE_NAMES, RESOURCES

_USED = {
    name
    for module in (people, market)
    for function in vars(module).values()
    if hasattr(function, "py_func")
    for name in function.py_func.__code__.co_names
}
_DEPARTMENT_SCRATCH = ("delivered", "gap", "habit_lost", "under_load", "unwatched", "rest")
_SEAT_COLUMNS = (
    "tenure", "satisfaction", "delivery", "surveilled", "value", "memory", "memory_total", "memory_cursor", "definition",
    "salience", "exposure", "compliance", "habit", "crowding", "standard", "energy", "cynicism", "manager", "colleagues",
)  # fmt: skip
_SEAT_SCRATCH = ("conduct", "discretion", "customers", "colleagues_share", "bosses", "deadlines")
_MARKET_COLUMNS = (
    "hazard", "contact_rate", "spending", "expectation", "satisfaction", "trust", "loyalty", "depth", "tenure", "contacts",
)  # fmt: skip


def _arrays(name: str, *fields: str) -> Any:
    """A class of arrays with names; it stands in this file, so that what was compiled for it can be kept."""
    return namedtuple(name, fields, module=__name__)


Tables = _arrays("Tables", "value", "hazard")
Above = _arrays(
    "Above", "program", "begun", "talk", "reputation", "expected", "assessment", "customers_weight", "facing_seats"
)
Departments = _arrays(
    "Departments", "seats", "facing", "load", "adopted", "managing", "heads", "managers_gone", *_DEPARTMENT_SCRATCH
)
Seats = _arrays(
    "Seats", "there", "choice", "shown", "exemplified", "department", "facing", "role", "manages", "fulfilled",
    *_SEAT_COLUMNS, *_SEAT_SCRATCH,
)  # fmt: skip
Market = _arrays("Market", "active", "gone", *_MARKET_COLUMNS)

_GRID = (np.arange(4096) + 0.5) / 4096  # quantiles of what newcomers are like


def _sources() -> int:
    """Fingerprint of all that the kernel is compiled from."""
    digest = blake2b(digest_size=7)
    for name in ("curves", "draws", "limit", "market", "names", "people"):
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return int.from_bytes(digest.digest(), "big")


def _compile(sources):
    """The kernel. Numba keeps its machine code, and takes it for stale when ``sources`` is another number."""

    @compiled_and_kept
    def live(seed, weeks, lavish, p, org, d, s, c, amounts, prices, tables, events, record):
        """Live through so many weeks; one row of ``record`` a week."""
        _ = sources
        blocks = np.empty((6, max(s.choice.size, c.active.size)))
        contact = np.zeros(c.active.size)
        for week in range(weeks):
            now = record[week]
            now[:] = 0.0
            people.succeed(seed, week, p, org, events[week])
            spent = amounts[week] * org.program[0]
            messages = people.open_week(p, org, d, spent)
            people.come_and_go(seed, week, lavish, p, d, s, spent, tables, now, blocks)
            common = people.see(d, s, p, org, spent)
            people.hear_learn_choose(seed, week, p, d, s, spent, common, blocks)
            people.agree(seed, week, p, s, blocks)
            contacts = call(seed, week, c, contact)
            people.bear_load(seed, week, p, org, d, spent, contacts)
            behind, support = people.work(p, d, s, spent, now, blocks)
            serve(seed, week, lavish, p, org, d, s, c, spent, contact, behind, support, now, blocks)
            stay_or_go(seed, week, p, org, c, now, blocks)
            come(seed, week, lavish, p, org, c, tables, now, blocks)
            look_back(seed, week, lavish, p, org, d, c, spent, prices, messages, contacts, now, blocks)

    return live


live = _compile(_sources())


def prepare(organization: Organization, weeks: int, lavish: bool = True) -> Any:
    """All that :func:`live` takes, copied from an organization that has settled and adopted a policy."""
    numbers = Numbers(organization.parameters)
    values = {name: float(value) for name, value in vars(numbers).items() if not isinstance(value, str)}
    kept = {name: value for name, value in values.items() if name in _USED}
    mean, concentration = numbers.hiring_value_mean, numbers.hiring_value_concentration
    churn = betaincinv(numbers.lifetime_churn_alpha, numbers.lifetime_churn_beta, _GRID)
    tables = Tables(value=betaincinv(mean * concentration, (1.0 - mean) * concentration, _GRID),
                   hazard=-np.expm1(np.log1p(-churn) / 52.0))  # fmt: skip
    used = [RESOURCE_NAMES.index(name) for name in names.SPENT]
    plan = Plan(organization.plan.bundle, [each.name for each in organization.scenario.departments])
    amounts = np.array([plan.amounts(week)[:, used] for week in range(weeks)])
    prices = np.array([(values[f"cost_{name}"], RESOURCES[name].per == "head") for name in names.SPENT], float)
    forced = np.zeros(weeks)
    for event in organization.scenario.events:
        if event.week < weeks:
            forced[event.week] = float(event.fields["share"])
    record = np.empty((weeks, len(names.RECORDED)))
    return (
        organization.streams.seed, weeks, lavish, _record(kept), _above(organization),
        _departments(organization), _seats(organization, numbers), _market(organization), amounts, prices, tables,
        forced, record,
    )  # fmt: skip


def run(prepared: Any) -> pd.DataFrame:
    """Weekly outcomes of a run that was prepared; can be used once."""
    live(*prepared)
    return pd.DataFrame(prepared[-1], columns=list(names.RECORDED))


def _record(values: dict[str, float]) -> Any:
    """Numbers with names, in a form that compiles."""
    table = np.zeros(1, np.dtype([(name, np.float64) for name in sorted(values)]))
    table[0] = tuple(values[name] for name in sorted(values))
    return table[0]


def _above(organization: Organization) -> Any:
    """Executives, and what the organization as a whole remembers."""
    executives = organization.executives
    return Above(
        program=np.array([organization.program]),
        begun=np.array([organization.begun]),
        talk=np.array([organization.talk]),
        reputation=np.array([organization.reputation]),
        expected=np.array([organization.contacts_expected]),
        assessment=executives.self_assessment.copy(),
        customers_weight=executives.weight_customers.copy(),
        facing_seats=np.flatnonzero(organization.employees.facing),
    )


def _departments(organization: Organization) -> Any:
    """Departments, with room for what the kernel works out for each of them every week."""
    departments, employees = organization.departments, organization.employees
    count = len(departments)
    manages = np.unique(employees.manager)
    return Departments(
        seats=departments.seats.copy(),
        facing=departments.facing.copy(),
        load=departments.load.copy(),
        adopted=departments.adopted.copy(),
        managing=np.bincount(employees.department[manages], minlength=count),
        heads=np.zeros(count),
        managers_gone=np.zeros(count),
        **{name: np.zeros(count) for name in _DEPARTMENT_SCRATCH},
    )


def _seats(organization: Organization, numbers: Numbers) -> Any:
    """Seats, with room for what the kernel works out for each of them every week."""
    employees = organization.employees
    count = len(employees)
    role = np.where(employees.facing, numbers.attention_facing_customers, numbers.attention_inner_customers)
    needed = np.maximum(numbers.attention_internal_need * (1.0 - role), 1e-12)
    manages = np.zeros(count)
    manages[employees.manager] = 1
    return Seats(
        there=employees.employed.astype(np.float64),
        choice=employees.choice.astype(np.float64),
        shown=np.zeros(count),
        exemplified=np.zeros(count),
        department=employees.department.astype(np.uint32),
        facing=employees.facing.astype(np.float64),
        role=role,
        manages=manages,
        fulfilled=np.minimum((1.0 - employees.attention_customers) / needed, 1.0),
        **{name: getattr(employees, name).copy() for name in _SEAT_COLUMNS},
        **{name: np.zeros(count) for name in _SEAT_SCRATCH},
    )


def _market(organization: Organization) -> Any:
    """Positions in the market, all of them under contract."""
    customers = organization.customers
    columns = {name: getattr(customers, name).copy() for name in _MARKET_COLUMNS}
    active = customers.active.astype(np.float64)
    return Market(active=active, gone=np.zeros(len(customers)), **columns)
