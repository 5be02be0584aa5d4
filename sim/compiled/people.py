"""What employees hear, learn, comply with, and mean by centricity, in compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled.amounts import OF, overall, some
from sim.compiled.streams import KEY
from sim.compiled.sums import any_of, by_department, heads_by_department, mean_of, mean_where
from sim.kernel.compiling import inlined
from sim.kernel.draws import block, uniform
from sim.kernel.one import for_one
from sim.mechanisms import compliance, definitions, gaming, leadership, salience, training

_receptiveness = for_one(salience.receptiveness)
_hear_speeches = for_one(salience.hear_speeches)
_grow_cynical = for_one(salience.grow_cynical)
_espouse = for_one(leadership.espouse)
_espoused_level = for_one(leadership.espoused_level)
_train = for_one(training.train)
_restore_standard = for_one(training.restore_standard)
_learn_to_game = for_one(gaming.learn_to_game)
_adopt_procedures = for_one(compliance.adopt_procedures)
_crowd_out = for_one(compliance.crowd_out)
_discretionary = for_one(compliance.discretionary)
_unwatched_conduct = for_one(compliance.unwatched_conduct)
_comply = for_one(compliance.comply)
_habitual = for_one(compliance.habitual)
_form_habit = for_one(compliance.form_habit)
_shortcut = for_one(compliance.shortcut)


@inlined
def understood(definition: float, mean: float, loss: float) -> float:
    """As :func:`sim.mechanisms.definitions.understood`, of one person; all of it where nobody is there (mean missing)."""
    return 1.0 if loss == 0.0 or np.isnan(mean) else 1.0 - loss * abs(definition - mean)


@inlined
def speak(e: Any, d: Any, x: Any, f: Any, b: Any, amounts: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.people.speak`."""
    messages = overall(amounts, d.seats, OF.speeches) + overall(amounts, d.seats, OF.posters)
    s.talk = _espouse(s.talk, messages, p.espoused_memory_weeks)
    espoused = _espoused_level(mean_of(x.stated), s.talk)
    done, heads = b.total, b.other
    for seat in range(e.value.size):
        f.chosen[seat] = e.employed[seat] & (e.tenure[seat] > 0.0)  # who comes this week has not yet done anything
    heads_by_department(f.chosen, e.department, heads)
    by_department(f.chosen, e.department, e.delivery, done)
    gain, forgetting = p.salience_gain, p.salience_forgetting_weeks
    habituation, habituation_weeks = p.salience_habituation, p.salience_habituation_weeks
    resentment, tolerance, fading = p.cynicism_gain, p.cynicism_tolerance, p.cynicism_fading_weeks
    blunting = p.cynicism_blunting
    for seat in range(e.value.size):
        department = e.department[seat]
        speeches = amounts[department, OF.speeches]
        f.messages[seat] = speeches + amounts[department, OF.posters]
        e.salience[seat], e.exposure[seat] = _hear_speeches(
            e.salience[seat],
            e.exposure[seat],
            speeches,
            _receptiveness(e.cynicism[seat], blunting),
            gain=gain,
            forgetting_weeks=forgetting,
            habituation=habituation,
            habituation_weeks=habituation_weeks,
        )
        e.cynicism[seat] = _grow_cynical(
            e.cynicism[seat],
            f.messages[seat],
            espoused,
            done[department] / max(heads[department], 1.0),
            gain=resentment,
            tolerance=tolerance,
            fading_weeks=fading,
        )
        f.receptive[seat] = _receptiveness(e.cynicism[seat], blunting)


@inlined
def learn(e: Any, f: Any, b: Any, amounts: Any, p: Any) -> None:
    """As :func:`sim.week.people.learn`."""
    coaching_hours = p.coaching_hours
    if not some(amounts, OF.training) and not (some(amounts, OF.coaching) and coaching_hours > 0.0):
        return
    mean = mean_where(e.employed, e.definition, b.lanes)
    ambiguity, effect, lifting = p.training_ambiguity, p.training_effect, p.training_standard_effect
    for seat in range(e.value.size):
        department = e.department[seat]
        hours = amounts[department, OF.training]
        taken_in = f.receptive[seat] * understood(e.definition[seat], mean, ambiguity)
        e.value[seat] = _train(e.value[seat], hours, taken_in, effect)
        coached = amounts[department, OF.coaching] * coaching_hours
        e.standard[seat] = _restore_standard(e.standard[seat], hours + coached, lifting)


