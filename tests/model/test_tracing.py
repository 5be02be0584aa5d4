"""One agent's history says what happened, and why."""

from __future__ import annotations

import numpy as np
import pytest
from support import amounts, burned_in, everything, run, tiny

from sim.model.engine import run_week
from sim.model.tracing import TRACED, trace

SCENARIO = tiny(
    {
        "employees.turnover": 0.1,
        "hiring.delay_weeks": 2.0,
        "customers.acquisition": 0.1,
        "customers.history": 0.0,
        "lifetime.purchase_shape": 2.0,
        "service.contacts": 0.8,
    }
)


def present(kind: str) -> int:
    """Someone of this kind who is there when the burn-in is over."""
    identity = getattr(burned_in(SCENARIO), f"{kind}s").identity
    return int(identity[identity >= 0][-1])


@pytest.mark.parametrize("kind", TRACED)
def test_a_history_has_weeks_values_and_causes(kind: str) -> None:
    history = trace(SCENARIO, everything(), 1, 15, kind, present(kind))
    assert list(history.columns) == ["week", "what", "value", "cause"]
    assert len(history) > 0
    assert history["week"].is_monotonic_increasing and history["week"].between(0, 14).all()
    assert history["value"].map(np.isfinite).all()
    assert (history["cause"].str.len() > 0).all() and (history["what"].str.len() > 0).all()


def test_what_is_told_of_an_employee_is_what_the_run_says() -> None:
    policy = amounts(coaching=1.0)
    identity = 3
    history = trace(SCENARIO, policy, 1, 15, "employee", identity)
    chosen = history[history["what"].isin(["practiced", "did not practice"])]
    organization = burned_in(SCENARIO, policy)
    expected = []
    for _ in range(15):
        run_week(organization)
        seat = np.flatnonzero(organization.employees.identity == identity)
        expected.extend(organization.employees.choice[seat].tolist())
    assert len(expected) > 0
    assert chosen["value"].tolist() == expected


def test_a_customers_losses_and_arrivals_are_told_once() -> None:
    weekly = run(SCENARIO, None, 40).weekly
    history = [trace(SCENARIO, amounts(), 1, 40, "customer", identity) for identity in range(0, 30, 3)]
    gone = sum(int(history["what"].isin(["left", "stopped buying"]).sum()) for history in history)
    assert 0 < gone <= weekly["lost"].sum()
    assert all(history["what"].isin(["left", "stopped buying"]).sum() <= 1 for history in history)
    next_identity = burned_in(SCENARIO).customers_ever_acquired
    newcomer = trace(SCENARIO, amounts(), 1, 40, "customer", next_identity)
    assert newcomer["what"].iloc[0] == "became a customer"


def test_a_contact_is_told_with_its_cause() -> None:
    history = trace(tiny({"service.contacts": 1.0, "customers.contract_share": 1.0}), amounts(), 1, 10, "customer", 0)
    served = history[history["what"] == "served"]
    assert len(served) > 3
    assert served["cause"].str.contains("met employee|nobody could be reached").all()


def test_who_stays_is_told_where_they_stand() -> None:
    for kind, word in (("customer", "still a customer"), ("employee", "still employed")):
        stayed = left = 0
        for identity in range(12):
            history = trace(SCENARIO, amounts(), 1, 40, kind, identity)
            if history.empty:
                continue
            gone = history["what"].isin(["left", "stopped buying", "dismissed", "left of their own accord"]).any()
            assert (history["what"].iloc[-1] == word) == (not gone)
            stayed, left = stayed + (not gone), left + gone
        assert stayed and left


def test_someone_who_never_came_has_no_history() -> None:
    assert trace(SCENARIO, amounts(), 1, 3, "customer", 10_000).empty


@pytest.mark.parametrize(("kind", "identity"), [("manager", 0), ("customer", -1)])
def test_what_cannot_be_traced_is_explained(kind: str, identity: int) -> None:
    with pytest.raises(ValueError, match="an agent is one of customer, employee"):
        trace(SCENARIO, amounts(), 1, 3, kind, identity)
