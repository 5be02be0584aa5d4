"""The roofline counts what a week does, and counting changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.roofline import Counter, counted, expected_work, live_counted, work_of
from benchmark.subjects import POLICY, SEED, Size, bank
from sim.model.engine import run_step, run_week, uncompiled
from sim.model.simulation import burn_in, with_policy


def test_reads_in_order_are_no_gathers_and_others_are() -> None:
    counter = Counter()
    values = counted(np.arange(10.0), counter)
    assert sum(values[place] for place in range(10)) == 45.0
    assert (counter.gathers, counter.bytes) == (0, 80)
    assert [values[place] for place in (4, 4, 7)] == [4.0, 4.0, 7.0]
    assert (counter.gathers, counter.bytes) == (3, 80)  # all of these were read in this step already
    counter.step += 1
    values[3] = 1.0
    values[3] += 1.0
    assert (counter.gathers, counter.bytes) == (4, 96)  # written once, and read once
    assert values[3] == 2.0


def test_columns_that_lie_side_by_side_are_read_in_order() -> None:
    counter = Counter()
    table = counted(np.zeros((4, 3), order="F"), counter)
    for dimension in range(3):
        for seat in range(4):
            table[seat, dimension] = table[seat, dimension] + 1.0
    assert (counter.gathers, counter.bytes) == (0, 2 * 12 * 8)
    counter.step += 1
    assert [table[0, dimension] for dimension in range(3)] == [1.0, 1.0, 1.0]
    assert counter.gathers == 2
    table[2, :] = 5.0
    assert (np.asarray(table)[2] == 5.0).all()


def test_a_week_that_is_counted_is_the_same_week() -> None:
    size = Size(0.04, 1)
    with uncompiled():
        burned_in = burn_in(bank(size, 2), SEED)
        one, other = (with_policy(burned_in, burned_in.scenario.policy(POLICY)) for _ in range(2))
        run_week(one)
        run_week(other)
        counter = Counter()
        counter.count(other)
        for _ in range(3):
            run_week(one)
            live_counted(other, counter)
    assert min(counter.work().parts()) > 0.0
    for table in ("employees", "customers", "departments", "executives"):
        assert getattr(one, table) == getattr(other, table), table


def test_work_grows_with_agents() -> None:
    size = Size(0.2, 1)
    counts = zip(work_of(size).parts(), expected_work(size.agents).parts(), strict=True)
    assert all(found == pytest.approx(expected, rel=0.1) for found, expected in counts)


def test_draws_and_exponentials_of_single_steps_are_counted_once() -> None:
    with uncompiled():
        burned_in = burn_in(bank(Size(0.2, 1), 2), SEED)
        organization = with_policy(burned_in, burned_in.scenario.policy(POLICY))
        run_week(organization)
        calls = Counter()
        calls.count(organization)
        run_step(organization, "draw_contacts")
        assert calls.work().draws == len(organization.customers)  # who calls
        assert calls.work().exponentials == 0
        stakes = Counter()
        run_step(organization, "decide_conflicts")
    conflicts = int(organization.customers.conflict.sum())
    assert conflicts > 0
    assert (
        stakes.work().draws == organization.this_week.contacts + 2 * 2 * conflicts
    )  # who collides; two normal draws of two
    assert stakes.work().exponentials == 2 * 2 * conflicts  # a logarithm for each, and an exponential
