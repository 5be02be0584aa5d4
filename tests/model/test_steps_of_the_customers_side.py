"""What the steps of a week do, one by one: promotion, beliefs about needs, openness, recovery, partners, arrears, segments."""

from __future__ import annotations

import numpy as np
import pytest
from support import amounts, burned_in, event, tiny

from sim.model.engine import run_step, run_week
from sim.model.kernel.elementwise import elementwise
from sim.model.mechanisms import needs
from sim.model.organization import Organization

from .steps import STAYING, lived, until

BUSY = {"service.contacts": 1.0, "customers.contract_share": 1.0, "conflict.rate": 0.0}


def test_promotion_reaches_customers_who_have_not_blocked_it_and_brings_money() -> None:
    organization = burned_in(tiny(), amounts(promotion=4.0))
    organization.customers.blocked[:20] = True
    organization.customers.agreed[:] = False
    trust = organization.customers.trust.copy()
    until(organization, "send_promotions")
    customers = organization.customers
    reached = customers.active & (np.arange(len(customers)) >= 20)
    assert organization.this_week.promoted > 0.0
    assert (customers.trust[reached] < trust[reached]).all() and (customers.irritation[reached] > 0.0).all()
    assert not customers.irritation[~reached].any() and np.array_equal(customers.trust[~reached], trust[~reached])


def test_with_consent_only_those_who_agree_are_contacted() -> None:
    organization = burned_in(tiny(), amounts(promotion=4.0, consent=1.0))
    trust = organization.customers.trust.copy()
    until(organization, "send_promotions")
    assert organization.this_week.promoted > 0.0, "some agree"
    assert np.array_equal(organization.customers.trust, trust), "and nobody minds"


def test_who_has_blocked_goes_on_blocking_until_somebody_else_comes() -> None:
    values = {"promotion.blocking": 1.0, "promotion.reactance": 1.0, "customers.acquisition": 0.5}
    organization = burned_in(tiny({**values, "lifetime.churn_alpha": 5.0}), amounts(0, 4, promotion=7.0))
    for _ in range(4):
        run_week(organization)
    blocked = np.where(organization.customers.blocked, organization.customers.identity, -1)
    assert (blocked >= 0).sum() > 5
    for _ in range(30):
        run_week(organization)
    customers = organization.customers
    same = (blocked >= 0) & (customers.identity == blocked)
    assert same.any() and customers.blocked[same].all()
    replaced = (blocked >= 0) & customers.active & ~same
    assert replaced.any() and not customers.blocked[replaced].any()


def test_pictures_are_learned_by_meeting_customers_and_by_nobody_else() -> None:
    off = {"needs.socialization": 0.0, "needs.learning": 0.0, "needs.drift": 0.0, "needs.empathy": 1.0}
    organization = burned_in(tiny({**BUSY, **STAYING, "needs.weight": 0.5, **off, "run.burn_in": 0}))
    run_week(organization)
    met = (
        np.bincount(organization.customers.met[organization.customers.met >= 0], minlength=len(organization.employees))
        > 0
    )
    agreed = (organization.employees.beliefs * organization.environment.needs).sum(axis=1)
    right = elementwise(needs.match_with_needs)(agreed, organization.environment.needs.size)
    assert met.any() and (right[met] == 1.0).all() and (right[~met] == 0.5).all()
    assert not organization.employees.beliefs[~met].any()


def test_learning_does_not_depend_on_how_many_customers_one_stands_for() -> None:
    """2,400 real customers, of whom 60 or 240 are simulated: the same picture of their needs, within noise."""

    def match(simulated: int, seed: int) -> float:
        values = {
            "employees.number": 60,
            "customers.initial": simulated,
            "customers.market": simulated,
            "customers.contract_share": 1.0,
            "customers.represented": 2400 / simulated,
            "needs.weight": 0.4,
            "needs.empathy": 0.005,
            "needs.dimensions": 40,
        }
        organization, found = burned_in(tiny({**STAYING, **values}), seed=seed), []
        for _ in range(12):
            run_week(organization)
            facing = organization.employees.beliefs[organization.employees.facing]
            found.append(0.5 * (1.0 + (facing * organization.environment.needs).mean()))
        return float(np.mean(found))

    coarse, fine = (np.array([match(simulated, seed) for seed in range(1, 5)]) for simulated in (60, 240))
    assert 0.6 < fine.mean() < 0.95, "there is something to learn, and not all of it is learned"
    assert abs(coarse.mean() - fine.mean()) < 0.02


