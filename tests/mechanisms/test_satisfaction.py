"""What a contact does to expectation, satisfaction, trust, depth and attitudinal loyalty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.model.mechanisms import satisfaction as mechanism

rules = on_arrays(mechanism)


def loyalty(before: Floats, satisfied: Floats, trusting: Floats, deep: Floats, weight: float) -> Floats:
    """Attitudinal loyalty after a contact."""
    felt = rules.felt_loyalty(satisfied, trusting, deep, 0.5, 0.3, 0.2)
    return np.asarray(rules.update_loyalty(before, felt, weight))


BONDS = {"reference": 0.7, "market": 0.45, "by_performance": 0.34, "by_disconfirmation": 0.46}


def test_a_shortfall_weighs_more_than_a_surplus() -> None:
    surprise = rules.disconfirmation(np.array([0.7, 0.5, 0.3]), np.full(3, 0.5), 1.8)
    np.testing.assert_allclose(surprise, [0.2, 0.0, -0.36], atol=1e-15)


@given(vectors(), vectors(), legal("satisfaction.loss_aversion"))
def test_surprise_has_the_sign_of_the_difference(performance: Floats, expectation: Floats, aversion: float) -> None:
    surprise = rules.disconfirmation(performance, expectation, aversion)
    assert np.array_equal(np.sign(surprise), np.sign(performance - expectation))
    assert np.all(surprise <= performance - expectation)
    assert rising(rules.disconfirmation(np.sort(performance), np.full(performance.size, 0.4), aversion))


def test_experience_counts_half_at_the_anchor() -> None:
    np.testing.assert_allclose(
        rules.experience_weight(0.25, np.array([0.0, 104.0, 312.0]), 104.0), [0.25, 0.125, 0.0625], rtol=1e-15
    )


def test_satisfaction_by_hand() -> None:
    after = rules.update_satisfaction(np.array([0.6]), np.array([0.65]), np.array([0.1]), np.array([0.25]), **BONDS)
    target = 0.7 + 0.34 * 0.2 + 0.46 * 0.1
    assert after[0] == pytest.approx(0.6 + 0.25 * (target - 0.6), rel=1e-14)


def test_who_gets_what_the_market_offers_and_expected_it_stays_at_the_reference() -> None:
    same = np.array([0.45])
    after = rules.update_satisfaction(
        np.array([0.7]), same, rules.disconfirmation(same, same, 1.8), np.array([0.25]), **BONDS
    )
    assert after[0] == 0.7


@given(
    vectors(),
    vectors(),
    vectors(),
    vectors(),
    legal("satisfaction.reference"),
    SHARES,
    legal("satisfaction.performance"),
    legal("satisfaction.disconfirmation"),
    legal("satisfaction.loss_aversion"),
)
def test_satisfaction_stays_a_share(
    satisfaction: Floats,
    performance: Floats,
    expectation: Floats,
    weight: Floats,
    reference: float,
    market: float,
    by_performance: float,
    by_disconfirmation: float,
    aversion: float,
) -> None:
    surprise = rules.disconfirmation(performance, expectation, aversion)
    after = rules.update_satisfaction(
        satisfaction,
        performance,
        surprise,
        weight,
        reference=reference,
        market=market,
        by_performance=by_performance,
        by_disconfirmation=by_disconfirmation,
    )
    assert in_unit_interval(after)


def test_an_experience_without_weight_changes_no_bit() -> None:
    before = np.array([0.1, 0.9])
    assert same_bits(rules.update_satisfaction(before, np.ones(2), np.ones(2), np.zeros(2), **BONDS), before)
    assert same_bits(rules.update_expectation(before, np.ones(2), 0.0), before)
    assert same_bits(rules.update_loyalty(before, np.ones(2), 0.0), before)
    none = np.zeros(2, dtype=np.bool_)
    assert same_bits(rules.update_trust(before, np.ones(2), none, none, gain=0.0, loss=0.3, refusal=0.3), before)
    assert same_bits(rules.update_depth(before, np.ones(2), none, 0.0, 2.0), before)


def contacts(performances: list[float], tenure: float = 0.0) -> Floats:
    """Satisfaction after each of a series of contacts, by a customer who expects .5 and is at .7 to begin with."""
    satisfaction, expectation, course = np.array([0.7]), np.array([0.5]), []
    for performance in performances:
        got = np.array([performance])
        surprise = rules.disconfirmation(got, expectation, 1.8)
        weight = rules.experience_weight(0.25, np.array([tenure]), 104.0)
        satisfaction = rules.update_satisfaction(satisfaction, got, surprise, weight, **{**BONDS, "market": 0.5})
        expectation = rules.update_expectation(expectation, got, 0.15)
        course.append(float(satisfaction[0]))
    return np.array(course)


def test_a_lasting_improvement_lifts_satisfaction_for_good_but_less_than_at_first() -> None:
    course = contacts([0.8] * 200)
    peak, end = course.max(), course[-1]
    assert end == pytest.approx(0.7 + 0.34 * 0.3, abs=1e-6)  # expectation has caught up; performance alone remains
    assert peak - 0.7 > 1.2 * (end - 0.7)
    assert 0 < course.argmax() < 40


def test_a_lasting_deterioration_hurts_most_at_first() -> None:
    course = contacts([0.2] * 200)
    assert course.min() < course[-1] < 0.7
    assert course[-1] == pytest.approx(0.7 - 0.34 * 0.3, abs=1e-6)


def test_losses_hurt_more_than_gains_of_equal_size_please() -> None:
    assert 0.7 - contacts([0.3])[0] > contacts([0.7])[0] - 0.7


def test_a_failure_moves_a_new_customer_more_than_an_old_client() -> None:
    fall = {tenure: 0.7 - contacts([0.05], tenure)[0] for tenure in (0.0, 52.0, 520.0)}
    assert fall[0.0] > fall[52.0] > fall[520.0] > 0.0
    assert fall[0.0] == pytest.approx(6.0 * fall[520.0], rel=1e-9)  # 1 + 520 / 104


@given(vectors(), vectors(), legal("expectation.weight"))
def test_expectation_follows_experience(expectation: Floats, performance: Floats, weight: float) -> None:
    after = rules.update_expectation(expectation, performance, weight)
    assert in_unit_interval(after)
    assert np.all(np.abs(performance - after) <= np.abs(performance - expectation) + 1e-15)


def test_expectation_by_hand() -> None:
    assert rules.update_expectation(np.array([0.5]), np.array([0.9]), 0.15)[0] == pytest.approx(0.56)


def trust(before: float, performance: float, broken: bool = False, refused: bool = False) -> float:
    arguments = np.array([before]), np.array([performance]), np.array([broken]), np.array([refused])
    return float(rules.update_trust(*arguments, gain=0.04, loss=0.25, refusal=0.1)[0])


def test_trust_by_hand() -> None:
    assert trust(0.5, 0.8) == pytest.approx(0.5 + 0.04 * 0.8 * 0.5)
    assert trust(0.5, 0.0, broken=True) == pytest.approx(0.375)
    assert trust(0.5, 0.0, refused=True) == pytest.approx(0.45)
    assert trust(0.5, 0.8, True, True) == pytest.approx((0.5 + 0.016) * 0.75 * 0.9)


def test_trust_is_lost_faster_than_gained() -> None:
    assert 0.5 - trust(0.5, 0.2, broken=True) > trust(0.5, 1.0) - 0.5


@given(vectors(), vectors(), SHARES, legal("trust.gain"), legal("trust.loss"), legal("trust.refusal"))
def test_trust_stays_a_share(
    before: Floats, performance: Floats, event: float, gain: float, loss: float, refusal: float
) -> None:
    for broken in (False, True):
        refused = np.full(before.size, event > 0.5)
        after = rules.update_trust(
            before, performance, np.full(before.size, broken), refused, gain=gain, loss=loss, refusal=refusal
        )
        assert in_unit_interval(after)


def test_loyalty_by_hand() -> None:
    after = loyalty(np.array([0.5]), np.array([0.8]), np.array([0.6]), np.array([0.4]), 0.1)
    assert after[0] == pytest.approx(0.5 + 0.1 * (0.5 * 0.8 + 0.3 * 0.6 + 0.2 * 0.4 - 0.5), rel=1e-14)


@given(vectors(), vectors(), vectors(), vectors(), legal("loyalty.weight"))
def test_loyalty_stays_a_share(
    before: Floats, satisfied: Floats, trusting: Floats, deep: Floats, weight: float
) -> None:
    assert in_unit_interval(loyalty(before, satisfied, trusting, deep, weight))
    half = np.full(before.size, 0.5)
    assert rising(loyalty(half, np.sort(satisfied), half, half, weight))
    assert rising(loyalty(half, half, np.sort(trusting), half, weight))
    assert rising(loyalty(half, half, half, np.sort(deep), weight))


def test_depth_grows_with_good_contacts_and_shrinks_twice_as_fast_by_failures() -> None:
    depth = rules.update_depth(np.array([0.4, 0.4]), np.array([0.5, 0.5]), np.array([False, True]), 0.03, 2.0)
    np.testing.assert_allclose(depth, [0.4 + 0.03 * 0.5 * 0.6, 0.4 * 0.94], rtol=1e-14)


@given(vectors(), vectors(), legal("relationship.growth"))
def test_depth_stays_a_share(depth: Floats, performance: Floats, growth: float) -> None:
    for failed in (False, True):
        after = rules.update_depth(depth, performance, np.full(depth.size, failed), growth, 2.0)
        assert in_unit_interval(after)
        assert np.all(after <= depth) if failed else np.all(after >= depth)
