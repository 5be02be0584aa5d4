"""The organization between two weeks: columns in their places, copies of their own, pickles, and frozen parameters."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from engine.compared import differences
from support import burned_in, event, everything, same_state, tiny

from sim.model import engine, registry
from sim.model.kernel.records import TABLES
from sim.model.organization import Organization

KNOWN = registry.current()
ON = {name: value for mechanism in KNOWN.mechanisms.values() for name, value in mechanism.active.items()}
STORMY = tiny({**ON, "employees.turnover": 0.1}, tuple(event(kind, 2 + n) for n, kind in enumerate(KNOWN.event_kinds)))


def lived(weeks: int = 6) -> Organization:
    organization = burned_in(STORMY, everything(0.5))
    engine.run_weeks(organization, weeks)
    return organization


def arrays(organization: Organization) -> dict[str, np.ndarray[Any, Any]]:
    """Every array that an organization holds, by name."""
    found = {
        f"{table}.{name}": getattr(getattr(organization, table), name)
        for table in (*TABLES, "policy", "requested")
        for name in getattr(organization, table).declared
    }
    return {**found, "numbers": vars(organization)["numbers"], "week_numbers": vars(organization)["week_numbers"]}


# --- columns -----------------------------------------------------------------------------------------------------------


def test_what_is_assigned_to_a_column_is_copied_into_its_place() -> None:
    organization = lived()
    place = organization.employees.value
    given = np.linspace(0.0, 1.0, place.size)
    organization.employees.value = given
    assert organization.employees.value is place and np.array_equal(place, given)
    given[:] = 0.5
    assert place[0] == 0.0, "what was given stays apart"
    organization.employees.value = 0.25
    assert organization.employees.value is place and (place == 0.25).all()
    organization.employees.choice = np.ones(place.size)
    assert organization.employees.choice.dtype == np.int64, "a column keeps its type"
    with pytest.raises(ValueError, match="broadcast"):
        organization.employees.value = np.zeros(place.size + 1)
    assert organization.employees.value is place


def test_the_loops_see_what_is_assigned_between_two_weeks() -> None:
    one, other = lived(), lived()
    for organization in (one, other):
        assert organization.bound_records is not None, "it has lived, so the loops know its arrays"
    one.employees.value = 1.0
    other.employees.value[:] = 1.0
    engine.run_week(one)
    engine.run_week(other)
    assert differences(one, other) == []
    assert one.outcomes["internalization"] > 0.9


def test_a_misspelled_column_is_named_with_those_that_are_there() -> None:
    organization = lived()
    with pytest.raises(AttributeError, match=r"there is no column valeu. The columns are identity, .*value"):
        _ = organization.employees.valeu
    with pytest.raises(AttributeError, match="there is no column valeu"):
        organization.employees.valeu = 1.0


def test_every_column_is_declared_with_what_it_means() -> None:
    organization = lived()
    for table in TABLES:
        columns = getattr(organization, table)
        assert [column.name for column in KNOWN.table(table)] == list(columns.declared)
        for name, column in columns.declared.items():
            assert column.meaning.endswith(".") and column.meaning[0].isupper(), f"{table}.{name}"
            assert getattr(columns, name).dtype == column.dtype
        assert set(columns.described()) == {name for name, column in columns.declared.items() if column.lasting}


# --- numbers -----------------------------------------------------------------------------------------------------------


def test_numbers_of_the_organization_are_attributes() -> None:
    organization = lived()
    for number in KNOWN.numbers:
        if not number.weekly:
            value = getattr(organization, number.name)
            assert type(value) in (float, int, bool)
    organization.market = 0.75
    assert organization.market == 0.75 and organization.numbers["market"][0] == 0.75
    copied = organization.copy()
    copied.market = 0.5
    assert organization.market == 0.75
    with pytest.raises(AttributeError, match="an organization has no attribute markt"):
        _ = organization.markt


def test_numbers_of_the_week_are_where_one_looks_for_them() -> None:
    organization = lived()
    assert organization.this_week.revenue == organization.outcomes["revenue"]
    assert organization.this_week.number == organization.week == 6
    organization.this_week.revenue = 5.0
    assert organization.this_week.revenue == 5.0
    engine.begin_week(organization)
    for number in KNOWN.numbers:
        if number.weekly:
            start: Any = number.start
            np.testing.assert_array_equal(organization.this_week[number.name], start)


def test_amounts_can_be_asked_for_by_seat_and_overall() -> None:
    organization = burned_in(tiny(), everything(0.5))
    engine.run_week(organization)
    front, back = organization.policy.training
    assert front == back > 0.0
    organization.policy.training = [1.0, 3.0]
    by_seat = organization.amount("training")
    assert np.array_equal(by_seat, np.where(organization.employees.department == 1, 3.0, 1.0))
    assert organization.amount_overall("training") == pytest.approx(by_seat.mean())


def test_a_mean_over_nobody_is_missing() -> None:
    organization = lived()
    assert 0.0 < organization.mean_over_staff(organization.employees.energy) <= 1.0
    organization.employees.employed = False
    assert np.isnan(organization.mean_over_staff(organization.employees.energy))


# --- effects that last -------------------------------------------------------------------------------------------------


def test_effects_come_into_force_one_by_one_and_copies_keep_their_own() -> None:
    organization = burned_in(tiny())
    engine.run_week(organization)
    copied = organization.copy()
    copied.put_in_force("campaigns", 1.0, 9)
    copied.put_in_force("campaigns", 0.5, 4)
    assert copied.environment.campaigns.tolist() == [[1.0, 9.0], [0.5, 4.0]]
    assert organization.environment.campaigns.shape == (0, 2)
    copied.put_in_force("crises", 1.0, 99)
    for each in (organization, copied):
        engine.run_week(each)
    assert copied.outcomes["failures"] == copied.outcomes["contacts"] > organization.outcomes["failures"]


# --- copies ------------------------------------------------------------------------------------------------------------


def test_a_copy_has_arrays_of_its_own_and_the_same_layout() -> None:
    organization = lived()
    copied = organization.copy()
    assert differences(organization, copied) == [] and copied.bound_records is None
    one, other = arrays(organization), arrays(copied)
    for name, array in one.items():
        assert not np.may_share_memory(array, other[name]), name
        assert array.strides == other[name].strides, "loops know the order of a table's entries"
    for shared in ("scenario", "registry", "parameters"):
        assert getattr(organization, shared) is getattr(copied, shared)
    assert organization.schedule is not copied.schedule and organization.outcomes is not copied.outcomes


def test_whatever_is_done_to_a_copy_leaves_the_original_alone() -> None:
    organization = lived()
    kept = organization.copy()
    copied = organization.copy()
    for array in arrays(copied).values():
        if array.dtype.names is None:
            array[...] = 1
    copied.market, copied.week = 0.0, 3
    copied.outcomes["revenue"] = -1.0
    assert differences(organization, kept) == []
    engine.run_weeks(organization, 3)
    engine.run_weeks(kept, 3)
    assert differences(organization, kept) == []


# --- pickles -----------------------------------------------------------------------------------------------------------


def test_a_pickle_lives_on_as_the_original_would() -> None:
    organization = lived()
    arrived: Organization = pickle.loads(pickle.dumps(organization))
    assert differences(organization, arrived) == []
    assert arrived.registry is organization.registry, "the registry does not travel; the scenario knows it"
    one, other = arrays(organization), arrays(arrived)
    for name, array in one.items():
        assert array.dtype == other[name].dtype
        assert array.strides == other[name].strides or array.size == 0, name
    engine.run_weeks(organization, 8)
    engine.run_weeks(arrived, 8)
    assert differences(organization, arrived) == []


def test_a_pickle_is_not_much_larger_than_its_arrays() -> None:
    organization = lived()
    size = sum(array.nbytes for array in arrays(organization).values())
    others = len(pickle.dumps((organization.scenario, organization.schedule, organization.parameters)))
    assert len(pickle.dumps(organization)) < size + others + 40_000


# --- parameters --------------------------------------------------------------------------------------------------------


def test_parameters_cannot_be_changed_and_it_is_said_what_to_do_instead() -> None:
    organization = lived()
    parameters: Any = organization.parameters
    words = (
        r"parameters of an organization cannot be changed: they are set when it is initialized. Make another one with "
        r'scenario.override\(\{"norm.sharpness": 2.0\}\), or CentricityModel\(..., norm__sharpness=2.0\).'
    )
    with pytest.raises(TypeError, match=words):
        parameters["norm.sharpness"] = 2.0
    with pytest.raises((TypeError, AttributeError)):
        del parameters["norm.sharpness"]
    with pytest.raises(TypeError, match=r"cannot be changed: they are set when it is initialized.*scenario.override"):
        organization.parameters = {**parameters, "norm.sharpness": 2.0}
    assert organization.number("norm.sharpness") == STORMY.parameters["norm.sharpness"]
    assert dict(parameters) == dict(STORMY.parameters)
    assert dict(pickle.loads(pickle.dumps(parameters))) == dict(parameters)


def test_other_columns_put_in_the_place_of_a_table_are_seen() -> None:
    one, other = lived(), lived()
    engine.run_weeks(other, 2)
    one.employees = other.employees.copy()
    twin = lived()
    for name in twin.employees.declared:
        setattr(twin.employees, name, getattr(other.employees, name))
    assert same_state(one, twin) == []
    engine.run_week(one)
    engine.run_week(twin)
    assert differences(one, twin) == []
