"""Governance: who takes the credit, what becomes of a program at the top, where the line is drawn, who answers for it."""

from __future__ import annotations

import numpy as np

from sim.mechanisms import audit, credit, criteria, delegation, fads, insiders, interest, line, place, power
from sim.organization import Organization
from sim.policies.resources import RESOURCE_NAMES, RESOURCES

_INDEX = {name: index for index, name in enumerate(RESOURCE_NAMES)}
_LIMITS = np.array([resource.high for resource in RESOURCES.values()])
_SAID = [_INDEX[name] for name, resource in RESOURCES.items() if resource.nature == "talk"]
_WORK = [_INDEX[name] for name, resource in RESOURCES.items() if resource.nature == "work"]
_SHOWN = [_INDEX[name] for name, resource in RESOURCES.items() if resource.by_attention]
_ON_PROTECTED = _INDEX["protected_budget"]
EXECUTIVE_TALK = 1.0
"""Speeches a week, and share of sites with posters, that a program turned to talk comes to."""


def emulate(org: Organization) -> None:
    """Fads come up; attention moves to them, and executives who are disappointed give up the current topic."""
    state, now = org.governance, org.now
    appeal = now.fad
    rate = org.number("fads.rate")
    if rate > 0.0 and org.week >= 0 and org.uniform("fad comes up", 1)[0] < fads.arrival_chance(rate):
        appeal = 1.0
    if now.amounts[:, _SHOWN].any():
        state.talk_weeks += 1
    if appeal > 0.0:
        _turn_to(org, appeal)
    if state.talk_left < 1.0:
        protected = now.amounts[:, [_ON_PROTECTED]]
        now.amounts = now.amounts.copy()
        now.amounts[:, _SHOWN] *= state.talk_left + (1.0 - state.talk_left) * protected


def _turn_to(org: Organization, appeal: float) -> None:
    """A fad of this appeal arrives: people look up, executives are pleased, and perhaps the current topic is dropped."""
    state, executives = org.governance, org.executives
    displaced = org.number("fads.displacement")
    org.employees.salience = fads.displace(org.employees.salience, displaced, appeal)
    lifted = org.number("fads.novelty") * appeal
    executives.self_assessment = executives.self_assessment + lifted * (1.0 - executives.self_assessment)
    chance = fads.given_up_chance(
        0.5 * (1.0 + line.slack(state.recent_profit, state.normal_profit)),
        state.talk_weeks,
        appeal,
        inertia=org.number("fads.inertia"),
        skepticism=org.number("fads.skepticism"),
        stories=org.number("fads.stories"),
    )
    if org.uniform("topic given up", 1)[0] < chance:
        state.talk_left = 0.0


def choose_place(org: Organization) -> None:
    """Executives choose how much of the program's work ends as talk, each by what it promises them within their horizon."""
    most = org.number("place.decoupling")
    work = org.now.amounts[:, _WORK]
    if most == 0.0 or not work.any():
        return
    state, executives = org.governance, org.executives
    staying = place.chance_to_reap(
        org.number("place.payback_weeks"),
        org.number("place.horizon_weeks"),
        max(-line.slack(state.recent_profit, state.normal_profit), 0.0),
        org.number("place.pressure"),
    )
    worth = place.worth_of_work(
        executives.weight_customers,
        executives.weight_owners,
        executives.self_assessment,
        staying,
        org.number("place.cost"),
    )
    applause = place.worth_of_talk(
        executives.weight_self, executives.self_assessment, org.number("place.power"), org.number("place.reckoning")
    )
    turned = place.turned_to_talk(worth, applause, most, org.number("place.sharpness"))
    program = (work / _LIMITS[_WORK]).max(axis=1, keepdims=True)
    amounts = org.now.amounts.copy()
    amounts[:, _WORK] = work * (1.0 - turned)
    amounts[:, _SAID] = np.minimum(amounts[:, _SAID] + turned * program * EXECUTIVE_TALK, _LIMITS[_SAID])
    org.now.amounts = amounts


def take_credit(org: Organization) -> None:
    """Whoever deals with customers is praised for the program; where others feel less important, less gets through."""
    departments = org.departments
    program = float((org.now.amounts / _LIMITS).max())
    earned = credit.give_credit(
        departments.facing, departments.seats.astype(np.float64), program, org.number("credit.shared")
    )
    departments.importance = credit.feel_important(departments.importance, earned, org.number("credit.weeks"))
    threat = org.number("credit.threat")
    if threat > 0.0:
        through = credit.get_through(departments.importance, threat)
        org.now.receptive = org.now.receptive * through[org.employees.department]


