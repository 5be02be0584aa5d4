"""Common random numbers: who comes or goes, and what is tried, shifts nobody else's draws."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support import Floats, amounts, differing, event, everything, run, same_bits, settled, tiny

import sim
from sim import engine
from sim.kernel.arrays import IntArray
from sim.kernel.random import Streams
from sim.organization import Organization
from sim.policies.bundle import Bundle
from sim.scenario import Scenario
from sim.simulation import simulate
from sim.week import live_through

Key = tuple[str, str, int, int]
WEEKS = 30


class Recorder(Streams):
    """Streams that keep everything that was drawn."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.drawn: dict[Key, Floats] = {}

    def _keep(self, kind: str, stream: str, week: int, round_: int, values: Floats) -> Floats:
        self.drawn[kind, stream, week, round_] = values.copy()
        return values

    def uniform(self, stream: str, week: int, size: int | tuple[int, ...], round_: int = 0) -> Floats:
        return self._keep("uniform", stream, week, round_, super().uniform(stream, week, size, round_))

    def normal(self, stream: str, week: int, size: int | tuple[int, ...], round_: int = 0) -> Floats:
        return self._keep("normal", stream, week, round_, super().normal(stream, week, size, round_))

    def exponential(self, stream: str, week: int, size: int | tuple[int, ...], round_: int = 0) -> Floats:
        return self._keep("exponential", stream, week, round_, super().exponential(stream, week, size, round_))


Intrusion = Callable[[Organization], IntArray]


def exit_of_employees(count: int) -> Intrusion:
    """Make the first ``count`` employees who serve customers leave; gives their seats."""

    def intrude(organization: Organization) -> IntArray:
        employees = organization.employees
        seats = np.flatnonzero(employees.employed & employees.facing)[:count]
        employees.employed[seats] = False
        employees.identity[seats] = -1
        employees.choice[seats] = 0
        return seats

    return intrude


def exit_of_customers(count: int) -> Intrusion:
    """Make the first ``count`` customers leave; gives their positions."""

    def intrude(organization: Organization) -> IntArray:
        customers = organization.customers
        positions = np.flatnonzero(customers.active)[:count]
        customers.active[positions] = False
        customers.identity[positions] = -1
        return positions

    return intrude


def recorded(
    scenario: Scenario, policy: Bundle | None = None, intrude: Intrusion | None = None
) -> tuple[dict[Key, Floats], list[Organization], IntArray]:
    """Draws of a run, its state week by week, and who was made to leave before week 5."""
    organization = settled(scenario, policy)
    recorder = organization.streams = Recorder(1)
    states, gone = [], np.zeros(0, dtype=np.int64)
    for _ in range(WEEKS):
        if organization.week == 5 and intrude is not None:
            gone = intrude(organization)
        live_through(organization)
        states.append(organization.copy())
    return recorder.drawn, states, gone


LIVELY = {"customers.acquisition": 0.1, "employees.turnover": 0.1, "hiring.delay_weeks": 2.0, "employees.number": 20}


def assert_shared(one: dict[Key, Floats], other: dict[Key, Floats]) -> None:
    """Every draw that two runs made under the same key is the same, position by position."""
    common = one.keys() & other.keys()
    assert len(common) > 0.8 * max(len(one), len(other))
    for key in common:
        assert same_bits(one[key], other[key]), key
    streams = {key[:2] for key in one} | {key[:2] for key in other}
    assert streams == {key[:2] for key in common}, "both runs drew for the same purposes"


EXITS = [exit_of_employees(1), exit_of_customers(1), exit_of_employees(4), exit_of_customers(12)]


@pytest.mark.parametrize("intrude", EXITS)
def test_one_more_exit_shifts_nobody_elses_draws(intrude: Intrusion) -> None:
    scenario = tiny(LIVELY)
    undisturbed, _, _ = recorded(scenario)
    disturbed, states, gone = recorded(scenario, intrude=intrude)
    assert gone.size > 0 and len(states) == WEEKS
    assert_shared(undisturbed, disturbed)


def test_two_policies_share_all_draws() -> None:
    scenario = tiny(LIVELY, (event("executive_succession", 9), event("manager_exit", 12)))
    without, under_policy = recorded(scenario)[0], recorded(scenario, everything())[0]
    common = without.keys() & under_policy.keys()
    for key in common:
        assert same_bits(without[key], under_policy[key]), key
    # Keyed draws need not be used up: a policy may draw for purposes of its own, and shifts nobody's by that.
    assert {key[:2] for key in without} == {key[:2] for key in common}
    assert len(common) > 0.9 * len(without)


