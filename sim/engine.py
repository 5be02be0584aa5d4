"""Lives through weeks the fast way: compiled loops, and the original steps where something rare happens.

:func:`live_through` does what :func:`sim.week.live_through` does. Columns stay the organization's own; its numbers go into a
record before the loops and come out of it after them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np

from sim.compiled.week import STEPS, live
from sim.compiled.world import FACTS, FORCED, GOVERNANCE, MEASURED, ORGANIZATION, STATE, World, see
from sim.kernel.compiling import is_kept
from sim.mechanisms import interest
from sim.organization import Organization
from sim.outcomes.weekly import OUTCOME_NAMES
from sim.policies.resources import RESOURCE_NAMES
from sim.week import WEEK

_END = len(WEEK)
_TOP = ("emulate", "choose_place")
_TALK = [RESOURCE_NAMES.index(name) for name in ("speeches", "posters", "sponsor_attention")]
_MOMENTS = RESOURCE_NAMES.index("moments")
_RESTING = {"support": 1.0, "permitted": 1.0, "retention": math.nan, "reported": math.nan, "told": math.nan}
_WHOLE = {"week", "customers_seen", "employees_seen", "executives_seen", "customers_lost", "talk_weeks", "hired"}
_OF_ORGANIZATION = slice(0, len(ORGANIZATION))
_OF_GOVERNANCE = slice(len(ORGANIZATION), len(ORGANIZATION) + len(GOVERNANCE))
_OF_WEEK = slice(_OF_GOVERNANCE.stop, len(STATE))
_FRESH = np.array([_RESTING.get(name, 0.0) for name in (*FORCED, *FACTS, *MEASURED)])


def live_through(org: Organization) -> None:
    """Run one week and move the clock."""
    world = org.world
    if world is None or not world.fits(org):
        world = org.world = see(org)
    _begin(org, world)
    start = 0
    if _top_acts(org, world):
        start = _originals(org, world, start, _TOP)
    if world.wanted[:, _MOMENTS].any() or org.series.agreed:
        start = _originals(org, world, start, ("make_moments",))
    _run(world, start, _END)
    _finish(org, world)


def _begin(org: Organization, world: World) -> None:
    """A fresh week: events strike, the policy says what it wants, numbers go into their record."""
    now = org.now = world.now
    now.amounts = world.amounts
    now.forced_succession = now.forced_merger = now.fad = now.upheaval = 0.0
    now.forced_manager_exit = None
    if org.week in world.eventful:
        WEEK[0].run(org)
        world.look_again(org)
    if org.week < 0:
        world.wanted[:] = 0.0
    else:
        world.wanted[:] = org.plan.amounts(org.week)
    numbers = world.numbers
    numbers[_OF_WEEK] = _FRESH
    _push(org, world)
    state = world.state
    state["forced_succession"], state["forced_merger"] = now.forced_succession, now.forced_merger
    state["upheaval"] = now.upheaval
    if now.forced_manager_exit is not None:
        world.around.manager_exit[:] = now.forced_manager_exit
        state["exits_forced"] = 1.0
    political = float(world.settings["interest_political"][0])
    if political > 0.0:
        state["political_attention"] = interest.political_attention(
            org.week,
            int(org.number("interest.first_election")),
            int(org.number("interest.cycle_weeks")),
            org.number("interest.campaign_weeks"),
            org.governance.campaigns,
        )


def _top_acts(org: Organization, world: World) -> bool:
    """Whether fads or executives' choice of their place change anything this week."""
    settings = world.settings
    return bool(
        settings["fads_rate"][0] > 0.0
        or org.now.fad > 0.0
        or org.governance.talk_left < 1.0
        or (settings["place_decoupling"][0] > 0.0 and world.wanted.any())
    )


def _originals(org: Organization, world: World, start: int, names: Sequence[str]) -> int:
    """Compiled steps up to the first of these, then these as they stand in :mod:`sim.week`; the step to go on with."""
    _run(world, start, STEPS[names[0]])
    _pull(org, world)
    for name in names:
        WEEK[STEPS[name]].run(org)
    if org.now.amounts is not world.amounts:
        world.amounts[:] = org.now.amounts
        org.now.amounts = world.amounts
    _push(org, world)
    world.look_again(org)
    return STEPS[names[-1]] + 1


def prepare(organization: Callable[[], Organization], waiting: Callable[[], None]) -> None:
    """Have the loops at hand before anybody waits for a week: in memory, from disk, or compiled.

    Args:
        organization: Founds any organization; their columns are all of the same types.
        waiting: Called before compiling, which takes about a minute and is done once for an installation.
    """
    if not _loops:
        _get_loops(see(organization()), waiting)


def _get_loops(world: World, waiting: Callable[[], None] = lambda: None) -> Callable[..., None]:
    """The compiled week itself. Its types are known, so that it is called without asking for them every time."""
    types = tuple(numba.typeof(each) for each in (0, 0, *_arguments(world)))
    if not is_kept(live, types):
        waiting()
    live.compile(types)  # type: ignore[attr-defined]
    _loops.append(live.overloads[types].entry_point)  # type: ignore[attr-defined]
    return _loops[0]


_loops: list[Callable[..., None]] = []


def _run(world: World, first: int, last: int) -> None:
    """Live through these steps in compiled loops."""
    loops = _loops[0] if _loops else _get_loops(world)
    loops(first, last, *_arguments(world))


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
        world.values,
    )


def _push(org: Organization, world: World) -> None:
    """Numbers of the organization into their record."""
    governance = org.governance
    world.numbers[: _OF_GOVERNANCE.stop] = (
        *(getattr(org, name) for name in ORGANIZATION),
        *(getattr(governance, name) for name in GOVERNANCE),
    )


def _pull(org: Organization, world: World) -> None:
    """Numbers of the organization out of their record."""
    for name, value in zip(ORGANIZATION, world.numbers[_OF_ORGANIZATION].tolist(), strict=True):
        setattr(org, name, int(value) if name in _WHOLE else value)
    org.begun = bool(org.begun)
    governance = org.governance
    for name, value in zip(GOVERNANCE, world.numbers[_OF_GOVERNANCE].tolist(), strict=True):
        setattr(governance, name, int(value) if name in _WHOLE else value)


def _finish(org: Organization, world: World) -> None:
    """Numbers come out of their record, the outcomes go on record, the policy's conditions are looked at."""
    _pull(org, world)
    now, seats = org.now, world.facts[0]
    facts = dict(zip((*FORCED, *FACTS, *MEASURED), world.numbers[_OF_WEEK].tolist(), strict=True))
    for name in FACTS:
        setattr(now, name, facts[name])
    now.hired = int(facts["hired"])
    now.line = None if math.isnan(facts["line_now"]) else facts["line_now"]
    now.left = seats.left[: int(facts["left_count"])]
    now.dismissed = seats.dismissed[: int(facts["dismissed_count"])]
    org.outcomes = dict(zip(OUTCOME_NAMES, world.values.view(np.float64).tolist(), strict=True))
    if not _top_acts(org, world) and world.amounts[:, _TALK].any():
        org.governance.talk_weeks += 1
    if org.week >= 0:
        org.plan.observe(org.week, org.outcomes)
    org.week += 1
