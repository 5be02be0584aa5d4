"""Customers: one agent per position in the market, a prospect's until one becomes a customer."""

from __future__ import annotations

import math
from collections.abc import Callable
from math import exp
from typing import TYPE_CHECKING

import mesa
from scipy.special import betaincinv, gammaincinv

if TYPE_CHECKING:
    from reference.model import ReferenceModel
    from reference.service import Contact

STATE = (
    "identity", "active", "contract", "hazard", "rate", "dropout", "next_purchase", "contact_rate", "spending",
    "expectation", "satisfaction", "trust", "loyalty", "depth", "tenure", "contacts", "recovery_satisfaction", "apologies",
    "agreed", "usual_trust", "usual_depth", "open_need",
    "irritation", "blocked", "arrears",
)  # fmt: skip
"""Attributes that the model keeps in columns of the same names."""


class Customer(mesa.Agent):
    """Comes forward, is served or not, feels it, talks, stays or goes."""

    __slots__ = (*STATE, "numbers", "position", "left_in", "behind", "need", "repeat")

    active: bool
    next_purchase: float
    spending: float
    expectation: float
    satisfaction: float
    trust: float
    loyalty: float
    depth: float
    usual_trust: float
    open_need: float
    need: float
    repeat: bool
    usual_depth: float
    tenure: float
    recovery_satisfaction: float
    apologies: float
    blocked: bool
    irritation: float
    arrears: float

    def __init__(self, model: ReferenceModel, position: int) -> None:
        super().__init__(model)
        self.numbers = model.numbers
        self.position = position
        self.behind = False  # with payment, this week

    def needs_service(self, draw: float, week_end: float) -> bool:
        """Whether the customer comes forward this week: with a new need, or with what is still open of the last."""
        self.need, self.repeat = 0.0, False
        if not self.active:
            return False
        if draw < self.contact_rate if self.contract else self.next_purchase < week_end:
            self.need = 1.0  # and what was open is brought along
        elif self.open_need > 0.0:
            self.need, self.repeat = self.open_need, True
        self.open_need = 0.0
        return self.need > 0.0

    def likely_to_need(self) -> float:
        """Probability of a new need within a week."""
        return self.contact_rate if self.contract else 1.0 - exp(-self.rate)

    def pays(self) -> float:
        """How far the customer pays for service, 0 to 1: margin over hurdle x cost of serving."""
        p = self.numbers
        visits = self.contact_rate if self.contract else self.rate
        cost = p.motive_hurdle * visits * (p.money_contact_cost + p.money_served_cost)
        return min(self.worth() / cost, 1.0) if cost > 0.0 else 1.0

    def worth(self) -> float:
        """Margin before service, currency per week."""
        return self.spending if self.contract else self.spending * self.rate

    def experience(self, contact: Contact) -> None:
        """Compare it with what was expected; satisfaction, expectation, trust, depth and loyalty move."""
        model, p = self.model, self.numbers
        self.contacts += 1
        met, performance = contact.met, contact.served
        market = model.environment.market
        if met is not None and met.department.disclosure:
            performance += p.disclosure_lift * met.department.disclosure * (performance - market)
            performance = min(max(performance, 0.0), 1.0)
        expected = self.expectation
        if model.service.promised:
            expected = min(expected + p.focus_promise * model.service.covered(self.position), 1.0)
        surprise = performance - expected
        if surprise < 0.0:
            surprise *= p.satisfaction_loss_aversion
            surprise *= max(1.0 - p.relationship_forgiveness * (self.trust - self.usual_trust), 0.0)
        target = p.satisfaction_reference + p.satisfaction_performance * (performance - market)
        target += p.satisfaction_disconfirmation * surprise
        target = 0.0 if target < 0.0 else min(target, 1.0)
        weight = p.satisfaction_weight / (1.0 + (self.tenure + 1.0) / p.satisfaction_anchor_weeks)
        self.satisfaction += weight * (target - self.satisfaction)
        self.recovery_satisfaction *= 1.0 - weight
        if contact.made_right:
            delight = min(p.recovery_delight, 1.0 - self.satisfaction)
            self.satisfaction += delight
            self.recovery_satisfaction += delight
        self.expectation += p.expectation_weight * (performance - self.expectation)
        if met is not None:
            self.expectation *= 1.0 - p.gaming_expectation * met.gaming
        self._relate(contact, performance)

    def _relate(self, contact: Contact, performance: float) -> None:
        """Trust, depth of the relationship and attitudinal loyalty after a contact."""
        p = self.numbers
        gain = p.trust_gain
        if contact.met is not None:
            gain = min(gain * (1.0 + p.consent_respect * contact.met.department.consent), 1.0)
        trust = self.trust + gain * performance * (1.0 - self.trust)
        if contact.made_right:
            trust *= 1.0 - p.recovery_residual_loss * self._trust_lost(contact)
        if contact.broken:
            trust *= 1.0 - self._trust_lost(contact)
            self.depth *= 1.0 - min(p.relationship_failure_ratio * p.relationship_growth, 1.0)
        else:
            self.depth += p.relationship_growth * performance * (1.0 - self.depth)
        self.trust = trust * (1.0 - p.trust_refusal) if contact.refused else trust
        self.loyalty += p.loyalty_weight * (self.says() - self.loyalty)
        usual = self.model
        self.usual_trust += usual.usual_trust_pace * (usual.usual_trust_level - self.usual_trust)
        self.usual_depth += usual.usual_depth_pace * (usual.usual_depth_level - self.usual_depth)

    def tied(self, by_trust: float, by_depth: float) -> float:
        """What trust and depth above what is usual count for."""
        return by_trust * (self.trust - self.usual_trust) + by_depth * (self.depth - self.usual_depth)

    def spends(self) -> float:
        """Own margin, times what trust, depth and a price premium make of it."""
        p = self.numbers
        wallet: float = exp(self.tied(p.relationship_wallet_trust, p.relationship_wallet_depth))
        return self.spending * wallet * float(1.0 + p.price_premium / p.price_margin_share)

    def recommends(self, deviation: float) -> float:
        """What the customer says in sd: satisfaction, and in part attitudinal loyalty beyond what is usual."""
        p = self.numbers
        usual = p.loyalty_by_satisfaction * p.satisfaction_reference + p.loyalty_by_trust * self.usual_trust
        usual = min(usual + p.loyalty_by_depth * self.usual_depth, 1.0)
        share = float(p.relationship_recommendation)
        return (1.0 - share) * deviation + share * float((self.loyalty - usual) / p.satisfaction_sd)

    def says(self) -> float:
        """What the customer would say of staying and recommending."""
        p = self.numbers
        said = p.loyalty_by_satisfaction * self.satisfaction + p.loyalty_by_trust * self.trust
        return min(float(said + p.loyalty_by_depth * self.depth), 1.0)

    def _trust_lost(self, contact: Contact) -> float:
        """Share of trust that a failure costs: less where the risk was disclosed, and after an apology.

        A first apology restores ``words`` of the loss, the n-th words x (1 - heard / (worn_out - 1)), at least -words.
        """
        p = self.numbers
        loss: float = p.trust_loss
        if contact.risk_disclosed:
            loss *= 1.0 - p.disclosure_forbearance
        if contact.apologized:
            restored = p.recovery_words * (1.0 - self.apologies / (p.recovery_worn_out - 1.0))
            loss = min(max(loss * (1.0 - max(restored, -p.recovery_words)), 0.0), 1.0)
            self.apologies += 1.0
        return loss

    def be_promoted_to(self, received: float, draw: float) -> None:
        """Promotional contacts sell a little. Unwanted ones irritate, cost trust, and may get blocked.

        Trust wears by exp(-intrusion u), irritation grows by (1 - I)(1 - exp(-reactance u)), u unwanted contacts.
        """
        p = self.numbers
        irritation = self.irritation
        received = received if self.active and not self.blocked else 0.0
        if received:
            both = p.promotion_targeting * p.promotion_obtrusiveness
            appeal = 1.0 + p.promotion_targeting + p.promotion_obtrusiveness - p.promotion_interaction * both
            rate = p.promotion_sales * max(appeal, 0.0)
            self.model.clientele.promoted += self.worth() * rate * -math.expm1(-received) * (1.0 - irritation)
        intrusive = (1.0 + p.promotion_obtrusiveness + p.promotion_targeting * p.promotion_obtrusiveness) / 3.0
        unwanted = 0.0 if self.agreed else received * intrusive
        self.trust *= exp(-p.promotion_intrusion * unwanted)
        irritation *= p.irritation_kept
        self.irritation = irritation - (1.0 - irritation) * math.expm1(-p.promotion_reactance * unwanted)
        if received and draw < p.promotion_blocking * self.irritation:
            self.blocked = True

    def pay_arrears(self, pay_draw: float, fall_draw: float) -> None:
        """One who owes is dunned, and pays or not; another may fall behind. One who is behind owes this week's margin too."""
        p = self.numbers
        owing = self.active and self.arrears > 0.0
        pays = owing and pay_draw < p.pays_arrears
        if pays:
            self.model.clientele.collected += self.arrears
            self.arrears = 0.0
        falls = self.active and self.contract and not owing and fall_draw < p.dues_arrears
        self.behind = (owing and not pays) or falls
        if self.behind:
            self.arrears += self.spending
        if owing:
            self.satisfaction *= p.dunned
            self.recovery_satisfaction *= p.dunned
            self.trust *= p.dunned

    def end_week(self, draw: float) -> None:
        """Talk; then, under contract, leave or stay; without, buy and perhaps never come back."""
        clientele, p = self.model.clientele, self.numbers
        binding = self.satisfaction - (1.0 - p.recovery_binding) * self.recovery_satisfaction
        deviation = (binding - p.satisfaction_reference) / p.satisfaction_sd
        said = self.recommends(deviation)
        if said > 0.0:
            clientele.praise += said
        else:
            clientele.complaint -= said
        self.tenure += 1.0
        if self.contract:
            clientele.under_contract += 1
            clientele.revenue += 0.0 if self.behind else self.spends()
            if draw < self.shifted(self.hazard, deviation):
                clientele.contracts_lost += 1
                self.leave()
        else:
            self.buy(self.shifted(self.dropout, deviation), clientele.draws_of_purchase)

    def shifted(self, chance: float, deviation: float) -> float:
        """Own chance of leaving, its odds shifted by satisfaction, trust and depth, and by a price premium."""
        p = self.numbers
        shift = p.lifetime_satisfaction_link * deviation
        shift += self.tied(p.relationship_stay_trust, p.relationship_stay_depth)
        shift -= p.price_sensitivity * p.price_premium * exp(-p.price_tolerance * shift)
        if shift == 0.0 or not 0.0 < chance < 1.0:
            return chance
        return chance / (chance + (1.0 - chance) * exp(shift if shift < 700.0 else 700.0))

    def buy(self, dropout: float, draws: Callable[[int], tuple[list[float], list[float]]]) -> None:
        """Buy at one's own rate in continuous time; after each purchase perhaps never come back."""
        clientele = self.model.clientele
        week_end = self.model.week + 1.0
        clientele.buyers += 1
        clientele.purchases_expected += self.rate
        count = 0
        while self.next_purchase < week_end:
            stops, waits = draws(count)
            count += 1
            clientele.revenue += self.spends()
            if stops[self.position] < dropout:
                self.leave()
                self.next_purchase = math.inf
                return
            self.next_purchase += waits[self.position] / self.rate if self.rate > 1e-300 else math.inf
        clientele.purchases_kept += self.rate

    def leave(self) -> None:
        """Gone; the position is a prospect's from next week on."""
        self.active, self.identity = False, -1
        self.left_in = self.model.week
        self.model.clientele.lost += 1

    def consider(self, draw: float, readiness: float) -> None:
        """A prospect may become a customer."""
        if draw < readiness and not self.active and self.left_in != self.model.week:
            kind, feeling = self.model.clientele.newcomer_draws(self.position)
            self.arrive(kind, feeling)
            self.agreed = kind[5] < self.numbers.promotion_wanted
            self.active, self.identity = True, self.model.customers_ever_acquired
            self.next_purchase += self.model.week + 1.0
            self.model.customers_ever_acquired += 1
            self.model.clientele.acquired += 1
            if not self.contract:
                self.model.clientele.revenue += self.spends()

    def arrive(self, kind: list[float], feeling: list[float]) -> None:
        """Traits and first feelings of a new customer."""
        p = self.numbers
        self.hazard = self.rate = self.dropout = self.contact_rate = 0.0
        self.next_purchase = math.inf
        mean = p.money_purchase
        if self.contract:
            mean = p.money_margin
            churn = float(betaincinv(p.lifetime_churn_alpha, p.lifetime_churn_beta, kind[0]))
            self.hazard = -math.expm1(math.log1p(-churn) / 52.0) if churn < 1.0 else 1.0
            self.contact_rate = min(p.service_contacts * (1.0 + p.service_contact_spread * (2.0 * kind[4] - 1.0)), 1.0)
        else:
            self.rate = float(gammaincinv(p.lifetime_purchase_shape, kind[1])) / p.lifetime_purchase_scale
            self.dropout = float(betaincinv(p.lifetime_dropout_a, p.lifetime_dropout_b, kind[2]))
            if self.rate > 1e-300:
                self.next_purchase = -math.log1p(-kind[3]) / self.rate
        spread = p.money_margin_spread
        self.spending = mean * exp(spread * feeling[0] - 0.5 * spread * spread)
        sd = p.satisfaction_sd
        self.satisfaction = min(max(p.satisfaction_reference + sd * feeling[1], 0.0), 1.0)
        self.expectation = min(max(p.expectation_market + p.expectation_spread * sd * feeling[2], 0.0), 1.0)
        self.trust = self.usual_trust = p.trust_initial
        self.depth = self.usual_depth = self.tenure = 0.0
        self.loyalty = self.says()
        self.contacts = 0
        self.recovery_satisfaction = self.apologies = self.irritation = self.arrears = self.open_need = 0.0
        self.blocked = False

    def answers(self, draw: float, asked: float, bias: float) -> bool:
        """Whether the customer is asked by the survey and answers, the satisfied more readily."""
        if not (self.active and draw < asked):
            return False
        p = self.numbers
        rate = p.survey_response_rate
        if bias != 0.0 and rate < 1.0:
            deviation = (self.satisfaction - p.satisfaction_reference) / p.satisfaction_sd
            odds = p.reference_odds * exp(min(max(bias * deviation, -50.0), 50.0))
            rate = odds / (1.0 + odds)
        return bool(draw < asked * rate)
