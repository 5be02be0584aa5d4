"""The function of the whole week: every step once and in order, and the same weeks however they are run."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support import amounts, burned_in, event, everything, tiny

from sim.model import engine, registry
from sim.model.kernel.records import ARGUMENTS
from sim.model.organization import Organization
from sim.model.policies.policy import Condition, Phase, Policy
from sim.model.registry import Registry
from sim.model.scenario import Scenario
from sim.model.week import INITIALIZATION, WEEK

from .compared import differences

KNOWN = registry.current()
ON = {name: value for mechanism in KNOWN.mechanisms.values() for name, value in mechanism.active.items()}
STORMY = tiny({**ON, "employees.turnover": 0.1}, tuple(event(kind, 3 + n) for n, kind in enumerate(KNOWN.event_kinds)))


def calls(text: str) -> list[ast.Call]:
    """Calls in a piece of code, in the order of its lines."""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def test_every_step_stands_there_once_and_in_order() -> None:
    text, meanings = engine.source_of_the_week(KNOWN)
    names = [ast.unparse(call.func) for call in calls(text)]
    called = [meanings[name].__name__ for name in names if name in meanings]
    assert called == [
        "request_amounts",
        *(step.__name__ for step in (*WEEK, *INITIALIZATION)),
        *(outcome.measure.__name__ for outcome in KNOWN.outcomes.values()),
        "end_phases",
    ]
    assert [step for step in WEEK if engine.is_python_step(step)] == [], "a run is one call"
    assert KNOWN.steps == WEEK


def test_a_step_is_given_what_its_arguments_name() -> None:
    text, meanings = engine.source_of_the_week(KNOWN)
    for call in calls(text):
        step = meanings.get(getattr(call.func, "id", ""))
        if step is not None:
            names = step.__code__.co_varnames[: step.__code__.co_argcount]
            assert [ast.unparse(argument) for argument in call.args] == list(names)
            assert set(names) <= set(ARGUMENTS)


def test_numbers_of_the_week_begin_where_they_are_declared_to() -> None:
    text, _ = engine.source_of_the_week(KNOWN)
    begun = dict(
        line.strip().split(" = ") for line in text.splitlines() if line.strip().startswith("week.") and " = " in line
    )
    weekly = {number.name: number for number in KNOWN.numbers if number.weekly}
    assert set(begun) == {f"week.{name}" for name in weekly}
    for name, number in weekly.items():
        start: Any = number.start
        np.testing.assert_array_equal(float(begun[f"week.{name}"].replace("True", "1").replace("False", "0")), start)


def ask_for_the_moon(employees: Any, moon: Any) -> None:
    """A step that nobody can satisfy."""


def with_steps(*steps: Callable[..., None]) -> Registry:
    return dataclasses.replace(KNOWN, steps=steps)


def test_a_step_that_asks_for_what_nobody_has_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ask_for_the_moon asks for moon, which nobody can give it. It may ask for"):
        engine.source_of_the_week(with_steps(*WEEK, ask_for_the_moon))


def test_a_kind_of_event_that_asks_for_what_nobody_has_is_refused() -> None:
    kind = dataclasses.replace(KNOWN.event_kinds["merger"], apply=ask_for_the_moon)
    with pytest.raises(ValueError, match=r"ask_for_the_moon asks for moon, .* may ask for .*, event, share\."):
        engine.source_of_the_week(dataclasses.replace(KNOWN, event_kinds={"merger": kind}))


def test_a_step_that_is_none_is_named_with_those_that_are() -> None:
    organization = burned_in(tiny())
    with pytest.raises(ValueError, match=r"staff is no step of the week. Steps are apply_events, replace_executives"):
        engine.run_step(organization, "staff")


def one_by_one(organization: Organization, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and choices of weeks that are run one at a time."""
    values, choices = [], []
    for _ in range(weeks):
        engine.run_week(organization)
        values.append(list(organization.outcomes.values()))
        employees = organization.employees
        choices.append(np.where(employees.employed, employees.choice, engine.VACANT))
    return np.array(values), np.array(choices, dtype=np.int8)


