"""What the steps of a week do to an organization, one by one: people at work, and executives."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from support import amounts, burned_in, event, make_policy, same_bits, tiny

from sim.model.engine import run_step, run_week
from sim.model.mechanisms.norm import BY_EXAMPLE, COACHED, FREE, MONITORED
from sim.model.organization import Organization
from sim.model.policies.policy import Phase, Policy
from sim.model.scenario import Department

from .steps import EMPLOYMENT_STEPS, STAYING, lived, until

# --- people ----------------------------------------------------------------------------------------------------------


def test_what_managers_had_adopted_leaves_with_them() -> None:
    values = {**STAYING, "employees.number": 30}
    for share, kept in ((0.0, 1.0), (1.0, 0.0)):
        organization = burned_in(tiny(values, (event("manager_exit", 3, share=share),)), amounts(0, 3, procedures=1.0))
        for _ in range(3):
            run_week(organization)
        before = organization.departments.adopted.copy()
        assert (before > 0.1).all()
        until(organization, "hire_employees")
        np.testing.assert_allclose(organization.departments.adopted, kept * before, rtol=1e-14)


def test_one_manager_of_several_takes_a_part_along() -> None:
    organization = burned_in(tiny({**STAYING, "employees.number": 30}), amounts(procedures=1.0))
    run_week(organization)
    employees = organization.employees
    managers = np.unique(employees.manager[employees.department == 0])
    before = organization.departments.adopted.copy()
    values = {**STAYING, "employees.number": 30}
    scenario = tiny(values, (event("manager_exit", 1, share=0.5),))
    organization.scenario = scenario
    until(organization, "hire_employees")
    gone = int((~employees.employed[managers]).sum())
    assert managers.size > 0
    assert organization.departments.adopted[0] == pytest.approx(before[0] * (1.0 - gone / managers.size), rel=1e-14)


def test_only_managers_leave_in_an_exit_of_managers() -> None:
    scenario = tiny({**STAYING, "employees.number": 30}, (event("manager_exit", 0),))
    organization = until(burned_in(scenario), "hire_employees")
    employees = organization.employees
    manages = np.isin(np.arange(30), employees.manager)
    assert np.array_equal(~employees.employed, manages)
    assert organization.this_week.left == manages.sum()


def test_a_seat_that_falls_vacant_is_not_filled_in_the_same_week() -> None:
    values = {"employees.turnover": 0.5, "hiring.delay_weeks": 1.0, "employees.number": 60}
    organization = burned_in(tiny(values))
    for _ in range(20):
        vacant = ~organization.employees.employed
        run_week(organization)
        assert organization.employees.employed[vacant].all(), "without delay all seats vacant before are filled"
        assert organization.this_week.hired == vacant.sum()


def hires(policy: Policy | None) -> Organization:
    values = {"employees.number": 200, "employees.turnover": 0.5, "hiring.delay_weeks": 1.0, "norm.value_drift": 0.0}
    return until(lived(values, policy, weeks=3), "hire_employees")


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


def test_full_coaching_of_receptive_people_makes_all_of_them_practice() -> None:
    values = {
        "coaching.effect": 1.0, "cynicism.initial": 0.0, "cynicism.gain": 0.0, "susceptibility.spread": 0.0,
        "direction.example": 0.0,
    }  # fmt: skip
    organization = until(burned_in(tiny(values), amounts(coaching=1.0)), "choose_practice")
    employees = organization.employees
    assert (employees.choice[employees.employed] == 1).all()
    assert set(np.unique(employees.prompted_by).tolist()) <= {FREE, COACHED}
    assert (employees.prompted_by == COACHED).any()


EQUALLY = {"norm.monitored_weight": 0.3, "norm.coached_weight": 0.3, "norm.example_weight": 0.3}
WATCHED = {
    **EQUALLY, "monitoring.practice": 1.0, "norm.sharpness": 0.0, "employees.number": 60, "norm.misperception": 0.0,
    "norm.value_anchor": 0.0,
}  # fmt: skip


def test_under_full_monitoring_all_practice_and_only_the_unwilling_because_of_it() -> None:
    plain = until(burned_in(tiny(WATCHED)), "choose_practice").employees
    watched = until(burned_in(tiny(WATCHED), amounts(procedures=1.0, monitoring=1.0)), "choose_practice").employees
    there = watched.employed
    assert (watched.choice[there] == 1).all()
    assert np.array_equal(watched.prompted_by[there] == MONITORED, plain.choice[there] == 0)
    assert 10 < (watched.prompted_by == MONITORED).sum() < 50


def test_watched_practice_moves_values_less_than_free_practice() -> None:
    organization = burned_in(tiny(WATCHED), amounts(procedures=1.0, monitoring=1.0))
    before = organization.employees.value.copy()
    employees = until(organization, "choose_practice").employees
    free = employees.employed & (employees.prompted_by == FREE)
    forced = employees.employed & (employees.prompted_by == MONITORED)
    stayed = employees.tenure > 0.0
    rate = organization.number("norm.value_drift")
    expected = before + rate * np.where(forced, 0.3, 1.0) * (1.0 - before)
    np.testing.assert_allclose(
        employees.value[stayed & (free | forced)], expected[stayed & (free | forced)], rtol=1e-12
    )


def test_colleagues_remember_watched_practice_at_its_weight() -> None:
    organization = lived({**WATCHED, **STAYING, "norm.encounters": 30.0}, amounts(procedures=1.0, monitoring=1.0), 12)
    seen = set(np.unique(organization.employees.memory).tolist())
    assert seen == {30, 100}, "everybody practiced for weeks, some of them freely"


PROMPTS = {
    MONITORED: {"procedures": 1.0, "monitoring": 1.0},
    COACHED: {"coaching": 1.0},
    BY_EXAMPLE: {"sponsor_attention": 1.0},
}
"""What is spent so that all who do not practice of their own accord are prompted in one way, and in no other."""

PROMPTED = {
    **WATCHED, **STAYING, "coaching.effect": 1.0, "coaching.span": 100.0, "example.effect": 1.0, "cynicism.initial": 0.0,
    "cynicism.gain": 0.0, "susceptibility.spread": 0.0, "direction.example": 0.0, "training.standard_effect": 0.0,
    "norm.encounters": 30.0,
}  # fmt: skip


@pytest.mark.parametrize("kind", PROMPTS)
def test_whoever_prompts_values_and_colleagues_take_it_alike(kind: int) -> None:
    """With equal weights, the same people prompted in another way end the week with the same values and memories, to a bit."""
    seen = {}
    for each in (kind, MONITORED):
        organization = burned_in(tiny(PROMPTED), amounts(**PROMPTS[each]))
        organization.employees.choice[:] = 1  # managers give an example
        employees = until(organization, "choose_practice").employees
        assert (employees.choice == 1).all()
        assert set(np.unique(employees.prompted_by).tolist()) == {FREE, each}
        prompted, value = employees.prompted_by != FREE, employees.value.copy()
        seen[each] = prompted, value, until(organization, "observe_colleagues").employees.memory.copy()
    for one, other in zip(seen[kind], seen[MONITORED], strict=True):
        assert same_bits(one, other)
    assert set(np.unique(seen[kind][2]).tolist()) >= {30, 100}


def sights(misperception: float) -> Organization:
    """A week in which everyone sees colleagues, all of whom practiced last week, and remembers nothing from before."""
    values = {**WATCHED, **STAYING, "norm.encounters": 30.0, "norm.memory": 20, "norm.misperception": misperception}
    organization = burned_in(tiny(values))
    employees = organization.employees
    employees.choice[:], employees.prompted_by[:] = 1, FREE
    employees.memory[:], employees.memory_total[:], employees.memory_cursor[:] = 0, 0, 0
    return until(organization, "observe_colleagues")


def test_who_is_mistaken_remembers_the_opposite() -> None:
    right, wrong = (sights(each).employees for each in (0.0, 0.2))
    assert np.array_equal(right.memory_cursor, wrong.memory_cursor), "the same people meet"
    assert right.memory_total.sum() == 100 * right.memory_cursor.sum() > 10_000
    assert set(np.unique(wrong.memory).tolist()) == {0, 100}
    assert wrong.memory_total.sum() / right.memory_total.sum() == pytest.approx(0.8, abs=0.06)


def test_what_is_seen_is_last_weeks_choice() -> None:
    organization = burned_in(tiny({**STAYING, "norm.encounters": 30.0, "norm.memory": 1, "norm.misperception": 0.0}))
    employees = organization.employees
    employees.choice[:] = 1
    employees.memory[:] = 0
    employees.memory_total[:] = 0
    until(organization, "observe_colleagues")
    assert (employees.memory == 100).all()


@pytest.mark.parametrize("rule", ["best-response", "majority", "averaging"])
def test_without_encounters_memories_and_averages_stay(rule: str) -> None:
    organization = burned_in(tiny({**STAYING, "norm.encounters": 0.0, "norm.rule": rule}))
    memory, value = organization.employees.memory.copy(), organization.employees.value.copy()
    until(organization, "observe_colleagues")
    assert same_bits(organization.employees.memory, memory)
    assert same_bits(organization.employees.value, value)


def test_nobody_learns_from_themselves() -> None:
    alone = {**STAYING, "employees.number": 1, "norm.encounters": 30.0}
    organization = burned_in(tiny(alone))
    employees = organization.employees
    employees.choice[:] = 1
    memory = employees.memory.copy()
    for _ in range(5):
        until(organization, "observe_colleagues")
    assert same_bits(employees.memory, memory)


def test_who_is_not_there_neither_sees_nor_is_seen() -> None:
    organization = burned_in(
        tiny({**STAYING, "norm.encounters": 30.0, "hiring.delay_weeks": 104.0, "norm.misperception": 0.0})
    )
    employees = organization.employees
    employees.employed[2:] = False
    employees.identity[2:] = -1
    employees.choice[:] = [1, 1] + [0] * 10
    employees.memory[:] = 0
    employees.memory_total[:] = 0
    until(organization, "observe_colleagues", but=EMPLOYMENT_STEPS)
    away = ~employees.employed
    assert not employees.memory[away].any()
    assert set(np.unique(employees.memory[:2]).tolist()) <= {0, 100}
    assert employees.memory[:2].any(), "the two who are left see each other practice"


def test_speeches_reach_the_departments_they_are_given_to() -> None:
    quiet = {"salience.value_effect": 0.0}
    organization = lived(quiet, make_policy(Phase(0, None, ("back",), {"speeches": 2.0, "training": 5.0})))
    plain = lived(quiet)
    back = organization.employees.department == 1
    assert (organization.employees.salience[back] > 0.1).all()
    assert not organization.employees.salience[~back].any()
    same = organization.employees.value[~back] == plain.employees.value[~back]
    assert same.all(), "training in one department teaches nobody in the other"
    assert (organization.employees.value[back] > plain.employees.value[back]).all()


def test_training_teaches_less_where_people_mean_something_else() -> None:
    values = {**STAYING, "training.ambiguity": 1.0, "norm.value_drift": 0.0}
    organization = burned_in(tiny(values), amounts(training=5.0))
    employees = organization.employees
    employees.value[:] = 0.2
    employees.definition[:] = [0.5] * 11 + [1.0]
    until(organization, "train_employees")
    assert employees.value[11] < employees.value[0]


def test_posters_raise_what_is_espoused_and_no_salience() -> None:
    plain, posters = lived({}, None, 8), lived({}, amounts(posters=1.0), 8)
    assert posters.outcomes["espoused"] > plain.outcomes["espoused"]
    assert posters.outcomes["salience"] == 0.0
    assert posters.outcomes["executive_self_assessment"] > plain.outcomes["executive_self_assessment"]


# --- work ------------------------------------------------------------------------------------------------------------

STEADY = {**STAYING, "workload.noise": 0.0, "service.contacts": 1.0, "customers.contract_share": 1.0}


def pressure(policy: Policy | None = None, vacant: int = 0) -> float:
    organization = burned_in(tiny(STEADY), policy)
    employees = organization.employees
    seats = np.flatnonzero(employees.department == 1)[:vacant]
    employees.employed[seats] = False
    employees.identity[seats] = -1
    until(organization, "update_employee_satisfaction")
    return float(organization.departments.work_pressure[1])


def test_vacancies_and_programs_press_and_relief_eases() -> None:
    base = pressure()
    assert pressure(vacant=3) > base
    assert pressure(amounts(training=5.0)) == pytest.approx(base * (1.0 + 5.0 / 38.0), rel=1e-6)
    assert pressure(amounts(coaching=1.0)) > base
    assert pressure(amounts(procedures=1.0)) > base
    relief = burned_in(tiny(STEADY)).number("workload.relief_effect")
    assert pressure(amounts(relief=1.0)) == pytest.approx(base * (1.0 - relief), rel=1e-6)


def test_contacts_press_on_those_who_face_customers_only() -> None:
    organization = until(burned_in(tiny(STEADY)), "draw_contacts")
    busy = organization.copy()
    organization.customers.contact[:] = False
    organization.this_week.contacts = 0
    names = [step.__name__ for step in organization.registry.steps]
    for each in (organization, busy):
        for name in names[names.index("draw_contacts") + 1 : names.index("update_employee_satisfaction") + 1]:
            run_step(each, name)
    assert organization.departments.work_pressure[0] < busy.departments.work_pressure[0]
    assert organization.departments.work_pressure[1] == busy.departments.work_pressure[1]


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
    organization = burned_in(scenario)
    run_week(organization)
    assert organization.departments.power.tolist() == pytest.approx([0.25, 0.75])


def test_more_people_leave_the_department_with_more_turnover() -> None:
    departments = (Department("calm", 0.5, 0.5, 0.5, 0.0), Department("restless", 0.5, 0.5, 0.5, 0.4))
    scenario = dataclasses.replace(tiny({"employees.number": 60, "employees.dismissal": 0.0}), departments=departments)
    organization = burned_in(scenario)
    run_step(organization, "end_employment")
    gone = np.bincount(organization.employees.department[organization.employees.leaving], minlength=2)
    assert gone[0] == 0 and gone[1] > 0


def test_staff_that_follows_volume_is_not_overloaded_for_good_and_costs_more() -> None:
    """Twice the contacts that the organization was staffed for."""

    def lived_with(follows: float) -> Organization:
        values = {"staffing.follows_volume": follows, "staffing.volume_weeks": 4.0, "money.wage": 700.0}
        values |= {**STAYING, "workload.noise": 0.0, "customers.contract_share": 1.0, "service.contacts": 1.0}
        organization = burned_in(tiny(values))
        organization.contacts_expected = organization.outcomes["contacts"] / 2.0
        organization.volume = 1.0
        for _ in range(30):
            run_week(organization)
        return organization

    stays, follows = lived_with(0.0), lived_with(1.0)
    assert stays.departments.people_per_seat.tolist() == [1.0, 1.0]
    assert follows.departments.people_per_seat == pytest.approx([1.8, 1.0], abs=0.2)
    run_step(follows, "follow_volume")
    assert follows.departments.people_per_seat == pytest.approx([1.0 + 0.8 * (follows.volume - 1.0), 1.0])
    baseline = follows.number("workload.baseline")
    assert (
        follows.departments.load[0] == pytest.approx(baseline, rel=0.1) and stays.departments.load[0] > 1.5 * baseline
    )
    assert follows.departments.load[1] == stays.departments.load[1], "behind the scenes nothing changes"
    assert follows.outcomes["wages"] > 1.3 * stays.outcomes["wages"]
    assert follows.outcomes["employees"] == stays.outcomes["employees"], "outcomes count seats"
