"""Justice among colleagues: what it follows, and that it stays what it is."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, amounts, burned_in, differing, in_unit_interval, run, tiny, vectors

from sim.model.engine import run_week
from sim.model.mechanisms import justice as mechanism

rules = on_arrays(mechanism)

LOADS = st.floats(0.05, 5.0)


def test_colleagues_who_are_there_count_and_nobody_else() -> None:
    colleagues = np.array([[1, 2], [0, 2], [0, 1]])

    def treated(*there: bool) -> list[float]:
        """Felt justice after a week in which it closes in at once, and load is the same for all."""
        employees = SimpleNamespace(
            value=np.zeros(3),
            employed=np.array(there),
            tenure=np.ones(3),
            attention_colleagues=np.array([0.1, 0.4, 0.2]),
            role_share=np.zeros(3),
            colleagues=colleagues,
            department=np.zeros(3, dtype=np.int64),
            justice=np.zeros(3),
            pressure=np.ones(3),
        )
        parameters = SimpleNamespace(
            justice_energy_effect=1.0,
            justice_attention_effect=0.0,
            justice_satisfaction_effect=0.0,
            attention_to_colleagues=0.2,
            attention_to_bosses=0.4,
            attention_to_deadlines=0.4,
            justice_weeks=1e-9,
        )
        scratch = SimpleNamespace(seat_value=np.zeros(3), second_seat_value=np.zeros(3))
        week = SimpleNamespace(headcount=float(sum(there)), pressure=float(sum(there)))
        mechanism.update_felt_justice(employees, scratch, SimpleNamespace(relief=np.zeros(1)), parameters, week)
        return [float(each) for each in employees.justice]

    assert treated(True, True, True) == pytest.approx([1.0, 0.75, 0.75])
    assert treated(True, True, False) == pytest.approx([1.0, 0.5, 0.0])
    assert treated(True, False, False) == [1.0, 0.0, 0.0], "nobody is there to let one down"


def test_a_week_of_feeling_by_hand() -> None:
    felt = rules.update_justice(np.array([0.5]), np.array([0.8]), np.array([1.25]), 1.0, np.array([0.5]), 4.0)
    treated = 0.8 / 1.25
    treated += (1.0 - treated) * 0.5
    assert felt[0] == pytest.approx(0.5 + (treated - 0.5) * (1.0 - math.exp(-0.25)), rel=1e-14)


@given(vectors(), vectors(), vectors(LOADS), LOADS, vectors(), st.floats(1.0, 520.0))
def test_justice_stays_a_share(
    before: Floats, served: Floats, load: Floats, mean: float, relief: Floats, weeks: float
) -> None:
    assert in_unit_interval(rules.update_justice(before, served, load, mean, relief, weeks))


@given(vectors(), st.floats(0.05, 1.0), SHARES)
def test_what_is_kept_of_attention_is_a_share(felt: Floats, initial: float, effect: float) -> None:
    assert in_unit_interval(rules.attention_kept(felt, initial, effect))
    rest = rules.rest_under_justice(0.3, felt, initial, effect)
    assert np.all(np.asarray(rest) >= 0.0)
    assert np.all(rules.rest_under_justice(0.3, felt, initial, 0.0) == 0.3)


def test_at_neutral_settings_how_justice_is_felt_changes_no_bit() -> None:
    """What changes nothing is not even followed."""
    one = run(tiny({"justice.initial": 0.3, "justice.weeks": 2.0}), amounts(relief=0.5)).weekly
    assert differing(one, run(tiny(), amounts(relief=0.5)).weekly) == []


def _felt(values: dict[str, object], weeks: int = 30, **resources: float) -> float:
    organization = burned_in(
        tiny({"employees.number": 40, "justice.satisfaction_effect": 0.25, **values}),
        amounts(**resources) if resources else None,
    )
    for _ in range(weeks):
        run_week(organization)
    employees = organization.employees
    return float(employees.justice[employees.employed].mean())


def test_load_takes_the_attention_that_colleagues_owe_each_other_and_relief_returns_it() -> None:
    busy = {"workload.baseline": 1.3}
    assert _felt(busy) < _felt({"workload.baseline": 0.8}) - 0.05
    assert _felt(busy, relief=1.0) > _felt(busy) + 0.05


def test_justice_feeds_energy_satisfaction_and_attention_where_it_is_active() -> None:
    busy = {"workload.baseline": 1.3, "employees.number": 40, "justice.initial": 0.9}
    plain = run(tiny(busy)).weekly.tail(10).mean()
    for name, value in rules.ACTIVE.items():
        moved = run(tiny({**busy, name: value})).weekly.tail(10).mean()
        column = {"energy": "energy", "attention": "attention_customer"}.get(
            name.split(".")[1].split("_")[0], "employee_satisfaction"
        )
        assert moved[column] != plain[column], name
        if column != "employee_satisfaction":
            assert moved[column] < plain[column], name
