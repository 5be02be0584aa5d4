"""Justice among colleagues: what it follows, and that it stays what it is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, amounts, differing, in_unit_interval, run, settled, tiny, vectors

from sim.engine import live_through
from sim.mechanisms import justice as mechanism

rules = on_arrays(mechanism)

LOADS = st.floats(0.05, 5.0)


def test_colleagues_who_are_there_count_and_nobody_else() -> None:
    given_, asked = np.array([0.1, 0.4, 0.2]), np.full(3, 0.2)
    colleagues = np.array([[1, 2], [0, 2], [0, 1]])
    there = np.array([True, True, False])
    served = rules.served_by_colleagues(given_, asked, colleagues, there)
    np.testing.assert_allclose(served, [1.0, 0.5, 0.75])
    alone = rules.served_by_colleagues(given_, asked, colleagues, np.zeros(3, dtype=np.bool_))
    assert alone.tolist() == [1.0, 1.0, 1.0]


def test_a_week_of_feeling_by_hand() -> None:
    felt = rules.feel_justice(np.array([0.5]), np.array([0.8]), np.array([1.25]), 1.0, np.array([0.5]), 4.0)
    treated = 0.8 / 1.25
    treated += (1.0 - treated) * 0.5
    assert felt[0] == pytest.approx(0.5 + (treated - 0.5) * (1.0 - math.exp(-0.25)), rel=1e-14)


@given(vectors(), vectors(), vectors(LOADS), LOADS, vectors(), st.floats(1.0, 520.0))
def test_justice_stays_a_share(
    before: Floats, served: Floats, load: Floats, mean: float, relief: Floats, weeks: float
) -> None:
    assert in_unit_interval(rules.feel_justice(before, served, load, mean, relief, weeks))


@given(vectors(), st.floats(0.05, 1.0), SHARES)
def test_what_is_kept_of_attention_is_a_share(felt: Floats, initial: float, effect: float) -> None:
    assert in_unit_interval(rules.attention_kept(felt, initial, effect))
    rest = rules.rest_under_justice(0.3, felt, initial, effect)
    assert np.all(np.asarray(rest) >= 0.0)
    assert rules.rest_under_justice(0.3, felt, initial, 0.0) == 0.3


def test_at_neutral_settings_how_justice_is_felt_changes_no_bit() -> None:
    """What changes nothing is not even followed."""
    one = run(tiny({"justice.initial": 0.3, "justice.weeks": 2.0}), amounts(relief=0.5)).weekly
    assert differing(one, run(tiny(), amounts(relief=0.5)).weekly) == []


def _felt(values: dict[str, object], weeks: int = 30, **resources: float) -> float:
    organization = settled(
        tiny({"employees.number": 40, "justice.satisfaction_effect": 0.25, **values}),
        amounts(**resources) if resources else None,
    )
    for _ in range(weeks):
        live_through(organization)
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
