"""Delivery = choice x attention x energy x standard, and what salience and compliance add."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.model.mechanisms import delivery as mechanism

rules = on_arrays(mechanism)

PARTS = ("attention", "energy", "quality", "salience", "compliance", "discretion")
EFFECTS = {"routine": 0.5, "practice": 0.75, "salience_effect": 0.15, "compliance_effect": 0.4}


def one(choice: int, **parts: float) -> float:
    defaults = {"attention": 1.0, "energy": 1.0, "quality": 1.0, "salience": 0.0, "compliance": 0.0, "discretion": 1.0}
    values = {**defaults, **parts}
    attention, energy, quality, salience, compliance, discretion = (np.array([values[name]]) for name in PARTS)
    served = rules.deliver(np.array([choice]), attention, energy, quality, salience, compliance, discretion, **EFFECTS)
    return float(served[0])


def test_as_a_matter_of_course_the_routine_is_served() -> None:
    assert one(0) == 0.5


def test_practice_serves_its_share_of_the_rest() -> None:
    assert one(1) == pytest.approx(0.5 + 0.5 * 0.75)


def test_delivery_by_hand() -> None:
    served = one(1, attention=0.9, energy=0.8, quality=0.7, salience=0.4, compliance=0.5, discretion=0.95)
    effort = 0.9 * 0.8 * 0.95
    by_course = 0.5 * 0.7 * 0.9 * 0.95
    missed = (1 - 0.75 * effort * 0.7) * (1 - 0.15 * 0.4 * effort) * (1 - 0.4 * 0.5)
    assert served == pytest.approx(by_course + (1 - by_course) * (1 - missed), rel=1e-14)


def test_quality_above_the_standard_serves_no_more_than_all() -> None:
    assert one(1, quality=1.5) == one(1, quality=1.0)


def test_compliance_works_without_effort_and_salience_does_not() -> None:
    assert one(0, compliance=1.0, energy=0.0) == pytest.approx(0.5 + 0.5 * 0.4)
    assert one(0, salience=1.0, energy=0.0) == 0.5


def test_nothing_but_procedures_works_without_attention() -> None:
    assert one(1, attention=0.0, salience=1.0) == 0.0
    assert one(1, attention=0.0, compliance=1.0) == pytest.approx(0.4)


def test_without_energy_or_attention_a_choice_delivers_nothing_more() -> None:
    assert one(1, energy=0.0) == one(0, energy=0.0)
    assert one(1, attention=0.0) == one(0, attention=0.0)


@given(
    st.lists(st.integers(0, 1), min_size=4, max_size=4),
    *(vectors(size=4) for _ in range(2)),
    vectors(st.floats(0.0, 3.0), 4),
    *(vectors(size=4) for _ in range(3)),
    *(legal(f"delivery.{name}") for name in ("routine", "practice", "salience", "compliance")),
)
def test_delivery_is_a_share(
    choice: list[int],
    attention: Floats,
    energy: Floats,
    quality: Floats,
    salience: Floats,
    compliance: Floats,
    discretion: Floats,
    routine: float,
    practice: float,
    by_salience: float,
    by_compliance: float,
) -> None:
    served = rules.deliver(
        np.array(choice),
        attention,
        energy,
        quality,
        salience,
        compliance,
        discretion,
        routine=routine,
        practice=practice,
        salience_effect=by_salience,
        compliance_effect=by_compliance,
    )
    assert in_unit_interval(served)


@given(st.sampled_from(PARTS), SHARES, SHARES)
def test_more_of_anything_never_serves_less(part: str, low: float, high: float) -> None:
    middle = {"attention": 0.8, "energy": 0.7, "quality": 0.9, "salience": 0.3, "compliance": 0.2, "discretion": 0.9}
    less, more = sorted((low, high))
    assert one(1, **{**middle, part: more}) >= one(1, **{**middle, part: less}) - 1e-15
    assert one(1, **middle) > one(0, **middle)


@given(vectors(), vectors(), vectors())
def test_effects_of_zero_leave_the_routine_bit_for_bit(salience: Floats, compliance: Floats, energy: Floats) -> None:
    size, off = salience.size, {**EFFECTS, "practice": 0.0, "salience_effect": 0.0, "compliance_effect": 0.0}
    ones = np.ones(size)
    served = rules.deliver(np.ones(size, dtype=np.int64), ones, energy, ones, salience, compliance, ones, **off)
    assert same_bits(served, np.full(size, 0.5))


def test_support_by_hand() -> None:
    reached = rules.delivery_with_support(np.array([0.8, 0.4]), 0.5, 0.9, 0.3)
    np.testing.assert_allclose(reached, [(0.7 * 0.8 + 0.15) * 0.9, (0.7 * 0.4 + 0.15) * 0.9], rtol=1e-14)


@given(vectors(), SHARES, SHARES, legal("delivery.support"))
def test_what_reaches_customers_is_a_share_and_needs_internal_work(
    front: Floats, behind: float, internal: float, share: float
) -> None:
    reached = rules.delivery_with_support(front, behind, internal, share)
    assert in_unit_interval(reached)
    assert np.all(reached <= np.maximum(front, behind) + 1e-15)
    assert rising([rules.delivery_with_support(front, behind, part, share).sum() for part in (0.0, 0.3, 1.0)])
    assert same_bits(rules.delivery_with_support(front, behind, 1.0, 0.0), front)


def test_a_stock_raises_service_by_hand() -> None:
    assert rules.raised_delivery(0.4, 0.5, 0.2) == pytest.approx(0.46, rel=1e-14)
    assert rules.raised_delivery(1.0, 0.5, 0.2) == 1.0
    better = rules.raised_delivery(np.full(5, 0.4), np.linspace(0.0, 1.0, 5), 0.3)
    assert rising(better) and better[-1] > better[0]


@given(vectors(), vectors(), SHARES)
def test_no_stock_worsens_service(delivery: Floats, stock: Floats, effect: float) -> None:
    better = rules.raised_delivery(delivery, stock, effect)
    assert in_unit_interval(better) and np.all(better >= delivery)
    assert same_bits(rules.raised_delivery(delivery, stock, 0.0), delivery)
    assert same_bits(rules.raised_delivery(delivery, np.zeros(delivery.size), effect), delivery)
