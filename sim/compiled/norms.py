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
def _whom(e: Any, seat: int, kind: float, partner: float, mixing: float, manager_share: float) -> int:
    """As :func:`sim.agents.network.meet`, of one person."""
    seats, degree = e.colleagues.shape
    if kind < mixing:
        return (seat + 1 + int(partner * max(seats - 1, 1))) % seats
    if kind < mixing + (1.0 - mixing) * manager_share and e.manager[seat] != seat:
        return e.manager[seat]
    return e.colleagues[seat, int(partner * degree)]


@inlined
def see_colleagues(e: Any, f: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.people.see_colleagues`."""
    weekly = p.norm_encounters * _ENCOUNTERS_A_WEEK
    rounds = math.ceil(weekly)
    mixing, manager_share, weight = p.network_mixing, p.network_manager_share, p.norm_surveillance_weight
    averaging, rate = p.norm_rule == AVERAGING, p.norm_averaging_rate
    size = e.memory.shape[1]
    for round_ in range(rounds):
        start = block(keys[KEY.encounter], int(s.week), round_)
        if averaging:
            for seat in range(e.value.size):
                f.aside[seat] = e.value[seat]
        for seat in range(e.value.size):
            if not e.employed[seat] or uniform(start, 3 * seat + 2) >= weekly / rounds:
                continue
            seen = _whom(e, seat, uniform(start, 3 * seat), uniform(start, 3 * seat + 1), mixing, manager_share)
            if seen == seat or not e.employed[seen]:
                continue
            if averaging:
                e.value[seat] = _average_values(f.aside[seat], f.aside[seen], True, rate)
            cursor = e.memory_cursor[seat]
            shown = _witnessed(e.choice[seen], e.surveilled[seen], weight)
            e.memory_total[seat] += shown - e.memory[seat, cursor]
            e.memory[seat, cursor] = shown
            e.memory_cursor[seat] = (cursor + 1) % size


@inlined
def _own_choice(e: Any, seat: int, draw: float, p: Any) -> int:
    """As ``_own_choice`` of :mod:`sim.week.people`, of one person."""
    size = e.memory.shape[1]
    if p.norm_rule == MAJORITY:
        doubled = 2 * e.memory_total[seat]
        if doubled == SEEN * size:
            return e.choice[seat]
        return 1 if doubled > SEEN * size else 0
    if p.norm_rule == AVERAGING:
        return 1 if draw < e.value[seat] else 0
    share = e.memory_total[seat] / (SEEN * size)
    return 1 if draw < _practice_probability(share, e.value[seat], p.norm_sharpness, p.norm_value_weight) else 0


@inlined
def choose(e: Any, f: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.people.choose`."""
    start = block(keys[KEY.choice], int(s.week), 0)
    prompting = some(amounts, OF.coaching) or some(amounts, OF.sponsor_attention)
    watching = some(amounts, OF.monitoring)
    discord = p.definitions_discord
    mean = mean_where(e.employed, e.definition) if prompting and discord > 0.0 else 0.0
    coaching, example, looking = p.coaching_effect, p.example_effect, p.monitoring_practice
    for seat in range(e.value.size):
        e.surveilled[seat] = False
        f.next_choice[seat] = 0
        if not e.employed[seat]:
            continue
        department = e.department[seat]
        choice = _own_choice(e, seat, uniform(start, 3 * seat), p)
        if prompting:
            chance = _prompted(
                amounts[department, OF.coaching],
                amounts[department, OF.sponsor_attention] * e.choice[e.manager[seat]],  # what they did last week
                f.receptive[seat],
                coaching_effect=coaching,
                example_effect=example,
            )
            if discord > 0.0:
                chance = chance * understood(e.definition[seat], mean, discord)
            if uniform(start, 3 * seat + 1) < chance:
                choice = 1
        if watching and choice == 0:
            seen = looking * amounts[department, OF.monitoring] * amounts[department, OF.procedures]
            if uniform(start, 3 * seat + 2) < seen:
                e.surveilled[seat] = True
                choice = 1
        f.next_choice[seat] = choice
    drift, omission, surveillance = p.norm_value_drift, p.norm_omission_weight, p.norm_surveillance_weight
    for seat in range(e.value.size):
        e.choice[seat] = f.next_choice[seat]
        if e.employed[seat]:
            weight = surveillance if e.surveilled[seat] else 1.0
            e.value[seat] = _drift_values(e.value[seat], e.choice[seat], weight, drift, omission)