def test_a_market_shift_turns_needs_round_and_feedback_corrects_the_official_picture() -> None:
    values = {"needs.weight": 0.5, "needs.upheaval": 10.0, "needs.drift": 0.0, "needs.sensing": 1.0}
    organization = burned_in(tiny(values, (event("market_shift", 0, size=0.1),)), amounts(feedback=1.0))
    before = organization.environment.needs.copy()
    run_week(organization)
    assert np.array_equal(organization.environment.needs, -before)
    assert np.array_equal(organization.environment.organizational_code, -before)


def test_nobody_pictures_anything_where_it_is_worth_nothing() -> None:
    organization = lived({**BUSY}, weeks=10)
    assert not organization.employees.beliefs.any() and not organization.environment.organizational_code.any()


def test_newcomers_have_no_picture() -> None:
    organization = lived({"needs.weight": 0.5, "needs.empathy": 1.0, "employees.turnover": 0.2, **BUSY}, weeks=20)
    organization.employees.tenure[:] = np.where(organization.employees.employed, organization.employees.tenure, 0)
    vacant = ~organization.employees.employed
    assert vacant.any() and not organization.employees.beliefs[vacant].any()


def test_openness_moves_what_is_perceived_and_not_what_is_served() -> None:
    values = {**BUSY, "expectation.market": 0.0, "service.failure": 0.0}
    plain, open_ = (
        until(burned_in(tiny(values), policy), "update_trust_and_loyalty") for policy in (None, amounts(disclosure=1.0))
    )
    assert np.array_equal(plain.customers.served, open_.customers.served)
    there = plain.customers.contact & (plain.customers.served > 0.0)
    assert (open_.customers.satisfaction[there] >= plain.customers.satisfaction[there]).all()
    assert open_.customers.satisfaction[there].mean() > plain.customers.satisfaction[there].mean()


def failing(policy_: dict[str, float], **values: float) -> Organization:
    given = {name.replace("__", "."): value for name, value in values.items()}
    scenario = tiny(
        {**BUSY, "service.failure": 1.0, "recovery.base": 0.0, "recovery.practice": 0.0, "run.burn_in": 0, **given}
    )
    return until(burned_in(scenario, amounts(**policy_)), "update_trust_and_loyalty")


def test_a_risk_that_was_told_and_an_apology_keep_trust() -> None:
    hidden = failing({})
    disclosed = failing({"disclosure": 1.0}, disclosure__lift=0.0)
    sorry = failing({}, recovery__words=0.5, recovery__apology=1.0)
    broken = hidden.customers.failed
    assert broken.sum() > 3
    assert (disclosed.customers.trust[broken] > hidden.customers.trust[broken]).all()
    assert (sorry.customers.trust[broken] > hidden.customers.trust[broken]).all()
    assert np.array_equal(sorry.customers.apologies > 0.0, broken)
    assert np.array_equal(disclosed.customers.trust[~broken], hidden.customers.trust[~broken])


def test_what_nobody_notices_is_not_made_right() -> None:
    assert failing({"recovery_authority": 1.0}).customers.recovered.any()
    blind = failing({"recovery_authority": 1.0}, recovery__notice=0.0)
    assert blind.customers.failed.any() and not blind.customers.recovered.any()


def test_making_right_pleases_and_binds_nobody() -> None:
    plain = failing({"recovery_authority": 1.0})
    pleased = failing({"recovery_authority": 1.0}, recovery__delight=0.1)
    right = pleased.customers.recovered
    assert right.sum() > 3
    assert (pleased.customers.satisfaction[right] > plain.customers.satisfaction[right]).all()
    binding = pleased.customers.satisfaction - pleased.customers.recovery_satisfaction
    np.testing.assert_allclose(binding, plain.customers.satisfaction, atol=1e-12)