def draw_the_line(org: Organization) -> None:
    """The line between customers' and the organization's interest is drawn, by its rule and by those who have a say."""
    state, now, executives = org.governance, org.now, org.executives
    own = float(executives.weight_customers.mean())
    now.oversight = _oversight(org, own)
    rule = str(org.parameters["line.rule"])
    wanted = _wanted(org, own)
    drawn = wanted
    if rule == "fixed":
        drawn = wanted if np.isnan(state.line) else state.line
    elif rule in ("convenience", "negotiated"):
        push = org.number("line.convenience") * _convenience(org)
        drawn = line.tilt(wanted if rule == "convenience" else own, push)
        if rule == "negotiated":
            drawn = line.negotiate(
                state.line, wanted, drawn, org.number("line.bargaining"), org.number("line.negotiation_weeks")
            )
    state.line = drawn
    if rule == "discretion" or np.isnan(state.benchmark):
        state.benchmark = own
    if now.oversight > 0.0:
        drawn = audit.deter(drawn, now.oversight, org.number("audit.deterrence"))
    if drawn != own or rule != "discretion":
        now.line = drawn
        now.permitted = line.permitted(drawn, state.benchmark, org.number("line.ordinary"))


def _wanted(org: Organization, own: float) -> float:
    """Line that those who have a say would draw: the setter of criteria, departments by power, the office."""
    employees, departments = org.employees, org.departments
    setter = str(org.parameters["criteria.setter"])
    wanted = own
    if setter != "executive":
        staff = org.mean_over_staff(employees.value) if employees.employed.any() else own
        panel, capture = org.number("criteria.panel"), org.number("criteria.capture")
        wanted = criteria.wanted_line(setter, own, staff, panel, capture)
    voice = org.number("power.voice")
    if voice > 0.0:
        heads = np.bincount(employees.department[employees.employed], minlength=len(departments))
        total = np.bincount(
            employees.department[employees.employed],
            weights=employees.value[employees.employed],
            minlength=len(departments),
        )
        known = power.knowledge(departments.facing, org.number("power.skill"))
        spoken = power.voiced_line(departments.power, known, total / np.maximum(heads, 1))
        wanted = wanted + voice * (spoken - wanted)
    return delegation.heeded(
        wanted,
        org.amount_overall("delegation"),
        org.amount_overall("delegated_power"),
        org.number("delegation.influence"),
        org.number("delegation.weight"),
    )


def _convenience(org: Organization) -> float:
    """How convenient generosity is this week, to owners and to politicians."""
    state = org.governance
    attention = 0.0
    political = org.number("interest.political")
    if political > 0.0:
        attention = interest.political_attention(
            org.week,
            int(org.number("interest.first_election")),
            int(org.number("interest.cycle_weeks")),
            org.number("interest.campaign_weeks"),
            state.campaigns,
        )
    return interest.convenience(line.slack(state.recent_profit, state.normal_profit), attention, political)


def _oversight(org: Organization, own: float) -> float:
    """Strength of oversight this week: of audits, and of customers who take part."""
    strength = 0.0
    if org.amount_by_department("audit_probability").any():
        strength = audit.oversight(
            org.amount_by_department("audit_independence"),
            org.amount_by_department("audit_probability"),
            org.amount_by_department("audit_consequence"),
            org.departments.seats.astype(np.float64),
        )
    return audit.with_participation(strength, org.amount_overall("participation"), own)


def answer_for_the_score(org: Organization) -> None:
    """The score is presented as those who set the criteria like it; oversight corrects it; part of it arrives at the top."""
    now, customers, employees = org.now, org.customers, org.employees
    now.told = now.reported
    if np.isnan(now.reported):
        return
    lenient = org.number("criteria.leniency")
    if lenient > 0.0:
        staff = org.mean_over_staff(employees.value) if employees.employed.any() else 0.0
        setter = str(org.parameters["criteria.setter"])
        added = criteria.lenience(setter, staff, org.number("criteria.capture"), lenient)
        now.reported = min(now.reported + added, 1.0)
    office = org.amount_overall("delegation")
    if office > 0.0:
        now.reported = delegation.polished(now.reported, office, org.number("delegation.polish"))
    if now.oversight > 0.0:
        true = float(customers.satisfaction[customers.active].mean())
        now.reported = audit.report_truly(now.reported, true, now.oversight, org.number("audit.truthfulness"))
    now.told = now.reported
    filtered = org.number("insiders.filter")
    if filtered > 0.0:
        ranks = insiders.levels(len(employees), org.number("employees.span"))
        now.told = insiders.told(now.reported, filtered, ranks, now.oversight)


def take_stock(org: Organization) -> None:
    """Those in power see how profit compares with what they are used to."""
    state, now = org.governance, org.now
    profit = now.revenue - now.service_cost - now.policy_cost
    state.recent_profit = line.smooth(state.recent_profit, profit, org.number("line.slack_weeks"))
    state.normal_profit = line.smooth(state.normal_profit, profit, org.number("line.normal_weeks"))
