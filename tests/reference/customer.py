"""Customers: one agent a position in the market; a prospect's until somebody becomes a customer."""

from __future__ import annotations

import math
from collections.abc import Callable
from math import exp
from typing import TYPE_CHECKING

import mesa
from scipy.special import betaincinv, gammaincinv

if TYPE_CHECKING:
    from reference.employee import Employee
    from reference.model import ReferenceModel

STATE = (
    "identity", "active", "contract", "hazard", "rate", "dropout", "next_purchase", "contact_rate", "spending",
    "expectation", "satisfaction", "trust", "loyalty", "depth", "tenure", "contacts",
)  # fmt: skip
"""Attributes that the model keeps in columns of the same names."""


class Customer(mesa.Agent):
    """Comes forward, is served or not, feels it, talks, stays or goes."""

    __slots__ = (*STATE, "numbers", "position", "left_in")

    active: bool
    next_purchase: float
    spending: float
    expectation: float
    satisfaction: float
    trust: float
    loyalty: float
    depth: float
    tenure: float

    def __init__(self, model: ReferenceModel, position: int) -> None:
        super().__init__(model)
        self.numbers = model.numbers
        self.position = position

    def needs_service(self, draw: float, week_end: float) -> bool:
        """Whether the customer comes forward this week: by contact rate under contract, else because of a purchase."""
        if not self.active:
            return False
        return draw < self.contact_rate if self.contract else self.next_purchase < week_end

    def be_served(
        self, employee: Employee | None, conflict_draw: float, failure_draw: float, amends_draw: float
    ) -> None:
        """One contact: interests may collide, something may go wrong, and may be made right."""
        model, p = self.model, self.numbers
        served = 0.0
        if employee is not None:
            front = (1.0 - model.support_share) * employee.delivery + model.support_share * model.delivered_behind
            served = front * model.support
        refused = conflict_draw < p.conflict_rate and not model.concede(self.position)
        if refused:
            served = 0.0
        broken = False
        if employee is not None and failure_draw < p.service_failure * (1.0 - served):
            model.failures += 1
            left = (1.0 - p.recovery_base) * (1.0 - p.recovery_practice * employee.choice)
            broken = not amends_draw < 1.0 - left * (1.0 - employee.department.authority)
            if broken:
                served *= 1.0 - p.service_severity
            else:
                model.recovered += 1
        self.contacts += 1
        model.served += served
        self.experience(served, broken, refused)

    def experience(self, performance: float, broken: bool, refused: bool) -> None:
        """Compare it with what was expected; satisfaction, expectation, trust, depth and loyalty move."""
        p = self.numbers
        surprise = performance - self.expectation
        if surprise < 0.0:
            surprise *= p.satisfaction_loss_aversion
        target = p.satisfaction_reference + p.satisfaction_performance * (performance - p.expectation_market)
        target += p.satisfaction_disconfirmation * surprise
        target = 0.0 if target < 0.0 else min(target, 1.0)
        weight = p.satisfaction_weight / (1.0 + (self.tenure + 1.0) / p.satisfaction_anchor_weeks)
        self.satisfaction += weight * (target - self.satisfaction)
        self.expectation += p.expectation_weight * (performance - self.expectation)
        trust = self.trust + p.trust_gain * performance * (1.0 - self.trust)
        if broken:
            trust *= 1.0 - p.trust_loss
            self.depth *= 1.0 - 2.0 * min(p.relationship_growth, 0.5)
        else:
            self.depth += p.relationship_growth * performance * (1.0 - self.depth)
        self.trust = trust * (1.0 - p.trust_refusal) if refused else trust
        said = 0.5 * self.satisfaction + 0.3 * self.trust + 0.2 * self.depth
        self.loyalty += p.loyalty_weight * (said - self.loyalty)

    def end_week(self, draw: float) -> None:
        """Talk; then, under contract, leave or stay; without, buy and perhaps never come back."""
        model, p = self.model, self.numbers
        deviation = (self.satisfaction - p.satisfaction_reference) / p.satisfaction_sd
        if deviation > 0.0:
            model.praise += deviation
        else:
            model.complaint -= deviation
        self.tenure += 1.0
        if self.contract:
            model.under_contract += 1
            model.revenue += self.spending
            if draw < self.shifted(self.hazard, deviation):
                model.contracts_lost += 1
                self.leave()
        else:
            self.buy(self.shifted(self.dropout, deviation), model.draws_of_purchase)

    def shifted(self, chance: float, deviation: float) -> float:
        """Own chance of leaving, its odds shifted by satisfaction."""
        shift = self.numbers.lifetime_satisfaction_link * deviation
        if shift == 0.0 or not 0.0 < chance < 1.0:
            return chance
        return chance / (chance + (1.0 - chance) * exp(shift if shift < 700.0 else 700.0))

    def buy(self, dropout: float, draws: Callable[[int], tuple[list[float], list[float]]]) -> None:
        """Buy at one's own rate in continuous time; after each purchase perhaps never come back."""
        model = self.model
        week_end = model.week + 1.0
        model.buyers += 1
        model.purchases_expected += self.rate
        count = 0
        while self.next_purchase < week_end:
            stops, waits = draws(count)
            count += 1
            model.revenue += self.spending
            if stops[self.position] < dropout:
                self.leave()
                self.next_purchase = math.inf
                return
            self.next_purchase += waits[self.position] / self.rate if self.rate > 1e-300 else math.inf
        model.purchases_kept += self.rate

    def leave(self) -> None:
        """Gone; the position is a prospect's from next week on."""
        self.active, self.identity = False, -1
        self.left_in = self.model.week
        self.model.lost += 1

    def consider(self, draw: float, readiness: float) -> None:
        """A prospect may become a customer."""
        if draw < readiness and not self.active and self.left_in != self.model.week:
            self.arrive(*self.model.newcomer_draws(self.position))
            self.active, self.identity = True, self.model.customers_seen
            self.next_purchase += self.model.week + 1.0
            self.model.customers_seen += 1
            self.model.acquired += 1
            if not self.contract:
                self.model.revenue += self.spending

    def arrive(self, kind: list[float], feeling: list[float]) -> None:
        """What a new customer is like, and feels at first."""
        p = self.numbers
        self.hazard = self.rate = self.dropout = self.contact_rate = 0.0
        self.next_purchase = math.inf
        mean = p.money_purchase
        if self.contract:
            mean = p.money_margin
            churn = float(betaincinv(p.lifetime_churn_alpha, p.lifetime_churn_beta, kind[0]))
            self.hazard = -math.expm1(math.log1p(-churn) / 52.0) if churn < 1.0 else 1.0
            self.contact_rate = min(p.service_contacts * (1.0 + 0.5 * (2.0 * kind[4] - 1.0)), 1.0)
        else:
            self.rate = float(gammaincinv(p.lifetime_purchase_shape, kind[1])) / p.lifetime_purchase_scale
            self.dropout = float(betaincinv(p.lifetime_dropout_a, p.lifetime_dropout_b, kind[2]))
            if self.rate > 1e-300:
                self.next_purchase = -math.log1p(-kind[3]) / self.rate
        spread = p.money_margin_spread
        self.spending = mean * exp(spread * feeling[0] - 0.5 * spread * spread)
        sd = p.satisfaction_sd
        self.satisfaction = min(max(p.satisfaction_reference + sd * feeling[1], 0.0), 1.0)
        self.expectation = min(max(p.expectation_market + 0.5 * sd * feeling[2], 0.0), 1.0)
        self.trust = p.trust_initial
        self.loyalty = 0.5 * self.satisfaction + 0.3 * self.trust
        self.depth = self.tenure = 0.0
        self.contacts = 0

    def answers(self, draw: float, asked: float) -> bool:
        """Whether the customer is asked by the survey and answers, the satisfied more readily."""
        if not (self.active and draw < asked):
            return False
        p = self.numbers
        rate, bias = p.survey_response_rate, p.survey_response_bias
        if bias != 0.0 and rate < 1.0:
            deviation = (self.satisfaction - p.satisfaction_reference) / p.satisfaction_sd
            odds = p.answer_odds * exp(min(max(bias * deviation, -50.0), 50.0))
            rate = odds / (1.0 + odds)
        return bool(draw < asked * rate)
