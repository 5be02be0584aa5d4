"""What the steps of a week do to an organization, one by one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest
from support import amounts, bundle, event, everything, same_bits, settled, tiny

from sim.organization import Organization
from sim.policies.bundle import Bundle, Phase
from sim.scenario import Department
from sim.week import WEEK, live_through

STAYING = {"employees.turnover": 0.0, "employees.dismissal": 0.0}


def until(organization: Organization, name: str, but: tuple[str, ...] = ()) -> Organization:
    """Run one more week up to and including the step with this name, some steps left out."""
    organization.start_week()
    for step in WEEK:
        if step.name not in but:
            step.run(organization)
        if step.name == name:
            return organization
    raise AssertionError(f"no step {name}")


def lived(values: Mapping[str, object], policy: Bundle | None = None, weeks: int = 1) -> Organization:
    organization = settled(tiny(values), policy)
    for _ in range(weeks):
        live_through(organization)
    return organization


# --- people ----------------------------------------------------------------------------------------------------------


def test_what_managers_had_adopted_leaves_with_them() -> None:
    values = {**STAYING, "employees.number": 30}
    for share, kept in ((0.0, 1.0), (1.0, 0.0)):
        organization = settled(tiny(values, (event("manager_exit", 3, share=share),)), amounts(0, 3, procedures=1.0))
        for _ in range(3):
            live_through(organization)
        before = organization.departments.adopted.copy()
        assert (before > 0.1).all()
        until(organization, "staff")
        np.testing.assert_allclose(organization.departments.adopted, kept * before, rtol=1e-14)


def test_one_manager_of_several_takes_a_part_along() -> None:
    organization = settled(tiny({**STAYING, "employees.number": 30}), amounts(procedures=1.0))
    live_through(organization)
    employees = organization.employees
    managers = np.unique(employees.manager[employees.department == 0])
    before = organization.departments.adopted.copy()
    values = {**STAYING, "employees.number": 30}
    scenario = tiny(values, (event("manager_exit", 1, share=0.5),))
    organization.scenario = scenario
    until(organization, "staff")
    gone = int((~employees.employed[managers]).sum())
    assert managers.size > 0
    assert organization.departments.adopted[0] == pytest.approx(before[0] * (1.0 - gone / managers.size), rel=1e-14)


def test_only_managers_leave_in_an_exit_of_managers() -> None:
    scenario = tiny({**STAYING, "employees.number": 30}, (event("manager_exit", 0),))
    organization = until(settled(scenario), "staff")
    employees = organization.employees
    manages = np.isin(np.arange(30), employees.manager)
    assert np.array_equal(~employees.employed, manages)
    assert organization.now.left.size == manages.sum()


def test_a_seat_that_falls_vacant_is_not_filled_in_the_same_week() -> None:
    values = {"employees.turnover": 0.5, "hiring.delay_weeks": 1.0, "employees.number": 60}
    organization = settled(tiny(values))
    for _ in range(20):
        vacant = ~organization.employees.employed
        live_through(organization)
        assert organization.employees.employed[vacant].all(), "without delay all seats vacant before are filled"
        assert organization.now.hired == vacant.sum()


def hires(policy: Bundle | None) -> Organization:
    values = {"employees.number": 200, "employees.turnover": 0.5, "hiring.delay_weeks": 1.0, "norm.value_drift": 0.0}
    return until(lived(values, policy, weeks=3), "staff")


def test_newcomers_bring_what_people_outside_bring() -> None:
    organization = hires(None)
    employees = organization.employees
    new = employees.employed & (employees.tenure == 0.0)
    assert new.sum() > 10
    assert (employees.identity[new] >= 200).all()
    assert (employees.energy[new] == 1.0).all() and (employees.choice[new] == 0).all()
    for name in ("salience", "exposure", "compliance", "habit", "crowding"):
        assert not getattr(employees, name)[new].any(), name
    assert (employees.standard[new] == 1.0).all()


def test_a_hiring_filter_lets_values_in() -> None:
    plain, filtered = (hires(policy).employees for policy in (None, amounts(hiring_filter=1.0)))
    new = plain.tenure == 0.0
    assert np.array_equal(new, filtered.tenure == 0.0), "the same people leave and the same seats are filled"
    assert np.all(filtered.value[new] >= plain.value[new])
    assert filtered.value[new].mean() > plain.value[new].mean() + 0.15


def test_full_coaching_of_receptive_people_makes_all_of_them_practise() -> None:
    values = {"coaching.effect": 1.0, "cynicism.initial": 0.0, "cynicism.gain": 0.0}
    organization = until(settled(tiny(values), amounts(coaching=1.0)), "choose")
    employees = organization.employees
    assert (employees.choice[employees.employed] == 1).all()
    assert not employees.surveilled.any(), "coaching is no surveillance"


WATCHED = {"monitoring.practice": 1.0, "norm.surveillance_weight": 0.3, "norm.sharpness": 0.0, "employees.number": 60}


def test_under_full_monitoring_all_practise_and_only_the_unwilling_because_of_it() -> None:
    plain = until(settled(tiny(WATCHED)), "choose").employees
    watched = until(settled(tiny(WATCHED), amounts(procedures=1.0, monitoring=1.0)), "choose").employees
    there = watched.employed
    assert (watched.choice[there] == 1).all()
    assert np.array_equal(watched.surveilled[there], plain.choice[there] == 0)
    assert 10 < watched.surveilled.sum() < 50


def test_watched_practice_moves_values_less_than_free_practice() -> None:
    organization = settled(tiny(WATCHED), amounts(procedures=1.0, monitoring=1.0))
    before = organization.employees.value.copy()
    employees = until(organization, "choose").employees
    free = employees.employed & ~employees.surveilled
    forced = employees.employed & employees.surveilled
    stayed = employees.tenure > 0.0
    rate = organization.number("norm.value_drift")
    expected = before + rate * np.where(forced, 0.3, 1.0) * (1.0 - before)
    np.testing.assert_allclose(
        employees.value[stayed & (free | forced)], expected[stayed & (free | forced)], rtol=1e-12
    )


def test_colleagues_remember_watched_practice_at_its_weight() -> None:
    organization = lived({**WATCHED, **STAYING, "norm.encounters": 30.0}, amounts(procedures=1.0, monitoring=1.0), 12)
    seen = set(np.unique(organization.employees.memory).tolist())
    assert seen == {30, 100}, "everybody practised for weeks, some of them freely"


def test_what_is_seen_is_last_weeks_choice() -> None:
    organization = settled(tiny({**STAYING, "norm.encounters": 30.0, "norm.memory": 1}))
    employees = organization.employees
    employees.choice[:] = 1
    employees.memory[:] = 0
    employees.memory_total[:] = 0
    until(organization, "see_colleagues")
    assert (employees.memory == 100).all()


@pytest.mark.parametrize("rule", ["best-response", "majority", "averaging"])
def test_without_encounters_memories_and_averages_stay(rule: str) -> None:
    organization = settled(tiny({**STAYING, "norm.encounters": 0.0, "norm.rule": rule}))
    memory, value = organization.employees.memory.copy(), organization.employees.value.copy()
    until(organization, "see_colleagues")
    assert same_bits(organization.employees.memory, memory)
    assert same_bits(organization.employees.value, value)


def test_nobody_learns_from_themselves() -> None:
    alone = {**STAYING, "employees.number": 1, "norm.encounters": 30.0}
    organization = settled(tiny(alone))
    employees = organization.employees
    employees.choice[:] = 1
    memory = employees.memory.copy()
    for _ in range(5):
        until(organization, "see_colleagues")
    assert same_bits(employees.memory, memory)


def test_who_is_not_there_neither_sees_nor_is_seen() -> None:
    organization = settled(tiny({**STAYING, "norm.encounters": 30.0, "hiring.delay_weeks": 104.0}))
    employees = organization.employees
    employees.employed[2:] = False
    employees.identity[2:] = -1
    employees.choice[:] = [1, 1] + [0] * 10
    employees.memory[:] = 0
    employees.memory_total[:] = 0
    until(organization, "see_colleagues", but=("staff",))
    away = ~employees.employed
    assert not employees.memory[away].any()
    assert set(np.unique(employees.memory[:2]).tolist()) <= {0, 100}
    assert employees.memory[:2].any(), "the two who are left see each other practise"


def test_speeches_reach_the_departments_they_are_given_to() -> None:
    organization = lived({}, bundle(Phase(0, None, ("back",), {"speeches": 2.0, "training": 5.0})))
    plain = lived({})
    back = organization.employees.department == 1
    assert (organization.employees.salience[back] > 0.1).all()
    assert not organization.employees.salience[~back].any()
    same = organization.employees.value[~back] == plain.employees.value[~back]
    assert same.all(), "training in one department teaches nobody in the other"
    assert (organization.employees.value[back] > plain.employees.value[back]).all()


def test_training_teaches_less_where_people_mean_something_else() -> None:
    values = {**STAYING, "training.ambiguity": 1.0, "norm.value_drift": 0.0}
    organization = settled(tiny(values), amounts(training=5.0))
    employees = organization.employees
    employees.value[:] = 0.2
    employees.definition[:] = [0.5] * 11 + [1.0]
    until(organization, "learn")
    assert employees.value[11] < employees.value[0]


def test_posters_raise_what_is_espoused_and_no_salience() -> None:
    plain, posters = lived({}, None, 8), lived({}, amounts(posters=1.0), 8)
    assert posters.outcomes["espoused"] > plain.outcomes["espoused"]
    assert posters.outcomes["salience"] == 0.0
    assert posters.outcomes["executive_self_assessment"] > plain.outcomes["executive_self_assessment"]


# --- work ------------------------------------------------------------------------------------------------------------

STEADY = {**STAYING, "workload.noise": 0.0, "service.contacts": 1.0, "customers.contract_share": 1.0}


def pressure(policy: Bundle | None = None, vacant: int = 0) -> float:
    organization = settled(tiny(STEADY), policy)
    employees = organization.employees
    seats = np.flatnonzero(employees.department == 1)[:vacant]
    employees.employed[seats] = False
    employees.identity[seats] = -1
    until(organization, "press")
    return float(organization.departments.work_pressure[1])


def test_vacancies_and_programs_press_and_relief_eases() -> None:
    base = pressure()
    assert pressure(vacant=3) > base
    assert pressure(amounts(training=5.0)) == pytest.approx(base * (1.0 + 5.0 / 38.0), rel=1e-6)
    assert pressure(amounts(coaching=1.0)) > base
    assert pressure(amounts(procedures=1.0)) > base
    relief = settled(tiny(STEADY)).number("workload.relief_effect")
    assert pressure(amounts(relief=1.0)) == pytest.approx(base * (1.0 - relief), rel=1e-6)


def test_contacts_press_on_those_who_face_customers_only() -> None:
    organization = until(settled(tiny(STEADY)), "need_service")
    busy = organization.copy()
    organization.now.contact[:] = False
    for each in (organization, busy):
        next(step for step in WEEK if step.name == "press").run(each)
    assert organization.departments.work_pressure[0] < busy.departments.work_pressure[0]
    assert organization.departments.work_pressure[1] == busy.departments.work_pressure[1]


# --- customers -------------------------------------------------------------------------------------------------------


def test_customers_with_a_contract_call_and_the_others_buy() -> None:
    organization = until(settled(tiny({"service.contacts": 1.0, "lifetime.purchase_shape": 5.0})), "need_service")
    customers, contact = organization.customers, organization.now.contact
    assert not contact[~customers.active].any()
    buys = customers.active & ~customers.contract & (customers.next_purchase < organization.week + 1.0)
    assert np.array_equal(contact & ~customers.contract, buys)
    silent = until(settled(tiny({"service.contacts": 0.0})), "need_service")
    assert not (silent.now.contact & silent.customers.contract).any()


def test_only_those_in_contact_feel_anything() -> None:
    organization = until(settled(tiny({"service.contacts": 0.5})), "serve")
    before = organization.customers.copy()
    next(step for step in WEEK if step.name == "experience").run(organization)
    after, quiet = organization.customers, ~organization.now.contact
    for name in ("expectation", "satisfaction", "trust", "loyalty", "depth"):
        assert same_bits(getattr(before, name)[quiet], getattr(after, name)[quiet]), name
        assert not np.array_equal(getattr(before, name), getattr(after, name)), name


def test_where_nobody_can_be_met_nobody_is_served() -> None:
    organization = settled(tiny({"service.contacts": 1.0, "hiring.delay_weeks": 104.0, **STAYING}))
    facing = organization.facing_seats
    organization.employees.employed[facing] = False
    organization.employees.identity[facing] = -1
    now = until(organization, "serve", but=("staff",)).now
    assert now.contact.any() and (now.met == -1).all()
    assert not now.served.any() and not now.failed.any()


def test_a_refused_conflict_serves_nothing_and_a_conceded_one_is_paid_for() -> None:
    values = {"conflict.rate": 1.0, "service.contacts": 1.0, "customers.contract_share": 1.0}
    for weight, conceded in ((0.0, False), (1.0, True)):
        organization = settled(
            tiny(
                {
                    **values,
                    "executives.customer_weight": weight,
                    "executives.self_weight": 0.0,
                    "executives.weight_spread": 0.0,
                }
            )
        )
        now = until(organization, "serve").now
        contact = now.contact
        assert contact.sum() > 5 and np.array_equal(now.conflict, contact)
        assert (now.conceded[contact] == conceded).all()
        assert (now.served[contact] > 0.0).any() == conceded
        assert (now.conceded_cost > 0.0) == (now.conceded_gain > 0.0) == conceded


def test_failures_that_nobody_makes_right_destroy_service() -> None:
    values = {"service.failure": 1.0, "service.severity": 1.0, "service.contacts": 1.0, "recovery.base": 0.0}
    values |= {"recovery.practice": 0.0, "conflict.rate": 0.0}
    now = until(settled(tiny(values)), "serve").now
    assert now.failed.sum() > 3 and not now.recovered.any()
    assert not now.served[now.failed].any() and now.served[now.contact & ~now.failed].all()
    now = until(settled(tiny(values), amounts(recovery_authority=1.0)), "serve").now
    assert now.failed.sum() > 3 and np.array_equal(now.recovered, now.failed)
    assert now.served[now.failed].all()


def test_contracts_end_by_hazard_and_customers_without_stop_after_a_purchase() -> None:
    organization = settled(
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
        live_through(organization)
        now, customers = organization.now, organization.customers
        assert not now.purchases[customers.contract].any()
        stopped = now.lost & ~customers.contract
        assert (now.purchases[stopped] > 0).all()
        left = now.lost & customers.contract
        assert (now.leaving_draw[left] < now.leaving_chance[left]).all()
    assert organization.customers_lost > 20


def test_satisfied_customers_leave_less() -> None:
    left = {}
    for level in (0.2, 0.95):
        organization = settled(
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
            live_through(organization)
        left[level] = organization.customers_lost
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
    new = organization.now.acquired
    customers = organization.customers
    assert new.sum() > 3
    for name in ("tenure", "depth", "contacts"):
        assert not getattr(customers, name)[new].any(), name
    assert (customers.trust[new] == organization.number("trust.initial")).all()
    buyers = new & ~customers.contract
    assert (customers.next_purchase[buyers] >= organization.week).all(), "their first purchase brought them"


# --- executives ------------------------------------------------------------------------------------------------------


def test_what_executives_state_is_independent_of_what_they_weigh() -> None:
    stated = {}
    for weight in (0.05, 0.8):
        organization = lived({"executives.customer_weight": weight, "executives.weight_spread": 0.0})
        stated[weight] = organization.executives.stated.copy()
        assert organization.executives.weight_customers[0] == pytest.approx(weight)
    assert np.array_equal(stated[0.05], stated[0.8])


def test_power_of_departments_is_shared_out_and_fixed() -> None:
    scenario = dataclasses.replace(
        tiny(), departments=(Department("one", 0.5, 0.5, 0.3), Department("other", 0.5, 0.5, 0.9))
    )
    organization = settled(scenario)
    live_through(organization)
    assert organization.departments.power.tolist() == pytest.approx([0.25, 0.75])
