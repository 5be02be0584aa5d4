"""Governance: the next fad, talk or work, credit, where the line is drawn, what the score becomes, what profit is normal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.model.policies.resources import RESOURCES

if TYPE_CHECKING:
    from reference.model import ReferenceModel

_TALK = [name for name, resource in RESOURCES.items() if resource.nature == "talk"]
_WORK = [name for name, resource in RESOURCES.items() if resource.nature == "work"]
_BY_ATTENTION = [name for name, resource in RESOURCES.items() if resource.by_attention]


class Board:
    """Those in power, as one body."""

    def __init__(self, model: ReferenceModel) -> None:
        self.model = model
        self.decision_weight = self.reference_weight = math.nan
        self.recent_profit = self.normal_profit = math.nan
        self.squeezes: list[tuple[float, int]] = []
        self.campaigns: list[tuple[int, float]] = []
        self.talk_left = 1.0
        self.talk_weeks = 0
        self.fad = 0.0  # appeal of one that strikes this week
        self.service_factor = 1.0
        self.weights = (0.0, 0.0)
        self.oversight = 0.0

    def slack(self) -> float:
        """How much better recent profit is than normal, -1 to 1; 0 while nothing is known."""
        recent, normal = self.recent_profit, self.normal_profit
        if math.isnan(recent) or math.isnan(normal):
            return 0.0
        if normal <= 0.0:
            return -1.0 if recent < normal else 0.0
        return min(max(recent / normal - 1.0, -1.0), 1.0)

    def emulate(self, amounts: list[dict[str, float]]) -> None:
        """A fad may come up; attention moves to it, and the current topic may be given up for good."""
        model, p = self.model, self.model.numbers
        appeal, self.fad = self.fad, 0.0
        if p.fads_rate > 0.0 and model.week >= 0 and model.uniform("fad comes up", 1)[0] < p.fad_comes:
            appeal = 1.0
        self.talk_weeks += any(row[name] for row in amounts for name in _BY_ATTENTION)
        if appeal > 0.0:
            self._turn_to(appeal)
        if self.talk_left < 1.0:
            for row in amounts:
                for name in _BY_ATTENTION:
                    row[name] *= self.talk_left + (1.0 - self.talk_left) * row["protected_budget"]

    def _turn_to(self, appeal: float) -> None:
        """People look up, executives are pleased, and the topic is dropped with a chance that follows what disappoints.

        appeal (1 - outcome) (1 - I^(lambda quarters of talk)) (1 - S^(lambda stories)), outcome = (1 + slack) / 2.
        """
        model, p = self.model, self.model.numbers
        for person in model.staff:
            person.salience *= 1.0 - p.fads_displacement * appeal
        for executive in model.executives:
            executive.be_pleased(appeal)
        outcome = 0.5 * (1.0 + self.slack())
        used = 1.0 - p.fads_inertia ** (p.fads_calibration * self.talk_weeks / 13.0)
        believed = 1.0 - p.fads_skepticism ** (p.fads_calibration * p.fads_stories)
        if model.uniform("topic given up", 1)[0] < appeal * (1.0 - outcome) * used * believed:
            self.talk_left = 0.0

    def decouple_talk_from_work(self, amounts: list[dict[str, float]]) -> None:
        """Executives choose how much of the program's work ends as talk: most x mean of their leanings."""
        p, executives = self.model.numbers, self.model.executives
        if p.place_decoupling == 0.0 or not any(row[name] for row in amounts for name in _WORK):
            return
        poor = max(-self.slack(), 0.0)
        staying = math.exp(-p.place_payback_weeks * (1.0 / p.place_horizon_weeks + p.place_pressure * poor))
        turned = p.place_decoupling * sum(each.leans_to_talk(staying) for each in executives) / len(executives)
        for row in amounts:
            program = max(row[name] / RESOURCES[name].high for name in _WORK)
            for name in _WORK:
                row[name] *= 1.0 - turned
            for name in _TALK:
                row[name] = min(row[name] + turned * program * p.place_talk, RESOURCES[name].high)

    def give_credit(self, amounts: list[dict[str, float]]) -> None:
        """The program's credit goes to departments by how far they deal with customers."""
        departments, seats = self.model.departments, self.model.seats
        program = max(row[name] / RESOURCES[name].high for row in amounts for name in RESOURCES)
        mean_facing = sum(each.facing * each.seats for each in departments) / seats
        for department in departments:
            department.allocate_credit(program, mean_facing)

    def set_decision_weight(self) -> None:
        """Draw the weight of customers' gain against the organization's cost, by the rule of the line."""
        model, p = self.model, self.model.numbers
        own = model.mean_weight("weight_customers")
        self._oversee(own)
        line = proposed = self._proposed_weight(own)
        if p.line_rule == "fixed" and not math.isnan(self.decision_weight):
            line = self.decision_weight
        elif p.line_rule == "convenience":
            line = self._tilted(proposed)
        elif p.line_rule == "negotiated":
            goal = p.line_bargaining * proposed + (1.0 - p.line_bargaining) * self._tilted(own)
            line = (
                goal
                if math.isnan(self.decision_weight)
                else self.decision_weight + (goal - self.decision_weight) * p.negotiated
            )
        self.decision_weight = line
        if p.line_rule == "discretion" or math.isnan(self.reference_weight):
            self.reference_weight = own
        line += p.audit_deterrence * self.oversight * (1.0 - line)
        self.service_factor = 1.0
        self.weights = (own, model.mean_weight("weight_owners") + model.mean_weight("weight_self"))
        if line != own or p.line_rule != "discretion":
            self.weights = (line, 1.0 - line)
            self.service_factor = max(1.0 + p.line_ordinary * (line - self.reference_weight), 0.0)

    def _tilted(self, line: float) -> float:
        """Line moved on the log odds by what is convenient: owners' slack, politicians' attention."""
        p = self.model.numbers
        political = p.interest_political
        attention = self._political_attention() if political else 0.0
        push = p.line_convenience * ((1.0 - political) * self.slack() + political * attention)
        if push == 0.0 or not 0.0 < line < 1.0:
            return line
        return float(line / (line + (1.0 - line) * math.exp(-push)))

    def _political_attention(self) -> float:
        """exp(-weeks to the vote / campaign) less its mean over a cycle; early votes count where they draw more."""
        week, p = self.model.week, self.model.numbers
        cycle, campaign = p.interest_cycle_weeks, p.interest_campaign_weeks
        attention = math.exp(-((p.interest_first_election - week) % cycle) / campaign)
        mean = sum(math.exp(-left / campaign) for left in range(cycle)) / cycle
        for vote, share in self.campaigns:
            if vote >= week:
                attention = max(attention, share * math.exp(-(vote - week) / campaign))
        return float(attention - mean)

    def _proposed_weight(self, own: float) -> float:
        """Line that those with a say want: the setter of the criteria, departments by power, the office."""
        model, p = self.model, self.model.numbers
        proposed = {
            "executive": own,
            "staff": model.mean_value(own),
            "customers": p.criteria_capture * own + (1.0 - p.criteria_capture) * p.criteria_panel,
            "independent": p.criteria_independent,
        }[p.criteria_setter]
        if p.power_voice:
            spoken, own_share = 0.0, p.power_value_share
            for department in model.departments:
                values = [person.value for person in model.present if person.department is department]
                value = sum(values) / len(values) if values else 0.0
                spoken += department.power * ((1.0 - own_share) * department.knows() + own_share * value)
            proposed += p.power_voice * (spoken - proposed)
        heeded = p.delegation_influence * model.overall("delegation") * model.overall("delegated_power")
        return float(proposed + heeded * (p.delegation_weight - proposed))

    def _oversee(self, own: float) -> None:
        """Independence x probability x consequence, mean over seats; participation adds executives' weight squared."""
        model = self.model
        names = ("audit_independence", "audit_probability", "audit_consequence")
        strength = 0.0
        for row, department in zip(model.amounts, model.departments, strict=True):
            strength += math.prod(row[name] for name in names) * department.seats / model.seats
        self.oversight = 1.0 - (1.0 - strength) * (1.0 - model.overall("participation") * own * own)

    def present_score(self, score: float, true: float) -> tuple[float, float]:
        """Score that is reported, and what of it arrives at the top; missing where there is none.

        Args:
            score: Mean of the answers.
            true: Mean satisfaction of all customers.
        """
        model, p = self.model, self.model.numbers
        if math.isnan(score):
            return score, score
        own_criteria = {
            "executive": 1.0,
            "staff": 1.0 - model.mean_value(0.0),
            "customers": p.criteria_capture,
            "independent": 0.0,
        }[p.criteria_setter]
        score = min(score + p.criteria_leniency * own_criteria, 1.0)
        score += p.delegation_polish * model.overall("delegation") * (1.0 - score)
        score += p.audit_truthfulness * self.oversight * (true - score)
        ranks = math.log(model.seats) / math.log(p.employees_span) if p.employees_span > 1 else 0.0
        missing = (1.0 - score) * (1.0 - p.insiders_filter * (1.0 - self.oversight)) ** ranks
        return score, 1.0 - missing

    def margin_left(self) -> float:
        """Share of revenue that squeezes of the margin leave."""
        return math.prod(1.0 - share for share, end in self.squeezes if self.model.week < end)

    def update_profit_reference(self, profit: float) -> None:
        """Those in power look at recent profit, and get used to it."""
        p = self.model.numbers
        if math.isnan(self.recent_profit):
            self.recent_profit = self.normal_profit = profit
        self.recent_profit += (profit - self.recent_profit) * p.noted
        self.normal_profit += (profit - self.normal_profit) * p.grown_used
