"""Executives: what they say, what they weigh, how they see themselves, and whose answers they read."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model.steps import until
from rules import on_arrays
from support import SHARES, Floats, burned_in, event, in_unit_interval, legal, rising, same_bits, tiny, vectors

from sim.model.engine import begin_week, run_step
from sim.model.mechanisms import leadership as mechanism
from sim.model.mechanisms import survey as asking

rules, survey = on_arrays(mechanism), on_arrays(asking)

MESSAGES = st.sampled_from([0.0, 6.0]) | st.floats(0.0, 6.0)
VIEW = {"applause": 0.06, "weeks": 26.0, "flattery": 0.1}


def test_talk_by_hand() -> None:
    kept = 0.5 * math.exp(-1.0 / 13.0)
    assert rules.update_talk(0.5, 2.0, 13.0, 2.0) == pytest.approx(
        kept + (1.0 - kept) * (1.0 - math.exp(-4.0 / 13.0)), rel=1e-14
    )
    assert rules.update_talk(0.0, 0.0, 13.0, 2.0) == 0.0


@given(SHARES, MESSAGES, MESSAGES, legal("espoused.memory_weeks"))
def test_talk_is_a_share_that_rises_with_messages(talk: float, one: float, other: float, weeks: float) -> None:
    less, more = (rules.update_talk(talk, messages, weeks, 2.0) for messages in sorted((one, other)))
    assert in_unit_interval([less, more])
    assert more >= less
    assert rules.update_talk(talk, 0.0, weeks, 2.0) <= talk


@given(SHARES, SHARES)
def test_talk_raises_what_is_espoused_above_what_is_stated(stated: float, talk: float) -> None:
    level = rules.espoused_level(stated, talk)
    assert in_unit_interval([level])
    assert level >= stated
    assert rules.espoused_level(stated, 0.0) == stated


def test_espoused_by_hand() -> None:
    assert rules.espoused_level(0.6, 0.5) == pytest.approx(0.8)


def test_self_assessment_by_hand() -> None:
    step = 0.5 + (0.8 - 0.5) * (1.0 - math.exp(-1.0 / 26.0))
    view = rules.update_assessment(np.array([0.5]), 0.7, 2.0, **VIEW)
    assert view[0] == pytest.approx(step + (1.0 - step) * (1.0 - math.exp(-0.12)), rel=1e-14)


def test_without_a_score_only_applause_remains() -> None:
    view = rules.update_assessment(np.array([0.5]), math.nan, 1.0, **VIEW)
    assert view[0] == pytest.approx(0.5 + 0.5 * (1.0 - math.exp(-0.06)), rel=1e-14)
    before = np.array([0.2, 0.9])
    assert same_bits(rules.update_assessment(before, math.nan, 0.0, **VIEW), before)


@given(
    vectors(),
    SHARES | st.just(math.nan),
    MESSAGES,
    legal("executives.applause"),
    legal("executives.assessment_weeks"),
    legal("executives.flattery"),
)
def test_self_assessment_stays_a_share(
    view: Floats, reported: float, messages: float, applause: float, weeks: float, flattery: float
) -> None:
    assert in_unit_interval(
        rules.update_assessment(view, reported, messages, applause=applause, weeks=weeks, flattery=flattery)
    )


def test_messages_make_executives_think_better_of_themselves() -> None:
    views = [rules.update_assessment(np.array([0.5]), 0.6, messages, **VIEW)[0] for messages in (0.0, 1.0, 3.0)]
    assert views[0] < views[1] < views[2]


def test_executives_end_above_the_score_that_they_read() -> None:
    view = np.array([0.3])
    for _ in range(500):
        view = rules.update_assessment(view, 0.7, 0.0, **VIEW)
    assert view[0] == pytest.approx(0.8, abs=1e-6)


def test_weights_by_hand() -> None:
    customers, owners, own = rules.true_weights(np.array([0.0]), np.array([1.0]), 0.3, 0.15, 0.4)
    assert customers[0] == pytest.approx(0.3 * math.exp(-0.08), rel=1e-14)
    assert own[0] == pytest.approx(0.15 * math.exp(0.4 - 0.08), rel=1e-14)
    assert owners[0] == pytest.approx(1.0 - customers[0] - own[0], rel=1e-14)


@given(
    vectors(st.floats(-6.0, 6.0), 10),
    legal("executives.customer_weight"),
    legal("executives.self_weight"),
    legal("executives.weight_spread"),
)
def test_weights_are_shares_of_one(normal: Floats, customer: float, own: float, spread: float) -> None:
    weights = rules.true_weights(*normal.reshape(5, 2).T, customer, own, spread)
    for each in weights:
        assert in_unit_interval(each)
    np.testing.assert_allclose(np.sum(weights, axis=0), 1.0, atol=1e-14)
    if customer == 0.0:
        assert not weights[0].any()


def test_without_spread_all_executives_are_alike() -> None:
    customers, owners, own = rules.true_weights(np.array([2.0, 0.0]), np.array([-1.0, 3.0]), 0.3, 0.15, 0.0)
    assert (customers.tolist(), own.tolist()) == ([0.3, 0.3], [0.15, 0.15])
    assert owners.tolist() == [pytest.approx(0.55)] * 2


@pytest.mark.slow
def test_the_mean_weight_is_the_parameter() -> None:
    normal = np.random.default_rng(2).standard_normal((200_000, 2))
    customers, _, own = rules.true_weights(*normal.T, 0.2, 0.1, 0.3)
    assert customers.mean() == pytest.approx(0.2, abs=0.001)
    assert own.mean() == pytest.approx(0.1, abs=0.001)


def test_answers_by_hand() -> None:
    odds = 0.2 / 0.8
    chance = survey.response_probability(np.array([0.0, 1.0, -2.0]), 0.2, 1.0)
    expected = [0.2, odds * math.e / (1.0 + odds * math.e), odds * math.exp(-2.0) / (1.0 + odds * math.exp(-2.0))]
    np.testing.assert_allclose(chance, expected, rtol=1e-14)


@given(vectors(st.floats(-100.0, 100.0)), legal("survey.response_rate"), legal("survey.response_bias"))
def test_answering_is_a_probability_that_rises_with_satisfaction(deviation: Floats, rate: float, bias: float) -> None:
    chance = survey.response_probability(np.sort(deviation), rate, bias)
    assert in_unit_interval(chance)
    assert rising(chance)
    assert same_bits(survey.response_probability(deviation, rate, 0.0), np.full(deviation.size, rate))


# --- posts lost ----------------------------------------------------------------------------------------------------


def test_poor_results_add_to_the_hazard_of_leaving_by_hand() -> None:
    assert rules.hazard_of_leaving(0.002, 0.5, 0.01, 1.0) == pytest.approx(1.0 - 0.998 * 0.995, rel=1e-12)
    assert rules.hazard_of_leaving(0.002, 1.0, 0.5, 5.0) == 1.0, "no more than certain"


@given(SHARES, vectors(), legal("place.pressure"), legal("executives.dismissal"))
def test_leaving_is_a_probability_that_rises_as_results_get_worse(
    weekly: float, poor: Floats, pressure: float, dismissal: float
) -> None:
    hazard = rules.hazard_of_leaving(weekly, np.sort(poor), pressure, dismissal)
    assert in_unit_interval(hazard) and rising(hazard)
    assert np.all(hazard >= weekly - 1e-15)
    for neutral in (
        rules.hazard_of_leaving(weekly, np.zeros(6), pressure, dismissal),
        rules.hazard_of_leaving(weekly, poor, 0.0, dismissal),
        rules.hazard_of_leaving(weekly, poor, pressure, 0.0),
    ):
        assert same_bits(neutral, np.full(6, weekly))


@pytest.mark.parametrize(
    ("recent", "dismissal", "leave"), [(-1.0, 1.0, 5), (-1.0, 0.0, 0), (2.0, 1.0, 0), (1.0, 1.0, 0)]
)
def test_executives_pay_for_poor_results_with_their_posts(recent: float, dismissal: float, leave: int) -> None:
    """At a pressure of 1, results that could not be worse cost all of them their posts; good ones cost none."""
    values = {"executives.succession": 0.0, "executives.dismissal": dismissal, "place.pressure": 1.0}
    organization = burned_in(tiny(values))
    organization.recent_profit, organization.normal_profit = recent, 1.0
    before = organization.executives.identity.copy()
    begin_week(organization)
    run_step(organization, "replace_executives")
    assert (organization.executives.identity != before).sum() == leave
    assert (organization.executives.tenure[organization.executives.identity != before] == 0.0).all()


def test_only_those_whom_an_event_brings_have_its_weight() -> None:
    values = {"executives.succession": 0.0, "executives.dismissal": 0.0, "executives.weight_spread": 0.0}
    hostile = event("executive_succession", 0, share=0.4, customer_weight=0.0)
    executives = until(burned_in(tiny(values, (hostile,))), "replace_executives").executives
    assert executives.weight_customers.tolist() == [0.0, 0.0, *[pytest.approx(0.3)] * 3]
    friendly = event("executive_succession", 0, share=1.0, customer_weight=10.0)
    executives = until(burned_in(tiny(values, (friendly,))), "replace_executives").executives
    total = 1.0 + 0.15
    np.testing.assert_allclose(executives.weight_customers, 1.0 / total, rtol=1e-12)
