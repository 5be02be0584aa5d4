"""Common random numbers: an arrival, an exit or a policy does not shift the draws of others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from support import amounts, burned_in, differing, event, everything, run, same_bits, tiny

import sim
from sim.model import engine, registry
from sim.model.kernel import scalar_draws
from sim.model.kernel.array_types import IntArray
from sim.model.kernel.linking import Linker
from sim.model.kernel.random import STEP, Streams
from sim.model.organization import Organization
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario
from sim.model.simulation import simulate

Key = tuple[str, int, int, int]
"""Stream, week, round and position of a draw."""

WEEKS = 30
KNOWN = registry.current()
BACK = np.uint64(pow(STEP, -1, 2**64))
"""What undoes a multiplication by the step from one position to the next."""

FARTHEST = np.uint64(100_000)
"""No stream has as many positions in so small an organization; a word of another stream lies much farther off."""

blocks: dict[int, tuple[int, int, int]] = {}
"""Blocks asked for in this week: where they start -> key of the stream, week, round."""

draws_made: list[tuple[int, float]] = []
"""Draws of this week: the word that is mixed, and the draw."""


def noted_block(stream: np.uint64, week: int, round_: int) -> np.uint64:
    """As the model's own, and remembered."""
    start = scalar_draws.block(stream, week, round_)
    blocks[int(start)] = (int(stream), int(week), int(round_))
    return start


def noted_draw(word: np.uint64) -> float:
    """As the model's own, and remembered."""
    value = scalar_draws.uniform_from(word)
    draws_made.append((int(word), float(value)))
    return value


class NotingLinker(Linker):
    """Puts the week together with draws that are remembered."""

    def __init__(self, compiled: bool, replacements: Mapping[str, Callable[..., Any]] | None = None) -> None:
        noted: dict[str, Callable[..., Any]] = {
            "scalar_draws.block": noted_block,
            "scalar_draws.uniform_from": noted_draw,
        }
        super().__init__(compiled, {**(replacements or {}), **noted})


@cache
def noting_loops() -> engine.WeekFunction:
    """The week as plain Python that remembers what it draws."""
    with patch.object(engine, "Linker", NotingLinker):
        return engine._make(KNOWN, engine.Form.PLAIN, None)


def keyed(names: Mapping[int, str]) -> dict[Key, float]:
    """Draws of this week by their keys: each word lies so many steps from the start of one block, and of one alone."""
    words = np.array([word for word, _ in draws_made], dtype=np.uint64)
    found: dict[Key, float] = {}
    times = np.zeros(words.size, dtype=np.int64)
    for start, (stream, week, round_) in blocks.items():
        position = (words - np.uint64(start)) * BACK - np.uint64(1)
        for index in np.flatnonzero(position < FARTHEST):
            found[names[stream], week, round_, int(position[index])] = draws_made[index][1]
            times[index] += 1
    assert (times == 1).all(), "a draw that belongs to no stream, or to two"
    return found


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


def lived(
    scenario: Scenario, policy: Policy | None = None, intrude: Intrusion | None = None
) -> Iterator[tuple[Organization, IntArray]]:
    """A run week by week: its state, and who was made to leave before week 5."""
    organization = burned_in(scenario, policy)
    gone = np.zeros(0, dtype=np.int64)
    for _ in range(WEEKS):
        if organization.week == 5 and intrude is not None:
            gone = intrude(organization)
        engine.run_week(organization)
        yield organization, gone


def states(
    scenario: Scenario, policy: Policy | None = None, intrude: Intrusion | None = None
) -> tuple[list[Organization], IntArray]:
    """State of a run week by week, and who was made to leave."""
    weeks = [(organization.copy(), gone) for organization, gone in lived(scenario, policy, intrude)]
    return [organization for organization, _ in weeks], weeks[-1][1]


def recorded(scenario: Scenario, policy: Policy | None = None, intrude: Intrusion | None = None) -> dict[Key, float]:
    """Draws of a run."""
    drawn: dict[Key, float] = {}
    names = {burned_in(scenario).streams.key(name): name for name in KNOWN.streams}
    with (
        patch.dict(engine._week_functions, {(id(KNOWN), engine.Form.PLAIN): (KNOWN, noting_loops())}),
        engine.uncompiled(),
    ):
        blocks.clear()
        draws_made.clear()
        for _ in lived(scenario, policy, intrude):
            drawn |= keyed(names)
            blocks.clear()
            draws_made.clear()
    return drawn


LIVELY = {"customers.acquisition": 0.1, "employees.turnover": 0.1, "hiring.delay_weeks": 2.0, "employees.number": 20}


@cache
def undisturbed() -> dict[Key, float]:
    return recorded(tiny(LIVELY))


def assert_shared(one: dict[Key, float], other: dict[Key, float]) -> None:
    """Every draw that two runs made under the same key is the same, position by position."""
    common = one.keys() & other.keys()
    assert len(common) > 0.8 * max(len(one), len(other))
    assert [key for key in common if one[key] != other[key]] == []
    streams = {key[0] for key in one} | {key[0] for key in other}
    assert streams == {key[0] for key in common}, "both runs drew for the same purposes"


