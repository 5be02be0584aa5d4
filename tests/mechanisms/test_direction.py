"""Direction: executives who weigh customers otherwise than those before them act on it, one way and the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model.steps import STAYING, until
from rules import on_arrays
from support import SHARES, Floats, burned_in, differing, event, in_unit_interval, rising, run, tiny, vectors

from sim.model.engine import run_step
from sim.model.mechanisms import direction as mechanism
from sim.model.mechanisms.norm import BY_EXAMPLE, FREE
from sim.model.organization import Organization

rules = on_arrays(mechanism)

DIRECTIONS = st.sampled_from([-1.0, 0.0, 1.0]) | st.floats(-1.0, 1.0)
RECEPTIVE = st.floats(0.0, 5.0)


def test_direction_by_hand() -> None:
    assert rules.direction_of(0.45, 0.3) == pytest.approx(0.5, rel=1e-14)
    assert rules.direction_of(0.15, 0.3) == pytest.approx(-0.5, rel=1e-14)
    assert rules.direction_of(0.3, 0.3) == 0.0
    assert rules.direction_of(0.0, 0.3) == -1.0
    assert rules.direction_of(0.9, 0.3) == 1.0, "twice as much is as far as it goes"
    assert rules.direction_of(0.9, 0.0) == 0.0, "where customers never counted there is nothing to compare with"


@given(vectors(), SHARES)
def test_direction_stays_between_minus_one_and_one_and_rises_with_the_weight(weight: Floats, usual: float) -> None:
    found = rules.direction_of(np.sort(weight), np.full(weight.size, usual))
    assert np.all(np.abs(found) <= 1.0)
    assert rising(found)


def test_following_by_hand() -> None:
    assert rules.follow_probability(0.5, 0.8, 0.1) == pytest.approx(0.04, rel=1e-14)
    assert rules.follow_probability(-1.0, 1.0, 0.1) == pytest.approx(0.1, rel=1e-14)
    assert rules.follow_probability(1.0, 4.0, 0.5) == 1.0


@given(DIRECTIONS, vectors(RECEPTIVE), SHARES)
def test_following_is_a_probability_and_the_same_for_and_against(
    direction: float, receptiveness: Floats, effect: float
) -> None:
    chance = rules.follow_probability(direction, np.sort(receptiveness), effect)
    assert in_unit_interval(chance)
    assert rising(chance)
    assert np.array_equal(chance, rules.follow_probability(-direction, np.sort(receptiveness), effect))


@given(DIRECTIONS, SHARES)
def test_work_and_attention_are_mirrored_around_one(direction: float, effect: float) -> None:
    work, attention = rules.work_under_direction(direction, effect), rules.attention_under_direction(direction, effect)
    assert work + rules.work_under_direction(-direction, effect) == 2.0
    assert attention + rules.attention_under_direction(-direction, effect) == 2.0
    assert work == rules.attention_under_direction(-direction, effect), "hours are lost as attention is"
    assert work >= 0.0 and attention >= 0.0


def test_work_and_attention_by_hand() -> None:
    assert rules.work_under_direction(-1.0, 0.1) == pytest.approx(1.1)
    assert rules.work_under_direction(0.5, 0.1) == pytest.approx(0.95)
    assert rules.attention_under_direction(0.5, 0.1) == pytest.approx(1.05)
    assert rules.work_under_direction(0.7, 0.0) == rules.attention_under_direction(0.7, 0.0) == 1.0


# --- in an organization ---------------------------------------------------------------------------------------------

ALONE = {
    **STAYING, "executives.succession": 0.0, "executives.dismissal": 0.0, "workload.noise": 0.0, "norm.sharpness": 100.0,
    "norm.memory": 4, "norm.omission_weight": 1.0, "norm.value_anchor": 0.0, "susceptibility.spread": 0.0,
    "cynicism.initial": 0.0, "employees.number": 60, "direction.example": 0.5,
}  # fmt: skip
"""Nobody comes or goes; what people remember and value decides alone; what one does not do says as much as what one does."""


def led(direction: float, values: dict[str, object] | None = None) -> Organization:
    """A tiny organization whose executives weigh customers so much more than they used to."""
    organization = burned_in(tiny({**ALONE, **(values or {})}))
    organization.executives.weight_customers[:] = organization.usual_customer_weight * (1.0 + direction)
    return organization


def test_executives_are_held_against_those_of_the_outset() -> None:
    assert until(led(0.25), "set_direction").this_week.direction == pytest.approx(0.25, rel=1e-12)
    assert until(led(-0.25), "set_direction").this_week.direction == pytest.approx(-0.25, rel=1e-12)
    same = until(burned_in(tiny({"executives.succession": 0.0, "executives.dismissal": 0.0})), "set_direction")
    assert same.this_week.direction == 0.0


def chosen(direction: float) -> Organization:
    """Choices where all would do the opposite of what executives stand for, with the opposite values and memories."""
    organization = led(direction)
    employees, against = organization.employees, int(direction < 0.0)
    employees.memory[:] = 100 * against
    employees.memory_total[:] = 400 * against
    employees.choice[:] = against
    employees.value[:] = 0.2 + 0.6 * against
    return until(organization, "choose_practice", but=("observe_colleagues",))


def test_executives_for_and_against_customers_are_mirror_images() -> None:
    friendly, hostile = chosen(0.6).employees, chosen(-0.6).employees
    followed = friendly.prompted_by == BY_EXAMPLE
    assert 5 < followed.sum() < 35, "half of .6 of the people"
    assert np.array_equal(friendly.choice == 1, followed)
    assert np.array_equal(hostile.choice == 0, followed), "the same people follow"
    assert np.array_equal(hostile.prompted_by, friendly.prompted_by)
    np.testing.assert_allclose(hostile.value, 1.0 - friendly.value, rtol=1e-12)


def test_nobody_follows_where_executives_are_as_usual_or_have_no_effect() -> None:
    assert (until(led(0.0), "choose_practice").employees.prompted_by == FREE).all()
    assert (until(led(1.0, {"direction.example": 0.0}), "choose_practice").employees.prompted_by == FREE).all()


def test_hours_are_given_and_taken_alike() -> None:
    more, usual, less = (until(led(each), "update_workload").departments.load for each in (-0.5, 0.0, 0.5))
    effect = burned_in(tiny()).number("direction.hours")
    np.testing.assert_allclose(more, usual * (1.0 + 0.5 * effect), rtol=1e-12)
    np.testing.assert_allclose(less, usual * (1.0 - 0.5 * effect), rtol=1e-12)


def test_bonuses_turn_attention_to_customers_and_away() -> None:
    away, usual, toward = (
        until(led(each, {"direction.example": 0.0, "direction.hours": 0.0}), "allocate_attention").employees
        for each in (-1.0, 0.0, 1.0)
    )
    assert (away.attention_customers <= usual.attention_customers).all()
    assert (toward.attention_customers >= usual.attention_customers).all()
    assert toward.attention_customers.sum() > usual.attention_customers.sum() > away.attention_customers.sum()


@pytest.mark.parametrize(("weight", "direction"), [(0.0, -1.0), (1.0, 0.0), (2.0, 1.0)])
def test_an_event_brings_hostile_usual_or_friendly_successors(weight: float, direction: float) -> None:
    values = {"executives.weight_spread": 0.0, "executives.succession": 0.0, "executives.self_weight": 0.0}
    succession = event("executive_succession", 0, share=1.0, customer_weight=weight)
    organization = until(burned_in(tiny(values, (succession,))), "set_direction")
    assert organization.this_week.direction == pytest.approx(direction, abs=1e-12)
    usual = organization.number("executives.customer_weight")
    np.testing.assert_allclose(organization.executives.weight_customers, weight * usual, atol=1e-12)


def test_successors_of_another_weight_change_the_weeks_after_them_and_none_before() -> None:
    runs = [
        run(
            tiny({"executives.succession": 0.0}, (event("executive_succession", 5, customer_weight=weight),)), weeks=20
        ).weekly
        for weight in (0.0, 1.0, 2.0)
    ]
    for other in runs[0], runs[2]:
        assert differing(other.head(5), runs[1].head(5)) == []
        assert {"attention_customer", "load"} & set(differing(other, runs[1]))
    attention = [each["attention_customer"].tail(10).mean() for each in runs]
    assert attention[0] < attention[1] < attention[2]


def test_with_all_effects_at_zero_other_executives_change_no_choice() -> None:
    neutral = {**ALONE, **rules.NEUTRAL}
    organizations = [led(each, neutral) for each in (-0.5, 0.5)]
    for organization in organizations:
        for step in ("set_direction", "choose_practice", "update_workload", "allocate_attention"):
            run_step(organization, step)
    one, other = (each.employees for each in organizations)
    for name in ("choice", "value", "prompted_by", "attention_customers"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
