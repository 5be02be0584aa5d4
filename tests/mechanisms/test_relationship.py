"""What trust, depth and loyalty do, against what is usual, and what is usual."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, burned_in, in_unit_interval, legal, rising, same_bits, tiny, vectors

from sim.model.engine import run_week
from sim.model.mechanisms import relationship as mechanism

rules = on_arrays(mechanism)

ON = {
    "relationship.stay_trust": 1.0,
    "relationship.stay_depth": 2.0,
    "relationship.forgiveness": 0.5,
    "relationship.wallet_trust": 0.5,
    "relationship.wallet_depth": 0.25,
    "relationship.recommendation": 0.3,
}


def test_a_tie_by_hand() -> None:
    assert mechanism.tie(0.7, 0.5, 0.4, 0.5, 1.0, 2.0) == pytest.approx(0.2 - 0.2, abs=1e-15)
    assert mechanism.tie(0.7, 0.5, 0.8, 0.5, 1.0, 2.0) == pytest.approx(0.8)
    assert mechanism.tie(0.3, 0.5, 0.9, 0.5, 0.0, 0.0) == 0.0


def test_a_shortfall_is_forgiven_in_part_and_a_surplus_is_not() -> None:
    felt = rules.felt_surprise(np.array([-0.4, -0.4, 0.2]), np.array([0.7, 0.3, 0.7]), np.full(3, 0.5), 0.5)
    np.testing.assert_allclose(felt, [-0.36, -0.44, 0.2], rtol=1e-15)


@given(vectors(), vectors(), legal("relationship.forgiveness"))
def test_forgiveness_never_turns_a_shortfall_into_a_surplus(trust: Floats, usual: Floats, forgiveness: float) -> None:
    assert np.all(rules.felt_surprise(np.full(trust.size, -0.3), trust, usual, forgiveness) <= 0.0)


def test_share_of_wallet_by_hand() -> None:
    assert mechanism.share_of_wallet(0.0) == 1.0
    assert mechanism.share_of_wallet(0.1) == pytest.approx(math.exp(0.1))


def test_a_recommendation_lies_between_satisfaction_and_loyalty() -> None:
    assert mechanism.recommendation(1.0, 0.6, 0.5, 5.0, 0.0) == 1.0
    assert mechanism.recommendation(1.0, 0.6, 0.5, 5.0, 1.0) == pytest.approx(0.5)
    assert mechanism.recommendation(1.0, 0.6, 0.5, 5.0, 0.4) == pytest.approx(0.8)


def test_conflicts_refused_by_hand() -> None:
    # Log of gain over cost is normal with mean log 2 and sd 1.2: weights of 1 to 2 refuse half.
    assert mechanism.share_refused(1.0 / 3.0, 60.0, 30.0, 0.8) == pytest.approx(0.5)
    assert mechanism.share_refused(0.0, 60.0, 30.0, 0.8) == 1.0
    assert mechanism.share_refused(1.0, 60.0, 30.0, 0.8) == 0.0
    assert mechanism.share_refused(0.5, 60.0, 30.0, 0.0) == 0.0


@given(SHARES, legal("service.failure"), legal("service.severity"))
def test_failures_take_service_down_to_what_is_left(performance: float, failure: float, severity: float) -> None:
    served = mechanism.service_before_failures(performance, failure, severity)
    assert served >= performance - 1e-12
    assert served * (1.0 - severity * failure * (1.0 - served)) == pytest.approx(performance, abs=1e-9)


def test_the_paths_of_trust_and_depth_by_hand() -> None:
    # A contact keeps .98 of trust and of what it earns, .05 x .4 = .02 of the rest.
    pace, level = mechanism.trust_path(0.05, 0.4, 0.02)
    assert pace == pytest.approx(1.0 - 0.98 * 0.98)
    assert level == pytest.approx(0.98 * 0.02 / pace)
    assert (1.0 - 0.02) * (level + 0.02 * (1.0 - level)) == pytest.approx(level)
    pace, level = mechanism.depth_path(0.03, 0.4, 0.06, 0.05)
    assert pace == pytest.approx(0.012 + 0.003)
    assert level == pytest.approx(0.8)
    assert mechanism.trust_path(0.0, 0.4, 0.0) == mechanism.depth_path(0.0, 0.4, 0.0, 0.0) == (0.0, 0.0)


def test_the_usual_path_step_by_step_is_the_one_at_once() -> None:
    step = 0.5
    for _ in range(7):
        step = mechanism.approach(step, 0.8, 0.1)
    assert mechanism.after_contacts(0.5, 0.8, 0.1, np.array([7.0]))[0] == pytest.approx(step)


@given(SHARES, SHARES, SHARES)
def test_the_usual_path_stays_a_share_and_rises_to_its_level(first: float, level: float, pace: float) -> None:
    path = mechanism.after_contacts(min(first, level), level, pace, np.arange(20.0))
    assert in_unit_interval(np.clip(path, 0.0, 1.0)) and rising(np.round(path, 12))


def test_what_is_usual_moves_by_contacts_alone() -> None:
    organization = burned_in(tiny(ON))
    customers = organization.customers
    before = customers.usual_depth.copy()
    run_week(organization)
    there = customers.active & ~customers.acquired
    moved = before != customers.usual_depth
    assert (moved[there] == customers.contact[there]).all()
    new = customers.acquired
    assert (customers.usual_depth[new] == 0.0).all()
    assert (customers.usual_trust[new] == organization.number("trust.initial")).all()


@pytest.mark.parametrize("column", ["trust", "depth"])
@pytest.mark.parametrize(("values", "differs"), [(ON, True), ({}, False)])
def test_trust_and_depth_are_worth_something_where_they_count(
    column: str, values: dict[str, float], differs: bool
) -> None:
    organization = burned_in(tiny({"customers.initial": 300, "customers.market": 400, **values}))
    poorer = organization.copy()
    setattr(poorer.customers, column, getattr(poorer.customers, column) * 0.5)
    revenue = []
    for each in (organization, poorer):
        run_week(each)
        revenue.append(each.outcomes["revenue"])
    assert (revenue[0] > revenue[1]) == differs
    assert (revenue[0] == revenue[1]) != differs


def test_relationships_of_the_outset_are_where_the_rules_lead() -> None:
    size = {"customers.initial": 400, "customers.market": 500, "run.burn_in": 0, "trust.initial": 0.2}
    derived, given = burned_in(tiny(size)), burned_in(tiny({**size, "relationship.founding": "given"}))
    there, customers = derived.customers.active, derived.customers
    assert same_bits(customers.trust, customers.usual_trust) and same_bits(customers.depth, customers.usual_depth)
    assert (customers.trust[~there] == 0.0).all()
    assert (given.customers.trust[there] == 0.2).all()
    longest = customers.tenure > 400.0
    contacts = mechanism.after_contacts(
        0.0, derived.usual_depth_level, derived.usual_depth_pace, (customers.contact_rate * customers.tenure)[longest]
    )
    under_contract = customers.contract[longest]
    np.testing.assert_allclose(customers.depth[longest][under_contract], contacts[under_contract], rtol=1e-12)
