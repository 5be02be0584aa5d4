"""The organization between two weeks: columns in their places, copies of their own, pickles, and frozen parameters."""

from __future__ import annotations

import dataclasses
import pickle
from math import inf, nan
from typing import Any

import numpy as np
import pytest
from engine.compared import differences
from support import burned_in, event, everything, make_policy, same_state, tiny

from sim.model import engine, registry
from sim.model.kernel.records import TABLES
from sim.model.organization import Organization
from sim.model.policies.policy import Condition, Phase
from sim.model.policies.resources import RESOURCE_NAMES, RESOURCES
from sim.model.policies.schedule import Schedule, crosses
from sim.model.scenario import Event, Scenario

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


def with_events(*events: Event) -> Scenario:
    return dataclasses.replace(tiny(), events=events)


def test_effects_come_into_force_one_by_one_and_copies_keep_their_own() -> None:
    first = event("election", 0, share=1.0, weeks=9)
    organization = burned_in(with_events(first))
    engine.run_week(organization)
    copied = organization.copy()
    copied.scenario = with_events(
        event("service_crisis", 1, share=1.0, weeks=99), first, event("election", 1, share=0.5, weeks=4)
    )
    assert copied.environment.campaigns.tolist() == [[1.0, 9.0], [0.0, 0.0], [0.0, 0.0]]
    for each in (organization, copied):
        engine.run_week(each)
    assert copied.environment.campaigns.tolist() == [[1.0, 9.0], [0.0, 0.0], [0.5, 5.0]]
    assert copied.environment.crises.tolist() == [[0.0, 0.0], [1.0, 100.0], [0.0, 0.0]]
    assert organization.environment.campaigns.tolist() == [[1.0, 9.0]]
    assert copied.outcomes["failures"] == copied.outcomes["contacts"] > organization.outcomes["failures"]


def test_events_of_weeks_that_are_over_cannot_change() -> None:
    organization = burned_in(with_events(event("election", 0), event("merger", 3)))
    engine.run_week(organization)
    organization.scenario = with_events(event("election", 0))
    assert organization.events.week.tolist() == [0]
    with pytest.raises(ValueError, match="events of weeks before 1 are over and cannot change"):
        organization.scenario = with_events(event("merger", 3))
    assert organization.events.week.tolist() == [0] and len(organization.scenario.events) == 1


# --- what the policy asks for -----------------------------------------------------------------------------------------


def test_a_phase_runs_from_its_start_until_its_end() -> None:
    schedule = Schedule(
        make_policy(Phase(5, 8, ("back",), {"training": 1.0}), Phase(7, amounts={"training": 2.0})), tiny()
    )
    asked = [schedule.amounts(week)[:, RESOURCE_NAMES.index("training")].tolist() for week in (4, 5, 7, 8, 5000)]
    assert asked == [[0.0, 0.0], [0.0, 1.0], [2.0, 3.0], [2.0, 2.0], [2.0, 2.0]]


def test_phases_ask_together_for_no_more_than_is_legal() -> None:
    most = RESOURCES["training"].high
    schedule = Schedule(make_policy(*[Phase(amounts={"training": 0.7 * most})] * 2), tiny())
    assert schedule.amounts(0).max() == most


def test_a_condition_holds_strictly_and_never_for_what_is_missing() -> None:
    assert crosses(0.5, 0.4, -inf) and not crosses(0.4, 0.4, -inf) and not crosses(0.3, 0.4, -inf)
    assert crosses(0.3, inf, 0.4) and not crosses(0.4, inf, 0.4) and not crosses(0.5, inf, 0.4)
    assert not crosses(nan, 0.4, -inf) and not crosses(nan, inf, 0.4)


def test_a_condition_on_what_is_no_outcome_is_refused() -> None:
    misspelled = make_policy(Phase(stop_when=Condition("practicin", above=0.5)))
    with pytest.raises(ValueError, match=r"policy bundle: stop_when must name a weekly outcome, got practicin\. Name"):
        Schedule(misspelled, tiny())


@pytest.mark.parametrize("outcome", ["espoused", "practicing", "customer_value"])
def test_each_condition_looks_at_its_own_outcome_and_copies_end_by_themselves(outcome: str) -> None:
    """Whatever its place among the outcomes, and with others that never hold."""
    lasting = Phase(amounts={"speeches": 1.0}, stop_when=Condition("practicing", above=1.0))
    ended = Phase(2, None, None, {"training": 1.0}, Condition(outcome, above=-1e12))
    organization = burned_in(tiny(), make_policy(lasting, ended))
    engine.run_weeks(organization, 2)
    copied = organization.copy()
    assert copied.phases.ended.tolist() == [False, False], "it has not begun"
    with engine.uncompiled():
        engine.run_week(copied)
    assert copied.phases.ended.tolist() == [False, True] and not organization.phases.ended.any()
    engine.run_week(organization)
    assert differences(organization, copied) == [] and organization.phases == copied.phases
    engine.run_week(organization)
    assert organization.requested.training.tolist() == [0.0, 0.0] and (organization.requested.speeches == 1.0).all()


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