def test_the_weakest_partner_limits_what_arrives_until_it_is_held_to_standards() -> None:
    values = {
        **BUSY,
        "partners.dependence": 1.0,
        "partners.quality": 0.1,
        "partners.spread": 0.0,
        "partners.weeks": 1.0,
    }
    weak = until(burned_in(tiny({**values, "service.failure": 0.0})), "respond_to_failures")
    assert weak.customers.served.max() == pytest.approx(0.1)
    held = burned_in(tiny({**values, "service.failure": 0.0}), amounts(partner_standards=1.0))
    for _ in range(6):
        run_week(held)
    assert held.environment.partners.min() > 0.6 and held.customers.served.max() > 0.15


def test_those_in_arrears_bring_no_money_until_they_pay_all_of_it() -> None:
    values = {
        "dues.arrears": 1.0,
        "dues.payment": 0.0,
        "dues.dunning": 0.0,
        "customers.contract_share": 1.0,
    }
    organization = lived({**values, "customers.acquisition": 0.0, "run.burn_in": 0}, weeks=3)
    assert organization.outcomes["revenue"] == 0.0
    owing = organization.customers.active
    np.testing.assert_allclose(organization.customers.arrears[owing], 3.0 * organization.customers.spending[owing])
    paying = lived({**values, "customers.acquisition": 0.0, "run.burn_in": 0, "dues.payment": 1.0}, weeks=3)
    for name in organization.customers.described():
        setattr(paying.customers, name, getattr(organization.customers, name))
    owed = float(organization.customers.arrears[owing].sum())
    until(paying, "collect_arrears")
    assert paying.this_week.collected == pytest.approx(owed) and not paying.customers.arrears[owing].any()


def test_only_the_dunned_lose_satisfaction() -> None:
    organization = lived({"dues.arrears": 0.3, "dues.dunning": 1.0, "dues.collection": 0.0}, weeks=4)
    until(organization, "update_beliefs")
    before = organization.customers.satisfaction.copy()
    owing = organization.customers.active & (organization.customers.arrears > 0.0)
    run_step(organization, "collect_arrears")
    after = organization.customers.satisfaction
    assert owing.any() and (after[owing] < before[owing]).all() and np.array_equal(after[~owing], before[~owing])


def test_promised_segments_are_served_better_and_the_others_worse() -> None:
    values = {**BUSY, "service.failure": 0.0, "focus.market_segments": 2}
    plain, promised = (
        until(burned_in(tiny(values), policy), "respond_to_failures") for policy in (None, amounts(segments=1.0))
    )
    first = np.arange(len(plain.customers)) % 2 == 0
    there = plain.customers.contact & (plain.customers.served > 0.0) & (plain.customers.served < 0.6)
    assert (promised.customers.served[there & first] > plain.customers.served[there & first]).all()
    assert (promised.customers.served[there & ~first] < plain.customers.served[there & ~first]).all()


def test_where_customers_are_means_those_who_do_not_pay_get_less() -> None:
    values = {**BUSY, "service.failure": 0.0, "motive.hurdle": 1.0, "money.margin_spread": 1.0, "money.margin": 6.0}
    ends, means = (until(burned_in(tiny({**values, "motive.means": x})), "respond_to_failures") for x in (0.0, 1.0))
    pays = ends.customers.spending >= ends.customers.contact_rate * 7.0
    there = ends.customers.served > 0.0
    assert np.array_equal(ends.customers.served[there & pays], means.customers.served[there & pays])
    assert (there & ~pays).any() and (
        means.customers.served[there & ~pays] < ends.customers.served[there & ~pays]
    ).all()


def test_organizing_by_customer_serves_more_and_costs_coordination() -> None:
    by_function, by_customer = (lived({**BUSY, "structure.by_customer": x}) for x in (0.0, 1.0))
    heads = int(by_customer.employees.employed.sum())
    assert by_customer.this_week.coordination_cost == heads * by_customer.number("structure.coordination")
    assert by_function.this_week.coordination_cost == 0.0
    assert by_customer.outcomes["enacted"] > by_function.outcomes["enacted"]
