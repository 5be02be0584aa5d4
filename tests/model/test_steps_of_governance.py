"""What the steps of a week do to an organization, one by one: governance."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest
from support import amounts, burned_in, differing, event, run, same_bits, same_state, tiny

from sim.model.engine import run_week, uncompiled

from .steps import STAYING, lived, until

AUDITED = {"audit_independence": 1.0, "audit_probability": 1.0, "audit_consequence": 1.0}
DECISION_WEIGHT_STEPS = (
    "update_oversight",
    "set_criteria",
    "weigh_departments_voices",
    "apply_office_influence",
    "update_political_attention",
    "set_decision_weight",
)
STEPS = (
    *(
        ("follow_fads",),
        ("decouple_talk_from_work",),
        ("allocate_credit",),
        DECISION_WEIGHT_STEPS,
        *((name,) for name in DECISION_WEIGHT_STEPS if name != "set_criteria"),
    ),
    *(("apply_lenient_criteria",), ("polish_reported_score",), ("correct_reported_score",)),
)
"""Steps of governance that change nothing at their neutral settings, those together that go together."""
CERTAIN = {"executives.weight_spread": 0.0, "executives.succession": 0.0}


@pytest.mark.parametrize("names", STEPS, ids=" ".join)
def test_ungoverned_a_step_of_governance_changes_nothing(names: tuple[str, ...]) -> None:
    """At its neutral setting a week without the step is the same week, but for what governance keeps for itself."""
    with_step, without = burned_in(tiny(), amounts(training=1.0)), burned_in(tiny(), amounts(training=1.0))
    steps = with_step.registry.steps
    assert set(names) <= {step.__name__ for step in steps}
    kept = tuple(step for step in steps if step.__name__ not in names)
    without.registry = dataclasses.replace(without.registry, steps=kept)
    with uncompiled():
        run_week(with_step)
        run_week(without)
    assert set(same_state(with_step, without)) <= {"departments.importance"}
    assert repr(with_step.outcomes) == repr(without.outcomes)


def drawn(values: Mapping[str, object] | None = None, **resources: float) -> float:
    organization = until(burned_in(tiny({**CERTAIN, **(values or {})}), amounts(**resources)), "set_decision_weight")
    return float(
        organization.decision_weight
        if np.isnan(organization.this_week.decision_weight)
        else organization.this_week.decision_weight
    )


def test_left_to_their_discretion_executives_weigh_each_case() -> None:
    organization = until(burned_in(tiny()), "set_decision_weight")
    assert np.isnan(organization.this_week.decision_weight) and organization.this_week.service_factor == 1.0


def test_oversight_moves_the_line_and_one_of_three_alone_does_not() -> None:
    assert drawn(**AUDITED) == pytest.approx(0.3 + 0.3 * 0.7)
    for name in AUDITED:
        assert drawn(**{**AUDITED, name: 0.0}) == pytest.approx(0.3)


def test_the_setter_the_departments_and_the_office_have_their_say() -> None:
    assert drawn({"criteria.setter": "independent"}) == pytest.approx(0.5)
    assert drawn({"criteria.setter": "customers", "criteria.capture": 0.0}) == pytest.approx(0.7)
    assert drawn(delegation=1.0, delegated_power=1.0) == pytest.approx(0.7)
    assert drawn(delegation=1.0) == pytest.approx(0.3)
    assert drawn({"power.voice": 1.0, "power.skill": 1.0}) > drawn({"power.voice": 1.0, "power.skill": 0.0})


def test_a_fixed_line_stays_when_executives_change_and_a_discretionary_one_goes_with_them() -> None:
    for rule, stays in (("fixed", True), ("convenience", False)):
        organization = burned_in(tiny({"line.rule": rule, **CERTAIN}))
        before = until(organization, "set_decision_weight").this_week.decision_weight
        organization.executives.weight_customers[:] = 0.05
        after = until(organization, "set_decision_weight").this_week.decision_weight
        assert bool(before == after) is stays


def test_a_squeeze_moves_a_convenient_line_against_customers() -> None:
    values = {"line.rule": "convenience", "conflict.rate": 0.5, **STAYING, **CERTAIN}
    squeeze = event("margin_squeeze", 0, share=0.5, weeks=40)
    organization, squeezed = burned_in(tiny(values)), burned_in(tiny(values, (squeeze,)))
    for _ in range(12):
        run_week(organization)
        run_week(squeezed)
    assert squeezed.decision_weight < organization.decision_weight - 0.05
    assert squeezed.this_week.revenue < organization.this_week.revenue


def test_politicians_give_before_the_vote() -> None:
    values = {"line.rule": "convenience", "interest.political": 1.0, "interest.first_election": 10, **CERTAIN}
    organization = burned_in(tiny(values))
    lines = []
    for _ in range(13):
        run_week(organization)
        lines.append(organization.decision_weight)
    assert int(np.argmax(lines)) == 10 and lines[11] < lines[0] < lines[9]


def test_what_the_line_permits_reaches_customers() -> None:
    values = {"criteria.setter": "customers", "criteria.capture": 0.0, "service.contacts": 1.0, "conflict.rate": 0.0}
    generous = lived({**values, "service.failure": 0.0, **CERTAIN})
    usual = lived({**values, "service.failure": 0.0, **CERTAIN, "line.ordinary": 0.0})
    contact = usual.customers.contact & (usual.customers.served > 0.0)
    np.testing.assert_allclose(generous.customers.served[contact], usual.customers.served[contact] * 1.2, rtol=1e-9)


def test_an_ombudsman_ends_more_conflicts_for_customers() -> None:
    values = {"conflict.rate": 1.0, "service.contacts": 1.0, "executives.customer_weight": 0.05, **CERTAIN}
    heard = lived({**values, "arbitration.rule": "ombudsman", "arbitration.appeals": 1.0})
    alone = lived(values)
    assert heard.customers.conceded.sum() > alone.customers.conceded.sum()
    assert heard.this_week.conceded_cost > alone.this_week.conceded_cost


def test_a_score_is_what_its_authors_make_of_it_unless_somebody_looks() -> None:
    survey = {"survey.response_rate": 1.0, "survey.response_bias": 0.0}
    true = lived(survey)
    lenient = lived({**survey, "criteria.leniency": 0.2})
    assert lenient.this_week.reported == pytest.approx(true.this_week.reported + 0.2)
    watched = lived({**survey, "criteria.leniency": 0.2, "audit.deterrence": 0.0}, amounts(**AUDITED))
    assert watched.this_week.reported == pytest.approx(true.this_week.reported + 0.04)
    office = lived(survey, amounts(delegation=1.0))
    assert office.this_week.reported > true.this_week.reported + 0.02


def test_bad_news_gets_lost_on_the_way_up() -> None:
    filtered, open_ = lived({"insiders.filter": 0.5}, weeks=8), lived({}, weeks=8)
    assert (
        filtered.this_week.score_at_top > filtered.this_week.reported
        and open_.this_week.score_at_top == open_.this_week.reported
    )
    assert filtered.executives.self_assessment.mean() > open_.executives.self_assessment.mean()
    assert filtered.this_week.reported == open_.this_week.reported, "what is shown to the world is not filtered"


def test_a_fad_takes_talk_and_leaves_work() -> None:
    values = {"fads.inertia": 0.0, "fads.skepticism": 0.0, **STAYING}
    policy = amounts(speeches=1.0, training=1.0)
    dropped = None
    for seed in range(20):
        organization = burned_in(tiny(values, (event("next_fad", 3),)), policy, seed)
        for _ in range(6):
            run_week(organization)
        if organization.talk_left == 0.0:
            dropped = organization
    assert dropped is not None, "half of the programs with ordinary results should be given up"
    assert dropped.amount_overall("speeches") == 0.0 and dropped.amount_overall("training") == pytest.approx(1.0)


def test_what_is_protected_no_fad_takes() -> None:
    policy = amounts(speeches=1.0, protected_budget=1.0)
    organization = burned_in(tiny(), policy)
    organization.talk_left = 0.0
    assert until(organization, "follow_fads").amount_overall("speeches") == 1.0


def test_a_decoupled_program_is_less_work_and_more_talk() -> None:
    hasty = {
        "place.power": 1.0,
        "place.payback_weeks": 1040.0,
        "place.horizon_weeks": 4.0,
        "place.cost": 10.0,
    }
    values = {"place.decoupling": 1.0, "place.sharpness": 100.0, **hasty}
    decoupled = until(burned_in(tiny(values), amounts(training=5.0, protected_budget=0.5)), "decouple_talk_from_work")
    assert decoupled.policy.training == pytest.approx(0.0)
    assert decoupled.policy.speeches == pytest.approx(0.5)
    assert decoupled.policy.protected_budget == pytest.approx(0.5)


def test_who_gets_no_credit_hears_less() -> None:
    organization = burned_in(tiny({"credit.threat": 1.0, "credit.weeks": 1.0}), amounts(training=10.0))
    for _ in range(8):
        run_week(organization)
    front, back = organization.departments.importance
    assert front > 0.5 > back
    receptiveness, department = organization.employees.receptiveness, organization.employees.department
    assert receptiveness[department == 1].mean() < receptiveness[department == 0].mean()


def test_power_gives_hands() -> None:
    rich = dataclasses.replace(
        tiny({"power.budget": 0.5}),
        departments=tuple(dataclasses.replace(each, power=float(each.name == "front")) for each in tiny().departments),
    )
    loads = (
        until(burned_in(rich), "update_employee_satisfaction").departments.load,
        until(burned_in(tiny()), "update_employee_satisfaction").departments.load,
    )
    assert loads[0][0] < loads[1][0] and loads[0][1] > loads[1][1]


def test_a_merger_brings_people_of_the_world_outside() -> None:
    values = {**STAYING, "hiring.outside_practice": 0.0, "norm.misperception": 0.0}
    organization = burned_in(tiny(values, (event("merger", 0, share=1.0),)))
    old = set(organization.employees.identity[organization.employees.employed].tolist())
    organization.employees.memory[:] = 100
    organization.employees.memory_total = organization.employees.memory.sum(axis=1, dtype=np.int64)
    until(organization, "hire_employees")
    employees = organization.employees
    assert employees.employed.sum() >= len(old) and not old & set(employees.identity.tolist())
    assert not employees.memory[employees.employed].any()
    assert organization.this_week.hired >= organization.this_week.left == len(old)


def test_governance_copies_apart() -> None:
    organization = burned_in(tiny(events=(event("election", 0, share=1.0, weeks=3),)))
    copied = organization.copy()
    run_week(copied)
    assert copied.environment.campaigns.tolist() == [[1.0, 3.0]]
    assert not organization.environment.campaigns.any()
    assert repr((organization.recent_profit, organization.reference_weight)) != repr(
        (copied.recent_profit, copied.reference_weight)
    )
    assert same_bits(organization.departments.importance, np.full(2, 0.5))


def test_accounts_teach_what_is_normal() -> None:
    organization = lived({"line.normal_weeks": 4.0, "line.slack_weeks": 1.0}, weeks=3)
    assert np.isfinite([organization.recent_profit, organization.normal_profit]).all()


def test_an_arrival_by_chance_is_keyed_like_everything_else() -> None:
    values = {"fads.rate": 6.0}
    assert (
        differing(run(tiny(values), amounts(speeches=1.0)).weekly, run(tiny(values), amounts(speeches=1.0)).weekly)
        == []
    )
