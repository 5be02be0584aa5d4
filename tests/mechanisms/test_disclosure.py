"""Openness: what is seen, what is forgiven, what being asked first earns."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from rules import on_arrays
from support import SHARES, Floats, in_unit_interval, legal, rising, vectors

from sim.model.mechanisms import disclosure as mechanism

rules = on_arrays(mechanism)


def test_openness_shows_good_work_better_and_bad_work_worse() -> None:
    served = np.array([0.8, 0.45, 0.2])
    seen = rules.perceived_service(served, np.ones(3), 0.45, 0.5)
    np.testing.assert_allclose(seen, [0.975, 0.45, 0.075], rtol=1e-14)
    np.testing.assert_allclose(rules.perceived_service(served, np.zeros(3), 0.45, 0.5), served, rtol=0)


@given(vectors(), vectors(), SHARES, legal("disclosure.lift"))
def test_perceived_service_is_a_share_that_rises_with_service(
    served: Floats, openness: Floats, market: float, lift: float
) -> None:
    assert in_unit_interval(rules.perceived_service(served, openness, market, lift))
    assert rising(rules.perceived_service(np.sort(served), np.full(served.size, 0.7), market, lift))


@given(SHARES, legal("disclosure.forbearance"))
def test_a_risk_that_was_told_costs_no_more_than_one_that_was_hidden(loss: float, forbearance: float) -> None:
    disclosed, hidden = rules.loss_after_disclosure(loss, np.array([True, False]), forbearance)
    assert 0.0 <= disclosed <= hidden == loss


@given(SHARES, vectors(), legal("consent.respect"))
def test_being_asked_earns_trust(gain: float, consent: Floats, respect: float) -> None:
    earned = rules.gain_with_consent(gain, np.sort(consent), respect)
    assert in_unit_interval(earned) and rising(earned) and (earned >= gain).all()