@inlined
def work_on_the_score(e: Any, amounts: Any, p: Any) -> None:
    """As :func:`sim.week.people.work_on_the_score`."""
    if not some(amounts, OF.score_bonus) and not any_of(e.gaming):
        return
    temptation, weeks = p.gaming_temptation, p.gaming_weeks
    for seat in range(e.value.size):
        bonus = amounts[e.department[seat], OF.score_bonus]
        gamed = _learn_to_game(e.gaming[seat], bonus, e.value[seat], temptation, weeks)
        e.gaming[seat] = gamed if e.employed[seat] else 0.0


@inlined
def comply(e: Any, d: Any, f: Any, b: Any, amounts: Any, p: Any) -> None:
    """As :func:`sim.week.people.comply`."""
    for department in range(d.seats.size):
        asked = amounts[department, OF.procedures]
        d.adopted[department] = _adopt_procedures(d.adopted[department], asked, p.manager_adoption_weeks)
    discord = p.definitions_discord
    mean = mean_where(e.employed, e.definition, b.lanes) if discord > 0.0 else 0.0
    crowding_weeks, crowding, unwatched = p.crowding_weeks, p.crowding_strength, p.compliance_unwatched
    adoption, surveillance, shortcut = p.compliance_adoption_weeks, p.norm_surveillance_weight, p.compliance_shortcut
    formation, decay = p.habit_formation_weeks, p.habit_decay_weeks
    orphaned, loaded = p.habit_orphaned_decay, p.habit_load_decay
    for seat in range(e.value.size):
        department = e.department[seat]
        monitoring, adopted, load = amounts[department, OF.monitoring], d.adopted[department], d.load[department]
        e.crowding[seat] = _crowd_out(e.crowding[seat], monitoring, crowding_weeks)
        discretion = _discretionary(e.crowding[seat], monitoring, crowding)
        procedures = amounts[department, OF.procedures]
        if discord > 0.0:
            procedures = procedures * understood(e.definition[seat], mean, discord)
        own = _unwatched_conduct(procedures, monitoring, adopted, discretion, unwatched)
        watched = procedures * monitoring
        e.compliance[seat] = _comply(e.compliance[seat], own + watched, adoption)
        e.habit[seat] = _form_habit(
            e.habit[seat],
            _habitual(e.compliance[seat], own, watched, surveillance),
            adopted,
            load,
            formation_weeks=formation,
            decay_weeks=decay,
            orphaned_decay=orphaned,
            load_decay=loaded,
        )
        followed = max(e.compliance[seat], e.habit[seat] * discretion)
        f.compliance[seat] = followed * _shortcut(load, shortcut)
        f.discretion[seat] = discretion


_approach = for_one(definitions.approach)


@inlined
def rank(keys: Any, starts: Any, order: Any, count: int, limit: float) -> None:
    """Put ``order[:count]`` into the order of the keys, which are uniform below ``limit``; equal keys keep their places.

    Keys fall into as many bins as there are keys, about one into each; within a bin they are inserted one by one.
    """
    for place in range(count + 1):
        starts[place] = 0
    for index in range(count):
        starts[min(int(keys[index] / limit * count), count - 1) + 1] += 1
    for place in range(count):
        starts[place + 1] += starts[place]
    # Bins are filled from the front; the start of a bin moves along and ends where the next one began.
    for index in range(count):
        own = min(int(keys[index] / limit * count), count - 1)
        place = starts[own]
        order[place] = index
        starts[own] += 1
    for index in range(1, count):
        key, place = order[index], index
        while place > 0 and keys[order[place - 1]] > keys[key]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = key


@inlined
def agree_on_terms(e: Any, d: Any, f: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.people.agree_on_terms`: those who meet this week, paired in the order of their draws."""
    talks = overall(amounts, d.seats, OF.alignment)
    meetings, confidence = p.definitions_meetings, p.definitions_confidence
    if talks > 0.0:
        meetings = min(meetings + talks * p.definitions_talk_meetings, 1.0)
        confidence += talks * p.definitions_talk_listening
    start = block(keys[KEY.definitions], int(s.week), 0)
    count = 0
    for seat in range(e.value.size):
        draw = uniform(start, seat)
        if draw < meetings:
            f.keys[count], f.meeting[count] = draw, seat
            count += 1
    rank(f.keys, f.starts, f.order, count, meetings)
    for pair in range(count // 2):
        first, second = f.meeting[f.order[2 * pair]], f.meeting[f.order[2 * pair + 1]]
        if e.employed[first] and e.employed[second]:
            step = _approach(e.definition[second] - e.definition[first], confidence, p.definitions_convergence)
            e.definition[first] += step
            e.definition[second] -= step