POLICIES = [
    Policy("none"),
    everything(0.3),
    amounts(4, 9, speeches=2.0, training=1.0),
    Policy("ends by itself", (Phase(0, None, None, {"speeches": 1.0}, Condition("salience", above=0.3)),)),
    Policy("in turns", (Phase(0, 5, None, {"coaching": 1.0}), Phase(3, 12, ("back",), {"training": 2.0}))),
]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
@pytest.mark.parametrize("scenario", [tiny(), STORMY], ids=["quiet", "stormy"])
def test_weeks_one_by_one_are_those_in_a_row(scenario: Scenario, policy: Policy) -> None:
    single, whole = burned_in(scenario, policy), burned_in(scenario, policy)
    values, choices = one_by_one(single, 40)
    in_a_row, chosen = engine.run_weeks(whole, 40)
    np.testing.assert_array_equal(values, in_a_row)
    np.testing.assert_array_equal(choices, chosen)
    assert differences(single, whole) == []
    assert single.week == whole.week == 40


def test_weeks_in_a_row_may_be_cut_anywhere() -> None:
    whole, parts = burned_in(STORMY, everything(0.3)), burned_in(STORMY, everything(0.3))
    values, choices = engine.run_weeks(whole, 31)
    cut = [engine.run_weeks(parts, weeks) for weeks in (1, 0, 7, 23)]
    np.testing.assert_array_equal(values, np.concatenate([part[0] for part in cut]))
    np.testing.assert_array_equal(choices, np.concatenate([part[1] for part in cut]))
    assert differences(whole, parts) == []


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "compiled"])
def test_all_steps_in_order_are_a_week(plain: bool) -> None:
    whole, parts = burned_in(STORMY, everything(0.3)), burned_in(STORMY, everything(0.3))
    for _ in range(12):
        engine.run_week(whole)
        engine.begin_week(parts)
        for number, step in enumerate(KNOWN.steps):
            if plain:
                with engine.uncompiled():
                    engine.run_step(parts, step)
            else:
                engine.run_step(parts, step if number % 2 else step.__name__)
        assert parts.week == whole.week - 1, "a step alone does not move the clock"
        parts.week += 1
        parts.outcomes = dict(whole.outcomes)  # which are worked out after the last step
        assert differences(whole, parts) == []


def count_the_staff(employees: Any, week: Any) -> None:
    """A step of somebody else's: revenue is the number of seats."""
    week.revenue = float(employees.value.size)


def double_the_market(organization: Organization) -> None:
    """A step that asks for the organization itself."""
    organization.market = min(1.0, 2.0 * organization.market)


def test_a_week_of_other_steps_runs() -> None:
    """Steps that ask for the organization run between stretches of the others, in their places."""
    other = tiny()
    organization = burned_in(other)
    organization.registry = with_steps(*WEEK, double_the_market, count_the_staff)
    before = organization.market
    with engine.uncompiled():
        engine.run_week(organization)
    assert organization.outcomes["revenue"] == 12.0
    assert organization.market == min(1.0, 2.0 * before)
    with engine.uncompiled():
        engine.run_weeks(organization, 2)
    assert organization.market == min(1.0, 8.0 * before)


def test_a_step_in_python_may_be_the_last() -> None:
    usual, other = burned_in(tiny(), everything(0.3)), burned_in(tiny(), everything(0.3))
    other.registry = with_steps(*WEEK, look_on)
    with engine.uncompiled():
        engine.run_weeks(usual, 3)
        engine.run_weeks(other, 3)
    assert differences(usual, other) == []


def look_on(organization: Organization) -> None:
    """A step that does nothing."""


def test_copies_go_their_own_ways() -> None:
    from sim.model.simulation import with_policy

    burned_in_bank = burned_in(tiny())
    engine.run_week(burned_in_bank)
    one, other = (with_policy(burned_in_bank, everything(share)) for share in (1.0, 0.0))
    before = other.copy()
    engine.run_week(one)
    assert differences(other, before) == [] and np.array_equal(burned_in_bank.employees.value, before.employees.value)
    engine.run_week(other)
    assert not np.array_equal(one.employees.salience, other.employees.salience)


def test_arrays_put_in_by_hand_are_seen() -> None:
    organization = burned_in(tiny())
    engine.run_week(organization)
    twin = organization.copy()
    for each in (organization, twin):
        each.employees.value = np.clip(each.employees.value + 0.2, 0.0, 1.0).astype(np.float32)
        each.customers.satisfaction = np.asfortranarray(each.customers.satisfaction[::-1])
        assert each.employees.value.dtype == np.float64
    engine.run_week(organization)
    with engine.uncompiled():
        engine.run_week(twin)
    assert differences(twin, organization) == []
