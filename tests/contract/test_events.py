"""Every kind of event is documented, inert at size zero, and does something otherwise."""

from __future__ import annotations

import inspect
import pickle
from functools import cache

import numpy as np
import pandas as pd
import pytest
from support import DEPARTMENTS, amounts, burned_in, differing, event, run, tiny

from sim.model.engine import run_week
from sim.model.events import EVENT_KINDS
from sim.model.kernel.parameters import Tier
from sim.model.kernel.records import ARGUMENTS
from sim.model.scenario import Event, Scenario, ScenarioError

pytestmark = pytest.mark.recipe("event")

KINDS = sorted(EVENT_KINDS)
SIZE = {kind: next(iter(event_kind.fields)) for kind, event_kind in EVENT_KINDS.items()}
"""The field of each kind of event that says how large it is: the first."""

LIVELY = {"executives.successor_keeps": 0.0, "employees.number": 30, "conflict.rate": 0.5}
LIVELY |= {"line.rule": "convenience", "interest.political": 0.5}
POLICY = amounts(training=2.0, procedures=0.5, monitoring=0.5)


@cache
def quiet() -> pd.DataFrame:
    return run(tiny(LIVELY), POLICY, weeks=26).weekly


def struck(*events: Event) -> pd.DataFrame:
    return run(tiny(LIVELY, events), POLICY, weeks=26).weekly


def test_every_kind_has_a_size() -> None:
    assert set(SIZE.values()) <= {"share", "size"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_documented_and_validates(kind: str) -> None:
    event_kind = EVENT_KINDS[kind]
    assert event_kind.name == kind and event_kind.meaning.endswith(".")
    for name, field in event_kind.fields.items():
        assert field.name == name and field.meaning.endswith(".") and field.tier in Tier
        assert field.low is not None and field.high is not None
        legal = {"departments": DEPARTMENTS, "events": [{"kind": kind, "week": 3, name: field.default}]}
        assert Scenario.from_dict(legal).events[0].fields[name] == field.default
        for wrong in (field.low - 1, field.high + 1, "much"):
            with pytest.raises(ScenarioError, match=f"{kind}|{name}"):
                Scenario.from_dict({"departments": DEPARTMENTS, "events": [{"kind": kind, "week": 3, name: wrong}]})
    assert pickle.loads(pickle.dumps(event_kind)) == event_kind


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_asks_for_has_one_meaning(kind: str) -> None:
    asked, fields = inspect.signature(EVENT_KINDS[kind].apply).parameters, EVENT_KINDS[kind].fields
    assert set(fields) <= set(asked) <= {"event", *fields, *ARGUMENTS} - {"outcomes"}
    assert not set(fields) & {"event", *ARGUMENTS}


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_of_size_zero_changes_no_bit(kind: str) -> None:
    assert differing(struck(event(kind, 4, **{SIZE[kind]: 0.0})), quiet()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_changes_something_from_its_week_on_and_nothing_before(kind: str) -> None:
    after = struck(event(kind, 9))
    assert differing(after.head(9), quiet().head(9)) == []
    assert differing(after, quiet())


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_after_the_end_never_happens(kind: str) -> None:
    assert differing(struck(event(kind, 26)), quiet()) == []


def first_change(kind: str, column: str, **fields: float) -> tuple[float, float]:
    """Value of an outcome without and with the event, in the week of the event."""
    return float(quiet()[column][9]), float(struck(event(kind, 9, **fields))[column][9])


def test_when_managers_exit_they_leave() -> None:
    burned_in_in = burned_in(tiny(LIVELY), POLICY)
    while burned_in_in.week < 9:
        run_week(burned_in_in)
    employees = burned_in_in.employees
    managers = np.unique(employees.manager)
    at_work = int(employees.employed[managers].sum())
    assert at_work >= 2
    before, after = first_change("manager_exit", "left")
    assert at_work <= after <= before + at_work
    assert struck(event("manager_exit", 9))["compliance"][20] < quiet()["compliance"][20]


def test_an_exit_of_managers_may_be_limited_to_departments() -> None:
    everywhere = struck(event("manager_exit", 9))["left"][9]
    one = Event("manager_exit", 9, {"share": 1.0}, ("back",))
    assert quiet()["left"][9] < struck(one)["left"][9] < everywhere


def test_a_budget_cut_takes_its_share_of_the_cost() -> None:
    before, after = first_change("budget_cut", "policy_cost", share=0.25)
    assert after == pytest.approx(0.75 * before)
    weekly = struck(event("budget_cut", 9, share=0.25, weeks=3))["sponsored"]
    assert weekly.tolist() == pytest.approx([0.5] * 9 + [0.375] * 3 + [0.5] * 14)


def test_a_successor_who_does_not_keep_the_program_ends_it_for_good() -> None:
    weekly = struck(event("executive_succession", 9))
    assert (weekly["policy_cost"][:9] > 0.0).all() and (weekly["policy_cost"][9:] == 0.0).all()


def test_a_market_that_offers_more_makes_customers_less_satisfied() -> None:
    shifted = struck(event("market_shift", 2, size=0.5))
    assert shifted["satisfaction"][25] < quiet()["satisfaction"][25] - 0.02


def test_in_a_service_crisis_contacts_fail_until_it_is_over() -> None:
    shaken = struck(event("service_crisis", 9, share=1.0, weeks=3))
    during = shaken[9:12]
    assert (during["failures"] == during["contacts"]).all() and during["contacts"].sum() > 5
    assert shaken["failures"][12:].sum() < shaken["contacts"][12:].sum()


def test_a_second_budget_cut_does_not_lift_the_first() -> None:
    """Two cuts at once must never leave more than the harder of them alone."""
    hard = struck(event("budget_cut", 2, share=0.8, weeks=20))["policy_cost"]
    mild = event("budget_cut", 5, share=0.1, weeks=2)
    both = struck(event("budget_cut", 2, share=0.8, weeks=20), mild)["policy_cost"]
    assert (both[5:22] <= hard[5:22] * 1.0000001).all()
