"""What becomes of a program at the top, in compiled loops: fads come up, executives choose between talk and work."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled.amounts import LIMITS, OF
from sim.compiled.streams import KEY
from sim.kernel.compiling import inlined
from sim.kernel.draws import block, uniform
from sim.kernel.one import for_one
from sim.mechanisms import fads, line, place
from sim.policies.resources import RESOURCES
from sim.week.governance import EXECUTIVE_TALK

_SAID = np.array([resource.nature == "talk" for resource in RESOURCES.values()])
_WORK = np.array([resource.nature == "work" for resource in RESOURCES.values()])
_SHOWN = np.array([resource.by_attention for resource in RESOURCES.values()])

_arrival_chance = for_one(fads.arrival_chance)
_given_up_chance = for_one(fads.given_up_chance)
_displace = for_one(fads.displace)
_slack = for_one(line.slack)
_chance_to_reap = for_one(place.chance_to_reap)
_worth_of_work = for_one(place.worth_of_work)
_worth_of_talk = for_one(place.worth_of_talk)
_chooses_talk = for_one(place.chooses_talk)


@inlined
def emulate(e: Any, x: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.governance.emulate`."""
    appeal, week = s.fad, int(s.week)
    if p.fads_rate > 0.0 and week >= 0:
        comes_up = uniform(block(keys[KEY.fad_comes_up], week, 0), 0) < _arrival_chance(p.fads_rate)
        appeal = 1.0 if comes_up else appeal
    shown = False
    for department in range(amounts.shape[0]):
        for resource in range(amounts.shape[1]):
            shown |= _SHOWN[resource] and amounts[department, resource] != 0.0
    s.talk_weeks += shown
    if appeal > 0.0:
        _turn_to(e, x, appeal, keys, p, s)
    if s.talk_left < 1.0:
        for department in range(amounts.shape[0]):
            kept = s.talk_left + (1.0 - s.talk_left) * amounts[department, OF.protected_budget]
            for resource in range(amounts.shape[1]):
                if _SHOWN[resource]:
                    amounts[department, resource] *= kept


@inlined
def _turn_to(e: Any, x: Any, appeal: float, keys: Any, p: Any, s: Any) -> None:
    """As ``_turn_to`` of :mod:`sim.week.governance`."""
    for seat in range(e.salience.size):
        e.salience[seat] = _displace(e.salience[seat], p.fads_displacement, appeal)
    for row in range(x.tenure.size):
        x.self_assessment[row] += p.fads_novelty * appeal * (1.0 - x.self_assessment[row])
    chance = _given_up_chance(
        0.5 * (1.0 + _slack(s.recent_profit, s.normal_profit)),
        s.talk_weeks,
        appeal,
        inertia=p.fads_inertia,
        skepticism=p.fads_skepticism,
        stories=p.fads_stories,
    )
    if uniform(block(keys[KEY.topic_given_up], int(s.week), 0), 0) < chance:
        s.talk_left = 0.0


@inlined
def choose_place(x: Any, amounts: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.governance.choose_place`."""
    if p.place_decoupling == 0.0 or _program(amounts, -1) == 0.0:
        return
    poor = max(-_slack(s.recent_profit, s.normal_profit), 0.0)
    staying = _chance_to_reap(p.place_payback_weeks, p.place_horizon_weeks, poor, p.place_pressure)
    chosen = 0.0
    for row in range(x.tenure.size):
        view = x.self_assessment[row]
        worth = _worth_of_work(x.weight_customers[row], x.weight_owners[row], view, staying, p.place_cost)
        applause = _worth_of_talk(x.weight_self[row], view, p.place_power, p.place_reckoning)
        chosen += _chooses_talk(worth, applause, p.place_sharpness)
    turned = p.place_decoupling * (chosen / x.tenure.size)
    for department in range(amounts.shape[0]):
        program = _program(amounts, department)
        for resource in range(amounts.shape[1]):
            if _WORK[resource]:
                amounts[department, resource] *= 1.0 - turned
            elif _SAID[resource]:
                said = amounts[department, resource] + turned * program * EXECUTIVE_TALK
                amounts[department, resource] = min(said, LIMITS[resource])


@inlined
def _program(amounts: Any, which: int) -> float:
    """Largest amount of work in a department (in any, for -1), each against its limit."""
    largest = 0.0
    for department in range(amounts.shape[0]):
        if which in (-1, department):
            for resource in range(amounts.shape[1]):
                if _WORK[resource]:
                    largest = max(largest, amounts[department, resource] / LIMITS[resource])
    return largest
