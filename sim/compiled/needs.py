"""Pictures of what customers need, in compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled.amounts import OF, overall
from sim.compiled.streams import KEY
from sim.kernel.compiling import inlined
from sim.kernel.curves import power
from sim.kernel.draws import NEXT, block, drawn, uniform, word_of
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
        f.chosen[seat] = e.employed[seat] & (f.performance[seat] > own)
    for dimension in range(dimensions):
        margin[dimension] = 0
        for seat in range(seats):
            margin[dimension] += around.acted[seat, dimension] * f.chosen[seat]


@inlined
def _picture_dimension(
    e: Any, f: Any, acted: Any, dimension: int, needed: int, taught: int, draws: Any, p: Any
) -> None:
    """One dimension of everybody's picture; what each does by it goes into ``acted``."""
    seats, dimensions = e.picture.shape
    size = seats * dimensions
    kept, teaching = _kept_after_a_week(p.needs_forgetting_weeks), p.needs_socialization
    word, from_block_to_block = word_of(draws, dimension), NEXT * np.uint64(size)
    for seat in range(seats):
        met = f.met[seat] > 0
        belief = e.picture[seat, dimension]
        draw = drawn(word if met else word + from_block_to_block)  # who met a customer learns, others may forget
        belief += _toward(belief, needed) if met & (draw < f.aside[seat]) else 0
        belief = belief if met | (draw < kept) else 0
        guess = -1 if drawn(word + np.uint64(3) * from_block_to_block) < 0.5 else 1
        act = guess if belief == 0 else belief
        acted[seat, dimension] = act
        f.performance[seat] += act if needed > 0 else -act
        learns = (taught != 0) & (drawn(word + np.uint64(2) * from_block_to_block) < teaching)
        belief += _toward(belief, taught) if learns else 0
        e.picture[seat, dimension] = belief if e.employed[seat] else 0
        word += NEXT * np.uint64(dimensions)
