"""Lives through weeks the fast way: compiled loops, and the original step where moments are made.

:func:`live_through` does what :func:`sim.week.live_through` does, :func:`live_on` does it for many weeks at once; both give
the same bits. Columns stay the organization's own; its numbers go into a record before the loops and come out after them.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from sim.compiled.week import STEPS, live
from sim.compiled.world import FACTS, GOVERNANCE, ORGANIZATION, VALUES, World, see
from sim.founding import found
from sim.kernel.arrays import FloatArray
from sim.kernel.compiling import compiled_for, is_kept_on_disk, kept
from sim.kernel.random import Streams
from sim.mechanisms import interest
from sim.organization import Organization
from sim.outcomes.weekly import OUTCOME_NAMES
from sim.policies.bundle import Bundle
from sim.policies.resources import RESOURCE_NAMES
from sim.scenario import Scenario
from sim.week import WEEK

ChoiceArray = NDArray[np.int8]

_END = len(WEEK)
_MOMENTS = RESOURCE_NAMES.index("moments")
_COUNTED = ("week", "customers_seen", "employees_seen", "executives_seen", "customers_lost")
_OF_ORGANIZATION = slice(0, len(ORGANIZATION))
_OF_GOVERNANCE = slice(len(ORGANIZATION), len(ORGANIZATION) + len(GOVERNANCE))
_OF_FACTS = slice(_OF_GOVERNANCE.stop, _OF_GOVERNANCE.stop + len(FACTS))
_SMALL = {"employees": {"number": 2}, "customers": {"initial": 2, "market": 2}, "run": {"burn_in": 0}}


def live_through(org: Organization) -> None:
    """Run one week and move the clock."""
    world = _world(org)
    _live(org, world, 1, *_room(org, 1))


def live_on(org: Organization, weeks: int) -> tuple[FloatArray, ChoiceArray]:
    """Run many weeks and move the clock.

    Returns:
        Outcomes by week, shape (weeks, :data:`~sim.outcomes.weekly.OUTCOME_NAMES`), and choices by week and seat,
        :data:`VACANT` where nobody sits.
    """
    values, choices = _room(org, weeks)
    done = 0
    while done < weeks:
        world = _world(org)
        stretch = _quiet_weeks(org, world, weeks - done)
        _live(org, world, stretch, values[done : done + stretch], choices[done : done + stretch])
        done += stretch
    return values.view(np.float64).reshape(weeks, len(OUTCOME_NAMES)), choices


def prepare(turn: AbstractContextManager[Any] | None = None) -> None:
    """Have the loops at hand before anybody waits for a week.

    Args:
        turn: A lock that processes share which begin together: one of them compiles what the others then find on disk.
    """
    if not _loops:
        _get_loops(turn)


_loops: list[Callable[..., None]] = []


def _get_loops(turn: AbstractContextManager[Any] | None = None) -> Callable[..., None]:
    """The compiled week itself. Its types are known, so that it is called without asking for them every time.

    They are those of an organization of two: a table with one row or column would pass for either order of entries.
    """
    scenario = Scenario.from_dict(
        {"departments": [{"name": "all", "share": 1.0, "facing": 1.0, "power": 1.0}], **_SMALL}
    )
    organization = found(scenario, Bundle("none"), Streams(0))
    arguments = (0, 0, 0, *_arguments(see(organization)), *_room(organization, 1))
    types = tuple(numba.typeof(each) for each in arguments)  # type: ignore[no-untyped-call]
    loops = kept(live, types)
    if loops is None:
        with turn if turn is not None and is_kept_on_disk(live) else nullcontext():
            loops = kept(live, types) or _compile(types)
    _loops.append(loops)
    return loops


def _compile(types: tuple[Any, ...]) -> Callable[..., None]:
    """The week's machine code, made now and kept for the next time."""
    logging.getLogger(__name__).warning("Compiling the model for this machine. This takes about two minutes, once.")
    return compiled_for(live, types)


def _arguments(world: World) -> tuple[Any, ...]:
    """What the compiled week works on."""
    return (
        *world.columns,
        *world.facts,
        world.around,
        world.amounts,
        world.wanted,
        world.prices,
        world.keys,
        world.settings,
        world.state,
    )


def _room(org: Organization, weeks: int) -> tuple[NDArray[np.void], ChoiceArray]:
    """Room for so many weeks' outcomes and choices."""
    return np.zeros(weeks, dtype=VALUES), np.zeros((weeks, len(org.employees)), dtype=np.int8)


def _world(org: Organization) -> World:
    """The organization as loops see it now."""
    if org.world is None or not org.world.fits(org):
        org.world = see(org)
    world: World = org.world
    return world


