"""What customers make of it in compiled loops: promotion, experience, dues, talk."""

from __future__ import annotations

from typing import Any

from sim.compiled.amounts import OF, overall, some
from sim.compiled.service import covered_by_promises
from sim.compiled.streams import KEY
from sim.compiled.sums import any_of, count_of, mean_where, sum_of
from sim.kernel.compiling import inlined
from sim.kernel.draws import block, uniform
from sim.kernel.one import for_one
from sim.mechanisms import disclosure, dues, gaming, promotion, recovery, satisfaction, word_of_mouth

_appeal = for_one(promotion.appeal)
_intrusiveness = for_one(promotion.intrusiveness)
_extra_margin = for_one(promotion.extra_margin)
_wear_trust = for_one(promotion.wear_trust)
_irritate = for_one(promotion.irritate)
_perceive = for_one(disclosure.perceive)
_forgive = for_one(disclosure.forgive)
_earn_trust = for_one(disclosure.earn_trust)
_disconfirmation = for_one(satisfaction.disconfirmation)
_experience_weight = for_one(satisfaction.experience_weight)
_update_satisfaction = for_one(satisfaction.update_satisfaction)
_update_expectation = for_one(satisfaction.update_expectation)
_update_trust = for_one(satisfaction.update_trust)
_update_loyalty = for_one(satisfaction.update_loyalty)
_deepen = for_one(satisfaction.deepen)
_delight = for_one(recovery.delight)
_apology_effect = for_one(recovery.apology_effect)
_remaining_loss = for_one(recovery.remaining_loss)
_talk_down = for_one(gaming.talk_down)
_payment_chance = for_one(dues.payment_chance)
_owe = for_one(dues.owe)
_dun = for_one(dues.dun)
_update_reputation = for_one(word_of_mouth.update_reputation)


