"""Partners: the weakest of them is the bottleneck."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, same_bits, vectors

from sim.model.mechanisms import partners as mechanism

rules = on_arrays(mechanism)


def test_above_the_bottleneck_service_is_wasted() -> None:
    served = np.array([0.2, 0.5, 0.9])
    np.testing.assert_allclose(rules.limit_by_weakest(served, 0.5, 1.0), [0.2, 0.5, 0.5], rtol=1e-14)
    np.testing.assert_allclose(rules.limit_by_weakest(served, 0.5, 0.5), [0.2, 0.5, 0.7], rtol=1e-14)


@given(vectors(), SHARES, legal("partners.dependence"))
def test_what_arrives_is_a_share_that_rises_with_service(served: Floats, weakest: float, dependence: float) -> None:
    arrived = rules.limit_by_weakest(np.sort(served), weakest, dependence)
    assert (arrived >= -1e-15).all() and (arrived <= np.sort(served)).all()
    assert (np.diff(arrived) >= -1e-12).all()
    assert same_bits(rules.limit_by_weakest(served, 1.0, dependence), served)


@given(vectors(), SHARES)
def test_without_partners_their_quality_is_nothing_to_customers(served: Floats, weakest: float) -> None:
    assert same_bits(rules.limit_by_weakest(served, weakest, 0.0), served)


@given(vectors(), vectors(), SHARES, legal("partners.improvement"), legal("partners.weeks"))
def test_quality_stays_a_share_and_rises_with_standards(
    quality: Floats, own: Floats, standards: float, improvement: float, weeks: float
) -> None:
    held = rules.update_quality(quality, own, standards, improvement=improvement, weeks=weeks)
    assert in_unit_interval(held)
    assert (held >= rules.update_quality(quality, own, 0.0, improvement=improvement, weeks=weeks)).all()


def test_partners_left_alone_stay_as_they_are_bit_for_bit() -> None:
    own = np.array([0.3, 0.7])
    assert same_bits(rules.update_quality(own, own, 0.0, improvement=0.7, weeks=26.0), own)


@given(vectors(), legal("partners.quality"), legal("partners.spread"))
def test_partners_differ_within_bounds(draw: Floats, quality: float, spread: float) -> None:
    alone = rules.own_quality(np.sort(draw), quality, spread)
    assert in_unit_interval(alone) and rising(alone)
