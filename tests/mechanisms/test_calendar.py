"""Executives' calendars: how they fill up, joint free half days, and who gets the time."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import on_arrays
from support import SHARES, Floats, burned_in, differing, in_unit_interval, rising, run, tiny, vectors

from sim.model.engine import run_week
from sim.model.kernel.random import Streams
from sim.model.mechanisms import calendar as mechanism
from sim.model.mechanisms.moments import schedule_moment

rules = on_arrays(mechanism)

FARTHEST, SLOTS, ATTENDEES = 9, 4, 2


def asked(seed: int, busy: float, taken: tuple[tuple[int, int], ...] = ()) -> tuple[int, int] | None:
    """Week and half day that all have free for a moment asked for in week 0, where those are taken by others."""
    appointments = np.full((FARTHEST, SLOTS), -1)
    for week, slot in taken:
        appointments[week, slot] = 0
    before = appointments.copy()
    parameters = SimpleNamespace(
        moments_attendees=ATTENDEES, calendar_busy=busy, calendar_standing=0.3, calendar_lead_weeks=6.0
    )
    streams = SimpleNamespace(appointments=np.uint64(Streams(seed).key("appointments")))
    with np.errstate(over="ignore"):  # draws are made of whole numbers that wrap around
        schedule_moment(
            appointments, SimpleNamespace(tenure=np.zeros(5)), parameters, streams, SimpleNamespace(number=0)
        )
    found = np.argwhere(appointments != before).tolist()
    assert len(found) <= 1
    return (found[0][0], found[0][1]) if found else None


@given(st.floats(0.0, 100.0), SHARES, SHARES, st.floats(0.5, 52.0))
def test_what_is_booked_is_a_share_and_no_less_than_what_stands(
    ahead: float, busy: float, standing: float, lead: float
) -> None:
    booked = rules.share_booked(ahead, busy, standing, lead)
    assert standing <= booked <= max(busy, standing)


def test_weeks_fill_as_they_come_nearer() -> None:
    booked = [rules.share_booked(ahead, 0.95, 0.3, 6.0) for ahead in (52.0, 12.0, 6.0, 1.0, 0.0)]
    assert rising(booked) and booked[-1] == 0.95
    assert booked[2] == pytest.approx(0.3 + 0.65 * np.exp(-1.0), rel=1e-14)


@given(st.integers(0, 1000), SHARES, SHARES)
def test_what_is_taken_stays_taken(seed: int, one: float, other: float) -> None:
    early, late = asked(seed, min(one, other)), asked(seed, max(one, other))
    assert late is None or (early is not None and early <= late), "fuller calendars free no half day"


@given(st.integers(0, 1000), SHARES)
def test_the_first_half_day_that_all_have_free_and_nobody_took(seed: int, busy: float) -> None:
    joint = []
    for ahead in range(1, FARTHEST):
        draws = Streams(seed).uniform("appointments", ahead, (ATTENDEES, SLOTS))
        booked = rules.share_booked(float(ahead), busy, 0.3, 6.0)
        joint += [(ahead, int(slot)) for slot in np.flatnonzero((draws >= booked).all(axis=0))]
    for number in range(min(len(joint), 3)):
        assert asked(seed, busy, tuple(joint[:number])) == joint[number]
    assert asked(seed, busy, tuple(joint)) is None


@given(vectors(), SHARES)
def test_customers_share_is_a_share(weight: Floats, requests: float) -> None:
    assert in_unit_interval(rules.customer_share(weight, requests))


def test_customers_get_time_by_asking_and_by_mattering() -> None:
    assert rules.customer_share(np.array([0.0, 0.5, 1.0]), 0.1).tolist() == pytest.approx([0.0, 0.1, 1.0])
    assert rules.customer_share(np.array([1.0]), 0.0).tolist() == [0.0]


def test_time_with_customers_is_a_sliver() -> None:
    organization = burned_in(tiny({"executives.number": 20}))
    times = []
    for _ in range(40):
        run_week(organization)
        times.append(organization.executives.customer_time.mean())
    assert 0.01 < np.mean(times) < 0.08


def test_executives_who_listen_come_down_to_what_customers_see() -> None:
    plain = run(tiny()).weekly
    listening = run(tiny({"calendar.listening": 1.0})).weekly
    assert differing(listening, plain) == ["executive_self_assessment"]
    assert listening["executive_self_assessment"].iloc[-1] < plain["executive_self_assessment"].iloc[-1]
