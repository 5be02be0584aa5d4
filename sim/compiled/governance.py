"""Where the line is drawn and who answers for it, in compiled loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.compiled.amounts import OF, overall
from sim.compiled.sums import by_department, mean_of, mean_where
from sim.compiled.world import place
from sim.kernel.compiling import inlined
from sim.kernel.one import for_one
from sim.mechanisms import audit, criteria, delegation, insiders, interest, line, power

DISCRETION, CONVENIENCE = place("line.rule", "discretion"), place("line.rule", "convenience")
FIXED, NEGOTIATED = place("line.rule", "fixed"), place("line.rule", "negotiated")
EXECUTIVE, STAFF = place("criteria.setter", "executive"), place("criteria.setter", "staff")
CUSTOMERS, INDEPENDENT = place("criteria.setter", "customers"), place("criteria.setter", "independent")
_WANTED_BY_INDEPENDENT = criteria.INDEPENDENT

_smooth, _slack, _tilt = for_one(line.smooth), for_one(line.slack), for_one(line.tilt)
_negotiate, _permitted = for_one(line.negotiate), for_one(line.permitted)
_with_participation, _deter = for_one(audit.with_participation), for_one(audit.deter)
_report_truly, _polished = for_one(audit.report_truly), for_one(delegation.polished)
_heeded, _convenience = for_one(delegation.heeded), for_one(interest.convenience)
_knowledge = for_one(power.knowledge)
_levels, _told = for_one(insiders.levels), for_one(insiders.told)


@inlined
def draw_the_line(e: Any, d: Any, x: Any, b: Any, amounts: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.governance.draw_the_line`; without a line (``line_now`` missing) executives weigh case by case."""
    own = mean_of(x.weight_customers)
    s.oversight = _oversight(d, amounts, own)
    wanted = _wanted(e, d, b, amounts, own, p)
    drawn = wanted
    if p.line_rule == FIXED:
        drawn = wanted if math.isnan(s.line) else s.line
    elif p.line_rule == CONVENIENCE or p.line_rule == NEGOTIATED:
        slack = _slack(s.recent_profit, s.normal_profit)
        push = p.line_convenience * _convenience(slack, s.political_attention, p.interest_political)
        drawn = _tilt(wanted if p.line_rule == CONVENIENCE else own, push)
        if p.line_rule == NEGOTIATED:
            drawn = _negotiate(s.line, wanted, drawn, p.line_bargaining, p.line_negotiation_weeks)
    s.line = drawn
    if p.line_rule == DISCRETION or math.isnan(s.benchmark):
        s.benchmark = own
    if s.oversight > 0.0:
        drawn = _deter(drawn, s.oversight, p.audit_deterrence)
    s.line_now, s.permitted = np.nan, 1.0
    if drawn != own or p.line_rule != DISCRETION:
        s.line_now = drawn
        s.permitted = _permitted(drawn, s.benchmark, p.line_ordinary)


@inlined
def _oversight(d: Any, amounts: Any, own: float) -> float:
    """As ``_oversight`` of :mod:`sim.week.governance`."""
    total, seats = 0.0, 0
    for department in range(d.seats.size):
        strength = amounts[department, OF.audit_independence] * amounts[department, OF.audit_probability]
        total += strength * amounts[department, OF.audit_consequence] * d.seats[department]
        seats += d.seats[department]
    return _with_participation(total / seats, overall(amounts, d.seats, OF.participation), own)


@inlined
def _wanted(e: Any, d: Any, b: Any, amounts: Any, own: float, p: Any) -> float:
    """As ``_wanted`` of :mod:`sim.week.governance`."""
    wanted = own
    if p.criteria_setter == STAFF:
        staff = mean_where(e.employed, e.value, b.lanes)
        wanted = own if math.isnan(staff) else staff
    elif p.criteria_setter == CUSTOMERS:
        wanted = p.criteria_panel + p.criteria_capture * (own - p.criteria_panel)
    elif p.criteria_setter == INDEPENDENT:
        wanted = _WANTED_BY_INDEPENDENT
    voice = p.power_voice
    if voice > 0.0:
        count = d.seats.size
        heads, total = b.heads, b.total
        by_department(e.employed, e.department, e.value, total)
        spoken = 0.0
        for department in range(count):
            known = _knowledge(d.facing[department], p.power_skill)
            spoken += d.power[department] * 0.5 * (known + total[department] / max(heads[department], 1.0))
        wanted = wanted + voice * (spoken - wanted)
    return _heeded(
        wanted,
        overall(amounts, d.seats, OF.delegation),
        overall(amounts, d.seats, OF.delegated_power),
        p.delegation_influence,
        p.delegation_weight,
    )


@inlined
def answer_for_the_score(e: Any, c: Any, d: Any, b: Any, amounts: Any, p: Any, s: Any) -> None:
    """As :func:`sim.week.governance.answer_for_the_score`."""
    s.told = s.reported
    if math.isnan(s.reported):
        return
    lenient = p.criteria_leniency
    if lenient > 0.0:
        share = 1.0
        if p.criteria_setter == STAFF:
            staff = mean_where(e.employed, e.value, b.lanes)
            share = 1.0 if math.isnan(staff) else 1.0 - staff
        elif p.criteria_setter == CUSTOMERS:
            share = p.criteria_capture
        elif p.criteria_setter == INDEPENDENT:
            share = 0.0
        s.reported = min(s.reported + lenient * share, 1.0)
    office = overall(amounts, d.seats, OF.delegation)
    if office > 0.0:
        s.reported = _polished(s.reported, office, p.delegation_polish)
    if s.oversight > 0.0:
        s.reported = _report_truly(
            s.reported, mean_where(c.active, c.satisfaction, b.lanes), s.oversight, p.audit_truthfulness
        )
    s.told = s.reported
    if p.insiders_filter > 0.0:
        s.told = _told(s.reported, p.insiders_filter, _levels(e.value.size, p.employees_span), s.oversight)


@inlined
def take_stock(p: Any, s: Any) -> None:
    """As :func:`sim.week.governance.take_stock`."""
    profit = s.revenue - s.service_cost - s.policy_cost
    s.recent_profit = _smooth(s.recent_profit, profit, p.line_slack_weeks)
    s.normal_profit = _smooth(s.normal_profit, profit, p.line_normal_weeks)