def _quiet_weeks(org: Organization, world: World, most: int) -> int:
    """Weeks from now on, at least one, in which nothing happens that loops do not know of and the policy asks for the same."""
    if org.week in world.eventful or float(world.settings["interest_political"][0]) > 0.0:
        return 1
    wanted = _wanted(org)
    world.wanted[:] = wanted
    if org.week >= 0 and (org.plan.conditional or _moments_act(org, world)):
        return 1
    end = org.week + most if org.week >= 0 else min(org.week + most, 0)
    week = org.week + 1
    while week < end and week not in world.eventful and (week < 0 or org.plan.amounts(week) is wanted):
        week += 1
    return week - org.week


def _wanted(org: Organization) -> FloatArray | float:
    """What the policy asks for this week."""
    return 0.0 if org.week < 0 else org.plan.amounts(org.week)


def _live(org: Organization, world: World, weeks: int, values: NDArray[np.void], choices: ChoiceArray) -> None:
    """Live through so many weeks, all of them quiet if they are more than one."""
    _begin(org, world)
    start = 0
    loops = _loops[0] if _loops else _get_loops()
    if _moments_act(org, world):
        loops(0, STEPS["make_moments"], 1, *_arguments(world), values, choices)
        start = _make_moments(org, world)
    loops(start, _END, weeks, *_arguments(world), values, choices)
    _finish(org, world, values)


def _begin(org: Organization, world: World) -> None:
    """A fresh week: events strike, the policy says what it wants, numbers go into their record."""
    now = org.now = world.now
    now.amounts = world.amounts
    now.forced_succession = now.forced_merger = now.fad = now.upheaval = 0.0
    now.forced_manager_exit = None
    if org.week in world.eventful:
        WEEK[0].run(org)
        world.look_again(org)
    world.wanted[:] = _wanted(org)
    _push(org, world)
    state = world.state
    state["forced_succession"], state["forced_merger"] = now.forced_succession, now.forced_merger
    state["upheaval"], state["fad"] = now.upheaval, now.fad
    state["exits_forced"] = now.forced_manager_exit is not None
    if now.forced_manager_exit is not None:
        world.around.manager_exit[:] = now.forced_manager_exit
    if float(world.settings["interest_political"][0]) > 0.0:
        state["political_attention"] = interest.political_attention(
            org.week,
            int(org.number("interest.first_election")),
            int(org.number("interest.cycle_weeks")),
            org.number("interest.campaign_weeks"),
            org.governance.campaigns,
        )


def _moments_act(org: Organization, world: World) -> bool:
    """Whether moments are asked for or agreed on."""
    return bool(world.wanted[:, _MOMENTS].any() or org.series.agreed or org.series.credit)


def _make_moments(org: Organization, world: World) -> int:
    """The step of this name as it stands in :mod:`sim.week`; the one to go on with."""
    _pull(org, world)
    place = STEPS["make_moments"]
    WEEK[place].run(org)
    _push(org, world)
    world.look_again(org)
    return place + 1


def _push(org: Organization, world: World) -> None:
    """Numbers of the organization into their record."""
    governance = org.governance
    world.numbers[: _OF_GOVERNANCE.stop] = (
        *(getattr(org, name) for name in ORGANIZATION),
        *(getattr(governance, name) for name in GOVERNANCE),
    )


def _pull(org: Organization, world: World) -> None:
    """Numbers of the organization out of their record."""
    vars(org).update(zip(ORGANIZATION, world.numbers[_OF_ORGANIZATION].tolist(), strict=True))
    for name in _COUNTED:
        setattr(org, name, int(getattr(org, name)))
    org.begun = bool(org.begun)
    governance = org.governance
    vars(governance).update(zip(GOVERNANCE, world.numbers[_OF_GOVERNANCE].tolist(), strict=True))
    governance.talk_weeks = int(governance.talk_weeks)


def _finish(org: Organization, world: World, values: NDArray[np.void]) -> None:
    """Numbers come out of their record, the outcomes go on record, the policy's conditions are looked at."""
    _pull(org, world)
    now, seats, state = org.now, world.facts[0], world.state
    vars(now).update(zip(FACTS, world.numbers[_OF_FACTS].tolist(), strict=True))
    now.hired = int(now.hired)
    line = float(state["line_now"][0])
    now.line = None if math.isnan(line) else line
    now.left = seats.left[: int(state["left_count"][0])]
    now.dismissed = seats.dismissed[: int(state["dismissed_count"][0])]
    org.outcomes = dict(zip(OUTCOME_NAMES, values[-1].tolist(), strict=True))
    if org.week >= 0:
        org.plan.observe(org.week, org.outcomes)
    org.week += 1
