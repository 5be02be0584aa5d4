"""The compiled week does what the plain one does: same people, same choices, same customers, numbers to rounding.

The plain week (:mod:`sim.week`, NumPy on arrays) is the oracle. Whole numbers and flags are equal; other numbers may differ
in their last bits, since NumPy's curves and those of the loops are not the same formulas and sums are taken in another
order.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model.test_mixtures import banks, mixtures
from sim.compiled import week as compiled_week
from support import COLUMNS, everything, settled, tiny

import sim.week
from sim import engine, registry
from sim.kernel.arrays import FloatArray
from sim.organization import Organization
from sim.policies.bundle import Bundle
from sim.scenario import Scenario
from sim.scenario.shipped import files
from sim.simulation import adopt

CLOSE = {"rtol": 1e-9, "atol": 1e-11, "equal_nan": True}
SMALL = {"employees.number": 30, "customers.initial": 60, "customers.market": 90, "run.burn_in": 4}
FACTS = (
    *("contact", "met", "served", "conflict", "conceded", "failed", "recovered", "purchases", "lost", "lost_identity"),
    *("acquired", "leaving_draw", "left", "dismissed", "hired", "line", "permitted", "support", "reported", "told"),
    *("pressure", "quality", "fulfilment", "compliance", "discretion", "receptive", "messages", "retention"),
    *("revenue", "service_cost", "policy_cost", "customer_value", "promoted", "collected", "oversight"),
)
"""What later readers (traces, pictures, measures) may ask of a week."""


def differences(plain: Organization, fast: Organization) -> list[str]:
    """Everything in which two organizations differ by more than rounding."""
    found = []
    for kind in COLUMNS:
        left, right = getattr(plain, kind), getattr(fast, kind)
        found += [f"{kind}.{name}" for name in left.described() if not alike(getattr(left, name), getattr(right, name))]
    found += [name for name in FACTS if not alike(getattr(plain.now, name), getattr(fast.now, name))]
    found += [name for name in plain.outcomes if not alike(plain.outcomes[name], fast.outcomes[name])]
    numbers = ("week", "market", "reputation", "talk", "program", "begun", "customers_seen", "employees_seen")
    found += [name for name in numbers if not alike(getattr(plain, name), getattr(fast, name))]
    remembered = ("line", "benchmark", "recent_profit", "normal_profit", "talk_left", "talk_weeks")
    found += [name for name in remembered if not alike(getattr(plain.governance, name), getattr(fast.governance, name))]
    return found


def alike(one: Any, other: Any) -> bool:
    """Equal where they are whole numbers or flags, else equal to rounding; missing in the same places."""
    if one is None or other is None:
        return one is other
    left, right = np.asarray(one), np.asarray(other)
    if left.shape != right.shape:
        return False
    exact = left.dtype.kind in "ibu"
    return bool(np.array_equal(left, right) if exact else np.allclose(left, right, **CLOSE))


def live_side_by_side(scenario: Scenario, policy: Bundle, weeks: int, seed: int = 1) -> None:
    """Run the same organization both ways, and hold one against the other every week."""
    plain = settled(scenario, policy, seed)
    fast = plain.copy()
    for _ in range(weeks):
        sim.week.live_through(plain)
        engine.live_through(fast)
        assert differences(plain, fast) == [], f"week {plain.week - 1}"


ON = {name: value for mechanism in registry.current().mechanisms.values() for name, value in mechanism.active.items()}


@pytest.mark.parametrize("name", files("scenarios"))
@pytest.mark.parametrize("values", [{}, ON], ids=["as it is", "everything on"])
def test_every_shipped_scenario(name: str, values: dict[str, Any]) -> None:
    live_side_by_side(Scenario.load(name).override({**SMALL, **values}), everything(0.5, 2), 40)


@pytest.mark.parametrize("name", files("policies"))
def test_every_shipped_policy(name: str) -> None:
    scenario = Scenario.load("retail-bank").override({**SMALL, **ON})
    live_side_by_side(scenario, scenario.policy(name), 60)


RULES = [
    {"norm.rule": "majority"},
    {"norm.rule": "averaging"},
    *({"line.rule": rule, "interest.political": 0.5} for rule in ("discretion", "convenience", "fixed", "negotiated")),
    *({"criteria.setter": who, "criteria.leniency": 0.3} for who in ("executive", "staff", "customers", "independent")),
    *({"arbitration.rule": rule, "conflict.rate": 0.5} for rule in ("hierarchy", "ombudsman", "contract")),
]


@pytest.mark.parametrize("values", RULES, ids=str)
def test_every_rule(values: dict[str, Any]) -> None:
    live_side_by_side(tiny({**ON, **values}), everything(0.4), 30)


@settings(max_examples=40)
@given(st.data(), st.integers(0, 3))
def test_any_mixture(data: st.DataObject, seed: int) -> None:
    live_side_by_side(data.draw(banks(30)), data.draw(mixtures(30)), 30, seed)


def test_the_real_size_for_two_years() -> None:
    scenario = Scenario.load("retail-bank")
    live_side_by_side(scenario, scenario.policy("value-driven"), 104)


def test_the_smallest_organization() -> None:
    values = {"employees.number": 1, "customers.initial": 1, "customers.market": 1}
    live_side_by_side(tiny(values), everything(), 40)


def test_copies_go_their_own_ways() -> None:
    settled_bank = settled(tiny())
    engine.live_through(settled_bank)
    one, other = (adopt(settled_bank, everything(share)) for share in (1.0, 0.0))
    engine.live_through(one)
    before = other.employees.value.copy()
    assert other.world is None and np.array_equal(settled_bank.employees.value, before)
    engine.live_through(other)
    assert not np.array_equal(one.employees.salience, other.employees.salience)


def test_arrays_and_parameters_put_in_by_hand_are_seen() -> None:
    organization = settled(tiny())
    engine.live_through(organization)
    twin = organization.copy()
    for each in (organization, twin):
        each.employees.value = np.clip(each.employees.value + 0.2, 0.0, 1.0).astype(np.float32)  # type: ignore[assignment]
        each.customers.satisfaction = np.asfortranarray(each.customers.satisfaction[::-1])
        each.parameters = {**each.parameters, "norm.sharpness": 2.0}
    engine.live_through(organization)
    twin.employees.value = twin.employees.value.astype(np.float64)
    sim.week.live_through(twin)
    assert differences(twin, organization) == []


def test_steps_stand_in_the_order_of_the_week() -> None:
    source = textwrap.dedent(inspect.getsource(compiled_week.live.py_func))  # type: ignore[attr-defined]
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    called = [
        ast.unparse(call.func).rpartition(".")[2].strip("_") for call in sorted(calls, key=lambda call: call.lineno)
    ]
    steps = [name for name in called if name in compiled_week.STEPS]
    outside = {"strike", "make_moments"}
    assert steps == [name for name in compiled_week.STEPS if name not in outside]


@given(st.integers(0, 60), st.integers(0, 2**32))
def test_those_who_meet_are_ranked_as_numpy_ranks_them(count: int, seed: int) -> None:
    from sim.compiled.people import rank

    keys: FloatArray = np.round(np.random.default_rng(seed).random(max(count, 1)) * 0.25, 2)  # with ties
    order, starts = np.zeros(keys.size, dtype=np.int64), np.zeros(keys.size + 1, dtype=np.int64)
    rank(keys, starts, order, count, 0.26)
    np.testing.assert_array_equal(order[:count], np.argsort(keys[:count], kind="stable"))
