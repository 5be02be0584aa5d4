"""What the steps of a week do to an organization, one by one: customers."""

from __future__ import annotations

import numpy as np
import pytest
from support import Floats, amounts, burned_in, everything, same_bits, tiny

from sim.model.engine import run_step, run_week
from sim.model.kernel.elementwise import elementwise
from sim.model.mechanisms.lifetime import leaving_probability
from sim.model.organization import Organization

from .steps import EMPLOYMENT_STEPS, STAYING, lived, until


def test_customers_with_a_contract_call_and_the_others_buy() -> None:
    organization = until(burned_in(tiny({"service.contacts": 1.0, "lifetime.purchase_shape": 5.0})), "draw_contacts")
    customers, contact = organization.customers, organization.customers.contact
    assert not contact[~customers.active].any()
    buys = customers.active & ~customers.contract & (customers.next_purchase < organization.week + 1.0)
    assert np.array_equal(contact & ~customers.contract, buys)
    silent = until(burned_in(tiny({"service.contacts": 0.0})), "draw_contacts")
    assert not (silent.customers.contact & silent.customers.contract).any()


def test_only_those_in_contact_feel_anything() -> None:
    organization = until(burned_in(tiny({"service.contacts": 0.5})), "respond_to_failures")
    before = organization.customers.copy()
    names = [step.__name__ for step in organization.registry.steps]
    for name in names[names.index("respond_to_failures") + 1 : names.index("update_trust_and_loyalty") + 1]:
        run_step(organization, name)
    after, quiet = organization.customers, ~organization.customers.contact
    for name in ("expectation", "satisfaction", "trust", "loyalty", "depth"):
        assert same_bits(getattr(before, name)[quiet], getattr(after, name)[quiet]), name
        assert not np.array_equal(getattr(before, name), getattr(after, name)), name


def test_where_nobody_can_be_met_nobody_is_served() -> None:
    organization = burned_in(tiny({"service.contacts": 1.0, "hiring.delay_weeks": 104.0, **STAYING}))
    facing = organization.environment.facing_seats
    organization.employees.employed[facing] = False
    organization.employees.identity[facing] = -1
    customers = until(organization, "respond_to_failures", but=EMPLOYMENT_STEPS).customers
    assert customers.contact.any() and (customers.met == -1).all()
    assert not customers.served.any() and not customers.failed.any()


def test_a_refused_conflict_serves_nothing_and_a_conceded_one_is_paid_for() -> None:
    values = {"conflict.rate": 1.0, "service.contacts": 1.0, "customers.contract_share": 1.0}
    for weight, conceded in ((0.0, False), (1.0, True)):
        organization = burned_in(
            tiny(
                {
                    **values,
                    "executives.customer_weight": weight,
                    "executives.self_weight": 0.0,
                    "executives.weight_spread": 0.0,
                }
            )
        )
        now, customers = until(organization, "respond_to_failures").this_week, organization.customers
        contact = customers.contact
        assert contact.sum() > 5 and np.array_equal(customers.conflict, contact)
        assert (customers.conceded[contact] == conceded).all()
        assert (customers.served[contact] > 0.0).any() == conceded
        assert (now.conceded_cost > 0.0) == (now.conceded_gain > 0.0) == conceded


def test_failures_that_nobody_makes_right_destroy_service() -> None:
    values = {"service.failure": 1.0, "service.severity": 1.0, "service.contacts": 1.0, "recovery.base": 0.0}
    values |= {"recovery.practice": 0.0, "conflict.rate": 0.0}
    there = until(burned_in(tiny(values)), "respond_to_failures").customers
    assert there.failed.sum() > 3 and not there.recovered.any()
    assert not there.served[there.failed].any() and there.served[there.contact & ~there.failed].all()
    there = until(burned_in(tiny(values), amounts(recovery_authority=1.0)), "respond_to_failures").customers
    assert there.failed.sum() > 3 and np.array_equal(there.recovered, there.failed)
    assert there.served[there.failed].all()


def current_leaving_probability(organization: Organization) -> Floats:
    """Chance of each position's customer to leave this week, or to stop buying after a purchase."""
    customers = organization.customers
    binding = customers.satisfaction - customers.recovery_satisfaction
    deviation = (binding - organization.number("satisfaction.reference")) / organization.number("satisfaction.sd")
    own = np.where(customers.contract, customers.hazard, customers.dropout)
    chance: Floats = elementwise(leaving_probability)(own, deviation, organization.number("lifetime.satisfaction_link"))
    return chance


def test_contracts_end_by_hazard_and_customers_without_stop_after_a_purchase() -> None:
    organization = burned_in(
        tiny(
            {
                "lifetime.purchase_shape": 5.0,
                "lifetime.churn_alpha": 5.0,
                "customers.market": 400,
                "customers.initial": 400,
                "customers.history": 0.0,
            }
        )
    )
    for _ in range(10):
        run_week(organization)
        customers = organization.customers
        assert not customers.purchases[customers.contract].any()
        stopped = customers.lost & ~customers.contract
        assert (customers.purchases[stopped] > 0).all()
        left = customers.lost & customers.contract
        assert (customers.leaving_draw[left] < current_leaving_probability(organization)[left]).all()
    assert organization.customers_ever_lost > 20


def test_satisfied_customers_leave_less() -> None:
    left = {}
    for level in (0.2, 0.95):
        organization = burned_in(
            tiny(
                {
                    "customers.initial": 4000,
                    "customers.market": 4000,
                    "service.contacts": 0.0,
                    "customers.contract_share": 1.0,
                    "customers.history": 0.0,
                }
            )
        )
        organization.customers.satisfaction[:] = level
        for _ in range(13):
            run_week(organization)
        left[level] = organization.customers_ever_lost
    assert left[0.95] < 0.6 * left[0.2]


def test_a_survey_of_everyone_who_all_answer_is_the_truth() -> None:
    asked = {"survey.sample": 10_000, "survey.response_rate": 1.0, "survey.response_bias": 0.0}
    outcomes = lived(asked).outcomes
    assert outcomes["reported"] == pytest.approx(outcomes["satisfaction"], rel=1e-12)


def test_the_satisfied_answer_more_readily() -> None:
    large = {"customers.initial": 3000, "customers.market": 3000, "survey.sample": 3000, "survey.response_rate": 0.3}
    biased, fair = (lived({**large, "survey.response_bias": bias}).outcomes for bias in (2.0, 0.0))
    assert biased["reported"] > biased["satisfaction"] + 0.02
    assert abs(fair["reported"] - fair["satisfaction"]) < 0.02


def test_newcomers_among_customers_come_without_a_past() -> None:
    organization = lived({"customers.acquisition": 0.5, "customers.initial": 10, "run.burn_in": 0}, everything(), 1)
    new = organization.customers.acquired
    customers = organization.customers
    assert new.sum() > 3
    for name in ("tenure", "depth", "contacts"):
        assert not getattr(customers, name)[new].any(), name
    assert (customers.trust[new] == organization.number("trust.initial")).all()
    buyers = new & ~customers.contract
    assert (customers.next_purchase[buyers] >= organization.week).all(), "their first purchase brought them"
