"""What employees see of one another and choose, in compiled loops."""

from __future__ import annotations

import math
from typing import Any

from sim.compiled.amounts import OF, some
from sim.compiled.people import understood
from sim.compiled.streams import KEY
from sim.compiled.sums import mean_where
from sim.compiled.world import place
from sim.kernel.compiling import inlined
from sim.kernel.draws import block, uniform
from sim.kernel.one import for_one
from sim.mechanisms import norm, training

SEEN = norm.SEEN
MAJORITY = place("norm.rule", "majority")
AVERAGING = place("norm.rule", "averaging")
_ENCOUNTERS_A_WEEK = 12.0 / 52.0  # from encounters a month

_witnessed = for_one(norm.witnessed)
_average_values = for_one(norm.average_values)
_practice_probability = for_one(norm.practice_probability)
_drift_values = for_one(norm.drift_values)
_prompted = for_one(training.prompted)


@inlined
def _meet(e: Any, f: Any, start: Any, chance: float, p: Any) -> None:
    """As :func:`sim.agents.network.meet`: whom each person meets in this round, into ``f.met``; -1 where nobody."""
    seats, degree = e.colleagues.shape
    mixing = p.network_mixing
    vertical = mixing + (1.0 - mixing) * p.network_manager_share
    for seat in range(seats):
        kind, partner = uniform(start, 3 * seat), uniform(start, 3 * seat + 1)
        anybody = seat + 1 + int(partner * max(seats - 1, 1))
        anybody = anybody - seats if anybody >= seats else anybody
        manager, colleague = e.manager[seat], e.colleagues[seat, int(partner * degree)]
        seen = manager if (kind < vertical) & (manager != seat) else colleague
        seen = anybody if kind < mixing else seen
        meets = e.employed[seat] & (uniform(start, 3 * seat + 2) < chance) & (seen != seat)
        f.met[seat] = seen if meets else -1


@inlined
def see_colleagues(e: Any, f: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.people.see_colleagues`."""
    weekly = p.norm_encounters * _ENCOUNTERS_A_WEEK
    rounds = math.ceil(weekly)
    averaging, rate, weight = p.norm_rule == AVERAGING, p.norm_averaging_rate, p.norm_surveillance_weight
    size = e.memory.shape[1]
    for round_ in range(rounds):
        _meet(e, f, block(keys[KEY.encounter], int(s.week), round_), weekly / rounds, p)
        if averaging:
            for seat in range(e.value.size):
                f.aside[seat] = e.value[seat]
        for seat in range(e.value.size):
            seen = f.met[seat]
            if seen < 0 or not e.employed[seen]:
                continue
            if averaging:
                e.value[seat] = _average_values(f.aside[seat], f.aside[seen], True, rate)
            cursor = e.memory_cursor[seat]
            shown = _witnessed(e.choice[seen], e.surveilled[seen], weight)
            e.memory_total[seat] += shown - e.memory[seat, cursor]
            e.memory[seat, cursor] = shown
            e.memory_cursor[seat] = cursor + 1 if cursor + 1 < size else 0


@inlined
def choose(e: Any, f: Any, b: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.people.choose`."""
    start = block(keys[KEY.choice], int(s.week), 0)
    _choose_freely(e, f, start, p)
    e.surveilled[:] = False
    if some(amounts, OF.coaching) or some(amounts, OF.sponsor_attention):
        _prompt(e, f, b, amounts, start, p)
    if some(amounts, OF.monitoring):
        _watch(e, f, amounts, start, p)
    drift, omission, surveillance = p.norm_value_drift, p.norm_omission_weight, p.norm_surveillance_weight
    for seat in range(e.value.size):
        choice = f.next_choice[seat] * e.employed[seat]
        weight = surveillance if e.surveilled[seat] else 1.0
        value = e.value[seat]
        drifted = _drift_values(value, choice, weight, drift, omission)
        e.choice[seat] = choice
        e.value[seat] = drifted if e.employed[seat] else value


@inlined
def _choose_freely(e: Any, f: Any, start: Any, p: Any) -> None:
    """As ``_own_choice`` of :mod:`sim.week.people`."""
    whole = SEEN * e.memory.shape[1]
    if p.norm_rule == MAJORITY:
        for seat in range(e.value.size):
            doubled = 2 * e.memory_total[seat]
            previous = e.choice[seat]
            f.next_choice[seat] = previous if doubled == whole else doubled > whole
        return
    averaging, sharpness, by_value = p.norm_rule == AVERAGING, p.norm_sharpness, p.norm_value_weight
    for seat in range(e.value.size):
        chance = _practice_probability(e.memory_total[seat] / whole, e.value[seat], sharpness, by_value)
        chance = e.value[seat] if averaging else chance
        f.next_choice[seat] = uniform(start, 3 * seat) < chance


@inlined
def _prompt(e: Any, f: Any, b: Any, amounts: Any, start: Any, p: Any) -> None:
    """Coaching and a leader's example, as in :func:`sim.week.people.choose`."""
    discord = p.definitions_discord
    mean = mean_where(e.employed, e.definition, b.lanes) if discord > 0.0 else 0.0
    coaching, example = p.coaching_effect, p.example_effect
    for seat in range(e.value.size):
        department = e.department[seat]
        chance = _prompted(
            amounts[department, OF.coaching],
            amounts[department, OF.sponsor_attention] * e.choice[e.manager[seat]],  # what they did last week
            f.receptive[seat],
            coaching_effect=coaching,
            example_effect=example,
        )
        chance = chance * understood(e.definition[seat], mean, discord)
        f.next_choice[seat] |= uniform(start, 3 * seat + 1) < chance


@inlined
def _watch(e: Any, f: Any, amounts: Any, start: Any, p: Any) -> None:
    """Monitoring, as in :func:`sim.week.people.choose`."""
    looking = p.monitoring_practice
    for seat in range(e.value.size):
        department = e.department[seat]
        seen = looking * amounts[department, OF.monitoring] * amounts[department, OF.procedures]
        watched = (f.next_choice[seat] == 0) & e.employed[seat] & (uniform(start, 3 * seat + 2) < seen)
        e.surveilled[seat] = watched
        f.next_choice[seat] |= watched