def test_the_number_of_draws_depends_on_positions_and_not_on_who_is_there() -> None:
    """A block as long as the staff or the customers of the week would move with every departure."""
    sizes: dict[tuple[str, str], set[tuple[int, ...]]] = {}
    for intrude in (None, *EXITS):
        for policy in (None, everything()):
            for key, values in recorded(tiny(LIVELY), policy, intrude)[0].items():
                sizes.setdefault(key[:2], set()).add(values.shape)
    assert {name: shapes for name, shapes in sizes.items() if len(shapes) > 1} == {}


ALONE = {
    **LIVELY,
    "norm.encounters": 0.0,
    "definitions.meetings": 0.0,
    "employees.satisfaction_link": 0.0,
    "employees.dismissal": 0.0,
    "lifetime.satisfaction_link": 0.0,
    "word_of_mouth.strength": 0.0,
    "customers.acquisition": 0.2,
}
"""Nobody sees or hears of anybody: what still differs after somebody has left could come from shifted draws alone."""


@pytest.mark.parametrize("count", [1, 4])
def test_where_nobody_sees_anybody_an_exit_changes_nobody_else(count: int) -> None:
    _, before, _ = recorded(tiny(ALONE))
    _, after, seats = recorded(tiny(ALONE), intrude=exit_of_employees(count))
    assert seats.size == count
    others = np.setdiff1d(np.arange(len(before[0].employees)), seats)
    for one, other in zip(before, after, strict=True):
        for name in ("employed", "choice", "value", "definition", "memory", "tenure", "surveilled"):
            left, right = getattr(one.employees, name), getattr(other.employees, name)
            assert same_bits(left[others], right[others]), (one.week, name)
        for name in ("active", "hazard", "rate", "next_purchase", "spending", "tenure", "contacts"):
            assert same_bits(getattr(one.customers, name), getattr(other.customers, name)), (one.week, name)
    assert np.all(after[5].employees.identity[seats] != before[4].employees.identity[seats]), "they did leave"


@pytest.mark.parametrize("count", [1, 12])
def test_where_nobody_talks_a_lost_customer_changes_no_other(count: int) -> None:
    _, before, _ = recorded(tiny(ALONE))
    _, after, positions = recorded(tiny(ALONE), intrude=exit_of_customers(count))
    others = np.setdiff1d(np.arange(len(before[0].customers)), positions)
    arrived = together = 0
    for one, other in zip(before, after, strict=True):
        for name in ("active", "hazard", "rate", "dropout", "next_purchase", "spending", "tenure", "contacts"):
            left, right = getattr(one.customers, name), getattr(other.customers, name)
            assert same_bits(left[others], right[others]), (one.week, name)
        arrived += int(one.customers.acquired[others].sum())
        together += int(other.customers.acquired[others].any() and other.customers.acquired[positions].any())
    assert arrived > 10
    assert count == 1 or together > 0, "weeks in which others came beside those who took the places"


def test_the_same_seed_gives_the_same_bits_and_another_seed_others() -> None:
    policy = amounts(training=1.0, speeches=1.0)
    one, again, other = (run(tiny(), policy, 20, seed) for seed in (4, 4, 5))
    assert differing(one.weekly, again.weekly) == [] and same_bits(one.choices, again.choices)
    assert {"practicing", "satisfaction", "revenue", "internalization"} <= set(differing(one.weekly, other.weekly))


def test_runs_do_not_disturb_each_other() -> None:
    """Two organizations that live in turns are the same as two that live one after the other."""
    policies = [amounts(training=1.0), everything()]
    apart = [simulate(settled(tiny(), policy), 15) for policy in policies]
    turns = [settled(tiny(), policy) for policy in policies]
    for _ in range(15):
        for organization in turns:
            engine.live_through(organization)
    for run_, organization in zip(apart, turns, strict=True):
        assert run_.weekly.iloc[-1].drop("week").to_dict() == pytest.approx(organization.outcomes, nan_ok=True, abs=0)


PROGRAM = """
import hashlib
from support import everything, run, tiny
done = run(tiny(), everything(), 10)
print(hashlib.sha256(done.weekly.to_numpy().tobytes() + done.choices.tobytes()).hexdigest())
"""


def test_another_process_with_another_hash_seed_gives_the_same_bits() -> None:
    paths = [str(Path(__file__).parents[1]), str(Path(sim.__file__).parents[1])]

    def digest(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    first, second = digest("1"), digest("2")
    assert first == second != ""
