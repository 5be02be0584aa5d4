"""Every weekly outcome is there every week, within its bounds, and missing only where its meaning says so."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd
import pytest
from support import Floats, event, everything, run, tiny

from sim.model.outcomes.weekly import OUTCOME_NAMES, OUTCOMES
from sim.model.policies.policy import Policy

pytestmark = pytest.mark.recipe("outcome")

PROMISED = (
    "espoused",
    "enacted",
    "enacted_per_customer",
    "reported",
    "practicing",
    "internalization",
    "salience",
    "compliance",
    "reach",
    "standard",
    "cynicism",
    "energy",
    "employee_satisfaction",
    "definition_agreement",
    "department_gap",
    "attention_customer",
    "satisfaction",
    "trust",
    "attitudinal_loyalty",
    "active_customers",
    "active_clients",
    "failure_demand",
    "acquired",
    "lost",
    "failures",
    "recovered",
    "conflicts",
    "revealed",
    "executive_self_assessment",
    "revenue",
    "service_cost",
    "policy_cost",
    "wages",
    "replacement_cost",
    "profit",
    "customer_value",
)
"""The columns that other people's tools rely on."""

STORMY = (
    event("market_shift", 3),
    event("budget_cut", 6),
    event("manager_exit", 9),
    event("executive_succession", 12),
)

DESERTED: Mapping[str, object] = {
    "employees.number": 2,
    "employees.turnover": 0.5,
    "hiring.delay_weeks": 20.0,
    "customers.initial": 2,
    "customers.market": 2,
    "customers.acquisition": 0.0,
    "lifetime.churn_alpha": 50.0,
    "customers.contract_share": 1.0,
    "service.contacts": 0.2,
}
"""An organization that everybody leaves: staff within months, customers within a year."""


@cache
def weekly(which: str) -> pd.DataFrame:
    if which == "none":
        return run(tiny(), weeks=40).weekly
    if which == "deserted":
        return run(tiny(DESERTED), weeks=80).weekly
    policy: Policy = everything(0.5 if which == "half" else 1.0)
    returns = 0.6 if which == "half" else 0.0
    moving = {
        "employees.turnover": 0.1,
        "employees.dismissal": 0.1,
        "failure_demand.returns": returns,
        "money.wage": 700.0,
    }
    return run(tiny(moving, STORMY), policy, weeks=40).weekly


RUNS = ("none", "half", "all", "deserted")


def test_the_promised_columns_are_there() -> None:
    assert set(PROMISED) <= set(OUTCOME_NAMES)
    assert list(weekly("none").columns) == ["week", *OUTCOME_NAMES]
    assert len(set(OUTCOME_NAMES)) == len(OUTCOME_NAMES)


@pytest.mark.parametrize("name", OUTCOME_NAMES)
def test_an_outcome_is_documented(name: str) -> None:
    outcome = OUTCOMES[name]
    assert outcome.name == name and outcome.meaning.endswith(".") and len(outcome.meaning.split()) >= 3
    assert outcome.unit in {"share", "index", "ratio", "count", "currency", "needs per week"}
    with pytest.raises(dataclasses.FrozenInstanceError):
        outcome.unit = "other"  # type: ignore[misc]


@pytest.mark.parametrize("which", RUNS)
def test_weeks_are_counted_from_zero_without_gap(which: str) -> None:
    assert weekly(which)["week"].tolist() == list(range(len(weekly(which))))


@pytest.mark.parametrize("which", RUNS)
@pytest.mark.parametrize("name", OUTCOME_NAMES)
def test_an_outcome_keeps_its_bounds(name: str, which: str) -> None:
    values: Floats = weekly(which)[name].to_numpy()
    there = values[~np.isnan(values)]
    assert np.all(np.isfinite(there))
    unit = OUTCOMES[name].unit
    if unit in ("share", "index"):
        assert np.all((there >= 0.0) & (there <= 1.0))
    elif unit == "count":
        assert np.all((there >= 0.0) & (there == np.round(there)))
    elif name != "profit":
        assert np.all(there >= 0.0)


@pytest.mark.parametrize("which", RUNS)
@pytest.mark.parametrize("name", OUTCOME_NAMES)
def test_an_outcome_is_missing_only_where_its_meaning_says_so(name: str, which: str) -> None:
    if weekly(which)[name].isna().any():
        assert "issing" in OUTCOMES[name].meaning, f"{name} can be missing; its meaning must say when"


@pytest.mark.parametrize("name", [name for name in OUTCOME_NAMES if "issing" in OUTCOMES[name].meaning])
def test_what_can_be_missing_is_not_missing_for_no_reason(name: str) -> None:
    table = weekly("none")
    absent = table[name].isna()
    if name == "reach":
        assert absent.all(), "a single run has no reach"
    elif name == "enacted":
        assert (absent == (table["contacts"] == 0)).all()
    elif name == "revealed":
        assert (absent == (table["conflicts"] == 0)).all()
    elif name == "reported":
        assert not absent.all()
    else:
        assert not absent.any(), "there were customers and staff in every week"


def test_a_deserted_organization_was_deserted() -> None:
    table = weekly("deserted")
    assert (table["employees"] == 0).any() and (table["active_customers"] == 0).any()
    empty = table[table["active_customers"] == 0]
    for name in ("satisfaction", "trust", "attitudinal_loyalty", "enacted_per_customer"):
        assert empty[name].isna().all(), f"{name} of nobody is missing, not 0"
    for name in ("enacted", "revealed", "retention"):  # in the first of these weeks the last customer was still served
        assert empty[name].iloc[1:].isna().all(), f"{name} of nobody is missing, not 0"
    nobody = table[table["employees"] == 0]
    for name in ("practicing", "internalization", "energy", "cynicism", "department_gap", "definition_agreement"):
        assert nobody[name].isna().all(), f"{name} of nobody is missing, not 0"


def test_outcomes_are_counted_alike() -> None:
    table = weekly("half")
    assert (table["recovered"] <= table["failures"]).all() and (table["failures"] <= table["contacts"]).all()
    assert (table["conflicts"] <= table["contacts"]).all()
    assert (table["active_clients"] <= table["active_customers"]).all()
    assert (table["employees"] <= 12).all()
    assert (table["failure_demand"].dropna() < 1.0).all()
    table = weekly("all")  # in which nothing comes back
    met = table[table["contacts"] > 0]
    assert len(met) > 20
    np.testing.assert_allclose(
        met["enacted"] * met["contacts"], met["enacted_per_customer"] * met["active_customers"], rtol=1e-12
    )


def test_everything_varies_in_a_stormy_run() -> None:
    constant = [name for name in OUTCOME_NAMES if weekly("half")[name].nunique() <= 1]
    assert set(constant) <= {"reach", "active_clients"}, "an outcome that never moves measures nothing"


def test_in_the_baseline_nothing_is_sponsored_and_nothing_is_paid() -> None:
    table = weekly("none")
    assert (table["sponsored"] == 0.0).all() and (table["policy_cost"] == 0.0).all()
    assert (table["salience"] == 0.0).all() and (table["compliance"] == 0.0).all()