@inlined
def promote(c: Any, d: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.promotion.promote`."""
    amount, consent = overall(amounts, d.seats, OF.promotion), overall(amounts, d.seats, OF.consent)
    if amount == 0.0 and not any_of(c.irritation):
        return
    rate = p.promotion_sales * _appeal(p.promotion_targeting, p.promotion_obtrusiveness, p.promotion_interaction)
    intrudes = _intrusiveness(p.promotion_targeting, p.promotion_obtrusiveness)
    blocks = block(keys[KEY.blocks], int(s.week), 0)
    intrusion, reactance = p.promotion_intrusion, p.promotion_reactance
    weeks, blocking = p.promotion_irritation_weeks, p.promotion_blocking
    for row in range(c.active.size):
        received, unwanted = 0.0, 0.0
        if c.active[row] and not c.blocked[row]:
            received = amount * (1.0 - (0.0 if c.agreed[row] else consent))
            unwanted = 0.0 if c.agreed[row] else received * intrudes
        worth = c.spending[row] * (1.0 if c.contract[row] else c.rate[row])
        s.promoted += _extra_margin(worth, received, c.irritation[row], rate)
        c.trust[row] = _wear_trust(c.trust[row], unwanted, intrusion)
        c.irritation[row] = _irritate(c.irritation[row], unwanted, reactance, weeks)
        if received > 0.0 and uniform(blocks, row) < blocking * c.irritation[row]:
            c.blocked[row] = True


@inlined
def experience(e: Any, c: Any, d: Any, m: Any, amounts: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.service.experience`."""
    for row in range(c.active.size):
        c.tenure[row] += c.active[row]
    opened, promised = some(amounts, OF.disclosure), overall(amounts, d.seats, OF.segments)
    gamed = any_of(e.gaming)
    aversion, first, anchor = p.satisfaction_loss_aversion, p.satisfaction_weight, p.satisfaction_anchor_weeks
    reference, by_performance = p.satisfaction_reference, p.satisfaction_performance
    by_surprise, gain = p.satisfaction_disconfirmation, p.recovery_delight
    for index in range(int(s.contacts)):
        row = m.rows[index]
        seat = max(m.met[row], 0)
        performance = m.served[row]
        if opened:
            open_work = amounts[e.department[seat], OF.disclosure]
            performance = _perceive(performance, open_work, s.market, p.disclosure_lift)
        expected = c.expectation[row]
        if promised != 0.0:
            expected = min(expected + p.focus_promise * covered_by_promises(row, promised, p), 1.0)
        weight = _experience_weight(first, c.tenure[row], anchor)
        c.satisfaction[row] = _update_satisfaction(
            c.satisfaction[row],
            performance,
            _disconfirmation(performance, expected, aversion),
            weight,
            reference=reference,
            market=s.market,
            by_performance=by_performance,
            by_disconfirmation=by_surprise,
        )
        if gain != 0.0:
            c.redress[row] *= 1.0 - weight
            if m.recovered[row]:
                added = _delight(c.satisfaction[row], gain)
                c.satisfaction[row] += added
                c.redress[row] += added
        c.expectation[row] = _update_expectation(c.expectation[row], performance, p.expectation_weight)
        if gamed:
            work = e.gaming[seat] if m.met[row] >= 0 else 0.0
            c.expectation[row] = _talk_down(c.expectation[row], work, p.gaming_expectation)
        _relate(e, c, m, row, performance, amounts, keys, int(s.week), p)


@inlined
def _relate(e: Any, c: Any, m: Any, row: int, performance: float, amounts: Any, keys: Any, week: int, p: Any) -> None:
    """As ``_relate`` of :mod:`sim.week.service`, of one contact."""
    department = e.department[max(m.met[row], 0)]
    broken = m.failed[row] and not m.recovered[row]
    earned, loss = p.trust_gain, p.trust_loss
    asked, opened = amounts[department, OF.consent], amounts[department, OF.disclosure]
    if asked != 0.0:
        earned = _earn_trust(earned, asked, p.consent_respect)
    if opened != 0.0:
        told = uniform(block(keys[KEY.risk_told], week, 0), row) < opened
        loss = _forgive(loss, told, p.disclosure_forbearance)
    if p.recovery_words > 0.0:
        effect = 0.0
        if m.apologized[row]:
            effect = _apology_effect(c.apologies[row], p.recovery_words, p.recovery_worn_out)
            c.apologies[row] += 1.0
        loss = _remaining_loss(loss, effect)
    refused = m.conflict[row] and not m.conceded[row]
    c.trust[row] = _update_trust(
        c.trust[row], performance, broken, refused, gain=earned, loss=loss, refusal=p.trust_refusal
    )
    c.depth[row] = _deepen(c.depth[row], performance, broken, p.relationship_growth)
    c.loyalty[row] = _update_loyalty(c.loyalty[row], c.satisfaction[row], c.trust[row], c.depth[row], p.loyalty_weight)


@inlined
def collect_dues(c: Any, m: Any, b: Any, keys: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.dues.collect_dues`."""
    arrears = p.dues_arrears
    if arrears == 0.0:
        return
    week, dunning, harshness = int(s.week), p.dues_dunning, p.dues_harshness
    chance = _payment_chance(dunning, p.dues_payment, p.dues_collection)
    paying, falling = block(keys[KEY.pays_dues], week, 0), block(keys[KEY.falls_behind], week, 0)
    for row in range(c.active.size):
        owing = c.active[row] & (c.dues[row] > 0.0)
        pays = owing & (uniform(paying, row) < chance)
        m.aside[row] = c.dues[row] if pays else 0.0
        falls = c.active[row] & c.contract[row] & (not owing) & (uniform(falling, row) < arrears)
        m.behind[row] = (owing & (not pays)) | falls
        c.dues[row] = _owe(0.0 if pays else c.dues[row], m.behind[row], c.spending[row])
        c.satisfaction[row] = _dun(c.satisfaction[row], owing, dunning, harshness)
        c.redress[row] = _dun(c.redress[row], owing, dunning, harshness)
        c.trust[row] = _dun(c.trust[row], owing, dunning, harshness)
    s.collected += sum_of(m.aside, b.lanes)


@inlined
def talk(c: Any, m: Any, b: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.service.talk`."""
    reference, per_sd = p.satisfaction_reference, 1.0 / p.satisfaction_sd
    for row in range(c.active.size):
        standardized = (c.satisfaction[row] - c.redress[row] - reference) * per_sd
        m.aside[row] = max(standardized, 0.0)
        m.other[row] = max(-standardized, 0.0)
    said = 0.0
    if count_of(c.active) > 0:
        praise, complaint = mean_where(c.active, m.aside, b.lanes), mean_where(c.active, m.other, b.lanes)
        positive = p.word_of_mouth_positive_share
        said = 2.0 * (positive * praise - (1.0 - positive) * complaint)
    s.reputation = _update_reputation(s.reputation, said, p.word_of_mouth_memory_weeks)
