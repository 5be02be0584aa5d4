"""One run: burn-in, policy, weeks. Copies are independent, and a run in parts is the same as one in full."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from support import amounts, burned_in, differing, event, everything, run, same_bits, same_state, tiny

from sim.model.engine import VACANT, run_week
from sim.model.kernel.random import Streams
from sim.model.mesa_model import CentricityModel
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.policies.policy import Phase, Policy
from sim.model.scenario import Scenario
from sim.model.simulation import burn_in, simulate, sponsorship, with_policy

STORMY = tiny({"employees.turnover": 0.1}, (event("executive_succession", 5), event("market_shift", 9)))


@pytest.mark.parametrize("policy", [Policy("none"), everything(0.5), amounts(3, 9, speeches=2.0)])
def test_the_mesa_model_gives_the_same_bits_as_a_plain_run(policy: Policy) -> None:
    plain = run(STORMY, policy, weeks=25, seed=11)
    model = CentricityModel(STORMY, policy=policy, rng=11, weeks=25)
    model.run_for(25)
    assert differing(model.outcomes(), plain.weekly) == []
    assert same_bits(model.choices(), plain.choices)
    organization = burned_in(STORMY, policy, 11)
    simulate(organization, 25)
    assert same_state(model.organization, organization) == []


@pytest.mark.parametrize("name", ["retail-bank", "online-store"])
def test_the_scenarios_that_ship_give_the_same_bits_both_ways(name: str) -> None:
    values = {"employees.number": 30, "customers.initial": 60, "customers.market": 90, "run.burn_in": 5}
    scenario = Scenario.load(name).override(values)
    model = CentricityModel(
        name,
        policy="value-driven",
        rng=2,
        weeks=6,
        employees__number=30,
        customers__initial=60,
        customers__market=90,
        run__burn_in=5,
    )
    model.run_for(6)
    assert model.scenario == scenario
    assert differing(model.outcomes(), run(scenario, scenario.policy("value-driven"), 6, 2).weekly) == []


def test_looking_at_agents_changes_no_bit() -> None:
    unseen, seen = (CentricityModel(STORMY, policy=everything(), rng=3, weeks=12) for _ in range(2))
    unseen.run_for(12)
    for _ in range(12):
        seen.step()
        assert len(seen.agents) > 0
    assert differing(unseen.outcomes(), seen.outcomes()) == []


def test_a_run_goes_on_where_it_stopped() -> None:
    whole = simulate(burned_in(STORMY, everything()), 20)
    parts = burned_in(STORMY, everything())
    first, second = simulate(parts, 8), simulate(parts, 12)
    joined = pd.concat([first.weekly, second.weekly], ignore_index=True)
    assert differing(joined, whole.weekly) == []
    assert same_bits(np.concatenate([first.choices, second.choices]), whole.choices)


def test_adopting_a_policy_leaves_the_settled_organization_alone() -> None:
    start = burn_in(STORMY, 1)
    untouched = start.copy()
    simulate(with_policy(start, everything()), 10)
    assert same_state(start, untouched) == []
    assert start.week == untouched.week == 0
    assert repr(start.outcomes) == repr(untouched.outcomes)
    assert start.schedule.policy.name == "none"


def test_a_copy_lives_its_own_life() -> None:
    one = burned_in(STORMY, everything())
    copied = one.copy()
    assert copied.scenario is one.scenario, "what cannot change is shared"
    simulate(one, 5)
    assert same_state(one, copied)
    simulate(copied, 5)
    assert same_state(one, copied) == []


def test_an_organization_travels_to_another_process() -> None:
    one = burned_in(STORMY, everything())
    arrived = pickle.loads(pickle.dumps(one))
    assert differing(simulate(one, 8).weekly, simulate(arrived, 8).weekly) == []


def test_the_burn_in_runs_without_a_policy_and_ends_in_week_zero() -> None:
    start = burn_in(tiny({"run.burn_in": 7}), 1)
    assert start.week == 0
    assert start.outcomes["sponsored"] == 0.0
    assert burn_in(tiny({"run.burn_in": 0}), 1).outcomes == {}


def test_two_policies_begin_from_the_same_organization() -> None:
    assert same_state(burned_in(STORMY, everything()), burned_in(STORMY, None)) == []


def test_a_run_keeps_what_everybody_chose() -> None:
    organization = burned_in(tiny({"employees.turnover": 0.2, "hiring.delay_weeks": 4.0}), amounts(coaching=1.0))
    done = simulate(organization, 15)
    assert done.choices.shape == (15, 12) and done.choices.dtype == np.int8
    assert set(np.unique(done.choices)) == {VACANT, 0, 1}
    there = done.choices != VACANT
    np.testing.assert_array_equal(there.sum(axis=1), done.weekly["employees"])
    share = (done.choices == 1).sum(axis=1) / there.sum(axis=1)
    np.testing.assert_allclose(share, done.weekly["practicing"], rtol=1e-14)


def test_a_run_has_every_outcome_in_order() -> None:
    assert list(run(STORMY, None, 3).weekly.columns) == ["week", *OUTCOME_NAMES]
    assert run(STORMY, None, 0).weekly.empty


@pytest.mark.parametrize(
    ("amounts_by_week", "expected"),
    [
        ([0, 0, 0], (None, None, False)),
        ([1, 1, 0], (10, 12, False)),
        ([0, 1, 1], (11, None, True)),
        ([0, 1, 0], (11, 12, False)),
        ([1, 0, 1, 0], (10, 13, False)),  # a pause is not the end: the last resource counts
        ([], (None, None, False)),
    ],
)
def test_when_sponsorship_begins_and_ends(
    amounts_by_week: list[float], expected: tuple[int | None, int | None, bool]
) -> None:
    assert sponsorship(np.array(amounts_by_week, dtype=np.float64), 10) == expected


def test_sponsorship_of_a_run() -> None:
    two = Policy("two", (Phase(2, 5, None, {"posters": 1.0}), Phase(8, 11, ("back",), {"training": 0.1})))
    done = run(tiny(), two, 20)
    assert (done.sponsorship_start, done.sponsorship_end, done.permanent) == (2, 11, False)
    short = run(tiny(), two, 9)
    assert (short.sponsorship_start, short.sponsorship_end, short.permanent) == (2, None, True)


def test_a_chief_executive_who_came_before_the_program_is_its_sponsor() -> None:
    """A succession before the first resource is spent cannot end a program that nobody has begun."""
    values = {"executives.successor_keeps": 0.0, "executives.succession": 0.0}
    scenario = tiny(values, (event("executive_succession", 4),))
    done = run(scenario, amounts(10, 20, training=1.0), 25)
    assert done.sponsorship_start == 10


def test_a_succession_during_the_program_may_end_it() -> None:
    def end(keeps: float) -> int | None:
        values = {"executives.successor_keeps": keeps, "executives.succession": 0.0}
        return run(tiny(values, (event("executive_succession", 4),)), amounts(0, 20, training=1.0), 25).sponsorship_end

    assert (end(0.0), end(1.0)) == (4, 20)


def test_draws_of_a_run_are_those_of_its_seed() -> None:
    organization = burned_in(STORMY, None, seed=77)
    assert organization.streams.seed == 77
    expected = Streams(77).uniform("x", 0, 3)
    run_week(organization)
    assert same_bits(organization.streams.uniform("x", 0, 3), expected)
