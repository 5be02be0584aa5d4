"""Pictures of what customers need, in compiled loops."""

from __future__ import annotations

from typing import Any

from sim.compiled.amounts import OF, overall
from sim.compiled.streams import KEY
from sim.kernel.compiling import inlined
from sim.kernel.curves import power
from sim.kernel.draws import block, uniform
from sim.kernel.dynamics import kept_after_a_week
from sim.kernel.one import for_one
from sim.mechanisms import needs

_kept_after_a_week = for_one(kept_after_a_week)
_turned = for_one(needs.turned)


@inlined
def picture_needs(e: Any, d: Any, f: Any, m: Any, around: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.needs.picture_needs`: needs turn, pictures follow contacts and the official one, which learns."""
    if p.needs_weight == 0.0:
        return
    week, dimensions = int(s.week), around.needs.size
    place = block(keys[KEY.needs], week, 0)
    turns = _turned(s.upheaval, p.needs_upheaval, p.needs_drift)
    for dimension in range(dimensions):
        if uniform(place, dimension) < turns:
            around.needs[dimension] = -around.needs[dimension]
    contacts = f.met
    contacts[:] = 0
    for index in range(int(s.contacts)):
        if m.met[m.rows[index]] >= 0:
            contacts[m.met[m.rows[index]]] += 1
    _picture(e, f, around, block(keys[KEY.picture], week, 0), p)
    margin, heard = around.margin, overall(amounts, d.seats, OF.feedback) * p.needs_sensing
    for dimension in range(dimensions):
        adopted = uniform(place, dimensions + dimension) < 1.0 - (1.0 - p.needs_learning) ** abs(margin[dimension])
        if adopted and margin[dimension] != 0:
            around.official[dimension] = 1 if margin[dimension] > 0 else -1
        if uniform(place, 2 * dimensions + dimension) < heard:
            around.official[dimension] = around.needs[dimension]


@inlined
def _toward(belief: int, other: int) -> int:
    """One step, up or down or none."""
    return (other > belief) - (other < belief)


@inlined
def _picture(e: Any, f: Any, around: Any, draws: Any, p: Any) -> None:
    """Everybody's picture after the week, and the margin of the majority among those who do better than the official one.

    As :func:`~sim.mechanisms.needs.empathize`, :func:`~sim.mechanisms.needs.fade`,
    :func:`~sim.mechanisms.learning.socialize` and :func:`~sim.mechanisms.learning.learn_code`, one dimension of
    everybody's picture at a time.
    """
    seats, dimensions = e.picture.shape
    official, reality, margin = around.official, around.needs, around.margin
    rate = p.needs_empathy
    own = 0
    for dimension in range(dimensions):
        own += official[dimension] * reality[dimension]
    for seat in range(seats):
        f.aside[seat] = 1.0 - power(1.0 - rate, float(f.met[seat]))
    f.performance[:] = 0
    for dimension in range(dimensions):
        _picture_dimension(e, f, around.acted, dimension, reality[dimension], official[dimension], draws, p)
    for seat in range(seats):
        f.better[seat] = e.employed[seat] & (f.performance[seat] > own)
    for dimension in range(dimensions):
        margin[dimension] = 0
        for seat in range(seats):
            margin[dimension] += around.acted[seat, dimension] * f.better[seat]


@inlined
def _picture_dimension(
    e: Any, f: Any, acted: Any, dimension: int, needed: int, taught: int, draws: Any, p: Any
) -> None:
    """One dimension of everybody's picture; what each does by it goes into ``acted``. Chances are numbers, 0 or 1."""
    seats, dimensions = e.picture.shape
    size = seats * dimensions
    kept, teaching = _kept_after_a_week(p.needs_forgetting_weeks), p.needs_socialization
    for seat in range(seats):
        position = seat * dimensions + dimension
        belief = e.picture[seat, dimension]
        belief += _toward(belief, needed) * (uniform(draws, position) < f.aside[seat])
        belief *= (f.met[seat] > 0) | (uniform(draws, size + position) < kept)
        guess = 1 - 2 * (uniform(draws, 3 * size + position) < 0.5)
        act = belief + (belief == 0) * guess
        acted[seat, dimension] = act
        f.performance[seat] += act * needed
        learns = (taught != 0) & (uniform(draws, 2 * size + position) < teaching)
        e.picture[seat, dimension] = (belief + _toward(belief, taught) * learns) * e.employed[seat]