EXITS = [exit_of_employees(1), exit_of_customers(1), exit_of_employees(4), exit_of_customers(12)]


def test_every_draw_is_that_of_its_stream_week_round_and_position() -> None:
    """What loops draw one by one is what :class:`~sim.model.kernel.random.Streams` gives in blocks."""
    drawn = undisturbed()
    assert len({key[0] for key in drawn}) > 20 and len(drawn) > 10_000
    lengths: dict[tuple[str, int, int], int] = {}
    for name, week, round_, position in drawn:
        lengths[name, week, round_] = max(lengths.get((name, week, round_), 0), position + 1)
    streams = Streams(1)
    given = {
        (name, week, round_): streams.uniform(name, week, size, round_)
        for (name, week, round_), size in lengths.items()
    }
    assert [key for key, value in drawn.items() if given[key[:3]][key[3]] != value] == []


@pytest.mark.slow
@pytest.mark.parametrize("intrude", EXITS)
def test_one_more_exit_shifts_nobody_elses_draws(intrude: Intrusion) -> None:
    assert_shared(undisturbed(), recorded(tiny(LIVELY), intrude=intrude))


@pytest.mark.slow
def test_two_policies_share_all_draws() -> None:
    scenario = tiny(LIVELY, (event("executive_succession", 9), event("manager_exit", 12)))
    without, under_policy = recorded(scenario), recorded(scenario, everything())
    common = without.keys() & under_policy.keys()
    assert [key for key in common if without[key] != under_policy[key]] == []
    # Keyed draws need not be used up: a policy may draw for purposes of its own, and shifts nobody's by that.
    assert {key[0] for key in without} == {key[0] for key in common}
    assert len(common) > 0.9 * len(without)


@pytest.mark.slow
def test_positions_are_those_of_seats_and_of_the_market_and_not_of_who_is_there() -> None:
    """A draw by the number of those present would move with every departure: the positions drawn at would get fewer."""
    ends: dict[str, dict[Intrusion | None, int]] = {}
    for intrude in (None, *EXITS):
        for name, _, _, position in undisturbed() if intrude is None else recorded(tiny(LIVELY), intrude=intrude):
            ends.setdefault(name, {}).setdefault(intrude, 0)
            ends[name][intrude] = max(ends[name][intrude], position)
    by_everybody = ("encounter", "choice", "contact", "survey", "leave", "acquisition", "workload")
    assert {name: set(ends[name].values()) for name in by_everybody if len(set(ends[name].values())) > 1} == {}


ALONE = {
    **LIVELY,
    "norm.encounters": 0.0,
    "definitions.meetings": 0.0,
    "employees.satisfaction_link": 0.0,
    "employees.dismissal": 0.0,
    "lifetime.satisfaction_link": 0.0,
    "relationship.stay_trust": 0.0,
    "relationship.stay_depth": 0.0,
    "employees.satisfaction_customers": 0.0,
    "word_of_mouth.strength": 0.0,
    "customers.acquisition": 0.2,
}
"""Nobody sees or hears of anybody: what still differs after somebody has left could come from shifted draws alone."""


@pytest.mark.parametrize("count", [1, 4])
def test_where_nobody_sees_anybody_an_exit_changes_nobody_else(count: int) -> None:
    before, _ = states(tiny(ALONE))
    after, seats = states(tiny(ALONE), intrude=exit_of_employees(count))
    assert seats.size == count
    others = np.setdiff1d(np.arange(len(before[0].employees)), seats)
    for one, other in zip(before, after, strict=True):
        for name in ("employed", "choice", "value", "definition", "memory", "tenure", "prompted_by"):
            left, right = getattr(one.employees, name), getattr(other.employees, name)
            assert same_bits(left[others], right[others]), (one.week, name)
        for name in ("active", "hazard", "rate", "next_purchase", "spending", "tenure", "contacts"):
            assert same_bits(getattr(one.customers, name), getattr(other.customers, name)), (one.week, name)
    assert np.all(after[5].employees.identity[seats] != before[4].employees.identity[seats]), "they did leave"


@pytest.mark.parametrize("count", [1, 12])
def test_where_nobody_talks_a_lost_customer_changes_no_other(count: int) -> None:
    before, _ = states(tiny(ALONE))
    after, positions = states(tiny(ALONE), intrude=exit_of_customers(count))
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
    apart = [simulate(burned_in(tiny(), policy), 15) for policy in policies]
    turns = [burned_in(tiny(), policy) for policy in policies]
    for _ in range(15):
        for organization in turns:
            engine.run_week(organization)
    for run_, organization in zip(apart, turns, strict=True):
        assert run_.weekly.iloc[-1].drop("week").to_dict() == pytest.approx(organization.outcomes, nan_ok=True, abs=0)


PROGRAM = """
import hashlib
from support import everything, run, tiny
done = run(tiny(), everything(), 10)
print(hashlib.sha256(done.weekly.to_numpy().tobytes() + done.choices.tobytes()).hexdigest())
"""


@pytest.mark.slow
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
